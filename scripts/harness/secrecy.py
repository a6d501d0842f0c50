"""What a client does with secrets: they go to the server as they are, and into no log and no error."""

from __future__ import annotations

import inspect
import json
import logging
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from typing import Any
from urllib.parse import quote

import httpx

from .called import Case
from .calls import Outcome, Target, Unsaid
from .faults import given, secrets, texts
from .findings import Wrong
from .programs import making, program
from .wire import Wire

_END = "-ends"
_QUOTED = f"begins-\\\\\\\"'/ %{_END}"
"""A secret with all that some text writes otherwise."""
_FORMS: list[Callable[[str], str]] = [
    str, json.dumps, repr, quote, partial(quote, safe=""),
    lambda text: repr(text.encode()), lambda text: json.dumps(repr(text)),
]  # fmt: skip
"""How an answer may have a secret."""
_WIDE, _OWN = "é€", "a-secret-that-only-the-caller-knows"
"""What a header cannot carry, and anything else can; what a caller's own header may hold."""


def checks(target: Target, case: Case) -> Iterator[Wrong | None]:
    """What is wrong with how a client keeps secrets, by scheme."""
    yield _shown(target)
    if target.secrets():
        yield from _refused(target, case)
    for schemes in target.operation.requirements:
        named = [name for name in sorted(schemes) if target.secrets([name])]
        for use_asyncio in (False, True):
            yield from _logged(target, case, schemes, use_asyncio)
            yield from (_told(target, case, schemes, name, use_asyncio) for name in named)
        yield from (_wide(target, case, schemes, name) for name in named)


def _shown(target: Target) -> Wrong | None:
    """How a client looks: by its URL, and without secrets."""
    client = target.client()
    tags = [name for name, each in inspect.getmembers(client.__class__) if isinstance(each, cached_property)]
    found = [repr(each) for each in (client, *(getattr(client, tag) for tag in tags))]
    held = target.secrets().values()
    if all(client.base_url in each and not any(secret in each for secret in held) for each in found):
        return None
    return Wrong(target.secured, "a client that shows its URL and no secret", f"{found}", making(target))


def _logged(target: Target, case: Case, schemes: Collection[str], use_asyncio: bool) -> Iterator[Wrong]:
    """What is logged of a call: what came of it, and no secret."""
    own, arguments = target.secrets(schemes), target.arguments(case)
    for answer in (httpx.Response(400), httpx.ReadError("reset by peer")):
        with target.driven(use_asyncio=use_asyncio, secrets=own) as driver, _heard() as lines:
            done = driver.call(driver.functions[0], arguments, partial(given, answer))
            function = driver.functions[0]
        shown = f"{_LOGGING}{program(target, function, arguments, answer, secrets=own)}"
        if told := [line for _, line in lines if _secret(target, done, line)]:
            yield Wrong(target.secured, f"no secret in what is logged, by {function}", "; ".join(told), shown)
        came = "400" if isinstance(answer, httpx.Response) else type(answer).__name__
        line = rf"{target.operation.method.upper()} {re.escape(target.operation.path)}: {came} after \d{{1,5}} ms"
        found = [text for name, text in lines if name.startswith("phone_number_apis.")]
        if len(found) != 1 or not re.fullmatch(line, found[0]):
            yield Wrong(target.at, f"one line in the log, {line}, by {function}", f"{found}", shown)


_LOGGING = "import logging\nimport sys\nlogging.basicConfig(level=logging.DEBUG, stream=sys.stdout)\n"


@contextmanager
def _heard() -> Generator[list[tuple[str, str]]]:
    """The lines that are logged meanwhile, of all levels, each with the name of its logger."""
    lines, root = list[tuple[str, str]](), logging.getLogger()
    handler, level = _Kept(lines), root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(level)
        root.removeHandler(handler)


