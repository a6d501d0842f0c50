"""What a client can be told beside its credentials: each option shows in a call, and without it the usual does."""

from __future__ import annotations

import asyncio
import importlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import httpx

from ..objects import entries
from . import programs
from .called import Case
from .calls import Target
from .checks import differences
from .faults import awake, texts
from .findings import Wrong
from .programs import TIMEOUT, Code, made, making, program, script, source
from .wire import Wire

_HEADER, _LIMIT, _PAIR = "X-Harness", 7.5, ("harness-user", "harness-pässword")
_USUAL_LIMIT, _USUAL_RETRIES, _USUAL_SPAN = 30.0, 2, 90.0
"""Seconds of each wait, attempts after the first, and seconds in which these begin, where nothing is said."""
_AWAY = (
    "http://api.test",
    "http://localhost.api.test",
    "http://notlocalhost",
    "http://10.0.0.1",
    "http://[::2]",
)
_HERE = ("http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000")
_BAD: dict[str, list[Any]] = {
    "timeout": [0, -1, "soon", float("nan")], "max_retries": [-1, 1.5], "max_retry_time": [-1.0, "long"],
    "headers": ["a text"], "auth": [5, "a text"], "transport": [5], "http_client": [5], "a_strange_one": [5],
    "base_url": ["ftp://a.test", "a.test", "https://a.test?b=c", "https://a.test#b", "https://user:word@a.test", 5],
}  # fmt: skip
"""What options cannot be."""
_CONNECTIONS = 2
"""Connections at once, fewer than the calls that come one after the other."""
_SHORT, _NOWHERE = 0.5, "http://127.0.0.1:9"
"""Seconds to wait for a connection; and a server that is none, should a client not use what it was given."""


def checks(target: Target, case: Case) -> Iterator[Wrong | None]:
    """What is wrong with calls by a client of either kind that was told something."""
    yield from _plain_http(target)
    yield from _refused(target)
    yield _by_loop(target)
    yield _one_by_one(target, case)
    for use_asyncio in (False, True):
        told = _Told(target, case, use_asyncio)
        yield from (told.base_url(), told.headers(), told.headers_of_a_call(), told.auth(), told.hooks())
        yield from (told.limits(timeout=_LIMIT), told.limits(), told.attempts(), told.closed())
        yield told.over()
        yield from told.own_client()


