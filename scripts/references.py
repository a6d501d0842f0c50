"""References: what they lead to, and whether they lead anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote

from .document import keys_of, pointer, problem
from .marks import step
from .objects import Part
from .runtime.guards import is_object


def target(document: Any, reference: str) -> Any:
    """What a local reference stands for; raises `LookupError` where there is nothing."""
    if not reference.startswith("#/"):
        raise LookupError(reference)
    return reduce(step, keys_of(unquote(reference)), document)


def followed(document: Any, at: str, node: Any) -> tuple[str, Any]:
    """The pointer and value that `node`, which is at `at`, stands for; references are known to be right."""
    while is_object(node) and "$ref" in node:
        at, node = _pointer(node["$ref"]), target(document, node["$ref"])
    return at, node


def check(document: Any, parts: Sequence[Part]) -> None:
    """Raise a `Problem` for a reference to nothing, to another kind of object, or to itself."""
    kinds = {part.at: part.kind for part in parts}
    leads = {part.at: _lead(document, part, kinds) for part in parts if "$ref" in part.node}
    inside = {part.at: _applied(part) for part in parts}
    for at, lead in leads.items():
        inside[at].append(lead)
    try:
        TopologicalSorter(inside).prepare()
    except CycleError as error:
        at = next(part.at for part in parts if part.at in leads and part.at in error.args[1])
        what = f"the reference `{leads[at]}` leads back to itself"
        raise problem(document, f"{at}/$ref", what, "break the circle") from None


def _lead(document: Any, part: Part, kinds: dict[str, str]) -> str:
    """The pointer that the reference in `part` leads to: that of an object of the same kind."""
    reference: str = part.node["$ref"]
    what, todo = "leads nowhere", "correct it, or add what it names"
    if not reference.startswith("#"):
        what, todo = "is to another document", "copy what it refers to into the spec: nothing is fetched"
    try:
        found, lead = target(document, reference), _pointer(reference)
        if kinds.get(lead) == part.kind or (part.kind == "schema" and isinstance(found, bool)):
            return lead
        what, todo = f"leads to no {part.kind}", "correct it, or put one there"
    except LookupError:
        pass
    raise problem(document, f"{part.at}/$ref", f"the reference `{reference}` {what}", todo)


def _pointer(reference: str) -> str:
    return pointer(*keys_of(unquote(reference)))


def _applied(part: Part) -> list[str]:
    """The pointers of the schemas that hold for the same value as the schema `part`."""
    keywords = ("allOf", "anyOf", "oneOf") if part.kind == "schema" else ()
    return [f"{part.at}/{word}/{index}" for word in keywords for index in range(len(part.node.get(word, ())))]
