"""What the generated docstrings say."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from types import ModuleType
from typing import TYPE_CHECKING

from .annotation import members
from .failures import KNOWN
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
    """The docstring of a function: the method that tells all of it, and what it takes beside a client."""
    more = f"More is told by `{operation.callee}`."
    return f"{_sentence(operation.summary)} {more}\n\n{_section('Args', _arguments(operation))}"


def _arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    """The arguments in the order of the signature."""
    given = [
        (a, (a.name, _sentence(a.description) or f"The {a.location} parameter `{a.wire_name}`."))
        for a in operation.arguments
    ]
    yield from (entry for argument, entry in given if argument.location == "path")
    if operation.body_description:
        yield "body", _sentence(operation.body_description)
    yield from (entry for argument, entry in given if argument.location != "path" and argument.required)
    yield from (entry for argument, entry in given if argument.location != "path" and not argument.required)


def method(method: Method, prefix: str = "") -> str:
    """The docstring of a method; that for asyncio leaves to the other what it takes, gives and raises."""
    operation, notes = method.operation, " ".join(_notes(method))
    if prefix:
        other = f"Args, returns and raises: as `{operation.callee.replace('client', 'Client', 1)}`."
        return f"{_sentence(operation.summary)}\n\n{notes}\n\n{other}"
    wire = {a.name: f"The {a.location} parameter `{a.wire_name}`." for a in operation.arguments}
    given = [
        (k.name, _sentence(k.description) or wire.get(k.name, "A property of the body."))
        for k in method.keywords
    ]
    given += [("timeout", "Seconds, for this call."), ("headers", "More headers, for this call.")]
    returned = [entry for answer in operation.answers for entry in _returned(operation, answer)]
    parts = [
        _sentence(operation.summary),
        operation.description,
        notes,
        f"The body: {operation.body_description}" if operation.body_description else "",
        _section("Args", given),
        _section("Returns", returned),
        _section("Raises", _raised(method)),
    ]
    return "\n\n".join(part for part in parts if part.strip())


def cell(text: str) -> str:
    """The text as it stands in a cell of a Markdown table."""
    return _CONTROL.sub(" ", _sentence(text).removesuffix(".")).replace("|", "\\|")


def summaries(module: ModuleType) -> dict[str, str]:
    """The first paragraph of what the classes of a module say of themselves."""
    classes = inspect.getmembers(module, inspect.isclass)
    return {name: (inspect.getdoc(found) or "").split("\n\n")[0] for name, found in classes}


def _notes(method: Method) -> Iterator[str]:
    """What a caller had better know before the call, and the page that says so."""
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
    if operation.url:
        yield f"Source: {operation.url}"


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
        yield " | ".join(kinds or ["None"]), f"{_when([answer])}. {_sentence(answer.description)}"


def _raised(method: Method) -> Iterator[tuple[str, str]]:
    """What goes wrong, in the order in which to catch it; statuses of which the same is said stand together."""
    operation, told = method.operation, dict[str, list[Answer]]()
    can_tell = f"; `{operation.ask.callee}` can tell" if operation.ask else ""
    yield "errors.OutcomeUnknown, errors.MalformedResponse", f"It may have been carried out{can_tell}."
    yield "errors.NotSent, errors.InvalidRequest", "Nothing was sent."
    if method.refusals:
        yield (
            "errors.AuthenticationError",
            f"Code {_listed(method.refusals, 'or')}, but for what is an OutcomeUnknown.",
        )
    for answer in sorted(_with_known(operation.answers), key=lambda answer: answer.status):
        if answer.status[0] != "2":
            again = " It was not carried out and can be sent again." if answer.not_processed else ""
            said = f"{_parsed(_kinds(answer))}. {_sentence(answer.description)}{again}"
            told.setdefault(said, []).append(answer)
    for said, answers in told.items():
        classes = dict.fromkeys(f"errors.{error_class(operation, answer)}" for answer in answers)
        yield ", ".join(classes), f"{_when(answers)}{said}"
    for answer in operation.answers:
        kinds = [kind for kind in _kinds(answer) if kind in operation.failures]
        if answer.status[0] == "2" and kinds:
            yield "errors.APIError", f"A failure in status {answer.status}{_parsed(kinds)}."


def _with_known(answers: list[Answer]) -> list[Answer]:
    """The answers, and those of the statuses that have a class in every client, as the contract has them."""
    known = {answer.status: answer for answer in answers}
    other = known.get("4XX") or known.get("default") or Answer("", "", [], False)
    return [*answers, *(replace(other, status=status) for status in KNOWN if status not in known)]


def _parsed(kinds: list[str]) -> str:
    return f"; `parsed` is {_listed(map(_one, kinds), 'or')}" if kinds and "Any" not in kinds else ""


def _has_success(operation: Operation) -> bool:
    return any(answer.status[0] == "2" for answer in operation.answers)


def _kinds(answer: Answer) -> list[str]:
    """The types that an answer can be of."""
    return list(dict.fromkeys(kind for content in answer.content for kind in members(content.type.plain)))


def _one(kind: str) -> str:
    return f"{'an' if kind[0] in 'AEIOU' else 'a'} `{kind}`"


def _when(answers: list[Answer]) -> str:
    statuses = ["any other" if answer.status == "default" else answer.status for answer in answers]
    return "Any other status" if statuses == ["any other"] else f"Status {_listed(statuses)}"


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
