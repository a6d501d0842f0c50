"""Credentials files, and the keys in them, that no token can be made of: what is wrong is told, and nothing of them."""

from __future__ import annotations

import errno
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from ..kinds import is_object
from ..objects import entries
from .called import Case
from .calls import Target
from .findings import Wrong
from .minting import held_by, pem, rsa_key
from .programs import Code, making

_SECRET = "a-word-that-no-message-tells"
_DEEP = 100_000
"""Lists in each other, more than Python reads."""


class _Given(NamedTuple):
    """What is given as credentials, what an error must say of it (of what is good nothing), and the file that it is."""

    credentials: Any
    words: tuple[str, ...] = ()
    file: str = ""
    content: bytes = b""


def checks(target: Target, case: Case) -> Iterator[Wrong | None]:
    """What is wrong with how bad credentials are refused, and good ones taken."""
    for name in sorted(set[str]().union(*target.operation.requirements)):
        said = entries(target.operation.scheme(name), "x-jwt")
        if str(said.get("algorithm", "")).startswith(("RS", "PS")):
            with tempfile.TemporaryDirectory(suffix=".d") as folder:  # which tells that it is a path
                for given in (*_files(Path(folder), said), *_texts(said), *_fields(said), *_keys(said)):
                    yield _judged(target, target.decided(name, "x-jwt"), said, given)


def _files(folder: Path, said: Mapping[str, Any]) -> Iterator[_Given]:
    """Paths of files, bad or good, and of what is no file."""
    whole = json.dumps(held_by(said)).encode()
    files: list[tuple[str, bytes, str]] = [
        ("latin-1.json", b'{"\xe9": "' + _SECRET.encode() + b'"}', "UTF-8"),
        ("half.json", whole[:-1], "JSON"),
        ("deep.json", b"[" * _DEEP, "JSON"),
        ("list.json", b"[" + whole + b"]", "object"),
        ("good.json", whole, ""),
        ("with a mark.json", b"\xef\xbb\xbf" + whole, ""),
    ]
    for name, content, word in files:
        path = folder / name
        path.write_bytes(content)
        yield _Given(path, (repr(str(path)), word) if word else (), name, content)
    missing, no_file = os.strerror(errno.ENOENT), os.strerror(errno.EISDIR)
    for path in (folder / "nowhere.json", folder / "a `b` c" / "nowhere.json"):
        yield _Given(str(path), (repr(str(path)), missing, "; give "))
    yield _Given(str(folder), (repr(str(folder)), no_file, "; give "))


def _texts(said: Mapping[str, Any]) -> Iterator[_Given]:
    """What is no path: of some it may be a secret, and is not told."""
    yield _Given(" ", ("blank", "; give "))
    yield _Given(5, ("no path", "; give "))
    key, token = held_by(said)[said["key"]], f"eyJ{_SECRET}.eyJ{_SECRET}.{_SECRET}"
    for text in (json.dumps(held_by(said)), f'{{"key": "{_SECRET}"}}', key, token, _SECRET * 3):
        yield _Given(text, ("cannot be read", "; give "))


def _fields(said: Mapping[str, Any]) -> Iterator[_Given]:
    """Mappings with a field that is blank or of another type, or with more than is needed."""
    held = held_by(said)
    yield _Given({**held, "another": _SECRET})
    for field in held:
        kind = said["fields"].get(field, "string")
        others = [True, "17", 1.5] if kind == "integer" else [True, 5, [_SECRET]]
        for value, word in [(None, "no"), (" ", "no"), *((other, kind) for other in others)]:
            yield _Given({**held, field: value}, (repr(field), word))


def _keys(said: Mapping[str, Any]) -> Iterator[_Given]:
    """Private keys that sign nothing: of another kind, too small, encrypted, or none at all."""
    held, key, algorithm = held_by(said), said["key"], str(said["algorithm"])
    others = [(text, algorithm if word == "kind" else word) for text, word in _pems()]
    for text, word in [*others, (_SECRET, "PEM"), (held[key][:99], "PEM")]:
        yield _Given({**held, key: text}, (repr(key), word))


@cache
def _pems() -> list[tuple[str, str]]:
    """Keys in PEM, each with a word of what is wrong."""
    form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return [
        (pem(rsa_key(), _SECRET.encode()), "encrypted"),
        (pem(rsa.generate_private_key(65537, 1024)), "1024"),
        (pem(ec.generate_private_key(ec.SECP256R1())), "kind"),
        (rsa_key().public_key().public_bytes(*form).decode(), "PEM"),
    ]


def _judged(target: Target, at: str, said: Mapping[str, Any], given: _Given) -> Wrong | None:
    """What is wrong with what a client says of credentials."""
    error = target.refusal(secrets={said["argument"]: given.credentials})
    told = [secret for secret in _secrets(said, given) if any(secret in text for text in _said(error))]
    is_right = (
        isinstance(error, target.errors.InvalidCredentials)
        and all(word in str(error) for word in given.words)
        and not told
    )
    if is_right if given.words else error is None:
        return None
    before, shown = list[str](), given.credentials
    if given.file:
        text = f"b'[' * {_DEEP}" if len(given.content) >= _DEEP else repr(given.content)
        before = [f"path = Path(tempfile.mkdtemp(), {given.file!r})", f"path.write_bytes({text})"]
        shown = Code("path")
    words = " and ".join(filter(None, given.words))
    wanted = f"an InvalidCredentials that tells {words}, and no secret" if words else "a client"
    found = f"{error!r}, which tells {told}" if told else repr(error)
    return Wrong(at, wanted, found, making(target, *before, secrets={said["argument"]: shown}))


def _secrets(said: Mapping[str, Any], given: _Given) -> Iterator[str]:
    """What must not be told: lines of keys, and a word that stands in what was given."""
    keys = [str(held_by(said)[said["key"]])]
    if is_object(given.credentials):
        keys.append(f"{given.credentials[said['key']]}")
    for key in keys:
        yield from key.splitlines()[1:3]
    yield _SECRET


def _said(error: BaseException | None) -> Iterator[str]:
    """All that an error holds, and those that it came of, or came while they were handled."""
    while error is not None:
        yield from (str(error), repr(error), f"{error.args}", f"{vars(error)}")
        error = error.__cause__ or error.__context__
