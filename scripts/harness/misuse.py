"""What no type checker lets through and no contract speaks of, but a user may give: refused, with what was wrong."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from io import StringIO
from typing import Any

from attrs import evolve

from ..objects import entries
from .arguments import names_of
from .called import Case
from .calls import Driver, Unsaid
from .cases import in_turn
from .sendable import spreads
from .shapes import shape
from .validation import invalid
from .wire import charset

_NO_JSON: list[Any] = [object(), math.nan, math.inf, 10**5000, {1: "a"}, [{2: "b"}], {"a": {"b"}}, [1j]]
"""What is no JSON value, or none that Python can write, or show."""
_NESTED: list[Any] = [[["a"]], {"a": {"b": "c"}}, {"a": ["b"]}, [{"a": "b"}]]
"""What has no form where a style writes it."""
_NO_HEADERS: list[Any] = ["a text", 5, ["X-Own"], {"X-Own": 5}, {"X-Own": None}, {"X-Own": b"a"}, {5: "a"}]
"""What the headers of a call cannot be."""
_OUTSIDE = "text\u20ac"
"""What only some charsets have."""


@dataclass(frozen=True)
class Misuse:
    """A call that no contract is needed to refuse."""

    at: str
    """The JSON pointer of what it is about."""
    function: str
    arguments: Mapping[str, Any]
    where: str
    """What the error names."""
    broken: str
    """What is wrong, in words."""


def misuses(driver: Driver, case: Case) -> Iterator[Misuse]:
    """Calls as `case` in which one argument cannot be."""
    yield from in_turn(_of_parameters(driver, case), _of_body(driver, case), _of_headers(driver, case))


def _of_parameters(driver: Driver, case: Case) -> Iterator[Misuse]:
    target, function = driver.target, driver.functions[0]
    given = target.arguments(case)
    for node in target.operation.parameters:
        key = (node["in"], node["name"])
        argument, where = target.parameters[key][0], f"{key[0]} parameter {key[1]}"
        values = [*_NO_JSON, *([] if "content" in node else _NESTED), *_of_others(driver, node)]
        contract, schema = target.operation.contract, target.operation.schema(node)[0]
        values += [
            each
            for each in _other_times(given.get(argument))
            if invalid(contract, schema, each.isoformat(), "request") is not None
        ]
        for value in values:
            yield Misuse(target.pointer(node), function, {**given, argument: value}, where, _told(value))


def _of_body(driver: Driver, case: Case) -> Iterator[Misuse]:
    target, function = driver.target, driver.functions[0]
    if case.media_type is not None:
        at, given = target.pointer(target.operation.content[case.media_type]), target.arguments(case)
        for body in _bodies(driver, case, given["body"]):
            yield Misuse(at, function, {**given, "body": body}, "body", _told(body))


def _of_headers(driver: Driver, case: Case) -> Iterator[Misuse]:
    target = driver.target
    try:
        keywords = target.keywords(case, driver.method)
    except Unsaid:
        return
    headers = [*_NO_HEADERS, *([{"content-TYPE": "text/plain"}] if case.media_type is not None else [])]
    for each in headers if "headers" in driver.signature("method").parameters else ():
        yield Misuse(
            target.at, "method", {**keywords, "headers": each}, "headers", f"with the headers {each}"
        )


def _told(value: Any) -> str:
    """A value in words."""
    try:
        return f"with {value!r:.200}"
    except ValueError:
        return f"with a value of type {type(value).__name__}"


def _of_others(driver: Driver, node: Any) -> Iterator[Any]:
    """Objects with a property that would pass for another parameter, or for a credential that goes with the call."""
    operation = driver.target.operation
    others = [each for each in operation.parameters if each is not node and each["in"] == node["in"]]
    schemes = [operation.scheme(name) for names in operation.requirements[:1] for name in names]
    keys = [each for each in schemes if each["type"] == "apiKey" and each["in"] == node["in"]]
    if spreads(node):
        yield from ({each["name"]: "a"} for each in (*others, *keys))


def _bodies(driver: Driver, case: Case, body: Any) -> Iterator[Any]:
    """Bodies that cannot be, or of which one property cannot."""
    media_type = str(case.media_type)
    operation = driver.target.operation
    try:
        _OUTSIDE.encode(charset(media_type))
    except UnicodeEncodeError:
        yield _OUTSIDE
    yield from [*_NO_JSON, *_files(body, media_type)]
    if not hasattr(body, "__attrs_attrs__"):
        return
    schema = shape(operation.contract, operation.content[media_type].get("schema", True))
    names, encodings = names_of(body.__class__), entries(operation.content[media_type], "encoding")
    said = {name: each.get("contentType", "*") for name, each in encodings.items()}
    for name, attribute in names.items():
        if True not in schema.property(name).all("readOnly"):
            own, inner = getattr(body, attribute), schema.property(name)
            times = [each for each in _other_times(own) if not inner.allows(each.isoformat(), "request")]
            values = [*_NO_JSON, "a\ud800", *_files(own, said.get(name, "*")), *times]
            yield from (evolve(body, **{attribute: value}) for value in values)
    more: list[Any] = [5, {5: "a"}, *({name: "a"} for name in names)]
    yield from (evolve(body, additional_properties=each) for each in more)


def _other_times(value: Any) -> list[date]:
    """In the place of a time, one of no time zone, and its date; in that of a date, a time."""
    if isinstance(value, datetime):
        return [value.replace(tzinfo=None), value.date()]
    return [datetime(value.year, value.month, value.day, tzinfo=UTC)] if isinstance(value, date) else []


def _files(value: Any, allowed: str) -> list[Any]:
    """In the place of a file, one that was opened as text, and those of other types than are allowed."""
    if not hasattr(value, "payload"):
        return []
    kinds = ["no type", *([None] if "," in allowed else []), *([] if "*" in allowed else ["x-harness/other"])]
    return [value._replace(payload=StringIO("text")), *(value._replace(mime_type=kind) for kind in kinds)]
