"""Family 2: a call that breaks a rule of the contract is refused, and nothing is sent; the error says which rule."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any, NamedTuple

from ..kinds import is_array, is_object
from ..objects import entries
from .arguments import Builder, Refused, Unfit, literals, names_of, unset
from .breaking import CANDIDATES, GONE
from .called import Case
from .calls import Driver, Target, Unsaid
from .cases import by_turns, fullest_first, in_turn, requests
from .checks import differences
from .findings import Check, Finding, family
from .misuse import Misuse, misuses
from .negatives import Negative, is_broken, negatives
from .programs import Code, outline, program
from .rules import Rule, rules
from .ways import broken_ways
from .wire import written

NAME = "refusals"
_LOOSE, _LEFT_OUT = Builder(is_loose=True), Builder(is_loose=True, names_absent=False)
PATH_VALUES = ["", ".", "..", "/", "a/b", "../a", "a\\b", "a\r\nb", "a\0", "\x7f", "a\x01", "\x1fa", "a\x85"]
"""What a value in the path must not be, or it may lead elsewhere."""
_OUTER = (" a", "a ", "\ta", "a\t")
"""Blanks that HTTP takes off, so that they can stand within another value only."""
_SURROGATE, _SEVERAL = "a\ud800", "a,b"
"""What no encoding has; and what a list in a header would take for two."""
_NULL = "None stands for null"
"""What is said of a value that was meant for what is not given."""
_SHORT = 100
"""Characters of what a message tells whole."""
HEADER_VALUES = ["a\r\nX-Evil: 1", "a\nb", "a\0b", "a\r", "a\x7f", "a\x01", "a\x1fb", "a\x85", *_OUTER]
"""What a value in a header must not be, or it may be taken for more than one header."""
HEADER_NAMES = [
    "X-A\r\nX-Evil: 1\r\nX-B",
    "X A",
    "X:",
    "",
    "é",
    "Host",
    "content-length",
    "Transfer-Encoding",
    "Connection",
]
"""What the name of a caller's own header must not be."""
_CHECKED_FORMATS = {"date", "date-time", "date-time-rfc-2822"}
"""Formats that have a type of their own in Python; all others are annotations, as JSON Schema has it."""
_ALSO: Mapping[str, Collection[str]] = {
    "type": ("enum", "const", "format", "anyOf", "oneOf"),
    "enum": ("type", "format"),
    "const": ("type", "enum"),
    "anyOf": ("type", "enum", "required", "minimum", "maximum", "additionalProperties", "format"),
    "oneOf": ("type", "enum", "required", "minimum", "maximum", "additionalProperties", "format"),
}
"""What else an error may name for a keyword, as a client may look at these first."""


