"""Models: the object schemas that become classes."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Field:
    """One property of a model."""

    name: str
    wire_name: str
    annotation: str
    plain: str
    default: str | None
    description: str
    access: str | None = None


@dataclass
class Model:
    """An object schema that becomes a class."""

    name: str
    module: str
    schema: dict[str, Any]
    node: Any
    is_failure: bool
    fields: list[Field] = field(default_factory=list[Field])
    additional: str = "dict[str, Any]"
    rules: str = ""
    error: str = ""
    imports: set[str] = field(default_factory=set[str])

    @property
    def description(self) -> str:
        """What the class docstring says."""
        return str(self.schema.get("description") or self.schema.get("title") or f"The `{self.name}` object.")
