"""Bodies: media types to bytes and back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn
from urllib.parse import quote_plus

import httpx

from .codec import Mismatch
from .guards import is_array, is_object
from .styles import as_json, pairs, text
from .types import File

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


class Encoding(NamedTuple):
    """How one property of a form or multipart body is written: OpenAPI's Encoding Object."""

    content_type: str | None = None
    style: str | None = None
    explode: bool = True
    allow_reserved: bool = False


def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, by name or by structured suffix."""
    kind = essence(media_type)
    return kind in ("application/json", "text/json") or kind.endswith("+json")


def essence(media_type: str) -> str:
    """The media type without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def write(media_type: str, value: Any, encodings: Mapping[str, Encoding]) -> tuple[bytes, str]:
    """The bytes of a body and the `Content-Type` that goes with them."""
    kind = essence(media_type)
    if is_json(media_type):
        return as_json(value).encode(), media_type
    if kind == FORM:
        return "&".join(_fields(value, encodings)).encode(), media_type
    if kind == MULTIPART:
        request = httpx.Request("POST", "http://localhost", files=_parts(value, encodings))
        return request.read(), request.headers["content-type"]
    if isinstance(value, str):
        charset = "" if "charset" in media_type.lower() or not kind.startswith("text/") else "; charset=utf-8"
        return value.encode(), media_type + charset
    return (payload(value), (value.mime_type if isinstance(value, File) else None) or media_type)


def payload(value: File | bytes) -> bytes:
    """The bytes of a file."""
    data = value.payload if isinstance(value, File) else value
    return data if isinstance(data, bytes) else data.read()


def _fields(value: Mapping[str, Any], encodings: Mapping[str, Encoding]) -> list[str]:
    fields: list[str] = []
    for name, item in value.items():
        encoding = encodings.get(name, Encoding())
        if encoding.style is not None:
            fields += pairs(name, item, encoding.style, encoding.explode, encoding.allow_reserved)
        elif encoding.content_type is not None and is_json(encoding.content_type):
            fields.append(f"{quote_plus(name)}={quote_plus(as_json(item))}")
        else:
            fields += [f"{quote_plus(name)}={quote_plus(_plain(entry))}" for entry in _entries(item)]
    return fields


def _entries(item: Any) -> list[Any]:
    return list(item) if is_array(item) else [item]


def _plain(item: Any) -> str:
    return as_json(item) if (is_object(item) or is_array(item)) else text(item)


def _parts(value: Mapping[str, Any], encodings: Mapping[str, Encoding]) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = []
    for name, item in value.items():
        content_type = encodings.get(name, Encoding()).content_type
        whole = content_type is not None and is_json(content_type)
        for entry in [item] if whole else _entries(item):
            parts.append((name, _part(entry, content_type)))
    return parts


def _part(item: Any, content_type: str | None) -> tuple[str | None, bytes, str]:
    if isinstance(item, File | bytes):
        file = item if isinstance(item, File) else File(item)
        return (
            file.file_name or "upload",
            payload(file),
            file.mime_type or content_type or "application/octet-stream",
        )
    if (is_object(item) or is_array(item)) or (content_type is not None and is_json(content_type)):
        return None, as_json(item).encode(), content_type or "application/json"
    return None, text(item).encode(), content_type or "text/plain"


def read(media_type: str, response: httpx.Response) -> Any:
    """The JSON value, text or bytes of an answer; raises `Mismatch` for what is not JSON where JSON is promised."""
    if is_json(media_type):
        try:
            return json.loads(response.content, parse_constant=_refuse)
        except (ValueError, RecursionError):
            raise Mismatch((), "JSON", response.text[:200]) from None
    return response.text if essence(media_type).startswith("text/") else response.content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)