class Wanted(NamedTuple):
    """What an error must say: where, one of these rules, and the value where there is one."""

    where: str
    rules: Collection[str]
    value: Any = GONE
    argument: str = ""
    """What its `parameter` begins with."""
    is_exact: bool = False
    """Whether `where` is all of the place."""
    broken: str = ""
    """What breaks the rule, in words."""


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Every broken rule by `sync_detailed`, and one of each rule by `asyncio`, the other functions and the methods."""
    cases = requests(target.operation, count)
    found = by_turns(negatives(target.operation, count), lambda each: (each.rule, each.parameter))
    found = sorted(found, key=lambda each: -target.nearness(each.rule))
    first = {(each.rule, each.parameter, each.keys): each for each in reversed(found)}
    once = [each for each in found if first[each.rule, each.parameter, each.keys] is each]
    for use_asyncio in (False, True):
        with (
            target.driven(use_asyncio=use_asyncio) as driver,
            target.driven(use_asyncio=use_asyncio, validate=False) as lax,
        ):
            refusals = _Refusals(driver)
            near = [node for node in target.operation.parameters if target.nearness(target.pointer(node))]
            yield from refusals.of_required(_with_body(cases), near)
            for claimed in () if use_asyncio else refusals.claimed(once):
                yield refusals.of_negative(claimed, with_all=False)
            of_schemas = (
                refusals.of_negative(each, with_all=each in once) for each in (once if use_asyncio else found)
            )
            misused = () if use_asyncio else _with_bodies(cases)
            others = (
                refusals.of_parameters(cases),
                refusals.of_safety(cases),
                _Refusals(lax).of_safety(cases),
                (refusals.of_misuse(each) for case in misused for each in misuses(driver, case)),
            )
            yield from in_turn(of_schemas, in_turn(*others))
    yield from _without_validation(target, once)
    yield from _without_credentials(target, requests(target.operation, count)[0])
    yield from _left(target, found)


class _Refusals:
    """The calls of one client."""

    def __init__(self, driver: Driver) -> None:
        self.driver, self.target = driver, driver.target

    def of_negative(self, negative: Negative, *, with_all: bool) -> Check:
        """Whether a request that breaks a rule of a schema is refused."""
        found, left = None, ""
        for function in self.driver.functions if with_all else self.driver.functions[:1]:
            for builder in (_LOOSE, _LEFT_OUT) if negative.value is GONE else (_LOOSE,):
                found = found or self.refused(
                    function,
                    negative.rule,
                    partial(self._arguments, function, negative.case, builder),
                    self._wanted(negative),
                    by_signature=negative.value is GONE or negative.keyword == "additionalProperties",
                )
        if found and negative.keyword == "format" and negative.limit not in _CHECKED_FORMATS:
            found, left = None, f"the format {negative.limit} is an annotation: only the server can tell"
        return Check(frozenset({Rule("request", negative.rule)}), found, left)

    def refused(
        self,
        function: str,
        rule: str,
        arguments: Callable[[], Mapping[str, Any]],
        wanted: Wanted,
        *,
        by_signature: bool = False,
    ) -> Finding | None:
        """What is wrong with how a call is refused."""
        shown = partial(outline, self.target)
        try:
            given = arguments()
            shown = partial(program, self.target, self.driver.named(function), given)
            self.driver.bind(function, given)
        except Unsaid:
            return None
        except Refused as error:
            found = f"the signature refuses: {error}"
            return None if by_signature else self._finding(rule, wanted, found, shown())
        except Unfit as error:
            return self._finding(rule, wanted, str(error), shown())
        done = self.driver.call(function, given)
        if done.sent:
            found = f"sent {wanted.broken}: {written(done.sent[0])}"
            return self._finding(rule, wanted, found, shown())
        raised, found = done.error, repr(done.error)
        if isinstance(raised, self.target.errors.InvalidRequest):
            page = str(
                entries(self.target.operation.node, "externalDocs").get("url", "") if wanted.rules else ""
            )
            if not (
                missed := _misses(raised, wanted)
                or ("" if str(raised).endswith(page) else f"it does not end with the page {page}")
            ):
                return None
            found = f"{missed}: {found}"
        return self._finding(rule, wanted, found, shown())

    def of_misuse(self, misuse: Misuse) -> Check:
        """Whether a call is refused that nobody means."""
        wanted = Wanted(misuse.where, [], broken=misuse.broken)
        return Check(finding=self.refused(misuse.function, misuse.at, lambda: misuse.arguments, wanted))

    def _argument(self, negative: Negative) -> str:
        """The argument, or the attribute of the body, that a broken rule is about; nothing where that is not clear."""
        if negative.parameter:
            return str(self.target.parameters[negative.parameter][0])
        hint = self.target.module.OPERATION.body.types[negative.case.media_type]
        known = names_of(hint) if hasattr(hint, "__attrs_attrs__") else {}
        if negative.keys and isinstance(negative.keys[0], int):
            return f"body[{negative.keys[0]}]"
        is_of_holder = negative.is_of_branch or negative.keyword in ("anyOf", "oneOf", "dependentRequired")
        keys = negative.keys[:-1] if is_of_holder and negative.value is GONE else negative.keys
        return known.get(str(keys[0]), "") if keys else ""

    def _wanted(self, negative: Negative) -> Wanted:
        """What the error for a broken rule must say."""
        root = f"{negative.parameter[0]} parameter {negative.parameter[1]}" if negative.parameter else "body"
        argument = self._argument(negative)
        keyword, limit = negative.keyword, negative.limit
        place = root + _steps(negative.keys)
        broken = f"without {place}" if negative.value is GONE else f"with {negative.value!r} at {place}"
        if negative.others or negative.is_of_branch:
            return Wanted(root, [], argument=argument, broken=broken)
        exact = keyword not in (
            "required",
            "anyOf",
            "oneOf",
            "propertyNames",
            "type",
            "format",
            "enum",
            "const",
        )
        if keyword in ("anyOf", "oneOf") and all({*each} == {"required"} for each in limit):
            limit, exact = [{"required": [*each["required"]]} for each in limit], True
        said = f"{keyword}: {limit if isinstance(limit, str) else json.dumps(limit, ensure_ascii=False)}"
        is_plain = (
            negative.value is not GONE and not is_array(negative.value) and not is_object(negative.value)
        )
        is_inside = keyword in (
            "additionalProperties",
            "anyOf",
            "oneOf",
            "propertyNames",
            "dependentRequired",
        )
        return Wanted(
            root if is_inside else place,
            [said if exact else keyword, *_ALSO.get(keyword, ())],
            negative.value if is_plain and not is_inside else GONE,
            argument,
            not is_inside,
            broken,
        )

    def _arguments(self, function: str, case: Case, builder: Builder) -> Mapping[str, Any]:
        if function == "method":
            return self.target.keywords(case, self.driver.method, builder)
        return self.target.arguments(case, builder)

    def _finding(self, rule: str, wanted: Wanted, found: str, shown: str) -> Finding:
        said = f" of {wanted.value!r}" if wanted.value is not GONE else ""
        named = f" and {' or '.join(wanted.rules)}" if wanted.rules else ""
        told = f"nothing sent, and an InvalidRequest{said} that names {wanted.where}{named}"
        return Finding(self.target, NAME, rule, told, found, shown)

    def claimed(self, known: list[Negative]) -> Iterator[Negative]:
        """The values that the client's types list and the contract does not."""
        hints = [hint for _, hint in self.target.parameters.values()]
        hints += self.target.module.OPERATION.body.types.values() if self.target.module.OPERATION.body else []
        values = literals(hints)
        for negative in known:
            if negative.keyword in ("enum", "const"):
                for value in values:
                    changed = negative.replaced(value)
                    if is_broken(self.target.operation, changed):
                        yield changed

    def of_parameters(self, cases: tuple[Case, ...]) -> Iterator[Check]:
        """Required parameters that are missing, a missing body, dependencies, and a media type of another call."""
        operation = self.target.operation
        case = _with_body(cases)
        yield from self.of_required(case, operation.parameters)
        if operation.body_required:
            without = replace(case, media_type=None, body=None)
            yield from self._missing(f"{self.target.at}/requestBody", without, None, "body")
        yield from self._dependencies(cases)
        if case.media_type is not None:
            yield self._media_type(case)

    def of_required(self, case: Case, nodes: list[Any]) -> Iterator[Check]:
        """Those of the parameters that are required, each missing."""
        for node in nodes:
            if node.get("required") is True:
                key = (node["in"], node["name"])
                rest = {name: value for name, value in case.parameters.items() if name != key}
                told = f"{key[0]} parameter {key[1]}"
                yield from self._missing(self.target.pointer(node), replace(case, parameters=rest), key, told)

    def _missing(self, rule: str, case: Case, key: tuple[str, str] | None, where: str) -> Iterator[Check]:
        """Without an argument that is required, left out and as `UNSET`."""

        def without(function: str) -> Mapping[str, Any]:
            if function == "method" and key is None:
                raise Unsaid("a method makes the body")
            return self._arguments(function, case, _LOOSE)

        def unsaid(function: str) -> Mapping[str, Any]:
            return {**without(function), (self.target.parameters[key][0] if key else "body"): unset()}

        for function in self.driver.functions:
            for way in (without, unsaid):
                found = self.refused(
                    function,
                    rule,
                    partial(way, function),
                    Wanted(where, ["required"], is_exact=True, broken=f"without {where}"),
                    by_signature=way is without,
                )
                yield Check(frozenset({Rule("request", rule)}), found)

    def _dependencies(self, cases: tuple[Case, ...]) -> Iterator[Check]:
        operation = self.target.operation
        for index, case in _violations(self.target, cases):
            dependency, rule = operation.dependencies[index], f"{self.target.at}/x-dependencies/{index}"
            given = {name: value for (_, name), value in case.parameters.items() if name in dependency.names}
            for function in self.driver.functions:
                found = self.refused(
                    function,
                    rule,
                    partial(self._arguments, function, case, _LOOSE),
                    Wanted("parameters", [dependency.text], is_exact=True, broken=f"with {given}"),
                )
                yield Check(frozenset({Rule("request", rule)}), found)

    def _media_type(self, case: Case) -> Check:
        function = self.driver.functions[0]
        if "content_type" not in self.driver.signature(function).parameters:
            return Check()
        arguments = {**self.target.arguments(case), "content_type": "application/x-other"}
        kind, at = arguments["content_type"], f"{self.target.at}/requestBody"
        wanted = Wanted("content_type", ["one of"], kind, broken=f"with {kind!r} at content_type")
        return Check(finding=self.refused(function, at, lambda: arguments, wanted))

    def of_safety(self, cases: tuple[Case, ...]) -> Iterator[Check]:
        """What would lead to another path or put in a header: refused without validation, too."""
        operation, case = self.target.operation, max(cases, key=lambda case: len(case.parameters))
        for node in operation.parameters:
            key, at = (node["in"], node["name"]), operation.contract.pointers[id(node)]
            values = [_SURROGATE, *{"path": PATH_VALUES, "header": HEADER_VALUES}.get(key[0], [])]
            if key in case.parameters and "content" not in node:
                if is_array(case.parameters[key]) or is_object(case.parameters[key]):
                    values = [value for value in values if value not in _OUTER]
                    values += [_SEVERAL] if key[0] == "header" else []
                for value in values:
                    for changed in _with(case.parameters[key], value):
                        yield Check(finding=self._unsafe(case, key, at, value, changed))
        yield from (Check(finding=self._endless(case, name)) for name in self.target.arguments(case))
        if "headers" in self.driver.signature("method").parameters:
            yield from (Check(finding=self._own_header(case, "X-Own", value)) for value in HEADER_VALUES)
            yield from (Check(finding=self._own_header(case, name, "1")) for name in HEADER_NAMES)

    def _unsafe(self, case: Case, key: tuple[str, str], at: str, value: str, changed: Any) -> Finding | None:
        function, where = self.driver.functions[0], f"{key[0]} parameter {key[1]}"
        wanted = Wanted(where, [], broken=f"with {changed!r} at {where}")
        unsafe = replace(case, parameters={**case.parameters, key: changed})
        given = self.target.arguments(unsafe, _LOOSE)
        if value in ("", ".", "..") and key[0] == "path":
            done = self.driver.call(function, given)
            if done.sent and not next(differences(self.target, unsafe, done.sent[0]), None):
                return None  # with what stands beside it, it is a segment as any other
        return self.refused(function, at, lambda: given, wanted)

    def _endless(self, case: Case, name: str) -> Finding | None:
        """What is wrong with how a list that holds itself is refused, for which there is no end of text."""
        endless, function = list[Any](), self.driver.functions[0]
        endless.append(endless)
        arguments = {**self.target.arguments(case), name: endless}
        done = self.driver.call(function, arguments)
        error: Any = done.error
        is_refused = isinstance(error, self.target.errors.InvalidRequest) and not done.sent
        if not is_refused or not error.parameter.startswith(name):
            shown = {**arguments, name: Code("(endless := []).append(endless) or endless")}
            wanted, text = Wanted(name, [], broken=f"a list in itself at {name}"), repr(error)
            return self._finding(self.target.at, wanted, text, program(self.target, function, shown))
        return None

    def _own_header(self, case: Case, name: str, value: str) -> Finding | None:
        try:
            given = {**self.target.keywords(case, self.driver.method), "headers": {name: value}}
        except Unsaid:
            return None
        wanted = Wanted("headers", [], broken=f"with {given['headers']} at headers")
        return self.refused("method", self.target.at, lambda: given, wanted)


