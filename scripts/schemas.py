"""Schema Objects as Python: which models there are, and the annotation of every value."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from . import names
from .contract import Contract
from .merging import merged
from .runtime.guards import is_array, is_object
from .runtime.rules import Rules, compiled
from .runtime.timestamps import RFC_2822, parse_date, parse_datetime

ANNOTATIONS = {
    "title", "description", "example", "examples", "deprecated", "externalDocs", "default", "$comment", "$id", "xml"
}  # fmt: skip
"""Keywords that say nothing of which values are valid."""
UNCHECKED = {
    "not", "if", "then", "else", "contains", "minContains", "maxContains", "prefixItems", "patternProperties",
    "propertyNames", "dependentSchemas", "unevaluatedItems", "$dynamicRef", "contentSchema", "dependencies",
}  # fmt: skip
"""Assertions that a client cannot check before it sends, so that a request may not depend on them."""
TYPES = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}
BINARY = "File"
_TOKEN = re.compile(r'"(?:\\.|[^"\\])*"|.', re.DOTALL)
_HIDDEN = re.compile("[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff]")
_RULE_NAMES = {
    "".join(p.title() if i else p for i, p in enumerate(name.split("_"))): name for name in Rules._fields
}


_CLASS_NAMES = {"self", "field", "parse_date", "parse_datetime", "additional_properties", "to_dict", "from_dict"}
"""What the body of a model's class needs or has already."""


@dataclass(frozen=True)
class Type:
    """A value's annotation: `plain` for signatures, `full` with the rules of the contract."""

    plain: str
    full: str

    def __or__(self, other: Type) -> Type:
        return Type(union(self.plain, other.plain), union(self.full, other.full))


@dataclass
class Field:
    """One property of a model."""

    name: str
    wire_name: str
    annotation: str
    default: str | None
    description: str


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
    imports: set[str] = field(default_factory=set[str])

    @property
    def description(self) -> str:
        """What the class docstring says."""
        return str(self.schema.get("description") or self.schema.get("title") or f"The `{self.name}` object.")


