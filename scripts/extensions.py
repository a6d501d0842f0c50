"""The extensions that the generator reads, and whether they hold what it expects."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

from .document import problem
from .objects import Part
from .runtime.guards import is_array, is_object

_FORMS = {
    "x-python-name": "a name in Python",
    "x-credentials": "a map to names in Python",
    "x-failure": "true or false",
    "x-dependencies": "a list of texts",
    "x-billable": "true or false",
    "x-idempotent": "true or false",
    "x-not-processed": "true or false",
    "x-allowed-roles": "a list of texts",
}


def check(document: Any, parts: Iterable[Part]) -> None:
    """Raise a `Problem` for an extension that does not hold what it should; `parts` are all objects."""
    for part in parts:
        for name in part.node:
            if name in _FORMS and not _fits(part.node[name], _FORMS[name]):
                what = f"`{name}` is {part.node[name]!r}, not {_FORMS[name]}"
                raise problem(document, f"{part.at}/{name}", what, "correct it")


def _fits(value: Any, form: str) -> bool:
    match form:
        case "true or false":
            return isinstance(value, bool)
        case "a name in Python":
            return isinstance(value, str) and value.isidentifier() and not iskeyword(value)
        case "a map to names in Python":
            return is_object(value) and all(_fits(name, "a name in Python") for name in value.values())
        case _:
            return is_array(value) and all(isinstance(text, str) for text in value)
