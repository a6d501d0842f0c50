"""The mark of a value that was not given, which is not the same as null."""

from __future__ import annotations

from typing import Final, Literal


class Unset:
    """The type of `UNSET`; false in a condition."""

    __slots__ = ()

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = Unset()
"""Not given: a parameter with this value is not sent; a property with this value is absent."""