class Schemas:
    """The schemas of one contract, found from its operations: models, by the schema that they stand for.

    `request` and `answer` register what an operation sends and receives; `finish` then works out the fields.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.models: dict[int, Model] = {}
        self._effective: dict[int, Any] = {}
        self._options: dict[int, list[Any]] = {}
        self._seen: set[tuple[int, str, bool]] = set()
        self._in_answers: set[int] = set()
        self._binary: set[int] = set()
        self._taken: set[str] = set()
        self._components = _components(contract)
        self._class_names = {
            key: self._free(contract.resolve(node).get("x-python-name") or names.pascal(name))
            for key, (name, node) in self._components.items()
            if is_object(node)
        }
        self._subtypes = _subtypes(contract)

    # Registering

    def register(self, node: Any, hint: str, way: str, *, binary: bool = False) -> None:
        """Find the models in `node`; `way` is `request` or `answer`, `hint` names what has no name of its own."""
        node = self.target(node)
        if (id(node), way, binary) in self._seen:
            return
        self._seen.add((id(node), way, binary))
        if way == "answer":
            self._in_answers.add(id(node))
        schema = self.effective(node)
        if not is_object(schema):
            if schema is False:
                raise self.contract.problem(node, "the schema `false` allows no value", "say what is allowed")
            return
        self._check(node, schema, way)
        if binary and _is_binary(schema):
            self._binary.add(id(node))
        if self.is_model(schema):
            hint = self._model(node, schema, hint).name
        for child, name in self._children(schema, hint):
            self.register(child, name, way, binary=binary)
        for subtype in self._subtypes.get(id(node), ()):
            self.register(subtype, hint, way, binary=binary)

    def _children(self, schema: dict[str, Any], hint: str) -> Iterator[tuple[Any, str]]:
        for name, child in (schema.get("properties") or {}).items():
            yield child, names.pascal(hint, name)
        if is_object(schema.get("items")):
            yield schema["items"], names.pascal(hint, "item")
        if is_object(schema.get("additionalProperties")):
            yield schema["additionalProperties"], names.pascal(hint, "value")
        for index, child in enumerate(self.options(schema)):
            yield child, names.pascal(hint, f"option{index + 1}")

    def _check(self, node: Any, schema: dict[str, Any], way: str) -> None:
        if way == "request" and (found := sorted(UNCHECKED & schema.keys())):
            what = f"the keyword `{found[0]}` cannot be checked before a request is sent"
            raise self.contract.problem(
                node, what, "say it by an overlay in other keywords, or by x-dependencies"
            )
        if isinstance(schema.get("pattern"), str):
            try:
                compiled(schema["pattern"])
            except re.error as error:
                what = f"the pattern `{schema['pattern']}` is none that Python's `re` can check ({error})"
                raise self.contract.problem(node, what, "rewrite it by an overlay") from None

    def _model(self, node: Any, schema: dict[str, Any], hint: str) -> Model:
        if id(node) not in self.models:
            name = self._class_names.get(id(node)) or self._free(node.get("x-python-name") or _titled(schema) or hint)
            failure = node.get("x-failure") is True
            self.models[id(node)] = Model(name, names.snake(name), schema, node, failure)
        return self.models[id(node)]

    def _free(self, wish: str) -> str:
        name, number = wish, 1
        while names.snake(name) in self._taken:
            number += 1
            name = f"{wish}{number}"
        self._taken.add(names.snake(name))
        return name

    # Reading

    def target(self, node: Any) -> Any:
        """The schema that decides: what a reference leads to, where only annotations stand beside it."""
        while is_object(node):
            beside = node.keys() - ANNOTATIONS - {key for key in node if key.startswith("x-")}
            if beside == {"$ref"}:
                node = self.contract.resolve({"$ref": node["$ref"]})
            elif (
                beside <= {"allOf", "type"}
                and len(node.get("allOf") or ()) == 1
                and "$ref" in node["allOf"][0]
            ):
                node = node["allOf"][0]
            else:
                break
        return node

    def effective(self, node: Any) -> Any:
        """The schema with its `allOf` and a `$ref` that has siblings merged into it."""
        node = self.target(node)
        if not is_object(node) or not {"allOf", "$ref"} & node.keys():
            return node
        if id(node) not in self._effective:
            self._effective[id(node)] = {}
            parts = [self.effective(part) for part in node.get("allOf") or ()]
            parts += [self.effective(self.contract.resolve(node))] if "$ref" in node else []
            own = {key: value for key, value in node.items() if key not in ("allOf", "$ref")}
            self._effective[id(node)] = merged(
                [*parts, own], lambda *said: self.contract.problem(node, *said)
            )
        return self._effective[id(node)]

    def is_model(self, schema: Any) -> bool:
        """Whether an effective schema becomes a class: an object with properties, and no choice to make."""
        return is_object(schema) and bool(schema.get("properties")) and not self.options(schema)

    def options(self, schema: dict[str, Any]) -> list[Any]:
        """The schemas that a `oneOf` or `anyOf` chooses from, each with what stands beside the choice merged in."""
        found = [option for key in ("oneOf", "anyOf") for option in schema.get(key) or ()]
        if not found or all(_only_requires(option) for option in found):
            return []
        if id(schema) not in self._options:
            own = {
                key: value for key, value in schema.items() if key not in ("oneOf", "anyOf", "discriminator")
            }
            beside = {key for key in own if key not in ANNOTATIONS and not key.startswith("x-")} - {"type"}
            whole = [{"allOf": [option, own]} for option in found] if beside else found
            for option, original in zip(whole, found, strict=True):
                self.contract.pointers.setdefault(id(option), self.contract.pointers.get(id(original), "#"))
            self._options[id(schema)] = whole
        return self._options[id(schema)]

    @staticmethod
    def kinds(schema: dict[str, Any]) -> set[str]:
        """The JSON types that an effective schema allows; empty where it allows all."""
        return set(_kinds(schema))

    # Writing

    def finish(self) -> list[Model]:
        """All models with their fields, by name."""
        for model in self.models.values():
            self._fill(model)
        return sorted(self.models.values(), key=lambda model: model.name)

    def _fill(self, model: Model) -> None:
        properties: dict[str, Any] = model.schema["properties"]
        required = set(model.schema.get("required") or ())
        said = [child.get("x-python-name") if is_object(child) else None for child in properties.values()]
        wishes = [wish or _attribute(name) for wish, name in zip(said, properties, strict=True)]
        chosen = names.distinct(list(properties), wishes)
        if len(set(chosen)) < len(chosen):
            twice = next(name for name in chosen if chosen.count(name) > 1)
            clash = [wire for wire, name in zip(properties, chosen, strict=True) if name == twice]
            what = (
                f"the properties {' and '.join(f'`{name}`' for name in clash)} are both `{twice}` in Python"
            )
            raise self.contract.problem(
                model.node, what, "give one of them another x-python-name by an overlay"
            )
        for (wire_name, child), name in zip(properties.items(), chosen, strict=True):
            model.fields.append(self._field(child, wire_name, name, wire_name in required))
        model.fields.sort(key=lambda item: item.default is not None)
        rest = model.schema.get("additionalProperties", model.schema.get("unevaluatedProperties", True))
        values = Type("Any", "Any") if isinstance(rest, bool) else self.annotation(rest)
        closed = ", Rules(max_properties=0)" if rest is False else ""
        model.additional = (
            f"Annotated[dict[str, {values.full}]{closed}]" if closed else f"dict[str, {values.full}]"
        )
        model.rules = _rules(model.schema)
        text = " ".join([model.additional, *(item.annotation for item in model.fields)])
        model.imports = {
            other.name for other in self.models.values() if re.search(rf"\b{other.name}\b", text)
        }

    def _field(self, child: Any, wire_name: str, name: str, required: bool) -> Field:
        schema = self.effective(child)
        said: dict[str, Any] = {
            **(schema if is_object(schema) else {}),
            **(child if is_object(child) else {}),
        }
        access = "read" if said.get("readOnly") else "write" if said.get("writeOnly") else None
        required = required and access is None
        kind = self.annotation(child)
        marks = [f'Name("{_escaped(wire_name)}")'] if wire_name != name else []
        marks += [f'Access("{access}")'] if access else []
        base, rules = _opened(kind.full)
        annotation = _annotated(base if required else union(base, "Unset"), [*marks, *rules])
        default = None if required else "UNSET"
        if "default" in said and (text := self.default(child, said["default"])):
            default = text
        return Field(name, wire_name, annotation, default, str(said.get("description") or ""))

    def default(self, node: Any, value: Any) -> str | None:
        """The default in Python; None where there is no immutable one to write."""
        schema = self.effective(node)
        kind = self.annotation(node).plain
        if isinstance(value, str) and kind.startswith("date"):
            try:
                (parse_datetime if kind.startswith("datetime") else parse_date)(value)
            except ValueError:
                raise self.contract.problem(
                    schema, f"the default {value!r} is no {kind}", "correct it"
                ) from None
            return f'parse_{"datetime" if kind.startswith("datetime") else "date"}("{_escaped(value)}")'
        return None if (is_object(value) or is_array(value)) else literal(value)

    def annotation(self, node: Any) -> Type:
        """The annotation of a registered schema."""
        target = self.target(node)
        schema = self.effective(target)
        if not is_object(schema):
            return Type("Any", "Any")
        if id(target) in self._subtypes:
            return self._choice(schema, [*self._subtypes[id(target)], target], target)
        return self._annotation(target, schema)

    def _annotation(self, node: Any, schema: dict[str, Any]) -> Type:
        if id(node) in self.models:
            name = self.models[id(node)].name
            return Type(name, name)
        if options := self.options(schema):
            return self._choice(schema, options, None)
        if "const" in schema or "enum" in schema:
            return self._enumeration(schema, id(node) in self._in_answers)
        if id(node) in self._binary:
            return Type(BINARY, BINARY)
        kinds = _kinds(schema)
        if not kinds:
            return _ruled(Type("Any", "Any"), _rules(schema))
        parts = [self._simple(kind, schema) for kind in kinds]
        closed = (
            {"maxProperties": 0} if schema.get("additionalProperties") is False and "object" in kinds else {}
        )
        plain, full = union(*(part.plain for part in parts)), union(*(part.full for part in parts))
        return _ruled(Type(plain, full), _rules({**schema, **closed}))

    def _choice(self, schema: dict[str, Any], options: list[Any], base: Any) -> Type:
        members = [
            self._annotation(base, schema) if base is not None and option is base else self.annotation(option)
            for option in options
        ]
        whole = members[0]
        for member in members[1:]:
            whole |= member
        if "null" in _kinds(schema):
            whole |= Type("None", "None")
        discriminator = schema.get("discriminator")
        if is_object(discriminator) and "|" in whole.full:
            mapping = ", ".join(
                f"{literal(k)}: {literal(v)}" for k, v in self._mapping(discriminator, options)
            )
            mark = f'Discriminator("{_escaped(discriminator["propertyName"])}", {{{mapping}}})'
            return Type(whole.plain, _annotated(whole.full, [mark]))
        return whole

    def _mapping(self, discriminator: dict[str, Any], options: Iterable[Any]) -> Iterator[tuple[str, str]]:
        known = {id(self.target(option)): option for option in options}
        explicit: dict[str, Any] = discriminator.get("mapping") or {}
        said: set[int] = set()
        for value, reference in explicit.items():
            short = "/" not in reference and not reference.startswith("#")
            try:
                node = self.target({"$ref": f"#/components/schemas/{reference}" if short else reference})
            except (LookupError, TypeError, ValueError):
                node = None
            if id(node) not in known or id(node) not in self.models:
                what = f"the discriminator maps `{value}` to `{reference}`, which is none of the choices"
                raise self.contract.problem(discriminator, what, "name one of the schemas to choose from")
            said.add(id(node))
            yield value, self.models[id(node)].name
        for key in known:
            if key not in said and key in self.models and key in self._components:
                yield self._components[key][0], self.models[key].name

    def _enumeration(self, schema: dict[str, Any], in_answers: bool) -> Type:
        values: list[Any] = [schema["const"]] if "const" in schema else list(schema["enum"])
        kinds = [kind for kind in _kinds(schema) if kind != "null"]
        allowed = [value for value in values if not kinds or value is None or _json_type(value, kinds)]
        simple = [value for value in allowed if isinstance(value, bool | int | str)]
        if not simple or len(simple) < len([value for value in allowed if value is not None]):
            plain = " | ".join(dict.fromkeys(_python_type(value) for value in allowed)) or "Any"
            return _ruled(Type(plain, plain), f"Rules(enum={literal(tuple(allowed))})")
        choice = f"Literal[{', '.join(map(literal, simple))}]"
        null = " | None" if None in allowed and ("null" in _kinds(schema) or "type" not in schema) else ""
        if not in_answers or "const" in schema:
            return Type(choice + null, choice + null)
        wide = " | ".join(dict.fromkeys(type(value).__name__ for value in simple))
        return Type(f"{choice} | {wide}{null}", f"Annotated[{choice} | {wide}, Open()]{null}")

    def _simple(self, kind: str, schema: dict[str, Any]) -> Type:
        if kind == "array":
            items = self.annotation(schema["items"]) if "items" in schema else Type("Any", "Any")
            return Type(f"list[{items.plain}]", f"list[{items.full}]")
        if kind == "object":
            rest = schema.get("additionalProperties", True)
            values = Type("Any", "Any") if isinstance(rest, bool) else self.annotation(rest)
            return Type(f"dict[str, {values.plain}]", f"dict[str, {values.full}]")
        name = {"date": "date", "date-time": "datetime", RFC_2822: "datetime"}.get(
            str(schema.get("format")), "str"
        )
        name = name if kind == "string" else TYPES[kind]
        return Type(name, name)


def _components(contract: Contract) -> dict[int, tuple[str, Any]]:
    schemas = (contract.document.get("components") or {}).get("schemas") or {}
    return {id(node): (name, node) for name, node in schemas.items()}


def _subtypes(contract: Contract) -> dict[int, list[Any]]:
    """For each component with a discriminator and no choice of its own: the components that extend it by `allOf`."""
    found: dict[int, list[Any]] = {}
    schemas = (contract.document.get("components") or {}).get("schemas") or {}
    for node in schemas.values():
        for part in (node.get("allOf") or ()) if is_object(node) else ():
            base = contract.resolve(part)
            if is_object(base) and "discriminator" in base and not {"oneOf", "anyOf"} & base.keys():
                found.setdefault(id(base), []).append(node)
    return found


def _titled(schema: dict[str, Any]) -> str | None:
    """The class name that a schema's title gives, where the title is a name and not a sentence."""
    title = schema.get("title")
    return names.pascal(title) if isinstance(title, str) and 0 < len(names.words(title)) <= 5 else None


