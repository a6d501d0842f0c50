"""Lint: data/lint/clean breaks no rule; data/lint/<rule>.yaml has changes to it that break that one."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts.document import load
from scripts.generate import check, generate
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
    assert places == [
        (KEPT, 8),
        (KEPT, 10),
        ("specs/acme/README.md", None),
        (SPEC, 22),
        (SPEC, 30),
        (SPEC, 32),
    ]


BAD = """\
openapi: 3.1.0
info: {title: Things, version: "1"}
paths: {}
x-a: [
"""


def test_all_that_is_wrong_with_the_structure_is_told_at_once(tree: Path) -> None:
    replace = {
        'type: [string, "null"]': "type: strng",
        "in: path": "in: road",
        "since\n": "since\n          x: 1\n",
    }
    change(tree, {"replace": {SPEC: replace}})
    told = [str(finding).split(":")[1] for finding in lint([], tree)]
    assert told == ["15", "35", "78"]


def test_all_extensions_that_hold_something_else_are_told_at_once(tree: Path) -> None:
    said = "      operationId: takeNumber\n"
    change(tree, {"replace": {SPEC: {said: f"{said}      x-billable: 5\n      x-ask: 5\n"}}})
    assert [str(finding).split("`")[1] for finding in lint([], tree)] == ["x-billable", "x-ask"]


def test_what_cannot_be_used_hides_no_other_findings(tree: Path) -> None:
    change(tree, {"write": {"specs/acme/README.md": "", "specs/acme/docs.yaml": "- ["}})
    (tree / "specs/bad").mkdir()
    change(tree, {"write": {"specs/bad/openapi.yaml": BAD}})
    told = [str(finding).split(";")[0] for finding in lint([], tree)]
    assert told == [
        "specs/acme/README.md:1: there is no README",
        "specs/acme/docs.yaml:1: not YAML (expected the node content, but found '<stream end>')",
        "specs/bad/openapi.yaml:5: not YAML (expected the node content, but found '<stream end>')",
    ]


def test_a_name_that_is_no_vendors_is_refused(tree: Path) -> None:
    with pytest.raises(Problem, match="there is no vendor `zeta`"):
        lint(["zeta"], tree)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Caf\xe9", "not UTF-8 (byte 0xe9); save the file as UTF-8."),
        (b"a" * 3_000_001, "the file has 3,000,001 bytes, more than 3,000,000; keep only"),
    ],
)
def test_a_readme_that_cannot_be_read_is_a_finding(tree: Path, data: bytes, said: str) -> None:
    (tree / "specs/acme/README.md").write_bytes(data)
    (finding,) = lint([], tree)
    assert str(finding).startswith(f"specs/acme/README.md:1: {said}")


def test_a_default_that_a_pattern_takes_for_ever_over_is_a_finding(tree: Path) -> None:
    pattern = "type: [string, 'null']\n          pattern: ^(a|aa)+b$\n          default: " + "a" * 60
    change(tree, {"replace": {SPEC: {'type: [string, "null"]\n          default: "000"': pattern}}})
    assert any("the default is not valid" in str(finding) for finding in lint([], tree))


def test_schemas_nested_deeper_than_python_follows_are_a_finding(tree: Path) -> None:
    chain = "".join(
        f"    S{n}:\n      properties:\n        a:\n          $ref: '#/components/schemas/S{n + 1}'\n"
        for n in range(1500)
    )
    change(tree, {"replace": {SPEC: {"    Number:\n": f"{chain}    S1500: {{}}\n    Number:\n"}}})
    assert "nested too deeply" in str(lint([], tree)[0])


def test_the_clean_tree_has_a_client(tree: Path) -> None:
    generate([], tree)
    assert check([], tree) == []


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
def test_what_cannot_be_used_is_a_finding(tree: Path, file: str, old: str, new: str, said: str) -> None:
    change(tree, {"replace": {file: {old: new}}})
    (finding,) = lint([], tree)
    assert str(finding).startswith(said)
