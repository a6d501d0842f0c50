"""Cases: values that schemathesis makes from the schemas of a contract, in its phases examples, coverage and fuzzing.

Schemathesis serializes parameters before it hands them out, which loses types. So each request is put to it as the
JSON body of an operation of its own, `{"parameters": {"query limit": 3}, "body": …}`, and each answer likewise: what
comes back are plain JSON values.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC
from email.utils import format_datetime
from functools import cache
from typing import Any

import hypothesis
import schemathesis
from hypothesis import strategies
from schemathesis.generation import GenerationMode
from schemathesis.generation.hypothesis.builder import HypothesisTestConfig, HypothesisTestMode, create_test

from ..contract import Contract
from ..dependencies import parse
from ..document import plain
from ..runtime.guards import is_array, is_object

TOKEN = "^[!-~]([ -~]*[!-~])?$"
"""What a header or cookie can carry as it is; a delimiter is not among it where there are several values."""
ITEM = "^[!#-+./-:>-~-]+$"


@dataclass(frozen=True)
class Case:
    """One request in JSON values: parameters by place and name, and the body where there is one."""

    phase: str
    parameters: dict[tuple[str, str], Any]
    media_type: str | None = None
    body: Any = None


@dataclass(frozen=True, eq=False)
class Called:
    """One operation of a contract."""

    contract: Contract
    path: str
    method: str
    item: Any
    node: Any

    @property
    def parameters(self) -> list[Any]:
        """The parameters, those of the path item first; header parameters that OpenAPI says to ignore are left out."""
        nodes = [self.contract.resolve(node) for owner in (self.item, self.node) for node in owner.get("parameters") or ()]
        named = {(node["in"], node["name"]): node for node in nodes}
        ignored = ("accept", "content-type", "authorization")
        return [node for (place, name), node in named.items() if place != "header" or name.lower() not in ignored]

    @property
    def content(self) -> dict[str, Any]:
        """The media types of the request body."""
        body = self.contract.resolve(self.node.get("requestBody") or {})
        content: dict[str, Any] = body.get("content") or {}
        return content

    @property
    def body_required(self) -> bool:
        """Whether the body is required."""
        return self.contract.resolve(self.node.get("requestBody") or {}).get("required") is True

    @property
    def dependencies(self) -> list[Any]:
        """The parsed `x-dependencies`."""
        return [parse(str(text)) for text in self.node.get("x-dependencies") or ()]

    def schema(self, parameter: Any) -> tuple[Any, str | None]:
        """The schema of a parameter, and its media type where it is described by `content`."""
        for media_type, media in (parameter.get("content") or {}).items():
            return media.get("schema", True), media_type
        return parameter["schema"], None


def called(contract: Contract) -> Iterator[Called]:
    """The operations of a contract."""
    for found in contract.operations():
        yield Called(contract, *found)


@cache
def requests(operation: Called, count: int) -> tuple[Case, ...]:
    """Valid requests: all examples, all boundaries, and `count` random ones, for each media type of the body."""
    return tuple(_requests(operation, count))


def _requests(operation: Called, count: int) -> Iterator[Case]:
    for media_type in operation.content or {None: None}:
        for present, absent in _presences(operation):
            schema = _request(operation, media_type, present, absent)
            examples = list(_request_examples(operation, media_type, present, absent))
            for phase, value in values(operation.contract, schema, examples, count, "request"):
                parameters = {_place(key): item for key, item in value.get("parameters", {}).items()}
                given = {name: item for (_, name), item in parameters.items()}
                if all(dependency.holds(given) for dependency in operation.dependencies):
                    has_body = media_type is not None and "body" in value
                    yield Case(phase, parameters, media_type if has_body else None, value.get("body"))


@cache
def answers(operation: Called, status: str, media_type: str, count: int) -> tuple[Any, ...]:
    """Valid answers of a media type of a response."""
    media = operation.contract.resolve(operation.node["responses"][status])["content"][media_type]
    examples = [media["example"]] if "example" in media else []
    resolve = operation.contract.resolve
    examples += [resolve(example)["value"] for example in (media.get("examples") or {}).values() if "value" in resolve(example)]
    return tuple(value for _, value in values(operation.contract, media.get("schema", True), examples, count, "answer"))


def values(contract: Contract, schema: Any, examples: list[Any], count: int, way: str) -> tuple[tuple[str, Any], ...]:
    """JSON values that are valid by `schema`: the examples, the boundaries of its keywords, and `count` random ones."""
    return _values(contract, json.dumps(schema), json.dumps(examples), count, way)


@cache
def _values(contract: Contract, schema_text: str, examples_text: str, count: int, way: str) -> tuple[tuple[str, Any], ...]:
    schema, examples = json.loads(schema_text), json.loads(examples_text)
    components = {"schemas": {
        name: _one_way(node, way) for name, node in ((contract.document.get("components") or {}).get("schemas") or {}).items()
    }}  # fmt: skip
    content = {"schema": _one_way(schema, way), "examples": {f"e{n}": {"value": v} for n, v in enumerate(examples)}}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "cases", "version": "1"},
        "paths": {"/": {"post": {
            "requestBody": {"required": True, "content": {"application/json": content}},
            "responses": {"200": {"description": "OK"}},
        }}},
        "components": components,
    }  # fmt: skip
    found: list[tuple[str, Any]] = []
    _formats()
    loaded = schemathesis.openapi.from_dict(plain(document))
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE])
    config = HypothesisTestConfig(project=loaded.config, modes=list(HypothesisTestMode), settings=_settings(count), seed=None)

    def collect(case: Any) -> None:
        found.append((case.meta.phase.name.value if case.meta else "fuzzing", case.body))

    create_test(operation=loaded["/"]["POST"], test_func=collect, config=config)()
    return tuple(found)


@cache
def _formats() -> None:
    """Formats that schemathesis does not know."""
    times = strategies.datetimes(timezones=strategies.just(UTC)).map(lambda time: time.replace(microsecond=0))
    schemathesis.openapi.format("date-time-rfc-2822", times.map(format_datetime))


def _settings(count: int) -> hypothesis.settings:
    health = list(hypothesis.HealthCheck)
    return hypothesis.settings(max_examples=count, derandomize=True, database=None, deadline=None, suppress_health_check=health)


def _presences(operation: Called) -> list[tuple[set[str], set[str]]]:
    """Which parameters to give and which to leave out so that the dependencies hold: all ways that there are."""
    names = list(dict.fromkeys(name for dependency in operation.dependencies for name in dependency.names))
    required = {node["name"] for node in operation.parameters if node.get("required") is True}
    ways: list[tuple[set[str], set[str]]] = []
    for given in itertools.product((True, False), repeat=len(names)):
        present = {name for name, is_given in zip(names, given, strict=True) if is_given}
        absent = set(names) - present
        probe = dict.fromkeys(present, None)
        fixed = all(_by_presence(dependency, probe) for dependency in operation.dependencies)
        if fixed and not absent & required:
            ways.append((present, absent))
    return ways or [(set(), set())]


def _by_presence(dependency: Any, probe: dict[str, Any]) -> bool:
    """Whether a dependency can hold with these parameters; where values matter, that is seen with the values."""
    try:
        return bool(dependency.holds(probe)) or "==" in dependency.text or any(sign in dependency.text for sign in "<>=+-*/")
    except TypeError:
        return True


def _request(operation: Called, media_type: str | None, present: set[str], absent: set[str]) -> dict[str, Any]:
    """The schema of a whole request."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for node in operation.parameters:
        if node["name"] in absent:
            continue
        key = f"{node['in']} {node['name']}"
        schema, content = operation.schema(node)
        delimited = node.get("style") in ("spaceDelimited", "pipeDelimited")
        place = "delimited" if delimited else node["in"]
        properties[key] = schema if content and place == "query" else _sendable(operation.contract, schema, place)
        if node.get("required") is True or node["name"] in present:
            required.append(key)
    whole: dict[str, Any] = {"parameters": {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False
    }}  # fmt: skip
    needed = ["parameters"]
    if media_type is not None:
        whole["body"] = operation.content[media_type].get("schema", {"type": "string"})
        needed += ["body"] if operation.body_required else []
    return {"type": "object", "properties": whole, "required": needed, "additionalProperties": False}