def _only_requires(option: Any) -> bool:
    return is_object(option) and set(option) - ANNOTATIONS <= {"required", "type"} and "required" in option


def _is_binary(schema: dict[str, Any]) -> bool:
    media = "contentMediaType" in schema and "contentEncoding" not in schema
    return schema.get("type", "string") == "string" and (schema.get("format") == "binary" or media)


def _kinds(schema: dict[str, Any]) -> list[str]:
    """The JSON types that a schema allows; those that its keywords imply where it names none."""
    said = schema.get("type")
    if isinstance(said, str):
        return [said]
    if is_array(said):
        kinds: list[str] = list(said)
        return [kind for kind in kinds if not (kind == "integer" and "number" in kinds)]
    if "properties" in schema or "additionalProperties" in schema:
        return ["object"]
    return ["array"] if "items" in schema else []


def _json_type(value: Any, kinds: list[str]) -> bool:
    if isinstance(value, bool):
        return "boolean" in kinds
    known = {
        str: {"string"},
        int: {"integer", "number"},
        float: {"number"},
        list: {"array"},
        dict: {"object"},
    }
    return any(isinstance(value, python) and names & set(kinds) for python, names in known.items())


def _python_type(value: Any) -> str:
    if is_array(value) or is_object(value):
        return "list[Any]" if is_array(value) else "dict[str, Any]"
    return "None" if value is None else type(value).__name__


