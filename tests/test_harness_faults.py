"""The harness sees a fault that ends otherwise than the table says, and calls that are mixed up."""

from __future__ import annotations

import inspect
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from scripts.contract import Contract
from scripts.harness import parity
from scripts.harness.called import Called, Case, called
from scripts.harness.calls import Outcome
from scripts.harness.faults import HELD, TABLE, Fault, awake, differences, faults, resent, texts
from scripts.harness.replies import Reply
from scripts.runtime import errors

SECRET = "the-secret"


def operation(method: str = "post", **more: Any) -> Called:
    thing = {"type": "object", "required": ["id"], "properties": {"id": {"type": "integer"}}}
    node = {
        "responses": {
            "200": {"description": "Fine.", "content": {"application/json": {"schema": thing}}},
            "204": {"description": "Nothing."},
            "429": {"description": "Not now.", "x-not-processed": True},
        },
        **more,
    }
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {method: node}},
                "servers": [{"url": "https://a.test"}]}  # fmt: skip
    return next(iter(called(Contract(document))))


def target(of: Called) -> Any:
    return SimpleNamespace(
        operation=of, errors=errors, at="#/paths/~1x/post", asked=None, secrets=lambda: {"token": SECRET}
    )


def sent(count: int = 1, host: str = "a.test") -> list[httpx.Request]:
    return [httpx.Request("POST", f"https://{host}/x") for _ in range(count)]


def fault(what: str, of: Called) -> Fault:
    return next(each for each in faults(of) if each.row["what"] == what)


def api_error(kind: Any, told: str, status: int, **headers: str) -> Any:
    return kind(
        told, status, httpx.Headers({name.replace("_", "-"): text for name, text in headers.items()}), b""
    )


def told(kind: Any, repr: str = "", **more: Any) -> Any:
    names = {"__repr__": lambda _: repr} if repr else {}
    return api_error(type(kind.__name__, (kind,), {**names, **more}), "418", 418)


def judged(what: str, done: Outcome, waits: list[float] | None = None, of: Called | None = None) -> list[str]:
    of = of or operation()
    found = differences(target(of), fault(what, of), done, waits or [])
    return [f"{each.rule}: {each.wanted}; {each.found}" for each in found]


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


NOT_SENT = caused(errors.NotSent("was not sent"), httpx.ConnectError("x"))
RESET = caused(errors.OutcomeUnknown("it may have been carried out"), httpx.ReadError("x"))
JSON = {"content-type": "application/json"}
LIMITED = api_error(errors.RateLimited, "429", 429, retry_after="7")


@pytest.mark.parametrize(
    ("what", "done", "waits"),
    [
        ("no connection", Outcome(sent(3), None, NOT_SENT), [0.1, 0.2]),
        ("a reset", Outcome(sent(), None, RESET), []),
        ("too many calls for seconds", Outcome(sent(3), None, LIMITED), [7, 7]),
        (
            "an undocumented success",
            Outcome(sent(), None, api_error(errors.UncertainStatus, "undocumented", 299)),
            [],
        ),
    ],
)
def test_it_has_nothing_to_say_of_what_ends_as_the_table_says(
    what: str, done: Outcome, waits: list[float]
) -> None:
    assert judged(what, done, waits) == []


