"""Each security scheme becomes arguments of the client, and what makes a credential of them."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract import Contract
from scripts.operations import operations
from scripts.problem import Problem
from scripts.schemas import Schemas
from scripts.security import schemes

BASIC = {"type": "http", "scheme": "Basic"}
BEARER = {"type": "http", "scheme": "bearer"}
OAUTH: dict[str, Any] = {"type": "oauth2", "flows": {}}
OPENID = {"type": "openIdConnect", "openIdConnectUrl": "https://id.example"}


def key(name: str, place: str = "header", **more: Any) -> dict[str, Any]:
    return {"type": "apiKey", "name": name, "in": place, **more}


def named(node: dict[str, Any], **credentials: str) -> dict[str, Any]:
    return {**node, "x-credentials": credentials}


def read(**nodes: dict[str, Any]) -> dict[str, str]:
    """The schemes of a document: the expression of each."""
    document = {"components": {"securitySchemes": nodes}}
    return {scheme.name: scheme.expression for scheme in schemes(Contract(document))}


def arguments(**nodes: dict[str, Any]) -> dict[str, list[str]]:
    """The arguments for each scheme of a document."""
    document = {"components": {"securitySchemes": nodes}}
    return {scheme.name: [*scheme.arguments.values()] for scheme in schemes(Contract(document))}


@pytest.mark.parametrize(
    ("node", "expression"),
    [
        (BASIC, 'basic(username, password, "username", "password")'),
        (BEARER, 'bearer(token, "token")'),
        (OAUTH, 'bearer(token, "token")'),
        (OPENID, 'bearer(token, "token")'),
        (key("X-API-Key"), 'api_key("X-API-Key", "header", x_api_key, "x_api_key")'),
        (key('a"{b}', "query"), 'api_key("a\\"{b}", "query", a_b, "a_b")'),
        (key("sid", "cookie"), 'api_key("sid", "cookie", sid, "sid")'),
        (named(BASIC, username="sid", password="word"), 'basic(sid, word, "sid", "word")'),
        (named(BASIC, username="sid"), 'basic(sid, password, "sid", "password")'),
        (named(BEARER, token="jwt"), 'bearer(jwt, "jwt")'),
        (named(key("X-API-Key"), key="api_key"), 'api_key("X-API-Key", "header", api_key, "api_key")'),
    ],
)
def test_a_scheme_has_the_arguments_of_its_kind(node: dict[str, Any], expression: str) -> None:
    assert read(one=node) == {"one": f"_security.{expression}"}


def test_a_document_without_schemes_has_none() -> None:
    assert schemes(Contract({})) == []


def test_mutual_tls_takes_no_argument() -> None:
    assert read(tls={"type": "mutualTLS"}) == {"tls": "_security.by_connection()"}


def test_a_scheme_may_be_a_reference() -> None:
    document = {
        "components": {"securitySchemes": {"a": {"$ref": "#/x-schemes/a"}}},
        "x-schemes": {"a": BEARER},
    }
    assert [scheme.arguments for scheme in schemes(Contract(document))] == [{"token": "token"}]


def test_arguments_that_repeat_say_their_scheme() -> None:
    jwt = named(BEARER, token="jwt")
    assert arguments(old=BEARER, new=OAUTH, word=key("key", "query"), other=jwt) == {
        "old": ["old_token"],
        "new": ["new_token"],
        "word": ["key"],
        "other": ["jwt"],
    }


@pytest.mark.parametrize("name", ["timeout", "self", "super", "options"])
def test_an_argument_whose_name_the_client_uses_itself_says_its_scheme(name: str) -> None:
    assert arguments(word=key(name, "query")) == {"word": [f"word_{name}"]}


@pytest.mark.parametrize(
    ("nodes", "told"),
    [
        ({"one": {"type": "http", "scheme": "digest"}}, "the security scheme `one` (http digest) is not supported"),
        ({"one": named(BEARER, key="k")}, "x-credentials names `key`; choose from token"),
        ({"one": key("two words")}, "`two words` cannot be the name of a header"),
        ({"one": key("a=b", "cookie")}, "`a=b` cannot be the name of a cookie"),
        ({"one": named(BEARER, token="timeout")}, "`timeout` for the security scheme `one` is one of every client"),
        ({"one": named(BEARER, token="_token")}, "`_token` for the security scheme `one` is one of every client"),
        ({"one": named(BASIC, username="a", password="a")}, "`a` for the security scheme `one` is one of the sec"),
        ({"one": named(BEARER, token="t"), "two": named(BEARER, token="t")}, "is one of the security scheme `one`"),
    ],
)  # fmt: skip
def test_a_scheme_that_cannot_be_done_is_named(nodes: dict[str, Any], told: str) -> None:
    with pytest.raises(Problem) as raised:
        read(**nodes)
    assert "#/components/securitySchemes/" in str(raised.value)
    assert told in str(raised.value)


# Together with parameters and with each other


def required(
    scheme: dict[str, Any], *, other: Any = None, name: str = "", place: str = "header"
) -> list[list[str]]:
    """The requirements of an operation that needs one scheme, another where there is one, and has a parameter."""
    parameters = [{"name": name, "in": place, "schema": {"type": "string"}}] if name else []
    needed: dict[str, Any] = {"one": [], **({"other": []} if other else {})}
    node: dict[str, Any] = {"parameters": parameters, "security": [needed, {"one": []}], "responses": {}}
    nodes = {"one": scheme, "other": other or BASIC}
    contract = Contract({"paths": {"/x": {"get": node}}, "components": {"securitySchemes": nodes}})
    (made,) = operations(contract, Schemas(contract))
    return made.security


@pytest.mark.parametrize("other", [OAUTH, BASIC, key("authorization"), key("AUTHORIZATION")])
def test_two_credentials_in_one_header_are_refused(other: dict[str, Any]) -> None:
    with pytest.raises(
        Problem, match="`other` and the security scheme `one` are both the header `authorization`"
    ):
        required(BEARER, other=other)


@pytest.mark.parametrize(
    ("place", "name"), [("header", "X-Key"), ("header", "x-key"), ("query", "X-Key"), ("cookie", "X-Key")]
)
def test_a_parameter_in_the_place_of_a_credential_is_refused(place: str, name: str) -> None:
    with pytest.raises(Problem, match="`one` and a parameter are both the"):
        required(key("X-Key", place), name=name, place=place)


@pytest.mark.parametrize(
    ("scheme", "other", "name", "place"),
    [
        (key("X-Key"), BEARER, "X-Key", "query"),
        (key("key", "query"), key("key", "cookie"), "KEY", "query"),
        (BEARER, {"type": "mutualTLS"}, "Authorization", "header"),
    ],
)
def test_credentials_in_places_of_their_own_go_together(
    scheme: dict[str, Any], other: dict[str, Any], name: str, place: str
) -> None:
    assert required(scheme, other=other, name=name, place=place) == [["one", "other"], ["one"]]
