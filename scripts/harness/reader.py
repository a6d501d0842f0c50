"""How a parsed answer differs from the JSON value that came, by the contract: an independent reading of both."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from ..kinds import is_array, is_object
from .shapes import Shape, branches
from .times import TIMES, day, moment
from .wire import same


class Difference(NamedTuple):
    """What is not as the contract says: its rule there, and what is wanted and found where in the answer."""

    rule: str
    wanted: str
    found: str


def unlike(whole: Shape, value: Any, parsed: Any, where: str = "the answer") -> Iterator[Difference]:
    """How what was parsed differs from the JSON value; nothing where all is right."""
    tried = [list(_unlike(each, value, parsed, where)) for each in branches(whole, value)]
    yield from min(tried, key=len)


def _unlike(own: Shape, value: Any, parsed: Any, where: str) -> Iterator[Difference]:
    if own.options:
        yield from unlike(own, value, parsed, where)
    elif is_object(value):
        yield from _object(own, value, parsed, where)
    elif is_array(value) and (not is_array(parsed) or len(parsed) != len(value)):
        yield Difference(own.at, f"{where} as a list of {len(value)}", f"{parsed!r:.200}")
    elif is_array(value):
        for index, item in enumerate(value):
            yield from unlike(own.items, item, parsed[index], f"{where}[{index}]")
    elif isinstance(value, str) and own.format in TIMES and "string" in own.types:
        if not isinstance(parsed, datetime) or parsed.utcoffset() is None or parsed != moment(value):
            found = parsed.isoformat() if isinstance(parsed, datetime) else repr(parsed)
            yield Difference(own.at, f"{where} as an aware datetime of {value!r}", found)
    elif isinstance(value, str) and own.format == "date" and "string" in own.types:
        if not isinstance(parsed, date) or isinstance(parsed, datetime) or parsed != day(value):
            yield Difference(own.at, f"{where} as the date {value!r}", repr(parsed))
    elif not same(parsed, value) or isinstance(parsed, str) != isinstance(value, str):
        yield Difference(own.at, f"{where} as it came: {value!r:.200}", f"{parsed!r:.200}")


def _object(own: Shape, value: dict[str, Any], parsed: Any, where: str) -> Iterator[Difference]:
    known = own.properties
    if is_object(parsed):
        extra: Any = parsed
        if known:
            yield Difference(own.at, f"{where} as an object of a class", f"{parsed!r:.200}")
            return
    elif hasattr(parsed, "__attrs_attrs__"):
        extra = parsed.additional_properties
        if own.name and _letters(own.name) != _letters(type(parsed).__name__):
            yield Difference(own.at, f"{where} as a {own.name}", type(parsed).__name__)
            return
        yield from _of_class(own, parsed.__class__)
        yield from _properties(own, known, value, parsed, where)
    else:
        yield Difference(own.at, f"{where} as an object", f"{parsed!r:.200}")
        return
    rest = {name: item for name, item in value.items() if name not in known}
    if extra.keys() != rest.keys():
        told = f"in {where} what is not documented: {sorted(rest)}"
        yield Difference(own.at, told, f"{sorted(extra)}")
        return
    for name, item in rest.items():
        yield from unlike(own.property(name), item, extra[name], f"{where}[{name!r}]")


def _properties(
    own: Shape, known: dict[str, Any], value: Any, parsed: Any, where: str
) -> Iterator[Difference]:
    """Each documented property is in the attribute of its name, or that is UNSET."""
    places = _attributes(own, parsed.__class__)
    for name, node in known.items():
        inner, at, found = own.property(name), own.contract.pointers.get(id(node), own.at), places[name]
        if not found:
            yield Difference(at, f"an attribute for `{name}` in {where}", f"{parsed!r:.300}")
        elif name in value:
            tried = [
                list(unlike(inner, value[name], getattr(parsed, each), f"{where}.{each}")) for each in found
            ]
            yield from min(tried, key=len)
        elif len(found) == 1 and type(getattr(parsed, found[0])).__name__ != "Unset":
            yield Difference(at, f"UNSET as {where}.{found[0]}", f"{getattr(parsed, found[0])!r:.200}")


@cache
def _of_class(own: Shape, cls: Any) -> tuple[Difference, ...]:
    """How a class differs from the object that it is for: in what type checkers see, and when one is made."""
    return tuple(_declared(own, cls))


def _declared(own: Shape, cls: Any) -> Iterator[Difference]:
    fields = {each.name: each for each in cls.__attrs_attrs__ if each.name != "additional_properties"}
    hints = get_type_hints(
        cls,
        localns=dict(vars(sys.modules[cls.__module__.rpartition(".")[0] or cls.__module__])),
        include_extras=True,
    )
    if len(fields) != len(own.properties):
        told = f"an attribute of {cls.__name__} for each of {', '.join(own.properties)}, and no other"
        yield Difference(own.at, told, ", ".join(fields))
    for name, (attribute, *others) in (
        (name, found) for name, found in _attributes(own, cls).items() if found
    ):
        inner, default = own.property(name), fields[attribute].default
        if not others and not inner.all("default") and type(default).__name__ not in ("Unset", "_Nothing"):
            yield Difference(inner.at, f"no default for {cls.__name__}.{attribute}", repr(default))
        wanted = {each for values in inner.all("enum") for each in values if isinstance(each, str)}
        listed = {each for each in _listed(hints[attribute]) if isinstance(each, str)}
        if not others and not inner.all("const") and not inner.options and wanted != listed:
            told = f"the values {sorted(wanted)} in the type of {cls.__name__}.{attribute}"
            yield Difference(inner.at, told, f"{sorted(listed)}")


def _listed(hint: Any) -> Iterator[Any]:
    """The values that a type lists, by itself."""
    if get_origin(hint) is Literal:
        yield from get_args(hint)
    elif get_origin(hint) in (Annotated, Union, UnionType):
        for each in get_args(hint)[: 1 if get_origin(hint) is Annotated else None]:
            yield from _listed(each)


@cache
def _attributes(own: Shape, cls: Any) -> dict[str, list[str]]:
    """The attributes of a class that each documented property may be in."""
    fields = [each.name for each in cls.__attrs_attrs__ if each.name != "additional_properties"]
    return {name: attributes(name, node, own.properties, fields) for name, node in own.properties.items()}


def attributes(name: str, node: Any, known: dict[str, Any], fields: list[str]) -> list[str]:
    """The attributes that a property may be in: that of its name; where Python has no such name, those left over."""
    if is_object(node) and "x-python-name" in node:
        return [each for each in fields if each == node["x-python-name"]]
    if name in fields:
        return [name]
    left = [each for each in fields if each not in known]
    alike = [each for each in left if _letters(each) == _letters(name)]
    namesakes = [each for each in known if _letters(each) == _letters(name)]
    is_plain = len(namesakes) == 1 and _PLAIN.fullmatch(name)
    taken = {_letters(each) for each in known if _PLAIN.fullmatch(each)}
    return alike or ([] if is_plain else [each for each in left if _letters(each) not in taken])


_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9]*([ ._-]?[A-Za-z0-9]+)*")
"""A name that has a form in Python, as it has nothing but letters and digits, and marks between its words."""


def _letters(name: str) -> str:
    return "".join(filter(str.isalnum, name)).casefold()


def to_json(value: Any) -> Any:
    """What a parsed answer holds, in JSON values."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if is_array(value):
        return [to_json(item) for item in value]
    if is_object(value):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode()
    return getattr(value, "text", None) or (value.isoformat() if hasattr(value, "isoformat") else value)
