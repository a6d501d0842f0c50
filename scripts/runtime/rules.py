"""What a contract says of a value beyond its Python type; written into `Annotated[...]`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple

from .assertions import Assertion, assertions, compiled, same

__all__ = ["NO_RULES", "Access", "Discriminator", "Name", "Open", "Rules", "compiled", "same"]


class Name(NamedTuple):
    """The name of a property in JSON where it is not its name in Python."""

    name: str


class Access(NamedTuple):
    """A property that only answers (`readOnly`) or only requests (`writeOnly`) carry.

    `required` says that a request must carry the `writeOnly` property.
    """

    only: Literal["read", "write"]
    required: bool = False


class Open(NamedTuple):
    """An enumeration whose unknown values are kept when they come in an answer, and refused in a request."""


class Discriminator(NamedTuple):
    """The property whose value chooses the class: OpenAPI's `discriminator`, with class names."""

    name: str
    mapping: Mapping[str, str]

    def __hash__(self) -> int:  # a mapping has none, and unions of annotations need one
        return hash(self.name)


class Rules(NamedTuple):
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

    def __eq__(self, other: object) -> bool:
        """Whether it is the very same: of equal annotations `typing` keeps the first for all, and 1 equals True."""
        return self is other

    def __hash__(self) -> int:
        """As it is compared."""
        return id(self)

    def assertions(self) -> list[Assertion]:
        """What they assert, one by one."""
        return assertions(self._asdict())


NO_RULES = Rules()
