"""Parameter Objects as Python: the arguments of an operation."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass
from typing import Any

from . import names
from .annotation import Type, literal
from .contract import Contract
from .kinds import is_object
from .naming import python_names
from .runtime.draft import TOKEN
from .runtime.media import essence, is_json
from .security import slot
from .values import Values

_RESERVED = {
    "self",
    "client",
    "body",
    "content_type",
    "timeout",
    "headers",
    "sync_detailed",
    "asyncio_detailed",
}
"""Arguments that every operation has of its own."""
_STYLES = {"path": "simple", "query": "form", "header": "simple", "cookie": "form"}
_IGNORED = ("accept", "content-type", "authorization")
"""Header parameters of these names OpenAPI tells to ignore: the document says elsewhere what they are."""
_WRITTEN = ("cookie", "host", "content-length", "transfer-encoding")
"""Headers that a client writes itself."""


@dataclass
class Argument:
    """A parameter of an operation, and the argument that it is in Python."""

    name: str
    wire_name: str
    location: str
    type: Type
    required: bool
    default: str | None
    description: str
    style: str
    explode: bool
    content: str | None
    allow_reserved: bool
    node: Any


def parameters(contract: Contract, item: Any, node: Any) -> list[Any]:
    """The parameters of an operation: those of its path item, and its own, which win."""
    found: dict[Any, Any] = {}
    for owner in (item, node):
        for reference in owner.get("parameters") or ():
            parameter = contract.described(reference)
            if parameter["in"] != "header" or parameter["name"].lower() not in _IGNORED:
                found[slot(parameter)] = parameter
    return list(found.values())


def described(contract: Contract, parameter: Any) -> tuple[Any, str | None]:
    """The schema of a parameter, and its media type where it is described by `content`."""
    content: Mapping[str, Any] = parameter.get("content") or {}
    for media_type, media in content.items():
        if not (is_json(media_type) or essence(media_type) == "text/plain"):
            what = f"the parameter `{parameter['name']}` has the unsupported media type `{media_type}`"
            raise contract.problem(parameter, what, "use application/json or text/plain, by an overlay")
        return media.get("schema", True), media_type
    return parameter["schema"], None


def arguments(
    values: Values, path: str, node: Any, parameters: list[Any], dependent: Set[str]
) -> list[Argument]:
    """The arguments that the parameters are, in the order of their places, and of the path.

    The default of one that others depend on is told, not sent: what counts is whether a caller gives it.
    """
    wire = [parameter["name"] for parameter in parameters]
    wishes = [
        names.snake(f"{name} {parameter['in']}") if wire.count(name) > 1 else names.snake(name)
        for parameter, name in zip(parameters, wire, strict=True)
    ]
    reserved = _RESERVED | {model.name for model in values.schemas.models.values()}
    chosen = python_names(values.contract, node, "parameters", parameters, wire, wishes, reserved)
    made = [
        _argument(values, parameter, name, parameter["name"] in dependent)
        for parameter, name in zip(parameters, chosen, strict=True)
    ]
    order = {"path": 0, "query": 1, "header": 2, "cookie": 3}
    variables = re.findall(r"\{([^{}]*)\}", path)
    return sorted(
        made,
        key=lambda a: (order[a.location], variables.index(a.wire_name) if a.location == "path" else 0),
    )


def _argument(values: Values, parameter: Any, name: str, is_dependent: bool) -> Argument:
    schema, content = described(values.contract, parameter)
    location: str = parameter["in"]
    kind = values.annotation(schema)
    style = parameter.get("style") or _STYLES[location]
    explode: bool = parameter.get("explode", style == "form")
    what = f"the {location} parameter `{parameter['name']}`"
    if content is None:
        check_style(values, parameter, what, schema, style, explode)
    elif not is_json(content) and {"array", "object"} & values.schemas.kinds(schema):
        what += f": an array or object has no form in `{content}`"
        raise values.contract.problem(parameter, what, "use application/json, by an overlay")
    if location == "header":
        _check_header(values.contract, parameter, what)
    required = parameter.get("required") is True
    said = schema.get("default") if is_object(schema) else None
    effective = values.schemas.effective(schema)
    said = effective.get("default") if said is None and is_object(effective) else said
    written = values.default(schema, said) if said is not None and not required else None
    default = None if required else "UNSET" if is_dependent or written is None else written
    text = " ".join((parameter.get("description") or "").split())
    if said is not None and default in (None, "UNSET"):
        text = f"{text} Default: {literal(said)}.".strip()
    return Argument(name, parameter["name"], location, kind, required, default, text, style, explode, content,
                    parameter.get("allowReserved") is True, parameter)  # fmt: skip


def _check_header(contract: Contract, parameter: Any, what: str) -> None:
    """Refuse a header that cannot be written, or that would be written twice."""
    if not TOKEN.fullmatch(parameter["name"]):
        what += ": the name of a header is ASCII letters, digits and !#$%&'*+-.^_`|~"
        raise contract.problem(parameter, what, "correct it by an overlay")
    if parameter["name"].lower() in _WRITTEN:
        what += " is one that the client writes itself"
        raise contract.problem(
            parameter, what, "remove it by an overlay; a cookie is a parameter `in: cookie`"
        )


def holds_nested(values: Values, schema: Any) -> bool:
    """Whether an array or object holds arrays or objects."""
    kinds = {kind for part in values.schemas.parts(schema) for kind in values.schemas.kinds(part)}
    return not kinds.isdisjoint({"array", "object"})


def check_style(values: Values, node: Any, what: str, schema: Any, style: str, explode: bool) -> None:
    """Refuse what OpenAPI does not define, for nobody could know what to send."""
    kinds, parts = values.schemas.kinds(schema), values.schemas.parts(schema)
    wrong = ""
    if style == "deepObject" and (kinds - {"null"} != {"object"} or (not explode and "explode" in node)):
        wrong = "deepObject is defined for exploded objects only"
    elif style in ("spaceDelimited", "pipeDelimited") and (
        explode or not kinds - {"null"} <= {"array", "object"}
    ):
        wrong = f"{style} is defined for arrays and objects that are not exploded only"
    elif holds_nested(values, schema):
        wrong = "a nested array or object has no defined form; describe it as JSON"
    elif any(id(values.schemas.target(part)) in values.schemas.binary for part in (schema, *parts)):
        wrong = "bytes have no form in a style"
    if wrong:
        what += f" ({style}, explode: {str(explode).lower()}): {wrong}"
        raise values.contract.problem(node, what, "correct it by an overlay")
