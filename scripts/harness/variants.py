"""Requests that differ in one thing: which parameters and properties they have, and which characters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..contract import Contract
from ..runtime.guards import is_array, is_object
from .called import AWKWARD, PRESENCE, Called, Case
from .sendable import sendable
from .validation import invalid
from .wholes import body as body_schema
from .wholes import presences

AWKWARD_WORDS = (
    " a+b&c=d/e?f#g;h%20i,j:k|l\\m\"n'o[p]{q}@$!*()~é\u2028\U0001f600\t\r\n\x7f ",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~é",
    "a+b&c=d?e#f;g%20h:i'j[k]{l}@$!*()~",
    "+%2B",
    "+1",
)
"""Texts of characters that have a meaning in a URL, a form, a header or JSON; some places take only less."""


def by_presence(operation: Called, made: list[Case]) -> Iterator[Case]:
    """Each optional parameter alone, all together and none, and so for the properties of a body; of rich values."""
    values = [case.parameters for case in made]
    pool = {
        (node["in"], node["name"]): _richest(operation.contract, cut, [v[key] for v in values if key in v])
        for node in operation.parameters
        if any((key := (node["in"], node["name"])) in each for each in values)
        for cut in [sendable(operation.contract, operation.schema(node)[0], node, operation.taken(node))]
    }
    bodies = list(_bodies(operation, made))
    for present, absent in presences(operation):
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
        schema, contract = body_schema(operation, media_type), operation.contract
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


def in_awkward_words(operation: Called, case: Case) -> Case:
    """The case with every text that may be anything in characters that mean something in a URL, a form or JSON."""
    parameters = dict(case.parameters)
    for key, value in case.parameters.items():
        node = operation.node_of(key)
        cut = sendable(operation.contract, operation.schema(node)[0], node, operation.taken(node))
        parameters[key] = _awkward(operation.contract, cut, value)
    made = replace(case, parameters=parameters, phase=AWKWARD)
    if case.media_type is None:
        return made
    schema, body = body_schema(operation, case.media_type), case.body
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
    if len(items) == 1 and isinstance(item := next(iter(items.values())), str | int):
        items["another"] = f"{item}a" if isinstance(item, str) else not item if item is True else item + 1
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
