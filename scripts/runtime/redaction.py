"""Secrets are taken out of what an error says."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from urllib.parse import quote

_SHORTEST, _BEGINNING = 4, 8
"""Characters: a shorter secret would be found in any text; by so many one is known that a message cuts short."""


def redacted(text: str, secrets: Iterable[str]) -> str:
    """The text without secrets: neither escaped nor cut short do they stay."""
    for secret in secrets:
        if len(secret) >= _SHORTEST:
            whole = [_written(part) for part in re.findall(r"\\+|[^\\]", secret)]
            text = re.sub(f"{''.join(whole)}|{''.join(whole[:_BEGINNING])}\\S*", "[secret]", text)
    return text


def _written(part: str) -> str:
    """The pattern of a character, or of backslashes, as it is and as JSON, a `repr` or a URL escapes it."""
    if "\\" in part:
        return r"(?:\\|%5C)++"
    forms = {part, quote(part, safe=""), json.dumps(part)[1:-1], repr(part.encode())[2:-1]}
    if forms == {part}:
        return re.escape(part)
    escaped = (re.escape(form.lstrip("\\")).replace(r"\\", r"\\++") for form in sorted(forms, reverse=True))
    return rf"\\*+(?:{'|'.join(escaped)})"
