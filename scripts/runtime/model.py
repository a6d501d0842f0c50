"""The base of all generated models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from .codec import codec
from .rules import Rules


class Model:
    """An object of the contract: an attrs class whose fields are its properties.

    What an answer holds beyond the documented properties is kept in `additional_properties`.
    """

    __slots__ = ()
    __rules__: ClassVar[Rules] = Rules()
    __failure__: ClassVar[bool] = False

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON object; raises `ValueError` naming the place where it is not such an object."""
        return cls._of(codec(cls).decode(data, ()))

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: properties that are `UNSET` are absent, dates are text as they came."""
        encoded: dict[str, Any] = codec(type(self)).encode(self, (), check=False)
        return encoded

    @classmethod
    def _of(cls, value: Any) -> Self:
        if not isinstance(value, cls):  # pragma: no cover -- the codec of a class makes that class
            raise TypeError(value)
        return value
