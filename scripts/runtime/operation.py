"""An operation of the contract: how its request is written and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, TypeVar, cast

import httpx

from .answers import Answers, parsed
from .body import Body
from .codec import codec
from .draft import Draft, Parameter
from .errors import BY_STATUS, APIError, InvalidRequest, MalformedResponse, UnexpectedStatus
from .guards import is_object
from .mismatch import Mismatch
from .security import Credential
from .types import Response
from .unset import UNSET
from .values import Codec

S = TypeVar("S")
T = TypeVar("T")

__all__ = ["Body", "Dependency", "Operation", "Parameter"]


class Dependency:
    """An inter-parameter dependency: its text, and whether the parameters given (by name) fulfil it."""

    def __init__(self, text: str, holds: Callable[[Mapping[str, Any]], object]) -> None:
        self.text, self.holds = text, holds

    def check(self, given: Mapping[str, Any]) -> None:
        """Raise `InvalidRequest` where it does not hold."""
        try:
            holds = self.holds(given)
        except (TypeError, ArithmeticError):  # it compares or divides what cannot be
            holds = False
        if not holds:
            raise InvalidRequest("parameters", self.text, dict(given))


class Operation(Generic[S, T]):
    """One operation: `S` is what a success means in Python, `T` what any documented answer does.

    `responses` maps a status (`201`, `4XX`, `default`) to the Python type of each media type; an answer
    without documented content has none.
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
    ) -> None:
        self.method, self.path, self.parameters, self.body = method, path, parameters, body
        self.responses, self.security = responses, security
        self.dependencies, self.server = dependencies, server
        self.answers = Answers(responses)

    @cached_property
    def codecs(self) -> list[Codec]:
        """The codecs of the parameters; made with the first call, for then all models are there."""
        return [codec(parameter.type) for parameter in self.parameters]

    # The request

    def draft(
        self, values: Sequence[Any], body: Any, content_type: str | None, credentials: Sequence[Credential]
    ) -> Draft:
        """Check the values (in the order of `parameters`; `UNSET` is not sent) and write the request.

        Raises `InvalidRequest` for the first broken rule.
        """
        draft = Draft(self.path)
        given: dict[str, Any] = {}
        for parameter, made, value in zip(self.parameters, self.codecs, values, strict=True):
            if value is not UNSET:
                try:
                    given[parameter.name] = encoded = made.encode(value)
                    self._check_spread(parameter, encoded)
                    draft.place(parameter, encoded)
                except (Mismatch, RecursionError) as error:
                    raise InvalidRequest.because(parameter.where, error) from None
            elif parameter.required:
                raise InvalidRequest(parameter.where, "required", value)
        for dependency in self.dependencies:
            dependency.check(given)
        if self.answers.accept:
            draft.headers.append(("Accept", self.answers.accept))
        if self.body is not None:
            self.body.add(draft, body, content_type)
        elif body is not UNSET:
            raise InvalidRequest("body", "absent: the operation takes none", body)
        draft.authorize(credentials)
        return draft

    def _check_spread(self, parameter: Parameter, value: Any) -> None:
        """Refuse an object whose properties would be taken for other parameters."""
        if is_object(value) and parameter.spreads:
            others = {other.name for other in self.parameters if other.location == parameter.location}
            if clash := sorted(value.keys() & others - {parameter.name}):
                raise Mismatch((), "no property with the name of another parameter", clash)

    # The answer

    def read(self, response: httpx.Response) -> Response[T]:
        """The answer with its documented model; raises `MalformedResponse` for a success that has another."""
        status, value = response.status_code, None
        content = self.answers.content(status)
        if content and self.method != "HEAD":
            try:
                value = parsed(content, response)
            except (Mismatch, RecursionError) as error:
                if response.is_success:
                    raise self.malformed(response, error) from None
        return Response(status, response.content, response.headers, cast("T", value))

    def malformed(
        self, response: httpx.Response, error: Exception, content: bytes | None = None
    ) -> MalformedResponse:
        """The error for an answer that cannot be understood."""
        message = f"{self.method} {self.path} answered {response.status_code}, but {error}"
        body = response.content if content is None else content
        return MalformedResponse(message, response.status_code, response.headers, body)

    def result(self, response: Response[T]) -> S:
        """What a success means; raises `APIError` or a class of it for a failure, documented or not."""
        status, value = response.status_code, response.parsed
        is_known = self.answers.content(status) is not None
        if is_known and 200 <= status < 300 and not getattr(value, "__failure__", False):
            return cast("S", value)
        kind = BY_STATUS.get(status, APIError if is_known else UnexpectedStatus)
        what = response.content if value is None else value
        verb = "failed with" if is_known else "answered with the undocumented"
        message = f"{self.method} {self.path} {verb} status {status}{f': {what!r:.500}' if what else ''}"
        raise kind(message, status, response.headers, response.content, value)
