"""What a client sends by: httpx clients and transports of the caller's, proxies, connections; and its end."""

from __future__ import annotations

import asyncio
import os
from base64 import b64encode
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import Any
from unittest import mock

import httpx

from . import programs
from .called import Case
from .calls import Outcome, Target
from .findings import Wrong
from .programs import ANSWERING, Code, made, making, program, script, source

_HEADER, _NAME, _LIMIT, _OTHER = "X-Harness", "harness-own", 7.5, 2.5
"""A header and a parameter of the caller's own client; seconds of its time limits, and those of ours."""
_PAIR = ("harness-user", "harness-word")
_PLAIN, _LATER = 597, 598
"""Statuses by which transports are told apart: one for plain calls, and one for asyncio."""
_NOWHERE, _HERE, _AWAY = "http://127.0.0.1:9", "http://127.0.0.1:8", "https://api.test"
_PROXY, _NAMED = "http://proxy.test:1", "http://named.test:2"
"""Proxies: that of the environment, and one that is given."""
_PROXIED: list[tuple[dict[str, Any], str | None]] = [
    ({"base_url": _HERE, "allow_http": True}, _PROXY),
    ({"base_url": _HERE, "proxy": _NAMED}, _NAMED),
    ({"base_url": _HERE, "mounts": {}}, _PROXY),
    ({"base_url": _AWAY}, _PROXY),
    ({"base_url": _AWAY, "trust_env": False}, None),
    ({"base_url": _HERE}, None),
]
"""Options, each with the proxy that is to be used by a client with credentials; the last without any uses another."""
_SHORT = 0.01
"""Seconds to wait for a connection that does not get free."""
_PATIENCE = 2.0
"""Seconds until a call that is not refused is let through."""
_AT_ONCE = 2
"""Connections, of which calls have one each."""


class _Plain(httpx.BaseTransport):
    """Sends plain calls alone."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(_PLAIN)


class _Later(httpx.AsyncBaseTransport):
    """Sends calls by asyncio alone."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(_LATER)


def _own(use_asyncio: bool, **options: Any) -> Any:
    """An httpx client of the caller's, of either kind; it loads no certificates."""
    return (
        httpx.AsyncClient(verify=False, **options) if use_asyncio else httpx.Client(verify=False, **options)
    )


def _shown(use_asyncio: bool, **options: Any) -> Code:
    """The same as Python."""
    given = ", ".join(f"{name}={source(value, '')}" for name, value in options.items())
    return Code(f"httpx.{'AsyncClient' if use_asyncio else 'Client'}({given})")


def checks(target: Target, case: Case) -> Iterator[Wrong | None]:
    """What is wrong with how clients of either kind send."""
    for use_asyncio in (False, True):
        sending = _Sending(target, case, use_asyncio)
        yield from (sending.own(), sending.own_limits(), sending.own_auth(), *sending.refused())
        yield from (*sending.transports(), *sending.proxies(), sending.ended())
    yield from _in_turn(target, case)
    yield from _for_asyncio(target)


