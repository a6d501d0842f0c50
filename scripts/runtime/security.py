"""Security schemes: how a credential goes onto the wire.

What no credential can be is refused by `InvalidCredentials`, which has the argument's name in backticks and no secret.
"""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple
from urllib.parse import quote

import httpx

from .errors import InvalidCredentials, MissingCredentials
from .guards import plain_text

_NO_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


class Applied(NamedTuple):
    """What a credential adds to a request."""

    headers: Mapping[str, str] = {}
    query: Sequence[str] = ()
    cookies: Sequence[str] = ()

    def __repr__(self) -> str:
        return "Applied(...)"


class Credential:
    """A credential of one security scheme; its secrets are in no `repr`."""

    __slots__ = ("_applied", "secrets")

    def __init__(self, applied: Applied, *secrets: str) -> None:
        self._applied, self.secrets = applied, secrets

    def apply(self) -> Applied:
        """What to add to a request."""
        return self._applied

    def can_renew(self) -> bool:
        """Whether another can be made where one is refused."""
        return False

    def is_refused(self, answer: Any) -> bool:
        """Whether an answer, as JSON, says that another credential of the same owner may be accepted."""
        return False

    def renew(self, applied: Applied, date: str | None) -> bool:
        """Make another, for the one in `applied` was refused by an answer of this `Date`; True if there is one."""
        return False


def basic(username: str | None, password: str | None, *names: str) -> Credential | None:
    """HTTP Basic (RFC 7617): both parts, called `names`, or neither; a colon in the user name is refused.

    For a key without a password there is `auth=httpx.BasicAuth(key, "")`: a blank part is mostly a mistake.
    """
    if username is None and password is None:
        return None
    if username is None or password is None:
        given, missing = names if password is None else names[::-1]
        raise InvalidCredentials(f"`{given}` needs `{missing}`: give both, or neither")
    username, password = _checked(username, names[0]), _checked(password, names[1])
    if ":" in username:
        raise InvalidCredentials(f"`{names[0]}` holds a colon, which HTTP Basic cannot carry")
    pair = b64encode(f"{username}:{password}".encode()).decode()
    return Credential(Applied({"Authorization": f"Basic {pair}"}), password, pair)


def bearer(token: str | None, name: str) -> Credential | None:
    """A bearer token (RFC 6750)."""
    if token is None:
        return None
    token = _checked(token, name, for_header=True)
    if token.lower().startswith("bearer "):
        raise InvalidCredentials(f"`{name}` begins with 'Bearer': give what stands behind it alone")
    return Credential(Applied({"Authorization": f"Bearer {token}"}), token)


def api_key(
    wire_name: str, location: Literal["header", "query", "cookie"], key: str | None, name: str
) -> Credential | None:
    """A key in a header, in the query or in a cookie."""
    if key is None:
        return None
    key = _checked(key, name, for_header=location == "header")
    if location == "header":
        return Credential(Applied({wire_name: key}), key)
    part = f"{quote(wire_name, safe='')}={quote(key, safe='')}"
    applied = Applied(query=[part]) if location == "query" else Applied(cookies=[part])
    return Credential(applied, key, quote(key, safe=""))


BY_CONNECTION = Credential(Applied())


def by_connection() -> Credential:
    """Nothing in the request: the connection itself proves who calls (mutualTLS)."""
    return BY_CONNECTION


def check_one(**given: object) -> None:
    """Refuse more than one of two arguments that stand for each other."""
    names = [f"`{name}`" for name, value in given.items() if value is not None]
    if len(names) > 1:
        raise InvalidCredentials(f"{' and '.join(names)} are given: give one of them")


def _checked(secret: str, name: str, *, for_header: bool = False) -> str:
    """The characters of a secret; what no credential can be is refused, and the error does not show it."""
    if not isinstance(secret, str):  # pyright: ignore[reportUnnecessaryIsInstance] -- not all callers check types
        raise InvalidCredentials(f"`{name}` is no text")
    if not secret.strip():
        raise InvalidCredentials(f"`{name}` is blank")
    if _NO_TEXT.search(secret):
        raise InvalidCredentials(f"`{name}` holds control characters or lone surrogates")
    if for_header and (not secret.isascii() or secret != secret.strip()):
        raise InvalidCredentials(f"`{name}` is not what a header can carry: ASCII without outer blanks")
    return plain_text(secret)


def hide_query(request: httpx.Request) -> None:
    """See to it that httpx does not log the query of a request, for it holds a credential."""
    request.url = _SecretURL(request.url)
    logging.getLogger("httpx").addFilter(_without_query)


class _SecretURL(httpx.URL):
    """A URL whose query is not to be logged."""


def _without_query(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            each.copy_with(query=None) if isinstance(each, _SecretURL) else each for each in record.args
        )
    return True


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
    is_known = any(scheme in held for schemes in requirements for scheme in schemes)
    strange = "the client has no such security scheme: is it another vendor's?"
    todo = "give them to the client" if is_known else strange
    raise MissingCredentials(f"the call needs the credentials of {wanted}; {todo}")
