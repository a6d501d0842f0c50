"""Which JSON value it is, said so that type checkers know too, and what lies in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether the value is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether the value is a JSON array."""
    return isinstance(value, list)


def is_mapping(value: object) -> TypeGuard[Mapping[Any, Any]]:
    """Whether Python's value can be written as a JSON object."""
    return isinstance(value, Mapping)


def is_sequence(value: object) -> TypeGuard[Sequence[Any]]:
    """Whether Python's value can be written as a JSON array."""
    return isinstance(value, list | tuple)


def plain_text(value: str) -> str:
    """The characters of a text, whatever a subclass such as an enumeration makes of `str()` and f-strings."""
    return value if value.__class__ is str else str.__str__(value)


def pointed(value: Any, pointer: str, missing: Any = None) -> Any:
    """What a JSON pointer (RFC 6901) leads to in a JSON value; `missing` where there is nothing."""
    for key in pointer.split("/")[1:]:
        key = key.replace("~1", "/").replace("~0", "~")
        if is_object(value) and key in value:
            value = value[key]
        elif is_array(value) and key.isdecimal() and int(key) < len(value):
            value = value[int(key)]
        else:
            return missing
    return value
