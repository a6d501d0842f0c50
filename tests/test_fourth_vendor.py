"""A vendor that uses every feature is added without touching any Python."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.generate import generate
from scripts.lint import lint
from scripts.vendors import ROOT

DATA = Path(__file__).parent / "data" / "fourth_vendor"


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A tree with the fourth vendor only, generated."""
    root = tmp_path_factory.mktemp("tree")
    shutil.copytree(DATA, root, dirs_exist_ok=True)
    generate([], root)
    return root


def run(tree: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {
        **os.environ,
        "PHONE_NUMBER_APIS_ROOT": str(tree),
        "FAULTY_CALLS": "600",
        "RANDOM_CASES": "10",
    }
    return subprocess.run(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_keeps_the_house_rules(tree: Path) -> None:
    assert [str(finding) for finding in lint([], tree)] == []


def test_it_passes_the_contract_tests(tree: Path) -> None:
    done = run(tree, "pytest", "tests/contract", "-p", "no:cacheprovider", "--numprocesses=0")
    assert done.returncode == 0, done.stdout[-3000:]
    assert " passed" in done.stdout


def test_its_extensions_do_what_they_say(tree: Path) -> None:
    behaviour = str((DATA / "behaviour.py").relative_to(ROOT))
    done = run(tree, "pytest", behaviour, "-p", "no:cacheprovider", "--numprocesses=0")
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize("checker", ["basedpyright", "mypy"])
def test_it_is_typed_without_an_error(tree: Path, checker: str) -> None:
    config = (ROOT / "pyproject.toml").read_text("utf-8").replace('"generated", "scripts"', '"generated"')
    (tree / "pyproject.toml").write_text(config, "utf-8")
    options = (
        ["-p", "pyproject.toml", "--pythonpath", sys.executable]
        if checker == "basedpyright"
        else ["--config-file", "pyproject.toml"]
    )
    done = subprocess.run(
        [sys.executable, "-m", checker, *options], cwd=tree, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:]


def test_its_names_are_in_no_python() -> None:
    for path in [*(ROOT / "scripts").rglob("*.py"), *(ROOT / "scripts").rglob("*.jinja")]:
        assert "acme" not in path.read_text("utf-8"), path
