"""Errors say what is wrong, carry what is known, and travel between processes."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable, Iterator
from copy import copy, deepcopy
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from threading import Lock
from typing import Any

import httpx
import pytest

from scripts.runtime import errors
from scripts.runtime.errors import (
    BY_STATUS,
    APIError,
    AuthenticationError,
    Error,
    ErrorFields,
    InvalidCredentials,
    InvalidRequest,
    MalformedResponse,
    MissingCredentials,
    NotSent,
    OutcomeUnknown,
    RateLimited,
    ResponseError,
    ServerError,
    UncertainFailure,
    UncertainServerError,
    UncertainStatus,
    UnexpectedStatus,
)
from scripts.runtime.guards import pointed
from scripts.runtime.mismatch import Mismatch
from scripts.runtime.unset import UNSET

HEADERS = httpx.Headers({"Set-Cookie": "sid=s3cret", "X-Request-Id": "1"})


def test_all_errors_have_one_root() -> None:
    for kind in (InvalidRequest, MissingCredentials, ResponseError, MalformedResponse, APIError):
        assert issubclass(kind, Error)
    for kind in (UnexpectedStatus, AuthenticationError, RateLimited, ServerError):
        assert issubclass(kind, APIError)
    assert issubclass(UncertainServerError, ServerError)
    assert issubclass(UncertainServerError, OutcomeUnknown)
    assert issubclass(InvalidCredentials, ValueError)
    assert issubclass(InvalidRequest, ValueError)
    assert {"401": AuthenticationError, "429": RateLimited} == BY_STATUS


def test_an_invalid_request_says_where_which_rule_and_what_was_given() -> None:
    error = InvalidRequest("query parameter limit", "minimum: 1", 0)
    assert str(error) == "query parameter limit: expected minimum: 1, got 0. Nothing was sent."
    missing = InvalidRequest("body.name", "required", UNSET)
    assert str(missing) == "body.name: missing (required). Nothing was sent."


def test_a_long_value_is_cut_in_the_message_only() -> None:
    error = InvalidRequest("body", "maxLength: 3", "x" * 1000)
    assert len(str(error)) < 300
    assert error.value == "x" * 1000


def pickled(error: Error) -> Error:
    again: Error = pickle.loads(pickle.dumps(error))
    return again


def asking(error: OutcomeUnknown) -> OutcomeUnknown:
    error.ask = "things.get"
    return error


ERRORS: list[Error] = [
    Error("it"),
    InvalidRequest("body.n", "minimum: 1", {"a": 0}, "n", "Give more.", "https://docs.test"),
    InvalidRequest("body", "required", UNSET),
    MissingCredentials("the call needs credentials"),
    InvalidCredentials("the file cannot be read"),
    NotSent("it was not sent"),
    asking(OutcomeUnknown("it may have been carried out")),
    ResponseError("it answered", 200, HEADERS, b""),
    MalformedResponse("it answered", 200, HEADERS, b"<html>"),
    APIError("it failed", 400, HEADERS, b"{}", {"code": 1}),
    UnexpectedStatus("it answered", 302, HEADERS, b""),
    AuthenticationError("it failed", 401, HEADERS, b"", None),
    RateLimited("it failed", 429, {"Retry-After": "1"}, b"", ["parsed"]),
    ServerError("it failed", 500, HEADERS, b"", None),
    asking(UncertainServerError("it failed", 500, HEADERS, b"", None)),
    asking(UncertainFailure("it may have failed", 200, HEADERS, b"", None)),
    asking(UncertainStatus("it answered", 202, HEADERS, b"", None)),
]


def test_all_errors_are_tried() -> None:
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, Error)}
    assert {type(error) for error in ERRORS} == kinds


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
@pytest.mark.parametrize("again", [pickled, copy, deepcopy])
def test_an_error_can_be_pickled_and_copied_with_all_it_carries(
    error: Error, again: Callable[[Error], Error]
) -> None:
    new = again(error)
    assert type(new) is type(error)
    assert vars(new) == vars(error)
    assert (str(new), repr(new), new.args) == (str(error), repr(error), error.args)


def counting() -> Iterator[int]:
    yield 1


@pytest.mark.parametrize(
    "value",
    [counting(), Lock(), lambda: 1, [Lock()], {"a": counting()}],
    ids=["generator", "lock", "function", "list", "dict"],
)
@pytest.mark.parametrize("again", [pickled, deepcopy])
def test_an_error_of_a_value_that_cannot_travel_travels_with_what_it_looks_like(
    value: Any, again: Callable[[Error], Error]
) -> None:
    error = InvalidRequest("body.n", "type: integer", value, "n", url="https://docs.test")
    error.add_note("my note")
    new = again(error)
    assert isinstance(new, InvalidRequest)
    assert (str(new), repr(new), new.__notes__) == (str(error), repr(error), ["my note"])
    assert (new.where, new.rule, new.parameter, new.url) == (
        "body.n", "type: integer", "n", "https://docs.test"
    )  # fmt: skip
    assert new.args[2] is new.value or new.value == value


def test_what_a_malformed_answer_should_have_been_is_pickled() -> None:
    error = MalformedResponse("it answered", 200, HEADERS, b"[1]")
    error.where, error.expected, error.got = "a[0]", "type: object", [1]
    again = pickle.loads(pickle.dumps(error))
    assert (again.where, again.expected, again.got) == ("a[0]", "type: object", [1])


def advice(error: Error) -> str:
    match error:
        case InvalidRequest(parameter="n", rule=rule):
            return f"mend n: {rule}"
        case OutcomeUnknown(ask=str(ask)):
            return f"ask {ask}"
        case NotSent():
            return "again"
        case RateLimited(retry_after=float(seconds)):
            return f"wait {seconds}"
        case APIError(status=400, parsed={"code": code}):
            return f"code {code}"
        case _:
            return "?"


def test_errors_can_be_matched() -> None:
    assert [advice(error) for error in ERRORS] == [
        "?", "mend n: minimum: 1", "?", "?", "?", "again", "ask things.get", "?", "?", "code 1", "?", "?", "wait 1.0",
        "?", "ask things.get", "ask things.get", "ask things.get",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "name",
    ["X-Request-Id", "x-request-id", "Twilio-Request-Id", "RequestID", "X-Correlation-ID", "X-B3-Trace-Id"],
)
def test_the_id_of_a_request_is_found_by_its_header(name: str) -> None:
    assert APIError("it failed", 400, {"Content-Type": "a", name: "42"}, b"").request_id == "42"
    assert APIError("it failed", 400, {"Content-Type": "a"}, b"").request_id is None


def test_a_value_that_cannot_be_shown_is_told_by_its_type() -> None:
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    told = {
        kind: str(InvalidRequest("body", "r", value)) for kind, value in (("int", 10**5000), ("list", deep))
    }
    for kind, text in told.items():
        assert text == f"body: expected r, got a value of type {kind}. Nothing was sent."


FIELDS = ErrorFields("/status/code", "/errors/1/text", "/a~1b/c~0d")


def test_what_the_vendor_says_is_found_where_the_contract_has_it() -> None:
    answer = {"status": {"code": 7}, "errors": [{}, {"text": "no"}], "a/b": {"c~d": [1]}}
    assert FIELDS.found(answer) == (7, "no", [1])
    assert ErrorFields(code="/status/code").found(answer) == (7, None, None)


NOTHING: list[Any] = [None, {}, {"status": [], "errors": [{}]}, {"errors": {"1": "x"}, "status": "code"}]


@pytest.mark.parametrize("answer", NOTHING)
def test_what_the_vendor_does_not_say_is_none(answer: Any) -> None:
    assert FIELDS.found(answer) == (None, None, None)


def test_what_the_vendor_says_is_known_by_types() -> None:
    answer = {"status": {"code": [7]}, "errors": [{}, {"text": 1}], "a/b": {"c~d": 1}}
    assert FIELDS.found(answer) == (None, None, 1)


def test_an_error_has_the_attributes_that_the_docs_name() -> None:
    error = APIError("it failed", 400, HEADERS, b"")
    assert (error.code, error.message, error.details, error.parsed) == (None, None, None, None)
    assert (error.status, error.status_code, error.content, error.request_id) == (400, 400, b"", "1")


@pytest.mark.parametrize("pointer", ["/x/y", "/a/-1", "/a/01x", "/a/2", "/a/0/b", "/n/0"])
def test_a_pointer_that_leads_nowhere_is_none(pointer: str) -> None:
    assert pointed({"a": [1, 2], "n": None}, pointer) is None
    assert pointed({"a": [1, 2]}, "/a/1") == 2
    assert pointed([1], "") == [1]
    assert pointed({"a": [1, 2], "n": None}, pointer, "none") == "none"
    assert pointed({"n": None}, "/n", "none") is None


@pytest.mark.parametrize(
    ("where", "parameter", "shown"),
    [
        ("query parameter limit", None, "query parameter limit"),
        ("query parameter limit", "limit", "query parameter limit"),
        ("query parameter Limit", "limit", "limit (query parameter Limit)"),
        ("query parameter limit[0]", "limit[0]", "query parameter limit[0]"),
        ("body.name", "name", "body.name"),
        ("body.last.name", "name", "body.last.name"),
        ("body.Name", "name", "name (body.Name)"),
        ("body.surname", "name", "name (body.surname)"),
        ("body", None, "body"),
    ],
)
def test_a_broken_rule_is_told_by_the_names_of_python_and_of_the_contract(
    where: str, parameter: str | None, shown: str
) -> None:
    error = InvalidRequest(where, "minimum: 1", 0, parameter)
    assert str(error) == f"{shown}: expected minimum: 1, got 0. Nothing was sent."
    assert error.parameter == (parameter or where)


@pytest.mark.parametrize(
    ("argument", "error", "where", "parameter"),
    [
        ("n", Mismatch((), "r", 0), "body", "n"),
        ("", Mismatch((), "r", 0), "body", "body"),
        ("", Mismatch(("Name",), "r", 0, ("name",)), "body.Name", "name"),
        ("", Mismatch((0, "Name"), "r", 0, (0, "name")), "body[0].Name", "body[0].name"),
        ("", Mismatch(("a/b", "c d"), "r", 0, ("a_b", "c d")), "body['a/b']['c d']", "a_b['c d']"),
        ("n", Mismatch(("a.b", 1), "r", 0), "body['a.b'][1]", "n['a.b'][1]"),
        ("", Mismatch(("a b",), "r", 0), "body['a b']", "body['a b']"),
        ("n", Mismatch((0, "Name"), "r", 0, (0, "name")), "body[0].Name", "n[0].name"),
        ("n", RecursionError(), "body", "n"),
        ("", RecursionError(), "body", "body"),
    ],
)
def test_a_broken_rule_names_the_argument(
    argument: str, error: Mismatch | RecursionError, where: str, parameter: str
) -> None:
    made = InvalidRequest.because("body", argument, error)
    assert (made.where, made.parameter) == (where, parameter)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (Mismatch((), "a path segment that is not empty, `.` or `..`", ".."),
         "path parameter x: expected a path segment that is not empty, `.` or `..`, got '..'."),
        (Mismatch((), "a JSON value", b"x"), "path parameter x: expected a JSON value, got b'x'."),
        (Mismatch((1,), "required", UNSET), "path parameter x[1]: missing (required)."),
        (Mismatch((), "no property with the name of another parameter", ["a"]),
         "path parameter x: expected no property with the name of another parameter, got ['a']."),
        (RecursionError(), "path parameter x: expected less nesting, got a value that may hold itself."),
    ],
)  # fmt: skip
def test_what_is_wrong_reads_like_a_sentence(error: Mismatch | RecursionError, said: str) -> None:
    assert str(InvalidRequest.because("path parameter x", "x", error)) == f"{said} Nothing was sent."


def test_an_error_is_shown_by_its_class_and_what_it_says() -> None:
    assert repr(InvalidRequest("body.n", "minimum: 1", 0)) == (
        "InvalidRequest('body.n: expected minimum: 1, got 0. Nothing was sent.')"
    )


def test_an_answer_s_headers_are_carried_and_not_shown() -> None:
    error = APIError("it failed", 400, HEADERS, b"content", {"code": 1})
    shown = f"{error} {error!r} {''.join(traceback.format_exception(error))}"
    assert repr(error) == "APIError('it failed')"
    assert "s3cret" not in shown
    assert error.headers["x-request-id"] == "1"


def retry_after(text: str | None, name: str = "Retry-After") -> float | None:
    return RateLimited("slow down", 429, {} if text is None else {name: text}, b"").retry_after


@pytest.mark.parametrize(
    "text",
    [
        None,
        "",
        "soon",
        "-1",
        "1.5",
        "Fri, 31 Dec 2027 23:59:59 +9999",
        "²",
        "Thu, 99 Foo 2016 00:00:00 GMT",
        "1 Jan 99999 00:00 GMT",
    ],
)
def test_without_a_usable_header_nobody_knows_how_long_to_wait(text: str | None) -> None:
    assert retry_after(text) is None


def test_seconds_to_wait_are_read_whatever_the_case_of_the_header() -> None:
    assert retry_after(" 120 ") == 120.0
    assert retry_after("0", "retry-AFTER") == 0.0
    assert retry_after("9" * 5000) == float("inf")


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_a_date_to_wait_for_is_read(zone: str) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100)).replace("+0000", zone)
    seconds = retry_after(moment)
    assert seconds is not None
    assert 95 < seconds <= 100


def test_a_date_that_has_passed_is_no_time_to_wait() -> None:
    assert retry_after("Thu, 07 Apr 2016 23:52:28 GMT") == 0.0
