"""Codecs of arrays and of objects without documented properties."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from .guards import is_array, is_mapping, is_object, is_sequence, plain_text
from .mismatch import Mismatch
from .rules import NO_RULES, Rules
from .values import Codec, Way, check_text

K = TypeVar("K", str, int)


class Array(Codec):
    """An array: a `list`."""

    reads = frozenset({list})

    def __init__(self, items: Codec, rules: Rules = NO_RULES) -> None:
        super().__init__(rules)
        self.items = items

    def to_json(self, value: Any, way: Way) -> Any:
        """The array with its items encoded."""
        if not is_sequence(value):
            raise Mismatch((), "type: array", value)
        return list(_each(enumerate(value), lambda item: self.items.encode(item, way)).values())

    def decode(self, value: Any) -> Any:
        """The list with its items decoded."""
        if not is_array(value):
            raise Mismatch((), "type: array", value)
        return list(_each(enumerate(value), self.items.decode).values())


class Dict(Codec):
    """An object without documented properties: a `dict`."""

    reads = frozenset({dict})

    def __init__(self, values: Codec, rules: Rules = NO_RULES) -> None:
        super().__init__(rules)
        self.values = values

    def to_json(self, value: Any, way: Way) -> Any:
        """The object with its values encoded."""
        if not is_mapping(value):
            raise Mismatch((), "type: object", value)
        for key in value:
            if not isinstance(key, str):
                raise Mismatch((), "names that are strings", key)
            if way.checks:
                check_text(key)
        items = ((plain_text(key), item) for key, item in value.items())
        return _each(items, lambda item: self.values.encode(item, way))

    def decode(self, value: Any) -> Any:
        """The mapping with its values decoded."""
        if not is_object(value):
            raise Mismatch((), "type: object", value)
        return _each(value.items(), self.values.decode)


def _each(items: Iterable[tuple[K, Any]], convert: Callable[[Any], Any]) -> dict[K, Any]:
    """The items converted; a `Mismatch` says which one it was."""
    converted: dict[K, Any] = {}
    for key, item in items:
        try:
            converted[key] = convert(item)
        except Mismatch as error:
            raise error.below(key) from None
    return converted