def _attribute(name: str) -> str:
    wish = names.snake(name)
    return f"{wish}_" if wish in _CLASS_NAMES else wish


def _rules(schema: dict[str, Any]) -> str:
    """The `Rules(...)` of a schema, or nothing."""
    said = {_RULE_NAMES[key]: value for key, value in schema.items() if key in _RULE_NAMES and key != "enum"}
    for key, name in (("anyOf", "any_required"), ("oneOf", "one_required")):
        options: list[Any] = schema.get(key) or []
        if options and all(_only_requires(option) for option in options):
            said[name] = tuple(tuple(option["required"]) for option in options)
    if said.get("format") != RFC_2822:
        said.pop("format", None)
    text = ", ".join(f"{name}={literal(said[name])}" for name in Rules._fields if name in said)
    return f"Rules({text})" if text else ""


def literal(value: Any) -> str:
    """A JSON value as a Python literal, as `ruff format` leaves it."""
    if isinstance(value, str):
        if "\\" in value and '"' not in value and not value.endswith("\\") and value.isprintable():
            return f'r"{value}"'
        return f'"{_escaped(value)}"'
    if is_object(value):
        return "{" + ", ".join(f"{literal(key)}: {literal(item)}" for key, item in value.items()) + "}"
    if isinstance(value, tuple):
        return "(" + ", ".join(map(literal, value)) + (",)" if len(value) == 1 else ")")
    return "[" + ", ".join(map(literal, value)) + "]" if is_array(value) else repr(value)


