"""The client: where the server is, the credentials, and what is done when a call goes wrong."""

from __future__ import annotations

import logging
import os
import re
import time
from collections.abc import Collection, Generator, Mapping, Sequence
from types import ModuleType, TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypedDict, TypeVar, Unpack, cast

import httpx

from . import errors
from .connections import Connections
from .exchange import Found, exchanged, exchanged_async
from .operation import Operation
from .options import (
    DEFAULT_TIMEOUT,
    OWN,
    Auth,
    Options,
    check_kinds,
    checked_retries,
    checked_timeout,
    checked_url,
)
from .redaction import authorization, redact
from .retries import Retries
from .security import BY_CONNECTION, Applied, Credential, credentials_for
from .types import Response
from .unset import UNSET

if TYPE_CHECKING:
    from .jwt import Minted

S = TypeVar("S")
T = TypeVar("T")
E = TypeVar("E", bound=errors.Error)

_LOGGER = logging.getLogger(__name__)


class Given(TypedDict, total=False):
    """What a single call can be given beside its parameters."""

    body: Any
    content_type: str | None
    timeout: float | httpx.Timeout | None
    headers: Mapping[str, str] | None


class BaseClient:
    """What the clients of all vendors do; connections are opened when first needed.

    Usable from several threads and event loops, and by `async with`; `SyncClient` also by `with`. As in httpx,
    a client that was closed stays so, and calls raise `RuntimeError`; an `http_client` of the caller's stays
    open. It follows no redirects and keeps no cookies. A call without a time limit has to be asked for by
    `timeout=httpx.Timeout(None)`.
    """

    _errors: ClassVar[ModuleType] = errors
    """The error classes of the vendor."""
    _base_url: ClassVar[str] = ""
    _user_agent: ClassVar[str] = ""
    _environment: ClassVar[Mapping[str, str]] = {}
    """The environment variable of each argument that is a credential."""
    _sets: ClassVar[Sequence[Sequence[Sequence[str]]]] = ()
    """For each security scheme the arguments that make it whole, in one way or another."""
    _always_needs: ClassVar[str] = ""
    """The arguments without which no call can be made, in words."""
    _credentials: Mapping[str, Credential | None] = {}

    def __init__(self, credentials: Mapping[str, Credential | None], **options: Unpack[Options]) -> None:
        if unknown := sorted(options.keys() - Options.__optional_keys__):
            raise TypeError(f"{type(self).__name__} has no argument {unknown[0]!r}")
        check_kinds(options)
        self._auth, self._credentials = _auth(options, credentials), credentials
        has_credentials = not {*credentials.values()} <= {None, BY_CONNECTION}
        if self._always_needs and not self._auth and not has_credentials:
            raise self._missing()
        self._is_safe = options.get("allow_http") is True or not (self._auth or has_credentials)
        url, timeout, own = options.get("base_url"), options.get("timeout"), options.get("http_client")
        if url is None and str(getattr(own, "base_url", "")):
            raise TypeError("the http_client has a base_url: give it to this client, as base_url")
        self._url = checked_url(self._base_url if url is None else url, is_safe=self._is_safe)
        usual = getattr(own, "timeout", DEFAULT_TIMEOUT)
        self._timeout = checked_timeout(usual if timeout is None else timeout)
        self._retries = checked_retries(options.get("max_retries", 2), options.get("max_retry_time", 90.0))
        self._checks = options.get("validate") is not False
        self._headers = dict(options.get("headers") or {})
        rest = {name: option for name, option in options.items() if name not in OWN}
        self._connections = Connections(self._timeout, rest, is_safe=self._is_safe)

    @property
    def base_url(self) -> str:
        """Where the server is."""
        return self._url

    @property
    def timeout(self) -> httpx.Timeout:
        """The time limits of calls that are given none of their own."""
        return self._timeout

    @classmethod
    def from_env(cls, **options: Unpack[Options]) -> Self:
        """A client with the credentials that the environment has; raises `MissingCredentials` without any.

        An empty variable is as good as none. Where one set of credentials is complete, those that are not are
        left out. Where several are, a call takes the first that it can use, in the order of the contract; of a
        token and a file that tokens are made of, the token.
        """
        found = {name: text for name, key in cls._environment.items() if (text := os.environ.get(key))}
        if not found and not _auth(options, {}):
            raise cls._missing()
        whole = [next((way for way in ways if found.keys() >= {*way}), ()) for ways in cls._sets]
        if any(whole):
            found = {name: found[name] for way in whole for name in way}
        try:
            made: Self = cast("Any", cls)(**found, **options)
        except errors.InvalidCredentials as error:
            told = re.sub(r"`(\w+)`", lambda name: f"`{cls._environment.get(name[1], name[1])}`", str(error))
            raise type(error)(told) from None
        return made

    @classmethod
    def _missing(cls) -> errors.MissingCredentials:
        variables = re.sub(r"\w+", lambda name: cls._environment.get(name[0], name[0]), cls._always_needs)
        ways = (
            f"give {cls._always_needs}, or set {variables} and take from_env()" if variables else "give them"
        )
        return _own(errors.MissingCredentials(f"the client has no credentials: {ways}"), cls._errors)

    def _minted(
        self, credentials: str | os.PathLike[str] | Mapping[str, object] | None, **jwt: Any
    ) -> Minted | None:
        """What mints tokens, as the contract's `jwt` says, of a credentials file or of what it holds."""
        from .jwt import Jwt, Minted  # few clients need it

        return None if credentials is None else Minted(Jwt(**jwt), credentials)

    def __repr__(self) -> str:
        return (
            f"{type(self).__module__}.{type(self).__qualname__}(base_url={getattr(self, 'base_url', None)!r})"
        )

    def get_httpx_client(self) -> httpx.Client:
        """The httpx client behind the plain functions."""
        return self._connections.plain()

    def get_async_httpx_client(self) -> httpx.AsyncClient:
        """The httpx client behind the `asyncio` functions, one for each event loop: it owns connections."""
        return self._connections.of_loop()

    def close(self) -> None:
        """Close the client, and the connections of the plain functions."""
        self._connections.close()

    async def aclose(self) -> None:
        """Close the client, and all connections but those that belong to other event loops."""
        await self._connections.aclose()

    if not TYPE_CHECKING:  # so that type checkers refuse `with`, too

        def __enter__(self) -> Self:
            raise TypeError(f"{type(self).__name__} is for asyncio: write `async with`")

        def __exit__(self, *_: object) -> None:
            """Python looks for it first."""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()

    # Calls

    def call(self, operation: Operation[S, T], *values: Any, **given: Unpack[Given]) -> S:
        """Make one call and give what its success means; raises for anything else."""
        with self._raising() as secrets:
            return operation.result(self._send(operation, values, given, secrets), self._errors)

    async def call_async(self, operation: Operation[S, T], *values: Any, **given: Unpack[Given]) -> S:
        """`call` for asyncio."""
        with self._raising() as secrets:
            return operation.result(await self._send_async(operation, values, given, secrets), self._errors)

    def send(self, operation: Operation[S, T], *values: Any, **given: Unpack[Given]) -> Response[T]:
        """Make one call and give its answer, whatever its status; `values` are those of the parameters."""
        with self._raising() as secrets:
            return self._send(operation, values, given, secrets)

    async def send_async(
        self, operation: Operation[S, T], *values: Any, **given: Unpack[Given]
    ) -> Response[T]:
        """`send` for asyncio."""
        with self._raising() as secrets:
            return await self._send_async(operation, values, given, secrets)

    def _send(
        self, operation: Operation[S, T], values: Sequence[Any], given: Given, secrets: set[str]
    ) -> Response[T]:
        client = self.get_httpx_client()
        steps = self._steps(client, operation, values, given, secrets)
        found: Found | None = None
        while not isinstance(step := steps.send(found), Response):
            if isinstance(step, httpx.Request):
                found = exchanged(client, step, self._auth)
            else:
                time.sleep(step)
        return step

    async def _send_async(
        self, operation: Operation[S, T], values: Sequence[Any], given: Given, secrets: set[str]
    ) -> Response[T]:
        from asyncio import sleep  # slow to import, and there already where a loop is running

        client = self.get_async_httpx_client()
        steps = self._steps(client, operation, values, given, secrets)
        found: Found | None = None
        while not isinstance(step := steps.send(found), Response):
            if isinstance(step, httpx.Request):
                found = await exchanged_async(client, step, self._auth)
            else:
                await sleep(step)
        return step

    def _steps(
        self,
        client: httpx.Client | httpx.AsyncClient,
        operation: Operation[S, T],
        values: Sequence[Any],
        given: Given,
        secrets: set[str],
    ) -> Generator[httpx.Request | float | Response[T], Found | None, None]:
        """What to do, one thing after the other: send a request, wait for seconds, give a response.

        What an `httpx.Auth` has put into a request becomes one of the `secrets`.
        """
        credentials = () if self._auth else credentials_for(operation.security, self._credentials)
        draft = operation.draft(
            values, given.get("body", UNSET), given.get("content_type"), checks=self._checks
        )
        if all(name.lower() != "user-agent" for name, _ in draft.headers):  # which may be a parameter
            draft.add_headers({"User-Agent": self._user_agent})
        draft.add_headers(self._headers)
        if (headers := given.get("headers")) is not None:
            draft.add_headers(headers)
        timeout = self._timeout if (limit := given.get("timeout")) is None else checked_timeout(limit)
        url = self._url
        if operation.server and url == self._base_url:  # another base_url is meant for all calls
            url = checked_url(operation.server, is_safe=self._is_safe)
        retries, limits, is_renewed = Retries(*self._retries), timeout, False
        while True:
            applied = [credential.apply() for credential in credentials]
            started = time.monotonic()
            found = yield draft.authorized(applied).request(client, operation.method, url, limits)
            if found is None:  # pragma: no cover -- what is sent after a request is what came of it
                continue
            if self._auth:
                secrets |= authorization(found.request)
            _log(operation, found, time.monotonic() - started)
            if not is_renewed and _is_renewed(operation, found, credentials, applied):
                is_renewed = True
                continue
            wait = retries.wait(found.asked) if operation.may_repeat(found) else None
            yield operation.read(found) if wait is None else wait
            limits = retries.cut(timeout, is_idempotent=operation.is_idempotent)

    def _raising(self) -> _Raising:
        return _Raising(self._errors, self._credentials)


