"""Faults of parameters, request bodies and what says how they are written."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..keywords import json_types
from ..kinds import is_object
from ..marks import pointer
from ..objects import entries
from .places import Change, Fault, Place, at, both, held, removing, renaming, replacing

STYLES = {
    "query": ("form", "spaceDelimited", "pipeDelimited", "deepObject"),
    "path": ("simple", "label", "matrix"),
    "header": ("simple",),
    "cookie": ("form",),
}
"""The styles that OpenAPI defines for each place, the usual one first."""
_OTHERS = {
    "json": ("application/x+json", "application/x-www-form-urlencoded"),
    "form-": ("application/json", "multipart/form-data"),
    "multipart": ("application/json", "application/x-www-form-urlencoded"),
    "": ("text/x", "application/json"),
}
"""Other media types, by what is in the name of one."""


def of_parameter(place: Place) -> Iterator[Fault]:
    """A parameter that is called otherwise, is elsewhere, is not there, or is written otherwise."""
    node, name = place.node, str(place.node.get("name"))
    if "$ref" in node:
        return
    yield _renamed(place, name, f"{name}X")
    dropped = place.drop("parameter dropped")
    yield dropped._replace(change=_in_path(place, name, dropped.change))
    for other in STYLES:
        if other != node["in"]:
            yield place.put("parameter moved", "/in", other)._replace(change=_moved(place, other))
    for path, method in sorted(place.operations):
        yield from _into_body(place, pointer("paths", path, method))
    if node["in"] != "path":
        now = node.get("required") is True
        yield place.put(f"parameter made {'optional' if now else 'required'}", "/required", not now)
    if "content" in node:
        schema = next(iter(node["content"].values())).get("schema", {})
        change = both(replacing(f"{place.at}/schema", schema), removing(f"{place.at}/content"))
        yield place.drop("array encoding changed", "/content")._replace(change=change)
    else:
        yield from _written(place, node["in"])


def of_operation(place: Place) -> Iterator[Fault]:
    """A parameter or a body too many."""
    listed = "parameters" in place.node
    for required in (False, True):
        new = {"name": "addedX", "in": "query", "required": required, "schema": {"type": "string"}}
        yield place.put("parameter added", f"/parameters{'/-' if listed else ''}", new if listed else [new])
    if "requestBody" not in place.node:
        yield place.put("body added", "/requestBody", {"content": {"application/json": {"schema": {}}}})


def of_body(place: Place) -> Iterator[Fault]:
    """A body that is there or not where the contract has it otherwise."""
    if "$ref" not in place.node:
        now = place.node.get("required") is True
        yield place.put(f"body made {'optional' if now else 'required'}", "/required", not now)
    yield place.drop("body dropped")


def of_media_type(place: Place) -> Iterator[Fault]:
    """A media type that is another one, or whose content is not described."""
    holder, name = held(place.at)
    siblings = at(place.contract.document, holder)
    for new in next(others for part, others in _OTHERS.items() if part in name):
        if new not in siblings:
            yield place.rename("media type changed", "", new)
    if len(siblings) > 1:
        yield place.drop("media type dropped")
    if "schema" in place.node:
        yield place.drop("schema dropped", "/schema")


def of_encoding(place: Place) -> Iterator[Fault]:
    """A property of a form that is written otherwise."""
    yield place.drop("encoding dropped")
    if "contentType" in place.node:
        yield place.put("media type changed", "/contentType", "text/plain")
    else:
        yield from _written(place, "query")


def _renamed(place: Place, name: str, new: str) -> Fault:
    """Another name, where others depend on it too."""
    changes = [replacing(f"{place.at}/name", new)]
    for path, method in place.operations:
        where = pointer("paths", path, method)
        for index, text in enumerate(at(place.contract.document, where).get("x-dependencies") or ()):
            told = re.sub(rf"\b{re.escape(name)}\b", new, text)
            changes.append(replacing(f"{where}/x-dependencies/{index}", told))
    change = _in_path(place, f"{{{new}}}", both(*changes))
    return place.put("parameter renamed", "/name", new)._replace(change=change)


def _moved(place: Place, location: str) -> Change:
    """The parameter in another place, in the style that is usual there."""
    name, styled = place.node["name"], {"style", "explode", "allowReserved"} & place.node.keys()
    change = both(
        replacing(f"{place.at}/in", location), *(removing(f"{place.at}/{key}") for key in sorted(styled))
    )
    if location == "path":
        required = replacing(f"{place.at}/required", True)
        return both(change, required, _paths(place, lambda path: f"{path}/{{{name}}}"))
    return _in_path(place, name, change)


def _into_body(place: Place, operation: str) -> Iterator[Fault]:
    """The parameter as a property of the body."""
    node, name, contract = place.node, place.node["name"], place.contract
    schema = node["schema"] if "schema" in node else next(iter(node["content"].values())).get("schema", {})
    content = entries(contract.resolve(at(contract.document, operation).get("requestBody") or {}), "content")
    said = contract.resolve(next((media.get("schema") for media in content.values()), None))
    if not content:
        wrapped = {"type": "object", "properties": {name: schema}}
        added = replacing(f"{operation}/requestBody", {"content": {"application/json": {"schema": wrapped}}})
    elif is_object(said) and name not in entries(said, "properties"):
        key = pointer(name)[1:] if "properties" in said else ""
        value = schema if key else {name: schema}
        added = replacing(f"{contract.pointers[id(said)]}/properties{key}", value)
    else:
        return
    change = both(added, _in_path(place, name, removing(place.at)))
    yield place.put("parameter moved", "/in", "body")._replace(change=change)


def _written(place: Place, location: str) -> Iterator[Fault]:
    """The styles in which something could be written instead."""
    style = place.node.get("style", STYLES[location][0])
    for other in STYLES[location]:
        if other != style:
            yield place.put("array encoding changed", "/style", other)
    schema = place.contract.resolve(place.node.get("schema", {}))
    kinds = {*json_types(schema)} or {"any"} if is_object(schema) else {"any"}
    if kinds & {"array", "object", "any"}:
        yield place.put("array encoding changed", "/explode", not place.node.get("explode", style == "form"))
    if location == "query" and kinds - {"integer", "number", "boolean", "null"}:
        now = place.node.get("allowReserved") is True
        yield place.put("reserved characters changed", "/allowReserved", not now)


def _in_path(place: Place, instead: str, change: Change) -> Change:
    """The change, and what stands in the paths instead of the variable where it is a path parameter."""
    variable = f"{{{place.node['name']}}}"
    if place.node["in"] != "path":
        return change
    return both(change, _paths(place, lambda path: path.replace(variable, instead)))


def _paths(place: Place, other: Callable[[str], str]) -> Change:
    """Other paths for the operations that have the parameter; what is changed after that is not found."""
    return both(
        *(renaming(pointer("paths", path), other(path)) for path in {path for path, _ in place.operations})
    )
