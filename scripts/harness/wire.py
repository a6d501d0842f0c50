"""What a captured request says, read by the contract alone.

Values come back as text where the wire has text; `agrees` compares them with JSON values.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.parser import BytesParser
from functools import cached_property
from io import BytesIO
from typing import Any
from urllib.parse import unquote, unquote_plus

import httpx
from werkzeug.formparser import MultiPartParser

from ..kinds import is_array, is_object
from .called import Called
from .times import moment

ABSENT = object()
"""What `parameter` gives for one that is not on the wire."""


_CHARSET = re.compile("charset *= *[\"']?([^ ;\"']+)", re.IGNORECASE)


def charset(media_type: str) -> str:
    """The charset that a media type names, else UTF-8, in small letters."""
    named = _CHARSET.search(media_type)
    return named[1].lower() if named else "utf-8"


def agrees(found: Any, value: Any) -> bool:
    """Whether what stands on the wire (text, or lists and mappings of texts) is the JSON value `value`."""
    if is_array(value) and is_array(found):
        return len(found) == len(value) and all(map(agrees, found, value))
    if is_object(value) and is_object(found):
        return found.keys() == value.keys() and all(agrees(found[key], value[key]) for key in value)
    if isinstance(value, str) or not isinstance(found, str):
        return same(found, value)
    try:
        return same(json.loads(found), value)
    except ValueError:
        return False


def same(one: Any, other: Any) -> bool:
    """Equality of JSON values: 1 is 1.0, and not true; a time is the same in any of its forms."""
    if is_array(one) and is_array(other):
        return len(one) == len(other) and all(map(same, one, other))
    if is_object(one) and is_object(other):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, str) and isinstance(other, str) and one != other:
        return _time(one) is not None and _time(one) == _time(other)
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _time(text: str) -> tuple[datetime, timedelta | None] | None:
    """The time that a text is, and its offset."""
    time = moment(text)
    return None if time is None else (time, time.utcoffset())


def written(request: httpx.Request) -> tuple[str, ...]:
    """All that a request has, byte for byte; a boundary, which is random, stands as `boundary`."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    parts = (request.method, str(request.url), repr(request.headers.raw), repr(request.content))
    return tuple(part.replace(boundary, "boundary") if boundary else part for part in parts)


class Wire:
    """One captured request to an operation."""

    def __init__(self, operation: Called, request: httpx.Request, base_url: str) -> None:
        self.operation, self.request = operation, request
        self.target = request.url.raw_path.decode("ascii")
        self.path, _, self.query_text = self.target.partition("?")
        origins = [str(httpx.URL(url).copy_with(raw_path=b"/")) for url in (request.url, base_url)]
        self.base_ok = origins[0] == origins[1]
        self.query = pairs(self.query_text)
        self.base_path = httpx.URL(base_url).raw_path.decode("ascii").rstrip("/")

    def parameter(self, node: Any, like: Any) -> Any:
        """The value of a parameter, shaped like `like`, as its type may allow several; `ABSENT` where it is missing."""
        name, place = node["name"], node["in"]
        media = next(iter(node.get("content") or ()), None)
        style = node.get("style") or {"path": "simple", "header": "simple"}.get(place, "form")
        explode = node.get("explode", style == "form") if media is None else False
        shape = (
            "primitive"
            if media
            else "array"
            if is_array(like)
            else "object"
            if is_object(like)
            else "primitive"
        )
        if place == "query":
            found = _form(self.query, name, like, shape, style, explode)
        elif place == "cookie":
            found = _form(self.cookies, name, like, shape, style, explode)
        elif place == "header":
            found = _header(self.request.headers.get(name), shape, explode)
        else:
            found = self._path(name, shape, style, explode)
        if media is not None and isinstance(found, str) and "json" in media:
            return json.loads(found)
        return found

    @property
    def cookies(self) -> list[tuple[str, str]]:
        """The pairs of the Cookie header."""
        header = self.request.headers.get("cookie", "")
        return [pair for part in header.split("; ") if part for pair in pairs(part)]

    @cached_property
    def variables(self) -> dict[str, str] | None:
        """What stands for the variables of the path, as it is written; None for another path."""
        template = re.split(r"\{([^{}]*)\}", self.base_path + self.operation.path)
        pattern = "".join(
            re.escape(part) if index % 2 == 0 else "([^/]*)" for index, part in enumerate(template)
        )
        match = re.fullmatch(pattern, self.path)
        is_plain = {".", ".."}.isdisjoint(self.path.split("/"))
        return dict(zip(template[1::2], match.groups(), strict=True)) if match and is_plain else None

    def _path(self, name: str, shape: str, style: str, explode: bool) -> Any:
        if self.variables is None:
            return ABSENT
        raw = self.variables[name]
        if style == "label" and not raw.startswith("."):
            return ABSENT
        if style == "label":
            return _simple(raw.removeprefix("."), shape, explode, unquote, "." if explode else ",")
        if style == "matrix":
            return _matrix(raw, name, shape, explode)
        return _simple(raw, shape, explode, unquote)

    def body(self, media_type: str) -> Any:
        """The body in JSON values; text where the media type has nothing but text."""
        content, kind = self.request.content, media_type.partition(";")[0].lower()
        if kind.endswith("json"):
            return json.loads(content)
        if kind == "application/x-www-form-urlencoded":
            return _gathered(
                [(unquote_plus(name), unquote_plus(value)) for name, value in pairs(content.decode())]
            )
        if kind == "multipart/form-data":
            boundary = self.request.headers["content-type"].partition("boundary=")[2].encode()
            form, files = MultiPartParser().parse(BytesIO(content), boundary, len(content))
            fields = [
                *form.items(multi=True),
                *((name, file.read().decode()) for name, file in files.items(multi=True)),
            ]
            return _gathered(fields)
        return content.decode(charset(media_type))

    @property
    def parts(self) -> Iterator[tuple[str, str | None, str | None]]:
        """The name, the file name and the media type of each part of a multipart body."""
        _, _, boundary = self.request.headers.get("content-type", "").partition("boundary=")
        for part in self.request.content.split(b"--" + boundary.encode())[1:-1] if boundary else ():
            head = BytesParser().parsebytes(
                part.removeprefix(b"\r\n").partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
            )
            name = str(head.get_param("name", "", "content-disposition"))
            yield name, head.get_filename(), head.get("content-type")

    def credentials(self, scheme: Any) -> list[str] | None:
        """The secrets that the request carries by a security scheme, or None where it carries none."""
        if scheme["type"] == "mutualTLS":
            return None
        if scheme["type"] == "apiKey":
            where = {
                "header": list(self.request.headers.items()),
                "query": self.query,
                "cookie": self.cookies,
            }[scheme["in"]]
            wanted = scheme["name"].lower() if scheme["in"] == "header" else scheme["name"]
            read = str if scheme["in"] == "header" else unquote
            return next(([read(value)] for key, value in where if key == wanted), None)
        kind, _, rest = self.request.headers.get("authorization", "").partition(" ")
        if str(scheme.get("scheme", "")).lower() == "basic":
            return b64decode(rest).decode(errors="replace").split(":", 1) if kind == "Basic" else None
        return [rest] if kind == "Bearer" else None


