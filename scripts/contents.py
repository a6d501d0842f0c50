"""Media Type Objects as Python: the bodies of requests and answers."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .annotation import Type, literal
from .runtime.media import FORM, MULTIPART, essence, is_json
from .schemas import Schemas
from .values import Values

_BYTES = re.compile(r"application/(octet-stream|pdf|zip|gzip)|(image|audio|video|font)/.+|\*/\*")
_STR = Type("str", "str")


@dataclass
class Content:
    """One media type of a request or response, and the type of its value."""

    media_type: str
    type: Type


def is_bytes(schemas: Schemas, media_type: str, media: Any) -> bool:
    """Whether a media type is bytes as they are."""
    return bool(_BYTES.fullmatch(essence(media_type))) and schemas.kinds(media.get("schema", True)) <= {
        "string"
    }


def has_files(schemas: Schemas, media_type: str, media: Any) -> bool:
    """Whether strings of the format `binary` are files in a request of this media type."""
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
        return Type("File | bytes", "File | bytes")
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
    what = f"the response has the unsupported media type `{media_type}`"
    raise values.contract.problem(media, what, "use JSON, text or bytes, by an overlay")


def encoding(node: Any) -> str:
    """An Encoding Object as the runtime's `Encoding(...)`."""
    said = {"content_type": node.get("contentType"), "style": node.get("style"),
            "explode": node.get("explode"), "allow_reserved": node.get("allowReserved")}  # fmt: skip
    if said["style"] is None and (said["explode"] is not None or said["allow_reserved"] is not None):
        said["style"] = "form"
    if said["style"] not in (None, "form") and said["explode"] is None:
        said["explode"] = said["style"] == "deepObject"
    return (
        "Encoding("
        + ", ".join(f"{key}={literal(value)}" for key, value in said.items() if value is not None)
        + ")"
    )
