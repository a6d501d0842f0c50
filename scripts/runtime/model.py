"""The base of all generated models."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from .codec import codec
from .errors import ErrorFields
from .rules import NO_RULES, Rules
from .values import KEEP


class Model:
    """An object of the contract: an attrs class whose fields are its properties.

    What an answer holds beyond the documented properties is kept in `additional_properties`.
    """

    __slots__ = ()
    __rules__: ClassVar[Rules] = NO_RULES
    __failure__: ClassVar[bool] = False
    __error__: ClassVar[ErrorFields | None] = None

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Read a JSON object; raises `ValueError` naming the place where it is not such an object."""
        model: Self = codec(cls).decode(data)
        return model

    def to_dict(self) -> dict[str, Any]:
        """The JSON object: properties that are `UNSET` are absent, dates are text as they came."""
        encoded: dict[str, Any] = codec(type(self)).encode(self, KEEP)
        return encoded
