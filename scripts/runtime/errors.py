"""What can go wrong with a call, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from .mismatch import Mismatch, dotted, told


class Error(Exception):
    """The root of everything that a client raises of its own."""


class InvalidRequest(Error, ValueError):
    """The call breaks a rule of the contract; nothing was sent.

    `where` names the parameter or the place in the body, `rule` what the contract wants in JSON Schema's
    words, `value` what was given.
    """

    def __init__(self, where: str, rule: str, value: object) -> None:
        super().__init__(where, rule, value)
        self.where, self.rule, self.value = where, rule, value

    @classmethod
    def because(cls, where: str, error: Mismatch | RecursionError) -> InvalidRequest:
        """The error for a parameter or body, seen from outside."""
        if isinstance(error, RecursionError):
            return cls(where, "less nesting", "a value that may hold itself")
        place = dotted(error.place)
        joint = "." if place and place[0] != "[" else ""
        return cls(f"{where}{joint}{place}", error.rule, error.value)

    def __str__(self) -> str:
        return f"{told(self.where, self.rule, self.value)}. Nothing was sent."


class MissingCredentials(Error):
    """The call needs credentials that the client was not given; nothing was sent."""


class ResponseError(Error):
    """An answer that is not a success: `status_code`, `headers` and the bytes in `content` are kept."""

    def __init__(self, message: str, status_code: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(message, status_code, headers, content)
        self.message, self.status_code, self.headers, self.content = message, status_code, headers, content

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.message!r})"


class MalformedResponse(ResponseError):
    """The answer cannot be understood by the contract; the request was probably carried out."""


class APIError(ResponseError):
    """The vendor refused the call: `parsed` is the documented error, or None where the answer was not one."""

    def __init__(
        self, message: str, status_code: int, headers: Mapping[str, str], content: bytes, parsed: Any = None
    ) -> None:
        super().__init__(message, status_code, headers, content)
        self.args = (*self.args, parsed)
        self.parsed = parsed


class UnexpectedStatus(APIError):
    """The contract does not document this status; a call answered with 2XX was probably carried out."""


class AuthenticationError(APIError):
    """The vendor did not accept the credentials (status 401)."""


class RateLimited(APIError):
    """The vendor asks to slow down (status 429)."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait by the `Retry-After` header, in seconds or as a date; None without a usable one."""
        text = next(
            (text for name, text in self.headers.items() if name.lower() == "retry-after"), ""
        ).strip()
        if text.isdecimal():
            return float(text)
        try:
            moment = parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            return None
        wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
        return max(0.0, wait.total_seconds())


BY_STATUS: Mapping[int, type[APIError]] = {401: AuthenticationError, 429: RateLimited}
"""The class of a documented or undocumented status that has one of its own."""
