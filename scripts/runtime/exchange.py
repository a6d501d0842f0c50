"""One request and what came of it: an answer, or the error that httpx had instead."""

from __future__ import annotations

from contextlib import aclosing, closing, nullcontext
from typing import NamedTuple

import httpx

from .errors import Error, NotSent, OutcomeUnknown, retry_after

_NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol
)  # fmt: skip
"""What fails before a request can have left; all other errors of a connection leave that open."""


class Found(NamedTuple):
    """The answer, whole or in part, and what went wrong; a body that cannot be decoded is there as it came."""

    response: httpx.Response | None
    error: httpx.RequestError | None = None
    request: httpx.Request | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is an answer, and all of it."""
        return self.response is not None and isinstance(self.error, httpx.DecodingError | None)

    @property
    def is_unsent(self) -> bool:
        """Whether the request never left; what a hook or an `httpx.Auth` met on its own ways does not count."""
        of = getattr(self.error, "_request", None)  # set by httpx for what the transport of a request raised
        return isinstance(self.error, _NOT_SENT) and of is not None and of is self.request

    @property
    def asked(self) -> float | None:
        """Seconds to wait before another attempt, by the answer."""
        return retry_after(self.response.headers) if self.response else None

    def failure(self, call: str, ask: str | None) -> Error:
        """The error for what went wrong with a `call`, such as `POST /x`."""
        error, response = self.error, self.response
        what = f"{type(error).__name__}: {error}".removesuffix(": ")
        if self.is_unsent:
            return NotSent(f"{call} was not sent: {what}")
        begun = f", after an answer with status {response.status_code} had begun" if response else ""
        hint = f"; {ask} can tell" if ask else ""
        unknown = OutcomeUnknown(f"{call} may have been carried out{hint}: {what}{begun}")
        unknown.ask = ask
        return unknown


_NO_AUTH = httpx.Auth()  # for None, httpx looks for credentials in the URL


def exchanged(client: httpx.Client, request: httpx.Request, auth: httpx.Auth | None) -> Found:
    """Send a request and read all of its answer."""
    response: httpx.Response | None = None
    try:
        sent = client.send(request, stream=True, auth=auth or _NO_AUTH, follow_redirects=False)
        with closing(sent) as response:
            if _is_encoded(response):
                return _decoded(response, b"".join(response.iter_raw()))
            response.read()
    except httpx.RequestError as error:
        return Found(response, error, request)
    return Found(response)


async def exchanged_async(
    client: httpx.AsyncClient, request: httpx.Request, auth: httpx.Auth | None
) -> Found:
    """`exchanged` for asyncio."""
    response: httpx.Response | None = None
    try:
        async with getattr(client, "turn", nullcontext()):
            sent = await client.send(request, stream=True, auth=auth or _NO_AUTH, follow_redirects=False)
            async with aclosing(sent) as response:
                if _is_encoded(response):
                    return _decoded(response, b"".join([part async for part in response.aiter_raw()]))
                await response.aread()
    except httpx.RequestError as error:
        return Found(response, error, request)
    return Found(response)


def _is_encoded(response: httpx.Response) -> bool:
    """Whether a body that was not read yet, by a hook for one, is to be decoded."""
    return "content-encoding" in response.headers and not response.is_stream_consumed


def _decoded(response: httpx.Response, raw: bytes) -> Found:
    """An answer of which the body came as `raw`."""
    status, headers, encoding = response.status_code, response.headers, response.default_encoding
    new = httpx.Response(status, headers=headers, stream=httpx.ByteStream(raw), default_encoding=encoding)
    try:
        new.read()
    except httpx.DecodingError as error:
        new = httpx.Response(status, content=raw)
        new.headers = headers
        return Found(new, error)
    return Found(new)
