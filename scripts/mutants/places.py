"""The places of a contract where a small fault can be: the objects that its operations reach."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from .. import validity
from ..contract import Contract
from ..kinds import is_array, is_object
from ..marks import Map, copied, drop, keys_of, plain, pointer, put, step
from ..objects import METHODS, Part, entries, walk
from ..references import target

Key = tuple[str, str]
"""The path and method of an operation."""
Change = Callable[[Any], object]
"""Puts a fault into a copy of the document."""
_ABSENT = object()


class Fault(NamedTuple):
    """A small fault: the operator that makes it, where, what it is, and how it gets into a document."""

    operator: str
    at: str
    what: str
    change: Change


@dataclass(frozen=True)
class Place:
    """An object of a contract; it knows which operations reach it, and whether by their requests or answers."""

    kind: str
    at: str
    node: Any
    contract: Contract
    operations: frozenset[Key]
    ways: frozenset[str]

    def put(self, operator: str, under: str, value: Any) -> Fault:
        """Another value, or a new one, at a pointer below this place."""
        where = self.at + under
        return Fault(operator, where, f"{_told(self._old(where))} → {_told(value)}", replacing(where, value))

    def drop(self, operator: str, under: str = "") -> Fault:
        """Nothing at a pointer below this place, or not even this place itself."""
        where = self.at + under
        return Fault(operator, where, f"without {_told(self._old(where))}", removing(where))

    def rename(self, operator: str, under: str, new: str) -> Fault:
        """What is at a pointer below this place under another key."""
        where = self.at + under
        return Fault(operator, where, f"{held(where)[1]} → {new}", renaming(where, new))

    def _old(self, where: str) -> Any:
        try:
            return at(self.contract.document, where)
        except LookupError:
            return _ABSENT


@dataclass
class _Reach:
    operations: set[Key] = field(default_factory=set[Key])
    ways: set[str] = field(default_factory=set[str])


def places(contract: Contract) -> Iterator[Place]:
    """All objects that operations reach, in the document's order; a reference is an object of its own."""
    parts = list(walk(contract.document))
    found = {part.at: _Reach() for part in parts}
    carried = {"request": _without(parts, "readOnly"), "answer": _without(parts, "writeOnly")}
    for path, method, item, node in contract.operations():
        for own in (contract.document, item, node):
            found[contract.pointers[id(own)]].operations.add((path, method))
        for way, roots in _roots(contract, item, node).items():
            for reached in _reached(contract, carried[way], roots):
                found[reached].operations.add((path, method))
                found[reached].ways.add(way)
    for part in parts:
        reach = found[part.at]
        if reach.operations:
            yield Place(*part, contract, frozenset(reach.operations), frozenset(reach.ways))


def alone(contract: Contract, operation: Key) -> Contract:
    """The contract of one operation: without the others, and without the components that it does not reach."""
    path, method = operation
    document, kept = (
        copied(contract.document),
        [each for each in places(contract) if operation in each.operations],
    )
    for other in [other for other in document["paths"] if other != path]:
        drop(document["paths"], other)
    for other in [other for other in METHODS if other != method and other in document["paths"][path]]:
        drop(document["paths"][path], other)
    reached, is_open = {each.at for each in kept}, any(each.kind == "discriminator" for each in kept)
    for section in ("responses", "parameters", "requestBodies", *(() if is_open else ("schemas",))):
        held = entries(document, "components", section)
        for name in [name for name in held if pointer("components", section, name) not in reached]:
            drop(held, name)
    validity.check(document)
    return Contract(document)


def _roots(contract: Contract, item: Any, node: Any) -> dict[str, list[Any]]:
    """Where what an operation sends and gets begins; of several servers the first is called."""
    document = contract.document
    requirements: list[Any] = node.get("security", document.get("security")) or []
    schemes = entries(document, "components", "securitySchemes")
    sent = [schemes[name] for requirement in requirements for name in requirement if name in schemes]
    sent += [*(item.get("parameters") or ()), *(node.get("parameters") or ())]
    sent += [node["requestBody"]] if "requestBody" in node else []
    sent += (node.get("servers") or item.get("servers") or document.get("servers") or [])[:1]
    return {"request": sent, "answer": [one for one in entries(node, "responses").values() if is_object(one)]}


def _without(parts: list[Part], mark: str) -> list[Part]:
    """The parts but for those that only the other way carries, and what is in them."""
    hidden = [part.at for part in parts if is_object(part.node) and part.node.get(mark) is True]
    return [part for part in parts if not any(part.at == at or part.at.startswith(f"{at}/") for at in hidden)]


def _reached(contract: Contract, parts: list[Part], roots: list[Any]) -> set[str]:
    """The pointers of the objects in `roots`, and of those that they refer to."""
    found, waiting = set[str](), [contract.pointers[id(root)] for root in roots]
    while waiting:
        root = waiting.pop()
        for part in parts:
            if part.at not in found and (part.at == root or part.at.startswith(f"{root}/")):
                found.add(part.at)
                waiting += [contract.pointers[id(target(contract.document, lead))] for lead in _leads(part)]
    return found


def _leads(part: Part) -> Iterator[str]:
    if "$ref" in part.node:
        yield part.node["$ref"]
    for name in entries(part.node, "mapping").values() if part.kind == "discriminator" else ():
        yield name if name.startswith("#") else pointer("components", "schemas", name)


def at(document: Any, place: str) -> Any:
    """The value at a JSON pointer."""
    return reduce(step, keys_of(place), document)


def held(place: str) -> tuple[str, str]:
    """The pointer of what holds the value at a pointer, and its key there."""
    return place.rpartition("/")[0], keys_of(place)[-1]


def replacing(place: str, value: Any) -> Change:
    """Puts another value, or a new one, at `place`."""
    return lambda document: put(*_held(document, place), value, None)


def removing(place: str) -> Change:
    """Takes the value at `place` out of the mapping or list that holds it."""
    return lambda document: drop(*_held(document, place))


def renaming(place: str, new: str) -> Change:
    """Gives the value at `place` another key in the mapping that holds it, where it stands."""

    def change(document: Any) -> None:
        node, old = _held(document, place)
        items = [(new if key == old else key, value) for key, value in node.items()]
        node.clear()
        node.update(items)
        if isinstance(node, Map) and old in node.lines:
            node.lines[new] = node.lines.pop(old)

    return change


def both(*changes: Change) -> Change:
    """Several changes that make one fault, one after the other."""
    return lambda document: [change(document) for change in changes]


def _held(document: Any, place: str) -> tuple[Any, Any]:
    holder, key = held(place)
    node = at(document, holder)
    return node, len(node) if key == "-" else int(key) if is_array(node) else key


def _told(value: Any) -> str:
    return "nothing" if value is _ABSENT else f"{json.dumps(plain(value), ensure_ascii=False):.60}"
