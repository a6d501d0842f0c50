"""What a parameter's place can carry: its schema, cut down to that."""

from __future__ import annotations

from typing import Any

from ..contract import Contract
from ..objects import entries
from ..runtime.guards import is_object

TOKEN = "^[!-~]([ -~]*[!-~])?$"
"""What a header or cookie can carry as it is; a delimiter is not among it where there are several values."""
ITEM = "^[!#-+./-:>-~-]+$"


def sendable(contract: Contract, schema: Any, place: str) -> Any:
    """The schema of a parameter, cut down to what its place can carry."""
    if place == "query":
        return schema
    resolved = contract.resolve(schema)
    if not is_object(resolved):
        return schema
    kinds = resolved.get("type")
    if kinds == "array":
        items = _item(contract, resolved.get("items", {}), place)
        return {**resolved, "items": items, "minItems": max(1, resolved.get("minItems", 1))}
    if kinds == "object" or "properties" in resolved:
        known = {name: _item(contract, node, place) for name, node in entries(resolved, "properties").items()}
        rest = (
            False
            if known
            else _item(contract, resolved.get("additionalProperties", {"type": "string"}), place)
        )
        names = {} if known else {"propertyNames": {"pattern": "^[a-z]+$"}}
        return {**resolved, "properties": known, "additionalProperties": rest, "minProperties": 1, **names}
    if {"enum", "const", "pattern", "format"} & resolved.keys() or "string" not in (kinds or "string"):
        return resolved
    if place == "delimited":
        return resolved
    if place == "path":
        return {"allOf": [resolved, {"minLength": 1, "not": {"enum": [".", ".."]}}]}
    return {"allOf": [resolved, {"pattern": TOKEN}]}


def _item(contract: Contract, schema: Any, place: str) -> Any:
    resolved = contract.resolve(schema)
    if (
        not is_object(resolved)
        or resolved.get("type") != "string"
        or {"enum", "const", "pattern", "format"} & resolved.keys()
    ):
        return schema
    return {
        **resolved,
        "minLength": max(1, resolved.get("minLength", 1)),
        **({} if place == "path" else {"pattern": ITEM}),
    }
