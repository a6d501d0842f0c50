"""The Python type of every value that a request or answer holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .annotation import Type, literal, union
from .keywords import is_of, json_types, rules
from .runtime.guards import is_array, is_object
from .runtime.timestamps import RFC_2822, parse_date, parse_datetime
from .schemas import Schemas

_TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
_FORMATS = {"date": "date", "date-time": "datetime", RFC_2822: "datetime"}
_ANY = Type("Any", "Any")
_FILE = Type("File", "File")


class Values:
    """The annotations and defaults of registered schemas."""

    def __init__(self, schemas: Schemas) -> None:
        self.schemas, self.contract = schemas, schemas.contract

    def annotation(self, node: Any) -> Type:
        """The annotation of a registered schema."""
        target = self.schemas.target(node)
        schema = self.schemas.effective(target)
        if not is_object(schema):
            return _ANY
        if id(target) in self.schemas.subtypes:
            return self._choice(schema, [*self.schemas.subtypes[id(target)], target], target)
        return self._annotation(target, schema)

    def _annotation(self, node: Any, schema: dict[str, Any]) -> Type:
        if options := self.schemas.options(schema):
            return self._choice(schema, options, None)
        if ("const" in schema or "enum" in schema) and id(node) not in self.schemas.models:
            return self._enumeration(schema, id(node) in self.schemas.in_answers)
        if id(node) in self.schemas.binary:
            return _FILE
        kinds = json_types(schema)
        if not kinds:
            return _ANY.marked(rules(schema))
        parts = [self._simple(kind, node, schema) for kind in kinds]
        plain, full = union(*(part.plain for part in parts)), union(*(part.full for part in parts))
        if id(node) in self.schemas.models:
            return Type(plain, full)
        rest = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
        closed = {"maxProperties": 0} if rest is False and "object" in kinds else {}
        return Type(plain, full).marked(rules({**schema, **closed}))

    def _choice(self, schema: dict[str, Any], options: list[Any], base: Any) -> Type:
        members = [
            self._annotation(base, schema) if base is not None and option is base else self.annotation(option)
            for option in options
        ]
        whole = Type(union(*(m.plain for m in members)), union(*(m.full for m in members)))
        if "null" in json_types(schema):
            whole = Type(union(whole.plain, "None"), union(whole.full, "None"))
        discriminator = schema.get("discriminator")
        if is_object(discriminator) and "|" in whole.full:
            mapping = ", ".join(
                f"{literal(k)}: {literal(v)}" for k, v in self._mapping(discriminator, options)
            )
            return whole.marked(f"Discriminator({literal(discriminator['propertyName'])}, {{{mapping}}})")
        return whole

    def _mapping(self, discriminator: dict[str, Any], options: Iterable[Any]) -> Iterator[tuple[str, str]]:
        known = {id(self.schemas.target(option)): option for option in options}
        explicit: dict[str, Any] = discriminator.get("mapping") or {}
        said: set[int] = set()
        for value, reference in explicit.items():
            short = "/" not in reference and not reference.startswith("#")
            try:
                node = self.schemas.target(
                    {"$ref": f"#/components/schemas/{reference}" if short else reference}
                )
            except (LookupError, TypeError, ValueError):
                node = None
            if id(node) not in known or id(node) not in self.schemas.models:
                what = f"the discriminator maps `{value}` to `{reference}`, which is none of the choices"
                raise self.contract.problem(discriminator, what, "name one of the schemas to choose from")
            said.add(id(node))
            yield value, self.schemas.models[id(node)].name
        for key in known:
            if key not in said and key in self.schemas.models and key in self.schemas.components:
                yield self.schemas.components[key][0], self.schemas.models[key].name

    def _enumeration(self, schema: dict[str, Any], in_answers: bool) -> Type:
        values: list[Any] = [schema["const"]] if "const" in schema else list(schema["enum"])
        kinds = [kind for kind in json_types(schema) if kind != "null"]
        allowed = [value for value in values if not kinds or value is None or is_of(value, kinds)]
        simple = [value for value in allowed if isinstance(value, bool | int | str)]
        if not simple or len(simple) < len([value for value in allowed if value is not None]):
            plain = " | ".join(dict.fromkeys(_python_type(value) for value in allowed)) or "Any"
            return Type(plain, plain).marked(f"Rules(enum={literal(tuple(allowed))})")
        choice = f"Literal[{', '.join(map(literal, simple))}]"
        null = " | None" if None in allowed and ("null" in json_types(schema) or "type" not in schema) else ""
        if not in_answers or "const" in schema:
            return Type(choice + null, choice + null)
        wide = " | ".join(dict.fromkeys(type(value).__name__ for value in simple))
        return Type(f"{choice} | {wide}{null}", f"Annotated[{choice} | {wide}, Open()]{null}")

    def _simple(self, kind: str, node: Any, schema: dict[str, Any]) -> Type:
        if kind == "array":
            items = self.annotation(schema["items"]) if "items" in schema else _ANY
            return Type(f"list[{items.plain}]", f"list[{items.full}]")
        if kind == "object" and id(node) in self.schemas.models:
            return Type(self.schemas.models[id(node)].name, self.schemas.models[id(node)].name)
        if kind == "object":
            rest = schema.get("additionalProperties", schema.get("unevaluatedProperties", True))
            values = _ANY if isinstance(rest, bool) else self.annotation(rest)
            return Type(f"dict[str, {values.plain}]", f"dict[str, {values.full}]")
        name = _FORMATS.get(str(schema.get("format")), "str") if kind == "string" else _TYPES[kind]
        return Type(name, name)

    def default(self, node: Any, value: Any) -> str | None:
        """The default in Python; None where there is no immutable one to write."""
        schema = self.schemas.effective(node)
        kind = self.annotation(node).plain
        parse = {"date": parse_date, "datetime": parse_datetime}.get(kind.partition(" ")[0])
        if parse is not None and isinstance(value, str):
            try:
                parse(value)
            except ValueError:
                raise self.contract.problem(
                    schema, f"the default {value!r} is no {kind}", "correct it"
                ) from None
            return f"{parse.__name__}({literal(value)})"
        return None if (is_object(value) or is_array(value)) else literal(value)


def _python_type(value: Any) -> str:
    if is_array(value) or is_object(value):
        return "list[Any]" if is_array(value) else "dict[str, Any]"
    return "None" if value is None else type(value).__name__
