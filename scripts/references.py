"""References: what they lead to, and whether they lead anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from graphlib import CycleError, TopologicalSorter
from typing import Any
from urllib.parse import unquote

from .document import keys_of, pointer, problem
from .kinds import is_object
from .marks import step
from .objects import Part

LONGEST = 100
"""References that may lead from one to the next, and schemas that may hold one another."""
MOST_SCHEMAS = 10_000
"""Schemas that one may consist of, those that references repeat included."""


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
    """Raise a `Problem` for a reference to nothing, to another kind of object, to itself, or to too much."""
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
    _near(document, leads)
    _small(document, {part.at: [*inside[part.at], *_held(part)] for part in parts})


def _near(document: Any, leads: dict[str, str]) -> None:
    """Refuse a reference that is reached from the operations only by many others."""
    from_home: dict[str, list[str]] = {}
    for at in leads:
        from_home.setdefault(_home(at), []).append(at)
    reached = seen = {"#"}
    for count in range(LONGEST + 1):
        hops = [at for home in sorted(reached) for at in from_home.get(home, ())]
        if hops and count == LONGEST:
            what = f"more than {LONGEST} references lead here, one after the other"
            raise problem(document, f"{hops[0]}/$ref", what, "put fewer in between")
        reached = {_home(leads[at]) for at in hops} - seen
        seen = seen | reached


def _home(at: str) -> str:
    """The component that `at` is in, or the root for all that is no component."""
    return "/".join(at.split("/")[:4]) if at.startswith("#/components/") else "#"


def _small(document: Any, inside: dict[str, list[str]]) -> None:
    """Refuse a schema of too many levels or parts; one that holds itself is counted once."""
    known: dict[str, tuple[int, int]] = {}

    def measured(at: str, above: int) -> tuple[int, int]:
        """How many schemas one consists of, and on how many levels."""
        if at not in known:
            known[at] = 1, 1
            found = [measured(child, above + 1) for child in inside.get(at, ()) if above <= LONGEST]
            known[at] = 1 + sum(size for size, _ in found), 1 + max((depth for _, depth in found), default=0)
        size, depth = known[at]
        if size > MOST_SCHEMAS or above + depth > LONGEST:
            limit = f"{LONGEST} levels" if size <= MOST_SCHEMAS else f"{MOST_SCHEMAS:,} schemas"
            what = f"the schema consists of more than {limit}, references followed"
            raise problem(document, at, what, "simplify it")
        return known[at]

    for at in inside:
        measured(at, 0)


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


def _held(part: Part) -> list[str]:
    """The pointers of the schemas of what an array or map holds that the schema `part` describes."""
    keywords = ("items", "additionalProperties") if part.kind == "schema" else ()
    return [f"{part.at}/{word}" for word in keywords if word in part.node]
