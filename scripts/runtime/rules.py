"""What a contract says of a value beyond its Python type; written into `Annotated[...]`.

No two of these marks are equal: of annotations with equal ones `typing` keeps the first for all, and 1 equals True.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .assertions import Assertion, assertions, compiled, same

__all__ = ["NO_RULES", "Access", "Discriminator", "Name", "Open", "Rules", "compiled", "same"]


@dataclass(frozen=True, eq=False)
class Name:
    """The name of a property in JSON where it is not its name in Python."""

    name: str


@dataclass(frozen=True, eq=False)
class Access:
    """A property that only answers (`readOnly`) or only requests (`writeOnly`) carry.

    `required` says that they must.
    """

    only: Literal["read", "write"]
    required: bool = False


@dataclass(frozen=True, eq=False)
class Open:
    """An enumeration whose unknown values are kept when they come in an answer, and refused in a request."""


@dataclass(frozen=True, eq=False)
class Discriminator:
    """The property whose value chooses the class: OpenAPI's `discriminator`, with class names."""

    name: str
    mapping: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Rules:
    """JSON Schema's assertions on one value; lengths are in characters, items and properties are counted.

    `any_required` and `one_required` are an `anyOf` and a `oneOf` of lists of `required` properties; `one_of` says
    that no more than one member of a union may allow the value.
    """

    minimum: float | None = None
    maximum: float | None = None
    exclusive_minimum: float | None = None
    exclusive_maximum: float | None = None
    multiple_of: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    format: str | None = None
    enum: Sequence[Any] | None = None
    min_items: int | None = None
    max_items: int | None = None
    unique_items: bool | None = None
    min_properties: int | None = None
    max_properties: int | None = None
    any_required: Sequence[Sequence[str]] | None = None
    one_required: Sequence[Sequence[str]] | None = None
    dependent_required: Mapping[str, Sequence[str]] | None = None
    one_of: bool | None = None

    def assertions(self) -> list[Assertion]:
        """What they assert, one by one."""
        return assertions(vars(self))


NO_RULES = Rules()
