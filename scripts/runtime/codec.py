"""Python values to JSON values and back, as a type annotation says.

A codec is made once for each annotation. `encode` checks what a request must hold, `decode` is liberal with answers:
it insists on types and required properties, keeps unknown properties and unknown values of open enumerations.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from .guards import is_array, is_object
from .rules import Access, Discriminator, Name, Open, Rules, same
from .timestamps import format_time, parse_date, parse_datetime
from .types import File
from .unset import UNSET, Unset

Place = tuple[str | int, ...]


class Mismatch(ValueError):
    """A value that is not what the annotation says: `place` are the keys that lead to it."""

    def __init__(self, place: Place, expected: str, got: object) -> None:
        super().__init__(place, expected, got)
        self.place, self.expected, self.got = place, expected, got

    def __str__(self) -> str:
        return f"{dotted(self.place) or 'value'}: expected {self.expected}, got {self.got!r:.200}"


def dotted(place: Place) -> str:
    """The place as a person writes it: `errors[0].code`."""
    return "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in place).removeprefix(".")


class Codec:
    """Reads and writes the values of one annotation; this one takes any JSON value as it is."""

    rules = Rules()

    def encode(self, value: Any, place: Place, *, check: bool = True) -> Any:
        """The JSON value of `value`; raises `Mismatch`. Without `check` only the type matters, not the rules."""
        encoded = self.to_json(value, place, check)
        if check and (rule := self.rules.broken(encoded)):
            raise Mismatch(place, rule, value)
        return encoded

    def decode(self, value: Any, place: Place) -> Any:
        """The Python value of the JSON value `value`; raises `Mismatch`."""
        return value

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        """The JSON value without regard to this codec's own rules."""
        return value


class _Scalar(Codec):
    def __init__(self, kind: Any, rules: Rules) -> None:
        self.kind, self.rules = kind, rules

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        if self.kind is datetime:
            if not isinstance(value, datetime) or value.tzinfo is None:
                raise Mismatch(place, "an aware datetime", value)
            return format_time(value, self.rules.format)
        if self.kind is date:
            if not isinstance(value, date) or isinstance(value, datetime):
                raise Mismatch(place, "a date", value)
            return value.isoformat()
        if isinstance(value, str) and not value.isascii() and any("\ud800" <= c <= "\udfff" for c in value):
            raise Mismatch(place, "text without lone surrogates", value)
        return self._typed(value, place)

    def decode(self, value: Any, place: Place) -> Any:
        if self.kind in (datetime, date):
            try:
                return (parse_datetime if self.kind is datetime else parse_date)(value)
            except (ValueError, TypeError):
                raise Mismatch(place, f"a {self.kind.__name__}", value) from None
        if self.kind is int and isinstance(value, float) and value.is_integer():
            return int(value)
        return self._typed(value, place)

    def _typed(self, value: Any, place: Place) -> Any:
        kinds = (int, float) if self.kind is float else self.kind
        if not isinstance(value, kinds) or (isinstance(value, bool) and self.kind is not bool):
            raise Mismatch(place, _NAMES.get(self.kind, "a value of another type"), value)
        if isinstance(value, float) and not math.isfinite(value):
            raise Mismatch(place, "a finite number", value)
        return value


_NAMES: Mapping[Any, str] = {
    str: "a string", int: "an integer", float: "a number", bool: "true or false", NoneType: "null",
    bytes: "bytes", File: "a File",
}  # fmt: skip


class _Choice(Codec):
    """The values of a `Literal`."""

    def __init__(self, values: tuple[Any, ...]) -> None:
        self.values = values

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        return self.decode(value, place)

    def decode(self, value: Any, place: Place) -> Any:
        for item in self.values:
            if same(item, value):
                return item
        raise Mismatch(place, f"one of {', '.join(map(repr, self.values))}", value)


