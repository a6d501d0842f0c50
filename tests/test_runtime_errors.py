"""Errors say what is wrong, carry what is known, and travel between processes."""

from __future__ import annotations

import pickle
import traceback
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import httpx
import pytest

from scripts.runtime.errors import (
    BY_STATUS,
    APIError,
    AuthenticationError,
    Error,
    InvalidRequest,
    MalformedResponse,
    MissingCredentials,
    RateLimited,
    ResponseError,
    UnexpectedStatus,
)
from scripts.runtime.unset import UNSET

HEADERS = httpx.Headers({"Set-Cookie": "sid=s3cret", "X-Request-Id": "1"})


def test_all_errors_have_one_root() -> None:
    for kind in (InvalidRequest, MissingCredentials, ResponseError, MalformedResponse, APIError):
        assert issubclass(kind, Error)
    for kind in (UnexpectedStatus, AuthenticationError, RateLimited):
        assert issubclass(kind, APIError)
    assert issubclass(InvalidRequest, ValueError)
    assert {401: AuthenticationError, 429: RateLimited} == BY_STATUS


def test_an_invalid_request_says_where_which_rule_and_what_was_given() -> None:
    error = InvalidRequest("query parameter limit", "minimum: 1", 0)
    assert str(error) == "query parameter limit breaks `minimum: 1`: got 0. Nothing was sent."
    missing = InvalidRequest("body.name", "required", UNSET)
    assert str(missing) == "body.name breaks `required`: it is absent. Nothing was sent."


def test_a_long_value_is_cut_in_the_message_only() -> None:
    error = InvalidRequest("body", "maxLength: 3", "x" * 1000)
    assert len(str(error)) < 300
    assert error.value == "x" * 1000


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequest("body", "minimum: 1", {"a": 0}),
        MissingCredentials("the call needs credentials"),
        MalformedResponse("it answered", 200, HEADERS, b"<html>"),
        APIError("it failed", 400, HEADERS, b"{}", {"code": 1}),
        UnexpectedStatus("it answered", 302, HEADERS, b""),
        AuthenticationError("it failed", 401, HEADERS, b"", None),
        RateLimited("it failed", 429, {"Retry-After": "1"}, b"", ["parsed"]),
    ],
)
def test_an_error_can_be_pickled_with_all_it_carries(error: Error) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert vars(again) == vars(error)
    assert (str(again), again.args) == (str(error), error.args)


def test_an_answer_s_headers_are_carried_and_not_shown() -> None:
    error = APIError("it failed", 400, HEADERS, b"content", {"code": 1})
    shown = f"{error} {error!r} {''.join(traceback.format_exception(error))}"
    assert repr(error) == "APIError('it failed')"
    assert "s3cret" not in shown
    assert error.headers["x-request-id"] == "1"


def retry_after(text: str | None, name: str = "Retry-After") -> float | None:
    return RateLimited("slow down", 429, {} if text is None else {name: text}, b"").retry_after


@pytest.mark.parametrize(
    "text", [None, "", "soon", "-1", "1.5", "Thu, 99 Foo 2016 00:00:00 GMT", "1 Jan 99999 00:00 GMT"]
)
def test_without_a_usable_header_nobody_knows_how_long_to_wait(text: str | None) -> None:
    assert retry_after(text) is None


def test_seconds_to_wait_are_read_whatever_the_case_of_the_header() -> None:
    assert retry_after(" 120 ") == 120.0
    assert retry_after("0", "retry-AFTER") == 0.0


@pytest.mark.parametrize("zone", ["GMT", "-0000"])
def test_a_date_to_wait_for_is_read(zone: str) -> None:
    moment = format_datetime(datetime.now(UTC) + timedelta(seconds=100)).replace("+0000", zone)
    seconds = retry_after(moment)
    assert seconds is not None
    assert 95 < seconds <= 100


def test_a_date_that_has_passed_is_no_time_to_wait() -> None:
    assert retry_after("Thu, 07 Apr 2016 23:52:28 GMT") == 0.0