def _with_body(cases: tuple[Case, ...]) -> Case:
    """The first case that has a body, if there is any."""
    return next((each for each in cases if each.media_type is not None), cases[0])


def _with_bodies(cases: tuple[Case, ...]) -> list[Case]:
    """A case with each of the bodies that there are, or the one without any."""
    found = {each.media_type: each for each in reversed(fullest_first(cases))}
    return [case for kind, case in found.items() if kind is not None or len(found) == 1]


def _steps(keys: Iterable[str | int]) -> str:
    """The way to a value as Python writes it."""
    return "".join(f".{key}" if isinstance(key, str) and key.isidentifier() else f"[{key!r}]" for key in keys)


def _misses(error: Any, wanted: Wanted) -> str:
    """What an error does not say."""
    if error.where != wanted.where if wanted.is_exact else not error.where.startswith(wanted.where):
        return f"it names {error.where}"
    is_whole = wanted.is_exact and len(wanted.rules) == 1 and [*wanted.rules] != ["format"]
    is_named = [error.rule] == [*wanted.rules] if is_whole else error.rule.startswith(tuple(wanted.rules))
    if wanted.rules and not is_named:
        return f"it names the rule {error.rule}"
    is_told = isinstance(error.rule, str) and (" " in error.rule or error.rule == "required")
    if not wanted.rules and not is_told:
        return f"it names the rule {error.rule!r}"
    if (error.rule == "required") != (error.value is unset()):
        return f"it names the value {error.value!r} for the rule {error.rule}"
    if (_NULL in str(error)) != (error.value is None):
        return f"its message is to say `{_NULL}` of None, and of nothing else"
    if not error.parameter.startswith(wanted.argument):
        return f"it names the argument {error.parameter}"
    told = [error.parameter, error.rule, *([repr(error.value)] if wanted.value is not GONE else [])]
    if lost := [each for each in told if len(each) < _SHORT and each not in str(error)]:
        return f"its message lacks {', '.join(lost)}"
    given = error.value.payload.decode() if hasattr(error.value, "payload") else error.value
    is_other = wanted.value is not GONE and repr(given) != repr(wanted.value)
    return f"it names the value {error.value!r}" if is_other else ""


