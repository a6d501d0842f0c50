"""A credentials file as vendors give them out: a JSON object, of which no error shows anything but names."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from .errors import InvalidCredentials
from .guards import is_object

_PATH = re.compile(r"(?=.{1,63}\Z|.*\.)(?!ey[\w-]+\.[\w-]+\.)[^\x00-\x1f\x7f{}]+")
"""What is a path; no object, no PEM, of which a line of base64 has 64 characters and no dot, and no token."""
_TYPES: Mapping[str, type] = {"string": str, "integer": int}


def read(
    credentials: str | PathLike[str] | Mapping[str, object], fields: Mapping[str, str]
) -> dict[str, Any]:
    """The fields of a credentials file, given by its path or as what it holds.

    `fields` maps their names to `string` or `integer`. Raises `InvalidCredentials`, and never while another
    error is handled: those of the standard library keep the whole text, and would stay as its context.
    """
    if isinstance(credentials, Mapping):
        name, held = "what was given as credentials", credentials
    else:
        name = _name(credentials)
        held = _object(_bytes(credentials, name), name)
    for field, type_ in fields.items():
        value = held.get(field)
        if value is None or not str(value).strip():
            raise InvalidCredentials(f"{name} has no {field!r}")
        if not isinstance(value, _TYPES[type_]) or isinstance(value, bool):
            raise InvalidCredentials(f"the {field!r} of {name} is no {type_}")
    return {field: held[field] for field in fields}


def _name(path: object) -> str:
    """What errors call the file: by its path, unless that may be what the file holds, given by mistake."""
    return f"the credentials file {str(path)!r}" if _PATH.fullmatch(str(path)) else "the credentials file"


def _bytes(path: str | PathLike[str], name: str) -> bytes:
    why: str | None = "the path is blank"
    try:
        if str(path).strip():
            return Path(path).read_bytes()
    except OSError as error:
        why = error.strerror
    except (TypeError, ValueError):
        why = "no path"
    raise InvalidCredentials(f"{name} cannot be read ({why}); give its path, or what it holds as a mapping")


def _object(content: bytes, name: str) -> dict[str, Any]:
    why = "is no JSON object"
    try:
        held = json.loads(content.decode("utf-8-sig"))
        if is_object(held):
            return held
    except UnicodeDecodeError:
        why = "is not UTF-8"
    except (ValueError, RecursionError):
        why = "is not JSON"
    raise InvalidCredentials(f"{name} {why}")
