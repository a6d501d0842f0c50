"""Requests that break exactly one rule of the contract, made of the valid ones.

Each begins with a valid request, of which one value is replaced. That it breaks one rule only is proved by the
contract: with that rule taken out, the value would be valid.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from hypothesis.errors import Unsatisfiable

from ..contract import Contract
from ..document import keys_of, plain
from ..kinds import is_array, is_object
from ..marks import step
from ..objects import entries
from ..references import target
from .breaking import CANDIDATES, GONE, Keys
from .called import Called, Case
from .cases import requests
from .generation import values
from .validation import compiled, rooted

_MOST = 8
"""Values that are tried for one rule in one place, except for a pattern."""
_DEPTH = 8
"""How far inside a body rules are broken."""


@dataclass(frozen=True)
class Negative:
    """A request that breaks one rule: the keyword at `rule`, by the value at `keys` below the parameter or body."""

    case: Case
    rule: str
    limit: Any
    parameter: tuple[str, str] | None
    keys: Keys
    value: Any
    others: int = 0
    """What else is broken, where it cannot be broken alone: 1, keywords beside it; 2, those of other schemas too."""

    @property
    def keyword(self) -> str:
        """The keyword of the rule; `required`, and not the index of a name in it."""
        keys = keys_of(self.rule)
        return keys[-2] if keys[-1].isdecimal() and len(keys) > 1 else keys[-1]

    is_of_branch: bool = False
    """Whether it is a rule of one of several schemas, of which another may be what the value was meant for."""

    def replaced(self, value: Any) -> Negative:
        """The same with another value there."""
        if self.parameter is None:
            case = replace(self.case, body=put(self.case.body, self.keys, value))
        else:
            changed = put(self.case.parameters[self.parameter], self.keys, value)
            case = replace(self.case, parameters={**self.case.parameters, self.parameter: changed})
        return replace(self, case=case, value=value)


@dataclass(frozen=True)
class _Site:
    """A value in a valid request, and a schema that holds for it."""

    case: Case
    parameter: tuple[str, str] | None
    root: Any
    keys: Keys
    node: Any
    value: Any
    is_of_branch: bool = False

    def broken(self, rule: str, limit: Any, value: Any, keys: Keys = (), others: int = 0) -> Negative:
        """The request with another value here."""
        keys = self.keys + keys
        start = Negative(self.case, rule, limit, self.parameter, keys, None, others, self.is_of_branch)
        return start.replaced(value)


@cache
def negatives(operation: Called, count: int) -> tuple[Negative, ...]:
    """Requests that break one rule of a schema each: every keyword in every place, as far as it can be broken alone."""
    found: list[Negative] = []
    done = set[tuple[Any, ...]]()
    for site in _sites(operation, requests(operation, count)):
        at = operation.contract.pointers[id(site.node)]
        place = (
            site.parameter,
            site.case.media_type,
            tuple("*" if isinstance(k, int) else k for k in site.keys),
        )
        for keyword, rule, limit in _rules(site.node, at):
            if (key := (place, rule)) not in done and (
                made := list(_broken(operation, site, keyword, rule, limit))
            ):
                done.add(key)
                found += made
    return tuple(found)


def is_broken(operation: Called, negative: Negative) -> bool:
    """Whether the contract forbids the value, and would not without the rule."""
    whole = negative.case.body if negative.parameter is None else negative.case.parameters[negative.parameter]
    root = _root(operation, negative.parameter, negative.case.media_type)
    contract, node = operation.contract, negative.rule.rpartition(f"/{negative.keyword}")[0]
    try:
        if _validator(contract, root).is_valid(whole):
            return False
        if negative.others == 2:
            return not _validator(contract, {negative.keyword: negative.limit}).is_valid(negative.value)
        return bool(_validator(contract, root, node if negative.others else negative.rule).is_valid(whole))
    except ValueError:  # what is no JSON, or a keyword without which the schema is none
        return False


def _sites(operation: Called, cases: tuple[Case, ...]) -> Iterator[_Site]:
    """Every schema in every place of all cases; those with the richest values first."""
    for case in sorted(cases, key=lambda case: case.phase != "presence"):
        for key, value in case.parameters.items():
            root = operation.schema(operation.node_of(key))[0]
            yield from _inside(operation.contract, _Site(case, key, root, (), root, value))
        if case.media_type is not None:
            root = operation.carried(case.media_type, operation.content[case.media_type])
            yield from _inside(operation.contract, _Site(case, None, root, (), root, case.body))


def _inside(contract: Contract, site: _Site, above: tuple[int, ...] = ()) -> Iterator[_Site]:
    node, value = site.node, site.value
    if (
        not is_object(node)
        or len(site.keys) > _DEPTH
        or above.count(id(node)) > 1
        or node.get("readOnly") is True
    ):
        return
    above = (*above, id(node))
    if id(node) in contract.pointers:
        yield site
    if "$ref" in node:
        yield from _inside(contract, replace(site, node=target(contract.document, node["$ref"])), above)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for branch in node.get(keyword) or ():
            if keyword == "allOf" or _validator(contract, branch).is_valid(value):
                is_of_branch = site.is_of_branch or keyword != "allOf"
                yield from _inside(contract, replace(site, node=branch, is_of_branch=is_of_branch), above)
    if is_object(value):
        declared = entries(node, "properties")
        for name, item in value.items():
            child = declared.get(name, node.get("additionalProperties"))
            yield from _inside(
                contract, replace(site, node=child, keys=(*site.keys, name), value=item), above
            )
    if is_array(value) and "items" in node:
        for index, item in enumerate(value[:2]):
            yield from _inside(
                contract, replace(site, node=node["items"], keys=(*site.keys, index), value=item), above
            )


def _rules(node: Any, at: str) -> Iterator[tuple[str, str, Any]]:
    """Each keyword of a schema, its pointer and its limit."""
    for keyword, limit in node.items():
        if keyword == "required":
            yield from ((keyword, f"{at}/{keyword}/{index}", name) for index, name in enumerate(limit))
        elif keyword in CANDIDATES and not (keyword == "additionalProperties" and limit is not False):
            yield keyword, f"{at}/{keyword}", limit


def _broken(operation: Called, site: _Site, keyword: str, rule: str, limit: Any) -> Iterator[Negative]:
    """The requests that break a rule here, those that break nothing else if there are any."""
    tried: dict[str, tuple[Keys, Any]] = {}
    more = _unlike(operation.contract, limit) if keyword == "pattern" else []
    for keys, value in [*CANDIDATES[keyword](site.value, limit), *(((), each) for each in more)]:
        tried.setdefault(
            f"{keys}{json.dumps(value) if value is not GONE else ''}{type(value)}", (keys, value)
        )
    for others in range(3 if keyword not in ("required", "additionalProperties") else 2):
        made = [site.broken(rule, limit, value, keys, others) for keys, value in tried.values()]
        found = [each for each in made if is_broken(operation, each)]
        if found:
            yield from found if keyword == "pattern" else found[:_MOST]
            break
    if keyword == "pattern" and isinstance(site.value, str):  # which a limit of the length may hide
        line = site.broken(rule, limit, f"{site.value}\n", others=1)
        yield from [line] if is_broken(operation, line) else []


@cache
def _unlike(contract: Contract, pattern: str) -> list[Any]:
    """Texts that do not match a pattern, as schemathesis makes them."""
    try:
        made = values(contract, {"type": "string", "not": {"pattern": pattern}}, [], 8, "request")
    except Unsatisfiable:
        return []
    return [value for _, value in made if isinstance(value, str)]


def put(whole: Any, keys: Keys, value: Any) -> Any:
    """A copy with another value at some keys."""
    if not keys:
        return value
    first, rest = keys[0], keys[1:]
    if is_array(whole):
        return [put(item, rest, value) if index == first else item for index, item in enumerate(whole)]
    if not rest and value is GONE:
        return {name: item for name, item in whole.items() if name != first}
    return {**whole, first: put(whole.get(first), rest, value)}


def _root(operation: Called, parameter: tuple[str, str] | None, media_type: str | None) -> Any:
    if parameter is not None:
        return operation.schema(operation.node_of(parameter))[0]
    return operation.carried(media_type or "", operation.content[media_type or ""])


def _validator(contract: Contract, schema: Any, left_out: str = "") -> Any:
    return _compiled(contract, json.dumps(schema), contract.pointers.get(id(schema), ""), left_out)


@lru_cache(maxsize=4096)
def _compiled(contract: Contract, schema: str, at: str, left_out: str) -> Any:
    """A validator of a schema, formats included, without what stands at a pointer."""
    whole: Any = {
        "components": plain(entries(contract.document, "components")),
        "allOf": [json.loads(schema)],
    }
    if left_out:
        is_here = at and (left_out == at or left_out.startswith(f"{at}/"))
        keys = ["allOf", "0", *keys_of("#" + left_out[len(at) :])] if is_here else keys_of(left_out)
        _drop(whole, keys)
    made = rooted(whole["components"], whole["allOf"][0], "request")
    return compiled(made)


def _drop(whole: Any, keys: list[str]) -> None:
    """Take out what stands at some keys; a schema becomes one that allows all."""
    above = whole
    for key in keys[:-1]:
        above = step(above, key)
    if is_array(above):
        above[int(keys[-1])] = True if is_object(above[int(keys[-1])]) else GONE
        above[:] = [item for item in above if item is not GONE]
    elif keys[-1] in ("items", "additionalProperties") or (
        len(keys) > 1 and keys[-2] in ("properties", "schemas")
    ):
        above[keys[-1]] = True
    else:
        del above[keys[-1]]
