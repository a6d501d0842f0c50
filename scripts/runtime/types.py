"""Types that stand in the signatures of all clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Generic, NamedTuple, TypeVar

T = TypeVar("T")


class File(NamedTuple):
    """A file to upload: its bytes (or an open binary file), and the name and media type that go with it."""

    payload: bytes | IO[bytes]
    file_name: str | None = None
    mime_type: str | None = None


class Response(NamedTuple, Generic[T]):
    """An answer of any status.

    `parsed` is the documented model of this status, or None where the contract documents no body for it, or
    where the answer of a failed call is not what the contract says.
    """

    status_code: int
    content: bytes
    headers: Mapping[str, str]
    parsed: T

    def __repr__(self) -> str:
        """Its status alone: the rest may be long, and secret."""
        return f"Response(status={self.status_code})"

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.status_code