def _violations(target: Target, cases: tuple[Case, ...]) -> Iterator[tuple[int, Case]]:
    """Every way to break exactly one dependency, with the values of the cases where any will do."""
    operation = target.operation
    pool = {key: value for case in reversed(cases) for key, value in case.parameters.items()}
    for index, way in broken_ways(operation):
        kinds = {key: kind.example for key in pool if (kind := way.given.get(key[1]))}
        for source in (cases[0], *cases[-1:]):
            parameters = {
                key: value
                for key, value in {**pool, **source.parameters, **kinds}.items()
                if key[1] not in way.absent
            }
            given = {name: value for (_, name), value in parameters.items()}
            if [index] == [n for n, each in enumerate(operation.dependencies) if not each.holds(given)]:
                yield index, replace(source, parameters=parameters)
                break


def _with(value: Any, unsafe: str) -> Iterator[Any]:
    """A value with a text put into it."""
    if is_array(value):
        yield [unsafe]
        yield [*value, unsafe]
    elif is_object(value):
        yield {**value, **({next(iter(value)): unsafe} if value else {"a": unsafe})}
    else:
        yield unsafe


def _without_validation(target: Target, known: list[Negative]) -> Iterator[Check]:
    """A client that was told not to validate sends what breaks a rule."""
    with target.driven(use_asyncio=False, validate=False) as driver:
        for negative in [
            each for each in known if each.keyword in ("maximum", "maxLength", "pattern", "minimum", "enum")
        ][:2]:
            arguments = target.arguments(negative.case, _LOOSE)
            done = driver.call("sync_detailed", arguments)
            told = "sent, as validate=False says"
            shown = program(target, "sync_detailed", arguments, validate=False)
            found = (
                None
                if len(done.sent) == 1
                else Finding(target, NAME, negative.rule, told, repr(done.error), shown)
            )
            yield Check(finding=found)


