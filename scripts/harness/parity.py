"""Family 5: all ways to make a call do the same, and calls at the same time mix nothing up."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, TypeVar
from unittest import mock

import httpx

from .arguments import Builder, Unfit
from .called import VARIED, Case
from .calls import Driver, Outcome, Target, Unsaid
from .cases import fullest_first, plainest, requests
from .faults import awake, faults
from .findings import Check, Finding, family, parted
from .negatives import negatives
from .outcomes import finding, is_certain, plain_secrets, shown
from .programs import ANSWERING, Code, called, line, made, script, source
from .reader import Difference
from .replies import Reply, replies
from .rules import Rule, by_request
from .wire import written

T = TypeVar("T")

NAME = "parity"
_THREADS, _TASKS, _CALLS = 8, 50, 64
_MANY, _FEW = 40, 12
"""Requests and answers that `asyncio`, and that all ways are put to: the other families try all of them, by one way."""
_ECHO = "x-echo"
_SLEEP, _YIELD = time.sleep, asyncio.sleep
_OTHERS = 3
"""Calls that a program makes beside one that was mixed up."""
_RETRIES = 50
"""More than any call needs: others may take its second attempts."""
_LOOSE = Builder(is_loose=True)


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Functions and methods of both kinds with the same requests, answers and faults; then many calls at once."""
    made = fullest_first(requests(target.operation, count))
    drawn = spread(made), spread(tuple(case for case in made if case.phase != VARIED))
    cases, unlike = ([case for case in each if _can_be_made(target, case)] for each in drawn)
    if not cases:
        return  # of which the other families tell
    simple = plainest(cases)
    known = spread(replies(target.operation, count))
    with target.driven(use_asyncio=False) as plain, target.driven(use_asyncio=True) as tasks:
        ways = _Ways(target, plain, tasks)
        answers = [known[number % len(known)] for number in range(len(cases))]
        for number, (case, reply) in enumerate(zip(cases, answers, strict=True)):
            rules = by_request(target.operation, case) | reply.rules
            yield Check(rules, ways.differing(case, reply.response, reply.response(), is_many=number < _FEW))
        for number, reply in enumerate(known):
            yield Check(
                reply.rules, ways.differing(simple, reply.response, reply.response(), is_many=number < _FEW)
            )
        for each in spread(tuple({each.rule: each for each in negatives(target.operation, count)}.values())):
            if _can_be_made(target, each.case, _LOOSE):
                found = ways.differing(each.case, known[0].response, None, rule=each.rule, builder=_LOOSE)
                yield Check(frozenset({Rule("request", each.rule)}), found)
    with (
        target.driven(use_asyncio=False, max_retries=2) as plain,
        target.driven(use_asyncio=True, max_retries=2) as tasks,
        awake(),
    ):
        ways = _Ways(target, plain, tasks)
        for fault in faults(target.operation):
            yield Check(
                finding=ways.differing(simple, fault.answer, fault.plain(), rule=fault.rule, max_retries=2)
            )
    final = [each for each in known if each.code < 400 or not is_certain(target.operation, each.code)]
    yield from _at_once(target, unlike or cases, [reply for reply in final if reply.fits])


def _can_be_made(target: Target, case: Case, builder: Builder = Builder()) -> bool:  # noqa: B008 -- it is frozen
    """Whether a client has a way to make a call."""
    try:
        target.arguments(case, builder)
    except Unfit:
        return False
    return True