@pytest.mark.parametrize(
    ("what", "done", "waits", "said"),
    [
        ("no connection", Outcome(sent(1), None, NOT_SENT), [], "#/paths/~1x/post: 3 requests at no connection (no status); 1"),
        ("no connection", Outcome(sent(3), None, errors.OutcomeUnknown("was not sent")), [1, 1], "NotSent at no connection"),
        ("no connection", Outcome(sent(3), None, errors.NotSent("oops")), [1, 1], "a message with 'was not sent'"),
        ("no connection", Outcome(sent(3), None, errors.NotSent("was not sent" * 999)), [1, 1], "a message with"),
        ("no connection", Outcome(sent(3), None, errors.NotSent(f"was not sent {SECRET}")), [1, 1], "no secret in what the error says"),
        ("no connection", Outcome(sent(3), None, NOT_SENT), [1, 0], "pauses of 0.05 to 60.0 seconds"),
        ("no connection", Outcome(sent(3), {}, None), [1, 1], "NotSent at no connection (no status); {}"),
        ("no connection", Outcome(sent(3), None, errors.NotSent("was not sent")), [1, 1], "httpx's ConnectError as the __cause__"),
        ("no connection after the body was taken", Outcome(sent(3), None, NOT_SENT), [1, 1], "1 request at no connection after"),
        ("a teapot", Outcome(sent(), None, told(errors.APIError, repr="oops")), [], "418 in its repr at a teapot"),
        ("a teapot", Outcome(sent(), None, told(errors.APIError, request_id="other")), [], "the request_id of the answer"),
        ("a teapot", Outcome(sent(), None, told(errors.APIError, code="")), [], "no code, message, details at a teapot"),
        ("a success in HTML", Outcome(sent(), None, errors.MalformedResponse("Content-Type", 200, {}, b"")), [], "the status 200 and {'content-type': 'text/html'}"),
        ("a success of another shape", Outcome(sent(), None, errors.MalformedResponse("is not as documented", 200, JSON, b"")), [], "what was expected, and that None was got"),
        ("a success in UTF-8 that says it is in Latin-1", Outcome(sent(), {"id": 1}, None), [], "the answer as an object of a class"),
        ("a reset", Outcome(sent(2), None, errors.OutcomeUnknown("it may have been carried out")), [0], "1 request at a reset"),
        ("too many calls for seconds", Outcome(sent(3), None, LIMITED), [6, 7], "pauses of 7 to 60.0 seconds"),
        ("too many calls for seconds", Outcome(sent(1), None, LIMITED), [], "x-not-processed: 3 requests"),
        ("too many calls for seconds", Outcome(sent(3), None, api_error(errors.RateLimited, "429", 429)), [7, 7], "retry_after 7"),
        ("a redirect to another host", Outcome(sent(1, "evil.test"), None, api_error(errors.UncertainStatus, "undocumented", 399)), [], "no request to another host"),
        ("a success of a megabyte", Outcome(sent(), None, errors.MalformedResponse("x", 200, {}, b"")), [], "a value at a success of a megabyte (200)"),
        ("a success with a byte order mark", Outcome(sent(), {"id": 2}, None), [], "the answer as an object of a class"),
    ],
)  # fmt: skip
def test_it_says_what_ends_otherwise(what: str, done: Outcome, waits: list[float], said: str) -> None:
    assert any(said in line for line in judged(what, done, waits)), judged(what, done, waits)


def test_a_request_that_is_sent_again_otherwise_is_told() -> None:
    one, other = sent(1), sent(1, "b.test")
    assert not any("again" in each.wanted for each in resent(target(operation()), Case("", {}), one * 3))
    assert any("again" in each.wanted for each in resent(target(operation()), Case("", {}), [*one, *other]))


def test_what_may_be_sent_again_is_the_contracts_to_say() -> None:
    for of, wanted in ((operation(), 1), (operation(**{"x-idempotent": True}), 3), (operation("put"), 3),
                       (operation("put", **{"x-idempotent": False}), 1)):  # fmt: skip
        assert fault("a reset", of).sent == wanted
        assert fault("an empty failure", of).sent == wanted
        assert fault("too many calls", of).sent == 3
        assert fault("a teapot", of).sent == 1


def test_rows_that_an_operation_has_no_status_for_are_left_out() -> None:
    known = {each.row["what"] for each in faults(operation(responses={"default": {"description": "All."}}))}
    assert "an undocumented success" not in known
    assert "a success without a body" not in known
    assert "a reset" in known


