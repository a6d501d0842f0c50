"""The numbers that the project is to reach, measured as ratios in one run."""

from __future__ import annotations

import tempfile
from pathlib import Path

from rich.console import Console
from rich.table import Table

from ..problem import Problem
from .benches import BENCHES, Row


def bench(names: list[str], markdown: bool) -> None:
    """Run the benches called `names` (or all) and print a table; raises `Problem` where one cannot run."""
    for name in names:
        if name not in BENCHES:
            raise Problem(f"no bench `{name}`", f"choose from {', '.join(BENCHES)}")
    console, rows = Console(), list[Row]()
    for name in names or BENCHES:
        with console.status(f"measuring {name}"), tempfile.TemporaryDirectory(prefix="bench-") as folder:
            rows += BENCHES[name](Path(folder).resolve())
    if markdown:
        print(as_markdown(rows))
    else:
        console.print(as_table(rows))


_HEADINGS = ("what", "against", "measured", "CPU", "reach", "verdict")


def cells(row: Row) -> tuple[str, ...]:
    """A row as text."""
    digits = 2 if row.reach < 10 else 0
    measured, cpu, reach = (
        "" if value is None else f"{value:.{digits}f}{row.unit}"
        for value in (row.measured, row.cpu, row.reach)
    )
    verdict = "reached" if row.measured <= row.reach else "missed"
    return row.what, row.against, measured, cpu, f"≤ {reach}", verdict


def as_markdown(rows: list[Row]) -> str:
    """The table as it stands in the README."""
    lines = [_HEADINGS, ("---",) * len(_HEADINGS), *map(cells, rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def as_table(rows: list[Row]) -> Table:
    """The table for people at a terminal."""
    table = Table(*_HEADINGS)
    for row in rows:
        table.add_row(*cells(row))
    return table
