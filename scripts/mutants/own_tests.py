"""The own tests of what all clients share: they judge a mutant of it that no check of the harness finds."""

from __future__ import annotations

import importlib
import os
import pickle
import signal
import sys
from collections import defaultdict
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest
from coverage import Coverage

from ..problem import Problem
from ..vendors import ROOT
from .lines import Line

TESTS = "tests/test_runtime_*.py"
LIMIT = 25
"""Seconds after which the tests of a mutant are taken to hang: less than its process has for all."""
_TESTED = "scripts.runtime"
"""What they test: the clients have a copy of it."""
_OPTIONS = ["--exitfirst", "--numprocesses=0", "--assert=plain", "-p", "no:cacheprovider"]


class OwnTests:
    """Each of the tests, with the lines that it runs of the copy in a folder, which they must find to be right."""

    def __init__(self, runtime: Path) -> None:
        files = sorted(str(path.relative_to(ROOT)) for path in ROOT.glob(TESTS))
        failed, reach = _aside(lambda: _reached(runtime, files), 10 * LIMIT)
        if failed is not None:
            told = f"{failed} fails, mutant or not"
            raise Problem(told, "mend that first", file=failed.partition("::")[0])
        self._reach: dict[Line, set[str]] = reach

    def failed(self, runtime: Path, room: str, lines: frozenset[Line]) -> str | None:
        """The first test that fails with another copy, of those that run a line; a mutant's own room comes first."""
        names = {name for line in lines for name in self._reach.get(line, ())}
        ordered = sorted(names, key=lambda name: (f"_{Path(room).stem}.py" not in name, name))
        try:
            return _aside(lambda: _first_failure(runtime, ordered), LIMIT) if names else None
        except ChildProcessError as error:
            return str(error)


class _Watch:
    """Tells pytest's first failure, and coverage which test runs."""

    def __init__(self, coverage: Coverage | None = None) -> None:
        self.coverage, self.failed = coverage, ""

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        if self.coverage:
            self.coverage.switch_context(item.nodeid.partition("[")[0])
        return (yield)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self._see(report)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._see(report)

    def _see(self, report: pytest.CollectReport | pytest.TestReport) -> None:
        self.failed = self.failed or (report.nodeid if report.failed else "")


def _first_failure(runtime: Path, names: list[str], coverage: Coverage | None = None) -> str | None:
    """The first of the tests that fails with the copy in a folder."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "tests" or _is_tested(name)]:
        del sys.modules[name]
    importlib.import_module(_TESTED).__path__[:] = [str(runtime)]
    os.chdir(ROOT)
    watch = _Watch(coverage)
    status = pytest.main([*_OPTIONS, *names], [watch])
    return None if status == pytest.ExitCode.OK else watch.failed or str(status)


def _reached(runtime: Path, names: list[str]) -> tuple[str | None, dict[Line, set[str]]]:
    """The first of the tests that fails, and the tests by the lines that they run; all run what an import runs."""
    coverage = Coverage(data_file=None, config_file=False, include=[f"{runtime}/*"])
    with coverage.collect():
        failed = _first_failure(runtime, names, coverage)
    data, reach = coverage.get_data(), defaultdict[Line, set[str]](set)
    for file in data.measured_files():
        for line, tests in data.contexts_by_lineno(file).items():
            reach[Path(file).name, line] |= {*names} if "" in tests else {*tests}
    return failed, reach


def _is_tested(name: str) -> bool:
    return name == _TESTED or name.startswith(f"{_TESTED}.")


def _aside(job: Callable[[], Any], limit: int) -> Any:
    """What comes of a job in a process of its own, with which ends what it has changed; `ChildProcessError` of none."""
    reading, writing = os.pipe()
    if child := os.fork():
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            data = file.read()
        _, status = os.waitpid(child, 0)
        if not data:
            raise ChildProcessError(f"the tests end with status {status}")
        return pickle.loads(data)
    signal.alarm(limit)
    try:
        for stream in (1, 2):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
        with os.fdopen(writing, "wb") as file:
            file.write(pickle.dumps(job()))
    finally:
        os._exit(1)
