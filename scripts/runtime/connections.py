"""The httpx clients behind a client: opened when first needed, one for each event loop."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from threading import Lock
from typing import Any

import httpx

from .exchange import note_answer


class Connections:
    """Gives the httpx client of plain calls, and that of the running event loop, until it is closed.

    Unless `is_safe`, requests over plain `http`, which stay on this machine, use no proxy of the environment.
    """

    def __init__(self, timeout: httpx.Timeout, options: Mapping[str, Any], *, is_safe: bool) -> None:
        self._timeout, self._lock, self._is_closed = timeout, Lock(), False
        self._options = {name: option for name, option in options.items() if option is not None}
        self._own: Any = self._options.pop("http_client", None)
        if self._own is not None and self._options:
            raise TypeError(f"give {', '.join(sorted(self._options))} to your http_client, or leave that out")
        if not is_safe and not self._options.keys() & {"proxy", "mounts"}:
            self._options["mounts"] = {"http://": None}
        transport = self._options.pop("transport", None)
        self._transport = transport if isinstance(transport, httpx.BaseTransport) else None
        self._async_transport: Any = self._options.pop("async_transport", transport)
        self._needs_async = transport is not None and self._transport is None
        self._client: httpx.Client | None = None
        self._async_clients: dict[Any, httpx.AsyncClient] = {}

    def plain(self) -> httpx.Client:
        """The client of plain calls."""
        with self._lock:
            self._check_open()
            if isinstance(self._own, httpx.Client):
                return self._own
            if self._own is not None or self._needs_async:
                told = "the client was given what only asyncio calls can use: call these, or give another"
                raise TypeError(told)
            if self._client is None:
                self._client = _Client(timeout=self._timeout, transport=self._transport, **self._options)
            return self._client

    def of_loop(self) -> httpx.AsyncClient:
        """The client of the running event loop, which owns its connections."""
        transport = self._async_transport
        with self._lock:
            self._check_open()
            if isinstance(self._own, httpx.AsyncClient):
                return self._own
            if self._own is not None or not isinstance(transport, httpx.AsyncBaseTransport | None):
                told = "the client was given what only plain calls can use: call these, or give another"
                raise TypeError(told)
            loop = _running_loop()
            if loop not in self._async_clients:
                alive = {old: client for old, client in self._async_clients.items() if not old.is_closed()}
                alive[loop] = _AsyncClient(timeout=self._timeout, transport=transport, **self._options)
                self._async_clients = alive
            return self._async_clients[loop]

    def close(self) -> None:
        """Close those of plain calls; no others are opened."""
        with self._lock:
            self._is_closed = True
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close those of plain calls and of the running event loop; no others are opened."""
        self.close()
        client = self._async_clients.pop(_running_loop(), None)  # nothing is added any more
        if client is not None:
            await client.aclose()

    def _check_open(self) -> None:
        if self._is_closed:
            raise RuntimeError("the client is closed: make another")


def _running_loop() -> Any:
    import asyncio  # here, because it is slow to import, and there already where a loop is running

    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        told = (
            "no event loop of asyncio is running here, which asyncio calls need (trio and curio have others)"
        )
        raise RuntimeError(told) from None


class _NoCookies(httpx.Cookies):
    """Takes nothing: a call depends on what it is given, not on the calls before."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them, without the work of looking for them; httpx has just got the answer."""
        note_answer(response)


_NO_COOKIES = _NoCookies()


class _Client(httpx.Client):
    """A client without cookies."""

    cookies = property(lambda self: _NO_COOKIES)  # pyright: ignore[reportIncompatibleMethodOverride] -- the same, but read-only


class _AsyncClient(httpx.AsyncClient):
    """A client without cookies; calls wait for their `turn`, as httpx's pool is slow where hundreds queue in it.

    They wait no longer than the timeout of the pool; a transport of the caller's has its own ways.
    """

    cookies = property(lambda self: _NO_COOKIES)  # pyright: ignore[reportIncompatibleMethodOverride] -- the same, but read-only

    def __init__(self, **options: Any) -> None:
        from asyncio import Semaphore  # slow to import, and there already where a loop is running

        super().__init__(**options)
        limit = options.get("limits", _LIMITS).max_connections
        self._free = None if limit is None or options["transport"] is not None else Semaphore(limit)

    @asynccontextmanager
    async def turn(self, request: httpx.Request) -> AsyncGenerator[None]:
        """Wait for a connection to be free; raises `httpx.PoolTimeout`."""
        from asyncio import timeout

        if self._free is None:
            yield
            return
        try:
            async with timeout(request.extensions["timeout"]["pool"]):
                await self._free.acquire()
        except TimeoutError:
            raise httpx.PoolTimeout("no connection was free in time", request=request) from None
        try:
            yield
        finally:
            self._free.release()


_LIMITS = httpx.Limits(max_connections=100)
"""httpx's own default."""
