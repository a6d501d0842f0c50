"""Media Type Objects as Python: the bodies of requests and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .annotation import Type, literal, opened
from .kinds import is_object
from .objects import entries
from .parameters import check_style, holds_nested
from .runtime.media import FORM, MULTIPART, Encoding, essence, is_json
from .schemas import Schemas
from .values import Values

_BYTES = re.compile(r"application/(octet-stream|pdf|zip|gzip)|(image|audio|video|font)/.+|\*/\*")
_STR = Type("str", "str")


@dataclass
class Content:
    """One media type of a request or response, the type of its value, and how a form encodes its properties."""

    media_type: str
    type: Type
    encodings: dict[str, str] = field(default_factory=dict[str, str])


def is_bytes(schemas: Schemas, media_type: str, media: Any) -> bool:
    """Whether a media type is bytes as they are."""
    return bool(_BYTES.fullmatch(essence(media_type))) and schemas.kinds(media.get("schema", True)) <= {
        "string"
    }


def has_files(schemas: Schemas, media_type: str, media: Any) -> bool:
    """Whether strings of the format `binary` are bytes as they are in this media type."""
    return essence(media_type) == MULTIPART or is_bytes(schemas, media_type, media)


def body_type(values: Values, media_type: str, media: Any) -> Type:
    """The type of a request body; raises `Problem` for a media type that cannot be written."""
    schema, kind = media.get("schema", True), essence(media_type)
    if is_json(media_type):
        return values.annotation(schema)
    if kind in (FORM, MULTIPART):
        if values.schemas.kinds(schema) - {"null"} != {"object"}:
            raise values.contract.problem(
                media, f"a body of `{media_type}` is not an object", "describe its fields"
            )
        return values.annotation(schema)
    if kind.startswith("text/") and values.schemas.kinds(schema) <= {"string"}:
        return values.annotation(schema) if values.schemas.kinds(schema) else _STR
    if is_bytes(values.schemas, media_type, media):
        marks = opened(values.annotation(schema).full)[1]
        return Type("File | bytes", "File | bytes").marked(*marks)
    _check_text(values, media_type, media)
    what = f"the request body has the unsupported media type `{media_type}`"
    raise values.contract.problem(
        media, what, "use JSON, a form, multipart/form-data, text or bytes, by an overlay"
    )


def answer_type(values: Values, media_type: str, media: Any) -> Type:
    """The type of an answer; raises `Problem` for a media type that cannot be read."""
    schema = media.get("schema", True)
    if is_json(media_type):
        return values.annotation(schema)
    if essence(media_type).startswith("text/") and values.schemas.kinds(schema) <= {"string"}:
        return values.annotation(schema) if values.schemas.kinds(schema) else _STR
    if is_bytes(values.schemas, media_type, media):
        return Type("bytes", "bytes")
    _check_text(values, media_type, media)
    what = f"the response has the unsupported media type `{media_type}`"
    raise values.contract.problem(media, what, "use JSON, text or bytes, by an overlay")


def _check_text(values: Values, media_type: str, media: Any) -> None:
    """Refuse text and bytes that are described as something else than a string."""
    if essence(media_type).startswith("text/") or _BYTES.fullmatch(essence(media_type)):
        what = f"the schema of `{media_type}` is not a string, as text and bytes need it"
        raise values.contract.problem(media, what, "make it a string, by an overlay")


def encodings(values: Values, media_type: str, media: Any) -> dict[str, str]:
    """The Encoding Objects of a form as the runtime's; in other media types OpenAPI tells to ignore them."""
    if essence(media_type) not in (FORM, MULTIPART):
        return {}
    return {name: _encoding(values, media, name, node) for name, node in entries(media, "encoding").items()}


def _encoding(values: Values, media: Any, name: str, node: Any) -> str:
    """An Encoding Object as the runtime's `Encoding(...)`; raises `Problem` for one that cannot be followed."""
    style = node.get("style", "form") if {"style", "explode", "allowReserved"} & node.keys() else None
    explode = node.get("explode", style in (None, "form", "deepObject"))
    made = Encoding(node.get("contentType"), style, explode, node.get("allowReserved", False))
    what, schemas = f"the encoding of `{name}`", _properties(values.schemas, media["schema"], name)
    for schema in schemas:
        if style is not None:
            check_style(values, node, what, schema, style, explode)
        elif made.json_type is None and (
            "object" in values.schemas.kinds(schema) or holds_nested(values, schema)
        ):
            what += f": `{made.content_type}` is no media type that an array or object can be written in"
            raise values.contract.problem(node, what, "make it application/json, by an overlay")
    if "headers" in node or not schemas:
        what += ": headers of a part are not supported" if schemas else ": the body has no such property"
        raise values.contract.problem(node, what, "remove it by an overlay")
    said = {key: value for key, value in made._asdict().items() if value != Encoding._field_defaults[key]}
    return f"Encoding({', '.join(f'{key}={literal(value)}' for key, value in said.items())})"


def _properties(schemas: Schemas, node: Any, name: str) -> list[Any]:
    """The schemas of a property: one, or what each of several schemas to choose from says."""
    schema = schemas.effective(node)
    if not is_object(schema):
        return []
    options = (found for option in schemas.options(schema) for found in _properties(schemas, option, name))
    return [*options, *(child for key, child in entries(schema, "properties").items() if key == name)]
