"""Rules on what a contract means to a client: one can be made, and uses all that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import lowering
from ..contract import Contract
from ..document import keys_of, pointer, problem
from ..kinds import is_object
from ..objects import entries, walk
from ..problem import Problem
from ..schemas import Schemas
from .subject import Subject


def client(subject: Subject) -> Iterator[Problem]:
    """A client can be made: the first thing that `generate` would refuse, where there is one."""
    for document in subject.contracts:
        try:
            lowering.client(subject.vendor.name, Contract(document))
        except Problem as problem:
            yield problem


def schemes(subject: Subject) -> Iterator[Problem]:
    """Every security scheme is that of an operation."""
    for document in subject.contracts:
        root = document.get("security") or ()
        operations = [operation for *_, operation in Contract(document).operations()]
        used = {name for each in operations for way in each.get("security", root) for name in way}
        for name in entries(document, "components", "securitySchemes"):
            if name not in used:
                at = pointer("components", "securitySchemes", name)
                what = f"no operation uses the security scheme `{name}`"
                yield problem(document, at, what, "name it in `security`, or remove it")


def errors(subject: Subject) -> Iterator[Problem]:
    """What x-error points to is described in its schema."""
    for document in subject.contracts:
        contract = Contract(document)
        schemas = Schemas(contract)
        for part in walk(document):
            for field, at in entries(part.node, "x-error").items() if part.kind == "schema" else ():
                if isinstance(at, str) and not _is_described(schemas, part.node, keys_of(f"#{at}")):
                    what = f"the schema has no property `{at}`"
                    yield problem(
                        document, f"{part.at}/x-error/{field}", what, "correct the pointer, or describe it"
                    )


def _is_described(schemas: Schemas, node: Any, keys: list[str]) -> bool:
    """Whether a JSON pointer leads to something that is described in a schema."""
    schema = schemas.effective(node)
    if not (keys and is_object(schema)):
        return not keys
    held = schema.get("items") if keys[0].isdecimal() else entries(schema, "properties").get(keys[0])
    is_here = held is not None and _is_described(schemas, held, keys[1:])
    return is_here or any(_is_described(schemas, option, keys) for option in schemas.options(schema))
