"""`allOf`: several schemas that all hold, as one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .problem import Problem
from .runtime.guards import is_object

_LARGEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LAST = (
    "title",
    "description",
    "example",
    "examples",
    "default",
    "deprecated",
    "externalDocs",
    "discriminator",
    "xml",
)


def merged(parts: list[Any], problem: Callable[[str, str], Problem]) -> Any:
    """One schema that allows what all of `parts` allow; raises `problem(what, todo)` where it cannot be written."""
    if any(part is False for part in parts):
        raise problem("allOf holds the schema `false`, which allows no value", "remove it")
    schemas: list[dict[str, Any]] = [part for part in parts if is_object(part)]
    whole: dict[str, Any] = {}
    for part in schemas:
        for key, value in part.items():
            whole[key] = _both(key, whole[key], value, problem) if key in whole else value
    _closed(schemas, whole, problem)
    return whole


def _both(key: str, one: Any, other: Any, problem: Callable[[str, str], Problem]) -> Any:
    if one == other or key in _LAST or key.startswith("x-"):
        return other
    if key == "properties":
        return {name: _property(one, other, name) for name in {**one, **other}}
    if key == "required":
        return list(dict.fromkeys([*one, *other]))
    if key in _LARGEST or key in _SMALLEST:
        return max(one, other) if key in _LARGEST else min(one, other)
    if key == "enum":
        return [value for value in one if value in other]
    if key == "type":
        return _types(one, other, problem)
    if key == "additionalProperties" and (one is True or other is True):
        return other if one is True else one
    if key in ("uniqueItems", "readOnly", "writeOnly"):
        return one or other
    if key in ("items", "additionalProperties") and is_object(one) and is_object(other):
        return {"allOf": [one, other]}
    raise problem(
        f"allOf says `{key}` twice, as {one!r:.80} and as {other!r:.80}", "say it once by an overlay"
    )


def _property(one: Any, other: Any, name: str) -> Any:
    if name not in one or name not in other or one[name] == other[name]:
        return other[name] if name in other else one[name]
    return {"allOf": [one[name], other[name]]}


def _types(one: Any, other: Any, problem: Callable[[str, str], Problem]) -> Any:
    left, right = ({kinds} if isinstance(kinds, str) else set(kinds) for kinds in (one, other))
    both = left & right | ({"integer"} if {"integer", "number"} <= left | right else set())
    if not both:
        raise problem(f"allOf wants the types {one} and {other} at once", "correct one of them by an overlay")
    return sorted(both)[0] if len(both) == 1 else sorted(both)


def _closed(
    parts: list[dict[str, Any]], whole: dict[str, Any], problem: Callable[[str, str], Problem]
) -> None:
    """`additionalProperties: false` sees the properties beside it only, so the others can never be."""
    for part in parts:
        names = (whole.get("properties") or {}).keys() - (part.get("properties") or {}).keys()
        if part.get("additionalProperties") is False and names:
            what = f"a part of allOf is closed by `additionalProperties: false`, which forbids `{sorted(names)[0]}`"
            raise problem(what, "use `unevaluatedProperties: false` on the whole, by an overlay")
