"""Cases: values that schemathesis makes from the schemas of a contract, in its phases examples, coverage and fuzzing.

Schemathesis serializes parameters before it hands them out, which loses types. So each request is put to it as the
JSON body of an operation of its own, `{"parameters": {"query limit": 3}, "body": …}`, and each answer likewise: what
comes back are plain JSON values.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from ..contract import Contract
from ..dependencies import parse
from ..objects import entries
from ..runtime.guards import is_array, is_object
from .generation import values
from .sendable import OUT_OF_PATH, sendable, spreads
from .validation import invalid

EXAMPLES, PRESENCE, AWKWARD = "examples", "presence", "awkward"
"""Phases: what the contract shows; each parameter and property alone, all and none; and texts that need care."""
AWKWARD_WORDS = (
    " a+b&c=d/e?f#g;h%20i,j:k|l\\m\"n'o[p]{q}@$!*()~é\u2028\U0001f600\t\r\n\x7f ",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~é",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~",
    "+%2B",
    "+1",
)
"""Texts of characters that have a meaning in a URL, a form, a header or JSON; some places take only less."""
STYLED = {"style", "explode", "allowReserved"}
"""What makes the encoding of a property of a form that of a query parameter."""


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

    @cached_property
    def parameters(self) -> list[Any]:
        """The parameters, those of the path item first; header parameters that OpenAPI says to ignore are left out."""
        nodes = [
            self.contract.resolve(node)
            for owner in (self.item, self.node)
            for node in owner.get("parameters") or ()
        ]
        named = {
            (node["in"], node["name"].lower() if node["in"] == "header" else node["name"]): node
            for node in nodes
        }
        ignored = {("header", name) for name in ("accept", "content-type", "authorization")}
        return [node for key, node in named.items() if key not in ignored]

    @property
    def content(self) -> dict[str, Any]:
        """The media types of the request body."""
        body = self.contract.resolve(self.node.get("requestBody") or {})
        return entries(body, "content")

    @property
    def body_required(self) -> bool:
        """Whether the body is required."""
        return self.contract.resolve(self.node.get("requestBody") or {}).get("required") is True

    @cached_property
    def dependencies(self) -> list[Any]:
        """The parsed `x-dependencies`."""
        return [parse(str(text)) for text in self.node.get("x-dependencies") or ()]

    @property
    def servers(self) -> list[str]:
        """The URLs that the path is appended to, for all that their variables can be; the usual one first."""
        said = self.node.get("servers") or self.item.get("servers") or self.contract.document.get("servers")
        found: dict[str, None] = {}
        for server in said or ():
            variables = entries(server, "variables")
            known = [[each["default"], *each.get("enum", ())] for each in variables.values()]
            for chosen in itertools.product(*known):
                url = str(server["url"])
                for name, value in zip(variables, chosen, strict=True):
                    url = url.replace("{" + name + "}", value)
                found[url.rstrip("/")] = None
        return list(found)

    @cached_property
    def requirements(self) -> list[set[str]]:
        """The alternatives of security schemes, those first that need a credential."""
        said: list[dict[str, Any]] = self.node.get("security", self.contract.document.get("security")) or []
        return sorted(({*names} for names in said), key=lambda names: not names)

    def scheme(self, name: str) -> Any:
        """A security scheme."""
        return self.contract.resolve(entries(self.contract.document, "components", "securitySchemes")[name])

    def wishes(self, name: str) -> dict[str, str]:
        """What the client's arguments for the parts of a security scheme are called, where that name is free."""
        node = self.scheme(name)
        kind = str(node.get("scheme", "")).lower() if node["type"] == "http" else node["type"]
        usual = {
            "basic": {"username": "username", "password": "password"},
            "apiKey": {"key": snake(node.get("name", ""))},
            "mutualTLS": {},
        }.get(kind, {"token": "token"})
        return {**usual, **entries(node, "x-credentials")}

    def node_of(self, key: tuple[str, str]) -> Any:
        """The parameter in this place and of this name."""
        return next(node for node in self.parameters if (node["in"], node["name"]) == key)

    def schema(self, parameter: Any) -> tuple[Any, str | None]:
        """The schema of a parameter, and its media type where it is described by `content`."""
        for media_type, media in entries(parameter, "content").items():
            return self.carried(media_type, media), media_type
        return parameter["schema"], None

    def carried(self, media_type: str, media: Any) -> Any:
        """The schema of what a media type carries: text, where neither it nor the contract has another form."""
        schema = media.get("schema", True)
        resolved = self.contract.resolve(schema)
        is_typed = is_object(resolved) and not {"type", "allOf", "anyOf", "oneOf"}.isdisjoint(resolved)
        has_form = is_typed or any(kind in media_type.lower() for kind in ("json", "form"))
        return schema if has_form else {"allOf": [schema, {"type": "string"}]}

    def taken(self, parameter: Any) -> set[str]:
        """The names that belong to others in the place of a parameter."""
        place, taken = parameter["in"], set[str]()
        for node in self.parameters:
            if node["in"] == place and node is not parameter:
                taken |= {node["name"]} | (self.properties(node["schema"]) if spreads(node) else set())
        schemes = entries(self.contract.document, "components", "securitySchemes").values()
        keys = [self.contract.resolve(scheme) for scheme in schemes]
        return taken | {key["name"] for key in keys if key.get("in") == place}

    def properties(self, schema: Any) -> set[str]:
        """The names of the properties that a schema declares."""
        resolved = self.contract.resolve(schema)
        return set(entries(resolved, "properties")) if is_object(resolved) else set()