class _Told:
    """Calls by clients of one kind."""

    def __init__(self, target: Target, case: Case, use_asyncio: bool) -> None:
        self.target, self.case, self.use_asyncio = target, case, use_asyncio
        self.function = "asyncio_detailed" if use_asyncio else "sync_detailed"
        self.arguments = target.arguments(case)

    def _sent(self, **options: Any) -> list[httpx.Request]:
        with self.target.driven(use_asyncio=self.use_asyncio, **options) as driver:
            return driver.call(self.function, self.arguments).sent

    def _wrong(self, at: str, wanted: str, found: object, answer: Any = None, **options: Any) -> Wrong:
        shown = program(self.target, self.function, self.arguments, answer, **options)
        return Wrong(at, f"{wanted}, by {self.function}", f"{found}", shown)

    def base_url(self) -> Wrong | None:
        """Slashes at the end of a URL make no difference."""
        server = self.target.operation.servers[0]
        options = {"base_url": f"{server}//", "allow_http": True}
        sent = self._sent(**options)
        if len(sent) != 1:
            return self._wrong("#/servers", f"one request with {options}", len(sent), **options)
        found = next(differences(self.target, self.case, sent[0], server=server), None)
        return found and self._wrong(found.rule, f"{found.wanted} with {options}", found.found, **options)

    def headers(self) -> Wrong | None:
        """Headers for all calls, in the place of those of the same name that the client has itself."""
        headers = {_HEADER: "all calls", "user-agent": "harness", "authorization": "Harness of-its-own"}
        found = [
            {name: each.headers.get_list(name) for name in headers} for each in self._sent(headers=headers)
        ]
        if found == [{name: [text] for name, text in headers.items()}]:
            return None
        return self._wrong(self.target.at, f"the headers {headers}, each once", found, headers=headers)

    def headers_of_a_call(self) -> Wrong | None:
        """Headers of a single call, in the place of those for all calls."""
        usual = {_HEADER: "all calls"}
        with self.target.driven(use_asyncio=self.use_asyncio, headers=usual) as driver:
            given = {
                **self.target.keywords(self.case, driver.method),
                "headers": {_HEADER.lower(): "this call"},
            }
            found = [each.headers.get_list(_HEADER) for each in driver.call("method", given).sent]
            name = driver.named("method")
        if found == [["this call"]]:
            return None
        shown = program(self.target, name, given, headers=usual)
        return Wrong(self.target.at, f"{_HEADER} of this call alone, by {name}", f"{found}", shown)

    def auth(self) -> Wrong | None:
        """What authorizes calls instead of the credentials: it alone is sent, and no error tells it."""

        def echo(request: httpx.Request) -> httpx.Response:
            return httpx.Response(400, text=f"{request.url} {request.headers.multi_items()} {_PAIR[1]}")

        pair = b64encode(":".join(_PAIR).encode()).decode()
        with self.target.driven(use_asyncio=self.use_asyncio, auth=_PAIR) as driver:
            done = driver.call(self.function.removesuffix("_detailed"), self.arguments, echo)
        found = [each.headers.get_list("authorization") for each in done.sent]
        if found != [[f"Basic {pair}"]]:
            return self._wrong(
                self.target.secured, f"`Basic {pair}` as Authorization, once", found, auth=_PAIR
            )
        operation = self.target.operation
        wire = Wire(operation, done.sent[0], operation.servers[0])
        schemes = entries(operation.contract.document, "components", "securitySchemes")
        carried = {name: wire.credentials(operation.scheme(name)) for name in schemes}
        if any(found not in (None, [*_PAIR]) for found in carried.values()):
            return self._wrong(self.target.secured, "no credentials beside `auth`", carried, auth=_PAIR)
        said = [each for each in (pair, _PAIR[1]) if any(each in text for text in texts(done.error))]
        if said:
            wanted = "no secret of `auth` in what an error says"
            return self._wrong(self.target.secured, wanted, f"{said}: {done.error!r}", auth=_PAIR)
        return None

    def hooks(self) -> Wrong | None:
        """What httpx takes is handed on to it."""
        seen: list[httpx.Request] = []

        async def later(request: httpx.Request) -> None:
            seen.append(request)

        sent = self._sent(event_hooks={"request": [later if self.use_asyncio else seen.append]})
        if len(sent) == 1 and [*map(id, sent)] == [*map(id, seen)]:
            return None
        hook = "lambda request: asyncio.sleep(0, print('hook'))" if self.use_asyncio else "print"
        hooks = Code(f'{{"request": [{hook}]}}')
        return self._wrong(self.target.at, "one call of a hook in event_hooks", len(seen), event_hooks=hooks)

    def limits(self, **options: float) -> Wrong | None:
        """Time limits for all calls, or the usual ones."""
        wanted = httpx.Timeout(options.get("timeout", _USUAL_LIMIT)).as_dict()
        found = [each.extensions.get("timeout") for each in self._sent(**options)]
        if found == [wanted]:
            return None
        return self._wrong(self.target.at, f"the time limits {wanted}", found, shows=TIMEOUT, **options)

    def attempts(self) -> Wrong | None:
        """How often, and how long, a client tries that was told nothing of that."""
        error, limits = httpx.ConnectError("refused"), list[float]()

        def refuse(request: httpx.Request) -> httpx.Response:
            limits.append(request.extensions["timeout"]["connect"])
            raise error

        options = {"timeout": 2 * _USUAL_SPAN}
        with awake(self.use_asyncio):
            self._used(transport=httpx.MockTransport(refuse), **options)
        cut = [limit for limit in limits[1:] if _USUAL_SPAN / 2 < limit <= _USUAL_SPAN]
        if len(limits) == 1 + len(cut) and len(cut) == _USUAL_RETRIES:
            return None
        wanted = f"{1 + _USUAL_RETRIES} attempts, the others within {_USUAL_SPAN} seconds"
        found = f"the limits {limits}"
        return self._wrong(self.target.at, wanted, found, error, shows=TIMEOUT, max_retries=None, **options)

    def closed(self) -> Wrong | None:
        """The end of `with`, or `async with`, closes what a client has opened."""
        kept = self._used(transport=httpx.MockTransport(lambda request: httpx.Response(599)), max_retries=0)
        if kept.is_closed:
            return None
        shown = made(self.target, use_asyncio=self.use_asyncio)
        line = "with client:\n    kept = client.get_httpx_client()\nprint(kept.is_closed)"
        if self.use_asyncio:
            line = (
                "async def used():\n    async with client:\n        return client.get_async_httpx_client()\n"
                "print(asyncio.run(used()).is_closed)"
            )
        return Wrong(
            self.target.at, "what `with` closes", f"{kept}, still open", script(self.target, shown, line)
        )

    def over(self) -> Wrong | None:
        """No call is made by a client that was closed."""
        with self.target.driven(use_asyncio=self.use_asyncio) as driver:
            driver.client.close()
            done = driver.call(self.function, self.arguments)
        if isinstance(done.error, RuntimeError) and not done.sent:
            return None
        found = f"{done.error!r} after {len(done.sent)} requests"
        shown = script(
            self.target,
            made(self.target, use_asyncio=self.use_asyncio, base_url=_NOWHERE),
            "client.close()",
            programs.call(self.target, self.function, self.arguments),
        )
        return Wrong(
            self.target.at, "a RuntimeError of a client that was closed, and nothing sent", found, shown
        )

    def own_client(self) -> Iterator[Wrong | None]:
        """The parameters of an httpx client of the user's own come last; none can be one of the operation's."""
        target, function = self.target, getattr(self.target.module, self.function)
        plain = [str(each.url) for each in self._sent()]
        names = [node["name"] for node in target.operation.parameters if node["in"] == "query"]
        for name in (_HEADER, *names[:1]):
            sent, error = list[str](), None
            own = self._own({name: "1"}, sent)
            client = target.client("AsyncClient" if self.use_asyncio else "Client", http_client=own)
            try:
                done = function(client=client, **self.arguments)
                asyncio.run(done) if self.use_asyncio else None
            except Exception as raised:
                error = raised
            if name == _HEADER:
                wanted = [f"{each}{'&' if '?' in each else '?'}{name}=1" for each in plain]
                is_right, told = sent == wanted, f"{wanted} with the params of an http_client"
            else:
                is_named = "http_client" in str(error) and name in str(error)
                is_right = isinstance(error, target.errors.InvalidRequest) and is_named and not sent
                told = f"an InvalidRequest of http_client, whose params have {name}, and nothing sent"
            if not is_right:
                lines = ["def answer(request):", "    print(request.url)", "    return httpx.Response(599)"]
                kind = type(own).__name__
                lines += [
                    f"own = httpx.{kind}(transport=httpx.MockTransport(answer), params={ {name: '1'} })"
                ]
                lines += [made(target, use_asyncio=self.use_asyncio, http_client=Code("own"))]
                lines += [programs.call(target, self.function, self.arguments)]
                yield Wrong(
                    target.at, f"{told}, by {self.function}", f"{sent}, {error!r}", script(target, *lines)
                )

    def _own(self, params: dict[str, str], sent: list[str]) -> httpx.Client | httpx.AsyncClient:
        """An httpx client that a user makes, which notes the URLs of what it sends."""

        def serve(request: httpx.Request) -> httpx.Response:
            sent.append(str(request.url))
            return httpx.Response(599)

        kind = httpx.AsyncClient if self.use_asyncio else httpx.Client
        return kind(transport=httpx.MockTransport(serve), params=params)

    def _used(self, **options: Any) -> Any:
        """The httpx client of a client after one call, whatever came of that, and after the end of `with`."""
        package = importlib.import_module(f"phone_number_apis.{self.target.vendor}")
        kind = package.AsyncClient if self.use_asyncio else package.Client
        client, function = (
            kind(**self.target.secrets(), **options),
            getattr(self.target.module, self.function),
        )

        async def used() -> Any:
            async with client:
                await asyncio.gather(function(client=client, **self.arguments), return_exceptions=True)
                return client.get_async_httpx_client()

        if self.use_asyncio:
            return asyncio.run(used())
        with client:
            with suppress(self.target.errors.Error):
                function(client=client, **self.arguments)
            return client.get_httpx_client()


