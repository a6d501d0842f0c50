"""The operations of a contract beside the modules of its client."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ..contract import Contract
from ..dependencies import parse
from . import prose
from .answers import check_responses
from .client import server_url
from .faults import added, lost
from .methods import check_methods, methods
from .rendered import Rendered
from .requests import check_body, check_calls, check_parameters
from .values import Values


def check_operations(contract: Contract, folder: Path, package: str) -> None:
    """Raise a `Problem` for the first difference between operations and their modules in `folder`."""
    modules, known = dict(_modules(folder, package)), methods(folder, package)
    request, answer = Values(contract, is_request=True), Values(contract, is_request=False)
    for path, method, item, node in contract.operations():
        found = modules.pop((method.upper(), path), None)
        if found is None:
            raise lost(contract, node, f"the operation `{method.upper()} {path}`")
        called = known.get(id(found.operation), [])
        if [method.is_async for method in called] != [False, True]:
            raise lost(contract, node, "the method of the operation")
        found.doc = called[0].doc
        for key in ("summary", "description"):
            if not prose.says(found.doc, node.get(key) or ""):
                raise lost(contract, node, f"the {key} of the operation")
        check_calls(request, node, found)
        check_parameters(request, item, node, found)
        check_body(request, node, found)
        check_responses(answer, node, found, found.doc)
        _check_conditions(contract, item, node, found)
        check_methods(request, node, found, called)
    for method, path in modules:
        raise added(contract, contract.document, f"the operation `{method} {path}`")


def _modules(folder: Path, package: str) -> Iterator[tuple[tuple[str, str], Rendered]]:
    for path in sorted((folder / "api").glob("*/*.py")):
        if path.stem != "__init__":
            found = Rendered(importlib.import_module(f"{package}.api.{path.parent.name}.{path.stem}"))
            yield (found.operation.method, found.operation.path), found


def _check_conditions(contract: Contract, item: Any, node: Any, found: Rendered) -> None:
    """Check where a call goes, and on what it depends."""
    said: list[dict[str, Any]] = node.get("security", contract.document.get("security")) or []
    security = [sorted(requirement) for requirement in said]
    if [sorted(each) for each in found.operation.security] != security:
        raise lost(contract, node, f"the security requirements {security}")
    dependencies = [parse(str(text)).text for text in node.get("x-dependencies") or ()]
    if [dependency.text for dependency in found.operation.dependencies] != dependencies:
        raise lost(contract, node, f"a dependency between parameters: {', '.join(dependencies)}")
    servers = node.get("servers") or item.get("servers")
    if found.operation.server != (server_url(servers[0]) if servers else None):
        raise lost(contract, node, "the server of the operation")
