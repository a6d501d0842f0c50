"""What became of the mutants, for people."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil

from rich.console import Console
from rich.table import Table

from . import records
from .subjects import RUNTIME, Mutant
from .trials import OWN, Verdict

Result = tuple[Mutant, Verdict]
_COUNTED = ("killed", "survived", "equivalent")


def table(results: Sequence[Result]) -> Table:
    """Killed, survived and equivalent mutants by operator and vendor."""
    vendors = list(dict.fromkeys(mutant.vendor for mutant, _ in results))
    counts = Counter(
        (mutant.kind, mutant.operator, mutant.vendor, verdict.state) for mutant, verdict in results
    )
    made = Table("fault in", "operator", *vendors, "all", caption=" / ".join(_COUNTED))
    for kind, operator in dict.fromkeys((mutant.kind, mutant.operator) for mutant, _ in results):
        each = [[counts[kind, operator, vendor, state] for state in _COUNTED] for vendor in vendors]
        whole = [sum(column) for column in zip(*each, strict=True)]
        if any(whole):
            made.add_row(kind, operator, *map(_cell, [*each, whole]))
    return made


def _cell(counts: list[int]) -> str:
    killed, survived, equivalent = counts
    return f"{killed} / {survived or '-'} / {equivalent or '-'}" if any(counts) else ""


def sets(results: Sequence[Result]) -> dict[tuple[str, str], list[Verdict]]:
    """The verdicts on each set of mutants of each vendor; what all share is told without its own tests, too."""
    found = defaultdict[tuple[str, str], list[Verdict]](list)
    for mutant, verdict in results:
        found[mutant.kind, mutant.vendor].append(verdict)
        if mutant.vendor == RUNTIME:
            alone = Verdict("survived") if verdict.by == OWN else verdict
            found[f"{mutant.kind} by verify", mutant.vendor].append(alone)
    return found


def _score(verdicts: Sequence[Verdict]) -> float:
    """How many of a hundred of the mutants that are put to the test are killed."""
    states = Counter(verdict.state for verdict in verdicts)
    tried = states["killed"] + states["survived"]
    return 100 * states["killed"] / tried if tried else 100


def printed(results: Sequence[Result], console: Console, shown: str) -> None:
    """Print the mutants that are `shown` with their diffs, the table, and the score of each set."""
    for mutant, verdict in results:
        if verdict.state == shown:
            _say(console, "\n".join(filter(None, [f"{shown}: {mutant}", mutant.diff(), verdict.told])))
    console.print(table(results))
    for (kind, vendor), verdicts in sets(results).items():
        states = Counter(verdict.state for verdict in verdicts)
        by = Counter(verdict.by for verdict in verdicts if verdict.state == "killed")
        _say(
            console,
            f"{kind} of {vendor}: {_score(verdicts):.2f} % of {states['killed'] + states['survived']} killed"
            f" (at least {records.wanted(kind, vendor)} %),"
            f" by {', '.join(f'{name} {count}' for name, count in by.most_common())};"
            f" {states['refused']} were refused, {states['same']} the same client, {states['equivalent']} equivalent",
        )


def is_reached(results: Sequence[Result], *, is_part: bool = False) -> bool:
    """Whether as many mutants of each set are killed as should be; in a part of one, as many as it may lack."""
    for (kind, vendor), verdicts in sets(results).items():
        score, wanted = _score(verdicts), records.wanted(kind, vendor)
        states = Counter(verdict.state for verdict in verdicts)
        most = ceil((states["killed"] + states["survived"]) * (100 - wanted) / 100)
        if score < wanted and not (is_part and states["survived"] <= most):
            return False
    return True


def _say(console: Console, text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
