"""Lint: data/lint/clean breaks no rule; data/lint/<rule>.yaml has changes to it that break that one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.document import load
from scripts.lint import RULES, lint
from scripts.lint.subject import read
from scripts.problem import Problem
from scripts.vendors import discover

DATA = Path(__file__).parent / "data" / "lint"
SPEC = "specs/acme/openapi.yaml"
KEPT = "overlays/acme/020-date.yaml"
CASES = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['what']}")
    for path in sorted(DATA.glob("*.yaml"))
    for case in load(path)
]


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the clean tree, which is the working folder."""
    root = tmp_path / "tree"
    shutil.copytree(DATA / "clean", root)
    monkeypatch.chdir(root)
    return root


def change(tree: Path, case: Any) -> None:
    """Do to the tree what the case says: replace text that stands there once, write files, remove files."""
    for file, replacements in case.get("replace", {}).items():
        for old, new in replacements.items():
            text = (tree / file).read_text("utf-8")
            assert text.count(old) == 1, old
            (tree / file).write_text(text.replace(old, new), "utf-8")
    for file, text in case.get("write", {}).items():
        (tree / file).write_text(text, "utf-8")
    for file in case.get("remove", ()):
        (tree / file).unlink()


def test_the_clean_tree_breaks_no_rule(tree: Path) -> None:
    assert lint([], tree) == []


@pytest.mark.parametrize("vendor", [vendor.name for vendor in discover()])
def test_the_vendors_break_no_rule(vendor: str) -> None:
    assert lint([vendor]) == []


@pytest.mark.parametrize(("rule", "case"), CASES)
def test_a_case_has_the_findings_that_it_names_by_its_rule(tree: Path, rule: str, case: Any) -> None:
    change(tree, case)
    (subject,) = map(read, discover(tree))
    found = {each.__name__: {str(finding) for finding in each(subject)} for each in RULES}
    assert set[str]().union(*found.values()) == set(case["findings"])
    assert found[rule]


def test_every_rule_has_cases() -> None:
    assert {path.stem for path in DATA.glob("*.yaml")} == {rule.__name__ for rule in RULES}


def test_all_findings_are_told_by_file_and_line(tree: Path) -> None:
    change(tree, {"remove": ["specs/acme/README.md"]})
    change(tree, {"replace": {SPEC: {"      summary: Take a number\n": "", "default: 1": "default: one"}}})
    change(tree, {"replace": {KEPT: {"    description: One of the vendor's samples has it so.\n": ""}}})
    change(tree, {"replace": {KEPT: {"description: Another reading.": "example: yesterday"}}})
    found = lint([], tree)
    places = [(str(finding.file), finding.line) for finding in found]
    assert places == [(KEPT, 8), (KEPT, 10), ("specs/acme/README.md", None), (SPEC, 22), (SPEC, 32)]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        (SPEC, "openapi: 3.1.0", "openapi: [3.1.0", f"{SPEC}:2: not YAML"),
        (SPEC, "openapi: 3.1.0", "openapi: 3.0.3", f"{SPEC}:1: #/openapi: the version of OpenAPI is '3.0.3'"),
        (KEPT, "@.name == 'since'", "@.name == 'gone'", f"{KEPT}:8: action 1"),
        (KEPT, "x-enabled: false", "x-enabled: true\nsteps: []", f"{KEPT}:7: overlay: "),
        (KEPT, "specs/acme", "specs/other", f"{KEPT}:5: #/extends: "),
        (KEPT, "description: Another reading.", "in: nowhere", f"{KEPT}:"),
    ],
)
def test_what_cannot_be_used_is_refused(tree: Path, file: str, old: str, new: str, said: str) -> None:
    change(tree, {"replace": {file: {old: new}}})
    with pytest.raises(Problem) as caught:
        lint([], tree)
    assert str(caught.value).startswith(said)
