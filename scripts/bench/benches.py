"""What is measured, against what, and what is to be reached."""

from __future__ import annotations

import shutil
import sys
from functools import partial
from pathlib import Path

from ..document import dump
from ..vendors import PACKAGE, ROOT, discover
from .large import document
from .measure import Sample, difference, in_turns, ratio, run, together
from .rows import Row, times

_HERE = Path(__file__).parents[2]
"""Where the package `scripts` is."""


def generating(folder: Path) -> list[Row]:
    """`generate` for all vendors, with all work done and with nothing to do."""
    for name in ("specs", "overlays"):
        shutil.copytree(ROOT / name, folder / name)
    _generate(folder)
    contracts = [vendor.client / "openapi.yaml" for vendor in discover(folder)]
    done, nothing, stock = in_turns(
        5,
        lambda: _generate(folder, afresh=True),
        lambda: _generate(folder),
        lambda: together([_stock(contract, folder / contract.parent.name) for contract in contracts]),
    )
    against = f"{len(contracts)} runs of the stock CLI on the same documents"
    return [
        times("`generate`, all vendors, all work done", against, done, stock, 0.6),
        times("`generate`, nothing changed", against, nothing, stock, 0.25),
    ]


def large(folder: Path) -> list[Row]:
    """`generate` for a document with 197 operations, and how that grows from 98."""
    whole, half = (_tree(folder / str(operations), operations) for operations in (197, 98))
    ours, stock, ours_half = in_turns(
        3,
        lambda: _generate(whole, afresh=True),
        lambda: _stock(whole / "specs" / "large" / "openapi.yaml", folder / "stock"),
        lambda: _generate(half, afresh=True),
    )
    what, against = "a document with 197 operations", "the stock CLI on it"
    return [
        times(f"{what}, time", against, ours, stock, 1.2),
        Row(f"{what}, memory", against, ratio("memory", ours, stock), 1.5),
        times("time for 197 operations", "time for 98 operations", ours, ours_half, 197 / 98),
    ]


def importing(folder: Path) -> list[Row]:
    """The import of a client: of the slowest, if they differ."""
    modules = ["httpx", *(f"{PACKAGE}.{vendor.name}" for vendor in discover())]
    httpx, *clients = in_turns(15, *(partial(_import, module, folder) for module in modules))
    seconds, cpu = (max(difference(each, client, httpx) for client in clients) for each in ("seconds", "cpu"))
    return [
        Row("import of one vendor's client", "`import httpx`", seconds * 1000, 20, cpu * 1000, " ms more")
    ]


def lines(folder: Path) -> list[Row]:
    """How much code there is for an operation, of a document with 197 of them."""
    whole, stock = _tree(folder / "whole", 197), folder / "stock"
    _generate(whole)
    _stock(whole / "specs" / "large" / "openapi.yaml", stock)
    ours, theirs = map(_lines, (whole / "generated" / PACKAGE / "large", stock))
    return [Row("generated lines per operation", "the stock CLI's", ours / theirs, 0.5)]


def _generate(tree: Path, *, afresh: bool = False) -> Sample:
    """Our generator on a tree; `afresh` does all work, though nothing has changed."""
    if afresh:
        shutil.rmtree(tree / ".cache", ignore_errors=True)
    environment = {"PHONE_NUMBER_APIS_ROOT": str(tree), "PYTHONPATH": str(_HERE)}
    return run([sys.executable, "-m", "scripts", "generate"], tree, **environment)


def _stock(contract: Path, place: Path) -> Sample:
    """The stock generator on a document, as its users run it."""
    paths = ["--path", str(contract), "--output-path", str(place)]
    return run(["openapi-python-client", "generate", "--overwrite", *paths], place.parent)


def _tree(folder: Path, operations: int) -> Path:
    """A tree with one vendor, whose document has so many operations."""
    spec = folder / "specs" / "large" / "openapi.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_text(dump(document(operations)), "utf-8")
    return folder


def _import(module: str, folder: Path) -> Sample:
    """A fresh Python that imports a module, and nothing else."""
    return run([sys.executable, "-c", f"import {module}"], folder, PYTHONPATH=str(ROOT / "generated"))


def _lines(folder: Path) -> int:
    """The lines of all Python in a folder."""
    return sum(len(path.read_text("utf-8").splitlines()) for path in folder.rglob("*.py"))