def pairs(text: str) -> list[tuple[str, str]]:
    """Names and values between `&`, still percent-encoded."""
    return [(name, value) for name, _, value in (part.partition("=") for part in text.split("&") if part)]


def _form(found: list[tuple[str, str]], name: str, like: Any, shape: str, style: str, explode: bool) -> Any:
    """A parameter among the pairs of a query or cookies; an object that is spread has the names that `like` has."""
    if shape == "object" and (explode or style == "deepObject"):
        names = {f"{name}[{key}]" if style == "deepObject" else key: key for key in like}
        parts = [(names[unquote(key)], unquote(value)) for key, value in found if unquote(key) in names]
        if len(dict(parts)) < len(parts):
            raise AssertionError(f"a property of the parameter {name} stands twice on the wire: {parts}")
        return dict(parts) or ABSENT
    own = [value for key, value in found if unquote(key) == name]
    if not own:
        return ABSENT
    if shape == "array" and explode:
        return [unquote(value) for value in own]
    if len(own) > 1:
        raise AssertionError(f"the parameter {name} stands {len(own)} times on the wire")
    delimiter = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}.get(style, ",")
    return _simple(own[0], shape, False, unquote, delimiter)


def _header(raw: str | None, shape: str, explode: bool) -> Any:
    """A parameter in a header; one without text is an empty array, as RFC 9110 has no items without text."""
    if raw is None:
        return ABSENT
    return list[str]() if raw == "" and shape == "array" else _simple(raw, shape, explode, str)


def _gathered(fields: list[tuple[str, str]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def _simple(raw: str, shape: str, explode: bool, read: Callable[[str], str], delimiter: str = ",") -> Any:
    if shape == "primitive":
        return read(raw)
    parts = raw.split(delimiter) if raw or shape == "array" else []  # present and empty is one empty item
    if shape == "array":
        return [read(part) for part in parts]
    if explode:
        return {read(key): read(value) for key, _, value in (part.partition("=") for part in parts)}
    return {read(key): read(value) for key, value in zip(parts[::2], parts[1::2], strict=True)}


def _matrix(raw: str, name: str, shape: str, explode: bool) -> Any:
    parts = [(unquote(key), value) for key, _, value in (part.partition("=") for part in raw.split(";")[1:])]
    if explode and shape == "object":
        return {key: unquote(value) for key, value in parts}
    own = [value for key, value in parts if key == name]
    if explode and shape == "array":
        return [unquote(value) for value in own]
    return _simple(own[0], shape, False, unquote) if own else ABSENT
