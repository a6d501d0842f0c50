"""What a client can be told beside its credentials: each option shows in a call, and without it the usual does."""

from __future__ import annotations

import asyncio
import importlib
import pickle
import re
from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

import httpx

from ..objects import entries
from . import programs
from .called import Case
from .calls import Target
from .checks import differences
from .faults import awake, given, texts
from .findings import Wrong
from .programs import ANSWERING, TIMEOUT, Code, made, making, program, script, source
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
_LABEL = "a" * 63
"""The longest that a part of a host can be."""


def _unchanged(request: httpx.Request) -> httpx.Request:
    return request


_STRANGE, _NUMBERS = "a_strange_one", ("timeout", "max_retries", "max_retry_time")
"""An option that there is not; and those that an error shows as they were given, where of others it has the type."""
_BAD: dict[str, list[Any]] = {
    "timeout": [0, -1, True, "soon", float("nan"), float("inf"), httpx.Timeout(-1), httpx.Timeout(5, read=0)],
    "max_retries": [-1, 1.5, True, "2"], "max_retry_time": [-1.0, True, "long", float("nan"), float("inf")],
    "headers": ["a text", [("a", "b")]], "auth": [5, "a text", b"ab", int, ("a", 5), ("a", "b", "c")],
    "transport": [5, ""], "async_transport": [5, ""], "http_client": [5, ""], _STRANGE: [5],
}  # fmt: skip
"""What options cannot be."""
_NO_URLS = (
    "ftp://a.test", "a.test", "//a.test", "https://", "https://a.test?b=c", "https://a.test/v1?", "https://a.test#b",
    "https://a.test/v1#", "https://user:word@a.test", "https://word@a.test", "https://a.test:65536", "https://a..test",
    f"https://{_LABEL}a.test", "https://a.test:word", "https://a.test/\n", 5, b"https://a.test",
)  # fmt: skip
"""What no `base_url` can be; none of it is told, for a secret may be in it."""
_GOOD: dict[str, list[tuple[str, Any]]] = {
    "base_url": [
        (f"{text!r}", text) for text in ("https://a.test/b", f"https://{_LABEL}.test.:65535", "HTTPS://[::1]")
    ],
    "timeout": [("1", 1), ("httpx.Timeout(None)", httpx.Timeout(None)), ("None", None)],
    "max_retries": [("0", 0), ("9", 9)], "max_retry_time": [("0", 0), ("0.5", 0.5)],
    "headers": [("None", None), ("httpx.Headers()", httpx.Headers())],
    "auth": [
        ("None", None), ("('a', 'b')", ("a", "b")), ("httpx.BasicAuth('a', 'b')", httpx.BasicAuth("a", "b")),
        ("lambda request: request", _unchanged),
    ],
}  # fmt: skip
"""What options can be, each as Python and as it is."""
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
        yield from (*told.own_client(), *told.pickled(), told.answered())


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
        if not isinstance(done.error, self.target.errors.APIError):
            return self._wrong(self.target.secured, "an APIError of status 400", repr(done.error), auth=_PAIR)
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
        if isinstance(done.error, RuntimeError) and "closed" in str(done.error) and not done.sent:
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
            sent, error, params = list[str](), None, {name: "1"}
            own = self._own(params, sent)
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
                said = [getattr(error, each, None) for each in ("where", "value")]
                is_right = (
                    isinstance(error, target.errors.InvalidRequest)
                    and said == ["http_client", name]
                    and not sent
                )
                told = f"an InvalidRequest of http_client, whose params have {name}, and nothing sent"
            if not is_right:
                lines = ["def answer(request):", "    print(request.url)", "    return httpx.Response(599)"]
                transport = "transport=httpx.MockTransport(answer)"
                lines += [f"own = httpx.{type(own).__name__}({transport}, params={params})"]
                lines += [made(target, use_asyncio=self.use_asyncio, http_client=Code("own"))]
                shown = script(target, *lines, programs.call(target, self.function, self.arguments))
                yield Wrong(target.at, f"{told}, by {self.function}", f"{sent}, {error!r}", shown)

    def _own(self, params: dict[str, str], sent: list[str]) -> httpx.Client | httpx.AsyncClient:
        """An httpx client that a user makes, which notes the URLs of what it sends."""

        def serve(request: httpx.Request) -> httpx.Response:
            sent.append(str(request.url))
            return httpx.Response(599)

        kind = httpx.AsyncClient if self.use_asyncio else httpx.Client
        return kind(transport=httpx.MockTransport(serve), params=params)

    def answered(self) -> Wrong | None:
        """A hook that fails as a connection does, after an answer, leaves open what was done: it may be done."""

        def fail(response: httpx.Response) -> None:
            raise httpx.ConnectError("of a hook", request=response.request)

        async def later(response: httpx.Response) -> None:
            fail(response)

        hooks = {"response": [later if self.use_asyncio else fail]}
        with self.target.driven(use_asyncio=self.use_asyncio, event_hooks=hooks) as driver:
            error = driver.call(self.function, self.arguments).error
        if isinstance(error, self.target.errors.OutcomeUnknown):
            return None
        word = "async " if self.use_asyncio else ""
        lines = [f"{word}def fail(response):"]
        lines += ["    raise httpx.ConnectError('of a hook', request=response.request)"]
        lines += ["def answer(request):", "    return httpx.Response(599)"]
        options: dict[str, Any] = {"event_hooks": Code('{"response": [fail]}'), "transport": ANSWERING}
        lines += [made(self.target, use_asyncio=self.use_asyncio, **options)]
        lines += [programs.call(self.target, self.function, self.arguments)]
        wanted = f"an OutcomeUnknown where a hook fails after an answer, by {self.function}"
        return Wrong(self.target.at, wanted, repr(error), script(self.target, *lines))

    def pickled(self) -> Iterator[Wrong | None]:
        """Errors go from process to process as they are; of what was given at least how it looks."""
        name = next(iter(self.target.parameters.values()), ("body", None))[0]
        tries: list[tuple[dict[str, Any], Any, str]] = [
            ({name: lambda: 0}, None, "lambda: 0"),
            ({}, httpx.Response(418, text="short and stout", headers={"x-request-id": "1"}), ""),
            ({}, httpx.ReadError("reset by peer"), ""),
        ]
        for more, answer, text in tries:
            with self.target.driven(use_asyncio=self.use_asyncio) as driver:
                function = self.function.removesuffix("_detailed")
                error = driver.call(function, {**self.arguments, **more}, partial(given, answer)).error
            try:
                copy: Any = pickle.loads(pickle.dumps(error))
            except Exception as failed:
                copy = failed
            names = [each for each in vars(error if error is not None else copy) if each != "value"]
            if (type(copy), str(copy), *(repr(getattr(copy, each, None)) for each in names)) != (
                type(error), str(error), *(repr(getattr(error, each)) for each in names)
            ):  # fmt: skip
                arguments = {**self.arguments, **{each: Code(text) for each in more}}
                shown = program(self.target, function, arguments, answer)
                yield Wrong(self.target.at, f"{error!r} out of a pickle, as it was", f"{copy!r}", shown)

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
    """What no option can be is refused by its name, with what was given and what to give; what it can be is taken."""
    for name, value in [(name, value) for name, values in _BAD.items() for value in values]:
        shown = repr(value) if name in _NUMBERS else f"of type {type(value).__name__}"
        told = f".*{name}.*" if name == _STRANGE else f"{name} is {re.escape(shown)}; give \\w.+"
        error = target.refusal(**{name: value})
        if not isinstance(error, TypeError | ValueError) or not re.fullmatch(told, str(error)):
            wanted = f"a TypeError or ValueError that names {name}, shows {shown}, and says what to give"
            yield Wrong(target.at, wanted, repr(error), making(target, **{name: value}))
    for url in _NO_URLS:
        error = target.refusal(base_url=url)
        if not isinstance(error, ValueError) or "base_url" not in str(error) or str(url) in str(error):
            wanted = f"a ValueError that names base_url, and shows nothing of it, for {url!r}"
            yield Wrong("#/servers", wanted, repr(error), making(target, base_url=url))
    for name, shown, value in [(name, *pair) for name, pairs in _GOOD.items() for pair in pairs]:
        if (error := target.refusal(**{name: value})) is not None:
            wanted = f"a client with {name}={shown}"
            yield Wrong(target.at, wanted, repr(error), making(target, **{name: Code(shown)}))


def _by_loop(target: Target) -> Wrong | None:
    """Each event loop has connections of its own."""
    client = target.client("AsyncClient", transport=httpx.MockTransport(lambda request: httpx.Response(599)))

    async def kept() -> Any:
        return client.get_async_httpx_client()

    with asyncio.Runner() as one, asyncio.Runner() as other:
        found = [id(runner.run(kept())) for runner in (one, other, one, other)]
    if found[:2] == found[2:] and found[0] != found[1]:
        return None
    lines = [
        "async def kept():",
        "    return id(client.get_async_httpx_client())",
        made(target, use_asyncio=True),
    ]
    lines += ["with asyncio.Runner() as one, asyncio.Runner() as other:"]
    lines += ["    print(len({runner.run(kept()) for runner in (one, other, one, other)}), 'for 2 loops')"]
    wanted = "connections of its own for each event loop, as long as that runs"
    return Wrong(target.at, wanted, f"those numbered {found}", script(target, *lines))


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
