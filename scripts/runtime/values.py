"""Codecs of single values: scalars, enumerations and times."""

from __future__ import annotations

import json
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date, datetime
from types import NoneType
from typing import Any, NamedTuple

from .assertions import comparable
from .guards import plain_text
from .mismatch import Mismatch
from .rules import NO_RULES, Rules
from .timestamps import Timestamp, format_time, parse_date, parse_datetime
from .types import File

ANY_JSON: frozenset[type] = frozenset({str, int, float, bool, NoneType, list, dict})
"""The types of the values that `json` makes."""
_SURROGATE = re.compile("[\ud800-\udfff]")


class Way(NamedTuple):
    """What a value is written for: whether its rules must hold, and whether a request will carry it."""

    checks: bool
    sends: bool


SEND = Way(checks=True, sends=True)
SEND_UNCHECKED = Way(checks=False, sends=True)
FIT = Way(checks=True, sends=False)
KEEP = Way(checks=False, sends=False)


class Codec(ABC):
    """Reads and writes the values of one annotation; both raise `Mismatch`."""

    reads: frozenset[type] = ANY_JSON
    """The types of the JSON values that it may be able to read."""
    keeps: frozenset[type] = frozenset()
    """The types of those that it always reads as they are, so that nobody needs to ask."""
    classes: frozenset[str] = frozenset()
    """The names of the classes that it may make."""
    fails = False
    """Whether what it makes may be a failure."""

    def __init__(self, rules: Rules = NO_RULES) -> None:
        self.rules, self.assertions = rules, rules.assertions()

    def encode(self, value: Any, way: Way = SEND) -> Any:
        """The JSON value of a Python value."""
        try:
            encoded = self.to_json(value, way)
        except Mismatch:
            if way == SEND_UNCHECKED and isinstance(value, str | int | float | None):
                return plain_text(value) if isinstance(value, str) else value  # for the server to judge
            raise
        for assertion in self.assertions if way.checks else ():
            if assertion.is_broken(encoded):
                raise Mismatch((), str(assertion), value)
        return encoded

    @abstractmethod
    def to_json(self, value: Any, way: Way) -> Any:
        """The JSON value without regard to this codec's own rules."""

    @abstractmethod
    def decode(self, value: Any) -> Any:
        """The Python value of a JSON value."""


class Scalar(Codec):
    """A string, number, boolean, null, or the bytes of a file."""

    def __init__(self, kind: Any, rules: Rules = NO_RULES) -> None:
        super().__init__(rules)
        self.kind, self.kinds = kind, (int, float) if kind is float else kind
        self.reads = frozenset({int, float} if kind in (int, float) else {kind})
        self.keeps = frozenset() if kind is float else frozenset({kind})
        self.rule = "type: " + _TYPES[kind]

    def to_json(self, value: Any, way: Way) -> Any:
        """The value itself."""
        if not isinstance(value, self.kinds) or (isinstance(value, bool) and self.kind is not bool):
            raise Mismatch((), self.rule, value)
        if isinstance(value, float) and not math.isfinite(value):
            raise Mismatch((), self.rule, value)
        if way.checks:
            check_text(value)
        return plain_text(value) if isinstance(value, str) else value

    def decode(self, value: Any) -> Any:
        """The value itself; a whole number such as 1.0 is an integer too."""
        if self.kind is int and isinstance(value, float) and value.is_integer():
            return int(value)
        return self.to_json(value, KEEP)


_TYPES: Mapping[Any, str] = {
    str: "string", int: "integer", float: "number", bool: "boolean", NoneType: "null", bytes: "bytes",
    File: "File",
}  # fmt: skip


def check_text(value: Any) -> None:
    """Raise `Mismatch` for text that UTF-8 cannot carry."""
    if isinstance(value, str) and not value.isascii() and _SURROGATE.search(value):
        raise Mismatch((), "text without lone surrogates", value)


class Time(Codec):
    """A time in RFC 3339, or in the form that the rules name."""

    reads = frozenset({str})

    def __init__(self, rules: Rules = NO_RULES) -> None:
        super().__init__(rules)
        self.rule = f"format: {rules.format or 'date-time'}"

    def to_json(self, value: Any, way: Way) -> Any:
        """The time as text; what came in an answer is kept to the letter."""
        if not isinstance(value, datetime) or value.utcoffset() is None:
            raise Mismatch((), "format: date-time (a datetime with its time zone)", value)
        if isinstance(value, Timestamp) and value.text and not way.sends:
            return value.text
        return format_time(value, self.rules.format)

    def decode(self, value: Any) -> Any:
        """The time in either form."""
        return _parsed(parse_datetime, value, self.rule)


class Date(Codec):
    """A full-date of RFC 3339."""

    reads = frozenset({str})

    def to_json(self, value: Any, way: Way) -> Any:
        """The date as text."""
        if not isinstance(value, date) or isinstance(value, datetime):
            raise Mismatch((), "format: date (a date)", value)
        return value.isoformat()

    def decode(self, value: Any) -> Any:
        """The date."""
        return _parsed(parse_date, value, "format: date")


def _parsed(parse: Callable[[str], Any], value: Any, rule: str) -> Any:
    try:
        return parse(value)
    except (ValueError, TypeError):
        raise Mismatch((), rule, value) from None


class Choice(Codec):
    """The values of a `Literal`."""

    def __init__(self, values: tuple[Any, ...], rules: Rules = NO_RULES) -> None:
        super().__init__(rules)
        self.values = {comparable(value): value for value in values}
        self.reads = frozenset(kind for value in values for kind in Scalar(type(value)).reads)
        self.rule = f"enum: {json.dumps(values, ensure_ascii=False)}"

    def to_json(self, value: Any, way: Way) -> Any:
        """The value itself."""
        return self.decode(value)

    def decode(self, value: Any) -> Any:
        """The documented value that is equal in JSON."""
        try:
            return self.values[comparable(value)]
        except (KeyError, TypeError):  # TypeError: what is no JSON may not be hashable
            raise Mismatch((), self.rule, value) from None
