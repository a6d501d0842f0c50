"""A call is sent again where that is safe, and never where it may have been carried out."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import pytest

from scripts.runtime import errors, retries
from scripts.runtime.operation import Operation
from scripts.runtime.retries import FIRST_PAUSE, LONGEST_ASKED, LONGEST_PAUSE, Retries
from tests.calls import Call, Server, Stream, both, client, fine

ANSWERS: dict[str, dict[str, Any]] = {"200": {"application/json": dict[str, Any]}, "429": {}, "503": {}}


def operation(method: str, **more: Any) -> Operation[Any, Any]:
    return Operation(method, "/x", responses=ANSWERS, **more)


ONCE = operation("POST")
MARKED = operation("POST", not_processed=["429", "503"])
GET = operation("GET")
SAFE = operation("POST", is_idempotent=True)
UNSAFE = operation("PUT", is_idempotent=False, ask="things.get")

NOT_SENT = [
    httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("busy"), httpx.ProxyError("no"),
    httpx.UnsupportedProtocol("ftp"),
]  # fmt: skip
OPEN = [
    httpx.ReadTimeout("silence"), httpx.WriteTimeout("stuck"), httpx.ReadError("reset"), httpx.WriteError("pipe"),
    httpx.RemoteProtocolError("disconnected"), httpx.CloseError("closed"),
]  # fmt: skip


class Clock:
    """Time that passes by sleeping only."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, list[float]()

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    async def asleep(self, seconds: float) -> None:
        self.sleep(seconds)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr("time.sleep", made.sleep)
    monkeypatch.setattr("asyncio.sleep", made.asleep)
    monkeypatch.setattr(retries, "monotonic", lambda: made.now)
    monkeypatch.setattr(retries, "uniform", max)
    return made


def raised(call: Call, server: Server, operation: Operation[Any, Any], **options: Any) -> errors.Error:
    """The error of a call without credentials."""
    with pytest.raises(errors.Error) as caught:
        call(client(server, credentials={}, **options), "call", operation)
    return caught.value


def waiting(status: int, after: str | None = None) -> Callable[[httpx.Request], httpx.Response]:
    return lambda request: httpx.Response(status, headers={"retry-after": after} if after else {})


@both
@pytest.mark.parametrize("error", NOT_SENT, ids=repr)
@pytest.mark.parametrize("operation", [ONCE, MARKED, GET, SAFE, UNSAFE])
def test_what_was_not_sent_is_sent_again(
    call: Call, operation: Operation[Any, Any], error: Exception
) -> None:
    server = Server(error)
    found = raised(call, server, operation)
    assert (type(found), len(server.requests)) == (errors.NotSent, 3)
    assert str(found) == f"{operation.method} /x was not sent: {type(error).__name__}: {error}"
    assert found.__cause__ is error
    server = Server(error, error, fine)
    assert call(client(server, credentials={}), "call", operation)["url"] == "https://a.test/v1/x"
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize("error", OPEN, ids=repr)
@pytest.mark.parametrize("operation", [ONCE, MARKED, UNSAFE])
def test_what_may_have_been_carried_out_is_never_sent_again(
    call: Call, clock: Clock, operation: Operation[Any, Any], error: Exception
) -> None:
    server = Server(error, fine)
    found = raised(call, server, operation, max_retries=9)
    assert (type(found), len(server.requests), clock.slept) == (errors.OutcomeUnknown, 1, [])
    hint = "; things.get can tell" if operation.ask else ""
    assert (
        str(found)
        == f"{operation.method} /x may have been carried out{hint}: {type(error).__name__}: {error}"
    )
    assert isinstance(found, errors.OutcomeUnknown)
    assert (found.ask, found.__cause__) == (operation.ask, error)


@both
@pytest.mark.parametrize("error", OPEN, ids=repr)
@pytest.mark.parametrize("operation", [GET, SAFE])
def test_an_idempotent_call_is_sent_again_after_any_fault(
    call: Call, operation: Operation[Any, Any], error: Exception
) -> None:
    server = Server(error)
    assert type(raised(call, server, operation)) is errors.OutcomeUnknown
    assert len(server.requests) == 3
    server = Server(error, fine)
    assert call(client(server, credentials={}), "call", operation)
    assert len(server.requests) == 2


