"""The object schemas of a contract beside the classes of its client."""

from __future__ import annotations

import inspect
import sys
from typing import TYPE_CHECKING, Any, get_type_hints

from . import hints, prose
from .schema import Schema

if TYPE_CHECKING:
    from .values import Values


class Model:
    """A generated class: the attribute of each property by its name on the wire, and what is said of attributes."""

    def __init__(self, cls: Any) -> None:
        self.cls, module = cls, sys.modules[cls.__module__]
        package = sys.modules[cls.__module__.rpartition(".")[0]]
        self.hints = get_type_hints(cls, localns=dict(vars(package)), include_extras=True)
        self.docs = prose.attributes(inspect.getsource(module))
        self.defaults = {field.name: field.default for field in cls.__attrs_attrs__}
        named = {n: hints.marks(self.hints[n], "Name") for n in self.defaults if n != "additional_properties"}
        self.attributes = {marks[0].name if marks else name: name for name, marks in named.items()}


def check_model(values: Values, schema: Schema, model: Model, what: str) -> None:
    """Raise a `Problem` for the first difference between an object schema and a generated class."""
    described = Schema(schema.contract, schema.meant).all("description")
    if described and not any(prose.says(model.cls.__doc__, text) for text in schema.all("description")):
        raise values.lost(schema, f"the description of {what}")
    for name in schema.properties:
        if name not in model.attributes:
            raise values.lost(schema, f"the property `{name}` of {what}")
        _check_property(values, schema, name, model)
    if extra := sorted(model.attributes.keys() - schema.properties.keys()):
        raise values.added(schema, f"the property `{extra[0]}` of {what}")
    values.check_rules(schema, "object", schema.limits("object"), hints.rules_of([model.cls.__rules__]), what)
    rest = hints.members(model.hints["additional_properties"])[0]
    closed = {"maxProperties": 0} if schema.rest.allows_nothing else {}
    values.check_rules(schema, "object", closed, rest.rules, f"further properties of {what}")
    values.check_rest(schema, rest, what)


def _check_property(values: Values, owner: Schema, name: str, model: Model) -> None:
    schema, what, attribute = owner.properties[name], f"the property `{name}`", model.attributes[name]
    hint, told = model.hints[attribute], model.docs.get(attribute, "")
    only = "read" if schema.get("readOnly") else "write" if schema.get("writeOnly") else None
    access = (only, name in owner.required and only is not None)
    if [access] != ([(mark.only, mark.required) for mark in hints.marks(hint, "Access")] or [(None, False)]):
        raise values.lost(schema, f"whether only requests or only answers carry {what}")
    required = name in owner.required and only is None
    if hints.is_optional(hint) == required:
        raise values.lost(owner, f"that {what} is {'required' if required else 'optional'}")
    if (text := schema.get("description")) and not prose.says(told, text):
        raise values.lost(schema, f"the description of {what}")
    values.check_default(schema, model.defaults[attribute], told, what)
    values.later(schema, hint, what)