def test_each_row_is_whole_and_every_class_of_answers_and_connections_is_in_the_table() -> None:
    known = {"what", "fault", "status", "headers", "body", "holds", "cut", "raises", "says", "sent", "waits", "asked",
             "taken", "certain", "uncertain"}  # fmt: skip
    named = set[str]()
    for row in TABLE:
        assert row.keys() <= known, row
        assert row.get("holds", "all") in {
            *HELD,
            "the request",
            "another shape",
            "a code",
            "an empty code",
        }, row
        named |= {
            each["raises"]
            for each in (row, row.get("certain", {}), row.get("uncertain", {}))
            if "raises" in each
        }
    classes = {
        name for name, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, errors.Error)
    }
    others = {"Error", "ResponseError", "InvalidRequest", "MissingCredentials", "InvalidCredentials"}
    assert named == classes - others, "those of answers and connections, which the table is about"


def test_what_an_error_came_of_is_read_too() -> None:
    error = errors.NotSent("here")
    error.__cause__ = httpx.ConnectError("there")
    assert "there" in list(texts(error))


def test_nobody_sleeps_and_the_pauses_are_known() -> None:
    import asyncio
    import time

    with awake() as waits:
        time.sleep(99)
        asyncio.run(asyncio.sleep(98))
    assert waits == [99, 98]


# Parity


def differing(one: Outcome, other: Outcome, *, is_whole: bool = False) -> bool:
    return any(parity._differences(one, other, is_whole=is_whole))


def test_the_same_is_the_same() -> None:
    assert not differing(Outcome(sent(), 1, None), Outcome(sent(), 1, None))
    assert not differing(
        Outcome(sent(), None, NOT_SENT), Outcome(sent(), None, errors.NotSent("was not sent"))
    )
    refused = api_error(errors.APIError, "x", 400)
    refused.parsed = 5
    whole = Outcome(sent(), SimpleNamespace(parsed=5), None)
    assert not differing(Outcome(sent(), None, refused), whole, is_whole=True)


@pytest.mark.parametrize(
    "other",
    [
        Outcome(sent(1, "b.test"), 1, None),
        Outcome(sent(2), 1, None),
        Outcome(sent(), 2, None),
        Outcome(sent(), True, None),
        Outcome(sent(), None, NOT_SENT),
    ],
)
def test_another_wire_result_or_error_is_told(other: Outcome) -> None:
    assert differing(Outcome(sent(), 1, None), other)


def test_another_class_message_or_content_of_an_error_is_told() -> None:
    one = Outcome(sent(), None, api_error(errors.APIError, "x", 400))
    for error in (
        api_error(errors.ServerError, "x", 400),
        api_error(errors.APIError, "y", 400),
        api_error(errors.APIError, "x", 401),
    ):
        assert differing(one, Outcome(sent(), None, error))
    assert differing(
        Outcome(sent(), 1, None), Outcome(sent(), SimpleNamespace(parsed=2), None), is_whole=True
    )


class Mixing:
    """A client whose calls take the answer of whatever was asked for last."""

    def __init__(self, transport: Any) -> None:
        self.transport, self.last = transport, httpx.Request("GET", "https://a.test")

    def ask(self, number: int) -> Any:
        self.last = httpx.Request("POST", f"https://a.test/{number}")
        self.tried(httpx.Request("POST", f"https://a.test/{number}"))
        answer = self.tried(self.last)
        return SimpleNamespace(status_code=200, headers=answer.headers, content=answer.content, parsed=None)

    def tried(self, request: httpx.Request) -> httpx.Response:
        """Once more where it was refused."""
        try:
            return httpx.Client(transport=self.transport).send(request)
        except httpx.ConnectError:
            return self.tried(request)

    def close(self) -> None:
        pass


def test_calls_from_many_threads_that_are_mixed_up_are_seen() -> None:
    echo = parity._Echo([Reply("200", 200, "", None, "#", content=str(n).encode()) for n in range(5)])
    given: list[Any] = [{"number": number} for number in range(20)]
    module = SimpleNamespace(sync_detailed=lambda client, number: client.ask(number))
    mixed: Any = SimpleNamespace(module=module, client=lambda transport, max_retries: Mixing(transport))
    found = parity._by_threads(mixed, echo, given, [*range(20)] * 3)
    marks = [
        echo.answer(httpx.Request("POST", f"https://a.test/{number}")).headers["x-echo"]
        for number in range(20)
    ]
    assert len(set(marks)) == 20
    assert [heard[1] for heard in found] != marks * 3