@both
@pytest.mark.parametrize(
    ("operation", "status", "kind", "requests"),
    [
        (ONCE, 429, errors.RateLimited, 1),
        (MARKED, 429, errors.RateLimited, 3),
        (GET, 429, errors.RateLimited, 1),
        (ONCE, 500, errors.UncertainServerError, 1),
        (ONCE, 503, errors.UncertainServerError, 1),
        (MARKED, 500, errors.UncertainServerError, 1),
        (MARKED, 503, errors.ServerError, 3),
        (UNSAFE, 502, errors.UncertainServerError, 1),
        (GET, 500, errors.ServerError, 3),
        (SAFE, 504, errors.ServerError, 3),
        (SAFE, 400, errors.UnexpectedStatus, 1),
        (SAFE, 302, errors.UnexpectedStatus, 1),
    ],
)
def test_a_status_is_tried_again_only_where_that_is_safe(
    call: Call, operation: Operation[Any, Any], status: int, kind: type[errors.Error], requests: int
) -> None:
    server = Server(status)
    assert type(raised(call, server, operation)) is kind
    assert len(server.requests) == requests


@both
def test_the_first_fault_that_leaves_it_open_ends_the_call(call: Call) -> None:
    server = Server(httpx.ConnectError("refused"), 503, httpx.ReadTimeout("silence"), fine)
    assert type(raised(call, server, MARKED, max_retries=9)) is errors.OutcomeUnknown
    assert len(server.requests) == 3


@both
@pytest.mark.parametrize(("operation", "requests"), [(MARKED, 1), (GET, 3)])
@pytest.mark.parametrize("status", [200, 429, 503])
def test_an_answer_that_breaks_off_is_none(
    call: Call, operation: Operation[Any, Any], requests: int, status: int
) -> None:
    server = Server(lambda request: httpx.Response(status, stream=Stream(b'{"a":', httpx.ReadError("reset"))))
    found = raised(call, server, operation)
    assert (type(found), len(server.requests)) == (errors.OutcomeUnknown, requests)
    assert str(found).endswith(f"ReadError: reset, after an answer with status {status} had begun")


@both
@pytest.mark.parametrize("operation", [ONCE, GET])
def test_an_answer_that_cannot_be_decoded_is_malformed_and_not_asked_for_again(
    call: Call, operation: Operation[Any, Any]
) -> None:
    server = Server(
        lambda request: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(b"{}"))
    )
    found = raised(call, server, operation)
    assert isinstance(found, errors.MalformedResponse)
    assert str(found).startswith(
        f"{operation.method} /x answered 200, but its body cannot be decoded (DecodingError: Error -3"
    )
    assert (found.status, found.content, len(server.requests)) == (200, b"{}", 1)
    assert isinstance(found.__cause__, httpx.DecodingError)


@both
def test_a_compressed_answer_is_read(call: Call) -> None:
    packed = gzip.compress(b'{"a": 1}')
    server = Server(
        lambda request: httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(packed))
    )
    assert call(client(server, credentials={}), "call", GET) == {"a": 1}


@both
@pytest.mark.parametrize("outcome", [httpx.ConnectError("refused"), 503])
def test_without_retries_one_request_is_sent(call: Call, clock: Clock, outcome: Any) -> None:
    server = Server(outcome)
    raised(call, server, MARKED, max_retries=0)
    assert (len(server.requests), clock.slept) == (1, [])


@both
def test_a_call_that_is_sent_again_is_the_same_call(call: Call) -> None:
    server = Server(httpx.ConnectError("refused"), 503, fine)
    call(client(server, credentials={}), "call", MARKED, headers={"Idempotency-Key": "1"}, timeout=3)
    one, *others = [(each.url, each.headers, each.extensions) for each in server.requests]
    assert others == [one, one]


# How long it waits


@both
def test_pauses_are_doubled_up_to_the_longest(call: Call, clock: Clock) -> None:
    raised(call, Server(503), MARKED, max_retries=6)
    assert clock.slept == [0.5, 1, 2, 4, 8, 8]
    assert (FIRST_PAUSE, LONGEST_PAUSE) == (0.5, 8)


