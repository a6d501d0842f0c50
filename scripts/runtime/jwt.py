"""JSON Web Tokens (RFC 7519), which a client mints from a credentials file; they need an extra installed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from os import PathLike
from threading import Lock
from typing import Any, NamedTuple

from .credentials_file import read
from .errors import InvalidCredentials
from .guards import pointed
from .security import Applied, Credential
from .timestamps import parse_datetime

_RSA_BITS = 2048  # the least that RFC 7518 allows


class Jwt(NamedTuple):
    """How a token is made of a credentials file, and when it is made anew: the contract's `x-jwt`.

    `fields` are the fields that the file must have, with their JSON types; `key` is the one that holds the
    private key in PEM. The other fields, in braces, stand in the texts of `header` and `claims`. The claim
    `iat` is `leeway` seconds before now, and `exp` `lifetime` seconds after `iat`. An answer says that its
    token must be made anew by one of `renew_on` at `renew_at`, a JSON pointer. `extra` is what to install.
    """

    algorithm: str
    fields: Mapping[str, str]
    key: str
    claims: Mapping[str, str]
    lifetime: int
    extra: str
    header: Mapping[str, str] = {}
    leeway: int = 0
    renew_at: str = ""
    renew_on: Sequence[int | str] = ()


class Minted(Credential):
    """A bearer token that is reused until shortly before its end, by any number of threads and tasks.

    Made from the path of a credentials file, or from what such a file holds; it is read once. Raises
    `InvalidCredentials` for one that no token can be made of.
    """

    __slots__ = ("_ahead", "_claims", "_jwt", "_lock", "_sign", "_since", "_until")

    def __init__(self, jwt: Jwt, credentials: str | PathLike[str] | Mapping[str, object]) -> None:
        super().__init__(Applied())
        fields = read(credentials, jwt.fields)
        pem = fields.pop(jwt.key)
        header = {name: text.format_map(fields) for name, text in jwt.header.items()}
        self._claims = {name: text.format_map(fields) for name, text in jwt.claims.items()}
        self._jwt, self._sign = jwt, _signer(jwt, pem, header)
        self._since = self._until = 0.0
        self._ahead = 0.0  # seconds by which the server's clock is ahead of this one
        self._lock = Lock()

    def apply(self) -> Applied:
        """What to add to a request: the token."""
        with self._lock:
            if not self._since <= self._now() < self._until:
                self._mint()
            return self._applied

    def can_renew(self) -> bool:
        """Whether the contract says how an answer refuses a token."""
        return bool(self._jwt.renew_on)

    def is_refused(self, answer: Any) -> bool:
        """Whether an answer, as parsed JSON, says that the token must be made anew."""
        return pointed(answer, self._jwt.renew_at) in self._jwt.renew_on

    def renew(self, applied: Applied, date: str | None) -> bool:
        """Replace the token that was refused, unless that is done; whether there is another to try now.

        `date` is the answer's `Date` header, by which the clock is set.
        """
        with self._lock:
            if applied == self._applied:
                self._set_clock(date or "")
                self._mint()
                if applied == self._applied:  # minted in this very second
                    self._ahead -= 1
                    self._mint()
            return applied != self._applied

    def _mint(self) -> None:
        issued = int(self._now()) - self._jwt.leeway
        expires = issued + self._jwt.lifetime
        token = self._sign({**self._claims, "iat": issued, "exp": expires})
        self._applied = Applied({"Authorization": f"Bearer {token}"})
        self.secrets = (token, *self.secrets[:1])  # with the one before, which may still be under way
        self._since, self._until = issued, expires - min(60, self._jwt.lifetime / 10)

    def _now(self) -> float:
        return time.time() + self._ahead

    def _set_clock(self, date: str) -> None:
        try:
            self._ahead = parse_datetime(date).timestamp() - time.time()
        except ValueError:
            return  # the clock stays as it is


def _signer(jwt: Jwt, pem: str, header: dict[str, str]) -> Callable[[dict[str, Any]], str]:
    """What signs claims; raises `InvalidCredentials`, as `read` does."""
    try:
        from jwt import encode  # here, because it is slow to import, and in an extra

        key = _key(pem, jwt)
    except ImportError:
        todo = f"pip install phone-number-apis[{jwt.extra}]"
        raise InvalidCredentials(f"to sign tokens, PyJWT and cryptography are needed: {todo}") from None
    return partial(encode, key=key, algorithm=jwt.algorithm, headers=header)


def _key(pem: str, jwt: Jwt) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(pem.encode(), password=None)
    except TypeError:
        why = "is encrypted; give one without a password"
    except (ValueError, UnsupportedAlgorithm):
        why = "is no private key in PEM"
    else:
        if not _fits(key, jwt.algorithm):
            why = f"is no key for {jwt.algorithm}"
        elif isinstance(key, RSAPrivateKey) and key.key_size < _RSA_BITS:
            why = f"has {key.key_size} bits, fewer than {_RSA_BITS}"
        else:
            return key
    raise InvalidCredentials(f"the {jwt.key!r} of the credentials {why}")


def _fits(key: Any, algorithm: str) -> bool:
    from jwt import InvalidKeyError, get_algorithm_by_name

    try:
        get_algorithm_by_name(algorithm).prepare_key(key)
    except (TypeError, InvalidKeyError):
        return False
    return True
