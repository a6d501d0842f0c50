"""What shows a fault as a program of ten lines, more where much is given, that needs nothing but the client and httpx.

Tokens need the client's extra for minting them, too.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date, datetime
from io import StringIO
from math import isfinite
from typing import Any, cast

import httpx

from ..kinds import is_array, is_object
from .arguments import unset
from .calls import Driver, Target

_WIDTH = 120
_MODULES = {
    "asyncio": "", "importlib": "", "inspect": "", "io": "", "json": "", "os": "", "pkgutil": "", "random": "",
    "sys": "", "tempfile": "", "time": "",
    "ThreadPoolExecutor": "concurrent.futures", "suppress": "contextlib", "date": "datetime", "datetime": "datetime",
    "Path": "pathlib", "httpx": "", "jwt": "", "serialization": "cryptography.hazmat.primitives",
    "rsa": "cryptography.hazmat.primitives.asymmetric",
}  # fmt: skip
"""Names that programs may use, each with the module that it is imported from, if it is none itself."""
PYTHON = "python"
"""The extension of an answer whose content is Python: what it is of a request."""


class Code(str):
    """Python that stands for a value in a program."""


def script(target: Target, *lines: str) -> str:
    """Lines of Python as a program, with the imports of what they use."""
    body = "\n".join(lines)
    package, _, module = target.found.__name__.rpartition(".") if target.found else ("", "", "")
    imports = [*_imports(body), f"from phone_number_apis import {target.vendor}"]
    if module and re.search(rf"(?<![\w.]){module}\.[a-zA-Z_]+\b", body):
        imports.append(f"from {package} import {module}")
    return "\n".join([*imports, "", body, ""])


def program(
    target: Target,
    function: str,
    arguments: Mapping[str, Any],
    answer: httpx.Response | Exception | None = None,
    *,
    places: Sequence[Any] = (),
    shows: str = "",
    before: Mapping[str, Any] | None = None,
    **options: Any,
) -> str:
    """A program that makes a call, and prints what went out, and what came back; an error ends it.

    `function` is one of `sync`, `sync_detailed`, `asyncio`, `asyncio_detailed`, `method` and `asyncio_method`;
    `arguments` and `places` are those of the function or the method, `options` those of `made`; `shows` is what else
    to print of the request; `before` are the arguments of a call that is made first, whatever comes of it.
    """
    use_asyncio = function.startswith("asyncio")
    given: dict[str, Any] = {"transport": ANSWERING, **options}
    return script(
        target,
        *_answer(answer, use_asyncio, shows),
        "",
        made(target, use_asyncio=use_asyncio, **given),
        *_suppressed(target, function, before),
        call(target, function, arguments, places),
    )


def making(target: Target, *before: str, **options: Any) -> str:
    """A program that makes a client after some lines, and prints it; the error of one that cannot be made ends it."""
    return script(target, *before, made(target, **options), "print(client)")


TIMEOUT = "request.extensions['timeout']"
"""What shows the time limits of a request."""
ANSWERING = Code("httpx.MockTransport(answer)")
"""The transport of a client that the program's own `answer` answers."""


def made(
    target: Target,
    *,
    use_asyncio: bool = False,
    secrets: Mapping[str, Any] | None = None,
    environment: Mapping[str, Any] | None = None,
    **options: Any,
) -> str:
    """Python that makes a client with these secrets, or the harness's own, or those of the environment.

    An option that is None is left out, also one that programs have by themselves.
    """
    kind = f"{target.vendor}.{'AsyncClient' if use_asyncio else 'Client'}"
    given = {} if environment is not None else target.secrets() if secrets is None else secrets
    said = {"max_retries": 0, **options}
    pairs = _pairs(
        {**given, **{name: each for name, each in said.items() if each is not None}}, target.vendor
    )
    if environment is None:
        return line(f"client = {kind}(", pairs)
    named = [f"{name!r}: {source(value, target.vendor)}" for name, value in environment.items()]
    return "\n".join([
        line("os.environ.update({", named, "})"), line(f"client = {kind}.from_env(", pairs)
    ])  # fmt: skip


def call(target: Target, function: str, arguments: Mapping[str, Any], places: Sequence[Any] = ()) -> str:
    """Python that makes a call, as `program` has it, and prints what came back."""
    name, *client = called(target, function)
    given = [*(source(each, target.vendor) for each in places), *client, *_pairs(arguments, target.vendor)]
    run, end = ("asyncio.run(", ")") if function.startswith("asyncio") else ("", "")
    return line(f"print({'*' if 'detailed' in function else ''}{run}{name}(", given, f")){end}")


def _suppressed(target: Target, function: str, arguments: Mapping[str, Any] | None) -> list[str]:
    """Python that makes a call, and goes on after its error."""
    if arguments is None:
        return []
    return [
        f"with suppress({target.vendor}.errors.Error):",
        textwrap.indent(call(target, function, arguments), "    "),
    ]


def called(target: Target, function: str) -> list[str]:
    """How a program names what it calls, and the client that it gives to it where that is a function."""
    if not function.endswith("method"):
        return [f"{target.module.__name__.rpartition('.')[2]}.{function}", "client=client"]
    use_asyncio = function.startswith("asyncio")
    driver = Driver(target, use_asyncio, target.client("AsyncClient" if use_asyncio else "Client"))
    return [f"client.{driver.method_name}"]