def test_pauses_differ_so_that_clients_do_not_come_at_once(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.undo()
    pauses = [Retries(1, 60).wait() for _ in range(200)]
    assert len(set(pauses)) > 100
    assert all(pause and FIRST_PAUSE / 2 <= pause <= FIRST_PAUSE for pause in pauses)


@both
def test_the_server_says_how_long_to_wait_in_seconds(call: Call, clock: Clock) -> None:
    server = Server(waiting(429, "7"), waiting(503, "9"), fine)
    assert call(client(server, credentials={}), "call", MARKED)
    assert clock.slept == [7, 9]


@both
def test_the_server_says_how_long_to_wait_by_a_date(call: Call, clock: Clock) -> None:
    server = Server(
        waiting(429, format_datetime(datetime.now(UTC) + timedelta(seconds=20), usegmt=True)), fine
    )
    assert call(client(server, credentials={}), "call", MARKED)
    assert len(clock.slept) == 1
    assert 15 < clock.slept[0] <= 20


@both
@pytest.mark.parametrize("after", ["0", "Thu, 07 Apr 2016 23:52:28 GMT"])
def test_a_server_that_wants_no_wait_does_not_shorten_the_pauses(
    call: Call, clock: Clock, after: str
) -> None:
    server = Server(waiting(503, after), waiting(429, after), fine)
    assert call(client(server, credentials={}), "call", MARKED)
    assert clock.slept == [FIRST_PAUSE, 2 * FIRST_PAUSE]


def test_clients_that_are_told_to_come_at_once_do_not_come_at_once(
    monkeypatch: pytest.MonkeyPatch, clock: Clock
) -> None:
    monkeypatch.undo()
    assert len({Retries(1, 60).wait(0.0) for _ in range(200)}) > 100


@both
@pytest.mark.parametrize("after", ["soon", "-1", ""])
def test_without_a_usable_header_the_pauses_are_ours(call: Call, clock: Clock, after: str) -> None:
    server = Server(waiting(503, after), fine)
    assert call(client(server, credentials={}), "call", MARKED)
    assert clock.slept == [FIRST_PAUSE]


@both
def test_a_server_that_wants_a_longer_wait_than_the_longest_ends_the_call(call: Call, clock: Clock) -> None:
    server = Server(waiting(429, "61"))
    found = raised(call, server, MARKED, max_retry_time=1000)
    assert isinstance(found, errors.RateLimited)
    assert (found.retry_after, len(server.requests), clock.slept) == (LONGEST_ASKED + 1, 1, [])
    raised(call, Server(waiting(429, "60"), 400), MARKED)
    assert clock.slept == [60]


@both
def test_no_attempt_begins_after_the_longest_time(call: Call, clock: Clock) -> None:
    server = Server(waiting(503, "6"))
    raised(call, server, MARKED, max_retries=9, max_retry_time=15)
    assert (len(server.requests), clock.slept) == (3, [6, 6])


@both
def test_time_that_requests_take_counts(call: Call, clock: Clock) -> None:
    def slow(request: httpx.Request) -> httpx.Response:
        clock.now += 40
        return httpx.Response(503)

    server = Server(slow)
    raised(call, server, MARKED, max_retries=9, max_retry_time=60)
    assert len(server.requests) == 2


def limits(server: Server) -> list[dict[str, float | None]]:
    return [request.extensions["timeout"] for request in server.requests]


@both
@pytest.mark.parametrize("timeout", [httpx.Timeout(30, pool=5), httpx.Timeout(None, pool=5)])
def test_what_is_sent_again_has_the_time_that_is_left(call: Call, timeout: httpx.Timeout) -> None:
    server = Server(waiting(503, "6"), waiting(503, "11"), fine)
    assert call(client(server, credentials={}, max_retry_time=20, timeout=timeout), "call", GET)
    first, second, third = limits(server)
    assert first == timeout.as_dict(), "the first attempt has all of its time"
    assert second == {"connect": 14, "read": 14, "write": 14, "pool": 5}
    assert third == {"connect": 3, "read": 3, "write": 3, "pool": 3}


@both
def test_a_call_that_is_not_idempotent_is_not_cut_where_that_would_leave_its_outcome_open(call: Call) -> None:
    server = Server(waiting(429, "15"), fine)
    assert call(client(server, credentials={}, max_retry_time=20, timeout=30), "call", MARKED)
    assert limits(server)[1] == {"connect": 5, "read": 30, "write": 30, "pool": 5}


@both
def test_what_is_sent_again_at_the_very_end_still_waits_a_little(call: Call, clock: Clock) -> None:
    server = Server(waiting(503, "20"), fine)
    assert call(client(server, credentials={}, max_retry_time=20), "call", GET)
    assert set(limits(server)[1].values()) == {0.1}
