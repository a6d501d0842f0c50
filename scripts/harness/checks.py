"""What a captured request must be, by the contract and the case; what a parsed answer must be."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from functools import reduce
from typing import Any
from urllib.parse import unquote

import httpx

from ..contract import Contract
from ..kinds import is_array, is_object
from ..objects import entries
from .arguments import applied
from .called import Called, Case, snake
from .calls import Target, secret
from .reader import Difference
from .sendable import spreads
from .validation import invalid
from .wholes import STYLED
from .wire import ABSENT, Wire, agrees, charset, pairs, same

FORM = "application/x-www-form-urlencoded"


def differences(
    target: Target,
    case: Case,
    request: httpx.Request,
    *,
    server: str | None = None,
    schemes: Collection[str] | None = None,
) -> Iterator[Difference]:
    """How the captured request differs from the case, or breaks the contract; nothing where all is right.

    It is sent to the operation's first `server`, with the credentials of its first security requirement, or of
    the `schemes`.
    """
    operation = target.operation
    at = operation.contract.pointers[id(operation.node)]
    wire = Wire(operation, request, server or operation.servers[0])
    if request.method != operation.method.upper():
        yield Difference(at, f"the method {operation.method.upper()}", request.method)
    if not wire.base_ok:
        yield Difference("#/servers", f"a URL below {server or operation.servers[0]}", str(request.url))
    if wire.variables is None:
        yield Difference(at, f"the path {wire.base_path}{operation.path}", wire.path)
    for node in operation.parameters:
        key = (node["in"], node["name"])
        if key not in case.parameters and key[0] == "header" and key[1].lower() in _OWN_HEADERS:
            continue  # it is there all the same
        try:
            yield from _parameter(operation, case, wire, node)
        except AssertionError as error:
            name = f"the {node['in']} parameter {node['name']} in its style"
            yield Difference(operation.contract.pointers[id(node)], name, str(error))
    yield from _framing(request, at)
    yield from _body(operation, case, wire, request)
    yield from _security(
        operation,
        wire,
        operation.requirements[0] if schemes is None and operation.requirements else schemes or (),
    )
    yield from _extra(operation, case, wire, at)
    yield from _encoding(operation, case, wire)
    yield from _accept(operation, request)
    given = _on_wire(operation, case, wire) if operation.dependencies else {}
    for index, dependency in enumerate(operation.dependencies):
        if not dependency.holds(given):
            yield Difference(
                f"{at}/x-dependencies/{index}", dependency.text, f"on the wire are {sorted(given)}"
            )


def _framing(request: httpx.Request, at: str) -> Iterator[Difference]:
    """The headers that tell where the request goes and where it ends."""
    wanted = {
        "host": request.url.netloc.decode("ascii"),
        "content-length": str(len(request.content))
        if request.content or request.method in ("POST", "PUT", "PATCH")
        else None,
        "transfer-encoding": None,
    }
    found = {name: request.headers.get(name) for name in wanted}
    if found != wanted:
        yield Difference(at, f"{wanted}", f"{found}")


def _accept(operation: Called, request: httpx.Request) -> Iterator[Difference]:
    """The media types that the client says it can read: the documented ones."""
    responses = operation.contract.resolve(operation.node.get("responses") or {})
    nodes = [operation.contract.resolve(node) for key, node in responses.items() if not key.startswith("x-")]
    wanted = {media_type for node in nodes for media_type in entries(node, "content")}
    found = {part.strip() for part in request.headers.get("accept", "").split(",")}
    wanted = wanted or {"*/*"}
    if found != wanted:
        at = operation.contract.pointers[id(operation.node["responses"])]
        yield Difference(at, f"Accept: {', '.join(sorted(wanted))}", ", ".join(sorted(found)))


def _encoding(operation: Called, case: Case, wire: Wire) -> Iterator[Difference]:
    """Text that stands as it is where it means something else, or that is encoded where it is not to be."""
    given = [(node, case.parameters.get(("query", node["name"]))) for node in operation.parameters]
    yield from _encoded(
        operation, operation.node, wire.query, [each for each in given if each[0]["in"] == "query"]
    )
    if case.media_type is not None and case.media_type.startswith(FORM):
        media = operation.content[case.media_type]
        told = entries(media, "encoding")
        fields = [({"name": name, **told.get(name, {})}, value) for name, value in case.body.items()]
        found = pairs(wire.request.content.decode().replace("+", "%20"))
        yield from _encoded(operation, media, found, fields)


def _encoded(
    operation: Called, at: Any, found: list[tuple[str, str]], given: list[tuple[Any, Any]]
) -> Iterator[Difference]:
    """How pairs are encoded otherwise than those which are given, with what describes them, should be."""
    reserved = {
        name: node for node, value in given if node.get("allowReserved") for name in _names(node, value)
    }
    for name, value in found:
        node = reserved.get(unquote(name))
        if node is None:
            is_fine = bool(_ENCODED.fullmatch(f"{name}{value}"))
        else:
            items = "," if node.get("explode", True) is False else ""
            is_fine = {*map(unquote, _TRIPLE.findall(value))}.isdisjoint({*_RESERVED} - {*items})
        if not is_fine:
            wanted = (
                f"percent-encoded text{', but for reserved characters' if node else ''} for {unquote(name)}"
            )
            yield Difference(operation.contract.pointers[id(at)], wanted, f"{name}={value}")


def _names(node: Any, value: Any) -> list[str]:
    """The names that a parameter, or a field of a form, has on the wire."""
    if not is_object(value) or not (node.get("explode", True) or node.get("style") == "deepObject"):
        return [node["name"]]
    return [f"{node['name']}[{key}]" if node.get("style") == "deepObject" else key for key in value]


_ENCODED = re.compile(r"(?:[A-Za-z0-9._~,-]|%[0-9A-Fa-f]{2})*")
"""What may stand between the delimiters of a query or a form; the comma delimits items."""
_TRIPLE = re.compile("%[0-9A-Fa-f]{2}")
_RESERVED = ":/?@!$'()*,;"
"""Reserved characters that mean nothing of their own in a query, so that `allowReserved` can leave them."""


def _on_wire(operation: Called, case: Case, wire: Wire) -> dict[str, Any]:
    """The parameters that are on the wire; with the values that were given, which have types."""
    found: dict[str, Any] = {}
    for node in operation.parameters:
        value = case.parameters.get((node["in"], node["name"]), ABSENT)
        seen = wire.parameter(node, None if value is ABSENT else value)
        if seen is not ABSENT or value in ([], {}):
            found[node["name"]] = seen if value is ABSENT else value
    return found


def _parameter(operation: Called, case: Case, wire: Wire, node: Any) -> Iterator[Difference]:
    key, at = (node["in"], node["name"]), operation.contract.pointers[id(node)]
    schema, media = operation.schema(node)
    name = f"the {key[0]} parameter {key[1]}"
    if key not in case.parameters:
        wanted = _default(operation, schema)
        found = wire.parameter(node, wanted)
        has_form = wanted is not None and not (is_array(wanted) or is_object(wanted))
        if found is not ABSENT and not agrees(found, wanted):
            yield Difference(
                at, f"{name}: {wanted!r}" if has_form else f"no {name[4:]}, which was not given", repr(found)
            )
        if found is ABSENT and has_form:
            yield Difference(f"{at}/schema/default", f"{name} by its default: {wanted!r}", "absent")
        return
    value = case.parameters[key]
    found = wire.parameter(node, value)
    nothing: Any = [] if is_array(value) else {} if is_object(value) else ABSENT
    if found is ABSENT and value == nothing:
        return
    as_json = media is not None and "json" in media
    if found is ABSENT or not (same if as_json else agrees)(found, value):
        yield Difference(at, f"{name}: {value!r}", "absent" if found is ABSENT else repr(found))


def _body(operation: Called, case: Case, wire: Wire, request: httpx.Request) -> Iterator[Difference]:
    received = request.headers.get("content-type")
    if case.media_type is None:
        if request.content or received:
            at = operation.contract.pointers[id(operation.node)]
            yield Difference(at, "no body, for none was given", f"{received}: {request.content!r:.300}")
        return
    media = operation.content[case.media_type]
    at, kind = operation.contract.pointers[id(media)], case.media_type.partition(";")[0].strip().lower()
    if received is None or not fnmatchcase(received.partition(";")[0].strip().lower(), kind):
        yield Difference(at, f"a body of {case.media_type}", str(received))
        return
    if charset(received) != charset(case.media_type):
        yield Difference(at, f"a body in {charset(case.media_type)}", received)
    body = wire.body(case.media_type)
    if kind.endswith("json"):
        if not same(body, case.body):
            yield Difference(at, f"the body {case.body!r}", repr(body))
        schema = media.get("schema", True)
        if error := invalid(operation.contract, schema, body, "request"):
            yield Difference(at, f"a body by its schema: {error}", repr(body))
    elif kind in (FORM, "multipart/form-data"):
        wanted = _fields(operation, case)
        yield from _parts(operation, case, wire, media)
        names = dict.fromkeys([*wanted, *body])
        both = body.keys() & wanted.keys()
        wrong = [name for name in names if name not in both or not agrees(body[name], wanted[name])]
        if wrong:
            one, other = ({name: each[name] for name in wrong if name in each} for each in (wanted, body))
            yield Difference(at, f"the fields {one!r}", repr(other))
    elif body != case.body:
        yield Difference(at, f"the body {case.body!r}", repr(body))


def _parts(operation: Called, case: Case, wire: Wire, media: Any) -> Iterator[Difference]:
    """Parts of a multipart body that have another media type, or files that have no name."""
    at, encodings = operation.contract.pointers[id(media)], entries(media, "encoding")
    schema = operation.contract.resolve(media.get("schema", True))
    for name, file_name, kind in wire.parts:
        child = (
            operation.contract.resolve(entries(schema, "properties").get(name, True))
            if is_object(schema)
            else True
        )
        is_file = is_object(child) and child.get("format") == "binary"
        said = encodings.get(name, {}).get(
            "contentType", "application/json" if is_object(case.body.get(name)) else "*"
        )
        allowed = said.split(", ")
        if "*" not in said and kind not in (allowed if is_file or len(allowed) == 1 else [*allowed, None]):
            yield Difference(f"{at}/encoding", f"the part {name} as {said}", str(kind))
        if is_file and not (file_name and kind):
            yield Difference(at, f"the part {name} with a file name and a media type", f"{file_name}, {kind}")


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


def _security(operation: Called, wire: Wire, wanted: Collection[str]) -> Iterator[Difference]:
    known = entries(operation.contract.document, "components", "securitySchemes")
    carried = {name: wire.credentials(operation.scheme(name)) for name in known}
    for name, secrets in carried.items():
        at = operation.contract.pointers[id(operation.scheme(name))]
        if name in wanted and secrets != (own := _secrets(operation, name, secrets)):
            header = wire.request.headers.get("authorization")
            is_other = secrets is None and header and operation.scheme(name)["type"] != "apiKey"
            yield Difference(
                at,
                f"the credential of {name}: {own}",
                f"Authorization: {header}" if is_other else str(secrets),
            )
        is_ours = any(carried[other] == secrets for other in wanted)
        if secrets and name not in wanted and not is_ours:
            yield Difference(at, f"no credential of {name}, which was not asked for", str(secrets))


def _secrets(operation: Called, scheme: str, carried: list[str] | None) -> list[str] | None:
    """The secrets that a security scheme should put on the wire; None where it puts none there."""
    wishes = list(operation.wishes(scheme).values())
    ways = [[secret(wish) for wish in wishes], [secret(snake(f"{scheme} {wish}")) for wish in wishes]]
    return None if not wishes else ways[1] if carried == ways[1] else ways[0]


def _extra(operation: Called, case: Case, wire: Wire, at: str) -> Iterator[Difference]:
    """Parameters that nobody asked for."""
    query, cookies, headers = (_known(operation, case, place) for place in ("query", "cookie", "header"))
    if wire.target.endswith("?"):
        yield Difference(at, "no `?` without a query", wire.target)
    for name in {unquote(name) for name, _ in wire.query} - query:
        yield Difference(at, "nothing in the query that the contract does not know", f"`{name}`")
    for name in {unquote(name) for name, _ in wire.cookies} - cookies:
        yield Difference(at, "no cookie that the contract does not know", f"`{name}`")
    for name in wire.request.headers.keys() - {name.lower() for name in headers} - _OWN_HEADERS:
        yield Difference(at, "no header that the contract does not know", f"`{name}`")


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


def defaulted(contract: Contract, schema: Any, value: Any) -> Any:
    """A value with the defaults of the properties that it has not; those that are arrays and objects are only told."""
    if is_array(value):
        items = [node["items"] for node in applied(contract, schema, value) if "items" in node]
        return [reduce(lambda each, node: defaulted(contract, node, each), items, item) for item in value]
    if not is_object(value):
        return value
    found: dict[str, Any] = dict(value)
    for node in applied(contract, schema, value):
        for name, child in entries(node, "properties").items():
            said = {**contract.resolve(child), **child} if is_object(child) else {}
            if name in found:
                found[name] = defaulted(contract, child, found[name])
            elif isinstance(said.get("default"), str | int | float) and not said.get("readOnly"):
                found[name] = said["default"]
    return found


def _default(operation: Called, schema: Any) -> Any:
    resolved = operation.contract.resolve(schema)
    said = schema.get("default") if is_object(schema) else None
    return said if said is not None else resolved.get("default") if is_object(resolved) else None
