"""The error classes of a client: one for each status that the contract documents as a failure."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus

from . import names
from .annotation import union
from .operations import Answer, Operation

KNOWN = {"401": "AuthenticationError", "429": "RateLimited"}
"""Classes that every client has, whether documented or not."""
_RENAMED = {"413": "ContentTooLarge", "414": "URITooLong", "416": "RangeNotSatisfiable",
            "418": "ImATeapot", "422": "UnprocessableContent"}  # fmt: skip
"""What newer Pythons call otherwise: the names of RFC 9110."""
_RANGES = {"3XX": "Redirection", "4XX": "ClientError"}


@dataclass
class Failure:
    """The class of a documented status."""

    name: str
    status: str
    base: str
    descriptions: list[str] = field(default_factory=list[str])
    kinds: list[str] = field(default_factory=list[str])

    @property
    def told(self) -> str:
        """What the class docstring says."""
        known = list(dict.fromkeys(filter(None, self.descriptions)))
        return f"Status {self.status}. {known[0] if len(known) == 1 else ''}".strip()

    @property
    def parsed(self) -> str:
        """The type of the documented answer."""
        return union(*self.kinds, "None")


def failures(operations: list[Operation]) -> list[Failure]:
    """The classes of the statuses that operations document, in the order of the statuses."""
    found: dict[str, Failure] = {}
    for operation in operations:
        for answer in operation.answers:
            if (name := _named(answer.status)) is not None:
                failure = found.setdefault(answer.status, Failure(name, answer.status, "APIError"))
                failure.descriptions.append(answer.description)
                failure.kinds += [content.type.plain for content in answer.content]
                if answer.status >= "5" and failure.base != "UncertainServerError":
                    failure.base = "ServerError" if is_certain(operation, answer) else "UncertainServerError"
    return sorted(found.values(), key=lambda failure: failure.status)


def raised(operation: Operation, answer: Answer) -> str:
    """The class of the error that an answer raises where it is a failure."""
    if answer.status[0] == "5" and is_certain(operation, answer):
        return "ServerError" if answer.status == "5XX" else _named(answer.status) or "ServerError"
    return _named(answer.status) or ("UncertainServerError" if answer.status == "5XX" else "APIError")


def is_certain(operation: Operation, answer: Answer) -> bool:
    """Whether it is known what a failure left behind: nothing, or what another call does not make worse."""
    return operation.is_idempotent or answer.not_processed


def _named(status: str) -> str | None:
    if status[0] == "2" or status in ("default", "1XX", "5XX"):
        return None
    if status in _RANGES or status in KNOWN:
        return {**_RANGES, **KNOWN}[status]
    try:
        return _RENAMED.get(status) or names.pascal(HTTPStatus(int(status)).phrase)
    except ValueError:
        return f"Status{status}"
