"""What a schema of the contract says of the shape of a value: which types, properties and branches it has.

Rules such as `pattern` or `maximum` have no part in the shape: a client takes an answer that breaks them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from typing import Any

import jsonschema_rs

from ..contract import Contract
from ..document import plain
from ..kinds import is_object
from ..objects import entries
from ..references import target
from .times import TIMES, is_day, is_moment
from .validation import validator

_ANNOTATIONS = {"title", "description", "example", "examples", "deprecated", "externalDocs", "default"}
_SHAPE = {
    "type",
    "const",
    "properties",
    "required",
    "items",
    "additionalProperties",
    "allOf",
    "anyOf",
    "oneOf",
    "$ref",
}
_TYPES: list[tuple[Any, str]] = [
    (bool, "boolean"), (str, "string"), (int, "integer"), (float, "number"), (list, "array"), (dict, "object")
]  # fmt: skip


_FORMATS = {**dict.fromkeys(TIMES, is_moment), "date": is_day}
"""A time counts in either form."""


class Shape:
    """All schemas that hold for the same value: a schema, what it refers to, and what its `allOf` holds.

    `name` is the class that its objects have, where it is a component of its own.
    """

    def __init__(self, contract: Contract, parts: Sequence[Any], name: str | None = None) -> None:
        self.contract, self.parts, self.name = contract, parts, name

    def all(self, keyword: str) -> list[Any]:
        """What the parts say by a keyword."""
        return [part[keyword] for part in self.parts if keyword in part]

    @property
    def schema(self) -> Any:
        """One schema with all parts."""
        return {"allOf": list(self.parts)} if self.parts else True

    @cached_property
    def at(self) -> str:
        """The pointer of the schema."""
        return self.pointer(self.parts[0]) if self.parts else "#"

    def pointer(self, node: Any) -> str:
        """The pointer of a node of the contract."""
        return self.contract.pointers.get(id(node), "#")

    @cached_property
    def properties(self) -> dict[str, Any]:
        """The schema of each documented property."""
        found: dict[str, list[Any]] = {}
        for held in self.all("properties"):
            for name, node in held.items():
                found.setdefault(name, []).append(node)
        return {name: nodes[0] if len(nodes) == 1 else {"allOf": nodes} for name, nodes in found.items()}

    def property(self, name: str) -> Shape:
        """The shape of a property, documented or not."""
        return shape(self.contract, self.properties.get(name, self.rest))

    @cached_property
    def required(self) -> dict[str, str]:
        """The required properties, each with the pointer of the keyword."""
        return {
            name: f"{self.pointer(part)}/required/{index}"
            for part in self.parts
            for index, name in enumerate(part.get("required") or ())
        }

    @cached_property
    def rest(self) -> Any:
        """The schema of all other properties."""
        return next((each for each in self.all("additionalProperties") if is_object(each)), True)

    @cached_property
    def items(self) -> Shape:
        """The shape of the items of an array."""
        return shape(self.contract, next(iter(self.all("items")), True))

    @cached_property
    def types(self) -> set[str]:
        """The JSON types that are named; empty where all are allowed."""
        said = [{each} if isinstance(each, str) else set[str](each) for each in self.all("type")]
        return set[str].intersection(*said) if said else set()

    @cached_property
    def options(self) -> list[Shape]:
        """The branches of a `oneOf` or `anyOf`, each with what stands beside; one of `required` only is a rule."""
        choices: list[list[Any]] = [*self.all("oneOf"), *self.all("anyOf")]
        nodes = next((each for each in choices if not all(map(_only_requires, each))), list[Any]())
        own = [
            {key: said for key, said in part.items() if key not in ("oneOf", "anyOf")} for part in self.parts
        ]
        beside = [part for part in own if part.keys() & {"properties", "required", "additionalProperties"}]
        found = [shape(self.contract, node) for node in nodes]
        return [Shape(each.contract, [*each.parts, *beside]) for each in found] if beside else found

    @cached_property
    def leaves(self) -> list[Shape]:
        """The shapes that a value may have: each branch, or the one there is."""
        return [leaf for option in self.options for leaf in option.leaves] or [self]

    @cached_property
    def format(self) -> str | None:
        """The format of a text."""
        return next(iter(self.all("format")), None)

    def names(self, name: str) -> bool:
        """Whether a property may have this name."""
        rules = map(json.dumps, self.all("propertyNames"))
        return all(validator(self.contract, rule).is_valid(name) for rule in rules)

    def fits(self, value: Any) -> bool:
        """Whether a value has this shape: types, required properties, times and dates."""
        return bool(self._loose.is_valid(value))

    def allows(self, value: Any, way: str = "") -> bool:
        """Whether a value has this shape, and keeps all rules; those of the properties that one `way` carries."""
        is_shaped = way == "request" or self.fits(value)  # it may lack what is only read
        return is_shaped and bool(validator(self.contract, self._text, way).is_valid(value))

    @cached_property
    def _loose(self) -> Any:
        components = _components(self.contract)
        whole = {"components": {"schemas": components}, "allOf": [_loose(plain(self.schema))]}
        return jsonschema_rs.Draft202012Validator(whole, validate_formats=True, formats=_FORMATS)

    @cached_property
    def _text(self) -> str:
        return json.dumps(self.schema)


def shape(contract: Contract, schema: Any) -> Shape:
    """The shape of a schema, made once."""
    known = _known(contract)
    if id(schema) not in known:  # which holds the schema, so that no other has its id
        known[id(schema)] = schema, Shape(contract, list(_parts(contract, schema)), _name(contract, schema))
    return known[id(schema)][1]


@cache
def _known(contract: Contract) -> dict[int, tuple[Any, Shape]]:
    return {}


def _only_requires(node: Any) -> bool:
    return is_object(node) and node.keys() <= {"required", "type"}


def _parts(contract: Contract, schema: Any) -> Iterator[Any]:
    if is_object(schema):
        if "$ref" in schema:
            yield from _parts(contract, target(contract.document, schema["$ref"]))
        yield schema
        for part in schema.get("allOf") or ():
            yield from _parts(contract, part)


def _name(contract: Contract, node: Any) -> str | None:
    """The class of a component, where nothing but annotations are added to it."""
    while is_object(node):
        said = {key for key in node.keys() - _ANNOTATIONS if not key.startswith("x-")}
        if said == {"$ref"}:
            node = target(contract.document, node["$ref"])
        elif said <= {"allOf", "type"} and len(node.get("allOf") or ()) == 1:
            node = node["allOf"][0]
        else:
            break
    return _names(contract).get(id(node))


@cache
def _names(contract: Contract) -> dict[int, str]:
    components = entries(contract.document, "components", "schemas").items()
    return {id(node): node.get("x-python-name", name) for name, node in components if is_object(node)}


def branches(own: Shape, value: Any) -> list[Shape]:
    """The shapes that a value may be read by: the named one, failures, or those that allow it."""
    found = _named(own, value) or own.options or _extended(own)
    if len(found) == 1:
        return found
    fitting = [each for each in found if each.fits(value)]
    failing = [each for each in fitting if True in each.all("x-failure")]
    return failing or [each for each in fitting if each.allows(value)] or fitting or found


def variants(own: Shape) -> list[tuple[Shape, dict[str, str]]]:
    """The shapes that a place may have, where there are several: the branches, or a base and what extends it.

    With each is the property by which a discriminator tells it, where nothing else does.
    """
    extended = _extended(own)
    found = own.options or (extended if len(extended) > 1 else [])
    return [(each, _mark(own, each)) for each in found]


def _mark(own: Shape, option: Shape) -> dict[str, str]:
    """The property that names one of several shapes; none where the shape itself says what it is."""
    said = next(iter(own.all("discriminator")), None)
    if said is None or option.property(said["propertyName"]).all("const"):
        return {}
    words = [*entries(said, "mapping"), *entries(own.contract.document, "components", "schemas")]
    marks = [{str(said["propertyName"]): word} for word in words]
    return next((mark for mark in marks if option in _named(own, mark)), dict[str, str]())


def _named(own: Shape, value: Any) -> list[Shape]:
    """The shape that a discriminator names."""
    said = next(iter(own.all("discriminator")), None)
    word = value.get(said["propertyName"]) if said is not None and is_object(value) else None
    if not isinstance(word, str):
        return []
    reference = entries(said, "mapping").get(word, word).removeprefix("#/components/schemas/")
    named = entries(own.contract.document, "components", "schemas").get(reference)
    wanted = named and shape(own.contract, named)
    known = own.options or _extended(own)
    return [each for each in known if wanted and each.parts[0] is wanted.parts[0]]


def _extended(base: Shape) -> list[Shape]:
    """A shape, and the components that extend it where a discriminator says that some do."""
    if not base.all("discriminator") or base.options:
        return [base]
    components = entries(base.contract.document, "components", "schemas")
    found = [shape(base.contract, node) for node in components.values()]
    return [base, *(each for each in found if any(part is base.parts[0] for part in each.parts[1:]))]


@cache
def _components(contract: Contract) -> dict[str, Any]:
    components = plain(entries(contract.document, "components", "schemas"))
    return {name: _loose(node) for name, node in components.items()}


def _loose(node: Any) -> Any:
    """A schema without all that is not its shape, as answers have it."""
    if not is_object(node):
        return node
    kept: dict[str, Any] = {key: value for key, value in node.items() if key in _SHAPE}
    for key in ("allOf", "anyOf", "oneOf"):
        if key in kept:
            kept[key] = list(map(_loose, kept[key]))
    if one_of := kept.pop("oneOf", None):
        kept["allOf"] = [*kept.get("allOf", ()), {"anyOf": one_of}]
    for key in ("items", "additionalProperties"):
        if key in kept:
            kept[key] = _loose(kept[key])
    if kept.get("additionalProperties") is False:
        del kept["additionalProperties"]
    if "properties" in kept:
        hidden = {
            name for name, child in kept["properties"].items() if is_object(child) and child.get("writeOnly")
        }
        kept["required"] = [name for name in kept.get("required") or () if name not in hidden]
        kept["properties"] = {name: _loose(child) for name, child in kept["properties"].items()}
    if node.get("format") in (*TIMES, "date"):
        kept["format"] = node["format"]
    if "enum" in node and "type" not in node:
        kept["type"] = sorted({kind(value) for value in node["enum"]})
    return kept


def kind(value: Any) -> str:
    """The JSON type of a value."""
    return next((name for python, name in _TYPES if isinstance(value, python)), "null")
