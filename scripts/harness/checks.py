"""What a captured request must be, by the contract and the case; what a parsed answer must be."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

import httpx

from ..objects import entries
from ..runtime.guards import is_array, is_object
from .calls import SECRET, Target
from .cases import STYLED, Called, Case
from .sendable import spreads
from .validation import invalid
from .wire import ABSENT, Wire, agrees, same


def differences(target: Target, case: Case, request: httpx.Request) -> Iterator[str]:
    """How the captured request differs from the case, or breaks the contract; nothing where all is right."""
    operation = target.operation
    wire = Wire(operation, request, server(operation))
    if request.method != operation.method.upper():
        yield f"the method is {request.method}, not {operation.method.upper()}"
    if not wire.base_ok:
        yield f"the URL {request.url} is not below {server(operation)}"
    for node in operation.parameters:
        yield from _parameter(operation, case, wire, node)
    yield from _body(operation, case, wire, request)
    yield from _security(operation, wire)
    yield from _extra(operation, case, wire)


def server(operation: Called) -> str:
    """The URL that the operation's path is appended to."""
    servers = (
        operation.node.get("servers")
        or operation.item.get("servers")
        or operation.contract.document.get("servers")
    )
    url: str = servers[0]["url"]
    for name, variable in entries(servers[0], "variables").items():
        url = url.replace("{" + name + "}", variable["default"])
    return url.rstrip("/")


def _parameter(operation: Called, case: Case, wire: Wire, node: Any) -> Iterator[str]:
    key = (node["in"], node["name"])
    schema, media = operation.schema(node)
    if key not in case.parameters:
        wanted = _default(operation, schema)
        found = wire.parameter(node, wanted)
        if found is not ABSENT and not agrees(found, wanted):
            yield f"the {key[0]} parameter {key[1]} is {found!r} on the wire, and was not given"
        if found is ABSENT and wanted is not None and not (is_array(wanted) or is_object(wanted)):
            yield f"the {key[0]} parameter {key[1]} has the default {wanted!r}, which is not on the wire"
        return
    value = case.parameters[key]
    found = wire.parameter(node, value)
    nothing: Any = [] if is_array(value) else {} if is_object(value) else ABSENT
    if found is ABSENT and value == nothing:
        return
    as_json = media is not None and "json" in media
    if found is ABSENT or not (same if as_json else agrees)(found, value):
        shown = "absent" if found is ABSENT else repr(found)
        yield f"the {key[0]} parameter {key[1]} is {shown} on the wire, and was given as {value!r}"


def _body(operation: Called, case: Case, wire: Wire, request: httpx.Request) -> Iterator[str]:
    received = request.headers.get("content-type")
    if case.media_type is None:
        if request.content or received:
            yield f"there is a body ({received}), and none was given"
        return
    kind = case.media_type.partition(";")[0].strip().lower()
    if received is None or received.partition(";")[0].strip().lower() != kind:
        yield f"the media type is {received}, not {case.media_type}"
        return
    body = wire.body(case.media_type)
    if kind.endswith("json"):
        if not same(body, case.body):
            yield f"the body is {body!r}, and was given as {case.body!r}"
        schema = operation.content[case.media_type].get("schema", True)
        if error := invalid(operation.contract, schema, body):
            yield f"the body breaks the contract: {error}"
    elif kind in ("application/x-www-form-urlencoded", "multipart/form-data"):
        wanted = _fields(operation, case)
        if body.keys() != wanted.keys() or not all(agrees(body[name], wanted[name]) for name in wanted):
            yield f"the fields are {body!r}, and were given as {wanted!r}"
    elif body != case.body:
        yield f"the body is {body!r}, and was given as {case.body!r}"


