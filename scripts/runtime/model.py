"""The base of all generated models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self, TypeVar

from .codec import codec
from .errors import ErrorFields
from .rules import NO_RULES, Rules
from .unset import UNSET, Unset
from .values import KEEP

M = TypeVar("M", bound="Model")
_NOTHING_MORE: tuple[str, dict[str, Any]] = ("additional_properties", {})


class Model:
    """An object of the contract: an attrs class whose fields are its properties.

    What an answer holds beyond the documented properties is kept in `additional_properties`.
    """

    __slots__ = ()
    __rules__: ClassVar[Rules] = NO_RULES
    __failure__: ClassVar[bool] = False
    __error__: ClassVar[ErrorFields | None] = None

    def __repr__(self) -> str:
        """What is set, as it is written in Python."""
        given = [f"{name}={value!r}" for name, value in _held(self)]
        return f"{type(self).__name__}({', '.join(given)})"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON object; raises `ValueError` naming the place where it is not such an object."""
        model: Self = codec(cls).decode(data)
        return model

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: properties that are `UNSET` are absent, dates are text as they came."""
        encoded: dict[str, Any] = codec(type(self)).encode(self, KEEP)
        return encoded


def given(body: M) -> M | Unset:
    """The body, unless nothing in it is set."""
    return body if _held(body) else UNSET


def _held(model: Model) -> list[tuple[str, Any]]:
    """The fields of a model that hold something, and what."""
    cls: Any = type(model)
    fields = [(each.name, getattr(model, each.name)) for each in cls.__attrs_attrs__]
    return [each for each in fields if each[1] is not UNSET and each != _NOTHING_MORE]
