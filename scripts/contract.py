"""The contract: a vendor's spec with its overlays applied, known to be valid OpenAPI 3.1."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any

from . import validity
from .document import Map, limited, load, pointer, problem
from .kinds import is_array, is_object
from .objects import METHODS, entries
from .overlay import apply
from .problem import Problem, shown
from .references import followed, target
from .vendors import Vendor


class Contract:
    """An effective OpenAPI document; every value in it has its place in the spec or in an overlay."""

    def __init__(self, document: Any) -> None:
        self.document = document
        self._described: dict[int, Any] = {}

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
        return followed(self.document, "", node)[1]

    def described(self, node: Any) -> Any:
        """The node that `node` refers to, with the description that stands beside the reference."""
        if not (is_object(node) and "$ref" in node):
            return node
        if id(node) not in self._described:
            found = self.described(target(self.document, node["$ref"]))
            if "description" in node:
                found = {**found, "description": node["description"]}
                self.pointers[id(found)] = self.pointers[id(node)]
            self._described[id(node)] = found
        return self._described[id(node)]

    def operations(self) -> Iterator[tuple[str, str, Map, Map]]:
        """Path, method, path item and operation, in the document's order."""
        for path, item in entries(self.document, "paths").items():
            if path.startswith("/"):
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
        _check_extends(vendor, overlay)
        if enabled(overlay):
            document = apply(document, overlay)
            limited(document)
    try:
        validity.check(document)
    except Problem as problem:
        for each in (problem, *problem.others):
            if each.file == shown(vendor.spec):
                each.what += ", after the overlays"  # which took something away: the spec alone is valid
        raise
    return Contract(document)


def enabled(overlay: Any) -> bool:
    """Whether an overlay is applied: `x-enabled: false` keeps it in store; any other flag is a `Problem`."""
    flag = overlay.get("x-enabled", True) if is_object(overlay) else True
    if not isinstance(flag, bool):
        raise problem(overlay, "#/x-enabled", f"`x-enabled` is {flag!r}", "write true or false")
    return flag


def _check_extends(vendor: Vendor, overlay: Any) -> None:
    """Refuse an overlay that does not say that it extends the vendor's spec."""
    if not (is_object(overlay) and "overlay" in overlay):
        return  # no overlay, which `apply` will say
    extends, wanted = overlay.get("extends"), f"../../specs/{vendor.name}/{vendor.spec.name}"
    if extends != wanted:
        what = f"the overlay extends {extends!r}" if extends else "the overlay does not say what it extends"
        raise problem(overlay, "#/extends", what, f"write `extends: {wanted}`")