def called(contract: Contract) -> Iterator[Called]:
    """The operations of a contract."""
    for found in contract.operations():
        yield Called(contract, *found)


@cache
def requests(operation: Called, count: int) -> tuple[Case, ...]:
    """Valid requests: all examples, all boundaries, and `count` random ones, for each media type of the body."""
    return tuple(_requests(operation, count))


def _requests(operation: Called, count: int) -> Iterator[Case]:
    made = [case for case in _generated(operation, count) if _is_sendable(operation, case)]
    yield from made
    by_presence = list(_by_presence(operation, made))
    yield from by_presence
    for case in by_presence:
        if not any(case.parameters.keys() < other.parameters.keys() for other in by_presence):
            yield _in_awkward_words(operation, case)


def snake(text: str) -> str:
    """A name in small letters, with `_` for what cannot stand in one."""
    return re.sub(r"\W+", "_", text).strip("_").lower()


def _is_sendable(operation: Called, case: Case) -> bool:
    """Whether what is JSON in the path has a form there, which no schema can say."""
    texts = [
        json.dumps(value, ensure_ascii=False)
        for key, value in case.parameters.items()
        if key[0] == "path" and "content" in operation.node_of(key)
    ]
    return not any(OUT_OF_PATH.search(text) for text in texts)


def _generated(operation: Called, count: int) -> Iterator[Case]:
    media_types: list[str | None] = [*operation.content] or [None]
    for media_type in media_types:
        for present, absent in _presences(operation):
            schema = _request(operation, media_type, present, absent)
            examples = list(_request_examples(operation, media_type, present, absent))
            for phase, value in values(operation.contract, schema, examples, count, "request"):
                parameters = {_place(key): item for key, item in value.get("parameters", {}).items()}
                given = {name: item for (_, name), item in parameters.items()}
                if all(dependency.holds(given) for dependency in operation.dependencies):
                    has_body = media_type is not None and "body" in value
                    yield Case(phase, parameters, media_type if has_body else None, value.get("body"))


