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
    return jsonschema_rs.Draft202012Validator(rooted(components, json.loads(schema), way))


def rooted(components: Any, schema: Any, way: str) -> dict[str, Any]:
    """A schema that holds the components that it may refer to."""
    root = {"components": components, "allOf": [schema]}
    if not way:
        return root
    schemas = {name: one_way(node, way) for name, node in entries(components, "schemas").items()}
    return {"components": {**components, "schemas": schemas}, "allOf": [one_way(schema, way)]}
