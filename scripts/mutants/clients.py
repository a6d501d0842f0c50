"""Clients aside from the tree: rendered, imported, and put in each other's place."""

from __future__ import annotations

import ast
import importlib
import shutil
import sys
from collections.abc import Generator
from contextlib import contextmanager
from functools import cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any
from unittest import mock

from ..contract import Contract
from ..formatting import tidy
from ..generate import write_shared
from ..generator import render
from ..kinds import is_array
from ..lowering import client
from ..vendors import PACKAGE


def rendered(vendor: str, contract: Contract, folder: Path) -> None:
    """Write the modules of a client below `folder`; raises `Problem` where there can be none."""
    render(client(vendor, contract), folder)


def tidied(vendor: str, contract: Contract, package: Path) -> None:
    """Write a client as it is generated into a package that has what all clients share."""
    if not package.exists():
        write_shared(package)
    rendered(vendor, contract, package / vendor)
    tidy(package, {})


def linked(client: Path, folder: Path, module: Path, text: str) -> None:
    """Write a client, or what all share, below `folder` that is another one but for one module."""
    shutil.copytree(client, folder, copy_function=_link)
    (folder / module).unlink()
    (folder / module).write_text(text, "utf-8", newline="\n")


def _link(source: str, place: str) -> None:
    Path(place).hardlink_to(source)


def modules(client: Path) -> dict[str, str]:
    """The text of each module of a client."""
    return {str(path.relative_to(client)): path.read_text("utf-8") for path in sorted(client.rglob("*.py"))}


def same(one: dict[str, str], other: dict[str, str]) -> bool:
    """Whether two clients are the same when they run: byte for byte, but for what only people read."""
    return one.keys() == other.keys() and all(
        one[name] == other[name] or _run(one[name]) == _run(other[name]) for name in one
    )


@cache
def _run(text: str) -> str:
    """What of a module runs: all but texts that stand alone."""
    tree = ast.parse(text)
    nodes: list[Any] = [node for node in ast.walk(tree) if is_array(getattr(node, "body", None))]
    for node in nodes:
        node.body = [each for each in node.body if not _is_text(each)]
    return ast.dump(tree)


def _is_text(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


@contextmanager
def importable(folder: Path) -> Generator[None]:
    """Let the package of the clients be the one in `folder`; nothing of it is kept, or compiled twice."""
    before = {name: sys.modules.pop(name) for name in _modules(PACKAGE)}
    path, sys.dont_write_bytecode, written = [*sys.path], True, sys.dont_write_bytecode
    sys.path.insert(0, str(folder))
    try:
        with mock.patch.object(SourceFileLoader, "source_to_code", _code):
            importlib.invalidate_caches()
            yield
    finally:
        sys.path[:], sys.dont_write_bytecode = path, written
        for name in _modules(PACKAGE):
            del sys.modules[name]
        sys.modules.update(before)


@contextmanager
def replaced(folder: Path, *names: str) -> Generator[None]:
    """Import parts of the package anew for a while: from another folder, where that has them."""
    package: Any = importlib.import_module(PACKAGE)
    parts = [f"{PACKAGE}.{name}" for name in names]
    before: dict[str, Any] = {name: sys.modules.pop(name) for part in parts for name in _modules(part)}
    known = {name: getattr(package, name) for name in names if hasattr(package, name)}
    for name in known:
        delattr(package, name)
    package.__path__.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        package.__path__.remove(str(folder))
        for name in [name for part in parts for name in _modules(part)]:
            del sys.modules[name]
        sys.modules.update(before)
        for name, module in known.items():
            setattr(package, name, module)
        importlib.invalidate_caches()


def _modules(package: str) -> list[str]:
    return [name for name in sys.modules if name == package or name.startswith(f"{package}.")]


def _code(_: SourceFileLoader, data: bytes, path: str) -> CodeType:
    return _compiled(bytes(data), "/".join(Path(path).parts[-2:]))


@cache
def _compiled(data: bytes, name: str) -> CodeType:
    """The code of a module: most modules of a mutant are as they were."""
    return compile(data, name, "exec", dont_inherit=True)
