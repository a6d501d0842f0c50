"""What a client says of a value: its annotation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from inspect import Parameter
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, Union, get_args, get_origin, get_type_hints

from attrs import NOTHING

_KINDS: Mapping[Any, str] = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array",
                             dict: "object", Any: "any"}  # fmt: skip
_NO_RULES: Mapping[str, Any] = {}


class Constant(NamedTuple):
    """The one value of a `Literal`, of an enumeration in rules, or None."""

    value: Any


class Member(NamedTuple):
    """One member of an annotation's union, and the rules on it by keyword."""

    base: Any
    rules: Mapping[str, Any] = _NO_RULES

    @property
    def is_model(self) -> bool:
        """Whether it is a generated class."""
        return hasattr(self.base, "__attrs_attrs__")

    @property
    def kind(self) -> str:
        """A JSON type, `value`, or the name of a Python type that JSON does not have."""
        if self.is_model or isinstance(self.base, Constant):
            return "object" if self.is_model else "value"
        origin = get_origin(self.base) or self.base
        return _KINDS.get(origin) or str(origin.__name__)

    def __str__(self) -> str:
        name = getattr(self.base, "__name__", str(self.base))
        return repr(self.base.value) if isinstance(self.base, Constant) else name


def members(hint: Any, rules: Mapping[str, Any] = _NO_RULES) -> list[Member]:
    """The members of an annotation, each value of an enumeration by itself; `Unset` is none.

    Of an open enumeration only the values count: no other may be sent.
    """
    base, found = opened(hint)
    rules = {**rules, **rules_of(found)}
    if get_origin(base) in (Union, UnionType):
        parts = [part for part in get_args(base) if not _is_unset(part)]
        is_open = any(type(mark).__name__ == "Open" for mark in found)
        return [m for part in (parts[:1] if is_open else parts) for m in members(part, rules)]
    if get_origin(base) is Literal:
        return [Member(Constant(value)) for value in get_args(base)]
    if "enum" in rules:
        return [Member(Constant(value)) for value in rules["enum"]]
    return [Member(Constant(None)) if base in (None, NoneType) else Member(base, rules)]


def is_optional(hint: Any) -> bool:
    """Whether a value may be `UNSET`."""
    return any(map(_is_unset, get_args(opened(hint)[0])))


def opened(hint: Any) -> tuple[Any, tuple[Any, ...]]:
    """The annotation itself, and the marks on it."""
    return (get_args(hint)[0], hint.__metadata__) if get_origin(hint) is Annotated else (hint, ())


def marks(hint: Any, kind: str) -> list[Any]:
    """The marks of the class called `kind` on an annotation and on the members of its union."""
    base, found = opened(hint)
    inner = get_args(base) if get_origin(base) in (Union, UnionType) else ()
    mine = [mark for mark in found if type(mark).__name__ == kind]
    return [*mine, *(mark for part in inner for mark in marks(part, kind))]


def types(*found: Any) -> list[Any]:
    """The types that annotations allow, without marks; None alone where there are no annotations."""
    holder = type("", (), {"__annotations__": dict(enumerate(found or (None,)))})
    return [member.base for hint in get_type_hints(holder).values() for member in members(hint)]


def same(one: list[Any], other: list[Any]) -> bool:
    """Whether two lists of types are the same, in whatever order."""
    return all(kind in other for kind in one) and all(kind in one for kind in other)


def is_given(default: Any) -> bool:
    """Whether a default is a value: not `UNSET`, nor none at all."""
    return not _is_unset(type(default)) and default not in (NOTHING, Parameter.empty)


def json(default: Any) -> Any:
    """A default as it stands in JSON."""
    return getattr(default, "text", None) or (default.isoformat() if isinstance(default, date) else default)


def rules_of(found: Iterable[Any]) -> dict[str, Any]:
    """The rules in marks, by keyword."""
    held: list[dict[str, Any]] = [vars(mark) for mark in found if type(mark).__name__ == "Rules"]
    said = [rule for each in held for rule in each.items()]
    return {_camel(name): limit for name, limit in said if limit is not None and limit is not False}


def _camel(name: str) -> str:
    return re.sub("_([a-z])", lambda match: match[1].upper(), name)


def _is_unset(hint: Any) -> bool:
    return getattr(hint, "__name__", "") == "Unset"
