"""A request body: which media types it may have, and how it is checked and written."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from .codec import codec
from .draft import Draft
from .errors import InvalidRequest
from .media import Encoding, write
from .mismatch import Mismatch
from .objects import Object
from .unset import UNSET
from .values import SEND, Codec, Way


class Body:
    """A request body: the Python type of each media type, and how it encodes the properties of a form."""

    def __init__(
        self,
        types: Mapping[str, Any],
        required: bool = False,
        encodings: Mapping[str, Mapping[str, Encoding]] | None = None,
    ) -> None:
        self.types, self.required, self.encodings = types, required, encodings or {}

    @cached_property
    def codecs(self) -> dict[str, Codec]:
        """The codec of each media type; made with the first call, for then all models are there."""
        return {kind: codec(hint) for kind, hint in self.types.items()}

    def add(self, draft: Draft, value: Any, content_type: str | None, way: Way = SEND) -> None:
        """Put a value into a request, in the first media type or the one that is chosen."""
        if value is UNSET:
            if self.required and way.checks:
                raise InvalidRequest("body", "required", value)
            return
        kind = content_type or next(iter(self.types))
        if kind not in self.types:
            raise InvalidRequest("content_type", f"one of {', '.join(self.types)}", kind)
        made = self.codecs[kind]
        names = made.names if isinstance(made, Object) else ()
        try:
            encoded = made.encode(value, way)
            draft.content, written = write(kind, encoded, self.encodings.get(kind, {}), names)
        except (Mismatch, RecursionError, UnicodeEncodeError) as error:
            raise InvalidRequest.because("body", "", error) from None
        draft.headers.append(("Content-Type", written))
