"""The lines of the clients' code that run while something is done."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from coverage import Coverage

Line = tuple[str, int]
"""The name of a module's file, and a number."""


@contextmanager
def lines_run(package: str) -> Generator[set[Line]]:
    """The lines of the modules right in a package that run within; they are there at the end."""
    lines = set[Line]()
    coverage = Coverage(data_file=None, config_file=False, include=[f"*/{package}/*"])
    coverage.set_option("run:disable_warnings", ["no-data-collected"])  # it may well be that none runs
    with coverage.collect():
        yield lines
    data = coverage.get_data()
    lines |= {(Path(file).name, line) for file in data.measured_files() for line in data.lines(file) or ()}