class _Kept(logging.Handler):
    """Keeps the lines that are logged."""

    def __init__(self, lines: list[tuple[str, str]]) -> None:
        super().__init__()
        self.lines = lines

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        self.lines.append((record.name if record.levelno == logging.DEBUG else "", self.format(record)))


def _secret(target: Target, done: Outcome, text: str) -> bool:
    """Whether a text has a secret, as it is or as a URL has it."""
    known = {*secrets(target, done), _OWN}
    return any(each in text for each in known | {quote(each, safe="") for each in known})


def _refused(target: Target, case: Case) -> Iterator[Wrong | None]:
    """Secrets in what is said of an argument, or a header, that holds one by mistake, and is refused."""
    *_, secret = target.secrets().values()
    with target.driven(use_asyncio=False) as driver:
        tries: list[tuple[str, Mapping[str, Any]]] = []
        for name, _ in target.parameters.values():
            tries.append(("sync_detailed", {**target.arguments(case), name: {secret: [secret]}}))
        with suppress(Unsaid):
            headers = {"X-Own": f"{_OWN}\n"}
            tries.append(("method", {**target.keywords(case, driver.method), "headers": headers}))
        for function, arguments in tries:
            done = driver.call(function, arguments)
            error: Any = done.error
            if not isinstance(error, target.errors.InvalidRequest):
                continue
            if any(
                _secret(target, done, text) for text in (*texts(error), f"{error.args}", f"{error.__dict__}")
            ):
                wanted = f"no secret in what is said of an argument, by {function}"
                shown = program(target, function, arguments)
                yield Wrong(target.secured, wanted, f"{error!r}, {error.args!r}", shown)


def _told(target: Target, case: Case, schemes: Collection[str], name: str, use_asyncio: bool) -> Wrong | None:
    """A secret in an error of an answer that tells it, in whatever form; a user name, which comes first, is none."""
    *_, argument = target.secrets([name])
    own, said = {**target.secrets(schemes), argument: _QUOTED}, [form(_QUOTED) for form in _FORMS]
    arguments, answer = target.arguments(case), httpx.Response(418, text=" ".join(said))
    with target.driven(use_asyncio=use_asyncio, secrets=own) as driver:
        function = driver.functions[1]
        error = driver.call(function, arguments, answer).error
    if isinstance(error, target.errors.APIError) and not any(_END in text for text in texts(error)):
        return None
    shown = program(target, function, arguments, answer, secrets=own)
    return Wrong(
        target.secured, f"an APIError that tells nothing of {said}, by {function}", repr(error), shown
    )


def _wide(target: Target, case: Case, schemes: Collection[str], name: str) -> Wrong | None:
    """What becomes of a credential that is not ASCII: sent as it is, or refused where a header carries it."""
    node, own = target.operation.scheme(name), target.secrets([name])
    wide = {argument: f"{text}{_WIDE}" for argument, text in own.items()}
    secret, arguments = {**target.secrets(schemes), **wide}, target.arguments(case)
    is_carried = node.get("in") in ("query", "cookie") or str(node.get("scheme", "")).lower() == "basic"
    found: object = None
    try:
        with target.driven(use_asyncio=False, secrets=secret) as driver:
            done = driver.call("sync_detailed", arguments)
            sent = [Wire(target.operation, each, target.operation.servers[0]) for each in done.sent]
            found = [each.credentials(node) for each in sent] or done.error
    except target.errors.InvalidCredentials as error:
        found = error
    if is_carried and found == [[*wide.values()]]:
        return None
    is_refused = isinstance(found, target.errors.InvalidCredentials) and _WIDE not in str(found)
    if not is_carried and is_refused and any(f"`{argument}`" in str(found) for argument in wide):
        return None
    wanted = (
        f"{[*wide.values()]} on the wire"
        if is_carried
        else "an InvalidCredentials, as a header has to carry it"
    )
    shown = program(target, "sync_detailed", arguments, secrets=secret)
    return Wrong(target.decided(name, "x-credentials"), wanted, repr(found), shown)
