"""Rules on values: those that a document gives fit their schemas, and numbers are numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import jsonschema_rs
from ruamel.yaml import YAML

from ..contract import Contract
from ..document import plain, pointer
from ..objects import Part, walk
from ..problem import Problem, shown
from .subject import Subject
from .validation import broken, validator

_TELEPHONE = re.compile(r"\+.*|-?0[0-9xo].*")
"""How a number does not begin, but a telephone number or a code may."""


def values(subject: Subject) -> Iterator[Problem]:
    """Examples, defaults and enumerated values fit the schemas beside them."""
    todo = "correct the value, or its schema"
    for document in subject.contracts:
        contract = Contract(document)
        resources = [("urn:document", plain(document))]
        registry = jsonschema_rs.Registry(resources, draft=jsonschema_rs.Draft202012)
        for part in walk(document):
            if said := [*_values(contract, part)]:
                rule = _rule(part, registry)
                for name, at, value in said if rule else ():
                    yield from broken(rule, document, at, value, f"the {name}", todo)


def _values(contract: Contract, part: Part) -> Iterator[tuple[str, str, Any]]:
    """The values that `part` gives for its schema: what each is called, where it is, and itself."""
    node, at = part.node, part.at
    if part.kind == "schema" or "schema" in node:
        yield from ((name, f"{at}/{name}", node[name]) for name in ("example", "default") if name in node)
    if part.kind == "schema":
        for field, name in (("examples", "example"), ("enum", "enumerated value")):
            values: list[Any] = node.get(field) or []
            yield from ((name, f"{at}/{field}/{index}", value) for index, value in enumerate(values))
    elif "schema" in node:
        examples: dict[str, Any] = node.get("examples") or {}
        for example in map(contract.resolve, examples.values()):
            if "value" in example:
                yield "example", f"{contract.pointers[id(example)]}/value", example["value"]


def _rule(part: Part, registry: jsonschema_rs.Registry) -> Any:
    """The validator of a part's schema; None where that schema is broken, which another rule says."""
    at = part.at if part.kind == "schema" else f"{part.at}/schema"
    try:
        return validator({"$ref": f"urn:document{quote(at, safe='#/~')}"}, registry)
    except jsonschema_rs.ValidationError:
        return None


def quotes(subject: Subject) -> Iterator[Problem]:
    """What only looks like a number, such as +61400000000, is in quotes."""
    for path in (subject.vendor.spec, *subject.vendor.overlays):
        root: Any = YAML(typ="safe", pure=True).compose(path.read_text("utf-8-sig"))  # pyright: ignore[reportUnknownMemberType] -- untyped in ruamel.yaml
        for at, node in _numbers(root, "#"):
            if _TELEPHONE.fullmatch(node.value):
                what, line = f"YAML reads {node.value} as a number", node.start_mark.line + 1
                yield Problem(what, "put it in quotes", file=shown(path), line=line, where=at)


def _numbers(node: Any, at: str) -> Iterator[tuple[str, Any]]:
    """The scalars that stand without quotes and are numbers, with their JSON pointers."""
    if node.id == "scalar":
        if node.style is None and node.tag in ("tag:yaml.org,2002:int", "tag:yaml.org,2002:float"):
            yield at, node
        return
    for index, item in enumerate(node.value):
        key, child = (item[0].value, item[1]) if node.id == "mapping" else (index, item)
        yield from _numbers(child, at + pointer(key)[1:])
