"""Which lines of a package run while something is done."""

from __future__ import annotations

from threading import Thread
from typing import Any

from scripts.mutants.lines import lines_run

SOURCE = """\
def f(x):
    if x:
        return 1
    return 2
"""


def made(file: str) -> Any:
    names: dict[str, Any] = {}
    exec(compile(SOURCE, file, "exec"), names)
    return names["f"]


def test_the_lines_that_run_are_told() -> None:
    function = made("_shared/one.py")
    with lines_run("_shared") as lines:
        function(True)
    assert lines == {("one.py", 2), ("one.py", 3)}


def test_those_of_other_threads_are_told() -> None:
    function = made("_shared/one.py")
    with lines_run("_shared") as lines:
        thread = Thread(target=function, args=[False])
        thread.start()
        thread.join()
    assert lines == {("one.py", 2), ("one.py", 4)}


def test_those_of_other_packages_are_not_told() -> None:
    function = made("acme/one.py")
    with lines_run("_shared") as lines:
        function(True)
    assert lines == set()