def _by_presence(operation: Called, made: list[Case]) -> Iterator[Case]:
    """Each optional parameter alone, all together and none, and so for the properties of a body; of rich values."""
    values = [case.parameters for case in made]
    pool = {
        (node["in"], node["name"]): _richest(operation.contract, cut, [v[key] for v in values if key in v])
        for node in operation.parameters
        if any((key := (node["in"], node["name"])) in each for each in values)
        for cut in [sendable(operation.contract, operation.schema(node)[0], node, operation.taken(node))]
    }
    bodies = list(_bodies(operation, made))
    for present, absent in _presences(operation):
        free = [key for key in pool if key[1] not in absent]
        fixed = [key for key in free if key[1] in present or operation.node_of(key).get("required") is True]
        for chosen in [fixed, *([*fixed, key] for key in free if key not in fixed), free]:
            parameters = {key: pool[key] for key in free if key in chosen}
            given = {name: value for (_, name), value in parameters.items()}
            if all(dependency.holds(given) for dependency in operation.dependencies):
                yield Case(PRESENCE, parameters, *bodies[0])
                if chosen is free:
                    yield from (Case(PRESENCE, parameters, *body) for body in bodies[1:])


def _bodies(operation: Called, made: list[Case]) -> Iterator[tuple[str | None, Any]]:
    """Bodies of each media type with all properties, with each of the optional ones, and with none."""
    for media_type in operation.content:
        schema, contract = _body(operation, media_type), operation.contract
        bodies = [case.body for case in made if case.media_type == media_type]
        objects = [body for body in bodies if is_object(body)]
        pool = {
            name: _richest(contract, True, [each[name] for each in objects if name in each])
            for name in dict.fromkeys(name for each in objects for name in each)
            if name in operation.properties(schema)
        }
        least: set[str] = {*pool}.intersection(*objects)
        chosen = [{*pool}, *({*least, name} for name in pool.keys() - least), least] if pool else []
        whole = [{name: pool[name] for name in pool if name in names} for names in chosen]
        valid = [each for each in whole if invalid(contract, schema, each, "request") is None]
        yield from (
            (media_type, body) for body in valid or ([_richest(contract, schema, bodies)] if bodies else [])
        )
    if not operation.body_required:
        yield None, None


def _in_awkward_words(operation: Called, case: Case) -> Case:
    """The case with every text that may be anything in characters that mean something in a URL, a form or JSON."""
    parameters = dict(case.parameters)
    for key, value in case.parameters.items():
        node = operation.node_of(key)
        cut = sendable(operation.contract, operation.schema(node)[0], node, operation.taken(node))
        parameters[key] = _awkward(operation.contract, cut, value)
    made = replace(case, parameters=parameters, phase=AWKWARD)
    if case.media_type is None:
        return made
    schema, body = _body(operation, case.media_type), case.body
    if not is_object(body):
        return replace(made, body=_awkward(operation.contract, schema, body))
    for name, value in body.items():
        words = (({**body, name: word}) for word in _words(value))
        body = next(
            (each for each in words if invalid(operation.contract, schema, each, "request") is None), body
        )
    return replace(made, body=body)


def _awkward(contract: Contract, schema: Any, value: Any) -> Any:
    """The first of the awkward words that is valid, in place of a text or of the items of an array; or the value."""
    return next((word for word in _words(value) if invalid(contract, schema, word, "request") is None), value)


def _words(value: Any) -> Iterator[Any]:
    if isinstance(value, str):
        yield from AWKWARD_WORDS
    elif is_array(value) and all(isinstance(item, str) for item in value):
        yield from ([word] * len(value) for word in AWKWARD_WORDS)


def _richest(contract: Contract, schema: Any, values: list[Any]) -> Any:
    """The value that shows most of how it is written: an array of several items, an object with most properties."""
    items = {json.dumps(item): item for value in values if is_array(value) for item in value if item != ""}
    joined = [list(items.values())[:length] for length in (3, 2) if len(items) >= length]
    return max(
        [*values, *(each for each in joined if invalid(contract, schema, each, "request") is None)],
        key=_wealth,
    )


