"""Each security scheme becomes arguments of the client, and what makes a credential of them."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract import Contract
from scripts.problem import Problem
from scripts.security import schemes

BASIC = {"type": "http", "scheme": "Basic"}
BEARER = {"type": "http", "scheme": "bearer"}
OAUTH = {"type": "oauth2", "flows": {}}
OPENID = {"type": "openIdConnect", "openIdConnectUrl": "https://id.example"}


def key(name: str, place: str = "header", **more: Any) -> dict[str, Any]:
    return {"type": "apiKey", "name": name, "in": place, **more}


def named(node: dict[str, Any], **credentials: str) -> dict[str, Any]:
    return {**node, "x-credentials": credentials}


def read(**nodes: dict[str, Any]) -> dict[str, str]:
    """The schemes of a document: the expression of each."""
    document = {"components": {"securitySchemes": nodes}}
    return {scheme.name: scheme.expression for scheme in schemes(Contract(document))}


@pytest.mark.parametrize(
    ("node", "expression"),
    [
        (BASIC, "basic(username, password)"),
        (BEARER, "bearer(token)"),
        (OAUTH, "bearer(token)"),
        (OPENID, "bearer(token)"),
        (key("X-API-Key"), 'api_key("X-API-Key", "header", x_api_key)'),
        (key('a"{b}', "query"), 'api_key("a\\"{b}", "query", a_b)'),
        (key("sid", "cookie"), 'api_key("sid", "cookie", sid)'),
        (named(BASIC, username="account_sid", password="auth_token"), "basic(account_sid, auth_token)"),
        (named(BASIC, username="account_sid"), "basic(account_sid, password)"),
        (named(BEARER, token="jwt"), "bearer(jwt)"),
        (named(key("X-API-Key"), key="api_key"), 'api_key("X-API-Key", "header", api_key)'),
    ],
)
def test_a_scheme_has_the_arguments_of_its_kind(node: dict[str, Any], expression: str) -> None:
    assert read(one=node) == {"one": expression}


def test_a_document_without_schemes_has_none() -> None:
    assert schemes(Contract({})) == []


def test_mutual_tls_takes_no_argument() -> None:
    assert read(tls={"type": "mutualTLS"}) == {"tls": "by_connection()"}


def test_a_scheme_may_be_a_reference() -> None:
    document = {
        "components": {"securitySchemes": {"a": {"$ref": "#/x-schemes/a"}}},
        "x-schemes": {"a": BEARER},
    }
    assert [scheme.expression for scheme in schemes(Contract(document))] == ["bearer(token)"]


def test_arguments_that_repeat_say_their_scheme() -> None:
    assert read(old=BEARER, new=OAUTH, word=key("key", "query"), other=named(BEARER, token="jwt")) == {
        "old": "bearer(old_token)",
        "new": "bearer(new_token)",
        "word": 'api_key("key", "query", key)',
        "other": "bearer(jwt)",
    }


def test_an_argument_that_the_client_has_of_its_own_says_its_scheme() -> None:
    assert read(word=key("timeout", "query")) == {"word": 'api_key("timeout", "query", word_timeout)'}


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        ({"one": {"type": "http", "scheme": "digest"}}, "the security scheme `one` (http digest) is not supported"),
        ({"one": named(BEARER, key="k")}, "x-credentials names `key`; choose from token"),
        ({"one": key("two words")}, "`two words` cannot be the name of a header"),
        ({"one": key("a=b", "cookie")}, "`a=b` cannot be the name of a cookie"),
        ({"one": named(BEARER, token="timeout")}, "`timeout` for the security scheme `one` is one of every client"),
        ({"one": named(BASIC, username="a", password="a")}, "`a` for the security scheme `one` is one of the sec"),
        ({"one": named(BEARER, token="t"), "two": named(BEARER, token="t")}, "is one of the security scheme `one`"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_done_is_named(nodes: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem) as raised:
        read(**nodes)
    assert "#/components/securitySchemes/" in str(raised.value)
    assert told in str(raised.value)
