"""An operation of the contract: how its request is written and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import httpx

from . import errors, styles
from .answers import Answers, parsed
from .body import Body
from .codec import codec
from .draft import Draft, Parameter
from .errors import APIError, InvalidRequest, MalformedResponse, OutcomeUnknown
from .exchange import Found
from .mismatch import Mismatch, dotted
from .objects import Object
from .types import Response
from .unset import UNSET
from .values import SEND, SEND_UNCHECKED, Codec, Way

S = TypeVar("S")
T = TypeVar("T")

IDEMPOTENT = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}
"""Methods that HTTP defines so that a request sent twice does what one does."""

__all__ = ["Body", "Dependency", "Operation", "Parameter"]


class Dependency:
    """An inter-parameter dependency: its text, whether the parameters given (by name) fulfil it, and what to do."""

    def __init__(self, text: str, holds: Callable[[Mapping[str, Any]], object], todo: str = "") -> None:
        self.text, self.holds, self.todo = text, holds, todo

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise `InvalidRequest` where it does not hold."""
        try:
            holds = self.holds(given)
        except (TypeError, ArithmeticError):  # it compares or divides what cannot be
            holds = False
        if not holds:
            raise InvalidRequest("parameters", self.text, dict(given), hint=self.todo)


class Operation(Generic[S, T]):
    """One operation: `S` is what a success means in Python, `T` what any documented answer does.

    `responses` maps a status (`201`, `4XX`, `default`) to the Python type of each media type; an answer
    without documented content has none. `not_processed` are the statuses that say that nothing was carried
    out, `ask` names the call that can tell what was, `url` the page that documents the call.
    """

    def __init__(
        self,
        method: str,
        path: str,
        *,
        parameters: Sequence[Parameter] = (),
        body: Body | None = None,
        responses: Mapping[str, Mapping[str, Any]],
        security: Sequence[Sequence[str]] = (),
        dependencies: Sequence[Dependency] = (),
        server: str | None = None,
        is_idempotent: bool | None = None,
        not_processed: Sequence[str] = (),
        ask: str | None = None,
        url: str | None = None,
    ) -> None:
        self.method, self.path, self.parameters, self.body = method, path, parameters, body
        self.responses, self.security = responses, security
        self.dependencies, self.server = dependencies, server
        self.is_idempotent = method in IDEMPOTENT if is_idempotent is None else is_idempotent
        self.not_processed, self.ask, self.url = not_processed, ask, url
        self.answers = Answers(responses)

    @cached_property
    def codecs(self) -> list[Codec]:
        """The codecs of the parameters; made with the first call, for then all models are there."""
        return [codec(parameter.type) for parameter in self.parameters]

    @cached_property
    def owners(self) -> dict[str, dict[str, str]]:
        """The parameter that each name in the query and in the cookies belongs to."""
        return {
            location: {each.name: each.name for each in self.parameters if each.location == location}
            for location in ("query", "cookie")
        }

    @cached_property
    def documented(self) -> dict[tuple[str, str], str]:
        """The parameter whose documented property becomes a name in the query or a cookie, where there is just one."""
        found: dict[tuple[str, str], set[str]] = {}
        for each, made in zip(self.parameters, self.codecs, strict=True):
            spreads = each.style == "deepObject" or (each.style == "form" and each.explode)
            if isinstance(made, Object) and spreads and each.content is None:
                for name, _ in styles.pairs(
                    each.name, dict.fromkeys(made.names, ""), each.style, each.explode
                ):
                    found.setdefault((each.location, name), set()).add(each.name)
        return {at: owner for at, (owner, *others) in found.items() if not others}

    # The request

    def draft(
        self, values: Sequence[Any], body: Any, content_type: str | None, *, checks: bool = True
    ) -> Draft:
        """Check the values (in the order of `parameters`; `UNSET` is not sent) and write the request.

        Raises `InvalidRequest` for the first broken rule; without `checks` only for what cannot be written.
        """
        try:
            return self._draft(values, body, content_type, SEND if checks else SEND_UNCHECKED)
        except InvalidRequest as error:
            raise error.on_page(self.url) from None

    def _draft(self, values: Sequence[Any], body: Any, content_type: str | None, way: Way) -> Draft:
        draft = Draft(self.path, self.owners, self.documented)
        given: dict[str, Any] = {}
        for parameter, made, value in zip(self.parameters, self.codecs, values, strict=True):
            if value is not UNSET:
                try:
                    given[parameter.name] = encoded = made.encode(value, way)
                    draft.place(parameter, encoded)
                except (Mismatch, RecursionError, UnicodeEncodeError) as error:
                    argument = parameter.argument or parameter.name
                    raise InvalidRequest.because(parameter.where, argument, error) from None
            elif parameter.required and (way.checks or parameter.location == "path"):
                raise InvalidRequest(parameter.where, "required", value, parameter.argument or parameter.name)
        for dependency in self.dependencies if way.checks else ():
            dependency.check(given)
        if self.answers.accept:
            draft.headers.append(("Accept", self.answers.accept))
        if self.body is not None:
            self.body.add(draft, body, content_type, way)
        elif body is not UNSET:
            raise InvalidRequest("body", "nothing: the operation takes no body", body)
        return draft

    # The answer

    @property
    def call(self) -> str:
        """What messages call it."""
        return f"{self.method} {self.path}"

    def may_repeat(self, found: Found) -> bool:
        """Whether the request can be sent again without the danger that it is carried out twice."""
        if found.response is None or not found.is_whole:
            return found.is_unsent or self.is_idempotent
        status = found.response.status_code
        return self._is_not_processed(status) or (self.is_idempotent and status >= 500)

    def _is_not_processed(self, status: int) -> bool:
        return bool(self.not_processed) and self.answers.key(status) in self.not_processed

    def read(self, found: Found) -> Response[T]:
        """The answer with its documented model, if it has it; raises `MalformedResponse` for a success without."""
        response = found.response
        if response is None or not found.is_whole:
            raise found.failure(self.call, self.ask) from found.error
        status, value = response.status_code, None
        content = self.answers.content(status)
        if content and self.method != "HEAD":
            try:
                if found.error is not None:
                    raise found.error
                value = parsed(content, response)
            except (Mismatch, RecursionError, httpx.DecodingError) as error:
                if response.is_success and not self.answers.is_failure(None, response.content):
                    raise self._malformed(response, error) from found.error
        return Response(status, response.content, response.headers, cast("T", value))

    def _malformed(self, response: httpx.Response, error: Exception) -> MalformedResponse:
        """The error for an answer that cannot be understood."""
        what = f"cannot be decoded ({type(error).__name__}: {error})"
        if isinstance(error, Mismatch):
            what = f"is not as documented: {error}"
        done = "" if self.is_idempotent else " The request was probably carried out."
        told = f"{self.call} answered {response.status_code}, but its body {what}.{done}"
        new = MalformedResponse(told, response.status_code, response.headers, response.content)
        if isinstance(error, Mismatch):
            new.where, new.expected, new.got = dotted(error.place), error.rule, error.value
        return new

    def result(self, response: Response[T], tree: Any) -> S:
        """What a success means; raises one of the error classes in `tree` for a failure, documented or not."""
        status, value = response.status_code, response.parsed
        is_known = self.answers.content(status) is not None
        if is_known and 200 <= status < 300 and not self.answers.is_failure(value, response.content):
            return cast("S", value)
        fields, (code, message, details) = self.answers.fault(value, response.content)
        is_doubtful = is_known and status < 300 and self._is_doubtful(status, value, response.content)
        if is_doubtful:
            error: type[APIError] = tree.UncertainFailure
        else:
            error = self._kind(status, is_known, tree)
            if code in fields.authentication and not issubclass(error, OutcomeUnknown):
                error = tree.AuthenticationError
        known = "may have failed with" if is_doubtful else "failed with"
        verb = known if is_known else "answered with the undocumented"
        said = ": ".join(str(part) for part in (code, message) if part is not None)
        what = said or (response.content if value is None else value)
        told = f"{self.call} {verb} status {status}{f': {what!s:.500}' if what else ''}"
        if issubclass(error, OutcomeUnknown):
            told += f". It may have been carried out{f'; {self.ask} can tell' if self.ask else ''}."
        raised = error(told, status, response.headers, response.content, value)
        raised.code, raised.message, raised.details = code, message, details
        if isinstance(raised, OutcomeUnknown):
            raised.ask = self.ask
        raise raised

    def is_refusal(self, found: Found) -> bool:
        """Whether an answer can be nothing but the word that the call was not carried out."""
        try:
            self.result(self.read(found), errors)
        except errors.APIError as error:
            if error.status >= 500 or (error.status < 400 and self.answers.key(error.status) is None):
                return False
            is_open = isinstance(error, OutcomeUnknown)
            return not is_open and not self.answers.is_success_too(error.parsed, error.content)
        except errors.Error:
            return False
        return False

    def _is_certain(self, status: int) -> bool:
        """Whether a failure leaves no doubt about what it did, or none that matters."""
        return self.is_idempotent or self._is_not_processed(status)

    def _is_doubtful(self, status: int, value: Any, content: bytes) -> bool:
        """Whether a failure in a status of success may be none, in a way that matters."""
        answers = self.answers
        is_open = answers.has_empty_code(value, content) or answers.is_success_too(value, content)
        return is_open and not self._is_certain(status)

    def _kind(self, status: int, is_known: bool, tree: Any) -> type[APIError]:
        is_certain = self._is_certain(status)
        kinds: Mapping[str, type[APIError]] = tree.BY_STATUS
        kind = kinds.get(str(status)) or kinds.get(f"{status // 100}XX")
        if status >= 500:
            fitting = kind is not None and issubclass(kind, OutcomeUnknown) != is_certain
            kind = kind if fitting else tree.ServerError if is_certain else tree.UncertainServerError
        unexpected = tree.UnexpectedStatus if is_certain or status >= 400 else tree.UncertainStatus
        return kind or cast("type[APIError]", tree.APIError if is_known else unexpected)
