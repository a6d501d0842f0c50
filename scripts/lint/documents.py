"""Rules on a whole document: it is OpenAPI 3.1, its schemas are JSON Schema, its extensions are known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from openapi_spec_validator import OpenAPIV31SpecValidator

from ..document import plain, problem
from ..problem import Problem
from .objects import walk
from .subject import Subject
from .validation import broken, validator

FORMS = ("openapi-html", "openapi-markdown", "prose")
"""The forms of page that can be read."""

_TRUE_OR_FALSE = {"type": "boolean"}
_TEXTS = {"type": "array", "minItems": 1, "items": {"type": "string"}}
_NAME = {"type": "string", "format": "python-name"}
_ORIGIN = {
    "type": "object",
    "required": ["url", "form", "read"],
    "properties": {
        "url": {"type": "string", "format": "uri"},
        "form": {"enum": FORMS},
        "read": {"type": "string", "format": "date"},
    },
}
_EXTENSIONS: dict[str, tuple[set[str], dict[str, Any]]] = {
    "x-origin": ({"info"}, _ORIGIN),
    "x-python-name": ({"tag", "operation", "parameter", "schema"}, _NAME),
    "x-credentials": ({"security scheme"}, {"type": "object", "additionalProperties": _NAME}),
    "x-jwt": ({"security scheme"}, {"type": "object"}),
    "x-failure": ({"schema"}, _TRUE_OR_FALSE),
    "x-dependencies": ({"operation"}, _TEXTS),
    "x-billable": ({"operation"}, _TRUE_OR_FALSE),
    "x-idempotent": ({"operation"}, _TRUE_OR_FALSE),
    "x-allowed-roles": ({"operation"}, _TEXTS),
    "x-uri-parameters": ({"operation"}, {"type": "array", "items": {"type": "object"}}),
    "x-not-processed": ({"response"}, _TRUE_OR_FALSE),
    "x-enabled": ({"overlay"}, _TRUE_OR_FALSE),
    "x-optional": ({"action"}, _TRUE_OR_FALSE),
}
"""The extensions that mean something, the objects that they mean it in, and the schemas of their values."""


def openapi(subject: Subject) -> Iterator[Problem]:
    """Spec and contract are valid OpenAPI 3.1, and their schemas valid JSON Schema."""
    schema = validator({"$ref": "https://json-schema.org/draft/2020-12/schema"})
    todo = "write it as JSON Schema 2020-12 has it"
    for document in (subject.spec, *subject.contracts):
        found = [
            finding
            for part in walk(document)
            if part.kind == "schema"
            for finding in broken(schema, document, part.at, part.node, "the schema", todo)
        ]
        yield from found or _others(document)


def _others(document: Any) -> Iterator[Problem]:
    """What openapi-spec-validator finds by other means than a schema; it does not say where."""
    for error in OpenAPIV31SpecValidator(plain(document)).iter_errors():
        if not isinstance(error.validator, str):
            yield problem(document, "#", f"not OpenAPI 3.1: {error.message:.200}", "correct it")


def extensions(subject: Subject) -> Iterator[Problem]:
    """Extensions are known, stand where they mean something, and hold what they should."""
    documents = [*((each, "overlay") for each in subject.overlays), (subject.spec, "document")]
    documents += [(each, "document") for each in subject.contracts]
    for document, kind in documents:
        for part in walk(document, kind):
            for name in part.node:
                if name.startswith("x-"):
                    yield from _extension(document, name, part.kind, f"{part.at}/{name}", part.node[name])


def _extension(document: Any, name: str, kind: str, at: str, value: Any) -> Iterator[Problem]:
    if name not in _EXTENSIONS:
        yield problem(document, at, f"unknown extension `{name}`", f"choose from {', '.join(_EXTENSIONS)}")
        return
    kinds, schema = _EXTENSIONS[name]
    if kind not in kinds:
        what, todo = f"`{name}` means nothing in a {kind}", f"put it into a {' or '.join(sorted(kinds))}"
        yield problem(document, at, what, todo)
    yield from broken(validator(schema), document, at, value, f"`{name}`", "correct it")