def _without_credentials(target: Target, case: Case) -> Iterator[Check]:
    """A client without the credentials that the call needs refuses to make it."""
    wanted, errors, arguments = target.operation.requirements, target.errors, target.arguments(case)
    if not wanted or not all(map(target.secrets, wanted)):
        return
    try:
        with target.driven(use_asyncio=False, secrets={}) as driver:
            done = driver.call("sync_detailed", arguments)
            error, sent = done.error, done.sent
    except errors.MissingCredentials as refused:
        error, sent = refused, []
    if isinstance(error, errors.MissingCredentials) and not sent:
        yield Check()
        return
    told = "nothing sent without credentials, and a MissingCredentials"
    shown = program(target, "sync_detailed", arguments, secrets={})
    found = f"sent without credentials: {written(sent[0])}" if sent else repr(error)
    yield Check(finding=Finding(target, NAME, target.secured, told, found, shown))


def _left(target: Target, found: list[Negative]) -> Iterator[Check]:
    """The rules that no request of one value breaks, and why."""
    broken = {each.rule for each in found}
    for rule in sorted(rules(target.operation)):
        keyword = rule.pointer.rpartition("/")[2]
        if rule.way == "request" and rule.pointer not in broken and keyword in CANDIDATES:
            why = "no value was found that breaks it and nothing else"
            if keyword == "format":
                why = "the format is an annotation: only the server can tell"
            yield Check(frozenset({rule}), left=why)
