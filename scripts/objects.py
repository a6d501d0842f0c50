"""The objects of an OpenAPI or Overlay document, each called as its specification calls it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from .kinds import is_array, is_object
from .marks import pointer

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")

_VALUE = {"schema": "schema", "content": "{media type}", "examples": "{example}"}
_OBJECTS = {
    "document": {
        "info": "info", "servers": "[server]", "paths": "paths", "webhooks": "{path item}", "tags": "[tag]",
        "components": "components", "externalDocs": "external documentation",
    },
    "info": {"contact": "contact", "license": "license"},
    "server": {"variables": "{server variable}"},
    "components": {
        "schemas": "{schema}", "responses": "{response}", "parameters": "{parameter}", "links": "{link}",
        "examples": "{example}", "requestBodies": "{request body}", "headers": "{header}",
        "securitySchemes": "{security scheme}", "callbacks": "{callback}", "pathItems": "{path item}",
    },
    "paths": {"*": "path item"},
    "path item": {
        "servers": "[server]", "parameters": "[parameter]", **dict.fromkeys(METHODS, "operation"),
    },
    "operation": {
        "servers": "[server]", "parameters": "[parameter]", "requestBody": "request body",
        "responses": "responses", "callbacks": "{callback}", "externalDocs": "external documentation",
    },
    "callback": {"*": "path item"},
    "parameter": _VALUE,
    "header": _VALUE,
    "request body": {"content": "{media type}"},
    "media type": {**_VALUE, "encoding": "{encoding}"},
    "encoding": {"headers": "{header}"},
    "responses": {"*": "response"},
    "response": {"headers": "{header}", "content": "{media type}", "links": "{link}"},
    "link": {"server": "server"},
    "tag": {"externalDocs": "external documentation"},
    "schema": {
        **dict.fromkeys(("properties", "patternProperties", "dependentSchemas"), "{schema}"),
        **dict.fromkeys(("$defs", "definitions"), "{schema}"),
        **dict.fromkeys(("allOf", "anyOf", "oneOf", "prefixItems"), "[schema]"),
        **dict.fromkeys(("items", "contains", "not", "if", "then", "else", "propertyNames"), "schema"),
        **dict.fromkeys(("additionalProperties", "unevaluatedItems", "unevaluatedProperties"), "schema"),
        "contentSchema": "schema", "discriminator": "discriminator", "xml": "xml",
        "externalDocs": "external documentation",
    },
    "security scheme": {"flows": "OAuth flows"},
    "OAuth flows": {"*": "OAuth flow"},
    "overlay": {"info": "info", "actions": "[action]"},
}  # fmt: skip
"""What the fields of an object hold: an object, a list `[…]` or a map `{…}` of them; `*` is another field."""


class Part(NamedTuple):
    """An object of a document: what it is called, its JSON pointer, and itself."""

    kind: str
    at: str
    node: dict[str, Any]


def walk(node: Any, kind: str = "document", at: str = "#") -> Iterator[Part]:
    """All objects in `node`, itself first; nothing inside examples, defaults and extensions is one."""
    if is_object(node):
        yield Part(kind, at, node)
        fields = _OBJECTS.get(kind, {})
        for field, child in node.items():
            held = fields.get(field) or ("" if field.startswith("x-") else fields.get("*", ""))
            yield from _inside(child, held, at + pointer(field)[1:])


def _inside(node: Any, held: str, at: str) -> Iterator[Part]:
    if held[:1] not in ("[", "{"):
        yield from walk(node, held, at) if held else ()
    elif is_object(node) or is_array(node):
        for key, item in node.items() if is_object(node) else enumerate(node):
            yield from walk(item, held[1:-1], at + pointer(key)[1:])


def entries(node: Any, *fields: str) -> dict[str, Any]:
    """The map that `fields` lead to, one after the other; empty where there is none."""
    for field in fields:
        node = node.get(field) if is_object(node) else None
    return node if is_object(node) else {}
