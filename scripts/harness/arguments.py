"""JSON values as the Python values that a user of a generated client would write."""

from __future__ import annotations

import importlib
from datetime import date, datetime
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from ..runtime.guards import is_array, is_object


class Unfit(Exception):
    """A valid value that the client has no way to express."""


def built(value: Any, hint: Any) -> Any:
    """A JSON value as the Python value that a user would write for an argument of this type; raises `Unfit`."""
    base = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    origin = get_origin(base)
    if origin in (Union, UnionType):
        return _one_of(value, [item for item in get_args(base) if getattr(item, "__name__", "") != "Unset"])
    if base is Any:
        return value
    if origin is Literal:
        return _fit(value, any(type(item) is type(value) and item == value for item in get_args(base)), base)
    if origin is list:
        return [built(item, get_args(base)[0]) for item in _fit(value, is_array(value), base)]
    if origin is dict:
        return {
            key: built(item, get_args(base)[1]) for key, item in _fit(value, is_object(value), base).items()
        }
    if hasattr(base, "__attrs_attrs__"):
        return _model(_fit(value, is_object(value), base), base)
    return _scalar(value, base)


def _scalar(value: Any, base: Any) -> Any:
    if base in (datetime, date):
        try:
            timestamps = importlib.import_module("phone_number_apis._runtime.timestamps")
            return (timestamps.parse_datetime if base is datetime else timestamps.parse_date)(value)
        except (ValueError, TypeError):
            raise Unfit(f"{value!r} is no {base.__name__}") from None
    if base is bytes or getattr(base, "__name__", "") == "File":
        data = _fit(value, isinstance(value, str), base).encode()
        return data if base is bytes else base(data)
    if base in (None, NoneType):
        return _fit(value, value is None, base)
    kinds: Any = (int, float) if base is float else base
    if base is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return _fit(value, isinstance(value, kinds) and (base is bool or not isinstance(value, bool)), base)


def _one_of(value: Any, members: list[Any]) -> Any:
    """The value as the member of a union that leaves the least of it undocumented."""
    fitting: list[tuple[int, int, Any]] = []
    for order, member in enumerate(members):
        try:
            made = built(value, member)
        except Unfit:
            continue
        fitting.append((len(getattr(made, "additional_properties", ())), order, made))
    if not fitting:
        raise Unfit(f"{value!r:.200} fits none of {members}")
    return min(fitting, key=lambda fit: fit[:2])[2]


def _model(value: dict[str, Any], cls: Any) -> Any:
    package = importlib.import_module(cls.__module__.rpartition(".")[0])
    hints = get_type_hints(cls, localns=dict(vars(package)), include_extras=True)
    attributes = {
        _name(hints[field.name], field.name): field.name
        for field in cls.__attrs_attrs__
        if field.name != "additional_properties"
    }
    known = {
        attributes[key]: built(item, hints[attributes[key]])
        for key, item in value.items()
        if key in attributes
    }
    extra = {
        key: built(item, get_args(_base(hints["additional_properties"]))[1])
        for key, item in value.items()
        if key not in attributes
    }
    unset = importlib.import_module("phone_number_apis._runtime.unset").UNSET
    absent = {
        name: unset for key, name in attributes.items() if key not in value and _is_optional(hints[name])
    }
    try:
        return cls(**known, **absent, additional_properties=extra)
    except TypeError as error:
        raise Unfit(f"{cls.__name__}: {error}") from None


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
