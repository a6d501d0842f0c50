"""Annotations as text: the Python types that generated code is written with."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, TypeGuard

from .kinds import is_array, is_object

_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|.', re.DOTALL)
_ASCII = re.compile("[ -~]*")
_HIDDEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")


@dataclass(frozen=True)
class Type:
    """A value's annotation: `plain` for signatures, `full` with the rules of the contract."""

    plain: str
    full: str

    def marked(self, *marks: str) -> Type:
        """The same type with marks in `Annotated`, where they are not empty."""
        return Type(self.plain, annotated(self.full, [mark for mark in marks if mark]))


def members(text: str) -> list[str]:
    """The members of a union."""
    return _split(text, "|")


def union(*texts: str) -> str:
    """The union of annotations, each member once, `None` and `Unset` last."""
    found = list(dict.fromkeys(member for text in texts for member in members(text)))
    last = [member for member in ("None", "Unset") if member in found]
    return " | ".join([*(member for member in found if member not in last), *last])


def literal(value: Any) -> str:
    """A JSON value as a Python literal, as `ruff format` leaves it."""
    if isinstance(value, str):
        if "\\" in value and '"' not in value and not value.endswith("\\") and _ASCII.fullmatch(value):
            return f'r"{value}"'
        return f'"{escaped(value)}"'
    if is_object(value):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if _is_tuple(value):
        return "(" + ", ".join(map(literal, value)) + (",)" if len(value) == 1 else ")")
    return "[" + ", ".join(map(literal, value)) + "]" if is_array(value) else repr(value)


def _is_tuple(value: object) -> TypeGuard[tuple[Any, ...]]:
    return isinstance(value, tuple)


def escaped(text: str) -> str:
    """The text as it stands between double quotes; characters that hide or reorder text are spelled out."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False)[1:-1])


def annotated(text: str, marks: list[str]) -> str:
    """The annotation with more marks."""
    base, known = opened(text)
    return f"Annotated[{', '.join([base, *known, *marks])}]" if marks or known else text


def opened(text: str) -> tuple[str, list[str]]:
    """What an `Annotated[...]` holds: the annotation itself, and its marks."""
    if not text.startswith("Annotated[") or len(members(text)) > 1:
        return text, []
    base, *marks = _split(text[len("Annotated[") : -1], ",")
    return base, marks


def _split(text: str, at: str) -> list[str]:
    """The text, split where `at` stands outside brackets and strings."""
    depth, found = 0, [""]
    for token in _TOKEN.findall(text):
        depth += (token in "[({") - (token in "])}")
        if token == at and depth == 0:
            found.append("")
        else:
            found[-1] += token
    return [part.strip() for part in found]
