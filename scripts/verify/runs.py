"""A run: families of checks for operations, one after the other, and what came of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

from ..document import place
from ..harness.calls import Target
from ..harness.findings import ACCEPTED, Check, Family, Finding
from ..harness.programs import outline
from ..harness.rules import Rule, rules
from ..harness.shard import Shard
from ..marks import keys_of


@dataclass
class Outcome:
    """What came of one family of checks for one operation; of many findings of a rule, the plainest is kept."""

    target: Target
    family: str
    cases: int = 0
    seconds: float = 0.0
    has_ended: bool = False
    exercised: set[Rule] = field(default_factory=set[Rule])
    left: dict[Rule, str] = field(default_factory=dict[Rule, str])
    """Why a rule is left to the server."""
    answers: Counter[str] = field(default_factory=Counter[str])
    """How a server took the cases, where one was asked."""
    findings: dict[str, tuple[Finding, int]] = field(default_factory=dict[str, tuple[Finding, int]])
    """By rule, the finding of the shortest program, and how many there are."""

    def add(self, check: Check) -> None:
        """Count one case."""
        self.cases += 1
        if check.answered:
            self.answers[check.answered] += 1
        if check.left:
            self.left.update(dict.fromkeys(check.rules, check.left))
        else:
            self.exercised |= check.rules
        if check.finding:
            known, count = self.findings.get(check.finding.rule, (check.finding, 0))
            plainest = min(known, check.finding, key=lambda each: len(each.program))
            self.findings[check.finding.rule] = plainest, count + 1

    def end(self) -> None:
        """Find that cases prove nothing, now that all have run: there are none, or a server accepted none of them.

        That is not said where there is a finding for each.
        """
        self.has_ended = True
        if not self.cases:
            self._miss("a case", "no case could be made")
        elif self.answers and not self.answers[ACCEPTED] and self.count < self.cases:
            todo = "have it know the credentials, and what the examples name"
            self._miss(
                f"a case that the server accepts; {todo}", f"no case was accepted: {told(self.answers)}"
            )

    def _miss(self, wanted: str, found: str) -> None:
        at = self.target.at  # which other findings may have, too
        finding = Finding(self.target, self.family, at, wanted, found, outline(self.target))
        self.findings[f"{self.family} {at}"] = finding, 1

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(count for _, count in self.findings.values())


@dataclass
class Run:
    """What is to be done, and what came of it so far."""

    plan: list[tuple[Target, str]]
    """The operations, each with the names of families."""
    families: Mapping[str, Family]
    seed: int
    cases: int
    shard: Shard
    base_url: str = ""
    """The server that answers; none where the answers are made up."""
    outcomes: list[Outcome] = field(default_factory=list[Outcome])
    stopped: str = ""
    """Why not all that was planned was done."""

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(outcome.count for outcome in self.outcomes)

    @property
    def status(self) -> int:
        """The exit status."""
        return 130 if self.stopped else 1 if self.findings else 0

    @property
    def answers(self) -> Counter[str]:
        """How a server took the cases, where one was asked."""
        return sum((outcome.answers for outcome in self.outcomes), Counter[str]())

    @property
    def rows(self) -> list[Row]:
        """The operations that were checked, with the outcomes of each."""
        targets = dict.fromkeys(outcome.target for outcome in self.outcomes)
        return [Row(each, [o for o in self.outcomes if o.target is each]) for each in targets]

    def steps(self) -> Iterable[Outcome]:
        """Do it: gives the outcome, which grows, after each check of it."""
        for target, name in self.plan:
            outcome, started = Outcome(target, name), perf_counter()
            self.outcomes.append(outcome)
            yield outcome
            for check in self.families[name](target, self.cases):
                outcome.add(check)
                outcome.seconds = perf_counter() - started
                yield outcome
            outcome.end()
            outcome.seconds = perf_counter() - started


@dataclass
class Row:
    """An operation, and what came of the families that it was checked by."""

    target: Target
    outcomes: list[Outcome]

    @cached_property
    def rules(self) -> frozenset[Rule]:
        """All rules of the contract that it has."""
        return rules(self.target.operation)

    @cached_property
    def exercised(self) -> frozenset[Rule]:
        """Those that a case was subject to."""
        return self.rules.intersection(rule for outcome in self.outcomes for rule in outcome.exercised)

    @cached_property
    def left(self) -> dict[Rule, str]:
        """Those that the client does not enforce, with the reason."""
        found = {rule: why for outcome in self.outcomes for rule, why in outcome.left.items()}
        return dict(sorted(found.items()))

    @cached_property
    def untouched(self) -> list[Rule]:
        """Those that no case was subject to, and that are not left to the server."""
        return sorted(self.rules - self.exercised - self.left.keys())

    @cached_property
    def findings(self) -> list[tuple[Finding, int]]:
        """The findings by rule: that of the first family, and how many there are."""
        merged: dict[str, tuple[Finding, int]] = {}
        for outcome in self.outcomes:
            for rule, (finding, count) in outcome.findings.items():
                first, others = merged.get(rule, (finding, 0))
                merged[rule] = first, others + count
        return list(merged.values())

    @property
    def answers(self) -> Counter[str]:
        """How a server took the cases, where one was asked."""
        return sum((outcome.answers for outcome in self.outcomes), Counter[str]())

    def named(self, rule: Rule) -> str:
        """A rule with the file and line that it came from."""
        file, line = place(self.target.operation.contract.document, keys_of(rule.pointer))
        return f"{file}:{line}: {rule.way} {rule.pointer}"


def told(answers: Counter[str]) -> str:
    """How a server took the cases, in words."""
    return ", ".join(f"{count:,} {answered}" for answered, count in sorted(answers.items()))


def planned(targets: list[Target], families: Iterable[str], shard: Shard) -> list[tuple[Target, str]]:
    """What a part has to do; families take turns, so that no part gets all the slow ones."""
    return [
        (target, name)
        for row, target in enumerate(targets)
        for column, name in enumerate(families)
        if (row + column) % shard.of == shard.number - 1
    ]
