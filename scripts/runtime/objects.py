"""The codec of a generated class: an object with documented properties."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cached_property
from typing import Annotated, Any, NamedTuple, get_args, get_origin, get_type_hints

from .guards import is_mapping
from .mismatch import Mismatch
from .rules import Access, Name
from .unset import UNSET, Unset
from .values import SEND_UNCHECKED, Codec, Way


class Property(NamedTuple):
    """One field of a model: its name in Python and in JSON, whether it must be there, who may carry it."""

    attribute: str
    name: str
    codec: Codec
    required: bool
    access: Access | None

    def is_needed(self, way: Way) -> bool:
        """Whether what is written must have it."""
        return self.required or (way.sends and self.is_required_of("write"))

    def is_required_of(self, only: str) -> bool:
        """Whether all that only one way carries it must have it."""
        return self.access is not None and self.access.required and self.access.only == only


class Object(Codec):
    """The codec of a generated class."""

    reads = frozenset({dict})

    def __init__(self, cls: Any, codec: Callable[[Any], Codec]) -> None:
        super().__init__(cls.__rules__)
        self.codec = codec
        self.cls, self.fails, self.classes = cls, cls.__failure__, frozenset({cls.__name__})

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
        return [
            self._property(name, self.hints[name]) for name in attributes if name != "additional_properties"
        ]

    @cached_property
    def names(self) -> set[str]:
        """The JSON names of the documented properties."""
        return {item.name for item in self.properties}

    @cached_property
    def required(self) -> list[str]:
        """The JSON names of those that an answer must have."""
        return [item.name for item in self.properties if item.required or item.is_required_of("read")]

    @cached_property
    def additional(self) -> Codec:
        """The codec of all undocumented properties together."""
        return self.codec(self.hints["additional_properties"])

    def _property(self, attribute: str, hint: Any) -> Property:
        marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
        name = next((mark.name for mark in marks if isinstance(mark, Name)), attribute)
        access = next((mark for mark in marks if isinstance(mark, Access)), None)
        base = get_args(hint)[0] if marks else hint
        return Property(attribute, name, self.codec(hint), Unset not in get_args(base), access)

    def to_json(self, value: Any, way: Way) -> Any:
        """The object; what only answers carry is not sent."""
        if not isinstance(value, self.cls):
            raise Mismatch((), f"type: {self.cls.__name__}", value)
        encoded: dict[str, Any] = {}
        for item in self.properties:
            given = getattr(value, item.attribute)
            if given is UNSET:
                if item.is_needed(way) and way != SEND_UNCHECKED:
                    raise Mismatch((item.name,), "required", UNSET, (item.attribute,))
            elif not (way.sends and item.access and item.access.only == "read"):
                try:
                    encoded[item.name] = item.codec.encode(given, way)
                except Mismatch as error:
                    raise error.below(item.name, item.attribute) from None
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
