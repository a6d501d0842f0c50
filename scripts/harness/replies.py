"""Answers to put to a client: what the contract documents, in all its shapes, and what breaks it in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any

import httpx

from ..objects import entries
from .called import Called
from .cases import answers, by_turns
from .rules import Rule, by_answer
from .samples import ANSWERS, TOLD
from .shapes import Shape, shape


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
    rest = (reply for each in found for reply in each[2:])
    return (*first, *by_turns(rest, lambda reply: (reply.rule, reply.fits)))


def documented(operation: Called) -> dict[str, Any]:
    """The Response Objects of the contract, by status."""
    responses = entries(operation.node, "responses").items()
    return {status: operation.contract.resolve(node) for status, node in responses if status[:2] != "x-"}


def codes(operation: Called, status: str) -> list[int]:
    """Statuses that one key of the responses speaks for."""
    known = documented(operation).keys()
    if status.isdecimal():
        return [int(status)]
    firsts = (400, 500, 300, 200) if status == "default" else (int(status[0]) * 100,)
    found: list[int] = []
    for first in firsts:
        codes = range(first, first + 100) if f"{first // 100}XX" not in known - {status} else ()
        free = [code for code in codes if str(code) not in known and code not in (401, 429)]
        found += [*free[:1], *free[-1:], *(code for code in free if str(code - 1) in known)]
    return list(dict.fromkeys(found))


def _of_status(operation: Called, status: str, count: int) -> Iterator[Reply]:
    response = documented(operation)[status]
    at = operation.contract.pointers[id(response)]
    hundreds = set[int]()
    for code in codes(operation, status):
        is_first = code // 100 not in hundreds
        hundreds.add(code // 100)
        if not entries(response, "content"):
            rules = by_answer(operation, status, "", None)
            yield Reply(status, code, "", None, at, rules=rules)
            yield Reply(status, code, "", None, at, True, rules, "text/plain", b"whatever")
        for media_type, media in entries(response, "content").items():
            schema, is_json = operation.carried(media_type, media), "json" in media_type
            texts = operation.contract.pointers[id(media)]
            found = _values(operation, status, media_type, schema, count)
            for rule, value, is_right in islice(
                found, None if is_first else 5
            ):  # codes of a range are read alike
                rules = by_answer(operation, status, media_type, value)
                yield _reply(status, code, media_type, value, texts if rule == "#" else rule, is_right, rules)
            for charset in ("utf-8", "iso-8859-1") if media_type.startswith("text/") else ():
                content_type = f"{sent_as(media_type)}; charset={charset}"
                yield Reply(
                    status, code, media_type, "é", texts, True, frozenset(), content_type, "é".encode(charset)
                )
            if is_json:
                yield from _as_json(operation, status, code, media_type, schema, texts)
                content_type = f"{sent_as(media_type).upper()} ; Charset=UTF-8"
                value = ANSWERS.full(shape(operation.contract, schema))
                rules = by_answer(operation, status, media_type, value)
                yield _reply(status, code, media_type, value, texts, True, rules, content_type, indent=1)


def _as_json(
    operation: Called, status: str, code: int, media_type: str, schema: Any, at: str
) -> Iterator[Reply]:
    """The same JSON under another name for JSON, or none, and numbers that JSON lacks, or Python has no float for."""
    value = ANSWERS.full(shape(operation.contract, schema))
    known = entries(documented(operation)[status], "content")
    right = _reply(status, code, media_type, value, at, True, frozenset(), _OTHER_JSON)
    if sum("json" in each for each in known) == 1 and not any("*" in each for each in known):
        yield right
    if media_type == next(iter(known)):
        yield replace(right, content_type="")
    for number in _NO_NUMBERS if _NUMBER in right.content else ():
        content = right.content.replace(_NUMBER, number, 1)
        yield replace(right, content_type=sent_as(media_type), content=content, fits=False)


_OTHER_JSON = "application/x-harness+json"
_NUMBER, _NO_NUMBERS = b": 1.5", (b": 1e400", b": -1e400", b": NaN", b": Infinity", b": 01.5")


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
    return Reply(status, code, media_type, value, rule, is_right, rules, sent or sent_as(media_type), content)


def sent_as(media_type: str) -> str:
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
    yield whole.at, ANSWERS.full(whole), True
    yield whole.at, ANSWERS.least(whole), True
    yield from _coded(operation, whole)
    yield from ((whole.at, value, True) for value in answers(operation, status, media_type, count))
    first = next((each for each in documented(operation) if _says(operation, each, schema)), status)
    if first == status:
        seen = set[str]()
        for leaf in whole.leaves:
            for rule, variant, is_right in ANSWERS.varied(whole, ANSWERS.full(leaf)):
                text = json.dumps(variant)
                if text not in seen and (is_right or rule.endswith(TOLD) or not whole.fits(variant)):
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
                value = ANSWERS.full(each)
                holder = value
                for key in above:
                    holder = holder[key]
                holder[last] = code
                yield each.at, value, each.fits(value)
