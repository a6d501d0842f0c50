"""What came of a run, as text: the table, the rules, the findings."""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..harness.findings import Finding
from .runs import Outcome, Row, Run

_LEAST = 16
"""Columns for what an operation is called, however narrow the terminal is."""
_WIDE = 200
"""Columns where there is no terminal, whose width would be known."""


def printed(run: Run) -> None:
    """Print all of it; the findings and a line that sums up come last, as one looks there first."""
    wide_console().print(_table(run))
    for title, lines in rules(run).items():
        print("", f"{title}:", *(f"  {line}" for line in lines), sep="\n")
    for row in run.rows:
        for finding, count in row.findings:
            print("", told(finding, count), sep="\n")
    print("", f"{summary(run)}.", sep="\n")


def wide_console() -> Console:
    """A console that has room for tables where there is no terminal."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDE)


def headings(run: Run) -> tuple[str, ...]:
    """The headings of the table."""
    return "operation", *run.families, "rules", "time"


def cells(run: Run, row: Row) -> tuple[str, ...]:
    """A line of the table."""
    by_name = {outcome.family: outcome for outcome in row.outcomes}
    families = (_cell(by_name.get(name)) for name in run.families)
    seconds = sum(outcome.seconds for outcome in row.outcomes)
    return str(row.target), *families, f"{len(row.exercised)}/{len(row.rules)}", f"{seconds:.1f} s"


def rules(run: Run) -> dict[str, list[str]]:
    """The rules that were not proven, by a title that says why."""
    untouched, left = list[str](), list[str]()
    for row in run.rows:
        untouched += [f"{row.source(rule)}: {rule.way} {rule.pointer}" for rule in row.untouched]
        left += [f"{row.source(rule)}: {rule.way} {rule.pointer}: {why}" for rule, why in row.left.items()]
    part = "" if run.shard.of == 1 else " of this part; what stands so in every part, none does"
    titled = {
        f"Rules that no case exercised{part}": untouched if run.is_whole else [],
        "Rules left to the server": left,
    }
    return {title: [shown(line) for line in lines] for title, lines in titled.items() if lines}


def told(finding: Finding, count: int) -> str:
    """A finding whole, and how many others there are of its rule."""
    more = f"\n  and {count - 1} more of this rule" if count > 1 else ""
    return shown(f"{finding}{more}")


def verdict(run: Run) -> str:
    """What a reader wants to know first."""
    if run.findings:
        return counted(run.findings, "finding")
    empty = [outcome.family for outcome in run.outcomes if not outcome.cases]
    return f"no case for {', '.join(empty)}" if empty else "nothing found"


def summary(run: Run) -> str:
    """All of it in a line."""
    cases, seconds = (sum(getattr(each, name) for each in run.outcomes) for name in ("cases", "seconds"))
    parts = [
        f"{counted(run.findings, 'finding')} in {counted(cases, 'case')}",
        counted(len(run.rows), "operation"),
        f"seed {run.seed}",
        f"--cases {run.cases}",
        *([f"part {run.shard}"] if run.shard.of > 1 else []),
        *([f"server {run.base_url}"] if run.base_url else []),
        f"{seconds:.1f} s",
        *([f"interrupted after {len(run.outcomes)} of {len(run.plan)} steps"] if run.is_stopped else []),
    ]
    return ", ".join(parts)


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shown(text: str) -> str:
    """Text of several lines that terminals and XML can hold, whatever came over the wire."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "-"
    return f"{outcome.cases:,}" + (f", {outcome.count:,} wrong" if outcome.count else "")


def _table(run: Run) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)  # it fits in 80 columns
    for index, heading in enumerate(headings(run)):
        table.add_column(heading, justify="right" if index else "left", no_wrap=bool(index), overflow="fold")
    table.columns[0].min_width = _LEAST
    for row in run.rows:
        table.add_row(*map(Text, cells(run, row)))
    return table