class SyncClient(BaseClient):
    """A client that can also be used by `with`, which closes what its plain functions opened."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


class Resource:
    """The operations of one tag."""

    def __init__(self, client: BaseClient) -> None:
        self._client = client

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._client!r})"


class _Raising:
    """Raises errors as those of the vendor, without secrets: those of credentials, and those that it gives to add to.

    It is in the way of every call, so it is no generator.
    """

    def __init__(self, tree: ModuleType, credentials: Mapping[str, Credential | None]) -> None:
        self._tree, self._credentials, self._secrets = tree, credentials, set[str]()

    def __enter__(self) -> set[str]:
        return self._secrets

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        if isinstance(error, errors.Error):
            held = (each.secrets for each in self._credentials.values() if each)
            raise _own(error, self._tree, self._secrets.union(*held)) from error.__cause__


def _auth(options: Options, credentials: Mapping[str, Credential | None]) -> Auth | None:
    """What authorizes the calls instead of the credentials; raises `TypeError` where it is unclear who would pay."""
    given, own = options.get("auth"), getattr(options.get("http_client"), "auth", None)
    if own and (given or any(each not in (None, BY_CONNECTION) for each in credentials.values())):
        raise TypeError(
            "the http_client has an auth, and this client credentials or an auth: give one of them"
        )
    return given or own


def _own(error: E, tree: ModuleType, secrets: Collection[str] = ()) -> E:
    """The error as the class of the same name in a vendor's `tree`, without secrets."""
    redact(error, secrets)
    new: E = getattr(tree, type(error).__name__, type(error))(*error.args)
    new.__dict__.update({**error.__dict__, **new.__dict__})
    return new


def _is_renewed(
    operation: Operation[Any, Any],
    found: Found,
    credentials: Sequence[Credential],
    applied: Sequence[Applied],
) -> bool:
    """Whether an answer refused a credential of which there is another now."""
    if found.response is None or not found.is_whole or not any(each.can_renew() for each in credentials):
        return False
    try:
        answer = found.response.json()
    except (ValueError, RecursionError):
        return False
    if not any(each.is_refused(answer) for each in credentials) or not operation.is_refusal(found):
        return False
    date = found.response.headers.get("date")
    pairs = zip(credentials, applied, strict=True)
    renewed = [each.is_refused(answer) and each.renew(used, date) for each, used in pairs]
    return any(renewed)


def _log(operation: Operation[Any, Any], found: Found, seconds: float) -> None:
    came = found.response.status_code if found.response and found.is_whole else type(found.error).__name__
    _LOGGER.debug("%s: %s after %.0f ms", operation.call, came, seconds * 1000)
