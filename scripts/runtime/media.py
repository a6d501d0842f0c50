"""Bodies: media types to bytes and back."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple, NoReturn, cast

import httpx

from .guards import is_array, is_object
from .mismatch import Mismatch
from .styles import as_json, claim, escaped, fields, joined, pairs, text
from .types import File
from .values import check_text

FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"
_BYTES = "application/octet-stream"
_MEDIA_TYPE = re.compile(r"[\w!#$&^.+-]+/[\w!#$&^.+-]+( *;[ -~]*)?", re.ASCII)
_CHARSET = re.compile(r""";\s*charset\s*=\s*["']?([^\s"';]+)""", re.IGNORECASE)


class Encoding(NamedTuple):
    """How one property of a form or multipart body is written: OpenAPI's Encoding Object."""

    content_type: str | None = None
    style: str | None = None
    explode: bool = True
    allow_reserved: bool = False

    @property
    def is_json(self) -> bool:
        """Whether the property is to be written as JSON, whatever it is."""
        return self.content_type is not None and is_json(self.content_type)

    @property
    def json_type(self) -> str | None:
        """The media type that an object has, which is written as JSON; None where that is not allowed."""
        allowed = [kind.strip() for kind in (self.content_type or "*/*").split(",")]
        anything = "application/json" if {"*/*", "application/*"} & set(allowed) else None
        return next(filter(is_json, allowed), anything)


@lru_cache
def is_json(media_type: str) -> bool:
    """Whether a media type is JSON, by name or by structured suffix."""
    kind = essence(media_type)
    return kind in ("application/json", "text/json") or kind.endswith("+json")


@lru_cache
def essence(media_type: str) -> str:
    """The media type without parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def write(
    media_type: str, value: Any, encodings: Mapping[str, Encoding], names: Iterable[str] = ()
) -> tuple[bytes, str]:
    """The bytes of a body and the `Content-Type` that goes with them; raises `Mismatch`.

    `names` are the documented fields of a form: no property of an object may pass for one, given or not.
    """
    kind = essence(media_type)
    if is_json(media_type):
        return as_json(value).encode(), media_type
    if kind == FORM:
        return "&".join(joined(_all(value, encodings, names, _form_fields))).encode(), media_type
    if kind == MULTIPART:
        return _multipart(list(_all(value, encodings, names, _parts)))
    if isinstance(value, str):
        return _text(value, media_type)
    return payload(value), _file_type(value, media_type)


def payload(value: File | bytes) -> bytes:
    """The bytes of a file."""
    source = value.payload if isinstance(value, File) else value
    data = source if isinstance(source, bytes) else cast("object", source.read())
    if not isinstance(data, bytes):
        raise Mismatch((), "a file opened in binary mode", source)
    return data


def _text(value: str, media_type: str) -> tuple[bytes, str]:
    """Text in the charset that the media type names, else in UTF-8."""
    named = _CHARSET.search(media_type)
    if not named:
        charset = "; charset=utf-8" if essence(media_type).startswith("text/") else ""
        return value.encode(), media_type.replace("text/*", "text/plain") + charset
    try:
        return value.encode(named[1]), media_type
    except (UnicodeEncodeError, LookupError):
        raise Mismatch((), f"text in the charset {named[1]}", value) from None


def _file_type(value: File | bytes, allowed: str) -> str:
    """The media type of a file: its own, where it is one of the `allowed` types and ranges."""
    ranges = [item.strip() for item in allowed.split(",")]
    given = value.mime_type if isinstance(value, File) else None
    if given is None and "*" not in allowed and len(ranges) == 1:
        return allowed
    given = _BYTES if given is None and "*/*" in ranges else given
    kind = essence(given or "")
    fitting = {kind, f"{kind.partition('/')[0]}/*", "*/*"} & set(map(essence, ranges))
    if given is None or not fitting or not _MEDIA_TYPE.fullmatch(given):
        raise Mismatch((), f"mime_type: {allowed}", given)
    return given


def _all(
    value: Any,
    encodings: Mapping[str, Encoding],
    names: Iterable[str],
    written: Callable[[str, Any, Encoding], list[tuple[str, Any]]],
) -> Iterator[tuple[str, Any]]:
    """The fields that the properties of a form become, each with its name."""
    if not is_object(value):
        raise Mismatch((), "type: object", value)
    owners = {name: name for name in (*names, *value)}
    for name, item in value.items():
        try:
            found = written(name, item, encodings.get(name, Encoding()))
            if clash := claim(owners, name, found):
                raise Mismatch((), "no property with the name of another field", clash)
        except Mismatch as error:
            raise error.below(name) from None
        yield from found


def _form_fields(name: str, item: Any, encoding: Encoding) -> list[tuple[str, str]]:
    if encoding.style is not None:
        return pairs(name, item, encoding.style, encoding.explode, encoding.allow_reserved)
    written = (escaped(_plain(entry, encoding), " ") for entry in _entries(item, encoding))
    return [(name, each.replace(" ", "+")) for each in written]


def _parts(name: str, item: Any, encoding: Encoding) -> list[tuple[str, Any]]:
    """The parts of a property as httpx takes them: its name, then a file name, content and media type."""
    if encoding.style is not None:
        written = fields(name, item, encoding.style, encoding.explode)
        return [(key, (None, value.encode(), None)) for key, value in written]
    return [(name, _part(entry, encoding)) for entry in _entries(item, encoding)]


def _part(item: Any, encoding: Encoding) -> tuple[str | None, bytes, str | None]:
    if isinstance(item, File | bytes):
        name = item.file_name if isinstance(item, File) else None
        check_text(name)
        return name or "upload", payload(item), _file_type(item, encoding.content_type or "*/*")
    kind = encoding.json_type if is_object(item) or is_array(item) else None
    if encoding.content_type is not None and not {",", "*"} & set(encoding.content_type):
        kind = encoding.content_type
    return None, _plain(item, encoding).encode(), kind


def _entries(item: Any, encoding: Encoding) -> list[Any]:
    """An array is as many fields as it has items, unless it is written as JSON."""
    return item if is_array(item) and not encoding.is_json else [item]


def _plain(item: Any, encoding: Encoding) -> str:
    if not (is_object(item) or is_array(item) or encoding.is_json):
        return text(item)
    if encoding.json_type is None:
        raise Mismatch((), f"a primitive, to be sent as {encoding.content_type}", item)
    return as_json(item)


def _multipart(parts: list[tuple[str, Any]]) -> tuple[bytes, str]:
    if not parts:  # httpx would write no body at all
        return b"--none--\r\n", f"{MULTIPART}; boundary=none"
    request = httpx.Request("POST", "http://localhost", files=parts)
    return request.read(), request.headers["content-type"]


def read(media_type: str, response: httpx.Response) -> Any:
    """The JSON value, text or bytes of an answer; raises `Mismatch` where promised JSON is none."""
    if is_json(media_type):
        try:
            return _DECODER.decode(response.content.decode().removeprefix("\ufeff"))
        except (ValueError, RecursionError):
            raise Mismatch((), "valid JSON", response.content[:200]) from None
    return response.text if essence(media_type).startswith("text/") else response.content


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_DECODER = json.JSONDecoder(parse_constant=_refuse)
