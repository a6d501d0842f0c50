"""The client: where the server is, the credentials, and the connections of httpx."""

from __future__ import annotations

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from .operation import Operation
from .security import Credential, credentials_for
from .types import Response
from .unset import UNSET

S = TypeVar("S")
T = TypeVar("T")

DEFAULT_TIMEOUT = 30.0
"""Seconds that connecting, sending, and waiting for each part of an answer may take."""


class BaseClient:
    """What the clients of all vendors do; connections are opened when first needed.

    Usable as a context manager, `with` for the plain functions and `async with` for the `asyncio` ones.
    """

    def __init__(
        self,
        credentials: Mapping[str, Credential | None],
        *,
        base_url: str,
        timeout: float | httpx.Timeout,
        transport: httpx.BaseTransport | None = None,
        async_transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._credentials = credentials
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self._transport, self._async_transport = transport, async_transport
        self._client: httpx.Client | None = None
        self._async_client: httpx.AsyncClient | None = None

    def __repr__(self) -> str:
        return f"{type(self).__module__}.{type(self).__qualname__}(base_url={self.base_url!r})"

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client behind the plain functions."""
        if self._client is None:
            self._client = httpx.Client(timeout=self.timeout, transport=self._transport)
        return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The httpx client behind the `asyncio` functions."""
        if self._async_client is None:
            self._async_client = httpx.AsyncClient(timeout=self.timeout, transport=self._async_transport)
        return self._async_client

    def close(self) -> None:
        """Close the connections of the plain functions."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the `asyncio` functions."""
        if self._async_client is not None:
            await self._async_client.aclose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    def send(
        self, operation: Operation[S, T], *values: Any, body: Any = UNSET, content_type: str | None = None
    ) -> Response[T]:
        """Make one call and give its answer, whatever its status; `values` are in the order of the parameters."""
        client = self.get_httpx_client()
        return operation.read(client.send(self._request(client, operation, values, body, content_type)))

    async def send_async(
        self, operation: Operation[S, T], *values: Any, body: Any = UNSET, content_type: str | None = None
    ) -> Response[T]:
        """`send` for asyncio."""
        client = self.get_async_httpx_client()
        return operation.read(await client.send(self._request(client, operation, values, body, content_type)))

    def _request(
        self,
        client: httpx.Client | httpx.AsyncClient,
        operation: Operation[S, T],
        values: tuple[Any, ...],
        body: Any,
        content_type: str | None,
    ) -> httpx.Request:
        credentials = credentials_for(operation.security, self._credentials)
        draft = operation.draft(values, body, content_type, credentials)
        url = (operation.server or self.base_url) + draft.path
        if draft.query:
            url += "?" + "&".join(draft.query)
        return client.build_request(operation.method, url, headers=_raw(draft.headers), content=draft.content)


def _raw(headers: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
