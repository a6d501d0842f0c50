"""Secrets are taken out of what an error says."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections.abc import Collection
from contextlib import suppress
from functools import lru_cache
from typing import Any
from urllib.parse import quote

import httpx

from .errors import InvalidRequest
from .mismatch import Shown, shown

_SHORTEST, _BEGINNING = 4, 8
"""Characters: a shorter secret would be found in any text; by so many one is known that a message cuts short."""
_HIDDEN, _NOTHING = "[secret]", "(?!)"
"""What stands for a secret, and the pattern of no text at all."""


def authorization(request: httpx.Request | None) -> set[str]:
    """What a request has in its `Authorization` header: all of it, and the parts that are secret by themselves."""
    header = request.headers.get("authorization", "") if request is not None else ""
    kind, _, rest = header.partition(" ")
    found = {header, rest} - {""}
    if kind.lower() == "basic":
        with suppress(ValueError):
            found.add(b64decode(rest).decode().partition(":")[2])
    return found


def redact(error: BaseException, secrets: Collection[str]) -> None:
    """Take secrets out of what an error says, and those that it came of; what an answer holds stays whole."""
    known = _any_of(secrets)
    each: BaseException | None = error
    while each is not None:
        hide = _hidden if isinstance(each, InvalidRequest) else _redacted
        each.args = tuple(hide(arg, known) for arg in each.args)
        vars(each).update({name: hide(held, known) for name, held in vars(each).items()})
        each = each.__cause__


def redacted(text: str, secrets: Collection[str]) -> str:
    """The text without secrets: neither escaped nor cut short do they stay."""
    return _any_of(secrets).sub(_HIDDEN, text)


def _redacted(value: Any, known: re.Pattern[str]) -> Any:
    """The value, without secrets if it is a text."""
    return known.sub(_HIDDEN, value) if type(value) is str else value


def _hidden(value: Any, known: re.Pattern[str]) -> Any:
    """The value, or what is shown of it where that has secrets."""
    text = value if type(value) is str else shown(value)
    clean = known.sub(_HIDDEN, text)
    return value if clean == text else clean if text is value else Shown(clean)


def _any_of(secrets: Collection[str]) -> re.Pattern[str]:
    """The pattern of all secrets, the longest first, as one may begin another."""
    ways: list[str] = []
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            whole = [_written(part) for part in re.findall(r"\\+|[^\\]", secret)]
            ways += ["".join(whole), f"{''.join(whole[:_BEGINNING])}\\S*"]
    return re.compile("|".join(ways) or _NOTHING)


@lru_cache(maxsize=256)
def _written(part: str) -> str:
    """The pattern of a character, or of backslashes, as it is and as JSON, a `repr` or a URL escapes it."""
    if "\\" in part:
        return r"(?:\\|%5C)++"
    forms = {part, quote(part, safe=""), json.dumps(part)[1:-1], repr(part.encode())[2:-1]}
    if forms == {part}:
        return re.escape(part)
    escaped = (re.escape(form.lstrip("\\")).replace(r"\\", r"\\++") for form in sorted(forms, reverse=True))
    return rf"\\*+(?:{'|'.join(escaped)})"