class _Sending:
    """Calls by clients of one kind."""

    def __init__(self, target: Target, case: Case, use_asyncio: bool) -> None:
        self.target, self.use_asyncio = target, use_asyncio
        self.function = "asyncio_detailed" if use_asyncio else "sync_detailed"
        self.arguments = target.arguments(case)

    def _called(self, **options: Any) -> Outcome:
        try:
            with self.target.driven(use_asyncio=self.use_asyncio, **{"transport": None, **options}) as driver:
                return driver.call(self.function, self.arguments)
        except Exception as error:  # of a client that cannot be made
            return Outcome([], None, error)

    def _wrong(self, wanted: str, found: object, options: Mapping[str, Any]) -> Wrong:
        own = {"transport": None, **options} if "http_client" in options else options
        shown = program(self.target, self.function, self.arguments, shows=programs.TIMEOUT, **own)
        return Wrong(self.target.at, f"{wanted}, by {self.function}", f"{found}", shown)

    def own(self) -> Wrong | None:
        """What an httpx client of the caller's has is sent beside what the call has, and it stays open."""
        given = {"headers": {_HEADER: "own"}, "params": {_NAME: "own"}, "timeout": _LIMIT}
        sent, transport = _kept()
        own = _own(self.use_asyncio, transport=transport, **given)
        self._called(http_client=own)
        found = [
            (each.headers.get_list(_HEADER), each.url.params.get_list(_NAME), each.extensions["timeout"])
            for each in sent
        ]
        wanted = [(["own"], ["own"], httpx.Timeout(_LIMIT).as_dict())]
        if found == wanted and not own.is_closed:
            return None
        shown = _shown(self.use_asyncio, transport=ANSWERING, **given)
        told = f"{wanted[0]} of the caller's own client, which stays open"
        return self._wrong(told, (found, own.is_closed), {"http_client": shown})

    def own_limits(self) -> Wrong | None:
        """A client is given time limits, and a URL, of its own beside such a client; cookies of that are sent."""
        given = {"timeout": _LIMIT, "cookies": {_NAME: "own"}, "base_url": "https://own.test"}
        sent, transport = _kept()
        options: dict[str, Any] = {"timeout": _OTHER, "base_url": _AWAY, "headers": {}, "max_retry_time": 1.0}
        options |= {"validate": True, "allow_http": False}
        self._called(http_client=_own(self.use_asyncio, transport=transport, **given), **options)
        found = [(each.url.host, each.extensions["timeout"], each.headers.get("cookie")) for each in sent]
        wanted = (httpx.URL(_AWAY).host, httpx.Timeout(_OTHER).as_dict(), f"{_NAME}=own")
        if [each[:2] for each in found] == [wanted[:2]] and found[0][2]:  # a call may have cookies itself
            return None
        shown = _shown(self.use_asyncio, transport=ANSWERING, **given)
        return self._wrong(
            f"{wanted} beside the caller's own client", found, {"http_client": shown, **options}
        )

    def own_auth(self) -> Wrong | None:
        """The `auth` of such a client authorizes calls where there are no credentials."""
        sent, transport = _kept()
        own = _own(self.use_asyncio, transport=transport, auth=_PAIR)
        error = self._called(http_client=own, secrets={}).error
        pair = b64encode(":".join(_PAIR).encode()).decode()
        if [each.headers.get_list("authorization") for each in sent] == [[f"Basic {pair}"]]:
            return None
        options: dict[str, Any] = {
            "http_client": _shown(self.use_asyncio, transport=ANSWERING, auth=_PAIR),
            "secrets": {},
        }
        return self._wrong(f"{_PAIR} as Authorization", f"{error!r} after {len(sent)} requests", options)

    def refused(self) -> Iterator[Wrong | None]:
        """What cannot be beside a client of the caller's is refused by name."""
        tries: list[tuple[dict[str, Any], dict[str, Any], tuple[str, ...]]] = [
            ({"base_url": _AWAY}, {}, ("http_client", "base_url")),
            ({"auth": _PAIR}, {"auth": _PAIR, "secrets": {}}, ("http_client", "auth")),
            ({}, {"verify": False}, ("http_client", "verify")),
            ({}, {"trust_env": True, "proxy": _NAMED}, ("http_client", "proxy, trust_env")),
        ]
        if self.target.secrets():
            tries.append(({"auth": _PAIR}, {}, ("http_client", "auth")))
        for given, options, names in tries:
            error = self.target.refusal(**options, http_client=_own(self.use_asyncio, **given))
            if isinstance(error, TypeError) and all(name in str(error) for name in names):
                continue
            shown = making(self.target, **options, http_client=_shown(self.use_asyncio, **given))
            yield Wrong(self.target.at, f"a TypeError that names {' and '.join(names)}", repr(error), shown)

    def transports(self) -> Iterator[Wrong | None]:
        """Each kind of calls is sent by what can send it, and refused by what cannot."""
        wanted = _LATER if self.use_asyncio else _PLAIN
        both = httpx.MockTransport(lambda request: httpx.Response(wanted))
        plain, later = _Plain(), _Later()
        tries: list[tuple[str, dict[str, Any], bool]] = [
            ("a plain transport", {"transport": plain}, not self.use_asyncio),
            ("a transport for asyncio", {"transport": later}, self.use_asyncio),
            ("a transport of both kinds", {"transport": both}, True),
            ("a transport for each kind", {"transport": plain, "async_transport": later}, True),
            ("a plain http_client", {"http_client": _own(False, transport=plain)}, not self.use_asyncio),
            ("an http_client for asyncio", {"http_client": _own(True, transport=later)}, self.use_asyncio),
        ]
        for name, options, is_fit in tries:
            done = self._called(**options)
            is_right = getattr(done.value, "status", 0) == wanted if is_fit else _is_told(done.error)
            if not is_right:
                told = f"{'an answer' if is_fit else 'a TypeError that says which calls can be made'} with {name}"
                yield self._wrong(told, f"{done.value!r}, {done.error!r}", options=_SOURCES[name])

    def proxies(self) -> Iterator[Wrong | None]:
        """Which proxy is used: for credentials over plain HTTP, none of the environment."""
        for options, usual in _PROXIED:
            wanted = usual if self.target.secrets() or options != _PROXIED[-1][0] else _PROXY
            with _through() as used, mock.patch.dict(os.environ, _ENVIRONMENT, clear=True):
                self._called(**options)
            if used != [wanted]:
                told = f"a request through {wanted or 'no proxy'} with {_ENVIRONMENT} and {options}"
                lines = [f"os.environ.update({_ENVIRONMENT})", _SHOWN_PROXY]
                lines += [made(self.target, use_asyncio=self.use_asyncio, **options)]
                lines += [programs.call(self.target, self.function, self.arguments)]
                yield Wrong(
                    self.target.at, f"{told}, by {self.function}", f"{used}", script(self.target, *lines)
                )

    def ended(self) -> Wrong | None:
        """The end of `with` closes a client, whatever ends it, and hides no error."""
        client = self.target.client(
            "AsyncClient" if self.use_asyncio else "Client", transport=httpx.MockTransport(_answer)
        )
        kept, entered, found = list[Any](), list[Any](), ""

        async def used() -> None:
            async with client as given:
                kept.append(client.get_async_httpx_client())
                entered.append(given)
                raise LookupError("as any")

        try:
            if self.use_asyncio:
                asyncio.run(used())
            else:
                with client as given:
                    kept.append(client.get_httpx_client())
                    entered.append(given)
                    raise LookupError("as any")
        except LookupError:
            found = "the error"
        try:
            kept.append(client.get_httpx_client())
        except RuntimeError:
            is_over = True
        else:
            is_over = False
        if (
            found
            and entered == [client]
            and kept[0].is_closed
            and kept[0].timeout == client.timeout
            and is_over
        ):
            return None
        word = "async " if self.use_asyncio else ""
        lines = [f"{word}def used(client):", f"    {word}with client as same:"]
        lines += [f"        kept.append((same, client.get_{'async_' if word else ''}httpx_client()))"]
        lines += ["        raise LookupError", "kept = []", made(self.target, use_asyncio=self.use_asyncio)]
        lines += ["with suppress(LookupError):"]
        lines += [f"    {'asyncio.run(used(client))' if word else 'used(client)'}"]
        lines += ["    print('no error')", "print(kept[0][0], kept[0][1].is_closed)"]
        wanted = "the client itself by `with`, which an error closes and leaves"
        return Wrong(self.target.at, wanted, f"{entered}, {kept}, {found}", script(self.target, *lines))


