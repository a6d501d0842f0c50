"""The Schema Objects that operations reach, and which of them become models."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property
from itertools import combinations
from typing import Any
from urllib.parse import quote

from jsonschema_rs import Draft202012, Draft202012Validator, Registry

from . import names
from .contract import Contract
from .document import plain
from .keywords import (
    ANNOTATIONS,
    UNCHECKED,
    choice,
    constants,
    is_binary,
    items,
    json_types,
    only_requires,
    rest,
)
from .kinds import is_object
from .merging import merged
from .models import Model
from .objects import entries
from .problem import Problem
from .references import target
from .runtime.assertions import comparable
from .runtime.rules import compiled


class Schemas:
    """The schemas of one contract, found from its operations: models, by the schema that they stand for.

    What an operation sends and receives is registered; then every model is known and has its name.
    """

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.models: dict[int, Model] = {}
        self._effective: dict[int, Any] = {}
        self._options: dict[int, list[Any]] = {}
        self._seen: set[tuple[int, str, bool]] = set()
        self.in_requests: set[int] = set()
        self.in_answers: set[int] = set()
        self.binary: set[int] = set()
        self._taken: set[str] = set()
        self.components = _components(contract)
        self._class_names = {
            key: self._free(contract.resolve(node).get("x-python-name") or names.pascal(name))
            for key, (name, node) in self.components.items()
            if is_object(node)
        }
        self.subtypes = _subtypes(contract)

    # Registering

    def register(self, node: Any, hint: str, way: str, *, binary: bool = False) -> None:
        """Find the models in `node`; `way` is `request` or `answer`, `hint` names what has no name of its own."""
        waiting = [(node, hint)]
        while waiting:
            inside = [*self._register(*waiting.pop(), way, binary)]
            waiting += reversed(inside)  # so that names are given in the order of the document

    def _register(self, node: Any, hint: str, way: str, binary: bool) -> Iterator[tuple[Any, str]]:
        """Register a schema itself; gives what it holds."""
        node = self.target(node)
        if (id(node), way, binary) in self._seen:
            return
        self._seen.add((id(node), way, binary))
        (self.in_answers if way == "answer" else self.in_requests).add(id(node))
        schema = self.effective(node)
        if not is_object(schema):
            if schema is False:
                raise self.contract.problem(node, "the schema `false` allows no value", "say what is allowed")
            return
        self._check(node, schema, way)
        if is_binary(schema):
            self._check_binary(node, schema, binary)
        if self.is_model(schema) and not set(json_types(schema)) <= {"object", "null"}:
            what = "the schema is an object with properties or something else"
            raise self.contract.problem(node, what, "say so by oneOf, in an overlay")
        if self.is_model(schema) or self._is_recursive(node, schema):
            hint = self._model(node, schema, hint).name
        yield from self._children(schema, hint)
        yield from ((subtype, hint) for subtype in self.subtypes.get(id(node), ()))

    def _is_recursive(self, node: Any, schema: dict[str, Any]) -> bool:
        """Whether a schema holds itself with no model in between, so that it has to become one."""
        waiting, seen = [schema], {id(schema)}
        while waiting:
            for child, _ in self._children(waiting.pop(), ""):
                target = self.target(child)
                if target is node:
                    if set(json_types(schema)) - {"null"} == {"object"} and not self.options(schema):
                        return True
                    what = "the schema holds itself with no object in between"
                    raise self.contract.problem(
                        node, what, "put an object with properties in between, by an overlay"
                    )
                inner = self.effective(target)
                if is_object(inner) and not self.is_model(inner) and id(inner) not in seen:
                    seen.add(id(inner))
                    waiting.append(inner)
        return False

    def _children(self, schema: dict[str, Any], hint: str) -> Iterator[tuple[Any, str]]:
        for name, child in entries(schema, "properties").items():
            yield child, names.pascal(hint, name)
        if is_object(items(schema)):
            yield items(schema), names.pascal(hint, "item")
        if is_object(rest(schema)):
            yield rest(schema), names.pascal(hint, "value")
        for index, child in enumerate(self.options(schema)):
            yield child, names.pascal(hint, f"option{index + 1}")

    def _check(self, node: Any, schema: dict[str, Any], way: str) -> None:
        if way == "request" and (found := sorted(UNCHECKED & schema.keys())):
            what = f"the keyword `{found[0]}` cannot be checked before a request is sent"
            raise self.contract.problem(
                node, what, "say it by an overlay in other keywords, or by x-dependencies"
            )
        missing = sorted(set(schema.get("required") or ()) - entries(schema, "properties").keys())
        if missing and not self.options(schema):
            what = f"`{missing[0]}` is required, but is no property of the schema"
            raise self.contract.problem(node, what, "add it to the properties by an overlay")
        if schema.get("x-failure") is True and "object" not in self.kinds(node):
            what = "x-failure marks a schema that is no object"
            raise self.contract.problem(node, what, "mark the object that says why a call failed")
        if constants(schema) == []:
            what = "no value of `enum` or `const` is of the type, so that nothing is allowed"
            raise self.contract.problem(node, what, "correct them, by an overlay")
        if items(schema) is False:
            raise self.contract.problem(
                node, "`items: false` allows no item", "say `maxItems: 0`, by an overlay"
            )
        if choice(schema) == "oneOf" and not all(map(only_requires, schema.get("anyOf") or ())):
            what = "oneOf and anyOf both choose a schema"
            raise self.contract.problem(node, what, "say it by one of them, by an overlay")
        if isinstance(schema.get("pattern"), str):
            try:
                compiled(schema["pattern"])
            except re.error as error:
                what = f"the pattern `{schema['pattern']}` is none that Python's `re` can check ({error})"
                raise self.contract.problem(node, what, "rewrite it by an overlay") from None

    def _check_binary(self, node: Any, schema: dict[str, Any], binary: bool) -> None:
        """Keep in mind which bytes are files: what they are depends on the media type around them."""
        if any((id(node), way, not binary) in self._seen for way in ("request", "answer")):
            what, todo = "the bytes are a file in one media type and text in another", "describe them twice"
            raise self.contract.problem(node, what, f"{todo}, by an overlay")
        if binary and (found := sorted({"pattern", "enum", "const"} & schema.keys())):
            what = f"the keyword `{found[0]}` cannot be checked in a file"
            raise self.contract.problem(node, what, "remove it by an overlay")
        self.binary |= {id(node)} if binary else set()

    def _model(self, node: Any, schema: dict[str, Any], hint: str) -> Model:
        if id(node) not in self.models:
            name = self._class_names.get(id(node)) or self._free(
                node.get("x-python-name") or _titled(schema) or hint
            )
            failure = schema.get("x-failure") is True
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
                node = target(self.contract.document, node["$ref"])
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
            parts: list[Any] = [
                *(node.get("allOf") or ()),
                *([{"$ref": node["$ref"]}] if "$ref" in node else ()),
            ]
            own = {key: value for key, value in node.items() if key not in ("allOf", "$ref")}

            def problem(what: str, todo: str) -> Problem:
                return self.contract.problem(node, what, todo)

            self._effective[id(node)] = merged([*map(self.effective, parts), own], problem)
        return self._effective[id(node)]

    def is_model(self, schema: Any) -> bool:
        """Whether an effective schema becomes a class: an object with properties, and no choice to make."""
        return is_object(schema) and bool(schema.get("properties")) and not self.options(schema)

    def options(self, schema: dict[str, Any]) -> list[Any]:
        """The schemas that a `oneOf` or `anyOf` chooses from, each with what stands beside the choice merged in."""
        keyword = choice(schema)
        if keyword is None:
            return []
        if id(schema) not in self._options:
            found: list[Any] = schema[keyword]
            own = {key: value for key, value in schema.items() if key not in (keyword, "discriminator")}
            typed = all(self.kinds(option) for option in found)
            beside = {key for key in own if key not in ANNOTATIONS and not key.startswith("x-")}
            beside = beside - ({"type"} if typed else set()) | ({"x-failure"} & own.keys())
            whole = [{"allOf": [option, own]} for option in found] if beside else found
            for option, original in zip(whole, found, strict=True):
                self.contract.pointers.setdefault(id(option), self.contract.pointers.get(id(original), "#"))
            self._options[id(schema)] = whole
        return self._options[id(schema)]

    def kinds(self, node: Any) -> set[str]:
        """The JSON types that a schema allows; empty where it allows all."""
        schema = self.effective(node)
        if not is_object(schema):
            return set()
        if options := self.options(schema):
            found = list(map(self.kinds, options))
            return set[str]().union(*found) if all(found) else set()
        return set(json_types(schema))

    def may_meet(self, nodes: list[Any]) -> bool:
        """Whether some value may be valid by two of the schemas, by their types and enumerated values."""
        return any(self._may_meet(one, other) for one, other in combinations(nodes, 2))

    def _may_meet(self, one: Any, other: Any) -> bool:
        left, right = self.kinds(one), self.kinds(other)
        numbers = {"integer", "number"}
        if left and right and not left & right and not (left & numbers and right & numbers):
            return False
        schemas = map(self.effective, (one, other))
        some, more = (constants(schema) if is_object(schema) else None for schema in schemas)
        return some is None or more is None or bool({*map(comparable, some)} & {*map(comparable, more)})

    def parts(self, node: Any) -> list[Any]:
        """The schemas of what an array or object holds."""
        schema = self.effective(node)
        if not is_object(schema):
            return []
        parts = [part for option in self.options(schema) for part in self.parts(option)]
        held = [*entries(schema, "properties").values(), items(schema), rest(schema)]
        return [*parts, *(part for part in held if not isinstance(part, bool))]

    def fits(self, node: Any, value: Any) -> bool:
        """Whether a JSON value is valid by a schema, formats aside."""
        at = self.contract.pointers.get(id(node))
        if at is None:
            return node is True or all(self.fits(part, value) for part in node["allOf"])
        rule = {"$ref": f"urn:document{quote(at, safe='#/~')}"}
        return Draft202012Validator(rule, registry=self._registry).is_valid(plain(value))

    @cached_property
    def _registry(self) -> Registry:
        return Registry([("urn:document", plain(self.contract.document))], draft=Draft202012)


def _components(contract: Contract) -> dict[int, tuple[str, Any]]:
    schemas = entries(contract.document, "components", "schemas")
    return {id(node): (name, node) for name, node in schemas.items()}


def _subtypes(contract: Contract) -> dict[int, list[Any]]:
    """For each component with a discriminator and no choice of its own: the components that extend it by `allOf`."""
    found: dict[int, list[Any]] = {}
    for node in entries(contract.document, "components", "schemas").values():
        for base in _bases(contract, node):
            if "discriminator" in base and not {"oneOf", "anyOf"} & base.keys():
                found.setdefault(id(base), []).append(node)
    return found


def _bases(contract: Contract, node: Any) -> Iterator[dict[str, Any]]:
    """What a schema extends by `allOf`, and what that extends."""
    parts: list[Any] = node.get("allOf") or [] if is_object(node) else []
    for base in filter(is_object, map(contract.resolve, parts)):
        yield base
        yield from _bases(contract, base)


def _titled(schema: dict[str, Any]) -> str | None:
    """The class name that a schema's title gives, where the title is a name and not a sentence."""
    title = schema.get("title")
    return names.pascal(title) if isinstance(title, str) and 0 < len(names.words(title)) <= 5 else None