def spread(items: tuple[T, ...]) -> tuple[T, ...]:
    """The first of the items, and others from everywhere among them."""
    rest = items[_FEW:]
    return items[:_FEW] + rest[:: len(rest) // (_MANY - _FEW) + 1]


@dataclass(frozen=True)
class _Ways:
    """The ways to make a call, by a client of each kind."""

    target: Target
    plain: Driver
    tasks: Driver

    def differing(
        self,
        case: Case,
        answer: Callable[[httpx.Request], httpx.Response],
        told: httpx.Response | Exception | None,
        *,
        rule: str = "",
        builder: Builder = Builder(),  # noqa: B008 -- it is frozen
        is_many: bool = False,
        **options: Any,
    ) -> Finding | None:
        """How `asyncio`, and where there are many ways the methods and the detailed functions, differ from `sync`."""
        arguments = self.target.arguments(case, builder)
        first = self.plain.call("sync", arguments, answer)
        for driver, function in self._others(is_many=is_many):
            try:
                given = (
                    self.target.keywords(case, driver.method, builder) if function == "method" else arguments
                )
            except Unsaid:
                continue
            done = driver.call(function, given, answer)
            if different := next(_differences(first, done, is_whole=function.endswith("detailed")), None):
                name = driver.named(function)
                found = Difference(rule or self.target.at, f"what sync does: {different[0]}", different[1])
                return finding(self.target, NAME, found, name, given, told, **options)
        return None

    def _others(self, *, is_many: bool) -> list[tuple[Driver, str]]:
        more = [
            (self.plain, "sync_detailed"),
            (self.tasks, "asyncio_detailed"),
            (self.plain, "method"),
            (self.tasks, "method"),
        ]
        return [(self.tasks, "asyncio"), *(more if is_many else [])]


def _differences(one: Outcome, other: Outcome, *, is_whole: bool) -> Iterator[tuple[str, str]]:
    """How two calls differ that should have done the same; `is_whole` of the other that gives any answer whole."""
    wires = [[written(request) for request in each.sent] for each in (one, other)]
    if wires[0] != wires[1]:
        yield parted(repr(wires[0] or shown(one)), repr(wires[1] or shown(other)))
    elif is_whole and other.error is None:
        parsed = one.value if one.error is None else getattr(one.error, "parsed", None)
        if other.value.parsed != parsed or type(other.value.parsed) is not type(parsed):
            yield parted(repr(parsed), repr(other.value.parsed))
    elif (said := _said(one)) != (heard := _said(other)):
        yield parted(repr(said), repr(heard))


def _said(done: Outcome) -> tuple[Any, ...]:
    """What a call gave or raised, to be compared."""
    error: Any = done.error
    if error is None:
        return done.value.__class__, done.value
    kept = [
        getattr(error, name, None)
        for name in ("status", "content", "code", "message", "details", "parsed", "value")
    ]
    return error.__class__, str(error).split(" object at 0x")[0], repr(kept).split(" object at 0x")[0]


def _at_once(target: Target, cases: Sequence[Case], answers: list[Reply]) -> Iterator[Check]:
    """One client, from many threads and from many tasks: each call sends its own request and gets its own answer."""
    given = [target.arguments(case) for case in cases]
    echo = _Echo(answers)
    with target.driven(use_asyncio=False) as driver:
        alone = [driver.call("sync_detailed", each, echo.answer) for each in given]
    wanted = [_heard(done.value) if done.error is None else shown(done) for done in alone]
    turns = [number % len(given) for number in range(_CALLS)]
    random.Random(0).shuffle(turns)  # the same in every run
    for ways, at_once in ((f"{_THREADS} threads", _by_threads), (f"{_TASKS} tasks", _by_tasks)):
        with (
            mock.patch("time.sleep", _soon),
            mock.patch("asyncio.sleep", _later),
        ):
            found = at_once(target, echo, given, turns)
        for turn, heard in zip(turns, found, strict=True):
            different = None
            if heard != wanted[turn]:
                one, other = parted(repr(wanted[turn]), repr(heard))
                told = f"its own answer for a call from one of {ways}: {one}"
                many = [given[turn], *_unlike(given, given[turn])]
                reply = echo.reply(alone[turn].sent[0]) if alone[turn].sent else answers[0]
                text = _crowd(target, many, at_once is _by_tasks, reply.response())
                different = Finding(target, NAME, target.at, told, other, text)
            yield Check(finding=different)


def _unlike(given: Sequence[Mapping[str, Any]], own: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """A few arguments of other calls, which are unlike a call's own in as many as can be."""
    apart = [({name for name, value in each.items() if own.get(name) != value}, each) for each in given]
    left, found = set[str]().union(*(names for names, _ in apart)), list[Mapping[str, Any]]()
    while left and len(found) < _OTHERS:
        names, each = max(apart, key=lambda pair: (len(pair[0] & left), -len(repr(pair[1]))))
        found.append(each)
        left -= names
    return found


def _crowd(
    target: Target, given: Sequence[Mapping[str, Any]], use_asyncio: bool, answer: httpx.Response
) -> str:
    """A program that makes calls one by one, then at once, and prints whether the server saw the same, and what."""
    name = called(target, "asyncio_detailed" if use_asyncio else "sync_detailed")[0]
    headers = source({**answer.headers, _ECHO: Code("seen")}, target.vendor)
    many = _CALLS // len(given)
    lines = _TOGETHER if use_asyncio else _THREADED
    return script(
        target,
        "async def answer(request):" if use_asyncio else "def answer(request):",
        "    await asyncio.sleep(0.001)" if use_asyncio else "    time.sleep(0.001)",
        "    if not random.randrange(4):",
        "        raise httpx.ConnectError('to be tried again')",
        "    seen = ascii([request.method, str(request.url), request.headers.multi_items(), request.read()])",
        f"    return httpx.Response({answer.status_code}, headers={headers}, content={answer.content!r})",
        "",
        made(
            target,
            use_asyncio=use_asyncio,
            secrets=plain_secrets(target),
            max_retries=_RETRIES,
            transport=ANSWERING,
        ),
        line("given = [", [source(each, target.vendor) for each in given], "]"),
        lines.format(call=name, many=many, threads=_THREADS),
    )


_THREADED = """\
def call(arguments):
    return {call}(client=client, **arguments).headers['x-echo']
alone = list(map(call, given))
with ThreadPoolExecutor({threads}) as pool:
    for own, seen in zip(alone * {many}, pool.map(call, given * {many})):
        print(own == seen, own, seen)"""
_TOGETHER = """\
async def call(arguments):
    return (await {call}(client=client, **arguments)).headers['x-echo']
async def calls():
    alone = [await call(each) for each in given]
    for own, seen in zip(alone * {many}, await asyncio.gather(*map(call, given * {many}))):
        print(own == seen, own, seen)
asyncio.run(calls())"""


def _soon(_: float) -> None:
    _SLEEP(0.001)


async def _later(_: float) -> None:
    await _YIELD(0)


class _Echo:
    """Answers each request as no other: by a header that tells what it was, and by one of many bodies.

    Where others have their turn, it takes every other request only at the second attempt.
    """

    def __init__(self, answers: list[Reply]) -> None:
        self.answers, self.seen = answers, Counter[str]()

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Answer at once."""
        response = self.reply(request).response()
        response.headers[_ECHO] = ascii(written(request))
        return response

    def reply(self, request: httpx.Request) -> Reply:
        """What a request is answered by."""
        return self.answers[int(_mark(request), 16) % len(self.answers)]

    def late(self, request: httpx.Request) -> httpx.Response:
        """Answer when others had their turn."""
        _SLEEP(0.001)
        self._refuse(request)
        return self.answer(request)

    async def later(self, request: httpx.Request) -> httpx.Response:
        """Answer when others had their turn."""
        for _ in range(3):
            await _YIELD(0)
        self._refuse(request)
        return self.answer(request)

    def _refuse(self, request: httpx.Request) -> None:
        mark = _mark(request)
        self.seen[mark] += 1
        if self.seen[mark] % 2:
            raise httpx.ConnectError("refused, to be tried again")


def _mark(request: httpx.Request) -> str:
    return sha256(repr(written(request)).encode()).hexdigest()


def _heard(response: Any) -> tuple[Any, ...]:
    return response.status_code, response.headers.get(_ECHO), response.content, response.parsed


def _by_threads(
    target: Target, echo: _Echo, given: Sequence[Mapping[str, Any]], turns: list[int]
) -> list[Any]:
    client = target.client(transport=httpx.MockTransport(echo.late), max_retries=_RETRIES)

    def call(turn: int) -> Any:
        try:
            return _heard(target.module.sync_detailed(client=client, **given[turn]))
        except Exception as error:
            return repr(error)

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(call, turns))
    client.close()
    return found


def _by_tasks(target: Target, echo: _Echo, given: Sequence[Mapping[str, Any]], turns: list[int]) -> list[Any]:
    gate = asyncio.Semaphore(_TASKS)

    async def call(client: Any, turn: int) -> Any:
        async with gate:
            try:
                return _heard(await target.module.asyncio_detailed(client=client, **given[turn]))
            except Exception as error:
                return repr(error)

    async def all_of_them() -> list[Any]:
        client = target.client("AsyncClient", transport=httpx.MockTransport(echo.later), max_retries=_RETRIES)
        found = await asyncio.gather(*(call(client, turn) for turn in turns))
        await client.aclose()
        return found

    return asyncio.run(all_of_them())
