"""What the keywords of one schema say, whatever stands around it."""

from __future__ import annotations

from typing import Any

from .annotation import literal
from .runtime.guards import is_array, is_object
from .runtime.rules import Rules
from .runtime.timestamps import RFC_2822

ANNOTATIONS = {
    "title", "description", "example", "examples", "deprecated", "externalDocs", "default", "$comment", "$id", "xml"
}  # fmt: skip
"""Keywords that say nothing of which values are valid."""
UNCHECKED = {
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "patternProperties",
    "propertyNames", "dependentSchemas", "dependentRequired", "dependencies", "unevaluatedItems", "$dynamicRef",
    "contentSchema",
}  # fmt: skip
"""Assertions that a client cannot check before it sends, so that a request may not depend on them."""
_RULE_NAMES = {
    "".join(p.title() if i else p for i, p in enumerate(name.split("_"))): name for name in Rules._fields
}


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


def only_requires(option: Any) -> bool:
    """Whether a schema says nothing but which properties are required."""
    return is_object(option) and set(option) - ANNOTATIONS <= {"required", "type"} and "required" in option


def is_binary(schema: dict[str, Any]) -> bool:
    """Whether a string schema describes bytes as they are."""
    media = "contentMediaType" in schema and "contentEncoding" not in schema
    return schema.get("type", "string") == "string" and (schema.get("format") == "binary" or media)


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
    }
    return any(isinstance(value, python) and names & set(kinds) for python, names in known.items())


def rules(schema: dict[str, Any]) -> str:
    """The `Rules(...)` of a schema, or nothing."""
    said = {_RULE_NAMES[key]: value for key, value in schema.items() if key in _RULE_NAMES and key != "enum"}
    for key, name in (("anyOf", "any_required"), ("oneOf", "one_required")):
        options: list[Any] = schema.get(key) or []
        if options and all(only_requires(option) for option in options):
            said[name] = tuple(tuple(option["required"]) for option in options)
    if said.get("format") != RFC_2822:
        said.pop("format", None)
    text = ", ".join(f"{name}={literal(said[name])}" for name in Rules._fields if name in said)
    return f"Rules({text})" if text else ""
