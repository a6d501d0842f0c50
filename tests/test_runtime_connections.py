"""Connections are httpx's, with all that httpx takes: opened when needed, one pool for each event loop."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

import httpx
import pytest

from scripts.runtime.client import BaseClient, SyncClient
from scripts.runtime.errors import NotSent, OutcomeUnknown
from scripts.runtime.operation import Operation
from scripts.runtime.security import bearer
from scripts.runtime.unset import UNSET
from tests.calls import ECHO, JSON, SECRET, Call, Server, both, client, fine


def sent(made: BaseClient) -> Any:
    return made.call(ECHO, "a", UNSET)


def sent_by_asyncio(made: BaseClient) -> Any:
    return asyncio.run(made.call_async(ECHO, "a", UNSET))


def test_connections_are_kept_until_the_client_is_closed() -> None:
    made = client()
    kept = made.get_httpx_client()
    assert made.get_httpx_client() is kept
    made.close()
    assert kept.is_closed


def test_connections_of_an_event_loop_are_kept_until_they_are_closed() -> None:
    async def run() -> None:
        made = client()
        kept, plain = made.get_async_httpx_client(), made.get_httpx_client()
        assert made.get_async_httpx_client() is kept
        await made.aclose()
        assert kept.is_closed
        assert plain.is_closed, "what both kinds of functions opened is closed"

    asyncio.run(run())


OWN_CLIENTS: list[Any] = [{}, {"http_client": httpx.Client}, {"http_client": httpx.AsyncClient}]


@pytest.mark.parametrize("own", OWN_CLIENTS, ids=str)
@pytest.mark.parametrize("is_used", [True, False])
@pytest.mark.parametrize("is_asyncio", [True, False])
def test_a_client_that_was_closed_makes_no_more_calls(is_asyncio: bool, is_used: bool, own: Any) -> None:
    options = {name: kind(transport=httpx.MockTransport(fine)) for name, kind in own.items()}

    async def run() -> None:
        made = client(**options)
        if is_used and own != {"http_client": httpx.AsyncClient}:
            assert made.call(ECHO, "a", UNSET)
        if is_used and own != {"http_client": httpx.Client}:
            assert await made.call_async(ECHO, "a", UNSET)
        for _ in range(2):  # closing again is no error
            await made.aclose() if is_asyncio else made.close()
        with pytest.raises(RuntimeError, match=r"^the client is closed: make another$"):
            made.call(ECHO, "a", UNSET)
        with pytest.raises(RuntimeError, match=r"^the client is closed: make another$"):
            await made.call_async(ECHO, "a", UNSET)
        await made.aclose()  # after `close`, it closes the rest

    asyncio.run(run())
    assert not any(own.is_closed for own in options.values())


def test_a_client_that_is_closed_in_one_event_loop_is_closed_in_all() -> None:
    made = client()
    asyncio.run(made.aclose())
    with pytest.raises(RuntimeError, match="the client is closed"):
        sent_by_asyncio(made)


def test_with_closes_a_client_for_plain_calls_only() -> None:
    with SyncClient({}, base_url="https://a.test") as made:
        opened = made.get_httpx_client()
    assert opened.is_closed

    class AsyncClient(BaseClient):
        """As the vendors have it."""

    unentered: Any = AsyncClient({}, base_url="https://a.test")
    with pytest.raises(TypeError, match="AsyncClient is for asyncio: write `async with`"), unentered:
        pass


def test_threads_share_one_httpx_client() -> None:
    made, found = client(), set[int]()
    barrier = threading.Barrier(8)

    def use() -> None:
        barrier.wait()
        found.add(id(made.get_httpx_client()))

    threads = [threading.Thread(target=use) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 1


def test_each_event_loop_has_its_own_connections() -> None:
    made = client()

    async def use() -> httpx.AsyncClient:
        assert made.get_async_httpx_client() is made.get_async_httpx_client()
        return made.get_async_httpx_client()

    one, other = asyncio.run(use()), asyncio.run(use())
    assert one is not other
    assert len(vars(vars(made)["_connections"])["_async_clients"]) == 1, "clients of closed loops are kept"


def test_many_calls_at_once_share_a_client() -> None:
    async def run() -> set[str]:
        async with client() as made:
            answers = await asyncio.gather(*(made.call_async(ECHO, str(n), UNSET) for n in range(1000)))
        return {answer["url"] for answer in answers}

    assert asyncio.run(run()) == {f"https://a.test/v1/echo/{n}" for n in range(1000)}


@pytest.mark.parametrize("outcome", [fine, httpx.ReadError("reset")])
def test_a_connection_is_free_again_after_each_call(outcome: Any) -> None:
    """Calls wait for their turn only where the connections are httpx's own, which a mount stands for here."""
    mounts = {"https://": httpx.MockTransport(Server(outcome))}
    limits = httpx.Limits(max_connections=2)

    async def run() -> list[Any]:
        async with client(transport=None, mounts=mounts, limits=limits, timeout=0.2, max_retries=0) as made:
            calls = [
                await asyncio.gather(made.call_async(ECHO, "a", UNSET), return_exceptions=True)
                for _ in range(5)
            ]
        return [type(each) for (each,) in calls]

    assert asyncio.run(run()) == [dict if outcome is fine else OutcomeUnknown] * 5


