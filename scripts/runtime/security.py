"""Security schemes: how a credential goes onto the wire."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple
from urllib.parse import quote

from .errors import MissingCredentials

_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Applied(NamedTuple):
    """What a credential adds to a request."""

    headers: Mapping[str, str] = {}
    query: Sequence[str] = ()
    cookies: Sequence[str] = ()

    def __repr__(self) -> str:
        return "Applied(...)"


class Credential:
    """A credential of one security scheme; its secret is in no `repr`."""

    __slots__ = ("_applied",)

    def __init__(self, applied: Applied) -> None:
        self._applied = applied

    def apply(self) -> Applied:
        """What to add to a request."""
        return self._applied


def basic(username: str | None, password: str | None) -> Credential | None:
    """HTTP Basic (RFC 7617): both parts, or neither; a colon in the user name is refused."""
    if username is None and password is None:
        return None
    if username is None or password is None:
        raise ValueError("give both parts of the credential, or neither")
    if ":" in username:
        raise ValueError("the user part of the credential holds a colon, which HTTP Basic cannot carry")
    pair = _checked(f"{username}{password}") and f"{username}:{password}"
    return Credential(Applied({"Authorization": "Basic " + b64encode(pair.encode()).decode()}))


def bearer(token: str | None) -> Credential | None:
    """A bearer token (RFC 6750)."""
    return None if token is None else Credential(Applied({"Authorization": "Bearer " + _for_header(token)}))


def api_key(name: str, location: Literal["header", "query", "cookie"], key: str | None) -> Credential | None:
    """A key in a header, in the query or in a cookie."""
    if key is None:
        return None
    if location == "header":
        return Credential(Applied({name: _for_header(key)}))
    part = f"{quote(name, safe='')}={quote(_checked(key), safe='')}"
    return Credential(Applied(query=[part]) if location == "query" else Applied(cookies=[part]))


def by_connection() -> Credential:
    """Nothing in the request: the connection itself proves who calls (mutualTLS)."""
    return Credential(Applied())


def _checked(secret: str) -> str:
    """The secret, unless it is empty or no text; the error does not show it."""
    if not secret or _NO_TEXT.search(secret):
        raise ValueError("the credential is empty, or holds control characters or lone surrogates")
    return secret


def _for_header(secret: str) -> str:
    """The secret, unless it cannot stand in a header; the error does not show it."""
    if not secret.isascii() or secret != secret.strip():
        raise ValueError("the credential holds what a header cannot carry: outer blanks, or more than ASCII")
    return _checked(secret)


def credentials_for(
    requirements: Sequence[Sequence[str]], held: Mapping[str, Credential | None]
) -> Sequence[Credential]:
    """The credentials of the first security requirement that the client can meet.

    `requirements` are alternatives, each naming the schemes that it needs together; an empty one, which any
    call meets, comes last. Raises `MissingCredentials` where no alternative can be met.
    """
    for schemes in sorted(requirements, key=lambda names: not names):
        found = [credential for scheme in schemes if (credential := held.get(scheme)) is not None]
        if len(found) == len(schemes):
            return found
    if not requirements:
        return ()
    wanted = " or ".join(" with ".join(schemes) for schemes in requirements)
    raise MissingCredentials(f"the call needs the credentials of {wanted}; give them to the Client")