def _is_told(error: Exception | None) -> bool:
    """Whether an error says that the other kind of calls is to be made, or another sender to be given."""
    return isinstance(error, TypeError) and "calls" in str(error) and "give another" in str(error)


_TRANSPORTS = "httpx.BaseTransport", "httpx.AsyncBaseTransport"
_PLAIN_ONE, _LATER_ONE = (Code(f"type('', ({each},), {{}})()") for each in _TRANSPORTS)
_SOURCES: Mapping[str, dict[str, Any]] = {
    "a plain transport": {"transport": _PLAIN_ONE},
    "a transport for asyncio": {"transport": _LATER_ONE},
    "a transport of both kinds": {},
    "a transport for each kind": {"transport": _PLAIN_ONE, "async_transport": _LATER_ONE},
    "a plain http_client": {"http_client": Code("httpx.Client()")},
    "an http_client for asyncio": {"http_client": Code("httpx.AsyncClient()")},
}
"""How programs make what sends: it answers nothing."""
_ENVIRONMENT = {"HTTP_PROXY": _PROXY, "https_proxy": _PROXY}
_SHOWN_PROXY = (
    "def answer(self, request):\n    return httpx.Response(599, text=type(self._pool).__name__)\n"
    "httpx.HTTPTransport.handle_request = answer"
)


def _answer(request: httpx.Request) -> httpx.Response:
    return httpx.Response(599)


def _kept() -> tuple[list[httpx.Request], httpx.MockTransport]:
    """A transport, and the list of what it is given to send."""
    sent = list[httpx.Request]()

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(599)

    return sent, httpx.MockTransport(serve)


@contextmanager
def _through() -> Generator[list[str | None]]:
    """Let httpx's own transports send nothing; gives the proxy of each request."""
    used, proxies = list[str | None](), dict[int, str | None]()

    def make(self: object, **options: Any) -> None:
        proxy = options.get("proxy")
        proxies[id(self)] = proxy and str(httpx.Proxy(proxy).url if isinstance(proxy, str) else proxy.url)

    def send(self: object, request: httpx.Request) -> httpx.Response:
        used.append(proxies[id(self)])
        return httpx.Response(599)

    async def send_later(self: object, request: httpx.Request) -> httpx.Response:
        return send(self, request)

    async def close_later(self: object) -> None:
        """Nothing is open."""

    def close(self: object) -> None:
        """Nothing is open."""

    plain: dict[str, Any] = {"__init__": make, "handle_request": send, "close": close}
    later: dict[str, Any] = {"__init__": make, "handle_async_request": send_later, "aclose": close_later}
    with (
        mock.patch.multiple(httpx.HTTPTransport, **plain),
        mock.patch.multiple(httpx.AsyncHTTPTransport, **later),
    ):
        yield used