def test_cookies_of_an_answer_are_not_sent_back() -> None:
    server = Server(lambda request: httpx.Response(200, json={}, headers={"set-cookie": "sid=1"}))
    with closing(client(server)) as made:
        sent(made)
        sent(made)

    async def run() -> None:
        async with client(server) as made:
            await made.call_async(ECHO, "a", UNSET)
            await made.call_async(ECHO, "a", UNSET)

    asyncio.run(run())
    assert ["cookie" in request.headers for request in server.requests] == [False] * 4


# What is handed on


class Plain(httpx.BaseTransport):
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return fine(request)


class ByAsyncio(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return fine(request)


FOR_PLAIN = r"^the client was given what only plain calls can use: call these, or give another$"
FOR_ASYNCIO = r"^the client was given what only asyncio calls can use: call these, or give another$"


def test_a_transport_for_one_kind_of_calls_is_refused_by_the_other() -> None:
    assert sent(client(transport=Plain()))
    with pytest.raises(TypeError, match=FOR_PLAIN):
        sent_by_asyncio(client(transport=Plain()))
    assert sent_by_asyncio(client(transport=ByAsyncio()))
    with pytest.raises(TypeError, match=FOR_ASYNCIO):
        sent(client(transport=ByAsyncio()))


def test_each_kind_of_calls_may_have_a_transport() -> None:
    made = client(transport=Plain(), async_transport=ByAsyncio())
    assert sent(made) == sent_by_asyncio(made)
    assert sent_by_asyncio(client(transport=None, async_transport=ByAsyncio()))


def test_a_client_of_ones_own_is_used_with_its_settings_and_stays_open() -> None:
    server = Server(fine)
    own = httpx.Client(transport=httpx.MockTransport(server), headers={"X-Own": "1"}, timeout=7)
    with closing(client(http_client=own)) as made:
        assert made.get_httpx_client() is own
        assert sent(made)
        with pytest.raises(TypeError, match=FOR_PLAIN):
            sent_by_asyncio(made)
    assert not own.is_closed
    assert (server.requests[0].headers["x-own"], server.requests[0].extensions["timeout"]["read"]) == ("1", 7)
    assert client(http_client=own, timeout=3).timeout == httpx.Timeout(3)


def test_an_async_client_of_ones_own_is_used_with_its_settings_and_stays_open() -> None:
    server = Server(fine)
    own = httpx.AsyncClient(transport=httpx.MockTransport(server), timeout=7)

    async def run() -> None:
        async with client(http_client=own) as made:
            assert made.get_async_httpx_client() is own
            assert await made.call_async(ECHO, "a", UNSET)
            with pytest.raises(TypeError, match=FOR_ASYNCIO):
                sent(made)

    asyncio.run(run())
    assert not own.is_closed
    assert server.requests[0].extensions["timeout"]["read"] == 7


@both
def test_a_client_of_ones_own_may_authorize(call: Call) -> None:
    server, kind = Server(fine), httpx.Client if call.__name__ == "plain" else httpx.AsyncClient
    own = kind(transport=httpx.MockTransport(server), auth=("me", "pass"))
    call(client(http_client=own, credentials={"scheme": None}), "call", ECHO, "a", UNSET)
    assert server.requests[0].headers.get_list("authorization") == ["Basic bWU6cGFzcw=="]


@pytest.mark.parametrize("kind", [httpx.Client, httpx.AsyncClient])
@pytest.mark.parametrize("more", [{}, {"auth": httpx.BasicAuth("you", "p"), "credentials": {}}])
def test_two_ways_to_authorize_are_refused(kind: Any, more: dict[str, Any]) -> None:
    told = r"^the http_client has an auth, and this client credentials or an auth: give one of them$"
    with pytest.raises(TypeError, match=told):
        client(http_client=kind(auth=("me", "pass")), **more)


@both
def test_an_auth_that_a_client_gets_later_takes_no_place_of_the_credentials(call: Call) -> None:
    server, kind = Server(fine), httpx.Client if call.__name__ == "plain" else httpx.AsyncClient
    own = kind(transport=httpx.MockTransport(server))
    made = client(http_client=own)
    own.auth = httpx.BasicAuth("me", "pass")
    call(made, "call", ECHO, "a", UNSET)
    assert server.requests[0].headers.get_list("authorization") == [f"Bearer {SECRET}"]


def test_calls_by_asyncio_say_that_they_need_it() -> None:
    made = client()
    told = (
        r"^no event loop of asyncio is running here, which asyncio calls need \(trio and curio have others\)$"
    )
    for awaited in (made.call_async(ECHO, "a", UNSET), made.aclose()):
        with pytest.raises(RuntimeError, match=told):
            awaited.send(None)


def test_what_a_client_of_ones_own_would_not_do_is_refused() -> None:
    with pytest.raises(TypeError, match="give proxy, verify to your http_client, or leave that out"):
        client(http_client=httpx.Client(), verify=True, proxy="http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("option", "wanted"),
    [
        ("http_client", r"httpx\.Client or httpx\.AsyncClient"),
        ("transport", r"httpx\.BaseTransport or httpx\.AsyncBaseTransport"),
        ("async_transport", r"httpx\.AsyncBaseTransport"),
    ],
)
@pytest.mark.parametrize("wrong", [5, "", httpx.Client, object()])
def test_what_cannot_send_is_refused_at_once(option: str, wanted: str, wrong: Any) -> None:
    told = rf"^{option} is of type {type(wrong).__name__}; give an {wanted}$"
    with pytest.raises(TypeError, match=told):
        BaseClient({}, base_url="https://a.test", **{option: wrong})


def test_what_is_none_is_left_out() -> None:
    nothing: Any = dict.fromkeys(["limits", "proxy", "transport", "async_transport", "verify", "event_hooks"])
    own = httpx.Client(transport=httpx.MockTransport(fine))
    assert sent(
        BaseClient({"scheme": bearer("x", "token")}, base_url="https://a.test", http_client=own, **nothing)
    )
    asyncio.run(_opened(BaseClient({}, base_url="https://a.test", **nothing)))


async def _opened(made: BaseClient) -> None:
    made.get_async_httpx_client()
    await made.aclose()


def test_all_that_httpx_takes_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    taken: list[dict[str, Any]] = []

    def take(self: object, **options: Any) -> None:
        taken.append(options)

    monkeypatch.setattr(httpx.Client, "__init__", take)
    monkeypatch.setattr(httpx.AsyncClient, "__init__", take)
    options: dict[str, Any] = {
        "proxy": "http://127.0.0.1:1", "verify": ssl.create_default_context(), "limits": httpx.Limits(max_connections=1),
        "event_hooks": {}, "mounts": {}, "cert": "cert.pem", "http1": True, "http2": True, "trust_env": False,
        "default_encoding": "latin-1",
    }  # fmt: skip
    made = BaseClient({}, base_url="https://a.test", **options)

    async def run() -> None:
        made.get_async_httpx_client()

    made.get_httpx_client()
    asyncio.run(run())
    assert [each | options for each in taken] == taken
    assert len(taken) == 2


@both
def test_event_hooks_see_requests_and_answers(call: Call) -> None:
    seen: list[str] = []

    def note(each: Any) -> None:
        seen.append(type(each).__name__)

    async def note_by_asyncio(each: Any) -> None:
        note(each)

    hook = note if call.__name__ == "plain" else note_by_asyncio
    call(client(event_hooks={"request": [hook], "response": [hook]}), "call", ECHO, "a", UNSET)
    assert seen == ["Request", "Response"]


# On loopback


@contextmanager
def server(content: bytes | None) -> Iterator[str]:
    """A server on loopback that answers every request alike, or never."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_serve, args=(listener, content), daemon=True).start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _serve(listener: socket.socket, content: bytes | None) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        threading.Thread(target=_answer, args=(connection, content), daemon=True).start()


def _answer(connection: socket.socket, content: bytes | None) -> None:
    with connection:
        while connection.recv(65536):
            if content is not None:
                head = f"HTTP/1.1 200 OK\r\ncontent-type: {JSON}\r\ncontent-length: {len(content)}\r\n\r\n"
                connection.sendall(head.encode() + content)


@both
@pytest.mark.parametrize("variable", ["http_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("no_proxy", [None, "a.test"])
def test_credentials_for_this_machine_go_through_no_proxy_of_the_environment(
    call: Call, variable: str, no_proxy: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    with server(b'{"proxy": true}') as proxy, server(b"{}") as url:
        monkeypatch.setenv(variable, proxy)
        if no_proxy:
            monkeypatch.setenv("no_proxy", no_proxy)
        options: dict[str, Any] = {"base_url": url, "transport": None}
        assert call(client(**options), "call", ECHO, "a", UNSET) == {}
        auth: dict[str, Any] = {"auth": httpx.BasicAuth("a", "b"), "credentials": {}}
        assert call(client(**options, **auth), "call", ECHO, "a", UNSET) == {}


@both
@pytest.mark.parametrize(
    "more",
    [{"allow_http": True}, {"auth": None, "credentials": {"scheme": None}}, {"proxy": ...}, {"mounts": {}}],
)
def test_other_calls_go_through_the_proxy_that_is_asked_for(
    call: Call, more: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    anyone: Operation[Any, Any] = Operation("POST", "/x", responses={"200": {JSON: Any}}, security=[[]])
    with server(b'{"proxy": true}') as proxy, server(b"{}") as url:
        more = {name: proxy if value is ... else value for name, value in more.items()}
        if "proxy" not in more:
            monkeypatch.setenv("http_proxy", proxy)
        assert call(client(base_url=url, transport=None, **more), "call", anyone) == {"proxy": True}


def test_a_client_can_be_used_in_one_event_loop_after_another() -> None:
    with server(b"{}") as url:
        made = BaseClient({"scheme": bearer("x", "token")}, base_url=url, timeout=5)
        assert [sent_by_asyncio(made) for _ in range(3)] == [{}, {}, {}]
        assert sent(made) == {}
        made.close()


@both
def test_a_call_to_a_silent_server_ends(call: Call) -> None:
    with server(None) as url, pytest.raises(OutcomeUnknown, match="ReadTimeout"):
        call(client(base_url=url, transport=None, timeout=0.05), "call", ECHO, "a", UNSET)


@both
def test_a_server_that_is_not_there_gets_nothing(call: Call) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with pytest.raises(NotSent, match=r"POST /echo/\{x\} was not sent: ConnectError"):
        call(client(base_url=url, transport=None, max_retries=0), "call", ECHO, "a", UNSET)


ALONE = httpx.Limits(max_connections=1)


def test_a_call_of_asyncio_that_finds_no_connection_free_in_time_is_not_sent() -> None:
    async def run(url: str) -> list[Any]:
        timeout = httpx.Timeout(1, pool=0.05)
        async with client(base_url=url, transport=None, limits=ALONE, timeout=timeout, max_retries=0) as made:
            calls = [made.call_async(ECHO, "a", UNSET) for _ in range(2)]
            return await asyncio.gather(*calls, return_exceptions=True)

    with server(None) as url:
        first, second = asyncio.run(run(url))
    assert isinstance(first, OutcomeUnknown)
    assert isinstance(second, NotSent)
    assert "PoolTimeout: no connection was free in time" in str(second)


def test_a_call_that_a_hook_makes_does_not_wait_for_ever() -> None:
    async def run(url: str) -> Any:
        async def again(response: httpx.Response) -> None:
            if response.request.url.path.endswith("/a"):
                with pytest.raises(NotSent):
                    await made.call_async(ECHO, "b", UNSET)

        hooks = {"response": [again]}
        options: dict[str, Any] = {"limits": ALONE, "event_hooks": hooks, "max_retries": 0}
        async with client(base_url=url, transport=None, timeout=0.05, **options) as made:
            return await made.call_async(ECHO, "a", UNSET)

    with server(b"{}") as url:
        assert asyncio.run(run(url)) == {}


def test_a_transport_of_ones_own_sets_its_own_limits() -> None:
    async def run() -> int:
        inside, most = 0, 0

        async def answer(request: httpx.Request) -> httpx.Response:
            nonlocal inside, most
            inside, most = inside + 1, max(most, inside + 1)
            await asyncio.sleep(0.01)
            inside -= 1
            return fine(request)

        async with client(transport=httpx.MockTransport(answer), limits=ALONE) as made:
            await asyncio.gather(*(made.call_async(ECHO, "a", UNSET) for _ in range(3)))
        return most

    assert asyncio.run(run()) == 3
