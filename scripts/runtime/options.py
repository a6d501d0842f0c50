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

_SENDERS = {
    "http_client": (httpx.Client, httpx.AsyncClient),
    "transport": (httpx.BaseTransport, httpx.AsyncBaseTransport),
    "async_transport": (httpx.AsyncBaseTransport,),
}


class HttpxOptions(TypedDict, total=False):
    """Options that are handed to `httpx.Client` or `httpx.AsyncClient` as they are; None is as if left out."""

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

    base_url: str | httpx.URL
    """Where the server is; the contract's server by default."""
    timeout: float | httpx.Timeout
    """Seconds for connecting, sending and each part of the answer; 30 by default."""
    max_retries: int
    """How often a call is sent again where that is safe; 2 by default."""
    max_retry_time: float
    """Seconds from the beginning of a call in which it may be sent again; 60 by default.

    The timeouts of what is sent again are cut to what is left of them. Not cut are the first attempt, the one
    with a renewed token, and writing and reading where a call is not idempotent, for to give up then would
    leave open what it did. A timeout is one of each wait, as everywhere in httpx: what trickles takes longer.
    """
    validate: bool
    """Whether the rules of the contract are checked before sending; True by default."""
    allow_http: bool
    """Whether credentials may go over plain `http://` elsewhere than straight to this machine; False by default.

    Unless it is True, a client with credentials uses no proxy of the environment for `http://`.
    """
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


def check_senders(options: Mapping[str, object]) -> None:
    """Refuse what cannot send a request."""
    for name, kinds in _SENDERS.items():
        sender = options.get(name)
        if sender is not None and not isinstance(sender, kinds):
            wanted = " or ".join(f"httpx.{kind.__name__}" for kind in kinds)
            raise TypeError(f"{name} is of type {type(sender).__name__}; give an {wanted}")


def checked_url(base_url: str | httpx.URL, *, is_safe: bool) -> str:
    """The URL without slashes at its end; what is wrong with it is said without showing it.

    Over plain `http` only this machine is called, unless `is_safe`.
    """
    try:
        url = httpx.URL(base_url)
    except (httpx.InvalidURL, TypeError):
        url = httpx.URL()
    text = str(base_url)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or {"?", "#"} & {*text}:
        raise ValueError("base_url is no http or https URL without credentials, query and fragment")
    if not all(0 < len(label) < 64 for label in url.raw_host.removesuffix(b".").split(b".")):
        raise ValueError("base_url has a host with a part that is empty or longer than 63 characters")
    if url.scheme == "http" and not (is_safe or _is_here(url.host)):
        raise ValueError("base_url is http, which would show the credentials; take https, or allow_http=True")
    return text.rstrip("/")


def checked_retries(retries: int, seconds: float) -> tuple[int, float]:
    """How often a call may be sent again, and in which time."""
    if type(retries) is not int or retries < 0:
        raise ValueError(f"max_retries is {retries!r}; give a whole number, 0 for none")
    if not _is_time(seconds):
        raise ValueError(f"max_retry_time is {seconds!r}; give seconds, 0 for none")
    return retries, seconds


def checked_timeout(timeout: float | httpx.Timeout) -> httpx.Timeout:
    """The timeout; without a limit only where `httpx.Timeout(None)` says so."""
    parts: list[object] = [timeout]
    if isinstance(timeout, httpx.Timeout):
        parts = [part for part in timeout.as_dict().values() if part is not None]
    if not all(_is_time(part) and part for part in parts):
        raise ValueError(f"timeout is {timeout!r}; give seconds, or an httpx.Timeout")
    return httpx.Timeout(timeout)


def _is_time(value: object) -> bool:
    """Whether it is a finite number of seconds."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < inf


def _is_here(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
