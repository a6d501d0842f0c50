"""An operation of the contract: how its request is written and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar, cast

import httpx

from . import media
from .codec import codec
from .draft import Draft, Parameter
from .errors import BY_STATUS, APIError, InvalidRequest, MalformedResponse, UnexpectedStatus
from .guards import is_object
from .mismatch import Mismatch, dotted
from .security import Credential
from .types import Response
from .unset import UNSET
from .values import Codec

S = TypeVar("S")
T = TypeVar("T")

__all__ = ["Body", "Dependency", "Operation", "Parameter"]


class Body(NamedTuple):
    """A request body: the Python type of each media type, and how properties of forms are encoded."""

    types: Mapping[str, Any]
    required: bool = False
    encodings: Mapping[str, media.Encoding] = {}


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

    # Codecs are made with the first call, for that is when models are complete.

    @cached_property
    def _codecs(self) -> list[Codec]:
        return [codec(parameter.type) for parameter in self.parameters]

    @cached_property
    def _body_codecs(self) -> dict[str, Codec]:
        return {kind: codec(hint) for kind, hint in self.body.types.items()} if self.body else {}

    @cached_property
    def _answer_codecs(self) -> dict[str, dict[str, Codec]]:
        return {
            status: {kind: codec(hint) for kind, hint in content.items()}
            for status, content in self.responses.items()
        }

    @cached_property
    def accept(self) -> str:
        """The `Accept` header: every documented media type once."""
        return ", ".join(dict.fromkeys(kind for content in self.responses.values() for kind in content))

    # The request

    def draft(
        self, values: Sequence[Any], body: Any, content_type: str | None, credentials: Sequence[Credential]
    ) -> Draft:
        """Check the values (in the order of `parameters`; `UNSET` is not sent) and write the request.

        Raises `InvalidRequest` for the first broken rule.
        """
        draft = Draft(self.path)
        given: dict[str, Any] = {}
        for parameter, made, value in zip(self.parameters, self._codecs, values, strict=True):
            if value is not UNSET:
                try:
                    given[parameter.name] = encoded = made.encode(value)
                    self._check_spread(parameter, encoded)
                    draft.place(parameter, encoded)
                except (Mismatch, RecursionError) as error:
                    _refuse(parameter.where, error)
            elif parameter.required:
                raise InvalidRequest(parameter.where, "required", value)
        for dependency in self.dependencies:
            dependency.check(given)
        if self.accept:
            draft.headers.append(("Accept", self.accept))
        self._add_body(draft, body, content_type)
        draft.authorize(credentials)
        return draft

    def _check_spread(self, parameter: Parameter, value: Any) -> None:
        """Refuse an object whose properties would be taken for other parameters."""
        if is_object(value) and parameter.spreads:
            others = {other.name for other in self.parameters if other.location == parameter.location}
            if clash := sorted(value.keys() & others - {parameter.name}):
                raise Mismatch((), "no property with the name of another parameter", clash)

    def _add_body(self, draft: Draft, body: Any, content_type: str | None) -> None:
        if body is UNSET:
            if self.body is not None and self.body.required:
                raise InvalidRequest("body", "required", body)
            return
        kind = content_type or next(iter(self._body_codecs), "")
        if self.body is None or kind not in self._body_codecs:
            raise InvalidRequest("content_type", f"one of {', '.join(self._body_codecs) or 'none'}", kind)
        try:
            encoded = self._body_codecs[kind].encode(body)
            draft.content, written = media.write(kind, encoded, self.body.encodings)
        except (Mismatch, RecursionError) as error:
            _refuse("body", error)
        draft.headers.append(("Content-Type", written))

    # The answer

    def read(self, response: httpx.Response) -> Response[T]:
        """The answer with its documented model; raises `MalformedResponse` for a success that has another."""
        status, parsed = response.status_code, None
        content = self._content(status)
        if content and self.method != "HEAD":
            try:
                parsed = _parsed(content, response)
            except (Mismatch, RecursionError) as error:
                if response.is_success:
                    raise self.malformed(response, error) from None
        return Response(status, response.content, response.headers, cast("T", parsed))

    def malformed(
        self, response: httpx.Response, error: Exception, content: bytes | None = None
    ) -> MalformedResponse:
        """The error for an answer that cannot be understood."""
        message = f"{self.method} {self.path} answered {response.status_code}, but {error}"
        body = response.content if content is None else content
        return MalformedResponse(message, response.status_code, response.headers, body)

    def result(self, response: Response[T]) -> S:
        """What a success means; raises `APIError` or a class of it for a failure, documented or not."""
        status, parsed = response.status_code, response.parsed
        is_known = self._content(status) is not None
        if is_known and 200 <= status < 300 and not getattr(parsed, "__failure__", False):
            return cast("S", parsed)
        kind = BY_STATUS.get(status, APIError if is_known else UnexpectedStatus)
        what = response.content if parsed is None else parsed
        message = "{} {} {} status {}{}".format(
            self.method,
            self.path,
            "failed with" if is_known else "answered with the undocumented",
            status,
            f": {what!r:.500}" if what else "",
        )
        raise kind(message, status, response.headers, response.content, parsed)

    def _content(self, status: int) -> Mapping[str, Codec] | None:
        """The codecs of the documented content, by media type; None for an undocumented status."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self._answer_codecs:
                return self._answer_codecs[key]
        return None


def _refuse(where: str, error: Mismatch | RecursionError) -> NoReturn:
    if isinstance(error, RecursionError):
        raise InvalidRequest(where, "less nesting", "a value that may hold itself") from None
    place = dotted(error.place)
    joint = "." if place and place[0] != "[" else ""
    raise InvalidRequest(f"{where}{joint}{place}", error.rule, error.value) from None


def _parsed(content: Mapping[str, Codec], response: httpx.Response) -> Any:
    media_type = _documented(content, response.headers.get("content-type", ""))
    return content[media_type].decode(media.read(media_type, response))


def _documented(content: Mapping[str, Codec], received: str) -> str:
    """The documented media type that an answer of the media type `received` has; raises `Mismatch`."""
    if received in content:
        return received
    kind = media.essence(received)
    if not kind:
        return next(iter(content))
    known = {media.essence(media_type): media_type for media_type in reversed([*content])}
    for candidate in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if candidate in known:
            return known[candidate]
    for media_type in content:
        if media.is_json(kind) and media.is_json(media_type):
            return media_type
    raise Mismatch((), f"Content-Type: {', '.join(content)}", received)
