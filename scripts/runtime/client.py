"""The client: where the server is, the credentials, and the connections of httpx."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import CookieJar
from threading import Lock
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx

from .errors import InvalidRequest
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

    Usable as a context manager, `with` for the plain functions and `async with` for the `asyncio` ones, and
    from several threads and event loops. It follows no redirects and keeps no cookies. A call without a time
    limit has to be asked for by `timeout=httpx.Timeout(None)`.
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
        self.base_url = _checked(base_url)
        if not isinstance(timeout, httpx.Timeout) and not (timeout and timeout > 0):
            raise ValueError(f"timeout is {timeout!r}; give seconds, or an httpx.Timeout")
        self.timeout = timeout
        self._transport, self._async_transport = transport, async_transport
        self._client: httpx.Client | None = None
        self._async_clients: dict[Any, httpx.AsyncClient] = {}
        self._lock = Lock()

    def __repr__(self) -> str:
        return f"{type(self).__module__}.{type(self).__qualname__}(base_url={self.base_url!r})"

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client behind the plain functions."""
        with self._lock:
            if self._client is None:
                self._client = httpx.Client(
                    timeout=self.timeout, transport=self._transport, cookies=_NoCookies()
                )
            return self._client

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The httpx client behind the `asyncio` functions, one for each event loop: it owns connections."""
        loop = _running_loop()
        with self._lock:
            if loop not in self._async_clients:
                alive = {old: client for old, client in self._async_clients.items() if not old.is_closed()}
                alive[loop] = httpx.AsyncClient(
                    timeout=self.timeout, transport=self._async_transport, cookies=_NoCookies()
                )
                self._async_clients = alive
            return self._async_clients[loop]

    def close(self) -> None:
        """Close the connections of the plain functions."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close the connections of the `asyncio` functions that belong to the running event loop."""
        client = self._async_clients.get(_running_loop())
        if client is not None:
            await client.aclose()

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
        """Make one call and give its answer, whatever its status; `values` are those of the parameters."""
        client = self.get_httpx_client()
        request = self._request(client, operation, values, body, content_type)
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            response.read()
        except httpx.DecodingError as error:
            raise operation.malformed(response, error, b"") from None
        finally:
            response.close()
        return operation.read(response)

    async def send_async(
        self, operation: Operation[S, T], *values: Any, body: Any = UNSET, content_type: str | None = None
    ) -> Response[T]:
        """`send` for asyncio."""
        client = self.get_async_httpx_client()
        request = self._request(client, operation, values, body, content_type)
        response = await client.send(request, stream=True, follow_redirects=False)
        try:
            await response.aread()
        except httpx.DecodingError as error:
            raise operation.malformed(response, error, b"") from None
        finally:
            await response.aclose()
        return operation.read(response)

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
        url = (operation.server or self.base_url) + draft.target
        try:
            return client.build_request(
                operation.method, url, headers=draft.raw_headers, content=draft.content
            )
        except httpx.InvalidURL as error:
            raise InvalidRequest("URL", str(error), operation.path) from None


def _running_loop() -> Any:
    import asyncio  # here, because it is slow to import, and there already where a loop is running

    return asyncio.get_running_loop()


def _checked(base_url: str) -> str:
    """The URL without slashes at its end; what is wrong with it is said without showing it."""
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or url.query or url.fragment:
        raise ValueError("base_url is no http or https URL without credentials, query and fragment")
    return base_url.rstrip("/")


class _NoCookies(CookieJar):
    """A jar that takes nothing: a call depends on what it is given, not on the calls before."""

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Leave them."""
