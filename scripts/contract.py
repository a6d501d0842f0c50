"""The contract: a vendor's spec with its overlays applied, known to be valid OpenAPI 3.1."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from . import validity
from .document import Map, load, pointer, problem
from .overlay import apply
from .problem import Problem, shown
from .runtime.guards import is_array, is_object
from .vendors import Vendor

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


class Contract:
    """An effective OpenAPI document; every value in it can be located in the spec or overlay that it came from."""

    def __init__(self, document: Any) -> None:
        self.document = document

    @cached_property
    def pointers(self) -> dict[int, str]:
        """The JSON pointer of every mapping and sequence, by identity."""
        found: dict[int, str] = {}

        def visit(node: Any, keys: tuple[str | int, ...]) -> None:
            if is_object(node) or is_array(node):
                found[id(node)] = pointer(*keys)
                for key, child in node.items() if is_object(node) else enumerate(node):
                    visit(child, (*keys, key))

        visit(self.document, ())
        return found

    def resolve(self, node: Any) -> Any:
        """The node that `node` refers to, or itself; references are known to resolve."""
        while is_object(node) and isinstance(node.get("$ref"), str):
            node = validity.target(self.document, node["$ref"])
        return node

    def operations(self) -> Iterator[tuple[str, str, Map, Map]]:
        """Path, method, path item and operation, in the document's order."""
        for path, item in (self.document.get("paths") or {}).items():
            item = self.resolve(item)
            yield from ((path, method, item, item[method]) for method in item if method in METHODS)

    def problem(self, node: Any, what: str, todo: str) -> Problem:
        """A problem of `node`, with its pointer, and its place in the spec or overlay."""
        return problem(self.document, self.pointers.get(id(node), "#"), what, todo)


def contract(vendor: Vendor) -> Contract:
    """The contract of a vendor; raises `Problem` where the spec, an overlay or the result is not usable."""
    document = load(vendor.spec)
    validity.check(document)
    for path in vendor.overlays:
        overlay = load(path)
        check_extends(vendor, overlay)
        if enabled(overlay):
            document = apply(document, overlay)
    validity.check(document)
    return Contract(document)


def enabled(overlay: Any) -> bool:
    """Whether an overlay is applied: `x-enabled: false` keeps it in store."""
    return not is_object(overlay) or overlay.get("x-enabled", True) is not False


def check_extends(vendor: Vendor, overlay: Any) -> None:
    """Refuse an overlay that says it extends another document than the vendor's spec."""
    extends = overlay.get("extends") if isinstance(overlay, Map) else None
    if not isinstance(extends, str) or not isinstance(overlay, Map):
        return
    target = (vendor.root / "overlays" / vendor.name / extends).resolve()
    if target != vendor.spec.resolve():
        spec = os.path.relpath(vendor.spec, vendor.root / "overlays" / vendor.name)
        what, line = f"`extends: {extends}` is not the vendor's spec", overlay.lines["extends"]
        raise Problem(
            what,
            f"write `extends: {spec}`",
            file=overlay.file or shown(vendor.spec),
            line=line,
            where="extends",
        )
