"""Whether a document has the structure that OpenAPI 3.1 asks for, its Schema Objects included."""

from __future__ import annotations

import json
from functools import cache
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, Registry, ValidationError
from jsonschema_rs import ValidationErrorKind as Kind

from .document import pointer, problem
from .objects import METHODS
from .problem import Problem, refuse

DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
_RESOURCES = {
    "openapi-spec-validator": ["openapi_spec_validator/resources/schemas/v3.1/schema.json"],
    "openapi-schema-validator": [
        "openapi_schema_validator/schemas/oas3.1/metaschema.json",
        "openapi_schema_validator/schemas/oas3.1/vocabularies/base",
    ],
}
_UNKNOWN = {
    "paths": ("the path `{}` does not start with a slash", "write `/{}`"),
    "responses": ("`{}` is no status code", "write one such as 404, a range such as 4XX, or default"),
}
"""What to say of an unknown field of an object."""
_BESIDE = {*METHODS, "servers", "parameters"}
"""Fields of a path item, which OpenAPI allows beside its `$ref`."""
_OF_A_TYPE = {"name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"}
"""Fields that a security scheme has if it is of the right type."""
_EITHER = {"parameter": "schema and content", "header": "schema and content"}
"""Which fields of an object exclude each other."""


def check(document: Any) -> None:
    """Raise a `Problem` for what the schema of OpenAPI 3.1 does not allow, the innermost place first."""
    errors = [_cause(error) for error in _schema().iter_errors(document)]
    said = [_said(error) for error in errors if not _follows(error)] or list(map(_said, errors))
    innermost = sorted(said, key=lambda each: len(each[0]), reverse=True)
    found: dict[tuple[str, str], Problem] = {}
    for keys, what, todo in innermost:
        at = pointer(*keys)
        if not any(inner.startswith(f"{at}/") for inner, _ in found):  # which may be the cause
            found[at, what] = problem(document, at, what, todo)
    refuse(found.values())


@cache
def _schema() -> Draft202012Validator:
    """The official schema; where it leaves Schema Objects open, the official schema of these takes over."""
    known = [_resource(package, path) for package, paths in _RESOURCES.items() for path in paths]
    schema = {"$ref": known[0][0], "$defs": {"schema": {"$dynamicAnchor": "meta", "$ref": DIALECT}}}
    return Draft202012Validator(schema, registry=Registry(known), base_uri="urn:openapi")


def _resource(package: str, path: str) -> tuple[str, Any]:
    """A schema that a library brings, without importing the library, which takes half a second."""
    schema = json.loads(Path(str(distribution(package).locate_file(path))).read_text("utf-8"))
    return schema["$id"], schema


def _follows(error: ValidationError) -> bool:
    """Whether fields are unknown only because another one, which gives them a meaning, is missing or wrong."""
    return isinstance(error.kind, Kind.UnevaluatedProperties) and set(error.kind.unexpected) <= _OF_A_TYPE


def _cause(error: ValidationError) -> ValidationError:
    """Where a value fits none of several choices: why it does not fit the one that it comes nearest to."""
    while isinstance(error.kind, Kind.AnyOf | Kind.OneOfNotValid) and not _missing(error):
        reasons = [reason for choice in error.kind.context for reason in choice]
        error = max(reasons, key=lambda each: (len(each.instance_path), not isinstance(each.kind, Kind.Type)))
    return error


def _missing(error: ValidationError) -> list[str]:
    """The fields for want of which an object fits none of several choices."""
    choices = error.kind.context if isinstance(error.kind, Kind.AnyOf | Kind.OneOfNotValid) else []
    return [
        reason.kind.property
        for choice in choices
        for reason in choice
        if isinstance(reason.kind, Kind.Required)
    ]


def _said(error: ValidationError) -> tuple[list[str | int], str, str]:
    """The place, what is wrong there, and what to do."""
    keys, path = error.instance_path, error.schema_path
    owner = str(path[1]).replace("-", " ") if path[0] == "$defs" else "schema" if keys else "OpenAPI"
    match error.kind:
        case Kind.UnevaluatedProperties(unexpected=[name, *_]) if owner == "reference" and name in _BESIDE:
            what = f"`{name}` beside a `$ref` is not supported"
            return [*keys, name], what, "put it where the reference leads"
        case Kind.UnevaluatedProperties(unexpected=[name, *_]):
            usual = (f"`{{}}` is no field of {owner} objects", "correct it, or name it `x-{}`")
            what, todo = _UNKNOWN.get(owner, usual)
            return [*keys, name], what.format(name), todo.format(name)
        case Kind.PropertyNames(error=inner):
            return [*keys, str(inner.instance)], f"the name {inner.message}", "name it so"
        case Kind.MinProperties() | Kind.Required() if owner == "responses":
            return keys, "the operation has no responses", "document at least one"
        case Kind.Required(property=name):
            return keys, f"`{name}` is missing", "add it"
        case Kind.AnyOf() | Kind.OneOfNotValid():
            return keys, f"there is none of {', '.join(_missing(error))}", "add one of them"
        case Kind.OneOfMultipleValid() if owner in _EITHER:
            return keys, f"the {owner} has both {_EITHER[owner]}", "keep one of them"
        case Kind.Enum(options=options):
            choices = ", ".join(map(json.dumps, options))
            return keys, f"{json.dumps(error.instance)} is not allowed", f"choose from {choices}"
        case Kind.Type(types=["string"]) if isinstance(error.instance, bool | int | float):
            return keys, f"{json.dumps(error.instance)} is not text", "put it in quotes"
        case _:
            return keys, error.message, "write it as OpenAPI 3.1 has it"
