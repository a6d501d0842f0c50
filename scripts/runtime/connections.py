"""The httpx clients behind a client: opened when first needed, one for each event loop."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import nullcontext
from threading import Lock
from typing import Any

import httpx


class Connections:
    """Gives the httpx client of plain calls, and that of the running event loop."""

    def __init__(self, timeout: httpx.Timeout, options: Mapping[str, Any]) -> None:
        self._timeout, self._lock = timeout, Lock()
        self._options = dict(options)
        self._own: Any = self._options.pop("http_client", None)
        if self._own is not None and self._options:
            raise TypeError(f"give {', '.join(sorted(self._options))} to your http_client, or leave that out")
        transport = self._options.pop("transport", None)
        self._transport = transport if isinstance(transport, httpx.BaseTransport) else None
        self._async_transport = self._options.pop("async_transport", None) or transport
        self._needs_async = transport is not None and self._transport is None
        self._client: httpx.Client | None = None
        self._async_clients: dict[Any, httpx.AsyncClient] = {}

    def plain(self) -> httpx.Client:
        """The client of plain calls."""
        if isinstance(self._own, httpx.Client):
            return self._own
        if self._own is not None or self._needs_async:
            raise TypeError(
                "the client was given what only asyncio calls can use: call these, or give another"
            )
        with self._lock:
            if self._client is None:
                self._client = _Client(timeout=self._timeout, transport=self._transport, **self._options)
            return self._client

    def of_loop(self) -> httpx.AsyncClient:
        """The client of the running event loop, which owns its connections."""
        if isinstance(self._own, httpx.AsyncClient):
            return self._own
        transport: Any = self._async_transport
        if self._own is not None or not isinstance(transport, httpx.AsyncBaseTransport | None):
            raise TypeError("the client was given what only plain calls can use: call these, or give another")
        loop = _running_loop()
        with self._lock:
            if loop not in self._async_clients:
                alive = {old: client for old, client in self._async_clients.items() if not old.is_closed()}
                alive[loop] = _AsyncClient(timeout=self._timeout, transport=transport, **self._options)
                self._async_clients = alive
            return self._async_clients[loop]

    def close(self) -> None:
        """Close those of plain calls."""
        if self._client is not None:
            self._client.close()

    async def aclose(self) -> None:
        """Close those of the running event loop."""
        client = self._async_clients.get(_running_loop())
        if client is not None:
            await client.aclose()


def _running_loop() -> Any:
    import asyncio  # here, because it is slow to import, and there already where a loop is running

    return asyncio.get_running_loop()


class _NoCookies(httpx.Cookies):
    """Takes nothing: a call depends on what it is given, not on the calls before."""

    def extract_cookies(self, response: httpx.Response) -> None:
        """Leave them, without the work of looking for them."""


_NO_COOKIES = _NoCookies()


class _Client(httpx.Client):
    """A client without cookies."""

    cookies = property(lambda self: _NO_COOKIES)  # pyright: ignore[reportIncompatibleMethodOverride] -- the same, but read-only


class _AsyncClient(httpx.AsyncClient):
    """A client without cookies; calls wait for their `turn`, as httpx's pool is slow where hundreds queue in it."""

    cookies = property(lambda self: _NO_COOKIES)  # pyright: ignore[reportIncompatibleMethodOverride] -- the same, but read-only

    def __init__(self, **options: Any) -> None:
        from asyncio import Semaphore  # slow to import, and there already where a loop is running

        super().__init__(**options)
        limit = options.get("limits", _LIMITS).max_connections
        self.turn = nullcontext() if limit is None else Semaphore(limit)


_LIMITS = httpx.Limits(max_connections=100)
"""httpx's own default."""
