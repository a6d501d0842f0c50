"""Requests that differ in one thing: which parameters and properties they have, or what one of these is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from ..contract import Contract
from ..kinds import is_array, is_object
from .called import PRESENCE, VARIED, Called, Case
from .samples import ANSWERS, REQUESTS, SINGLE_WORDS
from .shapes import branches, shape
from .validation import invalid
from .ways import ways
from .wholes import body as body_schema


def by_presence(operation: Called, made: list[Case]) -> Iterator[Case]:
    """Each optional parameter alone, all together and none, and so for the properties of a body; of rich values."""
    values = [case.parameters for case in made]
    pool = {
        key: _richest(operation.contract, operation.cut(node), [v[key] for v in values if key in v])
        for node in operation.parameters
        if any((key := (node["in"], node["name"])) in each for each in values)
    }
    bodies = list(_bodies(operation, made))
    for way in ways(operation):
        free = [key for key in pool if key[1] not in way.absent]
        fixed = [key for key in free if key[1] in way.given or operation.node_of(key).get("required") is True]
        known = {key: kind.example if (kind := way.given.get(key[1])) else pool[key] for key in free}
        for chosen in [fixed, *([*fixed, key] for key in free if key not in fixed), free]:
            parameters = {key: known[key] for key in free if key in chosen}
            if operation.fulfils(parameters):
                yield Case(PRESENCE, parameters, *bodies[0])
                if chosen is free:
                    yield from (Case(PRESENCE, parameters, *body) for body in bodies[1:])


def in_other_values(operation: Called, whole: list[Case]) -> Iterator[Case]:
    """Cases with each of their values in turn, however deep it lies, replaced by others that the contract allows."""
    done = set[Any]()
    for case in whole:
        for key in [key for key in case.parameters if key not in done]:
            done.add(key)
            node = operation.node_of(key)
            at = operation.contract.pointers[id(node)]
            schema = operation.cut(node, least=0)
            words = [
                word for word in SINGLE_WORDS if invalid(operation.contract, schema, word, "request") is None
            ]
            for value in [*(value for _, value in _others(operation.contract, schema)), *words]:
                parameters = {**case.parameters, key: value}
                if operation.fulfils(parameters):
                    yield replace(case, parameters=parameters, phase=VARIED, about=at)
        if case.media_type is not None and case.media_type not in done:
            done.add(case.media_type)
            schema = body_schema(operation, case.media_type)
            for at, body in [
                *_others(operation.contract, schema),
                *_single(operation.contract, schema, None if "json" in case.media_type else case.body),
            ]:
                yield replace(case, body=body, phase=VARIED, about=at)


def _single(contract: Contract, schema: Any, body: Any) -> Iterator[tuple[str, Any]]:
    """A body with each of its texts, one after the other, replaced by those of a single character of meaning."""
    own = shape(contract, schema)
    for name, item in body.items() if is_object(body) else ():
        inner = own.property(name)
        for word in SINGLE_WORDS if isinstance(item, str) else ():
            if name in own.properties and inner.allows(word, "request"):
                yield inner.at, {**body, name: word}


def as_read(contract: Contract, schema: Any, value: Any) -> Any:
    """A value of a request with all that only answers have, however deep it lies, as it is in a model that was read."""
    (own, *_) = branches(shape(contract, schema), value)
    if is_array(value):
        return [as_read(contract, own.items.schema, item) for item in value]
    if not is_object(value):
        return value
    held = {name: as_read(contract, own.property(name).schema, item) for name, item in value.items()}
    known = {name: own.property(name) for name in own.properties}
    read = {name: ANSWERS.full(inner) for name, inner in known.items() if True in inner.all("readOnly")}
    return {**held, **read}


def _others(contract: Contract, schema: Any) -> Iterator[tuple[str, Any]]:
    """A value of a schema that has all there is, and that with each place in it changed; those that are valid."""
    own, seen = shape(contract, schema), set[str]()
    first = REQUESTS.full(own)
    varied = ((at, value) for at, value, is_right in REQUESTS.varied(own, first) if is_right)
    for at, value in ((own.at, first), *varied):
        text = json.dumps(value)
        if text not in seen and invalid(contract, schema, value, "request") is None:
            seen.add(text)
            yield at, value


def _bodies(operation: Called, made: list[Case]) -> Iterator[tuple[str | None, Any]]:
    """Bodies of each media type with all properties, with each of the optional ones, and with none."""
    for media_type in operation.content:
        schema, contract = body_schema(operation, media_type), operation.contract
        bodies = [case.body for case in made if case.media_type == media_type]
        objects = [body for body in bodies if is_object(body)]
        own = shape(contract, schema)
        pool = {
            name: _richest(
                contract, True, [each[name] for each in objects if name in each] or [REQUESTS.full(inner)]
            )
            for name in own.properties
            if objects and True not in (inner := own.property(name)).all("readOnly")
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