class _Array(Codec):
    def __init__(self, items: Codec, rules: Rules) -> None:
        self.items, self.rules = items, rules

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        if not isinstance(value, list | tuple):
            raise Mismatch(place, "a list", value)
        items: list[Any] | tuple[Any, ...] = value
        return [self.items.encode(item, (*place, index), check=check) for index, item in enumerate(items)]

    def decode(self, value: Any, place: Place) -> Any:
        if not is_array(value):
            raise Mismatch(place, "an array", value)
        items: list[Any] = value
        return [self.items.decode(item, (*place, index)) for index, item in enumerate(items)]


class _Mapping(Codec):
    """An object without documented properties: a `dict`."""

    def __init__(self, values: Codec, rules: Rules) -> None:
        self.values, self.rules = values, rules

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        if not isinstance(value, Mapping):
            raise Mismatch(place, "a mapping", value)
        entries: Mapping[Any, Any] = value
        for key in entries:
            if not isinstance(key, str):
                raise Mismatch(place, "a mapping with strings as keys", key)
        return {key: self.values.encode(item, (*place, key), check=check) for key, item in entries.items()}

    def decode(self, value: Any, place: Place) -> Any:
        if not is_object(value):
            raise Mismatch(place, "an object", value)
        entries: dict[str, Any] = value
        return {key: self.values.decode(item, (*place, key)) for key, item in entries.items()}


class Property(NamedTuple):
    """One field of a model: its attribute, its name in JSON, whether it must be there, and who may carry it."""

    attribute: str
    name: str
    codec: Codec
    required: bool
    access: str | None