def _plain_http(target: Target) -> Iterator[Wrong | None]:
    """Credentials go over plain HTTP to this machine alone, unless the user wants it otherwise."""
    for url in (*_AWAY, *_HERE):
        for more in ({}, {"allow_http": True}):
            options: dict[str, Any] = {"base_url": url, **more}
            error = target.refusal(**options)
            is_refused = url in _AWAY and not more and bool(target.secrets())
            if isinstance(error, ValueError) != is_refused or (error and not is_refused):
                wanted = f"{'a ValueError for' if is_refused else 'a client with'} {options}"
                yield Wrong("#/servers", wanted, repr(error), making(target, **options))


def _refused(target: Target) -> Iterator[Wrong | None]:
    """What no option can be is refused, by its name."""
    for name, values in _BAD.items():
        for value in values:
            error = target.refusal(**{name: value})
            if not isinstance(error, TypeError | ValueError) or name not in str(error):
                wanted = f"a TypeError or ValueError that names {name}, for {value!r}"
                yield Wrong(target.at, wanted, repr(error), making(target, **{name: value}))


def _by_loop(target: Target) -> Wrong | None:
    """Each event loop has connections of its own."""
    client = target.client("AsyncClient", transport=httpx.MockTransport(lambda request: httpx.Response(599)))

    async def kept() -> Any:
        return client.get_async_httpx_client()

    if asyncio.run(kept()) is not asyncio.run(kept()):
        return None
    lines = ["async def kept():", "    return client.get_async_httpx_client()"]
    lines += [made(target, use_asyncio=True), "print(asyncio.run(kept()) is asyncio.run(kept()))"]
    wanted = "connections of its own for each event loop"
    return Wrong(target.at, wanted, "those of another", script(target, *lines))


