"""The rules of a contract that an operation has, and which of them a value is subject to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..contract import Contract
from ..kinds import is_array, is_object
from ..objects import entries
from ..references import target
from .called import Called, Case
from .validation import invalid

EVERY: Any = object()
"""In place of a value: all rules, whatever they are for."""
_KEYWORDS: dict[type, tuple[str, ...]] = {
    object: ("type", "enum", "const", "format"),
    str: ("minLength", "maxLength", "pattern"),
    float: ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    list: ("minItems", "maxItems", "uniqueItems"),
    dict: ("minProperties", "maxProperties", "dependentRequired", "propertyNames"),
}
"""The assertions for values of each type."""


class Rule(NamedTuple):
    """A keyword at its place in the contract, for what goes out in a request or comes in by an answer."""

    way: str
    pointer: str


def rules(operation: Called) -> frozenset[Rule]:
    """All rules of an operation."""
    found = {Rule("request", each) for each in _of_request(operation, None)}
    for status, node in _responses(operation):
        for media_type in entries(node, "content") or {"": None}:
            found |= by_answer(operation, status, media_type, EVERY)
    return frozenset(found)


def by_request(operation: Called, case: Case) -> frozenset[Rule]:
    """The rules that a request is subject to."""
    return frozenset(Rule("request", each) for each in _of_request(operation, case))


def by_answer(operation: Called, status: str, media_type: str, value: Any) -> frozenset[Rule]:
    """The rules that an answer is subject to; `media_type` is empty where it has no documented content."""
    contract = operation.contract
    response = contract.resolve(operation.node["responses"][status])
    found = [contract.pointers[id(response)]]
    if media_type:
        media = response["content"][media_type]
        found += [
            contract.pointers[id(media)],
            *_of_schema(contract, media.get("schema"), value, "writeOnly"),
        ]
    return frozenset(Rule("answer", each) for each in found)


def _responses(operation: Called) -> Iterator[tuple[str, Any]]:
    for status, node in entries(operation.node, "responses").items():
        if not status.startswith("x-"):
            yield status, operation.contract.resolve(node)


def _of_request(operation: Called, case: Case | None) -> Iterator[str]:
    contract, node = operation.contract, operation.node
    yield contract.pointers[id(node)]
    for index, dependency in enumerate(operation.dependencies):
        if case is None or any(name in dependency.names for _, name in case.parameters):
            yield f"{contract.pointers[id(node)]}/x-dependencies/{index}"
    for parameter in operation.parameters:
        key = (parameter["in"], parameter["name"])
        if case is not None and key not in case.parameters:
            continue
        yield contract.pointers[id(parameter)]
        schema, _ = operation.schema(parameter)
        yield from _of_schema(contract, schema, EVERY if case is None else case.parameters[key], "readOnly")
    for media_type, media in operation.content.items():
        if case is None or case.media_type == media_type:
            yield contract.pointers[id(media)]
            yield from _of_schema(
                contract, media.get("schema"), EVERY if case is None else case.body, "readOnly"
            )


def _of_schema(contract: Contract, schema: Any, value: Any, hidden: str) -> set[str]:
    """The pointers of the keywords that a value is subject to, properties that are `hidden` this way left out."""
    seen, found = set[int](), set[str]()

    def visit(schema: Any, value: Any) -> None:
        node = schema
        while is_object(node) and "$ref" in node:
            own(node, value)
            node = target(contract.document, node["$ref"])
        own(node, value)

    def own(node: Any, value: Any) -> None:
        if not is_object(node) or node.get(hidden) is True or (value is EVERY and id(node) in seen):
            return
        if value is EVERY:
            seen.add(id(node))
        here = contract.pointers[id(node)]
        for kind, keywords in _KEYWORDS.items():
            if value is EVERY or _is(value, kind):
                found.update(f"{here}/{keyword}" for keyword in keywords if keyword in node)
        if value is EVERY or is_object(value):
            members(node, here, value)
        if "items" in node and (value is EVERY or is_array(value)):
            for item in [EVERY] if value is EVERY else value:
                visit(node["items"], item)
        for keyword in ("allOf", "anyOf", "oneOf"):
            for index, branch in enumerate(node.get(keyword) or ()):
                if value is EVERY or keyword == "allOf" or invalid(contract, branch, value) is None:
                    found.add(f"{here}/{keyword}/{index}")
                    visit(branch, value)

    def members(node: Any, here: str, value: Any) -> None:
        declared = entries(node, "properties")
        shown = {name: child for name, child in declared.items() if not _is_hidden(contract, child, hidden)}
        for index, name in enumerate(node.get("required") or ()):
            if name not in declared or name in shown:
                found.add(f"{here}/required/{index}")
        for name, child in shown.items():
            if value is EVERY or name in value:
                visit(child, EVERY if value is EVERY else value[name])
        if node.get("additionalProperties") is False:
            found.add(f"{here}/additionalProperties")
        elif is_object(node.get("additionalProperties")):
            others = [EVERY] if value is EVERY else [value[name] for name in value if name not in declared]
            for other in others:
                visit(node["additionalProperties"], other)

    visit(schema, value)
    return found


def _is(value: Any, kind: type) -> bool:
    if kind is float:
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, kind)


def _is_hidden(contract: Contract, node: Any, hidden: str) -> bool:
    resolved = contract.resolve(node)
    return is_object(resolved) and resolved.get(hidden) is True
