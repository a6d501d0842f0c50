"""The wheel, installed beside what it requires and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys
import venv
import zipfile
from collections.abc import Iterator
from email.parser import HeaderParser
from importlib.metadata import Distribution, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from scripts.vendors import PACKAGE, ROOT, discover

pytestmark = pytest.mark.xdist_group("wheel")
VENDORS = [vendor.name for vendor in discover()]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built with what is installed here."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder))
    (built,) = folder.iterdir()
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Python of an environment that holds the wheel and, copied from here, what it requires."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    python = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet"]
    run(*pip, "--no-index", "--no-deps", str(wheel))
    place = Path(run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
    for found in required(requirements(wheel)):
        for path in found.files or ():
            if ".." not in path.parts:  # a command in bin/
                (place / path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(str(path.locate()), place / path)
    return python


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def requirements(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return HeaderParser().parsestr(archive.read(name).decode()).get_all("Requires-Dist", [])


def required(lines: list[str]) -> Iterator[Distribution]:
    """The distributions that requirements name, and those that these require."""
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            found = distribution(requirement.name)
            yield found
            yield from required(found.requires or [])


def test_it_holds_the_clients_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    assert {name.split("/")[0] for name in names if ".dist-info/" not in name} == {PACKAGE}
    assert {f"{PACKAGE}/py.typed", *(f"{PACKAGE}/{name}/openapi.yaml" for name in VENDORS)} <= set(names)
    assert [name for name in names if name.endswith((".json", ".pyc"))] == []


def test_it_requires_httpx_and_attrs_alone(wheel: Path) -> None:
    wanted = [each for each in map(Requirement, requirements(wheel)) if "extra" not in str(each.marker)]
    assert sorted(each.name for each in wanted) == ["attrs", "httpx"]


def test_what_it_requires_is_enough_to_import_each_client(python: Path) -> None:
    code = f"""
import importlib, pkgutil, {PACKAGE}
for module in pkgutil.walk_packages({PACKAGE}.__path__, "{PACKAGE}."):
    importlib.import_module(module.name)
    print(module.name)
"""
    imported = set(run(str(python), "-I", "-c", code).split())
    assert {f"{PACKAGE}.{name}.client" for name in VENDORS} <= imported


@pytest.mark.parametrize("name", ["scripts", "tests"])
def test_neither_scripts_nor_tests_are_installed(python: Path, name: str) -> None:
    code = f"import importlib.util; print(importlib.util.find_spec('{name}'))"
    assert run(str(python), "-I", "-c", code) == "None\n"
