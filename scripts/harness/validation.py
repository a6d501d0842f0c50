"""JSON Schema validation by the contract."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from ..contract import Contract
from ..document import plain
from ..objects import entries
from .generation import one_way
from .times import is_rfc_2822

_FORMATS = {"date-time-rfc-2822": is_rfc_2822}
"""Formats that JSON Schema does not know."""


def invalid(contract: Contract, schema: Any, value: Any, way: str = "") -> str | None:
    """How a JSON value breaks a schema of the contract; None where it does not.

    In a `request`, properties that are only read are left aside, in an `answer` those that are only written.
    """
    error = next(validator(contract, json.dumps(schema), way).iter_errors(value), None)
    return None if error is None else f"{error.message:.300}"


@lru_cache(maxsize=4096)
def validator(contract: Contract, schema: str, way: str = "") -> Any:
    """A validator of a schema, given as JSON, that may refer to the contract's components."""
    components = plain(entries(contract.document, "components"))
    return compiled(rooted(components, json.loads(schema), way))


def compiled(schema: Any) -> Any:
    """A validator of a schema that stands alone, which minds formats."""
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True, formats=_FORMATS)


def rooted(components: Any, schema: Any, way: str) -> dict[str, Any]:
    """A schema that holds the components that it may refer to."""
    root = {"components": components, "allOf": [schema]}
    if not way:
        return root
    schemas = {name: one_way(node, way) for name, node in entries(components, "schemas").items()}
    return {"components": {**components, "schemas": schemas}, "allOf": [one_way(schema, way)]}
