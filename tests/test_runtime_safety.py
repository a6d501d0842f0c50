"""What could make a call go out twice, to another server, or with other parameters than were given."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import httpx
import pytest

from scripts.runtime.client import BaseClient
from scripts.runtime.errors import InvalidRequest, OutcomeUnknown
from scripts.runtime.operation import Operation, Parameter
from scripts.runtime.security import api_key, bearer
from scripts.runtime.unset import UNSET

BUY: Operation[Any, Any] = Operation(
    "POST",
    "/buy",
    parameters=[Parameter("block", "query", str)],
    responses={"200": {"application/json": Any}},
)


class Shop:
    """Counts what arrives."""

    def __init__(self) -> None:
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return httpx.Response(200, json=1)


def client(shop: Shop, **options: Any) -> BaseClient:
    return BaseClient({}, **{"base_url": "https://a.test", "transport": httpx.MockTransport(shop), **options})


def audit(response: httpx.Response) -> None:
    raise httpx.ConnectError("the audit server is down", request=httpx.Request("POST", "http://audit.test"))


def test_a_hook_that_cannot_connect_does_not_make_the_call_go_out_again() -> None:
    shop = Shop()
    with pytest.raises(OutcomeUnknown):
        client(shop, event_hooks={"response": [audit]}).call(BUY, "b")
    assert len(shop.requests) == 1


class Refreshing(httpx.Auth):
    """Fails to refresh a token after the answer."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        yield request
        raise httpx.ConnectError("no token server")


def test_an_auth_that_cannot_connect_does_not_make_the_call_go_out_again() -> None:
    shop = Shop()
    with pytest.raises(OutcomeUnknown):
        client(shop, auth=Refreshing()).call(BUY, "b")
    assert len(shop.requests) == 1


def test_the_parameters_of_a_client_of_the_caller_s_come_beside_those_of_the_call() -> None:
    shop = Shop()
    own = httpx.Client(params={"z": "1"}, cookies={"c": "2"}, transport=httpx.MockTransport(shop))
    BaseClient({}, base_url="https://a.test", http_client=own).call(BUY, "b")
    assert str(shop.requests[0].url) == "https://a.test/buy?block=b&z=1"
    assert shop.requests[0].headers["cookie"] == "c=2"


def test_they_cannot_take_the_place_of_a_parameter() -> None:
    own = httpx.Client(params={"block": "other"}, transport=httpx.MockTransport(Shop()))
    with pytest.raises(InvalidRequest, match="http_client: expected"):
        BaseClient({}, base_url="https://a.test", http_client=own).call(BUY, "b")


def test_cookies_of_the_caller_s_stand_before_those_of_the_call_in_one_header() -> None:
    shop = Shop()
    buy = Operation[Any, Any](
        "POST", "/buy", parameters=[Parameter("a", "cookie", str)], responses={"200": {}}, security=[["key"]]
    )
    options: dict[str, Any] = {"base_url": "https://a.test", "transport": httpx.MockTransport(shop)}
    made = BaseClient({"key": api_key("k", "cookie", "3", "key")}, **options)
    made.call(buy, "2", headers={"cookie": "session=1"})
    made.call(buy, UNSET, headers={"cookie": "session=1"})
    sent = [request.headers.get_list("cookie") for request in shop.requests]
    assert sent == [["session=1; a=2; k=3"], ["session=1; k=3"]]


def test_an_authorization_of_the_caller_s_takes_the_place_of_the_credentials() -> None:
    shop = Shop()
    buy = Operation[Any, Any]("POST", "/buy", responses={"200": {}}, security=[["key"]])
    options: dict[str, Any] = {"base_url": "https://a.test", "transport": httpx.MockTransport(shop)}
    BaseClient({"key": bearer("t", "token")}, **options).call(buy, headers={"authorization": "Mine 1"})
    assert shop.requests[0].headers.get_list("authorization") == ["Mine 1"]


@pytest.mark.parametrize("base_url", ["", None])
def test_an_empty_base_url_is_not_the_usual_one(base_url: Any) -> None:
    with pytest.raises(ValueError, match="base_url is no http or https URL"):
        client(Shop(), base_url=base_url)


def test_the_base_url_of_a_client_of_the_caller_s_is_not_ignored() -> None:
    with pytest.raises(TypeError, match="give it to this client, as base_url"):
        BaseClient({}, http_client=httpx.Client(base_url="http://localhost:9"))


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection"])
def test_the_headers_of_http_itself_are_not_the_caller_s_to_write(name: str) -> None:
    shop = Shop()
    with pytest.raises(InvalidRequest, match="not httpx's to write"):
        client(shop).call(BUY, "b", headers={name: "1"})
    assert shop.requests == []
