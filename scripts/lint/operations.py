"""Rules on the operations of a contract."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..contract import Contract
from ..document import problem
from ..operations import dependency
from ..parameters import parameters
from ..problem import Problem
from .subject import Subject

_SUCCESS = re.compile(r"2(\d\d|XX)")
_FAILURE = re.compile(r"[45](\d\d|XX)|default")


def operations(subject: Subject) -> Iterator[Problem]:
    """Every operation has a name, tags, texts, a page, and documented success and failure."""
    for document in subject.contracts:
        contract = Contract(document)
        tags = [tag["name"] for tag in document.get("tags") or ()]
        for _, _, _, operation in contract.operations():
            for inside, what, todo in (*_lacking(operation), *_untagged(operation, tags)):
                yield problem(document, contract.pointers[id(operation)] + inside, what, todo)


def _lacking(operation: Any) -> Iterator[tuple[str, str, str]]:
    """What an operation has not: where inside it, what, and what to do."""
    for field in ("operationId", "summary", "description", "externalDocs"):
        if not str(operation.get(field) or "").strip():
            yield "", f"the operation has no `{field}`", "add it"
    for name, pattern in (("success", _SUCCESS), ("failure", _FAILURE)):
        if not any(map(pattern.fullmatch, operation["responses"])):
            statuses = ", ".join(operation["responses"])
            yield "/responses", f"no response is that of a {name}, only {statuses}", "document one"


def _untagged(operation: Any, declared: list[str]) -> Iterator[tuple[str, str, str]]:
    tags: list[str] = operation.get("tags") or []
    if not tags:
        yield "", "the operation has no tag", "add one by an overlay"
    for index, tag in enumerate(tags):
        if tag not in declared:
            yield f"/tags/{index}", f"the tag `{tag}` is not declared", "add it to the document's `tags`"


def dependencies(subject: Subject) -> Iterator[Problem]:
    """Dependencies are in IDL4OAS, and name parameters of their operation."""
    for document in subject.contracts:
        contract = Contract(document)
        for _, _, item, operation in contract.operations():
            texts: list[Any] = operation.get("x-dependencies") or []
            for index in range(len(texts)):
                try:
                    dependency(contract, texts, index, parameters(contract, item, operation))
                except Problem as found:
                    yield found
