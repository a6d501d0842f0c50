"""The documented answers of an operation: which one an answer is, and what it holds."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, get_args

import httpx

from . import media
from .codec import codec
from .errors import ErrorFields
from .guards import is_object, pointed
from .mismatch import Mismatch
from .objects import Object
from .unset import UNSET
from .values import Codec


class Answers:
    """The Python type of each media type, by status (`201`, `4XX`, `default`)."""

    def __init__(self, responses: Mapping[str, Mapping[str, Any]]) -> None:
        self.responses = responses

    @cached_property
    def codecs(self) -> dict[str, dict[str, Codec]]:
        """The codecs of the types; made with the first answer, for then all models are there."""
        return {
            status: {kind: codec(hint) for kind, hint in content.items()}
            for status, content in self.responses.items()
        }

    @cached_property
    def accept(self) -> str:
        """The `Accept` header: every documented media type once."""
        return ", ".join(dict.fromkeys(kind for content in self.responses.values() for kind in content))

    def content(self, status: int) -> Mapping[str, Codec] | None:
        """The codecs of what an answer with this status may hold; None where it is not documented."""
        key = self.key(status)
        return None if key is None else self.codecs[key]

    def key(self, status: int) -> str | None:
        """How the contract documents a status: as itself, as one of its hundred, by default, or not."""
        if (exact := str(status)) in self.responses:
            return exact
        keys = (f"{status // 100}XX", "default")
        return next((key for key in keys if key in self.responses), None)

    @cached_property
    def faults(self) -> list[Any]:
        """The models that say where an error has its code."""
        hints = (hint for content in self.responses.values() for hint in content.values())
        return [model for hint in hints for model in _models(hint) if model.__error__]

    def is_failure(self, value: Any, content: bytes) -> bool:
        """Whether an answer says that the call failed: as documented, or else by a code where a failure has it."""
        if value is not None:
            return bool(getattr(value, "__failure__", False))
        places = self._codes(None)
        answer = _json(content) if places else None
        return any(pointed(answer, at) is not None for at in places)

    @cached_property
    def successes(self) -> list[Object]:
        """What reads the models of successes."""
        hints = (hint for key in self.responses if key[0] == "2" for hint in self.responses[key].values())
        found = (codec(model) for hint in hints for model in _models(hint) if not model.__failure__)
        return [made for made in found if isinstance(made, Object)]

    def is_success_too(self, value: Any, content: bytes) -> bool:
        """Whether a failure has what only a success has: all that one must have, or something of the rest."""
        answer, failing = _json(content), self._failing(value)
        known = {name for model in failing if isinstance(made := codec(model), Object) for name in made.names}
        if any(not known.issuperset(made.required) and _fits(made, answer) for made in self.successes):
            return True
        more = {name for made in self.successes for name in made.names} - known
        return is_object(answer) and any(answer.get(name) for name in more)

    def has_empty_code(self, value: Any, content: bytes) -> bool:
        """Whether a failure has a code that says nothing, such as a text without characters."""
        places = self._codes(value)
        answer = _json(content) if places else None
        codes = [code for at in places if (code := pointed(answer, at, UNSET)) is not UNSET]
        return bool(codes) and not any(codes)

    def _failing(self, value: Any) -> list[Any]:
        """The models that a failure may be of: its own, or all that fail where it is not as documented."""
        models = self.faults if value is None else _models(type(value))
        return [model for model in models if model.__failure__]

    def _codes(self, value: Any) -> list[str]:
        """Where a failure has its code."""
        fields = (model.__error__ for model in self._failing(value))
        return [each.code for each in fields if each and each.code]

    def fault(
        self, value: Any, content: bytes
    ) -> tuple[ErrorFields, tuple[str | int | None, str | None, Any]]:
        """The code, message and details of a failure, and by which fields; an undocumented one is tried by all."""
        known = self.faults if value is None else [value]
        fields: list[ErrorFields] = [each for model in known if (each := getattr(model, "__error__", None))]
        answer = _json(content) if fields else None
        found = ((each, each.found(answer)) for each in fields)
        return next((each for each in found if each[1] != _NOTHING), (ErrorFields(), _NOTHING))


_NOTHING = None, None, None


def _models(hint: Any) -> Iterator[Any]:
    """The models in an annotation."""
    if hasattr(hint, "__error__"):
        yield hint
    for part in get_args(hint):
        yield from _models(part)


def _fits(made: Object, answer: Any) -> bool:
    """Whether a model can hold an answer."""
    try:
        made.decode(answer)
    except (Mismatch, RecursionError):
        return False
    return True


def _json(content: bytes) -> Any:
    """The JSON value that an answer holds; None where it holds none."""
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return None


def parsed(content: Mapping[str, Codec], response: httpx.Response) -> Any:
    """What an answer holds; raises `Mismatch` where it is not as documented."""
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
