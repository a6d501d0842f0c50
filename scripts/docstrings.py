"""What the generated docstrings say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from .annotation import members
from .operations import Answer, Operation
from .runtime.errors import BY_STATUS
from .wrapping import filled, wrapped

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
    """The docstring of an operation: what it does, what it takes and gives, and the page that says so."""
    raised = [entry for answer in operation.answers for entry in _raised(operation, answer)]
    parts = [
        _sentence(operation.summary),
        operation.description,
        " ".join(_notes(operation)),
        _section("Args", _arguments(operation)),
        _section(
            "Returns", [entry for answer in operation.answers for entry in _returned(operation, answer)]
        ),
        _section("Raises", [*raised, *_always_raised(operation)]),
        f"Source: {operation.url}" if operation.url else "",
    ]
    return "\n\n".join(part for part in parts if part.strip())


def _notes(operation: Operation) -> Iterator[str]:
    """What a caller had better know before the call."""
    if operation.node.get("x-billable") is True:
        yield "This call can cost money."
    if operation.node.get("x-idempotent") is False:
        yield "Sent twice, it may be carried out twice."
    if roles := operation.node.get("x-allowed-roles"):
        yield f"It is open to {_listed(map(str, roles))} only."
    arguments = {argument.wire_name: argument.name for argument in operation.arguments}
    for text, _ in operation.dependencies:
        form, names = text.partition("(")[0], re.findall(r"[^\s,()]+", text.partition("(")[2])
        if form in _FORMS and all(name in arguments for name in names):
            yield _FORMS[form].format(_listed(f"`{arguments[name]}`" for name in names))
        else:
            yield f"The parameters must be such that {text}."


def _arguments(operation: Operation) -> Iterator[tuple[str, str]]:
    """The arguments in the order of the signature."""
    given = [
        (a, (a.name, _sentence(a.description) or f"The {a.location} parameter `{a.wire_name}`."))
        for a in operation.arguments
    ]
    yield from (entry for argument, entry in given if argument.location == "path")
    yield "client", "What makes the call: where the server is, and the credentials."
    if operation.body:
        yield "body", _sentence(operation.body_description) or "What is sent."
    if len(operation.body) > 1:
        yield (
            "content_type",
            f"How the body is written: {_listed((f'`{c.media_type}`' for c in operation.body), 'or')}.",
        )
    yield from (entry for argument, entry in given if argument.location != "path" and argument.required)
    yield from (entry for argument, entry in given if argument.location != "path" and not argument.required)


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
        error = BY_STATUS[int(answer.status)].__name__ if answer.status in map(str, BY_STATUS) else "APIError"
        parsed = f"; `parsed` is {_listed(map(_one, kinds), 'or')}" if kinds and "Any" not in kinds else ""
        again = "It was not carried out and can be sent again." if answer.not_processed else ""
        description = "" if is_success else _sentence(answer.description)
        yield f"errors.{error}", f"{_when(answer)}{parsed}. {description} {again}"


def _always_raised(operation: Operation) -> Iterator[tuple[str, str]]:
    if all(answer.status != "default" for answer in operation.answers):
        yield "errors.UnexpectedStatus", "The answer has a status that is not documented."
    yield "errors.MalformedResponse", "The call succeeded, but its answer is not as documented."
    yield "errors.InvalidRequest", "An argument breaks a rule of the contract. Nothing was sent."
    if operation.security and [] not in operation.security:
        yield "errors.MissingCredentials", "The client has no credentials for this call. Nothing was sent."
    yield "httpx.TransportError", "The connection failed, or the time ran out."


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
