"""The operators: every small fault of a contract, one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..contract import Contract
from . import operations, parameters, schemas
from .places import Fault, Place, places

OPERATORS: dict[str, tuple[Callable[[Place], Iterator[Fault]], ...]] = {
    "document": (operations.of_document,),
    "path item": (operations.of_path_item,),
    "operation": (operations.of_operation, parameters.of_operation),
    "parameter": (parameters.of_parameter,),
    "request body": (parameters.of_body,),
    "media type": (parameters.of_media_type,),
    "encoding": (parameters.of_encoding,),
    "response": (operations.of_response,),
    "server": (operations.of_server,),
    "server variable": (operations.of_variable,),
    "security scheme": (operations.of_scheme,),
    "schema": (schemas.of_schema,),
}
"""What can be wrong with an object of each kind.

Left out is what is not on the wire and not in an answer: descriptions, examples and other prose, the names in
Python, what a call may cost and who may make it, the environment variables, and how a token is minted.
"""


def faults(contract: Contract) -> Iterator[tuple[Place, Fault]]:
    """All faults of a contract, in the document's order, with the place of each."""
    for place in places(contract):
        for operator in OPERATORS.get(place.kind, ()):
            for fault in operator(place):
                yield place, fault
