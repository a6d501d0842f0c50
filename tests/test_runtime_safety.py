"""What could make a call go out twice, to another server, or with other parameters than were given."""

from __future__ import annotations

import socket
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import httpx
import pytest

from scripts.runtime.client import BaseClient
from scripts.runtime.errors import InvalidRequest, OutcomeUnknown
from scripts.runtime.operation import Body, Operation, Parameter
from scripts.runtime.security import api_key, bearer
from scripts.runtime.unset import UNSET
from tests.calls import Call, both

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


@contextmanager
def listening() -> Generator[tuple[str, list[bytes]]]:
    """A server on loopback that sells to everyone: its URL, and the first line of each request that arrives."""
    arrived: list[bytes] = []

    def serve() -> None:
        while True:
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                while text := connection.recv(65536):
                    arrived.append(text.partition(b"\r\n")[0])
                    connection.sendall(
                        b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1\r\n\r\n1"
                    )

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}", arrived


# What never left


NOWHERE = "http://127.0.0.1:9"
"""Where nobody listens: a connection is refused."""


def elsewhere(request: httpx.Request) -> None:
    """Send a request to where nobody listens."""
    request.url = httpx.URL(f"{NOWHERE}/audit")
    httpx.Client(trust_env=False).send(request)


async def elsewhere_by_asyncio(request: httpx.Request) -> None:
    request.url = httpx.URL(f"{NOWHERE}/audit")
    async with httpx.AsyncClient(trust_env=False) as other:
        await other.send(request)


def other_request(response: httpx.Response) -> None:
    raise httpx.ConnectError("the audit server is down", request=httpx.Request("POST", "http://audit.test"))


def same_request(response: httpx.Response) -> None:
    raise httpx.ConnectError("the audit server is down", request=response.request)


def sent_on(response: httpx.Response) -> None:
    elsewhere(response.request)


async def other_request_by_asyncio(response: httpx.Response) -> None:
    other_request(response)


async def same_request_by_asyncio(response: httpx.Response) -> None:
    same_request(response)


async def sent_on_by_asyncio(response: httpx.Response) -> None:
    await elsewhere_by_asyncio(response.request)


class Refreshing(httpx.Auth):
    """Fails to refresh a token after the answer."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        yield request
        raise httpx.ConnectError("no token server")


class Copying(httpx.Auth):
    """Sends the request that was answered to another server, too."""

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        yield request
        request.url = httpx.URL(NOWHERE)
        yield request


class SendingOn(httpx.Auth):
    """As `Copying`, by another client."""

    def sync_auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        yield request
        elsewhere(request)

    async def async_auth_flow(self, request: httpx.Request) -> AsyncGenerator[httpx.Request, httpx.Response]:
        yield request
        await elsewhere_by_asyncio(request)


HOOKS = {
    "another request": {"plain": other_request, "by_asyncio": other_request_by_asyncio},
    "the same request": {"plain": same_request, "by_asyncio": same_request_by_asyncio},
    "the same request, sent on": {"plain": sent_on, "by_asyncio": sent_on_by_asyncio},
}
AUTHS = [Refreshing(), Copying(), SendingOn()]


class Partly(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Answers for its own server, and cannot connect to any other."""

    def __init__(self, shop: Shop) -> None:
        self.inner = httpx.MockTransport(shop)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if request.url.host != "a.test":
            raise httpx.ConnectError("nobody is there")
        return self.inner.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return self.handle_request(request)


def outcome(call: Call, made: BaseClient) -> None:
    with pytest.raises(OutcomeUnknown, match="may have been carried out: ConnectError"):
        call(made, "call", BUY, "b")


@both
@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_a_hook_that_cannot_connect_does_not_make_the_call_go_out_again(call: Call, hook: Any) -> None:
    shop, hooks = Shop(), {"response": [hook[call.__name__]]}
    outcome(call, client(shop, event_hooks=hooks))
    assert len(shop.requests) == 1
    with listening() as (url, arrived):
        outcome(call, client(shop, base_url=url, transport=None, event_hooks=hooks))
    assert arrived == [b"POST /buy?block=b HTTP/1.1"]


@both
@pytest.mark.parametrize("auth", AUTHS, ids=lambda auth: type(auth).__name__)
def test_an_auth_that_cannot_connect_does_not_make_the_call_go_out_again(call: Call, auth: Any) -> None:
    shop = Shop()
    outcome(call, client(shop, auth=auth, transport=Partly(shop)))
    assert len(shop.requests) == 1
    with listening() as (url, arrived):
        outcome(call, client(shop, base_url=url, transport=None, auth=auth))
    assert arrived == [b"POST /buy?block=b HTTP/1.1"]


