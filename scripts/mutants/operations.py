"""Faults of operations, where they are sent, who may send them, and what they answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from ..kinds import is_array
from ..marks import pointer
from ..objects import entries
from .places import Fault, Place, at, held

_METHODS = {"get": "post", "post": "put", "put": "patch", "patch": "put", "delete": "post"}
_IDEMPOTENT = {"get", "head", "options", "trace", "put", "delete"}
_FORMS = {
    "OnlyOne": "Or",
    "ZeroOrOne": "OnlyOne",
    "AllOrNone": "Or",
    r"\bOr\b": "OnlyOne",
    "==": "!=",
    "<": ">",
}
"""What a dependency could be instead."""
_OBJECT = {"type": "object", "required": ["addedX"], "properties": {"addedX": {"type": "string"}}}


def of_document(place: Place) -> Iterator[Fault]:
    """What holds for all operations: the servers and the security."""
    servers: list[Any] = place.node.get("servers") or []
    if len(servers) > 1:
        yield place.put("server changed", "/servers", [*servers[1:], servers[0]])
    yield from _security(place)


def of_path_item(place: Place) -> Iterator[Fault]:
    """A path that is another one."""
    path = held(place.at)[1]
    literals = [part for part in path.split("/") if part and "{" not in part]
    others = {f"{path}/", f"{path}x"}
    if literals:
        others |= {path.replace(literals[0], literals[0].swapcase(), 1)}
        others |= {path.replace(f"/{literals[-1]}", "", 1)} - {""}
    for one, other in pairwise(re.findall(r"\{[^{}]*\}", path)):
        others |= {path.replace(one, "{}").replace(other, one).replace("{}", other)}
    yield from (place.rename("path changed", "", new) for new in sorted(others - {path}))


def of_operation(place: Place) -> Iterator[Fault]:
    """An operation that is not there, is sent or answered otherwise, or knows other dependencies."""
    node, (holder, method) = place.node, held(place.at)
    yield place.drop("operation dropped")
    if (new := _METHODS.get(method, "post")) not in at(place.contract.document, holder):
        yield place.rename("method changed", "", new)
    yield from _security(place)
    yield from _dependencies(place)
    yield place.put(
        "idempotency changed", "/x-idempotent", not node.get("x-idempotent", method in _IDEMPOTENT)
    )
    for status in sorted({"2XX", "4XX"} - node["responses"].keys()):
        yield place.put("response added", f"/responses/{status}", {"description": "Added."})


def of_response(place: Place) -> Iterator[Fault]:
    """An answer that is of another status, is not there, or says something else."""
    holder, status = held(place.at)
    if place.at.startswith("#/paths/"):
        siblings, is_success = at(place.contract.document, holder), status[0] == "2"
        if (new := _next(status)) not in siblings:
            yield place.rename("success status changed" if is_success else "status changed", "", new)
        if len(siblings) > 1:
            yield place.drop("response dropped" if is_success else "error schema dropped")
    if "$ref" in place.node:
        return
    if "content" in place.node:
        yield place.drop("error schema dropped" if status[0] != "2" else "schema dropped", "/content")
    else:
        yield place.put("schema added", "/content", {"application/json": {"schema": _OBJECT}})
    now = place.node.get("x-not-processed") is True
    yield place.put("not-processed changed", "/x-not-processed", not now)


def of_server(place: Place) -> Iterator[Fault]:
    """A server that is another one."""
    url = str(place.node["url"])
    others = {
        f"{url}/x",
        url.replace("https:", "http:"),
        url.replace("://", "://x"),
        re.sub("(?<!/)/[^/]+$", "", url),
    }
    yield from (place.put("server changed", "/url", new) for new in sorted(others - {url}))


def of_variable(place: Place) -> Iterator[Fault]:
    """A variable of a server that has another default."""
    said = place.node["default"]
    others = [value for value in place.node.get("enum", [f"{said}x"]) if value != said]
    yield from (place.put("server changed", "/default", new) for new in others)


def of_scheme(place: Place) -> Iterator[Fault]:
    """A security scheme that puts credentials elsewhere, or takes others."""
    node = place.node
    if node["type"] == "apiKey":
        yield place.put("security scheme changed", "/name", f"{node['name']}X")
        for other in sorted({"query", "header", "cookie"} - {node["in"]}):
            yield place.put("security scheme changed", "/in", other)
    elif node["type"] != "mutualTLS":
        is_basic = str(node.get("scheme", "")).lower() == "basic"
        yield place.put(
            "security scheme changed", "", {"type": "http", "scheme": "bearer" if is_basic else "basic"}
        )
    said = entries(node, "x-credentials")
    for part, argument in said.items():
        yield place.put("credentials changed", f"/x-credentials/{part}", f"{argument}_x")
    for one, other in pairwise(said):
        yield place.put("credentials changed", "/x-credentials", {**said, one: said[other], other: said[one]})


def _security(place: Place) -> Iterator[Fault]:
    """Requirements that ask for less, or for something else."""
    said: Any = place.node.get("security")
    if not is_array(said):
        return
    if said and {} not in said:
        yield place.put("security dropped", "/security", [])
        yield place.put("security dropped", "/security", [{}, *said])
    if len(said) > 1:
        yield place.put("security scheme changed", "/security", [*said[1:], said[0]])
    for index, requirement in enumerate(said):
        where = f"/security/{index}"
        if len(said) > 1:
            yield place.drop("security dropped", where)
        for name in requirement:
            if len(requirement) > 1:
                yield place.drop("security dropped", where + pointer(name)[1:])
            known = entries(place.contract.document, "components", "securitySchemes")
            for other in [other for other in known if other not in requirement][:1]:
                yield place.rename("security scheme changed", where + pointer(name)[1:], other)


def _dependencies(place: Place) -> Iterator[Fault]:
    """Parameters that have something else to do with each other, or nothing."""
    said: list[Any] = place.node.get("x-dependencies") or []
    for index, text in enumerate(said):
        where = f"/x-dependencies/{index}"
        yield place.drop("dependency dropped", where)
        others = [re.sub(form, other, text, count=1) for form, other in _FORMS.items()]
        others += [re.sub("IF (.*?) THEN (.*?)(;?)$", r"IF \2 THEN \1\3", text)]
        yield from (place.put("dependency changed", where, new) for new in sorted({*others} - {text}))
    nodes = map(place.contract.resolve, place.node.get("parameters") or ())
    free = [node["name"] for node in nodes if node.get("required") is not True]
    if len(free) > 1 and not said:
        yield place.put("dependency added", "/x-dependencies", [f"ZeroOrOne([{free[0]}], [{free[1]}])"])


def _next(status: str) -> str:
    """The status next to one."""
    if not status.isdecimal():
        return {"2XX": "200", "4XX": "400", "5XX": "500"}.get(status, "4XX")
    return str(int(status) + 1)
