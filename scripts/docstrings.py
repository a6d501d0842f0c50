"""What the generated docstrings say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from types import ModuleType
from typing import TYPE_CHECKING

from .annotation import members
from .failures import raised as error_class
from .methods import Method
from .operations import Answer, Operation
from .wrapping import filled, wrapped

if TYPE_CHECKING:
    from .dependencies import Dependency

WIDTH = 110
_HIDDEN = re.compile("[\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_FORMS = {
    "Or": "Give at least one of {}.",
    "OnlyOne": "Give exactly one of {}.",
    "AllOrNone": "Give all of {}, or none of them.",
    "ZeroOrOne": "Give at most one of {}.",
}


def quoted(text: str, indent: int = 0) -> str:
    """The text as a docstring, its Markdown wrapped, to stand behind `indent` blanks."""
    safe = _CONTROL.sub(" ", _HIDDEN.sub("", text)).strip().replace("\\", "\\\\").replace('"""', r"\"\"\"")
    first, *more = wrapped('"""' + safe, WIDTH - indent)
    if not more and indent + len(first) + 3 <= WIDTH:
        return f'{first} """' if first.endswith('"') else f'{first}"""'
    return "\n".join([first, *(line and " " * indent + line for line in more), " " * indent + '"""'])


def operation(operation: Operation) -> str:
    """The docstring of a function: what it takes, and the method that tells the rest."""
    args = _section("Args", _arguments(operation))
    return f"{_sentence(operation.summary)}\n\n{args}\n\nAll else is told by the method `{operation.callee}`."


def _arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    """The arguments in the order of the signature."""
    given = [
        (a, (a.name, _sentence(a.description) or f"The {a.location} parameter `{a.wire_name}`."))
        for a in operation.arguments
    ]
    yield from (entry for argument, entry in given if argument.location == "path")
    yield "client", "What makes the call."
    if operation.body:
        yield "body", _sentence(operation.body_description) or "What is sent."
    yield from (entry for argument, entry in given if argument.location != "path" and argument.required)
    yield from (entry for argument, entry in given if argument.location != "path" and not argument.required)


def method(method: Method, prefix: str = "") -> str:
    """The docstring of a method; that for asyncio leaves to the other what it takes, gives and raises."""
    operation, notes = method.operation, " ".join(_notes(method))
    if prefix:
        source = f" Source: {operation.url}" if operation.url else ""
        return f"{_sentence(operation.summary)} {notes} As `{operation.callee}`, for asyncio.{source}"
    wire = {a.name: f"The {a.location} parameter `{a.wire_name}`." for a in operation.arguments}
    given = [
        (k.name, _sentence(k.description) or wire.get(k.name, "A property of the body."))
        for k in method.keywords
    ]
    given += [("timeout", "Seconds, for this call."), ("headers", "More headers, for this call.")]
    returned = [entry for answer in operation.answers for entry in _returned(operation, answer)]
    raised = [entry for answer in operation.answers for entry in _raised(operation, answer)]
    return _told(operation, notes, given, _section("Returns", returned), _section("Raises", raised))


def cell(text: str) -> str:
    """The text as it stands in a cell of a Markdown table."""
    return _CONTROL.sub(" ", _sentence(text).removesuffix(".")).replace("|", "\\|")


def summaries(module: ModuleType) -> dict[str, str]:
    """The first paragraph of what the classes of a module say of themselves."""
    classes = inspect.getmembers(module, inspect.isclass)
    return {name: (inspect.getdoc(found) or "").split("\n\n")[0] for name, found in classes}


def _told(operation: Operation, notes: str, arguments: Iterable[tuple[str, str]], *more: str) -> str:
    """What the operation does, what to know of it, what it takes, what more there is, and the page that says so."""
    parts = [
        _sentence(operation.summary),
        operation.description,
        notes,
        f"The body: {operation.body_description}" if operation.body_description else "",
        _section("Args", arguments),
        *more,
        f"Source: {operation.url}" if operation.url else "",
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _notes(method: Method) -> Iterator[str]:
    """What a caller had better know before the call."""
    operation = method.operation
    if operation.node.get("x-billable") is True:
        yield "This call can cost money."
    if operation.node.get("x-idempotent") is False:
        yield "Sent twice, it may be carried out twice."
    if roles := operation.node.get("x-allowed-roles"):
        yield f"It is open to {_listed(map(str, roles))} only."
    for dependency in operation.dependencies:
        unseen = " No type checker sees to that: the call does." if dependency in method.untyped else ""
        yield f"{advice(dependency, operation)}{unseen}"
    yield _repeated(operation)


def _repeated(operation: Operation) -> str:
    """When a call is sent again by itself."""
    statuses = [
        status for status in operation.not_processed if not (operation.is_idempotent and status >= "5")
    ]
    also = f", and after status {_listed(statuses)}" if statuses else ""
    if operation.is_idempotent:
        return f"Retries: after a failed connection and after status 5XX{also}."
    also += ", which says that nothing was carried out" if also else ""
    return f"Retries: only where the request never left{also}."


def advice(dependency: Dependency, operation: Operation) -> str:
    """What to give so that a dependency between parameters holds."""
    arguments = {argument.wire_name: argument.name for argument in operation.arguments}
    form, names = (
        dependency.text.partition("(")[0],
        re.findall(r"[^\s,()]+", dependency.text.partition("(")[2]),
    )
    if form in _FORMS and all(name in arguments for name in names):
        return _FORMS[form].format(_listed(f"`{arguments[name]}`" for name in names))
    return f"The parameters must be such that {dependency.text}."


def _returned(operation: Operation, answer: Answer) -> Iterator[tuple[str, str]]:
    """What a successful answer gives."""
    if answer.status[0] == "2" or (answer.status == "default" and not _has_success(operation)):
        kinds = [kind for kind in _kinds(answer) if kind not in operation.failures]
        yield " | ".join(kinds or ["None"]), f"{_when(answer)}. {_sentence(answer.description)}"


def _raised(operation: Operation, answer: Answer) -> Iterator[tuple[str, str]]:
    """What an answer that is a failure, or can be one, raises."""
    is_success = answer.status[0] == "2"
    kinds = [kind for kind in _kinds(answer) if kind in operation.failures or not is_success]
    if kinds or not is_success:
        error = "APIError" if is_success else error_class(operation, answer)
        parsed = f"; `parsed` is {_listed(map(_one, kinds), 'or')}" if kinds and "Any" not in kinds else ""
        again = "It was not carried out and can be sent again." if answer.not_processed else ""
        description = "" if is_success else _sentence(answer.description)
        yield f"errors.{error}", f"{_when(answer)}{parsed}. {description} {again}"


def _has_success(operation: Operation) -> bool:
    return any(answer.status[0] == "2" for answer in operation.answers)


def _kinds(answer: Answer) -> list[str]:
    """The types that an answer can be of."""
    return list(dict.fromkeys(kind for content in answer.content for kind in members(content.type.plain)))


def _one(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} `{kind}`"


def _when(answer: Answer) -> str:
    return "Any other status" if answer.status == "default" else f"Status {answer.status}"


def _listed(parts: Iterable[str], word: str = "and") -> str:
    *first, last = parts
    return f"{', '.join(first)} {word} {last}" if first else last


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?:" else text + "."


def _section(heading: str, entries: Iterable[tuple[str, str]]) -> str:
    """A section of entries, each behind a hanging indent, in a docstring that is itself indented by four."""
    lines = [line for entry in entries for line in filled(": ".join(entry), WIDTH - 4, "    ", "        ")]
    return "\n".join([f"{heading}:", *lines]) if lines else ""
