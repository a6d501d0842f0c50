"""A run: families of checks for operations, one after the other, and what came of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from time import perf_counter

from ..document import place
from ..harness.calls import Target
from ..harness.findings import Check, Family, Finding
from ..harness.rules import Rule, rules
from ..harness.shard import Shard
from ..marks import keys_of


@dataclass
class Outcome:
    """What came of one family of checks for one operation; of many findings of a rule, the first is kept."""

    target: Target
    family: str
    cases: int = 0
    seconds: float = 0.0
    exercised: set[Rule] = field(default_factory=set[Rule])
    left: dict[Rule, str] = field(default_factory=dict[Rule, str])
    """Why a rule is left to the server."""
    findings: dict[str, tuple[Finding, int]] = field(default_factory=dict[str, tuple[Finding, int]])
    """By rule, the first finding and how many there are."""

    def add(self, check: Check) -> None:
        """Count one case."""
        self.cases += 1
        if check.left:
            self.left.update(dict.fromkeys(check.rules, check.left))
        else:
            self.exercised |= check.rules
        if check.finding:
            first, count = self.findings.get(check.finding.rule, (check.finding, 0))
            self.findings[check.finding.rule] = first, count + 1

    @property
    def count(self) -> int:
        """How many findings there are."""
        return sum(count for _, count in self.findings.values())

    @property
    def is_fine(self) -> bool:
        """Whether there are cases, for none would prove nothing, and no finding."""
        return bool(self.cases) and not self.findings


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
    is_stopped: bool = False

    @property
    def is_whole(self) -> bool:
        """Whether all that was planned was done, so that a rule which no case exercised is one that none would."""
        return not (self.is_stopped or self.base_url)

    @property
    def findings(self) -> int:
        """How many findings there are."""
        return sum(outcome.count for outcome in self.outcomes)

    @property
    def status(self) -> int:
        """The exit status."""
        return 130 if self.is_stopped else 0 if all(outcome.is_fine for outcome in self.outcomes) else 1

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
        """The findings by rule: the first of all families, and how many there are."""
        merged: dict[str, tuple[Finding, int]] = {}
        for outcome in self.outcomes:
            for rule, (finding, count) in outcome.findings.items():
                first, others = merged.get(rule, (finding, 0))
                merged[rule] = first, others + count
        return list(merged.values())

    def source(self, rule: Rule) -> str:
        """The file and line that a rule came from."""
        file, line = place(self.target.operation.contract.document, keys_of(rule.pointer))
        return f"{file}:{line}"


def planned(targets: list[Target], families: Mapping[str, Family], shard: Shard) -> list[tuple[Target, str]]:
    """What a part has to do; families take turns, so that no part gets all the slow ones."""
    return [
        (target, name)
        for row, target in enumerate(targets)
        for column, name in enumerate(families)
        if (row + column) % shard.of == shard.number - 1
    ]
