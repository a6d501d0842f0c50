"""The fields of models: the properties of their schemas."""

from __future__ import annotations

import re
from typing import Any

from . import names
from .annotation import Type, annotated, literal, opened, union
from .keywords import rest, rules
from .kinds import is_array, is_object
from .models import Field, Model
from .naming import python_names
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
    nodes, wire, wishes = list(properties.values()), list(properties), list(map(names.snake, properties))
    contract, taken = values.schemas.contract, {other.name for other in values.schemas.models.values()}
    chosen = python_names(contract, model.node, "properties", nodes, wire, wishes, _CLASS_NAMES | taken)
    for (wire_name, child), name in zip(properties.items(), chosen, strict=True):
        model.fields.append(_field(values, child, wire_name, name, wire_name in required))
    model.fields.sort(key=lambda item: item.default is not None)
    closed = "Rules(max_properties=0)" if rest(model.schema) is False else ""
    held = f"dict[str, {values.annotation(rest(model.schema)).full}]"
    model.additional = Type(held, held).marked(closed).full
    model.rules = rules(model.schema)
    model.error = _error(model.schema.get("x-error") or {})
    text = " ".join([model.additional, *(item.annotation for item in model.fields)])
    model.imports = taken.intersection(re.findall(r"\w+", text))


def _field(values: Values, child: Any, wire_name: str, name: str, required: bool) -> Field:
    schema = values.schemas.effective(child)
    said: dict[str, Any] = {
        **(schema if is_object(schema) else {}),
        **(child if is_object(child) else {}),
    }
    access = "read" if said.get("readOnly") else "write" if said.get("writeOnly") else None
    must_have = ", required=True" if required else ""
    required = required and access is None
    kind = values.annotation(child)
    marks = [f"Name({literal(wire_name)})"] if wire_name != name else []
    marks += [f'Access("{access}"{must_have})'] if access else []
    base, known = opened(kind.full)
    annotation = annotated(base if required else union(base, "Unset"), [*marks, *known])
    default, told = None if required else "UNSET", str(said.get("description") or "")
    if "default" in said:
        written = values.default(child, said["default"])
        default = written or default
        told += "" if written else f"\n\nDefault: {literal(said['default'])}."
    return Field(name, wire_name, annotation, kind.plain, default, told, access)


def _error(said: dict[str, Any]) -> str:
    """Python for where an error object holds what people ask for."""
    return ", ".join(f"{name}={literal(tuple(v) if is_array(v) else v)}" for name, v in said.items())
