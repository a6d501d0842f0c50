"""JSON Schema, with every error said at its place."""

from __future__ import annotations

from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from typing import Any

import jsonschema_rs

from ..document import pointer, problem
from ..kinds import is_array, is_object
from ..problem import Problem
from ..runtime.timestamps import RFC_2822


def validator(schema: dict[str, Any], registry: jsonschema_rs.Registry | None = None) -> Any:
    """A validator that checks formats too; raises `jsonschema_rs.ValidationError` for no schema."""
    formats = {RFC_2822: _is_rfc_2822}
    return jsonschema_rs.Draft202012Validator(
        schema, registry=registry, formats=formats, validate_formats=True
    )


def broken(schema: Any, document: Any, at: str, value: Any, name: str, todo: str) -> Iterator[Problem]:
    """Where `value`, which is at `at` of the document and called `name`, breaks the schema of a validator."""
    for error in schema.iter_errors(value):
        place = at + pointer(*error.instance_path)[1:]
        hint = f"put it in quotes, or {todo}" if _is_unquoted(error) else todo
        yield problem(document, place, f"{name} is not valid: {error.message:.200}", hint)


def _is_unquoted(error: Any) -> bool:
    """Whether YAML made something else than text of a value, for want of quotes."""
    is_scalar = not (is_object(error.instance) or is_array(error.instance))
    return error.kind.name == "type" and "string" in error.kind.types and is_scalar


def _is_rfc_2822(text: str) -> bool:
    try:
        return bool(parsedate_to_datetime(text))
    except (TypeError, ValueError):
        return False
