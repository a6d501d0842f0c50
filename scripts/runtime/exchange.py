"""One request and what came of it: an answer, or the error that httpx had instead."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing, closing, nullcontext
from typing import Any, NamedTuple

import httpx

from .errors import Error, NotSent, OutcomeUnknown, retry_after
from .options import Auth

_NOT_SENT = (
    httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol
)  # fmt: skip
"""What fails before a request can have left; all other errors of a connection leave that open."""


class Content(httpx.ByteStream):
    """The body of one request, which notes when it is taken to be sent: what sends has then sent the headers.

    Where a transport takes it otherwise (`request.content`) or not at all, `note_answer` is left to note it.
    """

    is_taken = False

    def __iter__(self) -> Iterator[bytes]:
        self.is_taken = True
        return super().__iter__()

    def __aiter__(self) -> AsyncIterator[bytes]:
        self.is_taken = True
        return super().__aiter__()


def note_answer(response: httpx.Response) -> None:
    """Note that the request of an answer was sent."""
    if isinstance(response.request.stream, Content):
        response.request.stream.is_taken = True


class Found(NamedTuple):
    """The answer, whole or in part, and what went wrong; a body that cannot be decoded is there as it came."""

    response: httpx.Response | None
    error: httpx.RequestError | None = None
    request: httpx.Request | None = None

    @property
    def is_whole(self) -> bool:
        """Whether there is an answer, and all of it."""
        error = self.error
        return self.response is not None and (error is None or isinstance(error, httpx.DecodingError))

    @property
    def is_unsent(self) -> bool:
        """Whether the request never left.

        That is so where this very request could not be sent, and was not sent before: a hook, an `httpx.Auth` or
        a transport may send it, or another, once more. A body that is not ours any more tells nothing.
        """
        of: httpx.Request | None = getattr(
            self.error, "_request", None
        )  # set by httpx as it comes of a transport
        if of is None or of is not self.request or not isinstance(self.error, _NOT_SENT):
            return False
        return isinstance(of.stream, Content) and not of.stream.is_taken

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


def exchanged(client: httpx.Client, request: httpx.Request, auth: Auth | None) -> Found:
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
    return Found(response, request=response.request)


async def exchanged_async(client: httpx.AsyncClient, request: httpx.Request, auth: Auth | None) -> Found:
    """`exchanged` for asyncio."""
    response: httpx.Response | None = None
    turn: Any = getattr(client, "turn", None)
    try:
        async with turn(request) if turn else nullcontext():
            sent = await client.send(request, stream=True, auth=auth or _NO_AUTH, follow_redirects=False)
            async with aclosing(sent) as response:
                if _is_encoded(response):
                    return _decoded(response, b"".join([part async for part in response.aiter_raw()]))
                await response.aread()
    except httpx.RequestError as error:
        return Found(response, error, request)
    return Found(response, request=response.request)


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
        return Found(new, error, response.request)
    return Found(new, request=response.request)
