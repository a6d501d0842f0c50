"""Answers to put to a client: what the contract documents, in all its shapes, and what breaks it in one place.

They are JSON values made of the contract alone, the same in every run, and made once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import httpx

from ..objects import entries
from ..runtime.guards import is_array, is_object
from .called import Called
from .cases import answers
from .generation import values
from .rules import Rule, by_answer
from .shapes import Shape, branches, shape
from .times import TIMES

_DEEPEST = 5
"""Levels of a value that are varied."""
PROBES: tuple[Any, ...] = (None, True, 3, 1.5, "~", [], {})
"""A value of each type."""
_LEAVES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
_TEXTS = {
    "date": "2024-02-29", "date-time": "2024-02-29T23:59:59.25+05:30",
    "date-time-rfc-2822": "Thu, 29 Feb 2024 23:59:59 +0530",
}  # fmt: skip
_MORE: dict[str, tuple[Any, ...]] = {
    "string": ("", 'a "ä" \u2028\U0001f600\\', "null"),
    "date-time": ("2024-02-29T00:00:00Z", "1999-12-31T23:59:60-08:00"),
    "date-time-rfc-2822": ("Thu, 29 Feb 2024 00:00:00 GMT", "01 Jan 2024 01:02:03 -0800"),
    "date": ("0001-01-01", "9999-12-31"),
    "integer": (0, -1, 2**53 + 1, 2.0),
    "number": (0, -0.5, 1e300, 7),
    "boolean": (False,),
    "null": (None,),
    "array": ([],),
}
"""More values of a type, where the other rules allow them."""


@dataclass(frozen=True)
class Reply:
    """An answer: a status, a media type, and the bytes of a JSON value, a text or nothing."""

    status: str
    """How the contract documents it."""
    code: int
    media_type: str
    """As the contract has it; empty where there is no documented content."""
    value: Any
    rule: str
    """The pointer of what it is about."""
    fits: bool = True
    """Whether it is as documented."""
    rules: frozenset[Rule] = frozenset()
    content_type: str = ""
    content: bytes = b""

    def response(self, request: httpx.Request | None = None) -> httpx.Response:
        """The answer itself."""
        headers = {"content-type": self.content_type} if self.content_type else {}
        return httpx.Response(self.code, headers=headers, content=self.content)


@cache
def replies(operation: Called, count: int) -> tuple[Reply, ...]:
    """The answers for an operation, the telling ones first; `count` random ones of each media type."""
    found = [list(_of_status(operation, status, count)) for status in documented(operation)]
    first = [reply for each in found for reply in each[:2]]
    return (*first, *(reply for each in found for reply in each[2:]))


def documented(operation: Called) -> dict[str, Any]:
    """The Response Objects of the contract, by status."""
    responses = entries(operation.node, "responses").items()
    return {status: operation.contract.resolve(node) for status, node in responses if status[:2] != "x-"}


def codes(operation: Called, status: str) -> list[int]:
    """Statuses that one key of the responses speaks for."""
    known = documented(operation).keys()
    if status.isdecimal():
        return [int(status)]
    first = 400 if status == "default" else int(status[0]) * 100
    free = [code for code in range(first, first + 100) if str(code) not in known and code not in (401, 429)]
    beside = [code for code in free if str(code - 1) in known]
    return list(dict.fromkeys([free[0], free[-1], *beside]))


def _of_status(operation: Called, status: str, count: int) -> Iterator[Reply]:
    response = documented(operation)[status]
    at = operation.contract.pointers[id(response)]
    for order, code in enumerate(codes(operation, status)):
        if not entries(response, "content"):
            rules = by_answer(operation, status, "", None)
            yield Reply(status, code, "", None, at, rules=rules)
            yield Reply(status, code, "", None, at, True, rules, "text/plain", b"whatever")
        for media_type, media in entries(response, "content").items():
            schema, is_json = operation.carried(media_type, media), "json" in media_type
            texts = operation.contract.pointers[id(media)]
            found = _values(operation, status, media_type, schema, count)
            for rule, value, is_right in islice(
                found, 5 if order else None
            ):  # codes of a range are read alike
                rules = by_answer(operation, status, media_type, value)
                yield _reply(status, code, media_type, value, texts if rule == "#" else rule, is_right, rules)
            if is_json:
                content_type = f"{_plain(media_type).upper()} ; Charset=UTF-8"
                value = full(shape(operation.contract, schema))
                rules = by_answer(operation, status, media_type, value)
                yield _reply(status, code, media_type, value, texts, True, rules, content_type, indent=1)


def _reply(
    status: str,
    code: int,
    media_type: str,
    value: Any,
    rule: str,
    is_right: bool,
    rules: frozenset[Rule],
    sent: str = "",
    **how: Any,
) -> Reply:
    content = (json.dumps(value, ensure_ascii=False, **how) if "json" in media_type else str(value)).encode()
    return Reply(status, code, media_type, value, rule, is_right, rules, sent or _plain(media_type), content)


def _plain(media_type: str) -> str:
    """A media type that a key of the content speaks for."""
    return media_type.replace("*/*", "application/*").replace("/*", "/x-any")


def _values(
    operation: Called, status: str, media_type: str, schema: Any, count: int
) -> Iterator[tuple[str, Any, bool]]:
    """Values of a media type with the rule that each is about, and whether it is as documented."""
    if "json" not in media_type:
        yield from (("#", value, True) for value in answers(operation, status, media_type, count))
        return
    whole = shape(operation.contract, schema)
    yield whole.at, full(whole), True
    yield whole.at, least(whole), True
    yield from _coded(operation, whole)
    yield from ((whole.at, value, True) for value in answers(operation, status, media_type, count))
    first = next((each for each in documented(operation) if _says(operation, each, schema)), status)
    if first == status:
        seen = set[str]()
        for leaf in whole.leaves:
            for rule, variant, is_right in varied(whole, full(leaf)):
                text = json.dumps(variant)
                if text not in seen and (is_right or not whole.fits(variant)):
                    seen.add(text)
                    yield rule, variant, is_right


def _says(operation: Called, status: str, schema: Any) -> bool:
    """Whether a status documents the same schema."""
    media = entries(documented(operation)[status], "content").values()
    return any(each.get("schema", True) == schema for each in media)


def _coded(operation: Called, whole: Shape) -> Iterator[tuple[str, Any, bool]]:
    """Failures with each of the codes that mean the credentials."""
    for each in whole.leaves:
        for said in each.all("x-error"):
            *above, last = said.get("code", "/").split("/")[1:]
            for code in said.get("authentication", ()):
                value = full(each)
                holder = value
                for key in above:
                    holder = holder[key]
                holder[last] = code
                yield each.at, value, each.fits(value)


def full(whole: Shape, depth: int = _DEEPEST) -> Any:
    """A valid value with all documented properties."""
    return _made(whole, depth, is_full=True)


def least(whole: Shape) -> Any:
    """A valid value with no more than it needs."""
    return _made(whole, _DEEPEST, is_full=False)


def _made(whole: Shape, depth: int, *, is_full: bool) -> Any:
    value = _sample(whole, depth, is_full=is_full)
    if whole.allows(value):
        return value
    made = [value for _, value in values(whole.contract, whole.schema, [], 10, "answer")]
    return (max if is_full else min)(made, key=lambda each: len(json.dumps(each)))


def _sample(whole: Shape, depth: int, *, is_full: bool) -> Any:
    """A value by the keywords that matter most."""
    known = [*whole.all("const"), *(value for each in whole.all("enum") for value in each)]
    if known:
        return known[0]
    if whole.options:
        return _made(whole.options[0], depth, is_full=is_full)
    if whole.properties or whole.types & {"object"} or whole.all("additionalProperties"):
        return _object(whole, depth, is_full=is_full)
    if whole.types & {"array"} or whole.all("items"):
        size = max([*whole.all("minItems"), 1 if is_full and depth else 0])
        return [_made(whole.items, depth - 1, is_full=is_full) for _ in range(size)]
    name = next((each for each in _LEAVES if each in whole.types), "string")
    text = _TEXTS.get(whole.format or "", "text")
    limits = [*whole.all("minimum"), *(each + 1 for each in whole.all("exclusiveMinimum")), 1]
    return {**_LEAVES, "string": text, "integer": max(limits)}[name]


def _object(whole: Shape, depth: int, *, is_full: bool) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for name in whole.properties:
        child = whole.property(name)
        if name in whole.required or (is_full and depth > 0 and True not in child.all("writeOnly")):
            value[name] = _made(child, depth - 1, is_full=is_full and depth > 0)
    if is_full and depth > 0 and is_object(whole.rest) and not whole.properties:
        value["a-key of its own"] = _made(whole.property(""), depth - 1, is_full=is_full)
    return value


def varied(whole: Shape, value: Any, depth: int = _DEEPEST) -> Iterator[tuple[str, Any, bool]]:
    """The value with one place changed: the rule that this is about, the value, and whether it is documented."""
    (own, *_) = branches(whole, value)
    yield from _others(own)
    for probe in PROBES:
        yield f"{own.at}/type", probe, False
    for option in whole.options:
        yield from ((whole.at, made(option), True) for made in (full, least))
    if is_object(value) and depth:
        yield from _members(own, value, depth)
    if is_array(value) and depth and value:
        for rule, item, right in varied(own.items, value[0], depth - 1):
            yield rule, [*value[1:], item], right
        if not own.all("maxItems"):
            yield own.at, [*value, *value], True


def _others(own: Shape) -> Iterator[tuple[str, Any, bool]]:
    """Other values for a place by its type, and by its enumeration one that is not known."""
    listed = [each for values in own.all("enum") for each in values]
    kinds = own.types or {"string", "integer", "boolean", "null", "array"}
    form = {own.format} if own.format in (*TIMES, "date") else {"string"}
    more = [
        each
        for kind in sorted(kinds - {"string"} | (form if "string" in kinds else set()))
        for each in _MORE.get(kind, ())
    ]
    for each in [*listed, *more]:
        if own.allows(each):
            yield own.at, each, True
    if listed and "string" in kinds and any(isinstance(each, str) for each in listed):
        yield f"{own.at}/enum", "a value of tomorrow", True


def _members(own: Shape, value: dict[str, Any], depth: int) -> Iterator[tuple[str, Any, bool]]:
    known = own.properties
    for name, rule in own.required.items():
        yield rule, {key: item for key, item in value.items() if key != name}, False
    for name, item in value.items():
        inner = own.property(name)
        if name in known and name not in own.required:
            yield inner.at, {key: each for key, each in value.items() if key != name}, True
        yield from (
            (rule, {**value, name: each}, right) for rule, each, right in varied(inner, item, depth - 1)
        )
    if False not in own.all("additionalProperties") and not is_object(own.rest):
        yield own.at, {**value, "of-tomorrow": {"a": [1, None]}, "x y": "z"}, True
