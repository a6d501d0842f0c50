"""What came of a run, as text: the table, the rules, the findings."""

from __future__ import annotations

import os
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from ..harness.findings import Finding
from .runs import Outcome, Row, Run
from .runs import told as answers

_LEAST = 16
"""Columns for what an operation is called, however narrow the terminal is."""
_WIDE = 200
"""Columns where there is no terminal, whose width would be known."""
_ANSWERED = "answered"
_WHOLE, _SHORT = 5, 20
"""Findings of a family for an operation that are printed whole, and those that are printed at all."""
_UNTOUCHED, _LEFT, _EXERCISED = (
    "Rules that no case exercised",
    "Rules left to the server",
    "Rules that were exercised",
)
_UNTOUCHED_HERE = f"{_UNTOUCHED} of this part; what stands so in every part, none does"


def printed(run: Run) -> None:
    """Print it; the findings and a line that sums up come last, as one looks there first."""
    if run.plan:
        _print_table(run)
    else:
        print(f"Part {run.shard} has nothing to do: there are fewer steps than parts.")
    for title, lines in rules(run).items():
        if title == _UNTOUCHED_HERE:
            count = counted(len(lines), "rule")
            print(f"\nNo case of this part exercised {count}, which the reports (--report DIR) name.")
        elif title != _EXERCISED:
            print("", f"{title}:", *(f"  {line}" for line in lines), sep="\n")
    for row in run.rows:
        for family in run.families:
            print(*_findings([each for each in row.findings if each[0].family == family]), sep="\n", end="")
    print("", f"{summary(run)}.", sep="\n")


def wide_console() -> Console:
    """A console that has room for tables where nothing tells its width."""
    console = Console()
    is_known = console.is_terminal or os.environ.get("COLUMNS", "").isdigit()
    return console if is_known else Console(width=_WIDE)


def headings(run: Run) -> tuple[str, ...]:
    """The headings of the table."""
    return "operation", *run.families, *([_ANSWERED] if run.base_url else []), "rules", "time"


def cells(run: Run, row: Row) -> tuple[str, ...]:
    """A line of the table."""
    by_name = {outcome.family: outcome for outcome in row.outcomes}
    families = (_cell(by_name.get(name)) for name in run.families)
    seconds = sum(outcome.seconds for outcome in row.outcomes)
    answered = [answers(row.answers)] if run.base_url else []
    rules = f"{len(row.exercised)}/{len(row.rules)}"
    return str(row.target), *families, *answered, rules, f"{seconds:.1f} s"


def rules(run: Run) -> dict[str, list[str]]:
    """The rules by what became of them; of a run that was stopped, another case may have exercised any."""
    untouched = _UNTOUCHED if run.shard.of == 1 else _UNTOUCHED_HERE
    titled: dict[str, list[str]] = {untouched: [], _LEFT: [], _EXERCISED: []}
    for row in run.rows:
        titled[untouched] += [] if run.stopped else [row.named(rule) for rule in row.untouched]
        titled[_LEFT] += [f"{row.named(rule)}: {why}" for rule, why in row.left.items()]
        titled[_EXERCISED] += [row.named(rule) for rule in sorted(row.exercised)]
    return {title: [shown(line) for line in lines] for title, lines in titled.items() if lines}


def told(finding: Finding, count: int) -> str:
    """A finding whole, and how many others there are of its rule."""
    more = f"\n  and {count - 1} more of this rule" if count > 1 else ""
    return shown(f"{finding}{more}")


def verdict(run: Run) -> str:
    """What a reader wants to know first."""
    if run.stopped:
        return f"incomplete, {counted(run.findings, 'finding')} so far"
    if not run.plan:
        return "nothing to do"
    return counted(run.findings, "finding") if run.findings else "nothing found"


def summary(run: Run) -> str:
    """All of it in a line."""
    cases, seconds = (sum(getattr(each, name) for each in run.outcomes) for name in ("cases", "seconds"))
    parts = [
        f"{counted(run.findings, 'finding')} in {counted(cases, 'case')}",
        *([answers(run.answers)] if run.answers else []),
        counted(len(run.rows), "operation"),
        f"seed {run.seed}",
        f"--cases {run.cases}",
        *([f"part {run.shard}"] if run.shard.of > 1 else []),
        *([f"server {run.base_url}"] if run.base_url else []),
        f"{seconds:.1f} s",
        *([ending(run)] if run.stopped else []),
    ]
    return ", ".join(parts)


def ending(run: Run) -> str:
    """How a run ended that was stopped."""
    done = sum(outcome.has_ended for outcome in run.outcomes)
    return f"incomplete after {done} of {counted(len(run.plan), 'step')}: {run.stopped}"


def counted(count: int, noun: str) -> str:
    """A number of things."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


def shown(text: str) -> str:
    """Text of several lines that terminals and XML can hold, whatever came over the wire."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def _cell(outcome: Outcome | None) -> str:
    if outcome is None:
        return "-"
    found = counted(outcome.count, "finding") if outcome.answers else f"{outcome.count:,} wrong"
    return f"{outcome.cases:,}" + (f", {found}" if outcome.count else "")


def _findings(findings: list[tuple[Finding, int]]) -> Iterator[str]:
    """The findings of a family for an operation: one cause can have hundreds, so that only some are told whole."""
    for finding, count in findings[:_WHOLE]:
        yield f"\n{told(finding, count)}"
    if len(findings) > _WHOLE:
        yield ""
        for finding, _ in findings[_WHOLE:_SHORT]:
            first, wanted, *_ = str(finding).splitlines()
            yield shown(f"{first}: {wanted.strip()[:200]}")
        rest = len(findings) - _SHORT
        more = f"and {counted(rest, 'finding')} more of {findings[0][0].family}; " if rest > 0 else ""
        yield f"{more}the reports (--report DIR) have all of them whole"
    yield ""


def _print_table(run: Run) -> None:
    """Print the table without blanks at the ends of its lines."""
    console = wide_console()
    with console.capture() as captured:
        console.print(_table(run))
    print(*(line.rstrip() for line in captured.get().splitlines()), sep="\n")


def _table(run: Run) -> Table:
    table = Table(box=box.SIMPLE, padding=(0, 1, 0, 0), pad_edge=False)  # it fits in 80 columns
    for index, heading in enumerate(headings(run)):
        is_cut = index == 0 or heading == _ANSWERED
        table.add_column(heading, justify="right" if index else "left", no_wrap=not is_cut, overflow="fold")
    table.columns[0].min_width = _LEAST
    for row in run.rows:
        table.add_row(*map(Text, cells(run, row)))
    return table
