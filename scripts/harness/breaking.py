"""What may break a keyword of JSON Schema: values in place of one that keeps it, and where in it they go."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..kinds import is_array, is_object
from ..objects import entries

Keys = tuple[str | int, ...]
GONE: Any = object()
"""In place of a value: without it."""
_PROBES: list[Any] = [None, True, 7, 1.5, "text", [], {}]
"""A value of each type."""


def _others(*values: Any) -> list[tuple[Keys, Any]]:
    return [((), value) for value in values]


def _of_type(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    near: list[Any] = [[value], str(value) if not isinstance(value, str) else 0, {"value": value}]
    near += [value + 0.5] if isinstance(value, int) and not isinstance(value, bool) else []
    near += value[:1] if is_array(value) else []
    return _others(*_PROBES, *near, "true", 0)


def _no_member(value: Any, items: Any) -> list[tuple[Keys, Any]]:
    """Values of the same types, which are near the members."""
    near: list[Any] = []
    for item in items:
        if isinstance(item, str):
            near += [item + "x", item[:-1], item.swapcase(), f" {item}", f"{item} "]
        elif isinstance(item, int | float) and not isinstance(item, bool):
            near += [item + 1, item - 1]
    return _others(*(near[::5] + near), *(not item for item in items if isinstance(item, bool)), *_PROBES)


def _no_match(value: Any, pattern: str) -> list[tuple[Keys, Any]]:
    """Texts of the same length that nearly match, then others."""
    if not isinstance(value, str):
        return []
    letters = "gGzZ09 _-.é٣\n"
    spread = range(len(value)) if len(value) <= 40 else [*range(20), *range(len(value) - 20, len(value))]
    near = [value[:n] + letter + value[n + 1 :] for n in spread for letter in letters]
    near += [value[:n] + value[n].swapcase() + value[n + 1 :] for n in spread]
    moved = [letter + value[:-1] for letter in letters] + [value[1:] + letter for letter in letters]
    return _others(
        *near, *moved, value + "\n", "x" + value, value + "x", value[:-1], value[1:], value + value, ""
    )


def _longer(value: Any, length: int) -> list[tuple[Keys, Any]]:
    return _others(*(_filled(value, length + more) for more in (1, 7))) if isinstance(value, str) else []


def _shorter(value: Any, length: int) -> list[tuple[Keys, Any]]:
    return _others(value[: length - 1], "") if isinstance(value, str) and length else []


def _filled(text: str, length: int) -> str:
    return (text + (text[-1:] or "x") * length)[:length]


def _number(*found: float) -> list[tuple[Keys, Any]]:
    return _others(*(int(each) if float(each).is_integer() else each for each in found))


def _below(value: Any, limit: float, *, is_open: bool = False) -> list[tuple[Keys, Any]]:
    return _number(
        *([limit] if is_open else []), limit - 1, limit - 0.5, math.nextafter(limit, -math.inf), limit - 1000
    )


def _above(value: Any, limit: float, *, is_open: bool = False) -> list[tuple[Keys, Any]]:
    return _number(
        *([limit] if is_open else []), limit + 1, limit + 0.5, math.nextafter(limit, math.inf), limit + 1000
    )


def _between(value: Any, step_: float) -> list[tuple[Keys, Any]]:
    return (
        _number(*(value + step_ * part for part in (0.5, 0.25, 1.5, 1 / 3)), value + 1)
        if _is_number(value)
        else []
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _more_items(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    items: list[Any] = value if is_array(value) else []
    others = [f"{item}x" if isinstance(item, str) else item for item in items]
    fresh: list[list[Any]] = [*([items, others] if items else []), ["x"], [1]]
    varied = [[_varied(source[n % len(source)], n) for n in range(limit + 1)] for source in fresh]
    same = [[source[n % len(source)] for n in range(limit + 1)] for source in fresh]
    return _others(*same, *varied)


def _varied(item: Any, number: int) -> Any:
    return item + "x" * number if isinstance(item, str) else item + number if _is_number(item) else item


def _fewer_items(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    return _others(value[: limit - 1], []) if is_array(value) and limit else []


def _twice(value: Any, is_wanted: bool) -> list[tuple[Keys, Any]]:
    if not (is_array(value) and value and is_wanted):
        return []
    return _others([*value[:-1], value[0]], [*value, value[0]], [value[0]] * 2)


def _more_properties(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    more = {f"more{number}": each for number in range(limit + 1) for each in ["x"]}
    return _others({**value, **more}, {**value, **dict.fromkeys(more, 1)}) if is_object(value) else []


def _fewer_properties(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    return _others(dict([*value.items()][: limit - 1]), {}) if is_object(value) and limit else []


def _without(value: Any, name: str) -> list[tuple[Keys, Any]]:
    return [((name,), GONE)] if is_object(value) and name in value else []


def _undocumented(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    near = [f"{name}x" for name in value] + [name.swapcase() for name in value] if is_object(value) else []
    return [((name,), "x") for name in ("notDocumented", *near)] if is_object(value) else []


def _dependents(value: Any, limit: Any) -> list[tuple[Keys, Any]]:
    names = [name for key, names in limit.items() if is_object(value) and key in value for name in names]
    return [((name,), GONE) for name in names]


def _no_name(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    return [((name,), "x") for name in ("", " ", "a b", "A", "0", "x" * 300)] if is_object(value) else []


def _no_form(value: Any, form: str) -> list[tuple[Keys, Any]]:
    if not isinstance(value, str):
        return []
    near = [
        value + "x",
        "x" + value,
        value[:-1],
        value + " ",
        value.replace("-", "/"),
        "2021-02-29",
        "2020-13-01",
    ]
    return _others("no " + form, *near, "")


def _none_of(value: Any, branches: Any) -> list[tuple[Keys, Any]]:
    if not is_object(value):
        return _others(*_PROBES)
    return [
        *_others(*_PROBES),
        *(((name,), GONE) for name in value),
        *(((name,), probe) for name in value for probe in _PROBES),
    ]


def _several_of(value: Any, branches: Any) -> list[tuple[Keys, Any]]:
    names = (
        {name for branch in branches for name in entries(branch, "properties")}
        if is_object(value)
        else set[str]()
    )
    both = [((name,), probe) for name in sorted(names) for probe in _PROBES] if is_object(value) else []
    return [*both, *_none_of(value, branches)]


CANDIDATES: dict[str, Callable[[Any, Any], list[tuple[Keys, Any]]]] = {
    "type": _of_type,
    "enum": _no_member,
    "const": lambda value, item: _no_member(value, [item]),
    "pattern": _no_match,
    "minLength": _shorter,
    "maxLength": _longer,
    "minimum": _below,
    "maximum": _above,
    "exclusiveMinimum": lambda value, limit: _below(value, limit, is_open=True),
    "exclusiveMaximum": lambda value, limit: _above(value, limit, is_open=True),
    "multipleOf": _between,
    "minItems": _fewer_items,
    "maxItems": _more_items,
    "uniqueItems": _twice,
    "minProperties": _fewer_properties,
    "maxProperties": _more_properties,
    "required": _without,
    "additionalProperties": _undocumented,
    "dependentRequired": _dependents,
    "propertyNames": _no_name,
    "format": _no_form,
    "anyOf": _none_of,
    "oneOf": _several_of,
}
