"""Family 1: what a valid call puts on the wire is what the contract says, by all the ways to make it."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache, partial
from io import BytesIO
from typing import Any

import httpx
from attrs import evolve

from ..kinds import is_array, is_object
from .arguments import Builder, Unfit, names_of, unset
from .called import EXAMPLES, PRESENCE, VARIED, Called, Case
from .calls import Driver, Outcome, Target, Unsaid
from .cases import fullest_first, requests
from .checks import defaulted, differences
from .findings import Check, Finding, family, parted
from .programs import TIMEOUT, Code, outline, program
from .replies import Reply, replies
from .rules import Rule, by_request
from .times import is_moment
from .variants import as_read
from .wire import same, written

NAME = "requests"
_USUAL = Builder(names_absent=False)
_LIMIT, _HEADER = 7.5, "X-Harness"
"""What single calls are given beside their parameters."""
_FILE, _FILE_NAME = bytes(range(256)) * 100, "harness file.bin"
_OPENED = "io.BytesIO(bytes(range(256)) * 100)"


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Every case by `sync`, `sync_detailed`, `asyncio`, `asyncio_detailed` and the methods of both clients."""
    cases, first = _cases(target.operation, count), requests(target.operation, count)[0]
    cases = sorted(cases, key=lambda each: -target.nearness(each[0].about))
    for use_asyncio in (False, True):
        with target.driven(use_asyncio=use_asyncio) as driver:
            yield Check(finding=_Called(driver).by_place(first))
            yield Check(finding=_Called(driver).told_apart(first))
            yield from (Check(rules, _Called(driver).finding(case)) for case, rules in cases[:1])
            yield from (Check(finding=_Called(driver).read(case)) for case in _with_bodies(cases))
    for use_asyncio in (False, True):
        with target.driven(use_asyncio=use_asyncio) as driver:
            called, known = _Called(driver), set[str]()
            for case, rules in cases:
                yield Check(rules, called.finding(case))
                names = _outlined(case.body) if case.phase == VARIED else ""
                if case.phase == PRESENCE or names not in {*known, ""}:
                    known.add(names)  # what is not named is not sent either, but for its default
                    yield Check(rules, called.finding(case, _USUAL))
            yield Check(finding=called.unused())
        with target.driven(use_asyncio=use_asyncio, validate=False) as driver:
            for case in _with_bodies(cases):
                yield Check(finding=_Called(driver).uploaded(case))
                yield from (
                    Check(finding=_Called(driver).echoed(case, each)) for each in _echoes(target, count)
                )
        yield from _alternatives(target, first, use_asyncio)


@cache
def _cases(operation: Called, count: int) -> list[tuple[Case, frozenset[Rule]]]:
    """The cases with the rules that they exercise; those first that have most in them, for they find most."""
    return [(case, by_request(operation, case)) for case in fullest_first(requests(operation, count))]


def _with_bodies(cases: list[tuple[Case, frozenset[Rule]]]) -> list[Case]:
    """The case of each media type that has the fullest body, of no random text."""
    bodies = [case for case, _ in cases if case.media_type and case.phase in (PRESENCE, VARIED)]
    bodies.sort(key=lambda case: len(json.dumps(case.body)))
    return [*{case.media_type: case for case in bodies}.values()]


