"""What the keywords of one schema say, whatever stands around it."""

from __future__ import annotations

from dataclasses import fields
from types import NoneType
from typing import Any

from .annotation import literal
from .kinds import is_array, is_object
from .runtime.rules import Rules
from .runtime.timestamps import RFC_2822

ANNOTATIONS = {
    "title", "description", "example", "examples", "deprecated", "externalDocs", "default", "xml",
    "$comment", "$id", "$schema", "$anchor", "$dynamicAnchor", "$defs", "definitions",
}  # fmt: skip
"""Keywords that say nothing of which values are valid."""
UNCHECKED = {
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "patternProperties",
    "propertyNames", "dependentSchemas", "dependencies", "unevaluatedItems", "$dynamicRef",
    "contentSchema",
}  # fmt: skip
"""Assertions that a client cannot check before it sends, so that a request may not depend on them."""
_RULES = [field.name for field in fields(Rules)]
_RULE_NAMES = {
    "".join(p.title() if i else p for i, p in enumerate(name.split("_"))): name
    for name in _RULES
    if name not in ("enum", "one_of", "any_required", "one_required")
}
CHECKED = {
    *_RULE_NAMES, "type", "enum", "const", "properties", "required", "items", "additionalProperties",
    "unevaluatedProperties", "allOf", "anyOf", "oneOf", "discriminator", "$ref", "readOnly", "writeOnly",
    "contentMediaType", "contentEncoding",
} - UNCHECKED  # fmt: skip
"""Those that it keeps, so that a request may have them."""


def json_types(schema: dict[str, Any]) -> list[str]:
    """The JSON types that a schema allows; those that its keywords imply where it names none."""
    said = schema.get("type")
    if isinstance(said, str):
        return [said]
    if is_array(said):
        return [kind for kind in said if not (kind == "integer" and "number" in said)]
    if "properties" in schema or "additionalProperties" in schema:
        return ["object"]
    return ["array"] if "items" in schema else []


def items(schema: dict[str, Any]) -> Any:
    """The schema of each item of an array; those that `prefixItems` speaks for may be anything."""
    return True if "prefixItems" in schema else schema.get("items", True)


def rest(schema: dict[str, Any]) -> Any:
    """The schema of each further property; those that `patternProperties` speaks for may be anything."""
    said = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
    return True if "patternProperties" in schema else said


def choice(schema: dict[str, Any]) -> str | None:
    """The keyword that chooses a schema, if any: a choice of nothing but `required` is a rule."""
    found = (key for key in ("oneOf", "anyOf") if key in schema and not all(map(only_requires, schema[key])))
    return next(found, None)


def constants(schema: dict[str, Any]) -> list[Any] | None:
    """The values that `const` or `enum` allows, and the type with it; None where there are not just some."""
    if "const" not in schema and "enum" not in schema:
        return None
    values: list[Any] = [schema["const"]] if "const" in schema else schema["enum"]
    kinds = json_types(schema)
    whole = [int(v) if isinstance(v, float) and v.is_integer() else v for v in values]
    return [value for value in whole if not kinds or is_of(value, kinds)]


def only_requires(option: Any) -> bool:
    """Whether a schema says nothing but which properties are required."""
    return is_object(option) and set(option) - ANNOTATIONS <= {"required", "type"} and "required" in option


def is_binary(schema: dict[str, Any]) -> bool:
    """Whether a string schema describes bytes as they are."""
    media = "contentMediaType" in schema and "contentEncoding" not in schema
    is_text = not json_types(schema) or set(json_types(schema)) - {"null"} == {"string"}
    return is_text and (schema.get("format") == "binary" or media)


def is_of(value: Any, kinds: list[str]) -> bool:
    """Whether a JSON value is of one of the types `kinds`."""
    if isinstance(value, bool):
        return "boolean" in kinds
    known = {
        str: {"string"},
        int: {"integer", "number"},
        float: {"number"},
        list: {"array"},
        dict: {"object"},
        NoneType: {"null"},
    }
    return any(isinstance(value, python) and names & set(kinds) for python, names in known.items())


def rules(schema: dict[str, Any]) -> str:
    """The `Rules(...)` of a schema, or nothing."""
    said = {_RULE_NAMES[key]: value for key, value in schema.items() if key in _RULE_NAMES}
    for key, name in (("anyOf", "any_required"), ("oneOf", "one_required")):
        options: list[Any] = schema.get(key) or []
        if options and all(only_requires(option) for option in options):
            said[name] = tuple(tuple(option["required"]) for option in options)
    if said.get("format") != RFC_2822:
        said.pop("format", None)
    text = ", ".join(f"{name}={literal(said[name])}" for name in _RULES if name in said)
    return f"Rules({text})" if text else ""
