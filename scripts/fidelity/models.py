"""The object schemas of a contract beside the classes of its client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import hints, prose
from .schema import Schema

if TYPE_CHECKING:
    from .values import Values


def check_model(values: Values, schema: Schema, cls: Any, what: str) -> None:
    """Raise a `Problem` for the first difference between an object schema and a generated class."""
    if values.is_compared(schema, cls):
        return
    described = Schema(schema.contract, schema.meant).all("description")
    if described and not any(prose.says(cls.__doc__, text) for text in schema.all("description")):
        raise values.lost(schema, f"the description of {what}")
    attributes = hints.attributes(cls)
    for name in schema.properties:
        if name not in attributes:
            raise values.lost(schema, f"the property `{name}` of {what}")
        _check_property(values, schema, name, cls, attributes[name])
    if extra := sorted(attributes.keys() - schema.properties.keys()):
        raise values.added(schema, f"the property `{extra[0]}` of {what}")
    values.check_rules(schema, "object", schema.limits("object"), hints.rules_of(cls), what)
    rest = hints.members(hints.fields(cls)["additional_properties"])[0]
    closed = {"maxProperties": 0} if schema.rest.allows_nothing else {}
    values.check_rules(schema, "object", closed, rest.rules, f"further properties of {what}")
    values.check_rest(schema, rest, what)


def _check_property(values: Values, owner: Schema, name: str, cls: Any, attribute: str) -> None:
    schema, what = owner.properties[name], f"the property `{name}`"
    hint, told = hints.fields(cls)[attribute], prose.attributes(cls).get(attribute, "")
    only = "read" if schema.get("readOnly") else "write" if schema.get("writeOnly") else None
    if [only] != ([mark.only for mark in hints.marks(hint, "Access")] or [None]):
        raise values.lost(schema, f"whether only requests or only answers carry {what}")
    required = name in owner.required and only is None
    if hints.is_optional(hint) == required:
        raise values.lost(owner, f"that {what} is {'required' if required else 'optional'}")
    if (text := schema.get("description")) and not prose.says(told, text):
        raise values.lost(schema, f"the description of {what}")
    values.check_default(schema, hints.default(cls, attribute), told, what)
    values.check(schema, hint, what)
