from __future__ import annotations

from pathlib import Path

import pytest

from scripts.problem import Problem, shown


def test_a_problem_is_one_line_with_file_line_place_fault_and_remedy() -> None:
    problem = Problem("the tag is 5", "write text", file="specs/acme/openapi.yaml", line=7, where="#/tags/0")
    assert str(problem) == "specs/acme/openapi.yaml:7: #/tags/0: the tag is 5; write text."


def test_without_a_line_it_is_the_first() -> None:
    assert str(Problem("it is empty", "fill it", file=Path("a.yaml"))) == "a.yaml:1: it is empty; fill it."


def test_without_a_file_no_place_is_said() -> None:
    assert str(Problem("it is empty", "fill it", line=3)) == "it is empty; fill it."


@pytest.mark.parametrize("gap", ["\n", "\r\n", " \n  ", "\x85", "\u2028", "\x0c"])
def test_a_line_break_in_a_part_becomes_a_blank(gap: str) -> None:
    problem = Problem(f"the{gap}fault", f"mend{gap}it", where=f"a{gap}place")
    assert str(problem) == "a place: the fault; mend it."


@pytest.mark.parametrize(
    ("character", "seen"), [("\x1b", r"\x1b"), ("\0", r"\x00"), ("\ud800", r"\ud800"), ("\u202e", r"\u202e")]
)
def test_what_could_confuse_a_terminal_is_spelled_out(character: str, seen: str) -> None:
    assert (
        str(Problem(f"a{character}b", "mend it", file=f"c{character}d")) == f"c{seen}d:1: a{seen}b; mend it."
    )


def test_a_line_break_in_the_name_of_a_file_is_spelled_out() -> None:
    assert str(Problem("it is empty", "fill it", file="a\nb")) == r"a\nb:1: it is empty; fill it."


def test_a_long_value_loses_its_middle() -> None:
    line = str(Problem(f"the value {'x' * 100_000} is long", "shorten it"))
    assert line.startswith("the value xxx")
    assert "x … x" in line
    assert line.endswith("xxx is long; shorten it.")
    assert len(line) < 450


def test_a_path_is_shown_as_seen_from_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert shown(tmp_path / "specs/a.yaml") == "specs/a.yaml"
    assert shown(tmp_path.parent) == str(tmp_path.parent)
