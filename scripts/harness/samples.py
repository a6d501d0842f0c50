"""Values of a shape, and each of them with one place changed, for requests or for answers.

They are JSON values made of the contract alone, the same in every run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from ..kinds import is_array, is_object
from .generation import values
from .shapes import Shape, branches, variants
from .times import TIMES

PROBES: tuple[Any, ...] = (None, True, 3, 1.5, "~", [], {})
"""A value of each type."""
TOLD = "/discriminator"
"""The end of a rule that a value breaks although another schema of the place allows it."""
_DEEPEST = 5
"""Levels of a value that are varied."""
_LEAVES: dict[str, Any] = {"string": "text", "integer": 1, "number": 1.5, "boolean": True, "null": None}
_NAMES = ("a-key of its own", "another", "third")
"""Names of properties that are not documented."""
_TEXTS = {
    "date": "2024-02-29", "date-time": "2024-02-29T23:59:59.25+05:30",
    "date-time-rfc-2822": "Thu, 29 Feb 2024 23:59:59 +0530",
}  # fmt: skip
_MONTHS = ("Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MORE: dict[str, tuple[Any, ...]] = {
    "string": ("", 'a "ä" \u2028\U0001f600\\', "null"),
    "date-time": (
        "2024-02-29T00:00:00Z",
        "1999-12-31T23:59:60-08:00",
        "2024-02-29t00:00:00.1234567z",
        "2024-02-29 00:00:00Z",
    ),
    "date-time-rfc-2822": (
        "Thu, 29 Feb 2024 00:00:00 GMT",
        "01 Jan 2024 01:02:03 -0800",
        *(f"1 Jan {year} 01:02 +0000" for year in ("49", "50", "123")),
        *(
            f"29 Feb 2024 23:00:00 {zone}"
            for zone in ("EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT", "UT")
        ),
        *(f"1 {month} 2024 01:02:03 +0000" for month in _MONTHS),
    ),
    "date": ("0001-01-01", "9999-12-31"),
    "integer": (0, -1, 2**53 + 1, 2.0),
    "number": (0, -0.5, 1e300, 7),
    "boolean": (False,),
    "null": (None,),
    "array": ([],),
}
"""More values of a type, where the other rules allow them."""
AWKWARD_WORDS = (
    " a+b&c=d/e?f#g;h%20i,j:k|l\\m\"n'o[p]{q}@$!*()~é\u2028\U0001f600\t\r\n\x7f ",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~é",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~",
    "+%2B",
    "+1",
)
"""Texts of characters that have a meaning in a URL, a form, a header or JSON; some places take only less."""
SINGLE_WORDS = (*(f"a{each}b" for each in "%+&=#;:@/?,!$*'()[]|~ \"<>^`{}"), "a%41b", "é")
"""Texts of one such character each."""


@dataclass(frozen=True)
class Samples:
    """Makes the values that one way carries."""

    way: Literal["request", "answer"]

    def full(self, whole: Shape, depth: int = _DEEPEST) -> Any:
        """A valid value with all documented properties."""
        return self._made(whole, depth, is_full=True)

    def least(self, whole: Shape) -> Any:
        """A valid value with no more than it needs."""
        return self._made(whole, _DEEPEST, is_full=False)

    def varied(self, whole: Shape, value: Any, depth: int = _DEEPEST) -> Iterator[tuple[str, Any, bool]]:
        """The value with one place changed: the rule that this is about, the value, and whether it is documented."""
        (own, *_) = branches(whole, value)
        yield from self._others(own)
        for probe in PROBES:
            yield f"{own.at}/type", probe, False
        for option, mark in variants(whole):
            yield from ((whole.at, _marked(made(option), mark), True) for made in (self.full, self.least))
            other = _marked(self.full(option, depth - 1), mark)
            if option.parts[0] is not own.parts[0] and is_object(other) and depth > 0:
                for rule, variant, right in self._members(option, other, depth - 1):
                    is_told = bool(mark) and variant.items() >= mark.items() and not option.fits(variant)
                    yield f"{whole.at}{TOLD}" if is_told else rule, variant, right
        if is_object(value) and depth > 0:
            yield from self._members(own, value, depth)
        if is_array(value) and depth > 0 and value:
            others = list(self.varied(own.items, value[0], depth - 1))
            yield from ((rule, [*value[1:], item], right) for rule, item, right in others)
            if not own.all("maxItems"):
                yield own.at, [*value, *value], True
                other = next((item for _, item, right in others if right), value[0])
                yield own.at, [*value, other], True

    def _made(self, whole: Shape, depth: int, *, is_full: bool) -> Any:
        value = self._sample(whole, depth, is_full=is_full)
        for each in (value, *_with_less(value)):
            if whole.allows(each, self.way):
                return each
        made = [value for _, value in values(whole.contract, whole.schema, [], 10, self.way)]
        return (max if is_full else min)(made, key=lambda each: len(json.dumps(each)))

    def _sample(self, whole: Shape, depth: int, *, is_full: bool) -> Any:
        """A value by the keywords that matter most."""
        known = [*whole.all("const"), *(value for each in whole.all("enum") for value in each)]
        if known:
            return known[0]
        if whole.options:
            return self._made(whole.options[0], depth, is_full=is_full)
        if whole.properties or whole.types & {"object"} or whole.all("additionalProperties"):
            return self._object(whole, depth, is_full=is_full)
        if whole.types & {"array"} or whole.all("items"):
            size = max([*whole.all("minItems"), 1 if is_full and depth else 0])
            return [self._made(whole.items, depth - 1, is_full=is_full) for _ in range(size)]
        name = next((each for each in _LEAVES if each in whole.types), "string")
        text = _TEXTS.get(whole.format or "", "text")
        limits = [*whole.all("minimum"), *(each + 1 for each in whole.all("exclusiveMinimum")), 1]
        return {**_LEAVES, "string": text, "integer": max(limits)}[name]

    def _object(self, whole: Shape, depth: int, *, is_full: bool) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for name in filter(whole.names, whole.properties):
            child = whole.property(name)
            if self._carries(child) and (name in whole.required or (is_full and depth > 0)):
                value[name] = self._made(child, depth - 1, is_full=is_full and depth > 0)
        if is_full and depth > 0 and is_object(whole.rest) and not whole.properties:
            for name in [*filter(whole.names, _NAMES)][:2]:
                value[name] = self._made(whole.property(name), depth - 1, is_full=is_full)
        return value

    def _carries(self, child: Shape) -> bool:
        return True not in child.all("readOnly" if self.way == "request" else "writeOnly")

    def _others(self, own: Shape) -> Iterator[tuple[str, Any, bool]]:
        """Other values for a place by its type, and in an answer one that its enumeration does not know."""
        listed = [each for values in own.all("enum") for each in values]
        kinds = own.types or {"string", "integer", "boolean", "null", "array"}
        form = {own.format} if own.format in (*TIMES, "date") else {"string"}
        more = [
            each
            for kind in sorted(kinds - {"string"} | (form if "string" in kinds else set()))
            for each in _MORE.get(kind, ())
        ]
        words = [word for word in AWKWARD_WORDS if "string" in kinds and own.allows(word, self.way)]
        for each in [*listed, *more, *words[:1]]:
            is_bytes = own.format != "binary" or str(each).isascii()  # of which each character is one
            if is_bytes and own.allows(each, self.way):
                yield own.at, each, True
        if listed and "string" in kinds and any(isinstance(each, str) for each in listed):
            yield f"{own.at}/enum", "a value of tomorrow", self.way == "answer"

    def _members(self, own: Shape, value: dict[str, Any], depth: int) -> Iterator[tuple[str, Any, bool]]:
        known = own.properties
        for name, rule in own.required.items():
            if self._carries(own.property(name)):
                yield rule, {key: item for key, item in value.items() if key != name}, False
        for name, item in value.items():
            inner = own.property(name)
            if name in known and name not in own.required:
                yield inner.at, {key: each for key, each in value.items() if key != name}, True
            yield from (
                (rule, {**value, name: each}, right)
                for rule, each, right in self.varied(inner, item, depth - 1)
            )
        for name in [each for each in known if each not in value and self._carries(own.property(each))]:
            least = {key: item for key, item in value.items() if key in own.required}
            other = {**least, name: self.full(own.property(name), 0)}  # which may not go with the rest
            if own.allows(other, self.way):
                yield own.property(name).at, other, True
        is_open = False not in own.all("additionalProperties")
        if (is_open or self.way == "answer") and not is_object(own.rest):  # which a client has to stand
            yield own.at, {**value, "of-tomorrow": {"a": [1, None]}, "x y": "z"}, True
        if is_open:
            for name in [name for name in _NAMES if own.names(name) and name not in value][:1]:
                more = self._made(own.property(name), depth - 1, is_full=False)
                yield own.at, {**value, name: more}, True


def _marked(value: Any, mark: dict[str, str]) -> Any:
    return {**value, **mark} if is_object(value) else value


def _with_less(value: Any) -> Iterator[Any]:
    """An object without one of its properties, each in turn."""
    for name in value if is_object(value) else ():
        yield {key: item for key, item in value.items() if key != name}


REQUESTS, ANSWERS = Samples("request"), Samples("answer")