def _one_by_one(target: Target, case: Case) -> Wrong | None:
    """A connection that a call by asyncio has used is free for the next; a mount stands for httpx's own here."""
    options: dict[str, Any] = {"base_url": _NOWHERE, "timeout": _SHORT}
    mounts = {"all://": httpx.MockTransport(lambda request: httpx.Response(599))}
    limits = httpx.Limits(max_connections=_CONNECTIONS)
    arguments, function, calls = target.arguments(case), target.module.asyncio_detailed, _CONNECTIONS + 1

    async def called() -> None:
        given: dict[str, Any] = {"verify": False, **options}  # it loads no certificates
        async with target.client("AsyncClient", mounts=mounts, limits=limits, **given) as client:
            for _ in range(calls):
                await function(client=client, **arguments)

    try:
        asyncio.run(called())
    except target.errors.Error as error:
        options["mounts"] = Code('{"all://": httpx.MockTransport(answer)}')
        options["limits"] = Code(f"httpx.Limits(max_connections={_CONNECTIONS})")
        name, *given = programs.called(target, "asyncio_detailed")
        given += [f"{each}={source(value, target.vendor)}" for each, value in arguments.items()]
        lines = ["def answer(request):", "    return httpx.Response(599)"]
        lines += [
            made(target, use_asyncio=True, **options),
            "async def called():",
            f"    for _ in range({calls}):",
        ]
        lines += [f"        print(*await {name}({', '.join(given)}))", "asyncio.run(called())"]
        wanted = f"{calls} calls, one after the other, by {_CONNECTIONS} connections"
        return Wrong(target.at, wanted, repr(error), script(target, *lines))
    return None
