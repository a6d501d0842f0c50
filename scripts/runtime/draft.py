"""A request being put together: where each parameter goes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal, NamedTuple

from . import styles
from .media import is_json
from .mismatch import Mismatch
from .security import Credential

Location = Literal["path", "query", "header", "cookie"]
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]|^[ \t]|[ \t]\Z")


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

    @property
    def where(self) -> str:
        """What errors call it."""
        return f"{self.location} parameter {self.name}"

    @property
    def spreads(self) -> bool:
        """Whether the properties of an object become parameters of their own."""
        return (
            self.location in ("query", "cookie")
            and self.style == "form"
            and self.explode
            and not self.content
        )


class Draft:
    """The parts of a request; they are percent-encoded where that is needed."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.query: list[str] = []
        self.cookies: list[str] = []
        self.headers: list[tuple[str, str]] = []
        self.content: bytes | None = None

    @property
    def target(self) -> str:
        """The path and the query."""
        return f"{self.path}?{'&'.join(self.query)}" if self.query else self.path

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as HTTP has them, with the cookies."""
        cookies = [("Cookie", "; ".join(self.cookies))] if self.cookies else []
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in [*self.headers, *cookies]]

    def place(self, parameter: Parameter, value: Any) -> None:
        """Put a JSON value where its parameter belongs; raises `Mismatch` where that cannot carry it."""
        name, _, _, _, style, explode, content, allow_reserved = parameter
        if content is not None:
            in_header = parameter.location == "header"
            value = styles.as_json(value, ascii_only=in_header) if is_json(content) else styles.text(value)
        if parameter.location == "path":
            self._fill(name, styles.segment(name, value, style, explode), value)
        elif parameter.location == "header":
            self._add_header(name, styles.header(value, explode))
        else:
            parts = styles.pairs(name, value, style, explode, allow_reserved)
            if parameter.location == "query":
                self.query += parts
            elif parts:
                self.cookies.append("&".join(parts))

    def authorize(self, credentials: Sequence[Credential]) -> None:
        """Add credentials."""
        for credential in credentials:
            applied = credential.apply()
            self.headers += applied.headers.items()
            self.query += applied.query
            self.cookies += applied.cookies

    def _fill(self, name: str, written: str, value: Any) -> None:
        """Fill in a variable of the path, if what is written there stays in its segment."""
        self.path = self.path.replace(f"{{{name}}}", written)
        if not written or not {".", ".."}.isdisjoint(self.path.split("/")):
            raise Mismatch((), "a path segment that is not empty, `.` or `..`", value)

    def _add_header(self, name: str, value: str) -> None:
        if _UNSENDABLE.search(value):
            raise Mismatch((), "header text: Latin-1 without control characters and outer blanks", value)
        self.headers.append((name, value))