def outline(target: Target) -> str:
    """A program that makes a client, and prints what it takes to make the call, its body, and its parameters."""
    try:
        lines = [made(target)]
    except Exception:  # whatever is wrong with it
        lines = [f"print(inspect.signature({target.vendor}.Client))"]
    if target.found is None:
        api = f"phone_number_apis.{target.vendor}.api"
        lines.append(f"path = importlib.import_module({api!r}).__path__")
        lines.append(f"for each in pkgutil.walk_packages(path, {f'{api}.'!r}):")
        lines.append("    module = importlib.import_module(each.name)")
        lines.append("    print(each.name, getattr(getattr(module, 'OPERATION', None), 'call', ''))")
        return script(target, *lines)
    parameters = f"{target.module.__name__.rpartition('.')[2]}.OPERATION.parameters"
    names = [called(target, "sync")[0]]
    with suppress(Exception):  # a client that cannot be made, or has no such method: the first line shows it
        names += called(target, "method")
    body = target.found.OPERATION.body
    hints = [hint for hint in (body.types.values() if body else ()) if hasattr(hint, "__attrs_attrs__")]
    names += [f"{target.vendor}.models.{hint.__name__}" for hint in hints]
    lines += [f"print(inspect.signature({name}))" for name in names]
    return script(target, *lines, f"print(*{parameters}, sep='\\n')")


def source(value: Any, vendor: str) -> str:
    """Python for a value that a client takes."""
    if isinstance(value, Code):
        return str(value)
    if value is unset():
        return f"{vendor}.UNSET"
    if hasattr(value, "__attrs_attrs__"):
        fields = {each.name: (getattr(value, each.name), each.default) for each in value.__attrs_attrs__}
        more = fields.pop("additional_properties")[0]
        own = {name: item for name, (item, default) in fields.items() if item is not default}
        own |= {"additional_properties": more} if more else {}
        return f"{vendor}.models.{type(value).__name__}({', '.join(_pairs(own, vendor))})"
    if isinstance(value, datetime | date):
        kind = "datetime" if isinstance(value, datetime) else "date"
        return f"{kind}.fromisoformat({value.isoformat()!r})"
    if is_array(value):
        return f"[{', '.join(source(item, vendor) for item in value)}]"
    if is_object(value):
        return f"{{{', '.join(f'{name!r}: {source(item, vendor)}' for name, item in value.items())}}}"
    if hasattr(value, "_asdict"):  # a file
        own = {name: item for name, item in value._asdict().items() if item is not None}
        return f"{vendor}.types.{type(value).__name__}({', '.join(_pairs(own, vendor))})"
    if isinstance(value, type):
        return value.__name__
    if isinstance(value, StringIO):
        return f"io.StringIO({value.getvalue()!r})"
    if type(value) is object:
        return "object()"
    if type(value).__module__ == "httpx":
        return f"httpx.{value!r}"
    if isinstance(value, float) and not isfinite(value):
        return f"float({str(value)!r})"
    if isinstance(value, int) and value > 1 << 1000:
        return hex(value)  # for Python writes no other form of the longest
    return _repeated(value) if isinstance(value, str | bytes) else repr(value)


def _answer(answer: httpx.Response | Exception | None, use_asyncio: bool, shows: str) -> list[str]:
    """The function that prints what went out, and answers it."""
    start = ["def answer(request):"]
    start += ["    print(request.method, request.url, request.headers.multi_items(), request.read())"]
    start += [f"    print({shows})"] if shows else []
    if isinstance(answer, Exception):
        return [*start, f"    raise httpx.{type(answer).__name__}({str(answer)!r}, request=request)"]
    if answer is None:
        return [*start, "    return httpx.Response(599)"]
    content, error = _content(answer)
    told = answer.extensions.get(PYTHON) or _repeated(content)
    stream = [] if error is None else [
        f"{'async ' if use_asyncio else ''}def body():", f"    yield {told}",
        f"    raise httpx.{type(error).__name__}({str(error)!r})",
    ]  # fmt: skip
    dropped = {"content-length", "transfer-encoding"}
    headers = {name: text for name, text in answer.headers.items() if name not in dropped}
    parts = [str(answer.status_code), *([f"headers={headers!r}"] if headers else [])]
    parts += ["content=body()" if stream else f"content={told}"] if content or stream else []
    return [*stream, *start, line("    return httpx.Response(", parts, ")")]


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


def line(start: str, parts: list[str], end: str = ")") -> str:
    """A call on one line, or as few as it takes where it is long, but for one that no break makes short."""
    whole = f"{start}{', '.join(parts)}{end}"
    if len(whole) <= _WIDTH or max(map(len, parts), default=0) > _WIDTH:
        return whole
    indent = " " * (len(start) - len(start.lstrip()))
    lines = [""]
    for part in parts:
        if lines[-1] and len(indent) + len(lines[-1]) + len(part) > _WIDTH - 6:
            lines.append("")
        lines[-1] += f"{' ' if lines[-1] else ''}{part},"
    return "\n".join([start, *(f"{indent}    {each}" for each in lines), indent + end])


def _pairs(fields: Mapping[str, Any], vendor: str) -> list[str]:
    return [f"{name}={source(item, vendor)}" for name, item in fields.items()]


def _imports(body: str) -> Iterator[str]:
    """The imports of what some Python calls."""
    used = [name for name in _MODULES if re.search(rf"(?<![\w.'\"]){name}(\.\w+)*[(\[]", body)]
    if whole := [name for name in used if not _MODULES[name]]:
        yield f"import {', '.join(whole)}"
    for module in dict.fromkeys(_MODULES[name] for name in used if _MODULES[name]):
        yield f"from {module} import {', '.join(name for name in used if _MODULES[name] == module)}"


def _repeated(value: str | bytes) -> str:
    """Python for a text or bytes, short where it repeats itself."""
    if len(value) < 200:
        return repr(value)
    period = (value * 2).find(cast("Any", value), 1)
    return repr(value) if period == len(value) else f"{value[:period]!r} * {len(value) // period}"