def _in_turn(target: Target, case: Case) -> Iterator[Wrong | None]:
    """A call by asyncio waits for no connection longer than it may, where connections have a limit of ours."""
    limit, none = httpx.Limits(max_connections=_AT_ONCE), httpx.Limits()
    for way, limits, is_refused in (
        ("mounts", limit, True),
        ("mounts", none, False),
        ("transport", limit, False),
    ):
        first, refused, later = asyncio.run(_crowded(target, case, way, limits))
        answers = [
            getattr(each, "status", 0) for each in (*first, *later, *([] if is_refused else [refused]))
        ]
        cause = getattr(refused, "__cause__", None)
        is_right = not is_refused or (
            isinstance(refused, target.errors.NotSent)
            and isinstance(cause, httpx.PoolTimeout)
            and bool(str(cause))
        )
        if is_right and set(answers) == {599}:
            yield None
            continue
        kind = Code('{"all://": httpx.MockTransport(answer)}') if way == "mounts" else ANSWERING
        options: dict[str, Any] = {way: kind, "limits": Code(f"httpx.{limits!r}"), "base_url": _NOWHERE}
        options |= {"timeout": Code(f"httpx.Timeout(1, pool={_SHORT})")}
        name, *given = programs.called(target, "asyncio_detailed")
        given += [f"{each}={source(value, target.vendor)}" for each, value in target.arguments(case).items()]
        lines = [
            "async def answer(request):",
            "    await asyncio.sleep(0.1)",
            "    return httpx.Response(599)",
        ]
        lines += [made(target, use_asyncio=True, **options), "async def called():"]
        lines += [f"    calls = [{name}({', '.join(given)}) for _ in range({_AT_ONCE + 1})]"]
        lines += ["    print(await asyncio.gather(*calls, return_exceptions=True))", "asyncio.run(called())"]
        told = f"{'a NotSent of a PoolTimeout' if is_refused else 'an answer'} for the last of {_AT_ONCE + 1} calls"
        found = f"{refused!r} of {cause!r}, and {answers}"
        yield Wrong(target.at, f"{told} at once by {way} with {limits!r}", found, script(target, *lines))


async def _crowded(
    target: Target, case: Case, way: str, limits: httpx.Limits
) -> tuple[list[Any], Any, list[Any]]:
    """What comes of as many calls as there are connections, of one more, and of one when these are free again."""
    given, is_free, inside = target.arguments(case), asyncio.Event(), list[httpx.Request]()

    async def answer(request: httpx.Request) -> httpx.Response:
        inside.append(request)
        if len(inside) > _AT_ONCE:
            is_free.set()
        await is_free.wait()
        return httpx.Response(599)

    async def call() -> Any:
        try:
            return await target.module.asyncio_detailed(client=client, **given)
        except target.errors.Error as error:
            return error

    transport = httpx.MockTransport(answer)
    options: dict[str, Any] = {way: {"all://": transport} if way == "mounts" else transport}
    timeout = httpx.Timeout(_LIMIT, pool=_SHORT)
    options |= {"verify": False, "base_url": _NOWHERE, "limits": limits, "timeout": timeout}
    async with target.client("AsyncClient", **options) as client:
        first = [asyncio.create_task(call()) for _ in range(_AT_ONCE)]
        last = asyncio.create_task(call())
        await asyncio.wait([last], timeout=_PATIENCE)
        is_free.set()
        return await asyncio.gather(*first), await last, [await call()]


def _for_asyncio(target: Target) -> Iterator[Wrong | None]:
    """A client for asyncio says that it is not for plain `with`, and that it needs a loop."""
    shown = made(target, use_asyncio=True)
    for name, kind, word in (
        ("__enter__", TypeError, "async with"),
        ("get_async_httpx_client", RuntimeError, "asyncio"),
    ):
        try:
            client = target.client("AsyncClient")
            with client if name == "__enter__" else nullcontext():
                found = getattr(client, name)()
        except (TypeError, RuntimeError) as error:
            found = error
        is_right = isinstance(found, kind) and word in str(found)
        told = f"a {kind.__name__} that names {word}, by {name}()"
        yield (
            None
            if is_right
            else Wrong(target.at, told, repr(found), script(target, shown, f"print(client.{name}())"))
        )
