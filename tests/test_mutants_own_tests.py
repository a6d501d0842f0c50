"""What all clients share is put to its own tests, in processes of their own."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from scripts.mutants import own_tests
from scripts.mutants.own_tests import OwnTests
from scripts.problem import Problem
from tests.trees import write

SOURCE = """\
USUAL = 2

def least(number):
    if number < USUAL:
        return USUAL
    return number
"""
TESTS = """\
import pytest
from scripts.runtime.one import least

@pytest.mark.parametrize("number", [0, 1])
def test_small(number):
    assert least(number) == 2

def test_large():
    assert least(5) == 5
"""
SMALL, LARGE = (f"tests/test_runtime_one.py::test_{name}" for name in ("small", "large"))


@pytest.fixture
def runtime(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of what is tested, in a tree with its tests."""
    settings = '[tool.pytest.ini_options]\naddopts = "-q"'
    write(tmp_path, {"tests/test_runtime_one.py": TESTS, "copy/one.py": SOURCE, "pyproject.toml": settings})
    monkeypatch.setattr(own_tests, "ROOT", tmp_path)
    return tmp_path / "copy"


def other(runtime: Path, old: str, new: str) -> Path:
    """Another copy, with a fault."""
    write(runtime.parent, {"other/one.py": SOURCE.replace(old, new)})
    return runtime.parent / "other"


def failed(runtime: Path, old: str, new: str, line: int) -> str | None:
    lines = frozenset([("one.py", line)])
    return OwnTests(runtime).failed(other(runtime, old, new), "one.py", lines)


def test_a_test_that_fails_is_told(runtime: Path) -> None:
    assert failed(runtime, "return USUAL", "return 3", 5) == f"{SMALL}[0]"
    assert failed(runtime, "return number", "return 3", 6) == LARGE


def test_none_is_told_of_what_is_as_good(runtime: Path) -> None:
    assert failed(runtime, "return USUAL", "return 2", 5) is None


def test_only_tests_that_run_the_line_are_asked(runtime: Path) -> None:
    assert failed(runtime, "return number", "return 3", 5) is None
    assert failed(runtime, "return number", "return 3", 7) is None  # which none runs


def test_all_are_asked_about_what_an_import_runs(runtime: Path) -> None:
    assert failed(runtime, "USUAL = 2", "USUAL = 9", 1) == f"{SMALL}[0]"


def test_a_copy_that_cannot_be_imported_fails(runtime: Path) -> None:
    assert failed(runtime, "USUAL = 2", "USUAL = NONE", 1) == "tests/test_runtime_one.py"


def test_tests_that_die_fail(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told = failed(runtime, "return USUAL", "import os; os._exit(3)", 5)
    assert told == f"the tests end with status {3 << 8}"


def test_tests_that_hang_fail(runtime: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own, slow = OwnTests(runtime), other(runtime, "return USUAL", "import time; time.sleep(60)")
    monkeypatch.setattr(own_tests, "LIMIT", 1)
    assert own.failed(slow, "one.py", frozenset([("one.py", 5)])) == "the tests end with status 14"


def test_the_right_copy_must_pass(runtime: Path) -> None:
    with pytest.raises(Problem, match=r"one.py:1: \S+test_small\[0\] fails, mutant or not; mend that first"):
        OwnTests(other(runtime, "return USUAL", "return 3"))


def test_nothing_is_left_of_it(runtime: Path, capfd: pytest.CaptureFixture[str]) -> None:
    before, folder = dict(sys.modules), Path.cwd()
    assert failed(runtime, "return number", "return 3", 6) == LARGE
    assert (sys.modules, Path.cwd()) == (before, folder)
