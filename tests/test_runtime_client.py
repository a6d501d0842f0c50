"""The client sends what operations draft, by plain calls and by asyncio, and keeps its secrets."""

from __future__ import annotations

import asyncio
import pickle
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.runtime.client import DEFAULT_TIMEOUT, BaseClient
from scripts.runtime.errors import APIError, InvalidRequest, MalformedResponse, MissingCredentials
from scripts.runtime.operation import Body, Operation, Parameter
from scripts.runtime.security import api_key, basic, bearer
from scripts.runtime.types import Response
from scripts.runtime.unset import UNSET

SECRET = "s3cret-of-mine"
JSON = "application/json"
ECHO: Operation[dict[str, Any], dict[str, Any]] = Operation(
    "POST",
    "/echo/{x}",
    parameters=[
        Parameter("x", "path", str, required=True, style="simple", explode=False),
        Parameter("q", "query", str),
    ],
    body=Body({JSON: dict[str, Any], "text/plain": str}),
    responses={"200": {JSON: dict[str, Any]}},
    security=[["scheme"]],
)

Answer = Callable[[httpx.Request], httpx.Response]
Call = Callable[..., Response[Any]]


def fine(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"url": str(request.url), "body": request.content.decode()})


def client(answer: Answer = fine, **options: Any) -> BaseClient:
    settings: dict[str, Any] = {"base_url": "https://a.test/v1/", "timeout": DEFAULT_TIMEOUT, **options}
    credentials = settings.pop("credentials", {"scheme": bearer(SECRET)})
    transport = httpx.MockTransport(answer)
    return BaseClient(credentials, transport=transport, async_transport=transport, **settings)


def plain_call(made: BaseClient, *arguments: Any, **more: Any) -> Response[Any]:
    with made:
        return made.send(*arguments, **more)


def asyncio_call(made: BaseClient, *arguments: Any, **more: Any) -> Response[Any]:
    async def run() -> Response[Any]:
        async with made:
            return await made.send_async(*arguments, **more)

    return asyncio.run(run())


both = pytest.mark.parametrize("call", [plain_call, asyncio_call])


@both
def test_a_call_sends_what_the_operation_drafts(call: Call) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return fine(request)

    response = call(client(answer), ECHO, "a/b", "c d", body={"k": "é"})
    (request,) = seen
    assert (request.method, request.content) == ("POST", '{"k":"é"}'.encode())
    assert request.url.raw_path == b"/v1/echo/a%2Fb?q=c%20d"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["content-type"] == request.headers["accept"] == JSON
    assert "cookie" not in request.headers
    assert response.status_code == 200
    assert response.parsed == {"url": "https://a.test/v1/echo/a%2Fb?q=c%20d", "body": '{"k":"é"}'}


@both
def test_the_media_type_of_the_body_can_be_chosen(call: Call) -> None:
    response = call(client(), ECHO, "a", UNSET, body="é", content_type="text/plain")
    assert response.parsed["body"] == "é"


@both
def test_an_operation_may_have_a_server_of_its_own(call: Call) -> None:
    there = Operation[Any, Any](
        "GET", "/x", responses={"200": {JSON: dict[str, Any]}}, server="https://b.test/v2"
    )
    assert call(client(), there).parsed["url"] == "https://b.test/v2/x"


@both
def test_an_invalid_call_sends_nothing(call: Call) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request)

    with pytest.raises(InvalidRequest, match="path parameter x breaks `type: string`"):
        call(client(answer), ECHO, 1, UNSET)
    with pytest.raises(MissingCredentials, match="scheme"):
        call(client(answer, credentials={"scheme": None}), ECHO, "a", UNSET)
    with pytest.raises(InvalidRequest, match=r"URL breaks `URL too long`: got '/echo/\{x\}'"):
        call(client(answer), ECHO, "a", "q" * 70_000)


@both
def test_any_status_is_an_answer_and_its_result_an_error(call: Call) -> None:
    response = call(client(lambda request: httpx.Response(418, content=b"no")), ECHO, "a", UNSET)
    assert (response.status_code, response.content, response.parsed) == (418, b"no", None)
    with pytest.raises(APIError, match="undocumented status 418"):
        ECHO.result(response)


@both
def test_redirects_are_not_followed(call: Call) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.host == "a.test"
        return httpx.Response(307, headers={"location": "https://evil.test/"})

    response = call(client(answer), ECHO, "a", UNSET)
    assert (response.status_code, response.headers["location"]) == (307, "https://evil.test/")


@both
def test_content_that_cannot_be_decoded_is_malformed(call: Call) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Broken())

    with pytest.raises(MalformedResponse, match=r"POST /echo/\{x\} answered 200, but Error -3") as caught:
        call(client(answer), ECHO, "a", UNSET)
    assert (caught.value.status_code, caught.value.content) == (200, b"")


class Broken(httpx.SyncByteStream, httpx.AsyncByteStream):
    """What is said to be compressed, and is not."""

    def __iter__(self) -> Iterator[bytes]:
        yield b"{}"

    async def __aiter__(self) -> Any:
        yield b"{}"


@both
def test_a_failed_connection_is_told_by_httpx(call: Call) -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    with pytest.raises(httpx.ConnectError, match="refused"):
        call(client(answer), ECHO, "a", UNSET)


