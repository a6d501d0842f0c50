"""The Python type of every value that a request or answer holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from .annotation import Type, literal, members, union
from .keywords import choice, constants, items, json_types, rest, rules
from .kinds import is_array, is_object
from .models import Model
from .runtime.timestamps import RFC_2822, parse_date, parse_datetime
from .schemas import Schemas

_TYPES = {
    "string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None",
    "array": "list[Any]", "object": "dict[str, Any]",
}  # fmt: skip
_FORMATS = {"date": "date", "date-time": "datetime", RFC_2822: "datetime"}
_PARSERS: Mapping[str, Callable[[str], object]] = {"date": parse_date, "datetime": parse_datetime}
_ANY = Type("Any", "Any")


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
            return self._family(target, schema)
        return self._annotation(target, schema)

    def _annotation(self, node: Any, schema: dict[str, Any]) -> Type:
        if self.schemas.options(schema):
            return self._choice(node, schema)
        if ("const" in schema or "enum" in schema) and id(node) not in self.schemas.models:
            return self._enumeration(schema, id(node) in self.schemas.in_answers)
        kinds = json_types(schema) or (["string"] if id(node) in self.schemas.binary else [])
        if not kinds:
            return _ANY.marked(rules(schema))
        parts = [self._simple(kind, node, schema) for kind in kinds]
        plain, full = union(*(part.plain for part in parts)), union(*(part.full for part in parts))
        if id(node) in self.schemas.models:
            return Type(plain, full)
        closed = {"maxProperties": 0} if rest(schema) is False and "object" in kinds else {}
        return Type(plain, full).marked(rules({**schema, **closed}))

    def _family(self, base: Any, schema: dict[str, Any]) -> Type:
        """A schema with a discriminator, or one of those that extend it."""
        nodes = list(map(self.schemas.target, [*self.schemas.subtypes[id(base)], base]))
        members = [
            self._annotation(base, schema) if node is base else self.annotation(node) for node in nodes
        ]
        return _together(members).marked(self._discriminator(schema, nodes, nodes))

    def _choice(self, node: Any, schema: dict[str, Any]) -> Type:
        """One of the schemas of a `oneOf` or `anyOf`; a request must tell those of a `oneOf` apart."""
        keyword, options = str(choice(schema)), self.schemas.options(schema)
        members, mark = list(map(self.annotation, options)), ""
        if keyword == "oneOf" and id(node) in self.schemas.in_requests and self.schemas.may_meet(options):
            if len({member.full for member in members}) < len(members):
                what = "a client cannot tell two schemas of the `oneOf` apart"
                raise self.contract.problem(node, what, "merge them, or choose by `anyOf`, by an overlay")
            members, mark = list(map(_grouped, members)), "Rules(one_of=True)"
        null = [Type("None", "None")] if "null" in json_types(schema) else []
        return _together([*members, *null]).marked(
            mark, self._discriminator(schema, schema[keyword], options)
        )

    def _discriminator(self, schema: dict[str, Any], named: list[Any], options: list[Any]) -> str:
        """The mark of the discriminator, if any, that chooses from `options`, which contracts know as `named`."""
        said = schema.get("discriminator")
        if not is_object(said) or len(options) < 2:
            return ""
        known = {
            id(self.schemas.target(name)): self.schemas.models.get(id(self.schemas.target(option)))
            for name, option in zip(named, options, strict=True)
        }
        mapping = ", ".join(f"{literal(k)}: {literal(v)}" for k, v in self._mapping(said, known))
        return f"Discriminator({literal(said['propertyName'])}, {{{mapping}}})"

    def _mapping(
        self, discriminator: dict[str, Any], known: dict[int, Model | None]
    ) -> Iterator[tuple[str, str]]:
        """The class that each value of a discriminator chooses from the `known` ones."""
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
            model = known.get(id(node))
            if model is None:
                what = f"the discriminator maps `{value}` to `{reference}`, which is none of the choices"
                raise self.contract.problem(discriminator, what, "name one of the schemas to choose from")
            said.add(id(node))
            yield value, model.name
        for key, model in known.items():
            if key not in said and model and key in self.schemas.components:
                yield self.schemas.components[key][0], model.name

    def _enumeration(self, schema: dict[str, Any], in_answers: bool) -> Type:
        allowed = constants(schema) or []
        wide = [_TYPES[kind] for kind in json_types(schema)] or list(map(_python_type, allowed))
        simple = [value for value in allowed if isinstance(value, bool | int | str)]
        if len(simple) < len([value for value in allowed if value is not None]) or not simple:
            return Type(union(*wide), union(*wide)).marked(f"Rules(enum={literal(tuple(allowed))})")
        known, null = f"Literal[{', '.join(map(literal, simple))}]", ["None"] if None in allowed else []
        if not in_answers or "const" in schema:
            return Type(union(known, *null), union(known, *null))
        opened = union(known, *(kind for kind in wide if kind != "None"))
        return Type(union(opened, *null), union(f"Annotated[{opened}, Open()]", *null))

    def _simple(self, kind: str, node: Any, schema: dict[str, Any]) -> Type:
        if kind == "array":
            held = self.annotation(items(schema))
            return Type(f"list[{held.plain}]", f"list[{held.full}]")
        if kind == "object" and id(node) in self.schemas.models:
            return Type(self.schemas.models[id(node)].name, self.schemas.models[id(node)].name)
        if kind == "object":
            held = self.annotation(rest(schema))
            return Type(f"dict[str, {held.plain}]", f"dict[str, {held.full}]")
        if kind == "string" and id(node) in self.schemas.binary:
            return Type("File", "File")
        name = _FORMATS.get(str(schema.get("format")), "str") if kind == "string" else _TYPES[kind]
        return Type(name, name)

    def default(self, node: Any, value: Any) -> str | None:
        """The default in Python; None where there is no immutable one to write."""
        if not self.schemas.fits(node, value):
            what = f"the default {value!r:.80} is not valid by its schema"
            raise self.contract.problem(node, what, "correct one of them, by an overlay")
        kinds = members(self.annotation(node).plain)
        if isinstance(value, str):
            parsers = [_PARSERS[kind] for kind in kinds if kind in _PARSERS]
            if found := [parse for parse in parsers if _is_parsed(parse, value)]:
                return f"{found[0].__name__}({literal(value)})"
            if {*kinds} <= {*_PARSERS, "None"}:
                what = f"the default {value!r:.80} is no {union(*kinds)}"
                raise self.contract.problem(node, what, "correct it by an overlay")
        if isinstance(value, float) and value.is_integer() and "float" not in kinds:
            return literal(int(value))
        return None if is_object(value) or is_array(value) else literal(value)


def _together(types: list[Type]) -> Type:
    return Type(union(*(each.plain for each in types)), union(*(each.full for each in types)))


def _grouped(kind: Type) -> Type:
    """A type that is one member of a union, also where it is a union."""
    return kind.marked("Rules()") if len(members(kind.full)) > 1 else kind


def _is_parsed(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except ValueError:
        return False
    return True


def _python_type(value: Any) -> str:
    if is_array(value) or is_object(value):
        return "list[Any]" if is_array(value) else "dict[str, Any]"
    return "None" if value is None else type(value).__name__
