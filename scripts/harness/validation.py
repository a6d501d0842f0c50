"""JSON Schema validation by the contract."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

import jsonschema_rs

from ..contract import Contract
from ..document import plain
from ..objects import entries


def invalid(contract: Contract, schema: Any, value: Any) -> str | None:
    """How a JSON value breaks a schema of the contract; None where it does not."""
    error = next(validator(contract, json.dumps(schema)).iter_errors(value), None)
    return None if error is None else f"{error.message:.300}"


@lru_cache(maxsize=512)
def validator(contract: Contract, schema: str) -> Any:
    """A validator of a schema, given as JSON, that may refer to the contract's components."""
    components = {"components": plain(entries(contract.document, "components"))}
    return jsonschema_rs.Draft202012Validator({**components, "allOf": [json.loads(schema)]})
