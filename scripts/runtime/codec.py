"""Python values to JSON values and back, as a type annotation says.

A codec is made once for each annotation. `encode` checks what a request must hold; `decode` is liberal with
answers: it insists on types and required properties, and keeps what the contract does not know.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, cached_property
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from .guards import is_mapping, is_sequence
from .mismatch import Mismatch
from .rules import NO_RULES, Access, Discriminator, Name, Open, Rules
from .types import File
from .unions import AnyOf
from .unset import UNSET, Unset
from .values import ANY_JSON, Array, Choice, Codec, Date, Dict, Scalar, Time, Way


class Anything(Codec):
    """Any JSON value; models may stand in it, and files where a multipart body carries it."""

    keeps = ANY_JSON

    def to_json(self, value: Any, way: Way) -> Any:
        """The value with the models in it encoded."""
        if isinstance(value, File | bytes):
            return value
        if is_sequence(value):
            return Array(self).encode(value, way)
        if is_mapping(value):
            return Dict(self).encode(value, way)
        if hasattr(value, "__attrs_attrs__"):
            return _model(value.__class__).encode(value, way)
        if not way.checks:
            return value
        for scalar in _SCALARS:
            if isinstance(value, scalar.kinds):
                return scalar.encode(value, way)
        raise Mismatch((), "a JSON value", value)

    def decode(self, value: Any) -> Any:
        """The value itself."""
        return value


_SCALARS = [Scalar(kind) for kind in (str, bool, int, float, NoneType)]


class Property(NamedTuple):
    """One field of a model: its name in Python and in JSON, whether it must be there, who may carry it."""

    attribute: str
    name: str
    codec: Codec
    required: bool
    access: Access | None

    def is_needed(self, way: Way) -> bool:
        """Whether what is written must have it."""
        return self.required or (way.sends and self.access is not None and self.access.required)


class ModelCodec(Codec):
    """The codec of a generated class."""

    reads = frozenset({dict})

    def __init__(self, cls: Any) -> None:
        super().__init__(cls.__rules__)
        self.cls, self.name, self.fails = cls, cls.__name__, cls.__failure__

    @cached_property
    def hints(self) -> dict[str, Any]:
        """The annotations, resolved when first needed: models may hold each other."""
        module, package = self.cls.__module__, self.cls.__module__.rpartition(".")[0]
        others = dict(vars(sys.modules[package])) if package else {}
        return get_type_hints(self.cls, localns=others | vars(sys.modules[module]), include_extras=True)

    @cached_property
    def properties(self) -> list[Property]:
        """The documented properties."""
        attributes = [field.name for field in self.cls.__attrs_attrs__]
        return [_property(name, self.hints[name]) for name in attributes if name != "additional_properties"]

    @cached_property
    def names(self) -> set[str]:
        """The JSON names of the documented properties."""
        return {item.name for item in self.properties}

    @cached_property
    def required(self) -> list[str]:
        """The JSON names of those that an answer must have."""
        return [item.name for item in self.properties if item.required]

    @cached_property
    def additional(self) -> Codec:
        """The codec of all undocumented properties together."""
        return codec(self.hints["additional_properties"])

    def to_json(self, value: Any, way: Way) -> Any:
        """The object; what only answers carry is not sent."""
        if not isinstance(value, self.cls):
            raise Mismatch((), f"type: {self.name}", value)
        encoded: dict[str, Any] = {}
        for item in self.properties:
            given = getattr(value, item.attribute)
            if given is UNSET:
                if item.is_needed(way):
                    raise Mismatch((item.name,), "required", UNSET)
            elif not (way.sends and item.access and item.access.only == "read"):
                try:
                    encoded[item.name] = item.codec.encode(given, way)
                except Mismatch as error:
                    raise error.below(item.name) from None
        return encoded | self._more(value.additional_properties, way)

    def _more(self, given: Any, way: Way) -> dict[str, Any]:
        if not given:
            return {}
        if way.checks and self.additional.rules.max_properties == 0:
            raise Mismatch((), "additionalProperties: false", given)
        extra: dict[str, Any] = self.additional.encode(given, way)
        if clash := sorted(extra.keys() & self.names):
            raise Mismatch((), "additional properties that are not documented ones", clash)
        return extra

    def decode(self, value: Any) -> Any:
        """The model; what is missing is `UNSET`, what is not documented is kept."""
        if not is_mapping(value):
            raise Mismatch((), "type: object", value)
        for name in self.required:
            if name not in value:
                raise Mismatch((name,), "required", UNSET)
        fields: dict[str, Any] = {}
        for attribute, name, made, _, _ in self.properties:
            found = value.get(name, UNSET)
            if found is not UNSET and found.__class__ not in made.keeps:
                try:
                    found = made.decode(found)
                except Mismatch as error:
                    raise error.below(name) from None
            fields[attribute] = found
        extra = {name: item for name, item in value.items() if name not in self.names}
        return self.cls(**fields, additional_properties=self.additional.decode(extra) if extra else extra)


def _property(attribute: str, hint: Any) -> Property:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    name = next((mark.name for mark in marks if isinstance(mark, Name)), attribute)
    access = next((mark for mark in marks if isinstance(mark, Access)), None)
    base = get_args(hint)[0] if marks else hint
    return Property(attribute, name, codec(hint), Unset not in get_args(base), access)


def codec(hint: Any) -> Codec:
    """The codec of an annotation: scalar, `Literal`, `list`, `dict`, union, `Annotated` or a model class."""
    if get_origin(hint) is not Annotated:
        return _codec(hint, ())
    return _codec(get_args(hint)[0], hint.__metadata__)


def _codec(hint: Any, marks: tuple[Any, ...]) -> Codec:
    rules = next((mark for mark in marks if isinstance(mark, Rules)), NO_RULES)
    if get_origin(hint) not in (Union, UnionType):
        return _single(hint, rules)
    members = [member for member in get_args(hint) if member is not Unset]
    if len(members) == 1:
        return _single(members[0], rules)
    form = Rules(format=rules.format) if rules.format else NO_RULES
    chooser = next((mark for mark in marks if isinstance(mark, Discriminator)), None)
    is_open = any(isinstance(mark, Open) for mark in marks)
    return AnyOf([_single(member, form) for member in members], rules, chooser, is_open=is_open)


def _single(hint: Any, rules: Rules) -> Codec:
    """The codec of what is no union; what has rules of its own is wrapped to have these too."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return Choice(arguments, rules)
    if origin is list:
        return Array(codec(arguments[0]), rules)
    if origin is dict:
        return Dict(codec(arguments[1]), rules)
    if hint is Any:
        return Anything(rules)
    if origin is Annotated or hasattr(hint, "__attrs_attrs__"):
        made = codec(hint) if origin is Annotated else _model(hint)
        return made if rules is NO_RULES else AnyOf([made], rules)
    kinds: Mapping[Any, type[Time | Date]] = {datetime: Time, date: Date}
    return kinds[hint](rules) if hint in kinds else Scalar(hint or NoneType, rules)


@cache
def _model(cls: Any) -> Codec:
    return ModelCodec(cls)
