"""What can go wrong with a call, and what to do about it."""

from __future__ import annotations

import pickle
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from .guards import pointed
from .mismatch import Mismatch, Shown, dotted, shown, told


class Error(Exception):
    """The root of everything that a client raises of its own."""

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self)!r})"


class InvalidRequest(Error, ValueError):
    """The call breaks a rule of the contract; nothing was sent. Mend the argument that it names.

    `parameter` names the argument (or the attribute of a model in it), `where` the parameter or the place in
    the body as the contract has it, `rule` what the contract wants in JSON Schema's words, `value` what was
    given (or how it looks, where it holds a secret or cannot be pickled), `url` the page that documents the call.
    """

    def __init__(
        self,
        where: str,
        rule: str,
        value: object,
        parameter: str | None = None,
        hint: str = "",
        url: str | None = None,
    ) -> None:
        super().__init__(where, rule, value, parameter, hint, url)
        self.where, self.rule, self.value = where, rule, value
        self.parameter, self.url = where if parameter is None else parameter, url
        self.hint = hint or (
            "None stands for null: leave an optional argument out, or give UNSET." if value is None else ""
        )

    @classmethod
    def because(
        cls, where: str, argument: str, error: Mismatch | RecursionError | UnicodeEncodeError
    ) -> InvalidRequest:
        """The error for a parameter or body, seen from outside."""
        if isinstance(error, UnicodeEncodeError):
            error = Mismatch((), "text without lone surrogates", error.object)
        if isinstance(error, RecursionError):
            return cls(where, "less nesting", Shown("a value that may hold itself"), argument or where)
        parameter = dotted(error.path, argument)
        if parameter[:1] in ("", "["):  # the body itself, or an item of it
            parameter = where + parameter
        return cls(dotted(error.place, where), error.rule, error.value, parameter)

    def on_page(self, url: str | None) -> InvalidRequest:
        """The same, with the page that documents the call."""
        return InvalidRequest(self.where, self.rule, self.value, self.parameter, self.hint, url)

    def __str__(self) -> str:
        is_same = f" {self.where}".endswith((f" {self.parameter}", f".{self.parameter}"))
        where = self.where if is_same else f"{self.parameter} ({self.where})"
        hint = f" {self.hint}" if self.hint else ""
        page = f" See {self.url}" if self.url else ""
        return f"{where:.300}: {told(self.rule, self.value)}.{hint} Nothing was sent.{page}"

    def __reduce__(self) -> tuple[Any, ...]:
        try:
            pickle.dumps(self.value)
        except Exception:  # a lock, a generator: what it was cannot travel, what it looks like can
            value: object = Shown(shown(self.value))
        else:
            value = self.value
        where, rule, _, *rest = self.args
        return type(self), (where, rule, value, *rest), {**vars(self), "value": value}


class MissingCredentials(Error):
    """The call needs credentials that the client was not given; nothing was sent. Give them to the client."""


class InvalidCredentials(Error, ValueError):
    """A credential cannot be used; nothing was sent. The message says why, without the secret."""


class NotSent(Error):
    """The request never left: no connection could be made, or none was free. It is safe to call again.

    `__cause__` is httpx's error.
    """


class OutcomeUnknown(Error):
    """The request may have been carried out, though there is no answer that says so. Do not just call again.

    `ask` names the call that can tell, where the contract has one.
    """

    ask: str | None = None


class ResponseError(Error):
    """An answer that is not a success: `status`, `headers` and the bytes in `content` are kept."""

    def __init__(self, told: str, status: int, headers: Mapping[str, str], content: bytes) -> None:
        super().__init__(told, status, headers, content)
        self.status, self.headers, self.content = status, headers, content

    @property
    def status_code(self) -> int:
        """The HTTP status."""
        return self.status

    @property
    def request_id(self) -> str | None:
        """What the vendor calls the request, by a header such as `X-Request-Id`."""
        ids = (text for name, text in self.headers.items() if name.lower().endswith(_REQUEST_IDS))
        return next(ids, None)

    def __str__(self) -> str:
        return str(self.args[0])


_REQUEST_IDS = ("request-id", "requestid", "correlation-id", "trace-id")


class MalformedResponse(ResponseError):
    """The answer is not as documented; the request was probably carried out. Look before calling again.

    `where` is the place in the answer, `expected` what the contract wants there in JSON Schema's words, `got`
    what stands there.
    """

    where: str = ""
    expected: str = ""
    got: object = None


class ErrorFields(NamedTuple):
    """Where an error object holds what people ask for: JSON pointers, and the codes that mean the credentials."""

    code: str | None = None
    message: str | None = None
    details: str | None = None
    authentication: tuple[str | int, ...] = ()

    def found(self, answer: Any) -> tuple[str | int | None, str | None, Any]:
        """The code, the message and the details in an answer of JSON; None for what it has not."""
        code, message, details = (None if at is None else pointed(answer, at) for at in self[:3])
        has_code, has_message = isinstance(code, str | int), isinstance(message, str)
        return code if has_code else None, message if has_message else None, details


class APIError(ResponseError):
    """The vendor refused the call, or failed: what it says is in `code`, `message` and `details`.

    `parsed` is the documented error, or None where the answer is not as documented; the other three are read
    from such an answer too, where it has them.
    """

    code: str | int | None = None
    """The vendor's code."""
    message: str | None = None
    """The vendor's words."""
    details: Any = None
    """What more the vendor says, as JSON."""

    def __init__(
        self, told: str, status: int, headers: Mapping[str, str], content: bytes, parsed: Any = None
    ) -> None:
        super().__init__(told, status, headers, content)
        self.args = (*self.args, parsed)
        self.parsed: Any = parsed


class UnexpectedStatus(APIError):
    """The contract does not document this status; a call answered with 2XX was probably carried out."""


class UncertainStatus(UnexpectedStatus, OutcomeUnknown):
    """An undocumented 2XX or 3XX to a call that must not be sent twice: it may have been carried out."""


class AuthenticationError(APIError):
    """The vendor did not accept the credentials (status 401, or a code of that meaning). Check them."""


class RateLimited(APIError):
    """The vendor asks to slow down (status 429). Wait for `retry_after` seconds, or longer without it."""

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait by the `Retry-After` header, in seconds or as a date; None without a usable one."""
        return retry_after(self.headers)


class ServerError(APIError):
    """The vendor failed (status 5XX). Unless this is an `OutcomeUnknown` too, the call may be made again."""


class UncertainServerError(ServerError, OutcomeUnknown):
    """The vendor failed (status 5XX) at a call that must not be sent twice: it may have been carried out.

    It is an `OutcomeUnknown` too. Do not just call again.
    """


class UncertainFailure(APIError, OutcomeUnknown):
    """A failure in a status of success that may be none: its code is empty, or it has what only a success has.

    The call must not be sent twice, and may have been carried out. Do not just call again.
    """


BY_STATUS: Mapping[str, type[APIError]] = {"401": AuthenticationError, "429": RateLimited}
"""The class of each status that has one, as in the tree of each vendor."""


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds to wait by the `Retry-After` header, in seconds or as a date; None without a usable one."""
    text = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    if text.isdecimal() and text.isascii():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    wait = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - datetime.now(UTC)
    return max(0.0, wait.total_seconds())
