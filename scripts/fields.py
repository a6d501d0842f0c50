"""The fields of models: the properties of their schemas."""

from __future__ import annotations

import re
from typing import Any

from . import names
from .annotation import Type, annotated, literal, opened, union
from .keywords import rules
from .models import Field, Model
from .naming import python_names
from .runtime.guards import is_object
from .values import Values

_CLASS_NAMES = {
    "self",
    "field",
    "parse_date",
    "parse_datetime",
    "additional_properties",
    "to_dict",
    "from_dict",
}
"""What the body of a model's class needs or has already."""


def models(values: Values) -> list[Model]:
    """All models with their fields, by name."""
    found = values.schemas.models.values()
    for model in found:
        _fill(model, values)
    return sorted(found, key=lambda model: model.name)


def _fill(model: Model, values: Values) -> None:
    """Work out the fields of a model."""
    properties: dict[str, Any] = model.schema.get("properties") or {}
    required: list[str] = model.schema.get("required") or []
    said = [child.get("x-python-name") if is_object(child) else None for child in properties.values()]
    wishes = [_attribute(name) for name in properties]
    chosen = python_names(values.schemas.contract, model.node, "properties", list(properties), said, wishes)
    for (wire_name, child), name in zip(properties.items(), chosen, strict=True):
        model.fields.append(_field(values, child, wire_name, name, wire_name in required))
    model.fields.sort(key=lambda item: item.default is not None)
    rest = model.schema.get("additionalProperties", model.schema.get("unevaluatedProperties", True))
    entries = Type("Any", "Any") if isinstance(rest, bool) else values.annotation(rest)
    closed = ", Rules(max_properties=0)" if rest is False else ""
    model.additional = (
        f"Annotated[dict[str, {entries.full}]{closed}]" if closed else f"dict[str, {entries.full}]"
    )
    model.rules = rules(model.schema)
    text = " ".join([model.additional, *(item.annotation for item in model.fields)])
    model.imports = {
        other.name for other in values.schemas.models.values() if re.search(rf"\b{other.name}\b", text)
    }


def _field(values: Values, child: Any, wire_name: str, name: str, required: bool) -> Field:
    schema = values.schemas.effective(child)
    said: dict[str, Any] = {
        **(schema if is_object(schema) else {}),
        **(child if is_object(child) else {}),
    }
    access = "read" if said.get("readOnly") else "write" if said.get("writeOnly") else None
    must_send = ", required=True" if required and access == "write" else ""
    required = required and access is None
    kind = values.annotation(child)
    marks = [f"Name({literal(wire_name)})"] if wire_name != name else []
    marks += [f'Access("{access}"{must_send})'] if access else []
    base, known = opened(kind.full)
    annotation = annotated(base if required else union(base, "Unset"), [*marks, *known])
    default, told = None if required else "UNSET", str(said.get("description") or "")
    if "default" in said:
        written = values.default(child, said["default"])
        default = written or default
        told += "" if written else f"\n\nDefault: {literal(said['default'])}."
    return Field(name, wire_name, annotation, default, told)


def _attribute(name: str) -> str:
    wish = names.snake(name)
    return f"{wish}_" if wish in _CLASS_NAMES else wish
