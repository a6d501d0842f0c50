"""The schema of a whole request, in each way that the dependencies allow, and examples of it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..kinds import is_array, is_object
from ..objects import entries
from .called import Called
from .sendable import sendable
from .ways import Way
from .wire import charset

STYLED = {"style", "explode", "allowReserved"}
"""What makes the encoding of a property of a form that of a query parameter."""


def request(operation: Called, media_type: str | None, way: Way) -> dict[str, Any]:
    """The schema of a whole request."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for node in operation.parameters:
        name, key = node["name"], f"{node['in']} {node['name']}"
        if name in way.absent:
            continue
        properties[key] = kind.schema if (kind := way.given.get(name)) else operation.cut(node)
        if node.get("required") is True or name in way.given:
            required.append(key)
    whole: dict[str, Any] = {"parameters": {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False
    }}  # fmt: skip
    needed = ["parameters"]
    if media_type is not None:
        whole["body"] = body(operation, media_type)
        needed += ["body"] if operation.body_required else []
    return {"type": "object", "properties": whole, "required": needed, "additionalProperties": False}


_NAME = "^[ !#-~]+$"
"""Names of parts: RFC 7578 leaves open how others are written."""


def _letters(charset: str) -> str:
    """What a charset that has not all characters writes as one byte each, for a pattern; nothing for others."""
    try:
        "\U0001f600".encode(charset)
    except UnicodeEncodeError:
        known = {letter for byte in range(256) for letter in bytes([byte]).decode(charset, "ignore")}
        return "".join(f"\\u{ord(letter):04x}" for letter in sorted(known))
    return ""


def body(operation: Called, media_type: str) -> Any:
    """The schema of a body, whose styled properties are cut down as parameters are, and parts have sendable names."""
    media = operation.content[media_type]
    schema = operation.carried(media_type, media)
    styled = {name: node for name, node in entries(media, "encoding").items() if STYLED & node.keys()}
    resolved = operation.contract.resolve(schema)
    if media_type.startswith("multipart/") and is_object(resolved) and "propertyNames" not in resolved:
        schema = resolved = {**resolved, "propertyNames": {"pattern": _NAME}}
    if letters := _letters(charset(media_type)):
        schema = {"allOf": [schema, {"pattern": f"^[{letters}]*$"}]}
    if not styled:
        return schema
    cut = dict(entries(resolved, "properties"))
    for name, node in styled.items():
        others = cut.keys() - {name}
        cut[name] = sendable(operation.contract, cut.get(name, True), {"in": "query", **node}, others)
    return {**resolved, "properties": cut}


def request_examples(operation: Called, media_type: str | None, way: Way) -> Iterator[Any]:
    """Whole requests made of the examples in the contract."""
    parameters: dict[str, Any] = {}
    for node in operation.parameters:
        media = next(iter(entries(node, "content").values()), None)
        schema = operation.schema(node)[0]
        found = [*_examples(operation, node), *_examples(operation, media), *_examples(operation, schema)]
        if found and node["name"] not in way.absent:
            parameters[f"{node['in']} {node['name']}"] = found[0]
        elif node.get("required") is True or node["name"] in way.given:
            return
    bodies = _examples(operation, operation.content[media_type]) if media_type is not None else []
    for body in bodies:
        yield {"parameters": parameters, "body": body}
    if not bodies and not (media_type is not None and operation.body_required):
        yield {"parameters": parameters}


def _examples(operation: Called, node: Any) -> list[Any]:
    if not is_object(node):
        return []
    said = node.get("examples")
    listed: list[Any] = said if is_array(said) else []
    named = [operation.contract.resolve(item) for item in said.values()] if is_object(said) else []
    return [
        *([node["example"]] if "example" in node else []),
        *(item["value"] for item in named if "value" in item),
        *listed,
    ]
