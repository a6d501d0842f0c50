"""`allOf`: several schemas that all hold, as one."""

from __future__ import annotations

from collections.abc import Callable
from math import lcm
from typing import Any

from .keywords import ANNOTATIONS
from .kinds import is_object
from .objects import entries
from .problem import Problem
from .runtime.rules import same

_LARGEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_SMALLEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_LAST = ANNOTATIONS | {"discriminator"}
"""Keywords that hold as the last part says them."""

Refusal = Callable[[str, str], Problem]


def merged(parts: list[Any], problem: Refusal) -> Any:
    """One schema that allows what all of `parts` allow; raises `problem(what, todo)` where it cannot be written."""
    if any(part is False for part in parts):
        raise problem("allOf holds the schema `false`, which allows no value", "remove it")
    schemas = [part for part in parts if is_object(part)]
    whole: dict[str, Any] = {}
    for part in schemas:
        for key, value in part.items():
            whole[key] = _both(key, whole[key], value, problem) if key in whole else value
    if properties := entries(whole, "properties"):
        whole["properties"] = {
            name: _spoken_for(name, node, schemas, problem) for name, node in properties.items()
        }
    return whole


def _both(key: str, one: Any, other: Any, problem: Refusal) -> Any:
    """What a keyword says where one part says `one` and a later part says `other`."""
    if key in _LAST or key.startswith("x-") or same(one, other):
        return other
    if key == "properties":
        return {name: _whole(one.get(name, True), other.get(name, True)) for name in {**one, **other}}
    if key == "required":
        return list(dict.fromkeys([*one, *other]))
    if key in _LARGEST or key in _SMALLEST:
        return max(one, other) if key in _LARGEST else min(one, other)
    if key in ("uniqueItems", "readOnly", "writeOnly"):
        return one or other
    if key in ("items", "additionalProperties"):
        return _whole(one, other)
    if key == "type" and (types := _types(one, other)):
        return types
    if key == "enum" and (values := [value for value in one if any(same(value, item) for item in other)]):
        return values
    if key == "multipleOf" and isinstance(one, int) and isinstance(other, int):
        return lcm(one, other)
    said = f"allOf says `{key}` twice, as {one!r:.80} and as {other!r:.80}"
    raise problem(said, "say it once, or correct one of them, by an overlay")


def _whole(one: Any, other: Any) -> Any:
    """A schema that allows what two do."""
    if one is False or other is False:
        return False
    return other if one is True or same(one, other) else one if other is True else {"allOf": [one, other]}


def _types(one: Any, other: Any) -> Any:
    """The types that both allow; an integer is a number."""
    left, right = ({said} if isinstance(said, str) else set(said) for said in (one, other))
    both = {kind for kind in left | right if _names(kind, left) and _names(kind, right)}
    return sorted(both)[0] if len(both) == 1 else sorted(both)


def _names(kind: str, kinds: set[str]) -> bool:
    return kind in kinds or (kind == "integer" and "number" in kinds)


def _spoken_for(name: str, node: Any, parts: list[dict[str, Any]], problem: Refusal) -> Any:
    """A property with what `additionalProperties` says of it in parts that do not have it."""
    for part in parts:
        is_said = name in entries(part, "properties") or "patternProperties" in part
        rest = True if is_said else part.get("additionalProperties", True)
        if rest is False:
            what = f"a part of allOf is closed by `additionalProperties: false`, which forbids `{name}`"
            raise problem(what, "use `unevaluatedProperties: false` on the whole, by an overlay")
        node = _whole(rest, node)
    return node
