"""Everything that a value can be by its schema."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from typing import Any, NamedTuple

from ..contract import Contract
from ..kinds import is_array, is_object
from ..objects import entries
from ..references import target
from ..runtime.assertions import comparable
from .schema import Choice, Schema, only_requires

_IMPLIED = {"properties": "object", "additionalProperties": "object", "items": "array"}
"""The kind of value that keywords are about where no type is named."""


class Case(NamedTuple):
    """A kind of JSON value (or any), or a single value: one of an enumeration, or null."""

    kind: str
    schema: Schema
    value: Any = None

    def __str__(self) -> str:
        return f"the value {self.value!r}" if self.kind == "value" else f"the type {self.kind}"


def cases(schema: Schema) -> Iterator[Case]:
    """Everything that a value can be, choices made."""
    if subtypes := _subtypes(schema):
        for node in [*subtypes, True]:
            yield from cases(_choosing(schema, Choice(schema.meant, schema.meant), node))
    elif choice := _choice(schema):
        for option in choice.offer:
            yield from cases(_choosing(schema, choice, option))
        if any("null" in kinds for kinds in schema.all("type")):
            yield Case("value", schema)
    elif not schema.allows_nothing:
        yield from _plain_cases(schema)


def chosen_by(schema: Schema) -> Iterator[tuple[str, str]]:
    """The properties, and the values of them, by which discriminators choose a schema."""
    components, document = _components(schema.contract), schema.contract.document
    for said in (entries(choice.owner, "discriminator") for choice in schema.choices):
        nodes = {v: components.get(n) or target(document, n) for v, n in entries(said, "mapping").items()}
        values = [value for value, node in nodes.items() if node is schema.meant]
        named = [name for name, node in components.items() if node is schema.meant]
        yield from ((said["propertyName"], value) for value in values or named if said)


def open_choices(schema: Schema) -> int:
    """How many times a schema offers a `oneOf` of which a value may fit more than one by its kind."""
    choice = None if _subtypes(schema) else _choice(schema)
    if choice is None:
        return 0
    options = [_choosing(schema, choice, option) for option in choice.offer]
    pairs = combinations([list(cases(option)) for option in options], 2)
    is_open = any(_meet(*pair) for pair in pairs)
    is_one = choice.offer is choice.owner.get("oneOf")
    return (is_open and is_one) + sum(map(open_choices, options))


def _meet(some: list[Case], more: list[Case]) -> bool:
    """Whether a value may be one of `some` and one of `more`."""
    (values, kinds, every), (others, other_kinds, every_other) = map(_extent, (some, more))
    return bool(values & others) or _overlap(kinds, every_other) or _overlap(every, other_kinds)


def _extent(found: list[Case]) -> tuple[set[Any], set[str], set[str]]:
    """The single values of cases, their kinds, and both as kinds."""
    values = [case.value for case in found if case.kind == "value"]
    kinds = {case.kind for case in found if case.kind != "value"}
    return set(map(comparable, values)), kinds, kinds.union(*map(_kinds_of, values))


def _overlap(kinds: set[str], others: set[str]) -> bool:
    numbers = {"integer", "number"}
    if "any" in kinds | others:
        return bool(kinds and others)
    return bool(kinds & others or (kinds & numbers and others & numbers))


def _plain_cases(schema: Schema) -> Iterator[Case]:
    kinds, values = _kinds(schema), _values(schema)
    if values is not None:
        yield from (Case("value", schema, v) for v in values if kinds is None or _kinds_of(v) & kinds)
    elif kinds is None:
        yield Case("any", schema)
    else:
        for kind in sorted(kinds - ({"integer"} if "number" in kinds else set[str]())):
            yield Case("value" if kind == "null" else kind, schema)


def _kinds(schema: Schema) -> set[str] | None:
    """The JSON types that all parts allow, `number` with `integer`; None for all."""
    said: list[set[str]] = [{kinds} if isinstance(kinds, str) else set(kinds) for kinds in schema.all("type")]
    if not said:
        return {kind for keyword, kind in _IMPLIED.items() if schema.all(keyword)} or None
    return set[str].intersection(*(kinds | {"integer"} if "number" in kinds else kinds for kinds in said))


def _values(schema: Schema) -> list[Any] | None:
    said: list[list[Any]] = [*schema.all("enum"), *([value] for value in schema.all("const"))]
    if not said:
        return None
    others = [set(map(comparable, values)) for values in said[1:]]
    return [value for value in said[0] if all(comparable(value) in other for other in others)]


def _kinds_of(value: Any) -> set[str]:
    if value is None or isinstance(value, bool):
        return {"null" if value is None else "boolean"}
    if isinstance(value, int | float):
        return {"integer", "number"} if value == int(value) else {"number"}
    return {"string" if isinstance(value, str) else "array" if is_array(value) else "object"}


# Choices


def _subtypes(schema: Schema) -> list[Any]:
    """The components that extend, by `allOf`, the base with a discriminator that a schema stands for."""
    base = schema.meant
    if "discriminator" not in base or {"oneOf", "anyOf"} & base.keys() or _is_made(schema, base):
        return []
    nodes = filter(is_object, _components(schema.contract).values())
    return [node for node in nodes if _extends(schema.contract, node, base)]


def _extends(contract: Contract, node: Any, base: Any) -> bool:
    """Whether a schema extends a base by `allOf`, or extends one that does."""
    parts = [contract.resolve(part) for part in (node.get("allOf") if is_object(node) else None) or ()]
    return any(part is base or _extends(contract, part, base) for part in parts)


def _choice(schema: Schema) -> Choice | None:
    """The first `oneOf` or `anyOf` that has not been chosen from."""
    found = [Choice(p, p[keyword]) for p in schema.parts for keyword in ("oneOf", "anyOf") if keyword in p]
    left = [each for each in found if not only_requires(each.offer) and not _is_made(schema, each.offer)]
    return left[0] if left else None


def _is_made(schema: Schema, offer: Any) -> bool:
    return any(offer is choice.offer for choice in schema.choices)


def _choosing(schema: Schema, choice: Choice, chosen: Any) -> Schema:
    return Schema(schema.contract, chosen, *schema.parts, choices=(*schema.choices, choice))


def _components(contract: Contract) -> dict[str, Any]:
    return entries(contract.document, "components", "schemas")