def _fields(operation: Called, case: Case) -> dict[str, list[Any]]:
    """The fields of a form with the values of each, by the Encoding Objects of the contract."""
    encodings = entries(operation.content[case.media_type or ""], "encoding")
    fields: dict[str, list[Any]] = {}
    for name, value in case.body.items():
        encoding: dict[str, Any] = encodings.get(name) or {}
        if STYLED & encoding.keys():
            for key, item in _styled(name, value, encoding.get("style", "form"), encoding):
                fields.setdefault(key, []).append(item)
        elif is_array(value) and "json" not in encoding.get("contentType", ""):
            fields.update({name: value} if value else {})
        else:
            fields[name] = [value]
    return fields


def _styled(name: str, value: Any, style: str, encoding: Any) -> Iterator[tuple[str, Any]]:
    if style == "deepObject":
        yield from ((f"{name}[{key}]", item) for key, item in value.items())
    elif not (is_array(value) or is_object(value)):
        yield name, value
    elif encoding.get("explode", style == "form"):
        yield from value.items() if is_object(value) else ((name, item) for item in value)
    elif flat := [part for pair in value.items() for part in pair] if is_object(value) else value:
        joined = {"spaceDelimited": " ", "pipeDelimited": "|"}.get(style, ",").join(map(_text, flat))
        yield name, joined


def _text(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item)


def _security(operation: Called, wire: Wire) -> Iterator[str]:
    document = operation.contract.document
    known = entries(document, "components", "securitySchemes")
    requirements: list[Any] = operation.node.get("security", document.get("security")) or []
    wanted = set[str](next((names for names in requirements if names), ()))
    for name, reference in known.items():
        scheme = operation.contract.resolve(reference)
        if scheme["type"] == "mutualTLS":
            continue
        secrets = wire.credentials(name, scheme)
        arguments = list(entries(scheme, "x-credentials").values())
        if name in wanted and (secrets is None or not all(secret.endswith(SECRET) for secret in secrets)):
            yield f"the security scheme {name} is not on the wire as it should be: {secrets}"
        if (
            name in wanted
            and secrets
            and arguments
            and secrets != [f"{argument}-{SECRET}" for argument in arguments]
        ):
            yield f"the security scheme {name} carries {secrets}, not {arguments}"
    if not wanted and wire.request.headers.get("authorization"):
        yield "there are credentials, and the operation needs none"


def _extra(operation: Called, case: Case, wire: Wire) -> Iterator[str]:
    """Parameters that nobody asked for."""
    query, cookies, headers = (_known(operation, case, place) for place in ("query", "cookie", "header"))
    for name in {unquote(name) for name, _ in wire.query} - query:
        yield f"the query has `{name}`, which the contract does not know"
    for name in {unquote(name) for name, _ in wire.cookies} - cookies:
        yield f"there is the cookie `{name}`, which the contract does not know"
    for name in wire.request.headers.keys() - {name.lower() for name in headers} - _OWN_HEADERS:
        yield f"there is the header `{name}`, which the contract does not know"


_OWN_HEADERS = {
    "host", "accept", "accept-encoding", "connection", "user-agent", "content-type", "content-length", "authorization",
    "cookie", "transfer-encoding",
}  # fmt: skip
"""Headers that HTTP or the client library brings along."""


def _known(operation: Called, case: Case, place: str) -> set[str]:
    """The names that may stand in a place: those of the contract, and those in the objects that are spread there."""
    schemes = entries(operation.contract.document, "components", "securitySchemes").values()
    nodes = [*map(operation.contract.resolve, schemes), *operation.parameters]
    known = {node["name"] for node in nodes if node.get("in") == place}
    for node in operation.parameters:
        value = case.parameters.get((place, node["name"]))
        if node["in"] == place and is_object(value) and (spreads(node) or node.get("style") == "deepObject"):
            known |= {key if spreads(node) else f"{node['name']}[{key}]" for key in value}
    return known


def _default(operation: Called, schema: Any) -> Any:
    resolved = operation.contract.resolve(schema)
    said = schema.get("default") if is_object(schema) else None
    return said if said is not None else resolved.get("default") if is_object(resolved) else None
