"""Rules on a whole document: it is OpenAPI 3.1, and its extensions mean something where they stand."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from ..document import copied, problem
from ..objects import walk
from ..problem import Problem
from .subject import Subject
from .validation import broken, validator

EXTENSIONS = {
    "x-origin": {"info"},
    "x-python-name": {"tag", "operation", "parameter", "schema"},
    "x-credentials": {"security scheme"},
    "x-jwt": {"security scheme"},
    "x-failure": {"schema"},
    "x-dependencies": {"operation"},
    "x-billable": {"operation"},
    "x-idempotent": {"operation"},
    "x-allowed-roles": {"operation"},
    "x-python-method": {"operation"},
    "x-ask": {"operation"},
    "x-environment": {"security scheme"},
    "x-error": {"schema"},
    "x-uri-parameters": {"operation"},
    "x-not-processed": {"response"},
    "x-enabled": {"overlay"},
    "x-optional": {"action"},
}
"""The extensions that there are, and the objects that they mean something in."""


def openapi(subject: Subject) -> Iterator[Problem]:
    """Spec and contract are OpenAPI 3.1, patterns included, also by openapi-spec-validator."""
    schema = validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    for document in (subject.spec, *subject.contracts):
        for part in walk(document):
            if part.kind == "schema":
                yield from broken(schema, document, part.at, part.node, "the schema", "correct it")
        for error in OpenAPIV31SpecValidator(_without_defaults(document)).iter_errors():
            if not isinstance(error.validator, str):  # a keyword: said above, or by the rule on values
                yield problem(document, "#", f"not OpenAPI 3.1: {error.message:.200}", "correct it")


def _without_defaults(document: Any) -> Any:
    """A copy without defaults, which the rule on values checks, and openapi-spec-validator perhaps for ever."""
    copy = copied(document)
    for part in list(walk(copy)):
        if part.kind == "schema":
            part.node.pop("default", None)
    return copy


def extensions(subject: Subject) -> Iterator[Problem]:
    """Extensions are known, and stand where they mean something."""
    documents = [("overlay", each) for each in subject.overlays]
    documents += [("document", each) for each in (subject.spec, *subject.contracts)]
    for root, document in documents:
        for kind, at, node in walk(document, root):
            for name in filter(lambda field: field.startswith("x-"), node):
                if name not in EXTENSIONS:
                    what, todo = f"unknown extension `{name}`", f"choose from {', '.join(EXTENSIONS)}"
                    yield problem(document, f"{at}/{name}", what, todo)
                elif kind not in EXTENSIONS[name]:
                    todo = f"put it into a {' or '.join(sorted(EXTENSIONS[name]))}"
                    yield problem(document, f"{at}/{name}", f"`{name}` means nothing in a {kind}", todo)