def _request_examples(operation: Called, media_type: str | None, present: set[str], absent: set[str]) -> Iterator[Any]:
    """Whole requests made of the examples in the contract."""
    parameters: dict[str, Any] = {}
    for node in operation.parameters:
        media = next(iter((node.get("content") or {}).values()), {})
        schema = operation.schema(node)[0]
        found = [*_examples(operation, node), *_examples(operation, media), *_examples(operation, schema)]
        if found and node["name"] not in absent:
            parameters[f"{node['in']} {node['name']}"] = found[0]
        elif node.get("required") is True or node["name"] in present:
            return
    bodies = _examples(operation, operation.content[media_type]) if media_type is not None else []
    for body in bodies:
        yield {"parameters": parameters, "body": body}
    if not bodies and not (media_type is not None and operation.body_required):
        yield {"parameters": parameters}


def _examples(operation: Called, node: Any) -> list[Any]:
    if not is_object(node):
        return []
    said = node.get("examples")
    listed: list[Any] = said if is_array(said) else []
    named = [operation.contract.resolve(item) for item in said.values()] if is_object(said) else []
    return [*([node["example"]] if "example" in node else []), *(item["value"] for item in named if "value" in item), *listed]


def _sendable(contract: Contract, schema: Any, place: str) -> Any:
    """The schema of a parameter, cut down to what its place can carry."""
    if place == "query":
        return schema
    resolved = contract.resolve(schema)
    if not is_object(resolved):
        return schema
    kinds = resolved.get("type")
    if kinds == "array":
        items = _item(contract, resolved.get("items", {}), place)
        return {**resolved, "items": items, "minItems": max(1, resolved.get("minItems", 1))}
    if kinds == "object" or "properties" in resolved:
        properties = {name: _item(contract, node, place) for name, node in (resolved.get("properties") or {}).items()}
        return {**resolved, "properties": properties, "additionalProperties": False, "minProperties": 1}
    if {"enum", "const", "pattern", "format"} & resolved.keys() or "string" not in (kinds or "string"):
        return resolved
    if place == "delimited":
        return resolved
    if place == "path":
        return {"allOf": [resolved, {"minLength": 1, "not": {"enum": [".", ".."]}}]}
    return {"allOf": [resolved, {"pattern": TOKEN}]}


