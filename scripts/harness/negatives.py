"""Requests that break exactly one rule of the contract, made of the valid ones.

Each begins with a valid request, of which one value is replaced. That it breaks one rule only is proved by the
contract: with that rule taken out, the value would be valid.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any

from ..contract import Contract
from ..document import keys_of, plain
from ..marks import step
from ..objects import entries
from ..references import target
from ..runtime.guards import is_array, is_object
from .called import Called, Case
from .cases import requests
from .validation import compiled, rooted

Keys = tuple[str | int, ...]
GONE: Any = object()
"""In place of a value: without it."""
_PROBES: list[Any] = [None, True, 7, 1.5, "text", [], {}]
"""A value of each type."""
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
        elif keyword in _CANDIDATES and not (keyword == "additionalProperties" and limit is not False):
            yield keyword, f"{at}/{keyword}", limit


def _broken(operation: Called, site: _Site, keyword: str, rule: str, limit: Any) -> Iterator[Negative]:
    """The requests that break a rule here, those that break nothing else if there are any."""
    tried: dict[str, tuple[Keys, Any]] = {}
    for keys, value in _CANDIDATES[keyword](site.value, limit):
        tried.setdefault(
            f"{keys}{json.dumps(value) if value is not GONE else ''}{type(value)}", (keys, value)
        )
    for others in range(3 if keyword not in ("required", "additionalProperties") else 2):
        made = [site.broken(rule, limit, value, keys, others) for keys, value in tried.values()]
        found = [each for each in made if is_broken(operation, each)]
        if found:
            yield from found if keyword == "pattern" else found[:_MOST]
            return


# What may break a keyword: values in place of one that keeps it, and where they go


def _others(*values: Any) -> list[tuple[Keys, Any]]:
    return [((), value) for value in values]


def _of_type(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    near: list[Any] = [[value], str(value) if not isinstance(value, str) else 0, {"value": value}]
    near += [value + 0.5] if isinstance(value, int) and not isinstance(value, bool) else []
    near += value[:1] if is_array(value) else []
    return _others(*_PROBES, *near, "true", 0)


def _no_member(value: Any, items: Any) -> list[tuple[Keys, Any]]:
    """Values of the same types, which are near the members."""
    near: list[Any] = []
    for item in items:
        if isinstance(item, str):
            near += [item + "x", item[:-1], item.swapcase(), f" {item}", f"{item} "]
        elif isinstance(item, int | float) and not isinstance(item, bool):
            near += [item + 1, item - 1]
    return _others(*(near[::5] + near), *(not item for item in items if isinstance(item, bool)), *_PROBES)


def _no_match(value: Any, pattern: str) -> list[tuple[Keys, Any]]:
    """Texts of the same length that nearly match, then others."""
    if not isinstance(value, str):
        return []
    letters = "gGzZ09 _-.é٣\n"
    spread = range(len(value)) if len(value) <= 40 else [*range(20), *range(len(value) - 20, len(value))]
    near = [value[:n] + letter + value[n + 1 :] for n in spread for letter in letters]
    near += [value[:n] + value[n].swapcase() + value[n + 1 :] for n in spread]
    moved = [letter + value[:-1] for letter in letters] + [value[1:] + letter for letter in letters]
    return _others(
        *near, *moved, value + "\n", "x" + value, value + "x", value[:-1], value[1:], value + value, ""
    )


def _longer(value: Any, length: int) -> list[tuple[Keys, Any]]:
    return _others(*(_filled(value, length + more) for more in (1, 7))) if isinstance(value, str) else []


def _shorter(value: Any, length: int) -> list[tuple[Keys, Any]]:
    return _others(value[: length - 1], "") if isinstance(value, str) and length else []


def _filled(text: str, length: int) -> str:
    return (text + (text[-1:] or "x") * length)[:length]


def _number(*found: float) -> list[tuple[Keys, Any]]:
    return _others(*(int(each) if float(each).is_integer() else each for each in found))


def _below(value: Any, limit: float, *, is_open: bool = False) -> list[tuple[Keys, Any]]:
    return _number(
        *([limit] if is_open else []), limit - 1, limit - 0.5, math.nextafter(limit, -math.inf), limit - 1000
    )


def _above(value: Any, limit: float, *, is_open: bool = False) -> list[tuple[Keys, Any]]:
    return _number(
        *([limit] if is_open else []), limit + 1, limit + 0.5, math.nextafter(limit, math.inf), limit + 1000
    )


def _between(value: Any, step_: float) -> list[tuple[Keys, Any]]:
    return (
        _number(*(value + step_ * part for part in (0.5, 0.25, 1.5, 1 / 3)), value + 1)
        if _is_number(value)
        else []
    )


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _more_items(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    items: list[Any] = value if is_array(value) else []
    others = [f"{item}x" if isinstance(item, str) else item for item in items]
    fresh: list[list[Any]] = [items, others] if items else [["x"], [1]]
    varied = [[_varied(source[n % len(source)], n) for n in range(limit + 1)] for source in fresh]
    same = [[source[n % len(source)] for n in range(limit + 1)] for source in fresh]
    return _others(*same, *varied)


def _varied(item: Any, number: int) -> Any:
    return item + "x" * number if isinstance(item, str) else item + number if _is_number(item) else item


def _fewer_items(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    return _others(value[: limit - 1], []) if is_array(value) and limit else []


def _twice(value: Any, is_wanted: bool) -> list[tuple[Keys, Any]]:
    if not (is_array(value) and value and is_wanted):
        return []
    return _others([*value[:-1], value[0]], [*value, value[0]], [value[0]] * 2)


def _more_properties(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    more = {f"more{number}": each for number in range(limit + 1) for each in ["x"]}
    return _others({**value, **more}, {**value, **dict.fromkeys(more, 1)}) if is_object(value) else []


def _fewer_properties(value: Any, limit: int) -> list[tuple[Keys, Any]]:
    return _others(dict([*value.items()][: limit - 1]), {}) if is_object(value) and limit else []


def _without(value: Any, name: str) -> list[tuple[Keys, Any]]:
    return [((name,), GONE)] if is_object(value) and name in value else []


def _undocumented(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    near = [f"{name}x" for name in value] + [name.swapcase() for name in value] if is_object(value) else []
    return [((name,), "x") for name in ("notDocumented", *near)] if is_object(value) else []


def _dependents(value: Any, limit: Any) -> list[tuple[Keys, Any]]:
    names = [name for key, names in limit.items() if is_object(value) and key in value for name in names]
    return [((name,), GONE) for name in names]


def _no_name(value: Any, _: Any) -> list[tuple[Keys, Any]]:
    return [((name,), "x") for name in ("", " ", "a b", "A", "0", "x" * 300)] if is_object(value) else []


def _no_form(value: Any, form: str) -> list[tuple[Keys, Any]]:
    if not isinstance(value, str):
        return []
    near = [
        value + "x",
        "x" + value,
        value[:-1],
        value + " ",
        value.replace("-", "/"),
        "2021-02-29",
        "2020-13-01",
    ]
    return _others("no " + form, *near, "")


def _none_of(value: Any, branches: Any) -> list[tuple[Keys, Any]]:
    if not is_object(value):
        return _others(*_PROBES)
    return [
        *_others(*_PROBES),
        *(((name,), GONE) for name in value),
        *(((name,), probe) for name in value for probe in _PROBES),
    ]


def _several_of(value: Any, branches: Any) -> list[tuple[Keys, Any]]:
    names = (
        {name for branch in branches for name in entries(branch, "properties")}
        if is_object(value)
        else set[str]()
    )
    both = (
        [((name,), probe) for name in sorted(names - set(value)) for probe in _PROBES]
        if is_object(value)
        else []
    )
    return [*both, *_none_of(value, branches)]


_CANDIDATES: dict[str, Callable[[Any, Any], list[tuple[Keys, Any]]]] = {
    "type": _of_type,
    "enum": _no_member,
    "const": lambda value, item: _no_member(value, [item]),
    "pattern": _no_match,
    "minLength": _shorter,
    "maxLength": _longer,
    "minimum": _below,
    "maximum": _above,
    "exclusiveMinimum": lambda value, limit: _below(value, limit, is_open=True),
    "exclusiveMaximum": lambda value, limit: _above(value, limit, is_open=True),
    "multipleOf": _between,
    "minItems": _fewer_items,
    "maxItems": _more_items,
    "uniqueItems": _twice,
    "minProperties": _fewer_properties,
    "maxProperties": _more_properties,
    "required": _without,
    "additionalProperties": _undocumented,
    "dependentRequired": _dependents,
    "propertyNames": _no_name,
    "format": _no_form,
    "anyOf": _none_of,
    "oneOf": _several_of,
}


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
