"""Which parameters to give, and of which values, so that all dependencies between them hold, or all but one.

Comparisons with a constant become schemas, so that cases are made to hold, and none has to be thrown away; where
two parameters are compared, or calculated with, only the values can tell.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from hypothesis.errors import Unsatisfiable

from ..dependencies import Dependency
from .called import Called
from .generation import values
from .validation import invalid

_MOST = 256
"""Ways that are tried of an operation."""
_SCHEMAS: dict[str, Callable[[Any], tuple[Any, Any]]] = {
    "==": lambda constant: ({"const": constant}, {"not": {"const": constant}}),
    "!=": lambda constant: ({"not": {"const": constant}}, {"const": constant}),
    "is": lambda constant: ({"const": constant}, {"const": not constant}),
    "in": lambda constant: ({"enum": [*constant]}, {"not": {"enum": [*constant]}}),
    "<": lambda constant: ({"exclusiveMaximum": constant}, {"minimum": constant}),
    "<=": lambda constant: ({"maximum": constant}, {"exclusiveMinimum": constant}),
    ">": lambda constant: ({"exclusiveMinimum": constant}, {"maximum": constant}),
    ">=": lambda constant: ({"minimum": constant}, {"exclusiveMaximum": constant}),
    "LIKE": lambda constant: ({"pattern": _like(constant)}, {"not": {"pattern": _like(constant)}}),
}
"""What a comparison asks of a value, and its contrary."""


@dataclass(frozen=True)
class Kind:
    """Values of a parameter of which the dependencies say the same: their schema, and one of them."""

    schema: Any
    example: Any


@dataclass(frozen=True)
class Way:
    """The parameters of the dependencies that are given, by name, each of a kind; the others are absent.

    The kind is None where any value will do.
    """

    given: dict[str, Kind | None]
    absent: frozenset[str]


def ways(operation: Called) -> list[Way]:
    """All ways in which the dependencies hold."""
    return [way for way, broken in _all(operation) if not broken] or [Way({}, frozenset())]


def broken_ways(operation: Called) -> list[tuple[int, Way]]:
    """All ways that break just one dependency, with its index."""
    return [(broken[0], way) for way, broken in _all(operation) if len(broken) == 1]


@cache
def _all(operation: Called) -> tuple[tuple[Way, list[int]], ...]:
    """All ways, with the indices of the dependencies that they break."""
    names = list(dict.fromkeys(name for each in operation.dependencies for name in each.names))
    required = {node["name"] for node in operation.parameters if node.get("required") is True}
    choices = [[*_kinds(operation, name), *([] if name in required else [...])] for name in names]
    found: list[tuple[Way, list[int]]] = []
    for chosen in itertools.islice(itertools.product(*choices), _MOST):
        given = {name: kind for name, kind in zip(names, chosen, strict=True) if kind is not ...}
        way = Way(given, frozenset(names) - given.keys())
        broken = [index for index, each in enumerate(operation.dependencies) if not _can_hold(each, way)]
        found.append((way, broken))
    return tuple(found)


def _can_hold(dependency: Dependency, way: Way) -> bool:
    """Whether a dependency holds; where parameters are compared with each other, that is seen with the values."""
    try:
        given = {name: kind and kind.example for name, kind in way.given.items()}
        return dependency.holds(given) or not dependency.is_of_constants
    except (TypeError, ArithmeticError):
        return True


def _kinds(operation: Called, name: str) -> Iterator[Any]:
    """The kinds of values that a parameter can have: for each comparison, those that fulfil it or do not."""
    node = next((each for each in operation.parameters if each["name"] == name), None)
    said = [each for dependency in operation.dependencies for each in dependency.comparisons]
    own = list(dict.fromkeys((sign, constant) for of, sign, constant in said if of == name))
    if node is None or not own:
        yield None
        return
    cut = operation.cut(node)
    for chosen in itertools.product(*(_SCHEMAS[sign](constant) for sign, constant in own)):
        schema = {"allOf": [cut, *chosen]}
        example = next(_examples(operation, schema), ...)
        if example is not ...:
            yield Kind(schema, example)


def _examples(operation: Called, schema: Any) -> Iterator[Any]:
    """Values by a schema; none where there can be none."""
    try:
        made = values(operation.contract, schema, [], 1, "request")
    except Unsatisfiable:
        return
    for _, value in made:
        if invalid(operation.contract, schema, value, "request") is None:
            yield value


def _like(pattern: str) -> str:
    """A regular expression for a text in which `*` stands for anything."""
    return (
        "^" + ".*".join(re.sub(r"([\\.+?^${}()|\[\]])", r"\\\1", part) for part in pattern.split("*")) + "$"
    )