def test_cookies_of_an_answer_are_not_sent_back() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        assert "cookie" not in request.headers
        return httpx.Response(200, json={}, headers={"set-cookie": "sid=1"})

    with client(answer) as made:
        assert [made.send(ECHO, "a", UNSET).parsed for _ in range(2)] == [{}, {}]

    async def run() -> None:
        async with client(answer) as made:
            assert [(await made.send_async(ECHO, "a", UNSET)).parsed for _ in range(2)] == [{}, {}]

    asyncio.run(run())


# Connections


def test_connections_are_kept_until_the_client_is_closed() -> None:
    made = client()
    assert made.get_httpx_client() is made.get_httpx_client()
    made.close()
    with pytest.raises(RuntimeError, match="closed"):
        made.send(ECHO, "a", UNSET)


def test_closing_what_was_never_opened_is_no_error() -> None:
    client().close()
    asyncio.run(client().aclose())


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
    assert len(vars(made)["_async_clients"]) == 1, "clients of closed loops are kept"


def test_many_calls_at_once_share_a_client() -> None:
    async def run() -> set[str]:
        async with client() as made:
            answers = await asyncio.gather(*(made.send_async(ECHO, str(n), UNSET) for n in range(1000)))
        return {answer.parsed["url"] for answer in answers}

    assert asyncio.run(run()) == {f"https://a.test/v1/echo/{n}" for n in range(1000)}


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


def test_a_client_can_be_used_in_one_event_loop_after_another() -> None:
    with server(b"{}") as url:
        made = BaseClient({"scheme": bearer("x")}, base_url=url, timeout=5)
        for _ in range(3):
            assert asyncio.run(made.send_async(ECHO, "a", UNSET)).parsed == {}
        assert made.send(ECHO, "a", UNSET).parsed == {}
        made.close()


def test_a_call_to_a_silent_server_ends() -> None:
    with server(None) as url:
        made = BaseClient({"scheme": bearer("x")}, base_url=url, timeout=0.05)
        with made, pytest.raises(httpx.ReadTimeout):
            made.send(ECHO, "a", UNSET)
        with pytest.raises(httpx.ReadTimeout):
            asyncio.run(made.send_async(ECHO, "a", UNSET))


# Settings


@pytest.mark.parametrize("timeout", [None, 0, -1, float("nan")])
def test_a_client_without_a_time_limit_has_to_be_asked_for(timeout: Any) -> None:
    with pytest.raises(ValueError, match=r"timeout is .*; give seconds, or an httpx\.Timeout"):
        client(timeout=timeout)
    assert client(timeout=httpx.Timeout(None)).get_httpx_client().timeout == httpx.Timeout(None)


def test_the_default_time_limit_is_finite_and_reaches_httpx() -> None:
    assert 0 < DEFAULT_TIMEOUT < 120
    assert client().get_httpx_client().timeout == httpx.Timeout(DEFAULT_TIMEOUT)


@pytest.mark.parametrize(
    "base_url",
    [
        "",
        "a.test",
        "//a.test",
        "ftp://a.test",
        "https://",
        f"https://user:{SECRET}@a.test",
        f"https://{SECRET}@a.test",
        f"https://a.test?key={SECRET}",
        f"https://a.test#{SECRET}",
        f"https://a.test/\n{SECRET}",
        f"https://a.test:{SECRET}",
        5,
    ],
)
def test_a_base_url_that_is_none_is_refused_without_being_shown(base_url: Any) -> None:
    with pytest.raises(ValueError, match="base_url is no http or https URL") as caught:
        client(base_url=base_url)
    assert SECRET not in repr(caught.value)


def test_a_base_url_may_have_a_path() -> None:
    assert client(base_url="http://127.0.0.1:80/a/b//").base_url == "http://127.0.0.1:80/a/b"


# Secrets


@both
@pytest.mark.parametrize(
    "credential",
    [
        basic("user", SECRET),
        bearer(SECRET),
        api_key("X-Key", "header", SECRET),
        api_key("key", "query", SECRET),
        api_key("key", "cookie", SECRET),
    ],
)
def test_no_repr_and_no_error_shows_a_credential(call: Call, credential: Any) -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(401, content=b"who?")

    made = client(answer, credentials={"scheme": credential})
    shown = [repr(made), str(made), repr(vars(made)), repr(made.get_httpx_client())]
    assert repr(made) == "scripts.runtime.client.BaseClient(base_url='https://a.test/v1')"
    response = call(made, ECHO, "a", UNSET)
    shown += [repr(response), str(response)]
    with pytest.raises(APIError) as caught:
        ECHO.result(response)
    shown += [repr(caught.value), str(caught.value), repr(caught.value.args)]
    shown += [repr(pickle.dumps(caught.value)), repr(pickle.dumps(response))]
    with pytest.raises(InvalidRequest) as refused:
        call(client(answer, credentials={"scheme": credential}), ECHO, "..", UNSET)
    shown += [repr(refused.value), str(refused.value)]
    with pytest.raises(InvalidRequest) as refused:
        call(client(answer, credentials={"scheme": credential}), ECHO, "a", "q" * 70_000)
    shown += [repr(refused.value), str(refused.value)]
    assert len(seen) == 1
    assert SECRET not in "".join(shown)


def test_importing_a_client_imports_neither_attrs_nor_models() -> None:
    code = """
import sys, httpx
before = set(sys.modules)
import scripts.runtime.client
roots = {name.partition(".")[0] for name in sys.modules.keys() - before}
print(sorted(roots & {"attr", "attrs", "asyncio"}), "scripts.runtime.model" in sys.modules)
"""
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
