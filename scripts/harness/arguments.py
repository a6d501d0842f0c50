"""JSON values as the Python values that a user of a generated client would write."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from ..contract import Contract
from ..kinds import is_array, is_object
from ..objects import entries
from .times import day, moment
from .validation import invalid


class Unfit(Exception):
    """A valid value that the client has no way to express; `at` is the JSON pointer of what says so, if one does."""

    def __init__(self, what: str, at: str = "") -> None:
        super().__init__(what)
        self.at = at


class Refused(Unfit):
    """A call that Python itself refuses, for an argument is missing or unknown."""


@dataclass(frozen=True)
class Builder:
    """Makes Python values of JSON values, by the types of a client's arguments.

    Where it `is_loose`, a value that fits no type goes in as it is, as from a user without a type checker. What is
    absent stands as `UNSET`, or is left to Python's defaults where `names_absent` is not true; a loose builder
    that names what is absent does so for required properties, too.
    """

    is_loose: bool = False
    names_absent: bool = True
    kinds: Mapping[str, str] = field(default_factory=dict[str, str], hash=False)
    """The media types of files, by the property that they are in."""

    def built(self, value: Any, hint: Any) -> Any:
        """The value as a user would write it for an argument of this type; raises `Unfit`."""
        if not self.is_loose:
            return self._built(value, hint)
        try:
            return replace(self, is_loose=False).built(value, hint)
        except Unfit:
            return self._loosely(value, _base(hint))

    def fields(self, value: dict[str, Any], cls: Any) -> dict[str, Any]:
        """The arguments that make an object of a generated class."""
        hints, attributes = _hints(cls), names_of(cls)
        known = {
            attributes[key]: _of_kind(self.built(item, hints[attributes[key]]), self.kinds.get(key))
            for key, item in value.items()
            if key in attributes
        }
        more = get_args(_base(hints["additional_properties"]))[1]
        extra = {key: self.built(item, more) for key, item in value.items() if key not in attributes}
        absent = {
            name: unset()
            for key, name in attributes.items()
            if key not in value and self.names_absent and (self.is_loose or _is_optional(hints[name]))
        }
        return {**known, **absent, **({"additional_properties": extra} if extra else {})}

    def _built(self, value: Any, hint: Any) -> Any:
        base = _base(hint)
        origin = get_origin(base)
        if origin in (Union, UnionType):
            return self._one_of(value, _members(base))
        if base is Any:
            return value
        if origin is Literal:
            alike = [item for item in get_args(base) if item == value and _is_flag(item) == _is_flag(value)]
            return alike[0] if alike else _fit(value, False, base)
        if origin is list:
            return [self.built(item, get_args(base)[0]) for item in _fit(value, is_array(value), base)]
        if origin is dict:
            items = _fit(value, is_object(value), base).items()
            return {key: self.built(item, get_args(base)[1]) for key, item in items}
        if hasattr(base, "__attrs_attrs__"):
            return self._model(_fit(value, is_object(value), base), base)
        return _scalar(value, base)

    def _one_of(self, value: Any, members: list[Any]) -> Any:
        """The value as the member of a union that leaves the least of it undocumented."""
        fitting: list[tuple[int, int, Any]] = []
        for order, member in enumerate(members):
            try:
                made = self.built(value, member)
            except Unfit:
                continue
            fitting.append((len(getattr(made, "additional_properties", ())), order, made))
        if not fitting:
            raise Unfit(f"{value!r:.200} fits none of {members}")
        return min(fitting, key=lambda fit: fit[:2])[2]

    def _model(self, value: dict[str, Any], cls: Any) -> Any:
        try:
            return cls(**self.fields(value, cls))
        except TypeError as error:
            raise Refused(f"{cls.__name__}: {error}") from None

    def _loosely(self, value: Any, base: Any) -> Any:
        """The value with what fits of it built, and the rest as it is."""
        members = _members(base) if get_origin(base) in (Union, UnionType) else [base]
        bases = [_base(member) for member in members]
        models = [each for each in bases if hasattr(each, "__attrs_attrs__")]
        if is_object(value) and models:
            return self._model(value, max(models, key=lambda cls: _nearness(value, cls)))
        inner = [get_args(each)[-1] for each in bases if get_origin(each) is value.__class__]
        if is_array(value) and inner:
            return [self.built(item, inner[0]) for item in value]
        if is_object(value) and inner:
            return {key: self.built(item, inner[0]) for key, item in value.items()}
        return value


def built(value: Any, hint: Any) -> Any:
    """A JSON value as the Python value that a user would write for an argument of this type; raises `Unfit`."""
    return Builder().built(value, hint)


def unset() -> Any:
    """The client's mark of what is not given."""
    return importlib.import_module("phone_number_apis._runtime.unset").UNSET


@cache
def names_of(cls: Any) -> dict[str, str]:
    """The attribute of each property that a generated class knows, by its name in JSON."""
    hints = _hints(cls)
    attributes = [field.name for field in cls.__attrs_attrs__ if field.name != "additional_properties"]
    return {_name(hints[name], name): name for name in attributes}


