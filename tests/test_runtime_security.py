"""Credentials go onto the wire as their security scheme says, and show nowhere else."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from typing import Any

import pytest

from scripts.runtime.errors import MissingCredentials
from scripts.runtime.security import (
    Applied,
    Credential,
    api_key,
    basic,
    bearer,
    by_connection,
    credentials_for,
)

SECRET = "s3cret-of-mine"


def applied(credential: Credential | None) -> Applied:
    assert credential is not None
    return credential.apply()


@pytest.mark.parametrize(
    ("username", "password", "pair"),
    [("user", SECRET, f"user:{SECRET}"), ("ü", "a:b", "ü:a:b"), ("key", "", "key:"), ("", "key", ":key")],
)
def test_basic_is_both_parts_in_base64(username: str, password: str, pair: str) -> None:
    scheme, _, encoded = applied(basic(username, password)).headers["Authorization"].partition(" ")
    assert (scheme, b64decode(encoded).decode()) == ("Basic", pair)


def test_a_bearer_token_stands_behind_its_scheme() -> None:
    assert applied(bearer(SECRET)) == Applied({"Authorization": f"Bearer {SECRET}"})


def test_an_api_key_stands_where_its_scheme_says() -> None:
    assert applied(api_key("X-Key", "header", SECRET)) == Applied({"X-Key": SECRET})
    assert applied(api_key("a key", "query", "a&b=ü")) == Applied(query=["a%20key=a%26b%3D%C3%BC"])
    assert applied(api_key("sid", "cookie", "a;b")) == Applied(cookies=["sid=a%3Bb"])


def test_a_connection_that_proves_who_calls_adds_nothing() -> None:
    assert applied(by_connection()) == Applied()


def test_no_credential_is_none() -> None:
    assert (basic(None, None), bearer(None), api_key("X-Key", "header", None)) == (None, None, None)


@pytest.mark.parametrize(
    "make",
    [
        lambda: basic(SECRET, None),
        lambda: basic(None, SECRET),
        lambda: basic(f"{SECRET}:x", SECRET),
        lambda: basic("", ""),
        lambda: basic(SECRET, "\ud800"),
        lambda: basic(SECRET, "a\nb"),
        lambda: bearer(""),
        lambda: bearer(f"{SECRET}\r\nX-Evil: 1"),
        lambda: bearer(f" {SECRET}"),
        lambda: bearer(f"{SECRET}é"),
        lambda: api_key("X-Key", "header", f"{SECRET}\n"),
        lambda: api_key("key", "query", ""),
        lambda: api_key("key", "query", f"{SECRET}\udfff"),
        lambda: api_key("key", "cookie", f"{SECRET}\0"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_without_being_shown(make: Callable[[], Any]) -> None:
    with pytest.raises(ValueError, match="credential") as caught:
        make()
    assert SECRET not in repr(caught.value)
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


def test_no_repr_shows_a_secret() -> None:
    for credential in (basic("user", SECRET), bearer(SECRET), api_key("key", "query", SECRET)):
        shown = f"{credential!r} {credential} {applied(credential)!r} {applied(credential)}"
        assert SECRET not in shown
        assert "Authorization" not in shown


HELD = {"one": bearer("1"), "other": bearer("2"), "missing": None, "tls": by_connection()}


@pytest.mark.parametrize(
    ("requirements", "schemes"),
    [
        ([], []),
        ([["one"]], ["one"]),
        ([["missing"], ["other"]], ["other"]),
        ([["one", "other"]], ["one", "other"]),
        ([["one", "missing"], ["other"]], ["other"]),
        ([[], ["one"]], ["one"]),
        ([["missing"], []], []),
        ([["one", "tls"]], ["one", "tls"]),
        ([["unheard of"], ["tls"]], ["tls"]),
    ],
)
def test_the_first_requirement_that_can_be_met_is(requirements: list[list[str]], schemes: list[str]) -> None:
    assert list(credentials_for(requirements, HELD)) == [HELD[scheme] for scheme in schemes]


def test_a_requirement_that_cannot_be_met_names_what_is_wanted() -> None:
    with pytest.raises(MissingCredentials, match="the credentials of missing or one with missing; give them"):
        credentials_for([["missing"], ["one", "missing"]], HELD)
