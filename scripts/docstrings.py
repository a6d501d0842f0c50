"""What the generated docstrings say."""

from __future__ import annotations

import re
import textwrap

from .operations import Operation

WIDTH = 110
_KEPT = re.compile(r"\s*([-*+] |\d+[.)] |```|\||>|    )")
"""Lines whose breaks mean something in Markdown."""
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def quoted(text: str, indent: int = 0) -> str:
    """The text as a docstring, wrapped, to stand behind `indent` blanks."""
    safe = _CONTROL.sub(" ", text).strip().replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = _wrapped(safe, WIDTH - indent)
    if len(lines) == 1 and len(lines[0]) + indent + 6 <= WIDTH:
        end = " " if lines[0].endswith('"') else ""
        return f'"""{lines[0]}{end}"""'
    blanks = " " * indent
    return ('"""' + "\n".join([*lines, ""])).replace("\n", f"\n{blanks}").replace(
        f"\n{blanks}\n", "\n\n"
    ) + '"""'


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of the text: paragraphs wrapped, lists, tables and code left alone."""
    lines: list[str] = []
    for paragraph in re.split(r"\n\s*\n", text):
        if lines:
            lines.append("")
        if any(_KEPT.match(line) for line in paragraph.splitlines()) or re.match(
            r"(Args|Returns|Raises):\n", paragraph
        ):
            lines += [line.rstrip() for line in paragraph.splitlines()]
        else:
            lines += textwrap.wrap(paragraph, width, break_long_words=False, break_on_hyphens=False)
    return lines or [""]


def operation(operation: Operation) -> str:
    """The docstring of an operation: what it does, its arguments, its answers, and the page it was read from."""
    node = operation.node
    parts = [_sentence(operation.summary), operation.description]
    if node.get("x-billable") is True:
        parts.append("This call can cost money.")
    if roles := node.get("x-allowed-roles"):
        parts.append(f"Allowed roles: {', '.join(roles)}.")
    if node.get("x-idempotent") is False:
        parts.append("Not idempotent: sent twice, it may be carried out twice.")
    parts += [f"{_sentence(text)}" for text in _rules(operation)]
    if arguments := _arguments(operation):
        parts.append("Args:\n" + "\n".join(arguments))
    parts.append("Returns:\n" + "\n".join(_answers(operation, success=True) or ["    Nothing."]))
    parts.append("Raises:\n" + "\n".join([*_answers(operation, success=False), *_ALWAYS]))
    if operation.url:
        parts.append(f"Source: {operation.url}")
    return "\n\n".join(part for part in parts if part.strip())


_ALWAYS = [
    "    InvalidRequest: an argument breaks a rule of the contract; nothing was sent.",
    "    MalformedResponse: the answer is not as documented.",
    "    httpx.TransportError: the connection failed, or the time ran out.",
]


def _arguments(operation: Operation) -> list[str]:
    lines = [f"    {a.name}: {_sentence(a.description) or f'The {a.location} parameter `{a.wire_name}`.'}"
             for a in operation.arguments]  # fmt: skip
    if operation.body:
        lines.append(f"    body: {_sentence(operation.body_description) or 'What is sent.'}")
    return [line for text in lines for line in _hung(text)]


def _answers(operation: Operation, *, success: bool) -> list[str]:
    lines: list[str] = []
    for answer in operation.answers:
        if (answer.status[0] == "2") == success:
            kind = "" if success else "APIError, "
            again = " It was not carried out and can be sent again." if answer.not_processed else ""
            lines += _hung(f"    {kind}{answer.status}: {_sentence(answer.description)}{again}")
    return lines


def _rules(operation: Operation) -> list[str]:
    return [f"Dependency: {text}" for text, _ in operation.dependencies]


def _hung(text: str) -> list[str]:
    """One entry of a section, wrapped, its further lines indented."""
    return textwrap.wrap(text.strip(), WIDTH - 4, initial_indent="    ", subsequent_indent="        ", break_long_words=False,
                         break_on_hyphens=False)  # fmt: skip


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if not text or text[-1] in ".!?:" else text + "."
