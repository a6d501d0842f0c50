"""What a contract says of a value beyond its Python type; written into `Annotated[...]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from .guards import is_array, is_object


class Name(NamedTuple):
    """The name of a property in JSON where it is not its name in Python."""

    name: str


class Access(NamedTuple):
    """A property that only answers (`readOnly`) or only requests (`writeOnly`) carry."""

    only: Literal["read", "write"]


class Open(NamedTuple):
    """An enumeration whose unknown values are kept when they come in an answer, and refused in a request."""


class Discriminator(NamedTuple):
    """The property whose value chooses the class: OpenAPI's `discriminator`, with class names."""

    name: str
    mapping: Mapping[str, str]


class Rules(NamedTuple):
    """JSON Schema's assertions on one value; lengths are in characters, items and properties are counted."""

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    enum: Sequence[Any] | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None
    min_properties: int | None = None
    max_properties: int | None = None

    def broken(self, value: Any) -> str | None:
        """The first rule that the JSON value `value` breaks, as `keyword: value`, or None."""
        for keyword in self._asdict():
            limit = getattr(self, keyword)
            if limit is not None and (check := _CHECKS.get(keyword)) and not check(value, limit):
                return f"{keyword} {limit!r}"
        return None


@cache
def compiled(pattern: str) -> re.Pattern[str]:
    """A JSON Schema pattern as a Python one: `$` is the very end, and classes such as `\\d` are ASCII."""
    text = re.sub(
        r"\\.|\[(?:\\.|[^\]\\])*\]|\$", lambda m: r"\Z" if m[0] == "$" else m[0], pattern, flags=re.DOTALL
    )
    return re.compile(text, re.ASCII)


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal as JSON Schema has it: 1 is 1.0 but not true."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if is_array(one) and is_array(other):
        left: list[Any] = one
        right: list[Any] = other
        return len(left) == len(right) and all(map(same, left, right))
    if is_object(one) and is_object(other):
        a: dict[str, Any] = one
        b: dict[str, Any] = other
        return a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    return bool(one == other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_multiple(value: Any, step: float) -> bool:
    if not _is_number(value):
        return True
    if isinstance(value, int) and isinstance(step, int):
        return value % step == 0
    quotient = value / step
    return bool(abs(quotient - round(quotient)) < 1e-9)


def _is_unique(value: Any, wanted: bool) -> bool:
    if not (wanted and is_array(value)):
        return True
    items: list[Any] = value
    return not any(same(item, other) for index, item in enumerate(items) for other in items[:index])


_CHECKS = {
    "minimum": lambda v, n: not _is_number(v) or v >= n,
    "maximum": lambda v, n: not _is_number(v) or v <= n,
    "exclusive_minimum": lambda v, n: not _is_number(v) or v > n,
    "exclusive_maximum": lambda v, n: not _is_number(v) or v < n,
    "multiple_of": _is_multiple,
    "min_length": lambda v, n: not isinstance(v, str) or len(v) >= n,
    "max_length": lambda v, n: not isinstance(v, str) or len(v) <= n,
    "pattern": lambda v, n: not isinstance(v, str) or compiled(n).search(v) is not None,
    "enum": lambda v, n: any(same(v, item) for item in n),
    "min_items": lambda v, n: not is_array(v) or len(v) >= n,
    "max_items": lambda v, n: not is_array(v) or len(v) <= n,
    "unique_items": _is_unique,
    "min_properties": lambda v, n: not is_object(v) or len(v) >= n,
    "max_properties": lambda v, n: not is_object(v) or len(v) <= n,
}
