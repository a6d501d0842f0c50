"""What all clients share is put to its own tests, in processes of their own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

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
Failed = Callable[[str, str, int], str | None]
SMALL, LARGE = (f"tests/test_runtime_one.py::test_{name}" for name in ("small", "large"))


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnTests]:
    """The tests in a tree of their own, with a right copy of what they test."""
    root = tmp_path_factory.mktemp("tree")
    settings = '[tool.pytest.ini_options]\naddopts = "-q"'
    write(root, {"tests/test_runtime_one.py": TESTS, "right/one.py": SOURCE, "pyproject.toml": settings})
    with mock.patch.object(own_tests, "ROOT", root):
        yield OwnTests(root / "right")


@pytest.fixture
def failed(own: OwnTests) -> Failed:
    """The test that fails with another text in a line."""

    def failed(old: str, new: str, line: int) -> str | None:
        return own.failed(other(old, new), "one.py", frozenset([("one.py", line)]))

    return failed


def other(old: str, new: str) -> Path:
    """A copy with a fault."""
    write(own_tests.ROOT, {"other/one.py": SOURCE.replace(old, new)})
    return own_tests.ROOT / "other"


def test_a_test_that_fails_is_told(failed: Failed) -> None:
    assert failed("return USUAL", "return 3", 5) == f"{SMALL}[0]"
    assert failed("return number", "return 3", 6) == LARGE


def test_none_is_told_of_what_is_as_good(failed: Failed) -> None:
    assert failed("return USUAL", "return 2", 5) is None


def test_only_tests_that_run_the_line_are_asked(failed: Failed) -> None:
    assert failed("return number", "return 3", 5) is None
    assert failed("return number", "return 3", 7) is None  # which none runs


def test_all_are_asked_about_what_an_import_runs(failed: Failed) -> None:
    assert failed("USUAL = 2", "USUAL = 9", 1) == f"{SMALL}[0]"


def test_a_copy_that_cannot_be_imported_fails(failed: Failed) -> None:
    assert failed("USUAL = 2", "USUAL = NONE", 1) == "tests/test_runtime_one.py"


def test_tests_that_die_fail(failed: Failed) -> None:
    told = failed("return USUAL", "import os; os._exit(3)", 5)
    assert told == f"the tests end with status {3 << 8}"


def test_tests_that_hang_fail(failed: Failed, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(own_tests, "LIMIT", 1)
    assert failed("return USUAL", "import time; time.sleep(60)", 5) == "the tests end with status 14"


@pytest.mark.usefixtures("own")
def test_the_right_copy_must_pass() -> None:
    with pytest.raises(Problem, match=r"one.py:1: \S+test_small\[0\] fails, mutant or not; mend that first"):
        OwnTests(other("return USUAL", "return 3"))


def test_nothing_is_left_of_it(failed: Failed, capfd: pytest.CaptureFixture[str]) -> None:
    before, folder = dict(sys.modules), Path.cwd()
    assert failed("return number", "return 3", 6) == LARGE
    assert (sys.modules, Path.cwd()) == (before, folder)
