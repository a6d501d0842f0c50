"""Credentials go onto the wire as their security scheme says, and show nowhere else."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable
from enum import Enum
from typing import Any

import httpx
import pytest

from scripts.runtime.errors import InvalidCredentials, MissingCredentials
from scripts.runtime.security import (
    Applied,
    Credential,
    api_key,
    basic,
    bearer,
    by_connection,
    check_one,
    credentials_for,
    hide_query,
)

SECRET = "s3cret-of-mine"
PAIR = "account_sid", "auth_token"


def applied(credential: Credential | None) -> Applied:
    assert credential is not None
    return credential.apply()


@pytest.mark.parametrize(
    ("username", "password", "pair"),
    [("user", SECRET, f"user:{SECRET}"), ("ü", "a:b", "ü:a:b"), ("key", "x", "key:x"), (" u", "p ", " u:p ")],
)
def test_basic_is_both_parts_in_base64(username: str, password: str, pair: str) -> None:
    scheme, _, encoded = applied(basic(username, password, *PAIR)).headers["Authorization"].partition(" ")
    assert (scheme, b64decode(encoded).decode()) == ("Basic", pair)


def test_a_bearer_token_stands_behind_its_scheme() -> None:
    assert applied(bearer(SECRET, "token")) == Applied({"Authorization": f"Bearer {SECRET}"})


def test_an_api_key_stands_where_its_scheme_says() -> None:
    assert applied(api_key("X-Key", "header", SECRET, "key")) == Applied({"X-Key": SECRET})
    assert applied(api_key("a key", "query", "a&b=ü", "key")) == Applied(query=["a%20key=a%26b%3D%C3%BC"])
    assert applied(api_key("sid", "cookie", "a;b", "key")) == Applied(cookies=["sid=a%3Bb"])


def test_a_connection_that_proves_who_calls_adds_nothing() -> None:
    assert applied(by_connection()) == Applied()


def test_no_credential_is_none() -> None:
    assert basic(None, None, *PAIR) is None
    assert bearer(None, "token") is None
    assert api_key("X-Key", "header", None, "key") is None


CONTROL = "holds control characters or lone surrogates"
NO_HEADER = "is not what a header can carry: ASCII without outer blanks"


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: basic(SECRET, None, *PAIR), "`account_sid` needs `auth_token`: give both, or neither"),
        (lambda: basic(None, SECRET, *PAIR), "`auth_token` needs `account_sid`: give both, or neither"),
        (
            lambda: basic(f"{SECRET}:x", SECRET, *PAIR),
            "`account_sid` holds a colon, which HTTP Basic cannot carry",
        ),
        (lambda: basic("", "", *PAIR), "`account_sid` is blank"),
        (lambda: basic("", SECRET, *PAIR), "`account_sid` is blank"),
        (lambda: basic(" ", SECRET, *PAIR), "`account_sid` is blank"),
        (lambda: basic(SECRET, "", *PAIR), "`auth_token` is blank"),
        (lambda: basic(SECRET, " \n", *PAIR), "`auth_token` is blank"),
        (lambda: basic(SECRET, "\ud800", *PAIR), f"`auth_token` {CONTROL}"),
        (lambda: basic(SECRET, "a\nb", *PAIR), f"`auth_token` {CONTROL}"),
        (lambda: basic("a\0", SECRET, *PAIR), f"`account_sid` {CONTROL}"),
        (lambda: bearer("", "token"), "`token` is blank"),
        (lambda: bearer("\t", "token"), "`token` is blank"),
        (lambda: bearer(f"{SECRET}\r\nX-Evil: 1", "token"), f"`token` {CONTROL}"),
        (lambda: bearer(f" {SECRET}", "token"), f"`token` {NO_HEADER}"),
        (lambda: bearer(f"{SECRET}é", "token"), f"`token` {NO_HEADER}"),
        (
            lambda: bearer(f"Bearer {SECRET}", "token"),
            "`token` begins with 'Bearer': give what stands behind it alone",
        ),
        (
            lambda: bearer(f"bearer {SECRET}", "token"),
            "`token` begins with 'Bearer': give what stands behind it alone",
        ),
        (lambda: api_key("X-Key", "header", f"{SECRET}\n", "key"), f"`key` {CONTROL}"),
        (lambda: api_key("X-Key", "header", f"{SECRET}é", "key"), f"`key` {NO_HEADER}"),
        (lambda: api_key("key", "query", "", "key"), "`key` is blank"),
        (lambda: api_key("key", "cookie", "  ", "key"), "`key` is blank"),
        (lambda: api_key("key", "query", f"{SECRET}\udfff", "key"), f"`key` {CONTROL}"),
        (lambda: api_key("key", "cookie", f"{SECRET}\0", "key"), f"`key` {CONTROL}"),
    ],
)
def test_a_credential_that_cannot_be_sent_is_refused_by_its_name_without_being_shown(
    make: Callable[[], Any], message: str
) -> None:
    with pytest.raises(InvalidCredentials) as caught:
        make()
    assert str(caught.value) == message
    assert (caught.value.__cause__, caught.value.__context__) == (None, None)


@pytest.mark.parametrize("wrong", [5, SECRET.encode(), [SECRET]])
def test_a_credential_that_is_no_text_is_refused_without_being_shown(wrong: Any) -> None:
    makes: list[Callable[[], Any]] = [
        lambda: basic(wrong, "b", "key", "word"),
        lambda: basic("a", wrong, "name", "key"),
        lambda: bearer(wrong, "key"),
        lambda: api_key("key", "query", wrong, "key"),
    ]
    for make in makes:
        with pytest.raises(InvalidCredentials, match=r"^`key` is no text$"):
            make()


def test_a_credential_knows_what_of_it_is_secret() -> None:
    pair = "dXNlcjpzM2NyZXQtb2YtbWluZQ=="
    assert secrets(basic("user", SECRET, *PAIR)) == (SECRET, pair)
    assert secrets(bearer(SECRET, "token")) == secrets(api_key("X-Key", "header", SECRET, "key")) == (SECRET,)
    assert secrets(api_key("key", "query", "a b", "key")) == ("a b", "a%20b")
    assert secrets(by_connection()) == ()


def secrets(credential: Credential | None) -> tuple[str, ...]:
    assert credential is not None
    return credential.secrets


def test_a_credential_that_stays_the_same_is_never_renewed() -> None:
    credential = bearer(SECRET, "token")
    assert credential is not None
    assert not credential.can_renew()
    assert not credential.is_refused({"error": "expired"})
    assert not credential.renew(credential.apply(), None)


def test_no_repr_shows_a_secret() -> None:
    for credential in (
        basic("user", SECRET, *PAIR),
        bearer(SECRET, "token"),
        api_key("key", "query", SECRET, "key"),
    ):
        shown = f"{credential!r} {credential} {applied(credential)!r} {applied(credential)}"
        assert SECRET not in shown
        assert "Authorization" not in shown


HELD = {"one": bearer("1", "token"), "other": bearer("2", "token"), "missing": None, "tls": by_connection()}


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


def test_a_requirement_of_schemes_that_a_client_has_not_is_that_of_another_client() -> None:
    told = "the call needs the credentials of a or b; the client has no such security scheme: is it another vendor's?"
    with pytest.raises(MissingCredentials) as caught:
        credentials_for([["a"], ["b"]], HELD)
    assert str(caught.value) == told
    with pytest.raises(MissingCredentials, match=r"of a or missing; give them to the client$"):
        credentials_for([["a"], ["missing"]], HELD)


@pytest.mark.parametrize(("one", "other"), [("x", "no.json"), ("", {}), (5, "")])
def test_two_that_stand_for_each_other_are_refused_before_either_is_looked_at(one: Any, other: Any) -> None:
    with pytest.raises(InvalidCredentials, match=r"^`token` and `credentials` are given: give one of them$"):
        check_one(token=one, credentials=other)
    check_one(token=one, credentials=None)
    check_one(token=None, credentials=other)
    check_one(token=None, credentials=None)


def test_a_query_that_is_hidden_from_the_log_is_sent_all_the_same() -> None:
    request = httpx.Request("GET", f"https://a.test/x?key={SECRET}")
    plain = httpx.URL(request.url)
    hide_query(request)
    assert (request.url, request.url.raw_path) == (plain, f"/x?key={SECRET}".encode())


Word = Enum("Word", {"KEY": "s3cret"}, type=str)
"""Texts whose `str()` and f-strings are something else."""


def test_of_a_subclass_of_str_its_characters_are_the_credential() -> None:
    assert applied(bearer(Word.KEY, "token")).headers == {"Authorization": "Bearer s3cret"}
    pair = applied(basic(Word.KEY, Word.KEY, "user", "password")).headers["Authorization"]
    assert b64decode(pair.removeprefix("Basic ")) == b"s3cret:s3cret"
    assert applied(api_key("k", "query", Word.KEY, "key")).query == ["k=s3cret"]
    assert applied(api_key("K", "header", Word.KEY, "key")).headers == {"K": "s3cret"}