@both
@pytest.mark.parametrize("hook", HOOKS.values(), ids=HOOKS)
def test_nor_does_a_hook_of_a_client_of_the_caller_s(call: Call, hook: Any) -> None:
    kind = httpx.Client if call.__name__ == "plain" else httpx.AsyncClient
    own: Any = kind(event_hooks={"response": [hook[call.__name__]]}, trust_env=False)
    with listening() as (url, arrived):
        outcome(call, client(Shop(), base_url=url, transport=None, http_client=own))
    assert arrived == [b"POST /buy?block=b HTTP/1.1"]


class Stubborn(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Sends twice, the second time to where nobody listens."""

    def __init__(self) -> None:
        self.plain, self.by_asyncio = httpx.HTTPTransport(), httpx.AsyncHTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self.plain.handle_request(request).close()
        request.url = httpx.URL(NOWHERE)
        return self.plain.handle_request(request)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await (await self.by_asyncio.handle_async_request(request)).aclose()
        request.url = httpx.URL(NOWHERE)
        return await self.by_asyncio.handle_async_request(request)


@both
def test_a_transport_that_fails_to_connect_after_it_sent_does_not_make_the_call_go_out_again(
    call: Call,
) -> None:
    with listening() as (url, arrived):
        outcome(call, client(Shop(), base_url=url, transport=Stubborn()))
    assert arrived == [b"POST /buy?block=b HTTP/1.1"]


@both
def test_a_request_whose_body_was_replaced_may_have_been_sent(call: Call) -> None:
    def replaced(request: httpx.Request) -> None:
        request.stream = httpx.ByteStream(b"")

    async def replaced_by_asyncio(request: httpx.Request) -> None:
        replaced(request)

    hook = replaced if call.__name__ == "plain" else replaced_by_asyncio
    outcome(call, client(Shop(), base_url=NOWHERE, transport=None, event_hooks={"request": [hook]}))


@both
@pytest.mark.parametrize("body", [UNSET, {"a": 1}])
def test_what_never_left_is_sent_again_as_it_was(call: Call, body: Any) -> None:
    shop, failing = Shop(), [2]

    def refusing(request: httpx.Request) -> httpx.Response:
        failing[0] -= 1
        if failing[0] >= 0:
            raise httpx.ConnectError("refused")
        return shop(request)

    buy = Operation[Any, Any](
        "POST",
        "/buy",
        body=Body({"application/json": dict[str, Any]}),
        responses={"200": {"application/json": Any}},
    )
    seen: list[bytes] = []

    def read(request: httpx.Request) -> None:
        seen.append(request.read())

    async def read_by_asyncio(request: httpx.Request) -> None:
        seen.append(await request.aread())

    hook = read if call.__name__ == "plain" else read_by_asyncio
    made = client(shop, transport=httpx.MockTransport(refusing), event_hooks={"request": [hook]})
    with mock.patch("time.sleep"), mock.patch("asyncio.sleep"):
        assert call(made, "call", buy, body=body) == 1
    assert seen == [b"" if body is UNSET else b'{"a":1}'] * 3
    assert len(shop.requests) == 1


def test_the_parameters_of_a_client_of_the_caller_s_come_beside_those_of_the_call() -> None:
    shop = Shop()
    own = httpx.Client(params={"z": "1"}, cookies={"c": "2"}, transport=httpx.MockTransport(shop))
    BaseClient({}, base_url="https://a.test", http_client=own).call(BUY, "b")
    assert str(shop.requests[0].url) == "https://a.test/buy?block=b&z=1"
    assert shop.requests[0].headers["cookie"] == "c=2"


def test_they_cannot_take_the_place_of_a_parameter() -> None:
    own = httpx.Client(params={"block": "other"}, transport=httpx.MockTransport(Shop()))
    with pytest.raises(
        InvalidRequest, match="http_client: expected no query parameter of the operation in its params, got"
    ):
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


def test_an_empty_base_url_is_not_the_usual_one() -> None:
    with pytest.raises(ValueError, match="base_url is no http or https URL"):
        client(Shop(), base_url="")


def test_the_base_url_of_a_client_of_the_caller_s_is_not_ignored() -> None:
    with pytest.raises(TypeError, match="give it to this client, as base_url"):
        BaseClient({}, http_client=httpx.Client(base_url="http://localhost:9"))


@pytest.mark.parametrize("name", ["Host", "content-length", "Transfer-Encoding", "Connection"])
def test_the_headers_of_http_itself_are_not_the_caller_s_to_write(name: str) -> None:
    shop = Shop()
    with pytest.raises(
        InvalidRequest, match="headers: expected the name of a header that is not httpx's to write, got"
    ):
        client(shop).call(BUY, "b", headers={name: "1"})
    assert shop.requests == []
