"""An operation of the contract: how its request is written and how its answers are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any, Generic, Literal, NamedTuple, TypeVar, cast

import httpx

from . import media, styles
from .codec import Codec, Mismatch, codec, dotted
from .errors import BY_STATUS, APIError, InvalidRequest, MalformedResponse, UnexpectedStatus
from .security import Credential
from .types import Response
from .unset import UNSET

S = TypeVar("S")
T = TypeVar("T")
Location = Literal["path", "query", "header", "cookie"]


class Parameter(NamedTuple):
    """A parameter as OpenAPI describes it; `type` is its Python type with its rules."""

    name: str
    location: Location
    type: Any
    required: bool = False
    style: str = "form"
    explode: bool = True
    content: str | None = None
    allow_reserved: bool = False


class Body(NamedTuple):
    """A request body: the Python type of each media type, and how properties of forms are encoded."""

    types: Mapping[str, Any]
    required: bool = False
    encodings: Mapping[str, media.Encoding] = {}


class Dependency:
    """An inter-parameter dependency: its text, and whether the parameters given (by name) fulfil it."""

    def __init__(self, text: str, holds: Callable[[Mapping[str, Any]], object]) -> None:
        self.text, self.holds = text, holds


class Draft:
    """A request being put together."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.query: list[str] = []
        self.cookies: list[str] = []
        self.headers: dict[str, str] = {}
        self.content: bytes | None = None


class Operation(Generic[S, T]):
    """One operation: `S` is what a success means in Python, `T` what any documented answer does.

    `responses` maps a status (`201`, `4XX`, `default`) to the Python type of each media type; an answer without
    documented content has none.
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
        self.responses, self.security, self.dependencies, self.server = (
            responses,
            security,
            dependencies,
            server,
        )

    @cached_property
    def codecs(self) -> list[Codec]:
        """The codecs of the parameters, in their order."""
        return [codec(parameter.type) for parameter in self.parameters]

    @cached_property
    def accept(self) -> str:
        """The `Accept` header: every documented media type once."""
        return ", ".join(dict.fromkeys(kind for content in self.responses.values() for kind in content))

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
                given[parameter.name] = self._encoded(
                    made, value, f"{parameter.location} parameter {parameter.name}"
                )
                _place(draft, parameter, given[parameter.name])
            elif parameter.required:
                raise InvalidRequest(f"{parameter.location} parameter {parameter.name}", "given", value)
        for dependency in self.dependencies:
            if not dependency.holds(given):
                raise InvalidRequest("parameters", f"as required: {dependency.text}", given)
        if self.accept:
            draft.headers["Accept"] = self.accept
        self._add_body(draft, body, content_type)
        for credential in credentials:
            applied = credential.apply()
            draft.headers.update(applied.headers)
            draft.query.extend(applied.query)
            draft.cookies.extend(applied.cookies)
        if draft.cookies:
            draft.headers["Cookie"] = "; ".join(draft.cookies)
        return draft

    def _add_body(self, draft: Draft, body: Any, content_type: str | None) -> None:
        if self.body is None or (body is UNSET and not self.body.required):
            return
        chosen = content_type or next(iter(self.body.types))
        if chosen not in self.body.types:
            raise InvalidRequest("content_type", f"one of {', '.join(self.body.types)}", chosen)
        encoded = self._encoded(codec(self.body.types[chosen]), body, "body")
        draft.content, draft.headers["Content-Type"] = media.write(chosen, encoded, self.body.encodings)

    @staticmethod
    def _encoded(made: Codec, value: Any, where: str) -> Any:
        try:
            return made.encode(value, ())
        except Mismatch as error:
            place = f"{where}{'.' if error.place else ''}{dotted(error.place)}"
            raise InvalidRequest(place, error.expected, error.got) from None

    def read(self, response: httpx.Response) -> Response[T]:
        """The answer with its documented model; raises `MalformedResponse` for a success that is not as documented."""
        parsed = None
        content = self._content(response.status_code)
        if content and self.method != "HEAD":
            try:
                parsed = self._parsed(content, response)
            except Mismatch as error:
                if response.is_success:
                    message = f"{self.method} {self.path} answered {response.status_code}, but {error}"
                    raise MalformedResponse(
                        message, response.status_code, response.headers, response.content
                    ) from None
        return Response(response.status_code, response.content, response.headers, cast("T", parsed))

    def result(self, response: Response[T]) -> S:
        """What a success means; raises `APIError` or a class of it for a failure, documented or not."""
        status, parsed = response.status_code, response.parsed
        if (
            200 <= status < 300
            and self._content(status) is not None
            and not getattr(parsed, "__failure__", False)
        ):
            return cast("S", parsed)
        known = self._content(status) is not None
        kind = BY_STATUS.get(status, APIError if known else UnexpectedStatus)
        told = (
            f": {parsed!r:.500}"
            if parsed is not None
            else f": {response.content[:200]!r}"
            if response.content
            else ""
        )
        message = (
            f"{self.method} {self.path} failed with status {status}{'' if known else ' (undocumented)'}{told}"
        )
        raise kind(message, status, response.headers, response.content, parsed)

    def _content(self, status: int) -> Mapping[str, Any] | None:
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.responses:
                return self.responses[key]
        return None

    @staticmethod
    def _parsed(content: Mapping[str, Any], response: httpx.Response) -> Any:
        media_type = _documented(content, response.headers.get("content-type", ""))
        return codec(content[media_type]).decode(media.read(media_type, response), ())


def _documented(content: Mapping[str, Any], received: str) -> str:
    """The documented media type that an answer of the media type `received` has; raises `Mismatch`."""
    kind = media.essence(received)
    known = {media.essence(media_type): media_type for media_type in content}
    for candidate in (kind, f"{kind.partition('/')[0]}/*", "*/*"):
        if candidate in known:
            return known[candidate]
    if not kind:
        return next(iter(content))
    for media_type in content:
        if media.is_json(kind) and media.is_json(media_type):
            return media_type
    raise Mismatch((), " or ".join(content), received)


def _place(draft: Draft, parameter: Parameter, value: Any) -> None:
    """Put a JSON value where its parameter belongs."""
    where = f"{parameter.location} parameter {parameter.name}"
    if parameter.content is not None:
        value = styles.as_json(value) if media.is_json(parameter.content) else styles.text(value)
    if parameter.location == "path":
        written = styles.segment(parameter.name, value, parameter.style, parameter.explode)
        if not written or written in (".", ".."):
            raise InvalidRequest(where, "a path segment (not empty, `.` or `..`)", value)
        draft.path = draft.path.replace("{%s}" % parameter.name, written)
    elif parameter.location == "header":
        draft.headers[parameter.name] = _sendable(styles.header(value, parameter.explode), where)
    else:
        try:
            parts = styles.pairs(
                parameter.name, value, parameter.style, parameter.explode, parameter.allow_reserved
            )
        except ValueError as error:
            raise InvalidRequest(where, str(error), value) from None
        if parameter.location == "query":
            draft.query.extend(parts)
        elif parts:
            draft.cookies.append("&".join(parts))


def _sendable(value: str, where: str) -> str:
    """The header value, unless HTTP cannot carry it: control characters, outer blanks, or beyond Latin-1."""
    if value != value.strip() or any(
        ord(c) < 32 and c != "\t" or ord(c) == 127 or ord(c) > 255 for c in value
    ):
        raise InvalidRequest(where, "text that a header can carry", value)
    return value
