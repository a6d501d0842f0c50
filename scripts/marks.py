"""Mappings and sequences that know the file and line that each of their values came from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .kinds import is_array, is_object

_INDEX = re.compile("0|[1-9][0-9]{0,8}")


class Line(int):
    """A line that knows its file, for a value in a mapping or sequence that came from another file."""

    file: str

    def __new__(cls, file: str, line: int) -> Line:
        """Line `line`, counted from 1, of `file`."""
        new = super().__new__(cls, line)
        new.file = file
        return new


class Map(dict[str, Any]):
    """A mapping of a document; `lines` gives the line of each key."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: dict[str, int] = {}


class Seq(list[Any]):
    """A sequence of a document; `lines` gives the line of each item."""

    __slots__ = ("file", "line", "lines")

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file, self.line = file, line
        self.lines: list[int] = []


def put(container: Any, key: Any, value: Any, line: int | None) -> None:
    """Set the value at `key` of a container, or append it there, and mark it with its line."""
    if isinstance(container, Seq):
        container.lines[key : key + 1] = [line or container.line]
    if isinstance(container, Map):
        container.lines[key] = line or container.line
    if is_array(container):
        container[key : key + 1] = [value]
    else:
        container[key] = value


def drop(container: Any, key: Any) -> None:
    """Remove the value at `key` of a container, and its mark."""
    del container[key]
    if isinstance(container, Seq):
        del container.lines[key : key + 1]
    if isinstance(container, Map):
        container.lines.pop(key, None)


def copied(node: Any) -> Any:
    """A deep copy that shares no container with `node` and keeps its marks."""
    new: Any
    if is_object(node):
        new = Map(node.file, node.line) if isinstance(node, Map) else {}
        new.update({key: copied(value) for key, value in node.items()})
    elif is_array(node):
        new = Seq(node.file, node.line) if isinstance(node, Seq) else []
        new.extend(copied(value) for value in node)
    else:
        return node
    if isinstance(node, Map | Seq):
        new.lines = node.lines.copy()
    return new


def plain(node: Any) -> Any:
    """The same values in plain dicts and lists, for libraries that want these."""
    if is_object(node):
        return {key: plain(value) for key, value in node.items()}
    return [plain(value) for value in node] if is_array(node) else node


def pointer(*keys: str | int) -> str:
    """The JSON pointer of `keys`, as a URI fragment: `#/paths/~1a/get`."""
    return "#" + "".join("/" + str(key).replace("~", "~0").replace("/", "~1") for key in keys)


def keys_of(pointer: str) -> list[str]:
    """The keys of a JSON pointer given as a fragment."""
    return [key.replace("~1", "/").replace("~0", "~") for key in pointer.removeprefix("#").split("/")[1:]]


def step(node: Any, key: str) -> Any:
    """The value that one key of a JSON pointer leads to; raises `LookupError` where there is none."""
    if is_object(node):
        return node[key]
    if is_array(node) and _INDEX.fullmatch(key):
        return node[int(key)]
    raise LookupError(key)


def place(document: Any, keys: Sequence[str | int]) -> tuple[str | None, int | None]:
    """The file and line of the value at `keys`, or of the nearest mapping or sequence above it."""
    node, file, line = document, getattr(document, "file", None), getattr(document, "line", None)
    for key in map(str, keys):
        try:
            above, node = node, step(node, key)
        except LookupError:
            break
        if isinstance(above, Map):
            line = above.lines.get(key, above.line)
        elif isinstance(above, Seq):
            line = above.lines[int(key)]
        if isinstance(above, Map | Seq):
            file = getattr(line, "file", above.file)
    return file, line
