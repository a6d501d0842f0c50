"""What a place on the wire can carry so that it can be read back: a schema, cut down to that."""

from __future__ import annotations

import json
import re
from collections.abc import Set
from typing import Any

from ..contract import Contract
from ..kinds import is_object
from ..objects import entries

SCALARS = ["string", "number", "integer", "boolean", "null"]
OUT_OF_PATH = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
"""What a value in the path must not hold."""
SEGMENT = {"pattern": "^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]+$"}
BESIDE = {"pattern": "^[^/\\\\\\u0000-\\u001f\\u007f-\\u009f]*$"}
"""What can stand beside something else in a segment of the path."""
NO_SEGMENTS = {"not": {"enum": [".", ".."]}}
_NO_ARRAYS = {"simple": [[""], ["."], [".."]], "label": [[""], ["."], ["", ""]]}
"""Arrays that are no segment, or one that leads elsewhere: what no schema can say that cases are made by."""
HEADER = {"pattern": "^([!-~]([ -~]*[!-~])?)?$"}
ITEM = {"pattern": "^[!-+\\--<>-~]+$"}
"""An item or a name in a header: no delimiter, and no blank that HTTP may take away."""
DELIMITED = {"spaceDelimited": {"pattern": "^[^ ]*$"}, "pipeDelimited": {"pattern": "^[^|]*$"}}
LABEL = {
    "type": ["string", "integer", "boolean", "null"],
    "pattern": "^[^./\\\\\\u0000-\\u001f\\u007f-\\u009f]*$",
}


def sendable(contract: Contract, schema: Any, node: Any, taken: Set[str], *, least: int = 1) -> Any:
    """The schema of a parameter, cut down to what its place and style can carry; other values have no form there.

    `taken` are the names in that place which an object must not have, as they belong to others; `least` is how
    long texts are in arrays in the path, of which `is_sendable` tells more. A property of a form and its encoding
    are taken for a query parameter.
    """
    media = next(iter(node.get("content") or ()), None)
    if media is not None and "json" in media:
        return schema
    style, in_path = (
        node.get("style", "simple" if node["in"] in ("path", "header") else "form"),
        node["in"] == "path",
    )
    text: Any = (
        (BESIDE if style == "matrix" else SEGMENT) if in_path else HEADER if node["in"] == "header" else {}
    )
    no_segments: Any = NO_SEGMENTS if in_path and style != "matrix" else {}
    if media is not None:
        return _both(contract, schema, {"type": SCALARS, **text, **no_segments})
    is_label = style == "label" and node.get("explode") is True
    item: Any = ITEM if node["in"] == "header" else LABEL if is_label else DELIMITED.get(style, text)
    names = {key: rule for key, rule in item.items() if key != "type"}
    if spreads(node) and taken:
        names = {"not": {"enum": sorted(taken)}}
    beside: Any = {**({} if is_label else BESIDE), "minLength": least} if in_path else {}
    limit = {
        **text,
        **no_segments,
        "type": [*SCALARS, "array", "object"],
        "items": {"type": SCALARS, **item, **beside},
        "minItems": int(in_path),
        "additionalProperties": {"type": SCALARS, **item},
        "propertyNames": names,
        "minProperties": int(in_path),
    }
    return _both(contract, schema, limit)


def is_sendable(node: Any, value: Any) -> bool:
    """Whether a value has a form in the path, by what no schema can say."""
    if node["in"] != "path":
        return True
    if "content" in node:
        return not OUT_OF_PATH.search(json.dumps(value, ensure_ascii=False))
    return value not in _NO_ARRAYS.get(node.get("style", "simple"), ())


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
