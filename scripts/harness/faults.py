"""Family 4: whatever goes wrong ends in the error that the table of faults names, after as many requests."""

from __future__ import annotations

import gzip
import json
from base64 import b64decode
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cache, cached_property
from itertools import chain
from pathlib import Path
from typing import Any, cast
from unittest import mock

import httpx

from ..document import keys_of, load
from ..kinds import is_object
from ..objects import entries
from .called import Called, Case
from .calls import Outcome, Target
from .cases import plainest, requests
from .checks import differences as of_wire
from .findings import Check, Finding, family
from .outcomes import deciding, finding, is_certain, is_idempotent, key_of, shown, unasked
from .outcomes import faults as faulty
from .programs import PYTHON
from .reader import Difference, unlike
from .replies import codes, documented, sent_as
from .samples import ANSWERS, PROBES
from .shapes import Shape, shape
from .wire import same, written

NAME = "faults"
TABLE: list[dict[str, Any]] = load(Path(__file__).with_name("faults.yaml"))
_LONGEST = 2_000
"""Characters of a message: an answer of a megabyte is not told whole."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 60.0
"""Seconds."""
_PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 8.0)
"""The most seconds of each pause where no answer asks for any, and twice the least."""
_TIMEOUT, _PARTS = 30.0, ("connect", "read", "write", "pool")
"""Seconds, and what they limit each."""
_MEGABYTE = 2**20
ANY_SUCCESS = "any success"
"""A status of the table: any success, as it is documented."""
_UNREAD = "cannot be decoded"
"""What is said of an answer in which there is nothing to expect anything of."""
_SAID = ("code", "message", "details")
"""What an error has of an answer that says it."""
_CODES = {"a code": "not as documented", "an empty code": ""}
HELD: dict[str, Callable[[bytes], bytes]] = {
    "all": lambda text: text,
    "a part": lambda text: text[:-1],
    "UTF-16": lambda text: text.decode().encode("utf-16"),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text,
    "a megabyte": lambda text: b" " * _MEGABYTE + text,
    "nonsense": lambda text: b"x" * _MEGABYTE,
    "no number": lambda text: b"NaN",
    "Latin-1": lambda text: _with_more(text).encode("latin-1"),
    "UTF-8": lambda text: _with_more(text).encode(),
    "gzip": gzip.compress,
    "a part of gzip": lambda text: (whole := gzip.compress(text))[: len(whole) // 2],
}
"""What becomes of the JSON of a documented answer."""


def _with_more(text: bytes) -> str:
    """An object with one more property, or else a text, that is not ASCII."""
    told = text.decode()
    return f'{told[:-1]}{"" if told == "{}" else ", "}"é": 1}}' if told[0] == "{" else '"é"'


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that may end in a reset."""

    def __init__(self, start: bytes, *, is_cut: bool) -> None:
        self.start, self.is_cut = start, is_cut

    def __iter__(self) -> Iterator[bytes]:
        yield self.start
        if self.is_cut:
            raise httpx.ReadError("reset by peer")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


