"""Python values to JSON values and back, as a type annotation says.

A codec is made once for each annotation. `encode` checks what a request must hold; `decode` is liberal with
answers: it insists on types and required properties, and keeps what the contract does not know.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from .containers import Array, Dict
from .guards import is_mapping, is_sequence
from .mismatch import Mismatch
from .objects import Object
from .rules import NO_RULES, Discriminator, Open, Rules
from .types import File
from .unions import AnyOf
from .unset import Unset
from .values import ANY_JSON, Choice, Codec, Date, Scalar, Time, Way


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
        if hasattr(value.__class__, "__rules__"):
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


def codec(hint: Any) -> Codec:
    """The codec of an annotation: scalar, `Literal`, `list`, `dict`, union, `Annotated` or a model class."""
    if get_origin(hint) is not Annotated:
        return _codec(hint, NO_RULES, ())
    marks = hint.__metadata__
    rules, *more = [mark for mark in marks if isinstance(mark, Rules)] or [NO_RULES]
    made = _codec(get_args(hint)[0], rules, marks)
    for other in more:
        made = AnyOf([made], other)
    return made


def _codec(hint: Any, rules: Rules, marks: tuple[Any, ...]) -> Codec:
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
    return Object(cls, codec)
