"""JSON Schema's assertions: what each one asks of a JSON value."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping, Sequence, Sized
from functools import cache
from os import SEEK_END
from typing import Any, NamedTuple

from .guards import is_array, is_object
from .mismatch import Mismatch
from .types import File


class Assertion(NamedTuple):
    """One rule: its Python name, its limit, the JSON values that it concerns, whether one keeps it."""

    name: str
    limit: Any
    concerns: Callable[[Any], bool]
    holds: Callable[[Any, Any], bool]

    def is_broken(self, value: Any) -> bool:
        """Whether the JSON value breaks the rule."""
        return self.concerns(value) and not self.holds(value, self.limit)

    def __str__(self) -> str:
        """`keyword: value`, in JSON Schema's words."""
        name, limit = self.name, self.limit
        if name in ("any_required", "one_required"):
            return f"{name[:3]}Of: {json.dumps([{'required': list(names)} for names in limit])}"
        first, *rest = name.split("_")
        keyword = first + "".join(map(str.title, rest))
        return f"{keyword}: {limit if isinstance(limit, str) else json.dumps(limit, ensure_ascii=False)}"


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A JSON Schema pattern as a Python one: `$` is the very end, and classes such as `\\d` are ASCII."""
    text = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$", lambda m: r"\Z" if m[0] == "$" else m[0], pattern, flags=re.DOTALL
    )
    return re.compile(text, re.ASCII)


def comparable(value: Any) -> Any:
    """A hashable stand-in, equal where JSON Schema has values equal: 1 and 1.0 are, 1 and true are not."""
    if isinstance(value, bool):
        return bool, value
    if is_array(value):
        return tuple(map(comparable, value))
    if is_object(value):
        return frozenset((name, comparable(item)) for name, item in value.items())
    return value


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON Schema has it."""
    return bool(comparable(one) == comparable(other))


def _is_anything(value: object) -> bool:
    return True


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_string(value: object) -> bool:
    return isinstance(value, str)


_WITH_LENGTH = str, bytes, File


def _has_length(value: object) -> bool:
    return isinstance(value, _WITH_LENGTH)


def _length(value: str | bytes | File) -> int:
    """How many characters a text has, or how many bytes are left in a file."""
    if not isinstance(value, File):
        return len(value)
    source = value.payload
    if isinstance(source, bytes):
        return len(source)
    if not source.seekable():
        raise Mismatch((), "a file of known length: bytes, or one that can be rewound", source)
    start = source.tell()
    end = source.seek(0, SEEK_END)
    source.seek(start)
    return end - start


def _is_multiple(value: float, step: float) -> bool:
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    from fractions import Fraction  # here, because few clients need it and it is slow to import

    whole, part = (Fraction(each if isinstance(each, int) else repr(each)) for each in (value, step))
    return whole % part == 0


def _is_at_least(value: Sized, least: int) -> bool:
    return len(value) >= least


def _is_at_most(value: Sized, most: int) -> bool:
    return len(value) <= most


def _matches(value: str, pattern: str) -> bool:
    return compiled(pattern).search(value) is not None


def _is_one_of(value: Any, items: Sequence[Any]) -> bool:
    return any(same(value, item) for item in items)


def _is_unique(value: list[Any], wanted: bool) -> bool:
    return not wanted or len({comparable(item) for item in value}) == len(value)


def _has_any(value: dict[str, Any], lists: Sequence[Sequence[str]]) -> bool:
    return any(value.keys() >= set(names) for names in lists)


def _has_one(value: dict[str, Any], lists: Sequence[Sequence[str]]) -> bool:
    return sum(value.keys() >= set(names) for names in lists) == 1


def _has_dependents(value: dict[str, Any], dependents: Mapping[str, Sequence[str]]) -> bool:
    return all(value.keys() >= set(names) for name, names in dependents.items() if name in value)


_CHECKS: Mapping[str, tuple[Callable[[Any], bool], Callable[[Any, Any], bool]]] = {
    "minimum": (_is_number, operator.ge),
    "maximum": (_is_number, operator.le),
    "exclusive_minimum": (_is_number, operator.gt),
    "exclusive_maximum": (_is_number, operator.lt),
    "multiple_of": (_is_number, _is_multiple),
    "min_length": (_has_length, lambda value, least: _length(value) >= least),
    "max_length": (_has_length, lambda value, most: _length(value) <= most),
    "pattern": (_is_string, _matches),
    "enum": (_is_anything, _is_one_of),
    "min_items": (is_array, _is_at_least),
    "max_items": (is_array, _is_at_most),
    "unique_items": (is_array, _is_unique),
    "min_properties": (is_object, _is_at_least),
    "max_properties": (is_object, _is_at_most),
    "any_required": (is_object, _has_any),
    "one_required": (is_object, _has_one),
    "dependent_required": (is_object, _has_dependents),
}
"""Of every rule but `format` and `one_of`, which the codecs that write the value see to."""


def assertions(limits: Mapping[str, Any]) -> list[Assertion]:
    """The assertions with these limits, by their Python names; None is no limit."""
    return [
        Assertion(name, limits[name], *check) for name, check in _CHECKS.items() if limits[name] is not None
    ]
