"""What a client can be told beside its credentials: where to call, how long to wait, and all that httpx takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from math import inf
from ssl import SSLContext
from typing import Any, TypedDict

import httpx

DEFAULT_TIMEOUT = 30.0
"""Seconds that connecting, sending, and waiting for each part of an answer may take."""
OWN = ("base_url", "timeout", "max_retries", "max_retry_time", "validate", "allow_http", "headers", "auth")
"""The options that are ours; all others are httpx's."""


class HttpxOptions(TypedDict, total=False):
    """Options that are handed to `httpx.Client` or `httpx.AsyncClient` as they are."""

    proxy: str | httpx.URL | httpx.Proxy | None
    mounts: Mapping[str, Any] | None
    verify: SSLContext | str | bool
    cert: str | tuple[str, str] | tuple[str, str, str] | None
    http1: bool
    http2: bool
    limits: httpx.Limits
    event_hooks: Mapping[str, list[Callable[..., Any]]]
    trust_env: bool
    default_encoding: str


class Options(HttpxOptions, total=False):
    """The options of every client."""

    base_url: str
    """Where the server is; the contract's server by default."""
    timeout: float | httpx.Timeout
    """Seconds for connecting, sending and each part of the answer; 30 by default."""
    max_retries: int
    """How often a call is sent again where that is safe; 2 by default."""
    max_retry_time: float
    """Seconds after the first attempt in which another may begin; 60 by default."""
    validate: bool
    """Whether the rules of the contract are checked before sending; True by default."""
    allow_http: bool
    """Whether credentials may go over plain `http://` to other hosts than this one; False by default."""
    headers: Mapping[str, str]
    """More headers for each call."""
    auth: httpx.Auth
    """Authorizes the calls instead of the credentials."""
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport
    """What sends, for tests and special connections; of the kind that the calls need, or of both."""
    async_transport: httpx.AsyncBaseTransport
    """What sends the `asyncio` calls, where `transport` cannot."""
    http_client: httpx.Client | httpx.AsyncClient
    """A client of your own, whose connections and settings are used; closing it is yours."""


def checked_url(base_url: str, *, is_safe: bool) -> str:
    """The URL without slashes at its end; what is wrong with it is said without showing it.

    Over plain `http` only this machine is called, unless `is_safe`.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or {"?", "#"} & {*base_url}:
        raise ValueError("base_url is no http or https URL without credentials, query and fragment")
    if url.scheme == "http" and not (is_safe or _is_here(url.host)):
        raise ValueError("base_url is http, which would show the credentials; take https, or allow_http=True")
    return base_url.rstrip("/")


def checked_retries(retries: int) -> int:
    """How often a call may be sent again."""
    if not isinstance(retries, int) or retries < 0:  # pyright: ignore[reportUnnecessaryIsInstance] -- not all callers check types
        raise ValueError(f"max_retries is {retries!r}; give a whole number, 0 for none")
    return retries


def checked_timeout(timeout: float | httpx.Timeout) -> httpx.Timeout:
    """The timeout; without a limit only where `httpx.Timeout(None)` says so."""
    if isinstance(timeout, httpx.Timeout):
        return timeout
    is_number = isinstance(timeout, int | float)  # pyright: ignore[reportUnnecessaryIsInstance] -- of untyped callers
    if not is_number or not 0 < timeout < inf:
        raise ValueError(f"timeout is {timeout!r}; give seconds, or an httpx.Timeout")
    return httpx.Timeout(timeout)


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
