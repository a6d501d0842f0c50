"""Clients that call a server in memory, which counts what arrives."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import httpx
import pytest

from scripts.runtime.client import BaseClient
from scripts.runtime.operation import Body, Operation, Parameter
from scripts.runtime.security import Credential, bearer

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
    responses={"200": {JSON: dict[str, Any]}, "400": {}},
    security=[["scheme"]],
)

Answer = Callable[[httpx.Request], httpx.Response]
Call = Callable[..., Any]


def fine(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, json={"url": str(request.url), "body": request.content.decode()})


class Server:
    """Does one thing after the other, the last for ever: a status, an answer, or an error of the connection."""

    def __init__(self, *outcomes: int | Exception | Answer) -> None:
        self.outcomes, self.requests = outcomes, list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        outcome = self.outcomes[min(len(self.requests), len(self.outcomes)) - 1]
        if isinstance(outcome, Exception):
            raise outcome
        return httpx.Response(outcome) if isinstance(outcome, int) else outcome(request)


class Stream(httpx.SyncByteStream, httpx.AsyncByteStream):
    """The body of an answer, which breaks off where it holds an error."""

    def __init__(self, *parts: bytes | Exception) -> None:
        self.parts = parts

    def __iter__(self) -> Iterator[bytes]:
        for part in self.parts:
            if isinstance(part, Exception):
                raise part
            yield part

    async def __aiter__(self) -> Any:
        for part in self:
            yield part


def given(credential: Credential | None) -> Credential:
    assert credential is not None
    return credential


def client(answer: Answer = fine, *, kind: type[BaseClient] = BaseClient, **options: Any) -> BaseClient:
    credentials = options.pop("credentials", {"scheme": bearer(SECRET, "token")})
    sends = {} if "http_client" in options else {"transport": httpx.MockTransport(answer)}
    return kind(credentials, **{"base_url": "https://a.test/v1/", **sends, **options})


def plain(made: BaseClient, method: str, *arguments: Any, **more: Any) -> Any:
    with closing(made):
        return getattr(made, method)(*arguments, **more)


def by_asyncio(made: BaseClient, method: str, *arguments: Any, **more: Any) -> Any:
    async def run() -> Any:
        async with made:
            return await getattr(made, f"{method}_async")(*arguments, **more)

    return asyncio.run(run())


both = pytest.mark.parametrize("call", [plain, by_asyncio])
"""Each test of a call is made twice: `call(client, "send" or "call", operation, …)`."""
