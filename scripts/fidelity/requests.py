"""What the operations of a contract send, beside what their modules send."""

from __future__ import annotations

import inspect
from typing import Any, get_args

from ..objects import entries
from ..runtime.media import FORM, MULTIPART, essence
from . import hints, prose
from .content import check_content
from .faults import added, lost
from .rendered import CALLS, Rendered
from .schema import Schema
from .values import Values

_IGNORED = {("header", "accept"), ("header", "content-type"), ("header", "authorization")}
"""What is no parameter: OpenAPI says elsewhere what these headers hold."""


def check_parameters(values: Values, item: Any, node: Any, found: Rendered) -> None:
    """Raise a `Problem` for the first difference between the parameters of an operation and its arguments."""
    described = values.contract.described
    nodes = [described(each) for owner in (item, node) for each in owner.get("parameters") or ()]
    wanted = {_key(n["in"], n["name"]): n for n in nodes if (n["in"], n["name"].lower()) not in _IGNORED}
    known = {_key(each.location, each.name): each for each in found.operation.parameters}
    for key in wanted.keys() - known.keys():
        raise lost(values.contract, wanted[key], f"the {key[0]} parameter `{wanted[key]['name']}`")
    for key in known.keys() - wanted.keys():
        raise added(values.contract, node, f"the {key[0]} parameter `{known[key].name}`")
    for key, name in zip(known, found.sent, strict=True):
        _check_parameter(values, wanted[key], known[key], name, found)


def check_body(values: Values, node: Any, found: Rendered) -> None:
    """Raise a `Problem` for the first difference between a request body and what a module makes of it."""
    contract, what = values.contract, "the request body"
    body = contract.described(node.get("requestBody") or {})
    content = entries(body, "content")
    types: dict[str, Any] = found.operation.body.types if found.operation.body else {}
    check_content(values, body or node, content, types, what)
    if not content:
        return
    if found.operation.body.required != (body.get("required") is True):
        raise lost(contract, body, f"that {what} is {'required' if body.get('required') else 'optional'}")
    for media_type, media in content.items():
        is_form = essence(media_type) in (FORM, MULTIPART)
        wanted = entries(media, "encoding") if is_form else {}
        known: dict[str, Any] = found.operation.body.encodings.get(media_type, {})
        for name in [*wanted, *known]:
            if not _is_encoded(wanted.get(name, {}), known.get(name)):
                raise lost(contract, media, f"the encoding of the property `{name}`")
    _check_argument(values, body, "body", list(types.values()), what, found)
    if len(content) > 1 and get_args(found.hints.get("content_type")) != tuple(content):
        raise lost(contract, body, f"the choice of the media type of {what}")


def check_calls(values: Values, node: Any, found: Rendered) -> None:
    """Raise a `Problem` where the functions take different arguments, or where one gets lost between them."""
    for name in CALLS:
        parameters = inspect.signature(getattr(found.module, name)).parameters
        every = {**parameters, **found.arguments}
        if differing := [key for key in every if parameters.get(key) != found.arguments.get(key)]:
            raise lost(values.contract, node, f"the argument `{differing[0]}` of `{name}`")
        names = {argument.partition("=")[0] for argument in found.handed[name]}
        crossed = [argument for argument in found.handed[name] if len(set(argument.split("="))) > 1]
        if missing := [*crossed, *sorted(parameters.keys() - names - {"client"})]:
            raise lost(values.contract, node, f"the argument `{missing[0]}` on its way from `{name}`")
    for one, other in (("sync", "asyncio"), ("sync_detailed", "asyncio_detailed")):
        if found.handed[one] != found.handed[other]:
            raise lost(values.contract, node, f"the order of the arguments on their way from `{other}`")


def _key(place: str, name: str) -> tuple[str, str]:
    """What tells parameters apart: headers have no case."""
    return place, name.lower() if place == "header" else name


def _check_parameter(values: Values, node: Any, parameter: Any, name: str, found: Rendered) -> None:
    what = f"the {node['in']} parameter `{node['name']}`"
    media_type, media = next(iter((node.get("content") or {None: node}).items()))
    schema = Schema(values.contract, media.get("schema", True))
    style = node.get("style") or ("simple" if node["in"] in ("path", "header") else "form")
    wanted = {"required": node.get("required") is True, "content": media_type}
    wanted["allow_reserved"] = node.get("allowReserved") is True
    if media_type is None:
        wanted |= {"style": style, "explode": node.get("explode", style == "form")}
    for key, value in wanted.items():
        if getattr(parameter, key) != value:
            raise lost(values.contract, node, f"`{key}: {value}` of {what}")
    values.check(schema, parameter.type, what)
    _check_argument(values, node, name, [parameter.type], what, found)
    values.check_default(schema, found.arguments[name].default, found.told.get(name, ""), what)


def _check_argument(
    values: Values, node: Any, name: str, types: list[Any], what: str, found: Rendered
) -> None:
    """Check that an argument is as required as what it stands for, of its type, and described."""
    required, argument = node.get("required") is True, found.arguments.get(name)
    if argument is None or (argument.default is argument.empty) != required:
        raise lost(values.contract, node, f"the {'required' if required else 'optional'} argument for {what}")
    if not hints.same(hints.types(found.hints[name]), hints.types(*types)):
        raise lost(values.contract, node, f"the type of {what} in its argument")
    if not prose.says(
        found.doc if name == "body" else found.told.get(name, ""), node.get("description") or ""
    ):
        raise lost(values.contract, node, f"the description of {what}")


def _is_encoded(encoding: Any, found: Any) -> bool:
    styled = {"style", "explode", "allowReserved"} & encoding.keys()
    style = encoding.get("style", "form") if styled else None
    explode = encoding.get("explode", style in ("form", "deepObject")) if styled else True
    wanted = (encoding.get("contentType"), style, explode, encoding.get("allowReserved") is True)
    return found is not None and wanted == tuple(found)
