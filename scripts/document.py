"""YAML 1.2 and JSON documents whose every mapping and sequence knows the file and line that it came from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.representer import SafeRepresenter

from .problem import Problem, shown
from .runtime.guards import is_array, is_object

LARGEST_FILE = 5_000_000
"""Bytes: larger documents are refused unread."""
MOST_VALUES = 1_000_000
"""Values after expanding aliases: more than that is an attack or a mistake."""

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_YAML = "tag:yaml.org,2002:"


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


def copied(node: Any) -> Any:
    """A deep copy that shares no container with `node` and keeps its marks."""
    if is_object(node):
        new = Map(node.file, node.line) if isinstance(node, Map) else {}
        if isinstance(node, Map) and isinstance(new, Map):
            new.lines.update(node.lines)
        new.update({key: copied(value) for key, value in node.items()})
        return new
    if is_array(node):
        items = Seq(node.file, node.line) if isinstance(node, Seq) else []
        if isinstance(node, Seq) and isinstance(items, Seq):
            items.lines.extend(node.lines)
        items.extend(copied(value) for value in node)
        return items
    return node


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


def place(document: Any, keys: list[str] | list[str | int]) -> tuple[str | None, int | None]:
    """The file and line of the value at `keys`, or of the nearest mapping or sequence above it."""
    file, line = getattr(document, "file", None), getattr(document, "line", None)
    node = document
    for key in keys:
        if isinstance(node, Map) and key in node:
            file, line, node = node.file, node.lines.get(str(key), node.line), node[str(key)]
        elif isinstance(node, Seq) and int(key) < len(node):
            file, line, node = (
                node.file,
                (node.lines[int(key)] if int(key) < len(node.lines) else node.line),
                node[int(key)],
            )
        else:
            break
        file = getattr(line, "file", file)
    return file, line


def problem(document: Any, pointer: str, what: str, todo: str) -> Problem:
    """The problem `what` at `pointer` of `document`, with the file and line it came from."""
    file, line = place(document, keys_of(pointer))
    return Problem(what, todo, file=file, line=line, where=pointer)


def load(path: Path) -> Any:
    """Read the YAML 1.2 (or JSON) document at `path`.

    Keys are strings as written; dates stay strings. Raises `Problem` for what is not such a document: no file, not
    UTF-8, not YAML, a key given twice, a tag or number that JSON lacks, too large, or too many values by aliases.
    """
    file = shown(path)
    node = _composed(file, _text(path, file))
    if node is None:
        raise Problem("the document is empty", "write an OpenAPI or Overlay document", file=file)
    try:
        if _size(node, {}, file) > MOST_VALUES:
            raise Problem(
                f"aliases expand to more than {MOST_VALUES:,} values", "write the values out", file=file
            )
        return _value(node, file)
    except RecursionError:
        raise Problem("the document is nested too deeply", "flatten it", file=file) from None


def _text(path: Path, file: str) -> str:
    try:
        if path.stat().st_size > LARGEST_FILE:
            what = f"the file has {path.stat().st_size:,} bytes, more than {LARGEST_FILE:,}"
            raise Problem(what, "keep only the operations that you need", file=file)
        data = path.read_bytes()
    except OSError as error:
        raise Problem(
            f"cannot be read ({error.strerror})", "check the path and its permissions", file=file
        ) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        byte = data[error.start]
        raise Problem(
            f"not UTF-8 (byte 0x{byte:02x})", "save the file as UTF-8", file=file, line=line
        ) from None


def _composed(file: str, text: str) -> Node | None:
    try:
        return YAML(typ="safe", pure=True).compose(text)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped in ruamel.yaml
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else None
        raise Problem(
            f"not YAML ({error.problem or error.context})", "mend the syntax", file=file, line=line
        ) from None
    except YAMLError as error:
        raise Problem(f"not YAML ({error})", "mend the syntax", file=file) from None
    except RecursionError:
        raise Problem("the document is nested too deeply", "flatten it", file=file) from None


def _size(node: Node, known: dict[int, int], file: str) -> int:
    """How many values `node` stands for when each alias is written out."""
    if isinstance(node, ScalarNode):
        return 1
    if id(node) in known:
        if not known[id(node)]:
            raise Problem(
                "an alias stands inside its own anchor", "write the value out", file=file, line=_line(node)
            )
        return known[id(node)]
    known[id(node)] = 0
    known[id(node)] = 1 + sum(_size(child, known, file) for child in _children(node))
    return known[id(node)]


def _children(node: Node) -> Iterator[Node]:
    for child in node.value:
        yield from child if isinstance(node, MappingNode) else (child,)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1


def _value(node: Node, file: str) -> Any:
    if isinstance(node, ScalarNode):
        return _scalar(node, file)
    if isinstance(node, SequenceNode):
        items = Seq(file, _line(node))
        for child in node.value:
            items.append(_value(child, file))
            items.lines.append(_line(child))
        return items
    mapping = Map(file, _line(node))
    for key, child in node.value:
        if not isinstance(key, ScalarNode) or (key.value == "<<" and key.style is None):
            todo = (
                "write the key as plain text"
                if key.value != "<<"
                else "YAML 1.2 has no merge keys: write the keys out"
            )
            raise Problem("a mapping key is not a string", todo, file=file, line=_line(key))
        if key.value in mapping:
            what = f"the key `{key.value}` is given twice, first on line {mapping.lines[key.value]}"
            raise Problem(what, "keep one of them", file=file, line=_line(key))
        mapping[key.value] = _value(child, file)
        mapping.lines[key.value] = _line(key)
    return mapping


def _scalar(node: ScalarNode, file: str) -> Any:
    tag, text = str(node.tag), str(node.value)
    kind = tag.removeprefix(_YAML)
    if not tag.startswith(_YAML):
        raise Problem(f"the tag `{tag}` is not one of JSON's", "remove it", file=file, line=_line(node))
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() == "true"
    if kind == "int" and _INT.fullmatch(text):
        return int(text, 0 if text[:2] in ("0o", "0x") else 10)
    if kind in ("int", "float") and _FLOAT.fullmatch(text):
        return float(text)
    if kind == "float" and text.lower().lstrip("+-") in (".inf", ".nan"):
        raise Problem(
            f"the number {text} does not exist in JSON", "write a finite number", file=file, line=_line(node)
        )
    return text


_PLAIN = re.compile(r"[A-Za-z_][\w ./{}()-]*[\w.)}]|[A-Za-z]", re.ASCII)
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


class _Writer(SafeRepresenter):
    """Writes text in quotes wherever any YAML version could read it as something else."""

    def represent_str(self, data: str) -> Any:
        plain = _PLAIN.fullmatch(data) and data.lower() not in _WORDS
        return self.represent_scalar(_YAML + "str", data, style=None if plain else '"')

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Writer.add_representer(str, _Writer.represent_str)
_Writer.add_representer(Map, _Writer.represent_dict)
_Writer.add_representer(Seq, _Writer.represent_list)


def dump(document: Any) -> str:
    """The document as YAML that versions 1.1 and 1.2 read alike, keys in their order."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer, yaml.default_flow_style, yaml.width, yaml.sort_base_mapping_type_on_output = (
        _Writer,
        False,
        110,
        False,
    )
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()