def _escaped(text: str) -> str:
    """The text as it stands between double quotes; characters that hide or reorder text are spelled out."""
    return _HIDDEN.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False)[1:-1])


def _annotated(text: str, marks: list[str]) -> str:
    base, known = _opened(text)
    return f"Annotated[{', '.join([base, *known, *marks])}]" if marks or known else text


def _opened(text: str) -> tuple[str, list[str]]:
    """What an `Annotated[...]` holds: the annotation itself, and its marks."""
    if not text.startswith("Annotated[") or len(members(text)) > 1:
        return text, []
    base, *marks = _split(text[len("Annotated[") : -1], ",")
    return base, marks


def _ruled(kind: Type, rules: str) -> Type:
    return Type(kind.plain, _annotated(kind.full, [rules] if rules else []))


def members(text: str) -> list[str]:
    """The members of a union."""
    return _split(text, "|")


def _split(text: str, at: str) -> list[str]:
    """The text, split where `at` stands outside brackets and strings."""
    depth, found = 0, [""]
    for token in _TOKEN.findall(text):
        depth += (token in "[({") - (token in "])}")
        if token == at and depth == 0:
            found.append("")
        else:
            found[-1] += token
    return [part.strip() for part in found]


def union(*texts: str) -> str:
    """The union of annotations, each member once, `None` and `Unset` last."""
    found = list(dict.fromkeys(member for text in texts for member in members(text)))
    last = [member for member in ("None", "Unset") if member in found]
    return " | ".join([*(member for member in found if member not in last), *last])