def literals(hints: Iterable[Any]) -> list[Any]:
    """The values that types and their rules list, in all classes that they lead to."""
    found: list[Any] = []
    seen, todo = set[int](), list(hints)
    while todo:
        hint = todo.pop()
        if get_origin(hint) is Literal:
            found += get_args(hint)
        elif isinstance(listed := getattr(hint, "enum", None), tuple):
            found += listed
        elif hasattr(hint, "__attrs_attrs__") and id(hint) not in seen:
            seen.add(id(hint))
            todo += _hints(hint).values()
        else:
            todo += get_args(hint)
    return found


def nameless(contract: Contract, schema: Any, value: Any, made: Any) -> Iterator[str]:
    """What a value has and what was made of it has not: an attribute for a property, bytes for a file; as pointers."""
    nodes = list(applied(contract, schema, value))
    if isinstance(made, str):
        yield from (
            f"{contract.pointers.get(id(node), '#')}/format"
            for node in nodes
            if node.get("format") == "binary"
        )
    if is_array(value) and is_array(made):
        for items in [node["items"] for node in nodes if "items" in node]:
            for item, each in zip(value, made, strict=True):
                yield from nameless(contract, items, item, each)
    if not is_object(value):
        return
    cls: Any = made.__class__
    known: dict[str, str] = names_of(cls) if hasattr(cls, "__attrs_attrs__") else {}
    yield from (f"a schema without {name}" for name in sorted(known.keys() - _declared(contract, schema)))
    for node in nodes:
        for name, child in entries(node, "properties").items():
            if name in value and name not in known:
                yield f"{contract.pointers.get(id(node), '#')}/properties/{name}"
            elif name in value:
                yield from nameless(contract, child, value[name], getattr(made, known[name]))


def _declared(contract: Contract, schema: Any) -> set[str]:
    """The properties that a schema and all of its parts and alternatives have."""
    node = contract.resolve(schema)
    if not is_object(node):
        return set()
    parts = [part for keyword in ("allOf", "anyOf", "oneOf") for part in node.get(keyword) or ()]
    return set(entries(node, "properties")).union(*(_declared(contract, part) for part in parts))


def applied(contract: Contract, schema: Any, value: Any) -> Iterator[Any]:
    """The schemas that hold for a value: a schema, all of its `allOf`, and the alternatives that allow the value."""
    node = contract.resolve(schema)
    if is_object(node):
        yield node
        for keyword in ("allOf", "anyOf", "oneOf"):
            for branch in node.get(keyword) or ():
                if keyword == "allOf" or invalid(contract, branch, value) is None:
                    yield from applied(contract, branch, value)


def _of_kind(value: Any, kind: str | None) -> Any:
    """The value, where it is a file or several with this media type."""
    if kind is not None and is_array(value):
        return [_of_kind(each, kind) for each in value]
    return value._replace(mime_type=kind) if kind is not None and hasattr(value, "mime_type") else value


def _scalar(value: Any, base: Any) -> Any:
    if base in (datetime, date):
        text = _fit(value, isinstance(value, str), base)
        time = moment(text) if base is datetime else day(text)
        return time if time is not None else _fit(value, False, base)
    if base is bytes or getattr(base, "__name__", "") == "File":
        data = _fit(value, isinstance(value, str), base).encode()
        return data if base is bytes else base(data)
    if base in (None, NoneType):
        return _fit(value, value is None, base)
    kinds: Any = (int, float) if base is float else base
    if base is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return _fit(value, isinstance(value, kinds) and (base is bool or not isinstance(value, bool)), base)


@cache
def _hints(cls: Any) -> dict[str, Any]:
    package = importlib.import_module(cls.__module__.rpartition(".")[0])
    return get_type_hints(cls, localns=dict(vars(package)), include_extras=True)


def _nearness(value: dict[str, Any], cls: Any) -> tuple[int, int]:
    """How much of an object a class knows: how many of its properties, and how many of the values fit."""
    hints, attributes, fitting = _hints(cls), names_of(cls), 0
    shared = value.keys() & attributes.keys()
    for key in shared:
        try:
            built(value[key], hints[attributes[key]])
        except Unfit:
            continue
        fitting += 1
    return fitting, len(shared)


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _members(base: Any) -> list[Any]:
    return [item for item in get_args(base) if getattr(item, "__name__", "") != "Unset"]


def _base(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _is_optional(hint: Any) -> bool:
    return any(getattr(item, "__name__", "") == "Unset" for item in get_args(_base(hint)))


def _name(hint: Any, attribute: str) -> str:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    return next((mark.name for mark in marks if type(mark).__name__ == "Name"), attribute)


def _fit(value: Any, fits: bool, base: Any) -> Any:
    if not fits:
        raise Unfit(f"{value!r:.200} is no {base}")
    return value
