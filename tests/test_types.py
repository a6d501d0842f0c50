from __future__ import annotations

import subprocess
import sys

import pytest

from scripts.vendors import ROOT

CHECKERS = {
    "basedpyright": ["basedpyright", "--project", "pyproject.toml", "--pythonpath", sys.executable],
    "mypy": ["mypy"],
    "ruff check": ["ruff", "check", "--no-cache"],
    "ruff format": ["ruff", "format", "--no-cache", "--check"],
}


@pytest.mark.parametrize("checker", CHECKERS.values(), ids=CHECKERS)
def test_clients_and_scripts_are_without_an_error(checker: list[str]) -> None:
    """What is checked, and how strictly, stands in pyproject.toml."""
    command = [sys.executable, "-m", *checker]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
