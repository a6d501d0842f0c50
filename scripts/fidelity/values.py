"""The schemas of a contract beside the annotations of its client."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any, get_args

from ..contract import Contract
from ..document import plain
from ..problem import Problem
from ..runtime.assertions import comparable
from ..runtime.rules import same
from ..runtime.timestamps import RFC_2822
from . import hints, prose
from .cases import Case, cases, chosen_by, open_choices
from .faults import added, lost
from .hints import Constant, Member
from .models import Model, check_model
from .schema import RULES, SILENT, Schema

_BINARY = {"string", "File", "bytes"}
_FORMATS = {"date": {"date"}, "date-time": {"datetime"}, RFC_2822: {"datetime"}, "binary": _BINARY}
"""The types of strings that have a format."""
_KEPT = SILENT.union(*RULES.values()) | {
    "$ref", "allOf", "oneOf", "anyOf", "discriminator", "type", "enum", "const", "items", "properties",
    "required", "additionalProperties", "unevaluatedProperties", "contentMediaType", "contentEncoding",
}  # fmt: skip
"""The keywords that a client can keep; a request may not depend on any other."""
_NONE = object()
Comparison = tuple[Schema, Any, str]


class Values:
    """Compares what is sent (`is_request`) or received; raises a `Problem` for the first difference."""

    def __init__(self, contract: Contract, *, is_request: bool) -> None:
        self.contract, self.is_request = contract, is_request
        self._compared: dict[Any, Schema] = {}
        self._models: dict[Any, Model] = {}
        self._waiting: deque[Comparison] = deque()
        self._steps = 0

    def check(self, schema: Schema, hint: Any, what: str) -> None:
        """Check that the annotation says what the schema does: all of it, and no more."""
        self.later(schema, hint, what)
        self._finish()

    def later(self, schema: Schema, hint: Any, what: str) -> None:
        """Check what is inside of a value after the value: schemas may hold each other without end."""
        self._waiting.append((schema, hint, what))

    def check_default(self, schema: Schema, given: Any, told: str, what: str) -> None:
        """Check a default, which is `given` in Python, or else `told` in the docstring."""
        wanted = plain(schema.get("default", _NONE))
        found = hints.json(given) if hints.is_given(given) else _NONE
        if wanted is _NONE and found is not _NONE:
            raise self.added(schema, f"the default {found!r} of {what}")
        is_told = found is _NONE and (wanted in (_NONE, None) or prose.tells_default(told, wanted))
        if not is_told and not same(found, wanted):
            raise self.lost(schema, f"the default {wanted!r} of {what}")

    def check_rules(
        self, schema: Schema, kind: str, said: Mapping[str, Any], kept: Mapping[str, Any], what: str
    ) -> None:
        """Check that the rules on a kind of value are those that are `said`."""
        for rule in RULES[kind]:
            if rule in said and said[rule] != kept.get(rule):
                raise self.lost(schema, f"the rule `{rule}: {said[rule]}` of {what}")
            if rule in kept and rule not in said:
                raise self.added(schema, f"the rule `{rule}: {kept[rule]}` of {what}")

    def check_rest(self, schema: Schema, member: Member, what: str) -> None:
        """Check what a mapping says of properties that are not documented."""
        if not schema.rest.allows_nothing:
            self.later(schema.rest, get_args(member.base)[1], f"a further property of {what}")

    def lost(self, schema: Schema, what: str) -> Problem:
        """The problem that the client lacks something."""
        return lost(self.contract, schema.node, what)

    def added(self, schema: Schema, what: str) -> Problem:
        """The problem that the client has something of its own."""
        return added(self.contract, schema.node, what)

    def _finish(self) -> None:
        while self._waiting:
            self._check(*self._waiting.popleft())

    def _check(self, schema: Schema, hint: Any, what: str) -> None:
        self._steps += 1
        wanted, members = list(cases(schema)), hints.members(hint)
        constants = _constants(members)
        others = [member for member in members if not isinstance(member.base, Constant)]
        kept: set[int] = set()
        for case in wanted:
            of_value = constants.get(comparable(plain(case.value)), []) if case.kind == "value" else others
            kept.add(id(self._kept(case, of_value, what)))
        for member in members:
            if id(member) not in kept and not any(self._fits(case, member) for case in wanted):
                raise self.added(schema, f"the type {member} of {what}")
        if self.is_request and open_choices(schema) > sum(
            m.one_of is True for m in hints.marks(hint, "Rules")
        ):
            raise self.lost(schema, f"that {what} is only one of the schemas of a `oneOf`")
        if sum(member.is_model for member in members) > 1:
            for case in wanted:
                self._chosen(case, members, hints.marks(hint, "Discriminator"), what)

    def _kept(self, case: Case, members: list[Member], what: str) -> Member:
        """The member that keeps a case; where none does, the problem of the one that came nearest."""
        candidates = [member for member in members if _is_of(case, member)]
        if not candidates:
            raise self.lost(case.schema, f"{case} of {what}")
        if len(candidates) == 1:
            self._compare(case, candidates[0], what)
            return candidates[0]
        failures: list[tuple[int, Problem]] = []
        for member in candidates:
            steps = self._steps
            if (problem := self._failure(case, member, what)) is None:
                return member
            failures.append((self._steps - steps, problem))
        raise max(failures, key=lambda failure: failure[0])[1]

    def _fits(self, case: Case, member: Member) -> bool:
        return _is_of(case, member) and self._failure(case, member, "it") is None

    def _failure(self, case: Case, member: Member, what: str) -> Problem | None:
        """Compare to the end; what was found to agree while it did not is forgotten."""
        outer, self._waiting, known = self._waiting, deque[Comparison](), len(self._compared)
        try:
            self._compare(case, member, what)
            self._finish()
        except Problem as problem:
            while len(self._compared) > known:
                self._compared.popitem()
            return problem
        finally:
            self._waiting = outer
        return None

    def _compare(self, case: Case, member: Member, what: str) -> None:
        if case.kind == "value":
            return
        schema, is_failure = case.schema, any(case.schema.all("x-failure"))
        if is_failure != (member.is_model and member.base.__failure__):
            raise (self.lost if is_failure else self.added)(schema, f"the mark that {what} is a failure")
        self._keywords(schema, what)
        if member.is_model:
            self._model(schema, member.base, what)
        elif self.is_request or member.kind != "bytes":
            self._simple(schema, case.kind, member, what)

    def _model(self, schema: Schema, cls: Any, what: str) -> None:
        if (schema.key, cls) not in self._compared:
            self._compared[schema.key, cls] = schema  # kept, for the key holds the identity of its parts
            self._models[cls] = self._models.get(cls) or Model(cls)
            check_model(self, schema, self._models[cls], what)

    def _keywords(self, schema: Schema, what: str) -> None:
        for part in schema.parts if self.is_request else ():
            if unknown := [key for key in part if key not in _KEPT and not key.startswith("x-")]:
                raise self.lost(schema, f"the keyword `{unknown[0]}` of {what}")
        if missing := sorted(schema.required - schema.properties.keys()):
            raise self.lost(schema, f"that `{missing[0]}` is required in {what}")

    def _simple(self, schema: Schema, kind: str, member: Member, what: str) -> None:
        closed = {"maxProperties": 0} if kind == "object" and schema.rest.allows_nothing else {}
        self.check_rules(schema, kind, schema.limits(kind) | closed, member.rules, what)
        if kind == "array":
            self.later(schema.items, get_args(member.base)[0], f"an item of {what}")
        if kind == "object":
            if schema.properties:
                raise self.lost(schema, f"the properties of {what}")
            self.check_rest(schema, member, what)

    def _chosen(self, case: Case, members: list[Member], marks: list[Any], what: str) -> None:
        """Check that discriminators choose the class that they should."""
        for name, value in chosen_by(case.schema):
            classes = {mark.mapping.get(value) for mark in marks if mark.name == name}
            named = [m for m in members if m.is_model and m.base.__name__ in classes]
            if not any(self._fits(case, member) for member in named):
                raise self.lost(case.schema, f"what `{name}: {value}` means in {what}")


def _constants(members: list[Member]) -> dict[Any, list[Member]]:
    """The members that are one value, by what is equal where the values are."""
    found: dict[Any, list[Member]] = {}
    for member in members:
        if isinstance(member.base, Constant):
            found.setdefault(comparable(member.base.value), []).append(member)
    return found


def _is_of(case: Case, member: Member) -> bool:
    """Whether a member is of the type that a case wants, whatever it holds."""
    if case.kind == "value":
        return isinstance(member.base, Constant) and same(member.base.value, plain(case.value))
    binary = case.schema.all("contentMediaType") and not case.schema.all("contentEncoding")
    if case.kind != "string":
        return member.kind == case.kind or (case.kind == "any" and bool(binary) and member.kind == "File")
    return member.kind in (_BINARY if binary else _FORMATS.get(case.schema.get("format"), {"string"}))