def _wealth(value: Any) -> tuple[int, int]:
    if is_array(value):
        return min(len({json.dumps(item) for item in value}), 3), sum(_wealth(item)[0] for item in value)
    if is_object(value):
        return len(value), sum(_wealth(item)[0] for item in value.values())
    return int(value not in ("", None)), 0


@cache
def answers(operation: Called, status: str, media_type: str, count: int) -> tuple[Any, ...]:
    """Valid answers of a media type of a response."""
    media = operation.contract.resolve(operation.node["responses"][status])["content"][media_type]
    examples = [media["example"]] if "example" in media else []
    resolve = operation.contract.resolve
    examples += [
        resolve(example)["value"]
        for example in entries(media, "examples").values()
        if "value" in resolve(example)
    ]
    schema = operation.carried(media_type, media)
    return tuple(value for _, value in values(operation.contract, schema, examples, count, "answer"))


def _presences(operation: Called) -> list[tuple[set[str], set[str]]]:
    """Which parameters to give and which to leave out so that the dependencies hold: all ways that there are."""
    names = list(dict.fromkeys(name for dependency in operation.dependencies for name in dependency.names))
    required = {node["name"] for node in operation.parameters if node.get("required") is True}
    ways: list[tuple[set[str], set[str]]] = []
    for given in itertools.product((True, False), repeat=len(names)):
        present = {name for name, is_given in zip(names, given, strict=True) if is_given}
        absent = set(names) - present
        probe = dict.fromkeys(present, None)
        fixed = all(_can_hold(dependency, probe) for dependency in operation.dependencies)
        if fixed and not absent & required:
            ways.append((present, absent))
    return ways or [(set(), set())]


def _can_hold(dependency: Any, probe: dict[str, Any]) -> bool:
    """Whether a dependency can hold with these parameters; where values matter, that is seen with the values."""
    try:
        return (
            bool(dependency.holds(probe))
            or "==" in dependency.text
            or any(sign in dependency.text for sign in "<>=+-*/")
        )
    except TypeError:
        return True


def _request(
    operation: Called, media_type: str | None, present: set[str], absent: set[str]
) -> dict[str, Any]:
    """The schema of a whole request."""
    properties: dict[str, Any] = {}
    required: list[str] = []
    for node in operation.parameters:
        if node["name"] in absent:
            continue
        key = f"{node['in']} {node['name']}"
        properties[key] = sendable(operation.contract, operation.schema(node)[0], node, operation.taken(node))
        if node.get("required") is True or node["name"] in present:
            required.append(key)
    whole: dict[str, Any] = {"parameters": {
        "type": "object", "properties": properties, "required": required, "additionalProperties": False
    }}  # fmt: skip
    needed = ["parameters"]
    if media_type is not None:
        whole["body"] = _body(operation, media_type)
        needed += ["body"] if operation.body_required else []
    return {"type": "object", "properties": whole, "required": needed, "additionalProperties": False}


def _body(operation: Called, media_type: str) -> Any:
    """The schema of a body, whose styled properties are cut down as parameters are."""
    media = operation.content[media_type]
    schema = operation.carried(media_type, media)
    styled = {name: node for name, node in entries(media, "encoding").items() if STYLED & node.keys()}
    if not styled:
        return schema
    resolved = operation.contract.resolve(schema)
    cut = dict(entries(resolved, "properties"))
    for name, node in styled.items():
        others = cut.keys() - {name}
        cut[name] = sendable(operation.contract, cut.get(name, True), {"in": "query", **node}, others)
    return {**resolved, "properties": cut}


def _request_examples(
    operation: Called, media_type: str | None, present: set[str], absent: set[str]
) -> Iterator[Any]:
    """Whole requests made of the examples in the contract."""
    parameters: dict[str, Any] = {}
    for node in operation.parameters:
        media = next(iter(entries(node, "content").values()), None)
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
    return [
        *([node["example"]] if "example" in node else []),
        *(item["value"] for item in named if "value" in item),
        *listed,
    ]


def _place(key: str) -> tuple[str, str]:
    place, _, name = key.partition(" ")
    return place, name
