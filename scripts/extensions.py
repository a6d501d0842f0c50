"""The extensions that the generator reads, and whether they hold what it expects."""

from __future__ import annotations

from collections.abc import Iterable
from keyword import iskeyword
from typing import Any

import jsonschema_rs

from .document import plain, problem
from .kinds import is_array, is_object
from .objects import Part
from .problem import refuse
from .runtime.errors import ErrorFields

_FORMS = {
    "x-python-name": "a name in Python",
    "x-credentials": "a map to names in Python",
    "x-failure": "true or false",
    "x-dependencies": "a list of texts",
    "x-billable": "true or false",
    "x-idempotent": "true or false",
    "x-not-processed": "true or false",
    "x-allowed-roles": "a list of texts",
    "x-python-method": "a name in Python",
    "x-ask": "a text",
    "x-environment": "a map to texts",
    "x-error": "a map of error fields",
    "x-jwt": "a description of tokens",
}
_TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}
_JWT = jsonschema_rs.Draft202012Validator(
    {
        "type": "object",
        "required": ["argument", "extra", "algorithm", "fields", "key", "claims", "lifetime"],
        "properties": {
            "argument": {"type": "string", "pattern": "^[a-z][a-z0-9_]*$"},
            "extra": {"type": "string"},
            "algorithm": {"type": "string"},
            "fields": {"type": "object", "additionalProperties": {"enum": ["string", "integer"]}},
            "key": {"type": "string"},
            "header": _TEXTS,
            "claims": _TEXTS,
            "lifetime": {"type": "integer", "minimum": 60},
            "leeway": {"type": "integer", "minimum": 0},
            "renewAt": {"type": "string", "pattern": "^/"},
            "renewOn": {"type": "array", "items": {"type": ["string", "integer"]}},
        },
        "additionalProperties": False,
    }
)


def check(document: Any, parts: Iterable[Part]) -> None:
    """Raise a `Problem` for an extension that does not hold what it should; `parts` are all objects."""
    refuse(
        problem(
            document,
            f"{part.at}/{name}",
            f"`{name}` is {part.node[name]!r}, not {_FORMS[name]}",
            "correct it",
        )
        for part in parts
        for name in part.node
        if name in _FORMS and not _fits(part.node[name], _FORMS[name])
    )


def _fits(value: Any, form: str) -> bool:
    match form:
        case "true or false":
            return isinstance(value, bool)
        case "a name in Python":
            return isinstance(value, str) and value.isidentifier() and not iskeyword(value)
        case "a text":
            return isinstance(value, str)
        case "a map to texts":
            return is_object(value) and all(isinstance(text, str) for text in value.values())
        case "a description of tokens":
            return _JWT.is_valid(plain(value)) and value["key"] in value["fields"]
        case "a map of error fields":
            return is_object(value) and all(_is_error_field(name, value[name]) for name in value)
        case "a map to names in Python":
            return is_object(value) and all(_fits(name, "a name in Python") for name in value.values())
        case _:
            return is_array(value) and all(isinstance(text, str) for text in value)


def _is_error_field(name: str, value: Any) -> bool:
    """Whether a field of x-error is known, and is a JSON pointer or, of `authentication`, a list of codes."""
    if name == "authentication":
        return is_array(value) and all(isinstance(code, str | int) for code in value)
    return name in ErrorFields._fields and isinstance(value, str) and value.startswith("/")
