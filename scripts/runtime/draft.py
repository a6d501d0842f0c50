"""A request being put together: where each parameter goes."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import unquote

import httpx

from . import styles
from .errors import InvalidRequest
from .exchange import Content
from .guards import is_mapping
from .media import is_json
from .mismatch import Mismatch, Shown
from .security import Applied, hide_query

TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""The name of a header."""
_FRAMING = {"host", "content-length", "transfer-encoding", "connection"}
_PLAIN = re.compile("[0-9A-Za-z_-]+")
"""What stays in its segment of a path, whatever stands beside it there."""
_OUT_OF_PATH = re.compile(r"[/\\\x00-\x1f\x7f-\x9f]")
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\xa0-\xff]|^[ \t]|[ \t]\Z")


class Parameter(NamedTuple):
    """A parameter as OpenAPI describes it; `type` is its Python type with its rules."""

    name: str
    location: Literal["path", "query", "header", "cookie"]
    type: Any
    required: bool = False
    style: str = "form"
    explode: bool = True
    content: str | None = None
    allow_reserved: bool = False
    argument: str = ""
    """Its name in Python, where that is another."""

    @property
    def where(self) -> str:
        """What errors call it."""
        return f"{self.location} parameter {self.name}"


class Draft:
    """The parts of a request; they are percent-encoded where that is needed.

    `owners` are the parameters that each name in the query and in the cookies may belong to, `documented` whose
    properties become which names in a place, given or not: no property of another object can pass for either.
    """

    def __init__(
        self, path: str, owners: Mapping[str, dict[str, str]], documented: Mapping[tuple[str, str], str]
    ) -> None:
        self.path, self.documented = path, documented
        self.owners = {location: names.copy() for location, names in owners.items()}
        self.query: list[str] = []
        self.cookies: list[str] = []
        self.headers: list[tuple[str, str]] = []
        self.content: bytes | None = None
        self.is_secret = False
        """Whether the query holds a credential."""

    @property
    def target(self) -> str:
        """The path and the query."""
        return f"{self.path}?{'&'.join(self.query)}" if self.query else self.path

    @property
    def raw_headers(self) -> list[tuple[bytes, bytes]]:
        """The headers as HTTP has them, with the cookies behind those of the caller."""
        headers = self.headers
        if self.cookies:
            cookies = [value for name, value in headers if name.lower() == "cookie"] + self.cookies
            headers = [header for header in headers if header[0].lower() != "cookie"]
            headers.append(("Cookie", "; ".join(cookies)))
        return [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]

    def place(self, parameter: Parameter, value: Any) -> None:
        """Put a JSON value where its parameter belongs; raises `Mismatch` where that cannot carry it."""
        name, _, _, _, style, explode, content, allow_reserved, _ = parameter
        if content is not None:
            in_header = parameter.location == "header"
            value = styles.as_json(value, ascii_only=in_header) if is_json(content) else styles.text(value)
        if parameter.location == "path":
            self._fill(name, styles.segment(name, value, style, explode), value)
        elif parameter.location == "header":
            self._add_header(name, styles.header(value, explode))
        else:
            found = styles.pairs(name, value, style, explode, allow_reserved)
            at, documented = parameter.location, self.documented
            clash = styles.claim(self.owners[at], name, found)
            clash += [key for key, _ in found if documented.get((at, key), name) != name]
            if clash:
                raise Mismatch((), "no property with the name of another parameter", clash)
            if parameter.location == "query":
                self.query += styles.joined(found)
            elif found:
                self.cookies.append("&".join(styles.joined(found)))

    def add_headers(self, headers: Mapping[str, str]) -> None:
        """Add headers of the caller, which replace those of the same name; raises `InvalidRequest`."""
        if not is_mapping(headers):
            raise InvalidRequest("headers", "a mapping of names to texts", _of_type(headers))
        for name, value in headers.items():
            if not isinstance(name, str) or not TOKEN.fullmatch(name) or name.lower() in _FRAMING:
                raise InvalidRequest("headers", "the name of a header that is not httpx's to write", name)
            if self.content is not None and name.lower() == "content-type":
                rule = "no Content-Type beside a body: `content_type` chooses it"
                raise InvalidRequest(f"headers.{name}", rule, value)
            self.headers = [header for header in self.headers if header[0].lower() != name.lower()]
            if not isinstance(value, str):
                raise InvalidRequest(f"headers.{name}", "type: string", _of_type(value))
            try:
                self._add_header(name, value)
            except Mismatch as error:  # without the value, which may be a secret
                raise InvalidRequest(f"headers.{name}", error.rule, Shown("[hidden]")) from None

    def authorized(self, applied: Sequence[Applied]) -> Draft:
        """The same with credentials; a header that the caller gave stays."""
        new, given = Draft.__new__(Draft), {name.lower() for name, _ in self.headers}
        vars(new).update(vars(self))
        for each in applied:
            if each.query or each.cookies:
                self._check_apart(each)
            headers = [header for header in each.headers.items() if header[0].lower() not in given]
            new.headers, new.query = [*new.headers, *headers], [*new.query, *each.query]
            new.cookies, new.is_secret = [*new.cookies, *each.cookies], new.is_secret or bool(each.query)
        return new

    def _check_apart(self, applied: Applied) -> None:
        """Refuse a property of an object that would pass for a credential."""
        for location, parts in (("query", applied.query), ("cookie", applied.cookies)):
            for name in (unquote(part.partition("=")[0]) for part in parts):
                if owner := self.owners[location].get(name):
                    where = f"{location} parameter {owner}"
                    raise InvalidRequest(where, "no property with the name of a credential", name)

    def request(
        self, client: httpx.Client | httpx.AsyncClient, method: str, url: str, timeout: httpx.Timeout
    ) -> httpx.Request:
        """The request, to be sent by a client."""
        headers, limits = self.raw_headers, {"timeout": timeout.as_dict()}
        given = {name.lower() for name, _ in headers}
        headers += [header for header in client.headers.raw if header[0].lower() not in given]
        try:
            whole, content = httpx.URL(url + self._with(client.params)), Content(self.content or b"")
            headers.insert(0, (b"Host", whole.netloc))
            if self.content or method in ("POST", "PUT", "PATCH"):
                headers.append((b"Content-Length", b"%d" % len(self.content or b"")))
            request = httpx.Request(method, whole, headers=headers, stream=content, extensions=limits)
            request.read()
            content.is_taken = False  # so far it was only read
            if client.cookies and b"cookie" not in given:
                client.cookies.set_cookie_header(request)
        except httpx.InvalidURL as error:
            raise InvalidRequest("URL", f"a URL that httpx can send ({error})", self.path) from None
        if self.is_secret:
            hide_query(request)
        return request

    def _with(self, params: httpx.QueryParams) -> str:
        """The path and the query, with the parameters of a client that the caller made."""
        if not params:
            return self.target
        for name in params:
            if name in self.owners["query"]:
                raise InvalidRequest("http_client", "no query parameter of the operation in its params", name)
        return f"{self.target}{'&' if self.query else '?'}{params}"

    def _fill(self, name: str, written: str, value: Any) -> None:
        """Fill in a variable of the path, if what is written there stays in its segment.

        `%2F` and `%5C` would do so by RFC 3986, but many servers and proxies take them for a `/`.
        """
        self.path = self.path.replace(f"{{{name}}}", written)
        if _PLAIN.fullmatch(written):
            return
        if _OUT_OF_PATH.search(unquote(written)):
            raise Mismatch((), "a path segment without `/`, `\\` and control characters", value)
        if not written or not {".", ".."}.isdisjoint(self.path.split("/")):
            raise Mismatch((), "a path segment that is not empty, `.` or `..`", value)

    def _add_header(self, name: str, value: str) -> None:
        if _UNSENDABLE.search(value):
            raise Mismatch((), "header text: Latin-1 without control characters and outer blanks", value)
        self.headers.append((name, value))


def _of_type(value: object) -> Shown:
    """What is shown of a value that may hold a secret."""
    return Shown(f"a value of type {type(value).__name__}")
