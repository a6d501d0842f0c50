"""Parameters on the wire: OpenAPI 3.1's styles (RFC 6570) and parameters described by `content`.

Values are JSON values. Names and values are percent-encoded where they become part of the URI or a cookie, so
that what a delimiter means is never in doubt; headers are not. What a style cannot carry in a way that can be
read back raises `Mismatch`: an item that holds its delimiter, a nested array or object.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from urllib.parse import quote

from .guards import is_array, is_object
from .mismatch import Mismatch

PLAIN: Mapping[str, str] = {"spaceDelimited": " ", "pipeDelimited": "|"}
_ENCODED: Mapping[str, str] = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}
_RESERVED = ":/?@!$'()*,;"
"""The reserved characters that `allowReserved` can leave without changing what the query means."""
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]*")
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False)
_ASCII_JSON = json.JSONEncoder(separators=(",", ":"), allow_nan=False)


def as_json(value: Any, *, ascii_only: bool = False) -> str:
    """Compact JSON."""
    try:
        return (_ASCII_JSON if ascii_only else _JSON).encode(value)
    except (TypeError, ValueError, RecursionError):
        raise Mismatch((), "a JSON value", value) from None


def text(value: Any) -> str:
    """A primitive as text: strings as they are, numbers, booleans and null as in JSON."""
    if isinstance(value, str):
        return value
    if value is None or isinstance(value, int | float):
        return as_json(value)
    raise Mismatch((), "a primitive: a nested array or object has no form in this style", value)


def escaped(value: Any, safe: str = "") -> str:
    """A primitive, percent-encoded except for unreserved characters and those in `safe`."""
    plain = text(value)
    return plain if _UNRESERVED.fullmatch(plain) else quote(plain, safe=safe)


def pairs(
    name: str, value: Any, style: str, explode: bool, allow_reserved: bool = False
) -> list[tuple[str, str]]:
    """The names and percent-encoded values of a query parameter, form field or cookie; none for an empty array."""
    safe = _RESERVED if allow_reserved else ""
    if not explode and (is_array(value) or is_object(value)):
        safe = safe.replace(",", "")  # here it is the delimiter
    return fields(name, value, style, explode, lambda item: escaped(item, safe), _ENCODED)


def joined(found: Iterable[tuple[str, str]]) -> list[str]:
    """The `name=value` parts of pairs."""
    return [f"{escaped(name)}={item}" for name, item in found]


def claim(owners: dict[str, str], owner: str, found: Iterable[tuple[str, Any]]) -> list[str]:
    """Note in `owners` whose the names of pairs are; gives those that are another's already."""
    return [name for name, _ in found if owners.setdefault(name, owner) != owner]


def fields(
    name: str,
    value: Any,
    style: str,
    explode: bool,
    write: Callable[[Any], str] = text,
    delimiters: Mapping[str, str] = PLAIN,
) -> list[tuple[str, str]]:
    """The names and texts of `pairs`, with names as they are and values as `write` has them."""
    if is_object(value) and style == "deepObject":
        return [(f"{name}[{key}]", write(item)) for key, item in value.items()]
    if not (is_array(value) or is_object(value)):
        return [(name, write(value))]
    if explode:
        return _exploded(name, value, write)
    parts = [write(item) for item in _flat(value)]
    return [(name, _delimited(parts, delimiters.get(style, ","), style, value))] if parts else []


def segment(name: str, value: Any, style: str, explode: bool) -> str:
    """What a path parameter becomes; nothing for an empty array or object."""
    if style == "matrix":
        return _matrix(name, value, explode)
    if not (is_array(value) or is_object(value)):
        return f".{escaped(value)}" if style == "label" else escaped(value)
    dots = style == "label" and explode
    parts = _simple(value, explode, escaped)
    prefix = "." if style == "label" and parts else ""
    return prefix + _delimited(parts, "." if dots else ",", style, value)


def header(value: Any, explode: bool) -> str:
    """What a header parameter becomes (style `simple`)."""
    parts = _simple(value, explode, text)
    if is_array(value) or is_object(value):
        named = is_object(value) and explode and any("=" in text(key) for key in value)
        if named or parts == [""] or any("," in part or part != part.strip(" \t") for part in parts):
            rule = "items that a header can tell apart: without `,`, blanks at the ends and (in names) `=`"
            raise Mismatch((), rule, value)
    return ",".join(parts)


def _matrix(name: str, value: Any, explode: bool) -> str:
    if not (is_array(value) or is_object(value)):
        return _named(name, escaped(value))
    if explode:
        return "".join(_named(key, item) for key, item in _exploded(name, value, escaped))
    parts = [escaped(item) for item in _flat(value)]
    return _named(name, ",".join(parts)) if parts else ""


def _named(name: str, written: str) -> str:
    """A part of a matrix; RFC 6570 leaves out the `=` before nothing."""
    return f";{escaped(name)}={written}" if written else f";{escaped(name)}"


def _delimited(parts: list[str], delimiter: str, style: str, value: Any) -> str:
    """The parts of a value as one text, if they can be told apart in it."""
    if any(delimiter in part for part in parts):
        raise Mismatch((), f"no item with the delimiter of the style {style}", value)
    return delimiter.join(parts)


def _exploded(name: str, value: Any, write: Callable[[Any], str]) -> list[tuple[str, str]]:
    """An array under its own name as often as it has items, an object under the names of its properties."""
    entries = value.items() if is_object(value) else ((name, item) for item in value)
    return [(key, write(item)) for key, item in entries]


def _simple(value: Any, explode: bool, write: Callable[[Any], str]) -> list[str]:
    if is_object(value) and explode:
        return [f"{write(key)}={write(item)}" for key, item in value.items()]
    return [write(item) for item in _flat(value)]


def _flat(value: Any) -> list[Any]:
    """The items of an array, or the names and values of an object in turn."""
    if is_object(value):
        return [part for entry in value.items() for part in entry]
    return value if is_array(value) else [value]
