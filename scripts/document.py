"""OpenAPI and Overlay documents, in which every value has a place: a file, a line and a JSON pointer."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from .dumping import dump
from .marks import Map, Seq, copied, keys_of, place, plain, pointer
from .problem import Problem, shown
from .yaml12 import limited, read

__all__ = [
    "Map",
    "Seq",
    "copied",
    "dump",
    "keys_of",
    "limited",
    "load",
    "place",
    "plain",
    "pointer",
    "problem",
]

LARGEST_FILE = 3_000_000
"""Bytes: larger documents are refused unread."""


def problem(document: Any, pointer: str, what: str, todo: str) -> Problem:
    """The problem `what` at `pointer` of `document`, with the file and line it came from."""
    file, line = place(document, keys_of(pointer))
    return Problem(what, todo, file=file, line=line, where=pointer)


def load(path: Path) -> Any:
    """Read the YAML 1.2 (or JSON) document at `path`; raises `Problem` for what cannot be read."""
    file = shown(path)
    try:
        return read(_text(path), file)
    except Problem as problem:
        problem.file = file
        raise


def _text(path: Path) -> str:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Problem("not a file", "put the document there")
        if status.st_size > LARGEST_FILE:
            what = f"the file has {status.st_size:,} bytes, more than {LARGEST_FILE:,}"
            raise Problem(what, "keep only the operations that you need")
        data = path.read_bytes()
    except OSError as error:
        raise Problem(f"cannot be read ({error.strerror})", "check the path and its permissions") from None
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        what = f"not UTF-8 (byte 0x{data[error.start]:02x})"
        raise Problem(what, "save the file as UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None
