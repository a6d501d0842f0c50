"""Faults of schemas: other types, values, rules and properties."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..keywords import json_types
from ..kinds import is_array, is_object
from ..marks import pointer
from ..objects import entries
from .places import Fault, Place, both, removing, renaming, replacing

_LOOSER = {
    "minLength": -1, "minimum": -1, "exclusiveMinimum": -1, "minItems": -1, "minProperties": -1,
    "maxLength": 1, "maximum": 1, "exclusiveMaximum": 1, "maxItems": 1, "maxProperties": 1,
}  # fmt: skip
"""What loosens each by one."""
_RULES: dict[str, dict[str, Any]] = {
    "string": {"minLength": 1, "maxLength": 3, "pattern": "^[a-y]*$", "format": "date"},
    "integer": {"minimum": 1, "maximum": 100, "multipleOf": 2},
    "number": {"minimum": 1, "maximum": 100, "multipleOf": 2},
    "array": {"minItems": 1, "maxItems": 1, "uniqueItems": True},
    "object": {"minProperties": 1, "maxProperties": 1},
}
"""Rules that a schema of each type could have."""
_FORMATS = {"date": "date-time", "date-time": "date", "date-time-rfc-2822": "date-time", "binary": "date"}
_DEFAULTS: dict[str, Any] = {
    "string": "x", "integer": 7, "number": 0.5, "boolean": True, "date": "2020-01-01",
    "date-time": "2020-01-01T00:00:00Z",
}  # fmt: skip


def of_schema(place: Place) -> Iterator[Fault]:
    """All small faults of a schema itself; those of schemas within it are found there."""
    if "$ref" in place.node:
        yield place.put("type changed", "", {"type": "string"})
        return
    kinds = json_types(place.node)
    for faults in (_types, _constants, _rules, _format, _default, _branches, _told_apart, _failure):
        yield from faults(place)
    if "object" in kinds:
        yield from _properties(place)


def _types(place: Place) -> Iterator[Fault]:
    said: Any = place.node.get("type")
    if isinstance(said, str):
        others = {"string": ["integer"], "integer": ["string", "number"], "number": ["string", "integer"]}
        for other in others.get(said, ["string"]):
            yield place.put("type changed", "/type", other)
        yield place.put("null added", "/type", [said, "null"])
    elif is_array(said):
        for kind in said:
            yield place.put(
                "null dropped" if kind == "null" else "type changed", "/type", [k for k in said if k != kind]
            )
    elif not {"const", "enum", "allOf", "anyOf", "oneOf"} & place.node.keys():
        yield place.put("type changed", "/type", "string")


def _constants(place: Place) -> Iterator[Fault]:
    said = place.node.get("enum")
    if is_array(said):
        for index in range(len(said)) if len(said) > 1 else ():
            yield place.drop("enum value dropped", f"/enum/{index}")
        yield place.put("enum value added", "/enum/-", "addedX" if isinstance(said[0], str) else 999)
        yield place.drop("enum dropped", "/enum")
    if "const" in place.node:
        yield place.put("enum value changed", "/const", f"{place.node['const']}X")
        yield place.drop("enum dropped", "/const")


def _rules(place: Place) -> Iterator[Fault]:
    """Rules that ask for more or less; of those that could be there, too."""
    node = place.node
    for keyword in sorted(node.keys() & {*_LOOSER, "multipleOf", "uniqueItems", "pattern"}):
        yield place.drop(f"{_of(keyword)} dropped", f"/{keyword}")
    for keyword in sorted(node.keys() & _LOOSER.keys()):
        for way, step in (("loosened", _LOOSER[keyword]), ("tightened", -_LOOSER[keyword])):
            if node[keyword] + step >= 0 or "imum" in keyword:
                yield place.put(f"{_of(keyword)} {way}", f"/{keyword}", node[keyword] + step)
    if "multipleOf" in node:
        yield place.put("range tightened", "/multipleOf", node["multipleOf"] * 3)
    if "pattern" in node:
        said = node["pattern"]
        for new in sorted({said.removeprefix("^"), said.removesuffix("$")} - {said}):
            yield place.put("pattern loosened", "/pattern", new)
        yield place.put("pattern tightened", "/pattern", f"(?!.*[a1])(?:{said})")
    kinds = [kind for kind in json_types(node) if kind != "null"]
    if len(kinds) == 1 and not {"enum", "const"} & node.keys():
        for keyword in sorted(_RULES.get(kinds[0], {}).keys() - node.keys()):
            yield place.put(f"{_of(keyword)} added", f"/{keyword}", _RULES[kinds[0]][keyword])


def _of(keyword: str) -> str:
    """What is loosened or tightened by a keyword."""
    if keyword in ("pattern", "format"):
        return keyword
    return "length" if any(part in keyword for part in ("Length", "Items", "Properties")) else "range"


def _format(place: Place) -> Iterator[Fault]:
    said = place.node.get("format")
    if said is not None:
        yield place.drop("format changed", "/format")
    if said in _FORMATS:
        yield place.put("format changed", "/format", _FORMATS[said])


def _default(place: Place) -> Iterator[Fault]:
    node, said = place.node, place.node.get("default")
    if said is not None:
        other = [value for value in node.get("enum", ()) if value != said] or [_another(said)]
        yield place.drop("default dropped", "/default")
        yield place.put("default changed", "/default", other[0])
        return
    kinds = [node.get("format"), *json_types(node)]
    values = [*node.get("enum", ()), *(_DEFAULTS[kind] for kind in kinds if kind in _DEFAULTS)]
    yield from (place.put("default added", "/default", value) for value in values[:1])


def _another(said: Any) -> Any:
    if isinstance(said, bool | int | float):
        return not said if isinstance(said, bool) else said + 1
    return f"{said[:-1]}8" if isinstance(said, str) and said[-1:].isdigit() else f"{said}x"


def _properties(place: Place) -> Iterator[Fault]:
    """Properties that are called otherwise, are elsewhere, or are there or not."""
    node, required = place.node, list[str](place.node.get("required") or ())
    for name in entries(node, "properties"):
        yield from _property(place, name, required)
    for index in range(len(required)):
        yield place.drop("property made optional", f"/required/{index}")
    if "properties" in node:
        yield place.put("property added", "/properties/addedX", {"type": "string"})
    rest = node.get("additionalProperties", True)
    others = [True] if rest is False else [False, {"type": "integer"}] if rest is True else [False]
    for other in others:
        yield place.put("further properties changed", "/additionalProperties", other)


def _property(place: Place, name: str, required: list[str]) -> Iterator[Fault]:
    under = f"/properties{pointer(name)[1:]}"
    child, where = place.node["properties"][name], place.at + under
    listed = [f"{place.at}/required/{index}" for index, each in enumerate(required) if each == name]
    renamed = place.rename("property renamed", under, f"{name}X")
    yield renamed._replace(change=both(*(replacing(each, f"{name}X") for each in listed), renamed.change))
    dropped = place.drop("property dropped", under)
    yield dropped._replace(change=both(*map(removing, listed), dropped.change))
    if not listed:
        has_others = "required" in place.node
        yield place.put(
            "property made required", f"/required{'/-' if has_others else ''}", name if has_others else [name]
        )
    inner = {"type": "object", "properties": {name: child}, "required": [name] if listed else []}
    nested = both(
        *(replacing(each, "nestedX") for each in listed), replacing(where, inner), renaming(where, "nestedX")
    )
    yield Fault("property nested elsewhere", where, f"{name} → nestedX.{name}", nested)
    if is_object(child) and "$ref" not in child:
        for flag, other in (("readOnly", "writeOnly"), ("writeOnly", "readOnly")):
            if other not in child:
                operator = "access of what is required changed" if listed else "access changed"
                yield place.put(operator, f"{under}/{flag}", child.get(flag) is not True)


def _branches(place: Place) -> Iterator[Fault]:
    for keyword, other in (("allOf", None), ("anyOf", "oneOf"), ("oneOf", "anyOf")):
        said = place.node.get(keyword) or ()
        if len(said) > 1:
            yield from (place.drop("branch dropped", f"/{keyword}/{index}") for index in range(len(said)))
        if said and other:
            yield place.rename("branches changed", f"/{keyword}", other)


def _told_apart(place: Place) -> Iterator[Fault]:
    said = place.node.get("discriminator")
    if said is None:
        return
    yield place.drop("discriminator changed", "/discriminator")
    yield place.put("discriminator changed", "/discriminator/propertyName", f"{said['propertyName']}X")
    mapping = entries(said, "mapping")
    for name in mapping:
        under = f"/discriminator/mapping{pointer(name)[1:]}"
        yield place.drop("discriminator changed", under)
        yield place.rename("discriminator changed", under, f"{name}X")
    for one, other in pairwise(mapping):
        swapped = {**mapping, one: mapping[other], other: mapping[one]}
        yield place.put("discriminator changed", "/discriminator/mapping", swapped)


def _failure(place: Place) -> Iterator[Fault]:
    """What says that an answer is a failure, and why."""
    if place.node.get("x-failure") is True:
        yield place.drop("failure mark dropped", "/x-failure")
    elif "properties" in place.node and "answer" in place.ways:
        yield place.put("failure mark added", "/x-failure", True)
    for name, said in entries(place.node, "x-error").items():
        yield place.drop("error fields changed", f"/x-error/{name}")
        if isinstance(said, str):
            yield place.put("error fields changed", f"/x-error/{name}", f"{said}X")
        for index in range(len(said)) if is_array(said) else ():
            yield place.drop("error fields changed", f"/x-error/{name}/{index}")