def _item(contract: Contract, schema: Any, place: str) -> Any:
    resolved = contract.resolve(schema)
    if not is_object(resolved) or resolved.get("type") != "string" or {"enum", "const", "pattern", "format"} & resolved.keys():
        return schema
    return {**resolved, "minLength": max(1, resolved.get("minLength", 1)), **({} if place == "path" else {"pattern": ITEM})}


def _one_way(node: Any, way: str, *, named: bool = False) -> Any:
    """A copy of a schema without the properties that this way does not carry, and with bytes as text."""
    if is_array(node):
        return [_one_way(item, way) for item in node]
    if not is_object(node):
        return node
    gone = "readOnly" if way == "request" else "writeOnly"
    dropped = ("readOnly", "writeOnly", "example", "examples")
    copy = {key: _one_way(item, way) for key, item in node.items() if named or key not in dropped}
    if is_object(node.get("properties")) and not named:
        hidden = {name for name, child in node["properties"].items() if is_object(child) and child.get(gone)}
        kept = {name: child for name, child in node["properties"].items() if name not in hidden}
        copy["properties"] = _one_way(kept, way, named=True)
        if "required" in copy:
            copy["required"] = [name for name in copy["required"] if name not in hidden]
    if copy.get("format") == "binary" and not named:
        del copy["format"]
    return copy


def _place(key: str) -> tuple[str, str]:
    place, _, name = key.partition(" ")
    return place, name


__all__ = ["Called", "Case", "answers", "called", "requests", "values"]
