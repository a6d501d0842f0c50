"""What a contract says of a value: Schema Objects, with all that they refer to."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from ..contract import Contract
from ..kinds import is_object
from ..objects import entries
from ..references import target
from ..runtime.timestamps import RFC_2822

_NUMBERS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")
RULES: dict[str, tuple[str, ...]] = {
    "string": ("minLength", "maxLength", "pattern", "format"),
    "integer": _NUMBERS,
    "number": _NUMBERS,
    "boolean": (),
    "array": ("minItems", "maxItems", "uniqueItems"),
    "object": ("minProperties", "maxProperties", "dependentRequired", "anyRequired", "oneRequired"),
}
"""The assertions about each kind of value; `anyRequired` is an `anyOf` of nothing but `required`."""
RULES["any"] = tuple(dict.fromkeys(rule for rules in RULES.values() for rule in rules))
SILENT = {
    "title", "description", "example", "examples", "deprecated", "externalDocs", "default", "$comment", "$id",
    "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions", "xml", "readOnly", "writeOnly",
}  # fmt: skip
"""Keywords that say nothing of which values are valid."""


class Choice(NamedTuple):
    """A node that offers a choice, and what it offers: its `oneOf`, its `anyOf`, or itself for its subtypes."""

    owner: Any
    offer: Any


class Schema:
    """Nodes that hold together, with what they refer to and the parts of their `allOf`.

    `parts` are all of them, those first whose annotations count first; `choices` are those that led here.
    """

    def __init__(self, contract: Contract, *nodes: Any, choices: tuple[Choice, ...] = ()) -> None:
        self.contract, self.choices = contract, choices
        self.parts: list[dict[str, Any]] = []
        self.allows_nothing = False
        for node in nodes:
            self._add(node)

    def _add(self, node: Any) -> None:
        self.allows_nothing |= node is False
        if is_object(node) and not any(node is part for part in self.parts):
            self.parts.append(node)
            self._add(target(self.contract.document, node["$ref"]) if "$ref" in node else None)
            for part in reversed(node.get("allOf") or []):
                self._add(part)

    @property
    def key(self) -> tuple[int, ...]:
        """The same for schemas that say the same of a value."""
        offers = [choice.offer for choice in self.choices]
        return tuple(id(node) for node in (*self.parts, None, *offers) if _says(node) != {"$ref"})

    @property
    def node(self) -> Any:
        """The node that a problem is about."""
        return self.parts[0] if self.parts else self.contract.document

    @property
    def meant(self) -> Any:
        """The node that this schema stands for where it is but a reference."""
        node = self.node
        while is_object(node):
            says = _says(node)
            parts: list[Any] = node.get("allOf") or []
            if says == {"$ref"}:
                node = target(self.contract.document, node["$ref"])
            elif says <= {"allOf", "type"} and len(parts) == 1 and "$ref" in parts[0]:
                node = parts[0]
            else:
                break
        return node

    def all(self, keyword: str) -> list[Any]:
        """The values of a keyword, the one that counts first."""
        return [part[keyword] for part in self.parts if keyword in part]

    def get(self, keyword: str, default: Any = None) -> Any:
        """The value of an annotation."""
        return next(iter(self.all(keyword)), default)

    @property
    def required(self) -> set[str]:
        """The names of required properties."""
        return {name for names in self.all("required") for name in names}

    @cached_property
    def properties(self) -> dict[str, Schema]:
        """The documented properties; `additionalProperties` speaks for those that do not stand beside it."""
        names = dict.fromkeys(name for properties in self.all("properties") for name in properties)
        nodes = {name: [_property(part, name) for part in self.parts] for name in names}
        return {name: Schema(self.contract, *found) for name, found in nodes.items()}

    @property
    def rest(self) -> Schema:
        """What properties that are not documented hold."""
        said = [*self.all("additionalProperties"), *self.all("unevaluatedProperties")]
        return Schema(self.contract, *([] if self.all("patternProperties") else said))

    @property
    def items(self) -> Schema:
        """What the items of an array hold: anything, where `prefixItems` speaks for some."""
        return Schema(self.contract, *([] if self.all("prefixItems") else self.all("items")))

    def limits(self, kind: str) -> dict[str, Any]:
        """The rules for values of a kind, the strictest where several hold."""
        said = {rule: _strictest(rule, values) for rule in RULES[kind] if (values := self.all(rule))}
        for rule, keyword in (("anyRequired", "anyOf"), ("oneRequired", "oneOf")):
            options = [option for group in self.all(keyword) if only_requires(group) for option in group]
            if options and rule in RULES[kind]:
                said[rule] = tuple(tuple(option["required"]) for option in options)
        idle = {"uniqueItems"} if said.get("uniqueItems") is False else set[str]()
        idle |= {"format"} if said.get("format") != RFC_2822 else set[str]()
        return {rule: limit for rule, limit in said.items() if rule not in idle}


def only_requires(options: list[Any]) -> bool:
    """Whether a choice is only about which properties are there."""
    says = [option.keys() - SILENT if is_object(option) else set[str]() for option in options]
    return all("required" in keywords and keywords <= {"required", "type"} for keywords in says)


def _says(node: Any) -> set[str]:
    """The keywords of a schema that are more than annotations."""
    return (
        {key for key in node if key not in SILENT and not key.startswith("x-")} if is_object(node) else set()
    )


def _property(part: dict[str, Any], name: str) -> Any:
    rest = True if "patternProperties" in part else part.get("additionalProperties", True)
    return entries(part, "properties").get(name, rest)


def _strictest(rule: str, values: list[Any]) -> Any:
    if rule.startswith(("min", "exclusiveMin")):
        return max(values)
    if rule.startswith(("max", "exclusiveMax")):
        return min(values)
    if rule == "uniqueItems":
        return any(values)
    return values[0] if values.count(values[0]) == len(values) else values
