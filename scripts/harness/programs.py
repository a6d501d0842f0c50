"""A call as a program of ten lines, more where much is given, which needs nothing but the client and httpx."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from math import isfinite
from typing import Any, cast

import httpx

from ..kinds import is_array, is_object
from .arguments import unset
from .calls import Driver, Target

_WIDTH = 120


def program(
    target: Target,
    function: str,
    arguments: Mapping[str, Any],
    answer: httpx.Response | Exception | None = None,
    **options: Any,
) -> str:
    """A program that makes a call, and prints what went out, and what came back; an error ends it.

    `function` is one of `sync`, `sync_detailed`, `asyncio`, `asyncio_detailed`, `method` and `asyncio_method`;
    `arguments` are those of the function or the method, `options` those of the client beside its credentials,
    which are the harness's own unless `secrets` are given.
    """
    use_asyncio = function.startswith("asyncio")
    call, found = _called(target, function, use_asyncio)
    secrets = options.pop("secrets", None)
    given = {**(target.secrets() if secrets is None else secrets), "max_retries": 0, **options}
    made = [f"{name}={source(value, target.vendor)}" for name, value in given.items()]
    client = _line(
        f"client = {target.vendor}.{'AsyncClient' if use_asyncio else 'Client'}(",
        [*made, "transport=httpx.MockTransport(answer)"],
    )
    named = [f"{name}={source(value, target.vendor)}" for name, value in arguments.items()]
    if found is not None:
        named.insert(0, "client=client")
    opened = f"{'*' if 'detailed' in function else ''}{'asyncio.run(' if use_asyncio else ''}{call}("
    line = _line(f"print({opened}", named, ")))" if use_asyncio else "))")
    body = "\n".join([*_answer(answer, use_asyncio), "", client, line])
    imports = [
        *(["import asyncio"] if use_asyncio else []),
        *([f"from datetime import {names}"] if (names := _times(body)) else []),
        "import httpx",
        f"from phone_number_apis import {target.vendor}",
        *([f"from {found.rpartition('.')[0]} import {found.rpartition('.')[2]}"] if found else []),
    ]
    return "\n".join([*imports, "", body, ""])


def source(value: Any, vendor: str) -> str:
    """Python for a value that a client takes."""
    if value is unset():
        return f"{vendor}.UNSET"
    if hasattr(value, "__attrs_attrs__"):
        fields = {each.name: (getattr(value, each.name), each.default) for each in value.__attrs_attrs__}
        more = fields.pop("additional_properties")[0]
        own = {name: item for name, (item, default) in fields.items() if item is not default}
        own |= {"additional_properties": more} if more else {}
        return f"{vendor}.models.{type(value).__name__}({_pairs(own, vendor)})"
    if isinstance(value, datetime | date):
        kind = "datetime" if isinstance(value, datetime) else "date"
        return f"{kind}.fromisoformat({value.isoformat()!r})"
    if is_array(value):
        return f"[{', '.join(source(item, vendor) for item in value)}]"
    if is_object(value):
        return f"{{{', '.join(f'{name!r}: {source(item, vendor)}' for name, item in value.items())}}}"
    if hasattr(value, "_asdict"):  # a file
        own = {name: item for name, item in value._asdict().items() if item is not None}
        return f"{vendor}.types.{type(value).__name__}({_pairs(own, vendor)})"
    if isinstance(value, float) and not isfinite(value):
        return f"float({str(value)!r})"
    return _repeated(value) if isinstance(value, str | bytes) else repr(value)


def _called(target: Target, function: str, use_asyncio: bool) -> tuple[str, str | None]:
    """How a program names what it calls, and the module that it needs for that."""
    if not function.endswith("method"):
        module = target.module.__name__
        return f"{module.rpartition('.')[2]}.{function}", module
    driver = Driver(target, use_asyncio, target.client("AsyncClient" if use_asyncio else "Client"))
    return f"client.{driver.method_name}", None


def _answer(answer: httpx.Response | Exception | None, use_asyncio: bool) -> list[str]:
    """The function that prints what went out, and answers it."""
    start = ["def answer(request):"]
    start += ["    print(request.method, request.url, request.headers.multi_items(), request.read())"]
    if isinstance(answer, Exception):
        return [*start, f"    raise httpx.{type(answer).__name__}({str(answer)!r}, request=request)"]
    if answer is None:
        return [*start, "    return httpx.Response(599)"]
    content, error = _content(answer)
    stream = [] if error is None else [
        f"{'async ' if use_asyncio else ''}def body():", f"    yield {_repeated(content)}",
        f"    raise httpx.{type(error).__name__}({str(error)!r})",
    ]  # fmt: skip
    dropped = {"content-length", "transfer-encoding"}
    headers = {name: text for name, text in answer.headers.items() if name not in dropped}
    parts = [str(answer.status_code), *([f"headers={headers!r}"] if headers else [])]
    parts += ["content=body()" if stream else f"content={_repeated(content)}"] if content or stream else []
    return [*stream, *start, _line("    return httpx.Response(", parts, ")")]


def _content(answer: httpx.Response) -> tuple[bytes, Exception | None]:
    """The bytes of an answer, and the error in which they end; as they are on the wire, where they are still there."""
    found = b""
    try:
        if not isinstance(answer.stream, httpx.SyncByteStream):
            return answer.content, None
        for part in answer.stream:
            found += part
    except httpx.HTTPError as error:
        return found, error
    except httpx.StreamError:
        return answer.content, None
    return found, None


def _line(start: str, parts: list[str], end: str = ")") -> str:
    """A call on one line, or as few as it takes where it is long."""
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) <= _WIDTH:
        return line
    indent = " " * (len(start) - len(start.lstrip()))
    lines = [""]
    for part in parts:
        if lines[-1] and len(indent) + len(lines[-1]) + len(part) > _WIDTH - 6:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{part},"
    return "\n".join([start, *(f"{indent}    {each}" for each in lines), indent + end])


def _pairs(fields: Mapping[str, Any], vendor: str) -> str:
    return ", ".join(f"{name}={source(item, vendor)}" for name, item in fields.items())


def _times(body: str) -> str:
    return ", ".join(name for name in ("date", "datetime") if re.search(rf"\b{name}\.fromisoformat", body))


def _repeated(value: str | bytes) -> str:
    """Python for a text or bytes, short where it repeats itself."""
    if len(value) < 200:
        return repr(value)
    period = (value * 2).find(cast("Any", value), 1)
    return repr(value) if period == len(value) else f"{value[:period]!r} * {len(value) // period}"