@dataclass(frozen=True)
class Fault:
    """A row of the table as it is for one operation, with one status."""

    operation: Called
    row: Mapping[str, Any]
    code: int = 0

    @cached_property
    def key(self) -> str | None:
        """How the contract documents the status."""
        return key_of(self.operation, self.code) if self.code else None

    @property
    def rule(self) -> str:
        """The pointer of what the contract says of it."""
        contract, node = self.operation.contract, self.operation.node
        return contract.pointers[id(documented(self.operation)[self.key] if self.key else node)]

    @cached_property
    def wanted(self) -> dict[str, Any]:
        """What is to come of it."""
        certain = is_certain(self.operation, self.code) if self.code else is_idempotent(self.operation)
        return {**self.row, **self.row.get("certain" if certain else "uncertain", {})}

    @property
    def sent(self) -> int:
        """How many requests are to be made."""
        if self.row["sent"] != "safe":
            return int(self.row["sent"])
        unprocessed = documented(self.operation).get(self.key or "", {}).get("x-not-processed") is True
        is_open = not self.code or "cut" in self.row or self.code >= 500
        return (
            3 if (unprocessed and "cut" not in self.row) or (is_open and is_idempotent(self.operation)) else 1
        )

    @property
    def _content(self) -> dict[str, Any]:
        return entries(documented(self.operation).get(self.key or "", {}), "content")

    @property
    def media_type(self) -> str | None:
        """The media type of the documented answer, JSON where there are several."""
        return next((kind for kind in self._content if "json" in kind), next(iter(self._content), None))

    @property
    def shape(self) -> Shape | None:
        """The shape of the documented answer in JSON."""
        kind = self.media_type or ""
        return (
            shape(self.operation.contract, self._content[kind].get("schema", True))
            if "json" in kind
            else None
        )

    @cached_property
    def codes(self) -> list[str]:
        """The pointers of the codes of failures; in a documented success, of those that it may hide."""
        hidden = self.key is not None and self.key.startswith("2")
        known = faulty(self.operation, self.key if hidden else None)
        fitting = [each for each in known if not hidden or True in each.all("x-failure")]
        return [said["code"] for each in fitting for said in each.all("x-error") if "code" in said]

    def answer(self, request: httpx.Request) -> httpx.Response:
        """Do what the row says."""
        if "fault" in self.row:
            if "taken" in self.row:
                b"".join(cast("Iterable[bytes]", request.stream))
            raise self.error
        stream = Body(self._body(request), is_cut="cut" in self.row)
        return httpx.Response(self.code, headers=self._headers, stream=stream)

    @property
    def error(self) -> Exception:
        """What the connection comes to."""
        made: Exception = getattr(httpx, self.row["fault"])("as the table says")
        return made

    def plain(self) -> httpx.Response | Exception:
        """The same without a request, for a program."""
        if "fault" in self.row or "cut" in self.row:
            return self.error if "fault" in self.row else httpx.ReadError("reset by peer")
        body = self._body(httpx.Request("POST", self.operation.servers[0]))
        made = httpx.Response(
            self.code, headers={**self._headers, "content-encoding": "identity"}, content=body
        )
        made.headers = httpx.Headers(self._headers)
        if self.row.get("holds") == "the request":
            made.extensions[PYTHON] = 'f"{request.url} {request.headers.multi_items()}"'
        return made

    @property
    def _headers(self) -> dict[str, str]:
        headers = dict(self.row.get("headers", {}))
        if self.row.get("status") == ANY_SUCCESS and self.media_type:
            headers["content-type"] = sent_as(self.media_type)
        word, _, seconds = headers.get("retry-after", "").partition(" ")
        if word == "in":
            later = datetime.now(UTC) + timedelta(seconds=int(seconds.split()[0]))
            headers["retry-after"] = format_datetime(later, usegmt=True)
        return headers

    def _body(self, request: httpx.Request) -> bytes:
        held = self.row.get("holds")
        if held is None:
            return str(self.row.get("body", "")).encode()
        if held == "the request":
            headers = [
                pair for pair in request.headers.multi_items() if pair[0] != "content-type"
            ]  # its boundary varies
            return f"{request.url} {headers}".encode()
        own = self.shape
        if held in _CODES:
            return json.dumps(_holding(self.codes[0], _CODES[held])).encode()
        if held == "another shape":
            return json.dumps(next(probe for probe in PROBES if own and not own.fits(probe))).encode()
        return HELD[held](json.dumps(ANSWERS.full(own)).encode() if own else b"")


@cache
def faults(operation: Called) -> tuple[Fault, ...]:
    """The rows of the table for an operation; those that it has no status for are left out."""
    found = (fault for row in TABLE for fault in _of_row(operation, row))
    return tuple(fault for fault in found if fault.row.get("holds") not in _CODES or fault.codes)


def _of_row(operation: Called, row: Mapping[str, Any]) -> Iterator[Fault]:
    status = row.get("status", 0)
    if isinstance(status, int):
        yield Fault(operation, row, status)
        return
    known = documented(operation).keys()
    if status.startswith("other "):
        first = int(status[6]) * 100
        free = [
            code
            for code in range(first, first + 100)
            if key_of(operation, code) is None and code not in (401, 429)
        ]
        yield from (Fault(operation, row, code) for code in free[-1:])
        return
    for key in known:
        made = Fault(operation, row, codes(operation, key)[0])
        if _is(made, status):
            yield made


def _is(made: Fault, status: str) -> bool:
    """Whether a documented status is of the kind that the table names."""
    operation, is_success = made.operation, str(made.key).startswith("2")
    if status in (ANY_SUCCESS, "failure"):
        return is_success == (status == ANY_SUCCESS)
    has_value = made.shape is not None and _has(made.shape, made.row.get("holds"))
    return is_success and has_value and operation.method != "head"


def _holding(at: str, value: Any) -> Any:
    """The smallest answer that has a value where a JSON pointer leads."""
    for key in reversed(keys_of(at)):
        value = {key: value}
    return value