class _Called:
    """The calls of one client, and the arguments that they have used."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.target = driver, driver.target
        self.used: dict[str, set[str]] = {}
        self.has_found = False

    def finding(self, case: Case, builder: Builder = Builder()) -> Finding | None:  # noqa: B008 -- it is frozen
        """What is wrong with a case; with a builder that names nothing absent, its defaults are to be sent."""
        found = self._finding(case, builder)
        self.has_found = self.has_found or found is not None
        return found

    def _finding(self, case: Case, builder: Builder) -> Finding | None:
        first, *others = self.driver.functions
        wanted = case
        if not builder.names_absent and case.media_type is not None:
            schema = self.target.operation.content[case.media_type].get("schema", True)
            wanted = replace(case, body=defaulted(self.target.operation.contract, schema, case.body))
        try:
            arguments = self.target.arguments(case, builder)
        except Unfit as error:
            return _unfit(self.target, f"a way to send {_shown(case)}", error)
        self.used[first] = self.used.get(first, set()) | _named(arguments)
        done = self.driver.call(first, arguments)
        if found := judged(self.target, wanted, done, partial(program, self.target, first, arguments)):
            return found
        for function in (
            others if case.phase in (EXAMPLES, PRESENCE) else ()
        ):  # values make no difference to these
            if other := self._other(function, case, builder, arguments, done):
                return other
        return None

    def _other(
        self, function: str, case: Case, builder: Builder, arguments: Mapping[str, Any], done: Outcome
    ) -> Finding | None:
        """What another way to make the same call sends otherwise."""
        try:
            if function == "method":
                arguments = self.target.keywords(case, self.driver.method, builder)
        except Unsaid:
            return None
        except Unfit as error:
            return _unfit(self.target, f"a way to send {_shown(case)}", error)
        self.used[function] = self.used.get(function, set()) | _named(arguments)
        other = self.driver.call(function, arguments)
        if len(other.sent) == 1 and written(other.sent[0]) == written(done.sent[0]):
            return None
        wanted = f"the {function} sends what {self.driver.functions[0]} sends: {written(done.sent[0])}"
        found = str([written(request) for request in other.sent]) if other.sent else repr(other.error)
        shown = program(self.target, self.driver.named(function), arguments)
        return Finding(self.target, NAME, self.target.at, wanted, found, shown)

    def read(self, case: Case) -> Finding | None:
        """What only answers have is not sent, though a model that was read has it."""
        operation = self.target.operation
        schema = operation.content[str(case.media_type)].get("schema", True)
        body = as_read(operation.contract, schema, case.body)
        if body == case.body:
            return None
        arguments, first = self.target.arguments(replace(case, body=body)), self.driver.functions[0]
        done = self.driver.call(first, arguments)
        return judged(self.target, case, done, partial(program, self.target, first, arguments))

    def uploaded(self, case: Case) -> Finding | None:
        """Files that are open are sent as those that are bytes: to their end, and in a form under their names."""
        arguments, first = self.target.arguments(case), self.driver.functions[0]
        if (given := _with_files(arguments, lambda: Code(_OPENED))) == arguments:
            return None
        ways = [_with_files(arguments, payload) for payload in (lambda: _FILE, lambda: BytesIO(_FILE))]
        requests = [request for way in ways for request in self.driver.call(first, way).sent]
        name = f'filename="{_FILE_NAME}"'.encode() if str(case.media_type).startswith("multipart/") else b""
        has_all = all(_FILE in each.content and name in each.content for each in requests)
        if has_all and len({written(each) for each in requests}) == 1 and len(requests) == len(ways):
            return None
        wanted = f"{len(_FILE)} bytes of a file {name.decode()}, alike whether it is open or read"
        found = (
            parted(*(f"{written(each)}" for each in requests))
            if len(requests) == len(ways)
            else len(requests)
        )
        shown = program(self.target, first, given, validate=False)
        return Finding(self.target, NAME, self._content(case), wanted, f"{found}", shown)

    def echoed(self, case: Case, reply: Reply) -> Finding | None:
        """What came in an answer goes out again as it came, the times in it to the letter."""
        arguments, first = self.target.arguments(case), self.driver.functions[0]
        read = getattr(self.driver.call(first, arguments, reply.response()).value, "parsed", None)
        if not hasattr(read, "__attrs_attrs__") or read.__class__ is not arguments["body"].__class__:
            return None
        done = self.driver.call(first, {**arguments, "body": read})
        sent = [json.loads(each.content) for each in done.sent if "json" in str(case.media_type)]
        came = {*_times(reply.value)}
        loose = [each for each in came if " " in each and each[:4].isdecimal()]
        lost = [
            each
            for each in _times(sent)
            if each not in came - {*loose} and not any(same(each, other) for other in loose)
        ]
        if len(done.sent) == 1 and not lost:
            return None
        shown = program(self.target, first, {**arguments, "body": read}, validate=False)
        found = f"{lost}" if done.sent else repr(done.error)
        return Finding(self.target, NAME, reply.rule, f"the times {sorted(came)} as they came", found, shown)

    def _content(self, case: Case) -> str:
        """The pointer of the media type of a body."""
        return self.target.pointer(self.target.operation.content[str(case.media_type)])

    def unused(self) -> Finding | None:
        """An argument that no valid call needs: the contract does not know it; not told where calls were wrong."""
        for function in () if self.has_found else self.driver.functions:
            if function not in self.used:
                return _unfit(self.target, f"a {function} for some valid call", "none")
            own = {"timeout", "headers"} if function == "method" else {"client"}
            more = self.driver.signature(function).parameters.keys() - self.used[function] - own
            if more - {"content_type"}:
                wanted = f"no argument of {function} beyond the contract"
                return _unfit(self.target, wanted, ", ".join(sorted(more)))
        return None

    def by_place(self, case: Case) -> Finding | None:
        """The parameters of the path may be given by their place, in the order of the path."""
        arguments, first = self.target.arguments(case), self.driver.functions[0]
        path = self.target.operation.path
        keys = sorted(
            (key for key in case.parameters if key[0] == "path"), key=lambda key: path.index(f"{{{key[1]}}}")
        )
        placed = [arguments.pop(self.target.parameters[key][0]) for key in keys]
        done = self.driver.call(first, arguments, places=placed)
        return judged(self.target, case, done, partial(program, self.target, first, arguments, places=placed))

    def told_apart(self, case: Case) -> Finding | None:
        """A method takes a time limit and headers for one call."""
        keywords = self.target.keywords(case, self.driver.method)
        keywords |= {"timeout": _LIMIT, "headers": {_HEADER: "1"}}
        done = self.driver.call("method", keywords)
        sent = done.sent[0] if done.sent else None
        found = (sent.headers.get(_HEADER), sent.extensions.get("timeout")) if sent else done.error
        wanted = "1", httpx.Timeout(_LIMIT).as_dict()
        if found == wanted:
            return self._forgotten(case)
        shown = program(self.target, self.driver.named("method"), keywords, shows=TIMEOUT)
        return Finding(
            self.target, NAME, self.target.at, f"{_HEADER} and the timeout {wanted}", repr(found), shown
        )

    def _forgotten(self, case: Case) -> Finding | None:
        """What a call still has of the time limit and the headers that the call before it was given."""
        keywords = self.target.keywords(case, self.driver.method)
        sent = self.driver.call("method", keywords).sent
        limits: list[Any] = [each.extensions.get("timeout") for each in sent]
        found = [each.headers.get(_HEADER) for each in sent], limits
        if found[0] == [None] and limits[0] and {None, _LIMIT}.isdisjoint(limits[0].values()):
            return None
        told = f"no {_HEADER}, and the client's time limits, in the call after one with its own"
        name, own = self.driver.named("method"), {**keywords, "timeout": _LIMIT, "headers": {_HEADER: "1"}}
        shown = program(self.target, name, keywords, shows=TIMEOUT, before=own)
        return Finding(self.target, NAME, self.target.at, told, repr(found), shown)


@cache
def _echoes(target: Target, count: int) -> list[Reply]:
    """Answers of success, each with other times in it."""
    known = [each for each in replies(target.operation, count) if each.fits and each.code < 300]
    return list({str(times): each for each in reversed(known) if (times := [*_times(each.value)])}.values())


def _times(value: Any) -> Iterator[str]:
    """The texts in a JSON value that are times."""
    if isinstance(value, str) and is_moment(value):
        yield value
    for item in value.values() if is_object(value) else value if is_array(value) else ():
        yield from _times(item)


def _unfit(target: Target, wanted: str, found: Unfit | str) -> Finding:
    """The finding that what the client takes is not what the contract has."""
    at = found.at if isinstance(found, Unfit) else ""
    return Finding(target, NAME, at or target.at, wanted, str(found), outline(target))


def _outlined(value: Any) -> str:
    """Which properties a value has, however deep they lie; nothing where it has none."""
    if is_array(value):
        return "".join(map(_outlined, value))
    return str({name: _outlined(value[name]) for name in sorted(value)}) if is_object(value) else ""


def _with_files(value: Any, payload: Callable[[], Any]) -> Any:
    """A built value in which each file holds what is made for it, and has a name."""
    if isinstance(value, bytes) or hasattr(value, "payload"):
        file: Any = importlib.import_module("phone_number_apis._runtime.types").File
        return file(payload(), _FILE_NAME, getattr(value, "mime_type", None))
    if hasattr(value, "__attrs_attrs__"):
        names = names_of(value.__class__).values()
        return evolve(value, **{name: _with_files(getattr(value, name), payload) for name in names})
    if is_array(value):
        return [_with_files(item, payload) for item in value]
    return {name: _with_files(item, payload) for name, item in value.items()} if is_object(value) else value


def judged(target: Target, case: Case, done: Outcome, shown: Callable[[], str], **how: Any) -> Finding | None:
    """What is wrong with the one request that a valid call should have sent, as a program shows it."""
    if len(done.sent) != 1:
        wanted, found = f"one request for {_shown(case)}", f"{len(done.sent)} requests; {done.error!r}"
        return Finding(target, NAME, _refused(target, case, done.error), wanted, found, shown())
    try:
        difference = next(differences(target, case, done.sent[0], **how), None)
    except (AssertionError, ValueError, KeyError) as error:
        found = f"{error}: {written(done.sent[0])}"
        return Finding(target, NAME, target.at, "a request that can be read", found, shown())
    return Finding(target, NAME, *difference, shown()) if difference else None


def _refused(target: Target, case: Case, error: Any) -> str:
    """The pointer of what a valid call was refused for, by its error; that of the operation, where it is open."""
    where, operation = str(getattr(error, "where", "")), target.operation
    named = {f"{node['in']} parameter {node['name']}": node for node in operation.parameters}
    if isinstance(error, TypeError):  # of Python, as the signature has another name
        where = str(error)
        named = {f"'{name}'": operation.node_of(key) for key, (name, _) in target.parameters.items()}
    elif case.media_type is not None:
        named["body"] = operation.content[case.media_type]
    found = max((name for name in named if name in where), key=len, default="")
    return target.pointer(named[found]) if found else target.at


def _named(arguments: Mapping[str, Any]) -> set[str]:
    """The arguments that are given a value."""
    return {name for name, value in arguments.items() if value is not unset()}


def _alternatives(target: Target, case: Case, use_asyncio: bool) -> Iterator[Check]:
    """The case with the credentials of each security requirement alone, and to each server."""
    operation = target.operation
    ways: list[tuple[dict[str, Any], dict[str, Any]]] = []
    for schemes in operation.requirements:
        ways.append(({"secrets": target.secrets(schemes)}, {"schemes": schemes}))
    for server in operation.servers:
        ways.append(({"base_url": server, "allow_http": True}, {"server": server}))
    for options, how in ways:
        with target.driven(use_asyncio=use_asyncio, **options) as driver:
            arguments, function = target.arguments(case), driver.functions[0]
            done = driver.call(function, arguments)
            shown = partial(program, target, function, arguments, **options)
            yield Check(finding=judged(target, case, done, shown, **how))


def _shown(case: Case) -> str:
    given = {f"{place} {name}": value for (place, name), value in case.parameters.items()}
    return (
        f"{given}"
        if case.media_type is None
        else f"{given} with the {case.media_type} body {case.body!r:.500}"
    )