class ModelCodec(Codec):
    """The codec of a generated class."""

    def __init__(self, cls: Any) -> None:
        self.cls, self.rules = cls, cls.__rules__

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The annotations, resolved when first needed: models may hold each other."""
        package = sys.modules[self.cls.__module__.rpartition(".")[0] or self.cls.__module__]
        return get_type_hints(self.cls, localns=dict(vars(package)), include_extras=True)

    @cached_property
    def properties(self) -> list[Property]:
        """The documented properties."""
        names = [field.name for field in self.cls.__attrs_attrs__]
        return [_property(name, self.hints[name]) for name in names if name != "additional_properties"]

    @cached_property
    def names(self) -> set[str]:
        """The JSON names of the documented properties."""
        return {item.name for item in self.properties}

    @cached_property
    def additional(self) -> Codec:
        """The codec of all undocumented properties together."""
        return codec(self.hints["additional_properties"])

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        if not isinstance(value, self.cls):
            raise Mismatch(place, f"a {self.cls.__name__}", value)
        encoded: dict[str, Any] = {}
        for item in self.properties:
            given = getattr(value, item.attribute)
            if given is not UNSET:
                encoded[item.name] = item.codec.encode(given, (*place, item.name), check=check)
            elif item.required:
                raise Mismatch((*place, item.name), "a value (the property is required)", given)
        extra = self.additional.encode(value.additional_properties, place, check=check)
        if clash := extra.keys() & self.names:
            raise Mismatch(place, "additional properties that are not documented ones", sorted(clash))
        return encoded | extra

    def decode(self, value: Any, place: Place) -> Any:
        if not isinstance(value, Mapping):
            raise Mismatch(place, "an object", value)
        entries: Mapping[str, Any] = value
        fields: dict[str, Any] = {}
        for item in self.properties:
            if item.name in entries:
                fields[item.attribute] = item.codec.decode(entries[item.name], (*place, item.name))
            elif item.required:
                raise Mismatch((*place, item.name), "a value (the property is required)", UNSET)
            else:
                fields[item.attribute] = UNSET
        extra = {key: entry for key, entry in entries.items() if key not in self.names}
        return self.cls(**fields, additional_properties=self.additional.decode(extra, place))


def _property(attribute: str, hint: Any) -> Property:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    name = next((mark.name for mark in marks if isinstance(mark, Name)), attribute)
    access = next((mark.only for mark in marks if isinstance(mark, Access)), None)
    base = get_args(hint)[0] if marks else hint
    return Property(attribute, name, codec(hint), Unset not in get_args(base), access)


class _AnyOf(Codec):
    """A union: the first member that takes a value writes it; the member that fits an answer best reads it."""

    def __init__(
        self, members: list[Codec], rules: Rules, discriminator: Discriminator | None, is_open: bool
    ) -> None:
        self.members, self.rules, self.discriminator = members, rules, discriminator
        self.writers = members[:1] if is_open else members

    def to_json(self, value: Any, place: Place, check: bool) -> Any:
        errors: list[Mismatch] = []
        for member in self.writers:
            try:
                return member.encode(value, place, check=check)
            except Mismatch as error:
                errors.append(error)
        raise _nearest(errors, place, value)

    def decode(self, value: Any, place: Place) -> Any:
        if (named := self._named(value)) is not None:
            return named.decode(value, place)
        fitting: list[tuple[int, int, Any]] = []
        errors: list[Mismatch] = []
        for order, member in enumerate(self.members):
            try:
                decoded = member.decode(value, place)
            except Mismatch as error:
                errors.append(error)
            else:
                fitting.append((_looseness(member, decoded, value), order, decoded))
        if not fitting:
            raise _nearest(errors, place, value)
        return min(fitting, key=lambda fit: fit[:2])[2]

    def _named(self, value: Any) -> Codec | None:
        if self.discriminator is None or not isinstance(value, Mapping):
            return None
        entries: Mapping[str, Any] = value
        wanted = self.discriminator.mapping.get(entries.get(self.discriminator.name, ""))
        return next((m for m in self.members if isinstance(m, ModelCodec) and m.cls.__name__ == wanted), None)


def _looseness(member: Codec, decoded: Any, value: Any) -> int:
    """How badly a member fits an answer that it can read: a marked failure best, then the fewest liberties taken."""
    if getattr(decoded, "__failure__", False):
        return -1
    try:
        exact = same(member.encode(decoded, ()), value)
    except Mismatch:
        exact = False
    return len(getattr(decoded, "additional_properties", ())) + (0 if exact else 1_000_000)


def _nearest(errors: list[Mismatch], place: Place, value: Any) -> Mismatch:
    """The error that tells most: the one that got deepest, or all expectations where none got further."""
    deepest = max(errors, key=lambda error: len(error.place))
    if len(deepest.place) > len(place) or len(errors) == 1:
        return deepest
    return Mismatch(place, " or ".join(dict.fromkeys(error.expected for error in errors)), value)


@cache
def _model(cls: Any) -> Codec:
    return ModelCodec(cls)


def codec(hint: Any, rules: Rules | None = None) -> Codec:
    """The codec of an annotation: a scalar type, `Literal`, `list`, `dict`, union, `Annotated` or a model class."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        return _annotated(arguments[0], hint.__metadata__)
    rules = rules or Rules()
    if origin in (Union, UnionType):
        return _union(arguments, rules)
    if origin is Literal:
        return _Choice(arguments)
    if origin is list:
        return _Array(codec(arguments[0]), rules)
    if origin is dict:
        return _Mapping(codec(arguments[1]), rules)
    if hasattr(hint, "__attrs_attrs__"):
        return _model(hint)
    return _with(Codec(), rules) if hint is Any else _Scalar(NoneType if hint is None else hint, rules)


def _annotated(hint: Any, marks: tuple[Any, ...]) -> Codec:
    rules = next((mark for mark in marks if isinstance(mark, Rules)), Rules())
    chooser = next((mark for mark in marks if isinstance(mark, Discriminator)), None)
    is_open = any(isinstance(mark, Open) for mark in marks)
    if get_origin(hint) in (Union, UnionType):
        return _union(get_args(hint), rules, chooser, is_open)
    return codec(hint, rules)


def _union(
    arguments: tuple[Any, ...], rules: Rules, chooser: Discriminator | None = None, is_open: bool = False
) -> Codec:
    members = [codec(item, rules) for item in arguments if item is not Unset]
    return members[0] if len(members) == 1 else _AnyOf(members, rules, chooser, is_open)


def _with(made: Codec, rules: Rules) -> Codec:
    made.rules = rules
    return made
