"""What a place on the wire can carry so that it can be read back: a schema, cut down to that."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from ..contract import Contract
from ..objects import entries
from ..runtime.guards import is_object

SCALARS = ["string", "number", "integer", "boolean", "null"]
OUT_OF_PATH = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
"""What a value in the path must not hold."""
SEGMENT = {"pattern": "^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$", "not": {"enum": [".", ".."]}}
HEADER = {"pattern": "^[!-~]([ -~]*[!-~])?$"}
ITEM = {"pattern": "^[!-+\\--<>-~]+$"}
"""An item or a name in a header: no delimiter, and no blank that HTTP may take away."""
DELIMITED = {"spaceDelimited": {"pattern": "^[^ ]*$"}, "pipeDelimited": {"pattern": "^[^|]*$"}}
LABEL = {
    "type": ["string", "integer", "boolean", "null"],
    "pattern": "^[^./\\\\\\u0000-\\u001f\\u007f-\\u009f]+$",
}


def sendable(contract: Contract, schema: Any, node: Any, taken: Set[str]) -> Any:
    """The schema of a parameter, cut down to what its place and style can carry; other values have no form there.

    `taken` are the names in that place which an object must not have, as they belong to others. A property
    of a form and its encoding are taken for a query parameter.
    """
    media = next(iter(node.get("content") or ()), None)
    if media is not None and "json" in media:
        return schema
    text: Any = {"path": SEGMENT, "header": HEADER}.get(node["in"], {})
    if media is not None:
        return _both(contract, schema, {"type": SCALARS, **text})
    style, is_label = node.get("style", ""), node.get("style") == "label" and node.get("explode") is True
    item: Any = ITEM if node["in"] == "header" else LABEL if is_label else DELIMITED.get(style, text)
    names = {key: rule for key, rule in item.items() if key != "type"}
    if spreads(node) and taken:
        names = {"not": {"enum": sorted(taken)}}
    least = 1 if node["in"] in ("path", "header") else 0
    inner = {"type": SCALARS, **item}
    limit = {
        **text,
        "type": [*SCALARS, "array", "object"],
        "items": inner,
        "minItems": least,
        "additionalProperties": inner,
        "propertyNames": names,
        "minProperties": least,
    }
    return _both(contract, schema, limit)


def spreads(node: Any) -> bool:
    """Whether the properties of an object become parameters of their own."""
    is_form = node["in"] in ("query", "cookie") and node.get("style", "form") == "form"
    return is_form and node.get("explode", True) is True and "content" not in node


def _both(contract: Contract, schema: Any, limit: Any) -> Any:
    """A schema and a limit in one: put together where the schema has one type, for that makes better cases."""
    node = contract.resolve(schema)
    kind = node.get("type") if is_object(node) else None
    if kind == "array" and "items" in limit:
        items = _both(contract, node.get("items", True), limit["items"])
        return {**node, "items": items, "minItems": max(limit["minItems"], node.get("minItems", 0))}
    if kind == "object" and "items" in limit:
        inner, rest = limit["additionalProperties"], node.get("additionalProperties", True)
        children = entries(node, "properties").items()
        names = [node["propertyNames"]] if "propertyNames" in node else []
        return {
            **node,
            "properties": {name: _both(contract, child, inner) for name, child in children},
            "additionalProperties": rest and _both(contract, rest, inner),
            "propertyNames": {"allOf": [*names, limit["propertyNames"]]} if names else limit["propertyNames"],
            "minProperties": max(limit["minProperties"], node.get("minProperties", 0)),
        }
    is_free = kind in limit["type"] and (kind != "string" or {"pattern", "not"}.isdisjoint(limit))
    return schema if is_free else {"allOf": [schema, limit]}