def _has(own: Shape, held: str | None) -> bool:
    """Whether a shape has what the table wants to hold: one that takes all values has no other, a list no property."""
    if held == "UTF-8":
        return is_object(full := ANSWERS.full(own)) and own.fits({**full, "é": 1})
    return held != "another shape" or not all(map(own.fits, PROBES))


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Every row of the table by `sync` and `asyncio`."""
    case = plainest(requests(target.operation, count))
    arguments = target.arguments(case)
    for use_asyncio in (False, True):
        function = "asyncio" if use_asyncio else "sync"
        with target.driven(use_asyncio=use_asyncio, max_retries=2) as driver, awake(use_asyncio) as waits:
            for fault in faults(target.operation):
                waits.clear()
                done = driver.call(function, arguments, fault.answer)
                known = differences(target, fault, done, waits), resent(target, case, done.sent)
                found = next(chain(*known), None)
                yield Check(
                    finding=found
                    and finding(target, NAME, found, function, arguments, fault.plain(), max_retries=2)
                )
        for limit, seconds in ((0, 1000.0), (1, 1000.0), (len(_PAUSES), 1000.0), (3, 0.01), (1, 5.0)):
            yield Check(finding=_limited(target, function, arguments, limit, seconds))


def _limited(
    target: Target, function: str, arguments: Mapping[str, Any], limit: int, seconds: float
) -> Finding | None:
    """What is wrong with how often a client tries, and how long, that may do so a few times and for some seconds."""

    def refuse(request: httpx.Request) -> httpx.Response:
        raise error

    error = httpx.ConnectError("refused")
    options = {"max_retries": limit, "max_retry_time": seconds, "timeout": _TIMEOUT}
    use_asyncio = function == "asyncio"
    with target.driven(use_asyncio=use_asyncio, **options) as driver, awake(use_asyncio) as waits:
        limits = [each.extensions["timeout"] for each in driver.call(function, arguments, refuse).sent]
    wanted = [dict.fromkeys(_PARTS, _TIMEOUT)]
    if seconds > _SHORTEST_PAUSE:  # or no pause fits into it
        cut = _PARTS if is_idempotent(target.operation) else ("connect", "pool")  # where time does not go by
        wanted += [{**wanted[0], **dict.fromkeys(cut, min(_TIMEOUT, seconds))}] * limit
    if len(limits) == len(wanted) and all(map(_is_about, limits, wanted)):
        most = _PAUSES[: len(limits) - 1]
        if len(waits) == len(most) and all(map(_is_pause, waits, most)):
            return None
        found = Difference(
            target.at, f"pauses of at most {most} seconds, and half of that at least", f"{waits}"
        )
        return finding(target, NAME, found, function, arguments, error, **options)
    told = f"{len(wanted)} attempts with {options}, with the time limits {wanted}"
    found = Difference(target.at, told, f"{limits}")
    return finding(target, NAME, found, function, arguments, error, **options)


def _is_pause(found: float, most: float) -> bool:
    """Whether a pause is one of at most so many seconds, of which a part is random."""
    return most / 2 <= found <= most


def _is_about(found: Mapping[str, float], wanted: Mapping[str, float]) -> bool:
    """Whether time limits are these, but for the time that the machine takes itself."""
    return found.keys() == wanted.keys() and all(
        found[part] == wanted[part] or 0 < found[part] < wanted[part] < _TIMEOUT for part in wanted
    )


@contextmanager
def awake(use_asyncio: bool | None = None) -> Generator[list[float]]:
    """Let nobody sleep; gives the seconds that were asked for, in the way of one kind of calls or of any."""
    waits: list[float] = []

    async def at_once(seconds: float) -> None:
        waits.append(seconds)

    async def another(seconds: float) -> None:
        block(seconds)

    def block(seconds: float) -> None:
        raise RuntimeError(f"{seconds} seconds of sleep in the way of the other kind of calls")

    sleep = block if use_asyncio else waits.append
    with (
        mock.patch("time.sleep", sleep),
        mock.patch("asyncio.sleep", another if use_asyncio is False else at_once),
    ):
        yield waits


def resent(target: Target, case: Case, sent: list[httpx.Request]) -> Iterator[Difference]:
    """How the requests of one call, the first or one that was sent again, are not as they should be."""
    for request in sent[:1]:
        yield from of_wire(target, case, request)
    if other := next((each for each in sent if written(each) != written(sent[0])), None):
        yield Difference(target.at, f"the same request again: {written(sent[0])}", f"{written(other)}")


def differences(target: Target, fault: Fault, done: Outcome, waits: list[float]) -> Iterator[Difference]:
    """How a call with a fault should not have ended."""
    at, wanted, error = fault.rule, fault.wanted, done.error
    what = f"{fault.row['what']} ({fault.code or 'no status'})"
    if len(done.sent) != fault.sent:
        count = f"{fault.sent} request{'s' * (fault.sent != 1)} at {what}"
        yield Difference(deciding(fault.operation, fault.key, at), count, f"{len(done.sent)}; {shown(done)}")
    hosts = {request.url.host for request in done.sent} - {httpx.URL(target.operation.servers[0]).host}
    if hosts:
        yield Difference(at, f"no request to another host at {what}", f"one to {hosts}")
    least, most = wanted.get("waits", _SHORTEST_PAUSE), _LONGEST_PAUSE
    if len(waits) != max(0, len(done.sent) - 1) or not all(least <= wait <= most for wait in waits):
        yield Difference(at, f"pauses of {least} to {most} seconds at {what}", f"{waits}")
    if "raises" not in wanted:
        yield from _value(fault, done, what)
        return
    kind = getattr(target.errors, wanted["raises"])
    if not isinstance(error, kind):
        yield Difference(at, f"{wanted['raises']} at {what}", shown(done))
        return
    if wanted["says"] not in str(error) or len(str(error)) > _LONGEST:
        yield Difference(at, f"a message with {wanted['says']!r} at {what}", f"{str(error)!r:.300}")
    yield from unasked(target, error)
    cause = getattr(error, "__cause__", None)
    if "fault" in fault.row and type(cause) is not type(fault.error):
        yield Difference(at, f"httpx's {fault.row['fault']} as the __cause__ at {what}", repr(cause))
    yield from _kept(fault, error, what)
    code = _CODES.get(wanted.get("holds", ""))
    if code is not None and getattr(error, "code", None) != code:
        yield Difference(at, f"the code {code!r} at {what}", f"{getattr(error, 'code', None)!r}")
    if "asked" in wanted and not 0 <= _asked(error) - wanted["asked"] <= (2 if "waits" in wanted else 0):
        yield Difference(at, f"retry_after {wanted['asked']} at {what}", f"{_asked(error)}")
    if told := [secret for secret in secrets(target, done) if any(secret in text for text in texts(error))]:
        yield Difference(target.at, f"no secret in what the error says at {what}", f"{told}: {error!r:.500}")


def _kept(fault: Fault, error: Any, what: str) -> Iterator[Difference]:
    """What an error does not keep of an answer: its status and headers, and where and how it is not as documented."""
    kept = {name.lower(): text for name, text in getattr(error, "headers", {}).items()}
    wanted = {
        name: fault.row["headers"][name] for name in fault.row.get("headers", {}) if name != "retry-after"
    }
    if repr(error) != f"{type(error).__name__}({str(error)!r})":
        yield Difference(fault.rule, f"{error} in its repr at {what}", repr(error))
    if getattr(error, "request_id", None) != kept.get("x-request-id"):
        yield Difference(fault.rule, f"the request_id of the answer at {what}", f"{error.request_id}")
    said = [getattr(error, name, None) for name in _SAID]
    if "holds" not in fault.row and said != [None] * len(_SAID):
        yield Difference(fault.rule, f"no {', '.join(_SAID)} at {what}", f"{said}")
    if hasattr(error, "status") and (error.status != fault.code or not kept.items() >= wanted.items()):
        yield Difference(
            fault.rule, f"the status {fault.code} and {wanted} at {what}", f"{error.status}, {kept}"
        )
    where = [getattr(error, name, name) for name in ("where", "expected", "got")]
    if fault.row.get("says") == _UNREAD and where != ["", "", None]:
        yield Difference(fault.rule, f"no place, and nothing expected or got, at {what}", f"{where}")
    if fault.row.get("holds") == "another shape" and fault.shape:
        got = next(probe for probe in PROBES if not fault.shape.fits(probe))
        if not (
            error.expected
            and error.expected in str(error)
            and same(error.got, got)
            and repr(got) in str(error)
        ):
            told = f"{error.expected!r}, {error.got!r}: {error}"
            yield Difference(fault.rule, f"what was expected, and that {got!r} was got, at {what}", told)


def _asked(error: Any) -> float:
    said = error.retry_after
    return -1.0 if said is None else said


def _value(fault: Fault, done: Outcome, what: str) -> Iterator[Difference]:
    """How an answer that can be read was not read right."""
    if done.error is not None:
        yield Difference(fault.rule, f"a value at {what}", shown(done))
    elif fault.shape is not None:
        value = ANSWERS.full(fault.shape)
        yield from unlike(
            fault.shape, {**value, "é": 1} if fault.row["holds"] == "UTF-8" else value, done.value
        )


def secrets(target: Target, done: Outcome) -> set[str]:
    """The client's secrets, as they are and as they stand in the requests; a user name is none."""
    found = set(target.secrets().values())
    for request in done.sent:
        kind, _, text = request.headers.get("authorization", "").partition(" ")
        if kind == "Basic":
            found.add(text)
            found.discard(b64decode(text).decode(errors="replace").partition(":")[0])
    return found


def given(answer: httpx.Response | Exception | None, _: httpx.Request) -> httpx.Response:
    """The answer, or the error that there is instead."""
    if isinstance(answer, Exception):
        raise answer
    return answer or httpx.Response(599)


def texts(error: BaseException | None) -> Iterator[str]:
    """What an error says, and those that it came of."""
    while error is not None:
        yield from (str(error), repr(error))
        error = error.__cause__
