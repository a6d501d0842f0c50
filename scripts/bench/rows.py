"""The lines of the table: what was measured, and what is to be reached."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from rich.table import Table

from .measure import Sample, ratio


class Row(NamedTuple):
    """A line of the table; less is better.

    `measured`, by the clock or of memory, is what counts; `cpu`, of the processor, is steadier while others work.
    """

    what: str
    against: str
    measured: float
    reach: float
    cpu: float | None = None
    unit: str = "x"


def times(what: str, against: str, ours: Sequence[Sample], theirs: Sequence[Sample], reach: float) -> Row:
    """A line about time: ours by theirs."""
    return Row(what, against, ratio("seconds", ours, theirs), reach, ratio("cpu", ours, theirs))


_HEADINGS = ("what", "against", "measured", "CPU", "reach", "verdict")


def cells(row: Row) -> tuple[str, ...]:
    """A row as text."""
    digits = 2 if 0 < row.reach < 10 else 0
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
