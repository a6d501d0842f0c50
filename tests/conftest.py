"""The same cases in every run, and small trees to try the pipeline on."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from scripts.generate import generate, write_shared
from tests.trees import FILES, write

hypothesis.settings.register_profile("same", derandomize=True, database=None, deadline=None, print_blob=True)
hypothesis.settings.load_profile("same")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell what the contract cases were made from, so that they can be made again."""
    terminalreporter.write_line(f"contract cases of HARNESS_SEED={os.environ.get('HARNESS_SEED', '0')}")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of two vendors, nothing generated yet, which is the working folder."""
    root = tmp_path / "a tree"
    write(root, FILES)
    monkeypatch.chdir(root)
    return root


@pytest.fixture(scope="session")
def _generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("generated")
    write(root, FILES)
    generate([], root)
    return root


@pytest.fixture
def generated(tree: Path, _generated: Path) -> Path:
    """The same tree with its clients."""
    return Path(shutil.copytree(_generated, tree, dirs_exist_ok=True))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which clients are rendered, and from which they are imported."""
    folder = tmp_path_factory.mktemp("clients") / "phone_number_apis"
    write_shared(folder)
    known = {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith("phone_number_apis")}
    sys.path.insert(0, str(folder.parent))
    yield folder
    sys.path.remove(str(folder.parent))
    for name in [name for name in sys.modules if name.startswith("phone_number_apis")]:
        del sys.modules[name]
    sys.modules.update(known)
