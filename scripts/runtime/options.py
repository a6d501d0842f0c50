"""What a client can be told beside its credentials: where to call, how long to wait, and all that httpx takes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from ipaddress import ip_address
from math import inf
from ssl import SSLContext
from typing import Any, TypedDict

import httpx

from .guards import is_array, is_sequence, plain_text

DEFAULT_TIMEOUT = 30.0
"""Seconds that connecting, sending, and waiting for each part of an answer may take."""
OWN = ("base_url", "timeout", "max_retries", "max_retry_time", "validate", "allow_http", "headers", "auth")
"""The options that are ours; all others are httpx's."""

Auth = httpx.Auth | tuple[str, str] | Callable[[httpx.Request], httpx.Request]
"""What httpx takes as `auth`: its own, a user name with a password, or a function that changes a request."""
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
    """The options of every client; None is as if left out, but for numbers."""

    base_url: str | httpx.URL | None
    """Where the server is; the contract's server by default."""
    timeout: float | httpx.Timeout | None
    """Seconds for connecting, sending and each part of the answer; 30 by default."""
    max_retries: int
    """How often a call is sent again where that is safe; 2 by default.

    Beside that, a call whose minted token was refused is sent once more with a new one, whatever this says; not
    where the answer could be anything but a refusal, such as a status of 5XX or one that also fits a success.
    """
    max_retry_time: float
    """Seconds from the beginning of a call in which it may be sent again; 90 by default.

    The timeouts of what is sent again are cut to what is left of them. Not cut are the first attempt, the one
    with a renewed token, and writing and reading where a call is not idempotent, for to give up then would
    leave open what it did. A timeout is one of each wait, as everywhere in httpx: what trickles takes longer.
    """
    validate: bool
    """Whether the rules of the contract are checked before sending; True by default."""
    allow_http: bool
    """Whether credentials may go over plain `http://` elsewhere than straight to this machine; False by default.

    Unless it is True, the connections that a client with credentials opens use no proxy of the environment for
    `http://`. A proxy that you name, and those of your own `http_client`, the environment's too unless it has
    `trust_env=False`, are used all the same.
    """
    headers: Mapping[str, str] | None
    """More headers for each call."""
    auth: Auth | None
    """Authorizes the calls instead of the credentials."""
    transport: httpx.BaseTransport | httpx.AsyncBaseTransport | None
    """What sends, for tests and special connections; of the kind that the calls need, or of both.

    A request counts as sent once its `stream` is read, or it is answered. If you write a transport that reads
    `request.content` instead and sends again by itself, raise no `httpx.ConnectError` once it may have sent.
    """
    async_transport: httpx.AsyncBaseTransport | None
    """What sends the `asyncio` calls, where `transport` cannot."""
    http_client: httpx.Client | httpx.AsyncClient | None
    """A client of your own, whose connections and settings are used; closing it is yours.

    Its `auth`, if it has one, authorizes the calls instead of the credentials. If it has a transport that does
    not read `request.stream`, its hooks must not raise an `httpx.ConnectError` of the request after an answer.
    """


def check_kinds(options: Mapping[str, object]) -> None:
    """Refuse what cannot send a request, authorize it or be its headers."""
    headers: object = options.get("headers")
    auth: Any = options.get("auth")
    if not isinstance(headers, Mapping | None):
        raise TypeError(f"headers is of type {type(headers).__name__}; give a mapping of names to texts")
    is_pair = is_sequence(auth) and not is_array(auth) and [*map(type, auth)] == [str, str]
    is_function = callable(auth) and not isinstance(auth, type)
    if not (is_pair or is_function or isinstance(auth, httpx.Auth | None)):
        told = "give an httpx.Auth, a user name with a password, or a function that authorizes a request"
        raise TypeError(f"auth is of type {type(auth).__name__}; {told}")
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
    text = plain_text(base_url) if isinstance(base_url, str) else str(base_url)
    if url.scheme not in ("http", "https") or not url.host or url.userinfo or {"?", "#"} & {*text}:
        raise ValueError("base_url is no http or https URL without credentials, query and fragment")
    if url.port is not None and url.port > 65535:
        raise ValueError("base_url has a port beyond 65535")
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
