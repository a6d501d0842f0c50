"""The numbers that the project is to reach, measured as ratios in one run."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from ..problem import Problem
from .benches import generating, importing, large, lines
from .calls import call, concurrent, memory, sdk
from .checking import cases
from .rows import Row, as_markdown, as_table

BENCHES: dict[str, Callable[[Path], list[Row]]] = {
    "generate": generating, "large": large, "lines": lines, "import": importing,
    "call": call, "sdk": sdk, "concurrent": concurrent, "memory": memory, "cases": cases,
}  # fmt: skip
"""Every bench by its name; each gets an empty folder to work in."""


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
