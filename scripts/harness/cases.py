"""Cases: values that schemathesis makes from the schemas of a contract, in its phases examples, coverage and fuzzing.

Schemathesis serializes parameters before it hands them out, which loses types. So each request is put to it as the
JSON body of an operation of its own, `{"parameters": {"query limit": 3}, "body": …}`, and each answer likewise: what
comes back are plain JSON values.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any, TypeVar

from ..objects import entries
from .called import PRESENCE, Called, Case
from .generation import values
from .sendable import is_sendable
from .variants import by_presence, in_other_values
from .ways import ways
from .wholes import request, request_examples

_T = TypeVar("_T")


@cache
def requests(operation: Called, count: int) -> tuple[Case, ...]:
    """Valid requests: all examples, all boundaries, and `count` random ones, for each media type of the body."""
    return tuple(_requests(operation, count))


def plainest(cases: Sequence[Case]) -> Case:
    """The case that is the easiest to read, with a body where there are such; for what does not depend on it."""
    return min(cases, key=lambda each: (each.media_type is None, len(repr(each))))


def fullest_first(cases: Iterable[Case]) -> tuple[Case, ...]:
    """The cases, those first that differ in what is given, and of these those that have most: they find most."""
    return tuple(sorted(cases, key=lambda case: (case.phase != PRESENCE, -len(case.parameters))))


def by_turns(items: Iterable[_T], kind: Callable[[_T], Hashable]) -> list[_T]:
    """The items, the first of each kind before the second of any."""
    seen, turns = Counter[Hashable](), list[tuple[int, _T]]()
    for each in items:
        turns.append((seen[kind(each)], each))
        seen[kind(each)] += 1
    return [each for _, each in sorted(turns, key=lambda turn: turn[0])]


def in_turn(*streams: Iterable[_T]) -> Iterator[_T]:
    """One of each stream after the other, for as long as there are any."""
    waiting = deque(map(iter, streams))
    while waiting:
        stream = waiting.popleft()
        for each in islice(stream, 1):
            yield each
            waiting.append(stream)


def _requests(operation: Called, count: int) -> Iterator[Case]:
    made = [case for case in _generated(operation, count) if _is_sendable(operation, case)]
    yield from made
    present = list(by_presence(operation, made))
    yield from present
    whole = [
        case
        for case in present
        if not any(case.parameters.keys() < other.parameters.keys() for other in present)
    ]
    yield from (case for case in in_other_values(operation, whole) if _is_sendable(operation, case))


def _is_sendable(operation: Called, case: Case) -> bool:
    return all(is_sendable(operation.node_of(key), value) for key, value in case.parameters.items())


def _generated(operation: Called, count: int) -> Iterator[Case]:
    media_types: list[str | None] = [*operation.content] or [None]
    for media_type in media_types:
        for way in ways(operation):
            schema = request(operation, media_type, way)
            examples = list(request_examples(operation, media_type, way))
            for phase, value in values(operation.contract, schema, examples, count, "request"):
                parameters = {_place(key): item for key, item in value.get("parameters", {}).items()}
                if operation.fulfils(parameters):
                    has_body = media_type is not None and "body" in value
                    yield Case(phase, parameters, media_type if has_body else None, value.get("body"))


@cache
def answers(operation: Called, status: str, media_type: str, count: int) -> tuple[Any, ...]:
    """Valid answers of a media type of a response."""
    media = operation.contract.resolve(operation.node["responses"][status])["content"][media_type]
    examples = [media["example"]] if "example" in media else []
    resolve = operation.contract.resolve
    examples += [
        resolve(example)["value"]
        for example in entries(media, "examples").values()
        if "value" in resolve(example)
    ]
    schema = operation.carried(media_type, media)
    return tuple(value for _, value in values(operation.contract, schema, examples, count, "answer"))


def _place(key: str) -> tuple[str, str]:
    place, _, name = key.partition(" ")
    return place, name
