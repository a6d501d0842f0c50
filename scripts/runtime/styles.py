"""Parameters on the wire: OpenAPI 3.1's styles (RFC 6570) and parameters described by `content`.

Values are JSON values. Names and values are percent-encoded where they become part of the URI or a cookie, so that
what a delimiter means is never in doubt; headers are not percent-encoded.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from urllib.parse import quote

from .guards import is_array, is_object

_DELIMITERS = {"form": ",", "simple": ",", "spaceDelimited": "%20", "pipeDelimited": "%7C"}
_RESERVED = ":/?@!$'()*,;"
"""The reserved characters that `allowReserved` can leave as they are without changing what the query means."""


def text(value: Any) -> str:
    """A primitive as text: strings as they are, numbers, booleans and null as in JSON."""
    return value if isinstance(value, str) else json.dumps(value)


def as_json(value: Any) -> str:
    """Compact JSON."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False)


def escaped(value: Any, safe: str = "") -> str:
    """A primitive, percent-encoded except for unreserved characters and those in `safe`."""
    return quote(text(value), safe=safe)


def pairs(name: str, value: Any, style: str, explode: bool, allow_reserved: bool = False) -> list[str]:
    """The `name=value` parts that a query parameter (or form field, or cookie) becomes; none for an empty array.

    Raises `ValueError` where the style cannot carry the value: what stands between items cannot stand in one.
    """
    safe = _RESERVED if allow_reserved else ""
    if style == "deepObject":
        return [f"{escaped(f'{name}[{key}]')}={escaped(item, safe)}" for key, item in value.items()]
    if not (is_array(value) or is_object(value)):
        return [f"{escaped(name)}={escaped(value, safe)}"]
    if explode:
        items: Iterable[tuple[str, Any]] = (
            value.items() if is_object(value) else ((name, item) for item in value)
        )
        return [f"{escaped(key)}={escaped(item, safe)}" for key, item in items]
    parts = [escaped(item, safe.replace(",", "")) for item in _flat(value)]
    if style != "form" and any(_DELIMITERS[style] in part for part in parts):
        raise ValueError(f"without the delimiter of {style} in an item")
    return [f"{escaped(name)}={_DELIMITERS[style].join(parts)}"] if parts else []


def segment(name: str, value: Any, style: str, explode: bool) -> str:
    """What a path parameter becomes."""
    if style == "matrix":
        return _matrix(name, value, explode)
    prefix, delimiter = (".", "." if explode else ",") if style == "label" else ("", ",")
    return prefix + delimiter.join(_simple(value, explode, escaped))


def header(value: Any, explode: bool) -> str:
    """What a header parameter becomes (style `simple`)."""
    return ",".join(_simple(value, explode, text))


def _matrix(name: str, value: Any, explode: bool) -> str:
    if not (is_array(value) or is_object(value)):
        return f";{escaped(name)}={escaped(value)}" if value != "" else f";{escaped(name)}"
    if explode:
        items: Iterable[tuple[str, Any]] = (
            value.items() if is_object(value) else ((name, item) for item in value)
        )
        return "".join(f";{escaped(key)}={escaped(item)}" for key, item in items)
    return f";{escaped(name)}={','.join(map(escaped, _flat(value)))}"


def _simple(value: Any, explode: bool, write: Any) -> list[str]:
    if is_object(value) and explode:
        entries: dict[str, Any] = value
        return [f"{write(key)}={write(item)}" for key, item in entries.items()]
    return [write(item) for item in _flat(value)]


def _flat(value: Any) -> list[Any]:
    """The items of an array, or the names and values of an object in turn."""
    if is_object(value):
        entries: dict[str, Any] = value
        return [part for entry in entries.items() for part in entry]
    return list(value) if is_array(value) else [value]
