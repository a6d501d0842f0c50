"""A server is somewhere that a call can go, or it is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from scripts.contract import Contract
from scripts.lowering import client
from scripts.problem import Problem
from scripts.runtime.client import BaseClient
from scripts.runtime.operation import Operation
from scripts.servers import server_url


def url(server: dict[str, Any]) -> str:
    contract = Contract({"servers": [server]})
    return server_url(contract, contract.document["servers"][0])


def variable(**of: Any) -> dict[str, Any]:
    return {"url": "https://{name}.x.test/", "variables": {"name": of}}


@pytest.mark.parametrize(
    ("server", "found"),
    [
        ({"url": "https://x.test"}, "https://x.test"),
        ({"url": "http://x.test:8080/v1/"}, "http://x.test:8080/v1"),
        ({"url": "https://[::1]/"}, "https://[::1]"),
        (variable(default="eu"), "https://eu.x.test"),
        (variable(default="eu", enum=["us", "eu"]), "https://eu.x.test"),
    ],
)
def test_a_server_is_its_url_with_the_defaults_of_its_variables(server: dict[str, Any], found: str) -> None:
    assert url(server) == found


@pytest.mark.parametrize(
    ("server", "at", "what"),
    [
        ({"url": "/v1"}, "#/servers/0", "the server `/v1` is no absolute http or https URL"),
        ({"url": "x.test"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "ftp://x.test"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://x.test/?q=1"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://x.test/#f"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://x.test?"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://a b.test"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://x.test:99999"}, "#/servers/0", "is no absolute http or https URL"),
        ({"url": "https://user@x.test"}, "#/servers/0", "is no absolute http or https URL"),
        (variable(default=""), "#/servers/0", "the server `https://.x.test/` is no absolute"),
        ({"url": "https://x.test:{port}"}, "#/servers/0", "has `{port}`, which is no variable; declare it"),
        (variable(default="{a}"), "#/servers/0", "has `{a}`, which is no variable"),
        (variable(default="a", enum=["b"]), "#/servers/0/variables/name", "the default `a` of the variable `name`"),
    ],
)  # fmt: skip
def test_a_server_that_no_call_can_go_to_is_refused(server: dict[str, Any], at: str, what: str) -> None:
    with pytest.raises(Problem) as caught:
        url(server)
    assert str(caught.value).startswith(f"{at}: ")
    assert what in str(caught.value)


def document(*servers: str, own: tuple[str, ...] = ()) -> dict[str, Any]:
    """A contract with servers, and an operation for each of `own` with that server."""
    paths: dict[str, Any] = {
        f"/{index}": {"get": {"responses": {}, "servers": [{"url": each}]}} for index, each in enumerate(own)
    }
    head: dict[str, Any] = {"info": {"title": "T", "version": "1"}, "paths": paths}
    return {**head, **({"servers": [{"url": each} for each in servers]} if servers else {})}


def test_the_first_server_is_the_default_and_all_are_known() -> None:
    made = client("acme", Contract(document("https://a.test", "https://b.test")))
    assert (made.server, made.servers) == ("https://a.test", ["https://a.test", "https://b.test"])


def test_where_only_operations_have_servers_the_first_of_these_is_the_default() -> None:
    made = client("acme", Contract(document(own=("https://b.test", "https://a.test", "https://b.test"))))
    assert (made.server, made.servers) == ("https://b.test", ["https://b.test", "https://a.test"])


@pytest.mark.parametrize("servers", [("https://a.test", "/b"), ("/a",)])
def test_every_server_of_the_contract_is_checked(servers: tuple[str, ...]) -> None:
    with pytest.raises(Problem, match=f"#/servers/{len(servers) - 1}: "):
        client("acme", Contract(document(*servers)))


def test_the_server_of_an_operation_is_checked() -> None:
    with pytest.raises(Problem, match=r"#/paths/~10/get/servers/0: the server `/rel` is no absolute"):
        client("acme", Contract(document("https://a.test", own=("/rel",))))


def test_a_contract_without_servers_and_operations_is_refused() -> None:
    with pytest.raises(Problem, match="no server is named"):
        client("acme", Contract(document()))


class Client(BaseClient):
    """A client of a contract that names a server."""

    _base_url = "https://a.test"


@pytest.mark.parametrize(
    ("options", "called"),
    [
        ({}, ["https://a.test/x", "https://b.test/x"]),
        ({"base_url": "http://localhost:9"}, ["http://localhost:9/x", "http://localhost:9/x"]),
    ],
)
def test_no_call_goes_elsewhere_where_the_user_says_where_the_server_is(
    options: dict[str, Any], called: list[str]
) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(200)

    made = Client({}, transport=httpx.MockTransport(answer), **options)
    for server in (None, "https://b.test"):
        made.send(Operation[None, None]("GET", "/x", responses={"200": {}}, server=server))
    assert asked == called
