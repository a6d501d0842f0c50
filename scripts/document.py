"""OpenAPI and Overlay documents, in which every value has a place: a file, a line and a JSON pointer."""

from __future__ import annotations

import stat
from collections.abc import Generator
from contextlib import contextmanager
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
    with _said_of(path):
        document = read(text(path), shown(path))
        if not isinstance(document, Map | Seq):
            raise Problem("the document is a single value", "write an OpenAPI or Overlay document")
        return document


def text(path: Path) -> str:
    """The text of the file at `path`; raises `Problem` for what is no text, and for too much of it."""
    with _said_of(path):
        return _decoded(_bytes(path))


@contextmanager
def _said_of(path: Path) -> Generator[None]:
    """Say of the file at `path` what is wrong."""
    try:
        yield
    except Problem as problem:
        problem.file = shown(path)
        raise


def _bytes(path: Path) -> bytes:
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Problem("not a file", "put the document there")
        if status.st_size > LARGEST_FILE:
            what = f"the file has {status.st_size:,} bytes, more than {LARGEST_FILE:,}"
            raise Problem(what, "keep only the operations that you need")
        return path.read_bytes()
    except OSError as error:
        raise Problem(f"cannot be read ({error.strerror})", "check the path and its permissions") from None


def _decoded(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        what = f"not UTF-8 (byte 0x{data[error.start]:02x})"
        raise Problem(what, "save the file as UTF-8", line=data.count(b"\n", 0, error.start) + 1) from None
