"""YAML 1.2 by ruamel.yaml: read into values that know their lines, and written."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (ruamel.yaml says few of its types)

from __future__ import annotations

import math
import re
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.composer import Composer
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.representer import SafeRepresenter
from ruamel.yaml.scanner import Scanner

from .marks import Map, Seq, copied, place, put
from .problem import Problem
from .runtime.guards import is_array, is_object

MOST_VALUES = 200_000
"""Mappings, sequences and scalars of a document, those that aliases repeat included."""
DEEPEST = 100
"""Levels of mappings and sequences in one another."""

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", re.IGNORECASE)
_SURROGATE = re.compile("[\ud800-\udfff]")


def read(text: str, file: str) -> Any:
    """The value of the YAML document `text`, which came from `file`.

    Keys are strings as written; dates stay strings. Raises `Problem` for what is not YAML, for a key given
    twice, for what JSON lacks (tags, infinity), and for what is too large, too deep or endless.
    """
    document = _value(_composed(text), file, {})
    limited(document)
    return copied(document)


def limited(document: Any) -> None:
    """Raise a `Problem` for a document of more values or levels than people keep by hand."""
    count, waiting = 1, [(document, 1)]
    while waiting:
        node, depth = waiting.pop()
        if is_object(node) or is_array(node):
            count += len(node)
            if excess := _excess(depth, count):
                file, line = place(node, [])
                raise Problem(excess, "write less, without aliases", file=file, line=line)
            waiting += [(child, depth + 1) for child in (node.values() if is_object(node) else node)]


def _excess(depth: int, count: int) -> str | None:
    """What is wrong with so many levels and values, if anything."""
    if depth > DEEPEST:
        return f"the document is more than {DEEPEST} levels deep"
    return f"the document has more than {MOST_VALUES:,} values" if count > MOST_VALUES else None


class _Scanner(Scanner):
    """The library's scanner, for documents without tags and directives: JSON does without them too."""

    def fetch_tag(self) -> None:
        """Refuse a tag; the library would take minutes over a long one."""
        raise _refused("tags are not read", "remove it, or quote what is to be text", self.reader.get_mark())

    def fetch_directive(self) -> None:
        """Refuse a directive, which could say that this is another YAML."""
        raise _refused("directives are not read", "remove it, and write YAML 1.2", self.reader.get_mark())


class _Composer(Composer):
    """The library's composer; it stops where there is too much, before that takes minutes."""

    count = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        """The next node."""
        self.count += 1
        if excess := _excess(self.depth, self.count):
            raise _refused(excess, "write less", self.parser.peek_event().start_mark)
        return super().compose_node(parent, index)


def _composed(text: str) -> Any:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Scanner, yaml.Composer = _Scanner, _Composer
    yaml.composer.warn_double_anchors = False
    try:
        node = yaml.compose(text)  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType] -- untyped in ruamel.yaml
    except MarkedYAMLError as error:
        what, mark = error.problem or error.context, error.problem_mark or error.context_mark
        raise _refused(f"not YAML ({what})", "mend the syntax", mark) from None
    except ReaderError as error:
        what, line = f"the character U+{error.character:04X}", text.count("\n", 0, error.position) + 1
        raise Problem(f"not YAML ({what})", "remove it", line=line) from None
    if node is None:
        raise Problem("the document is empty", "write an OpenAPI or Overlay document")
    return node


def _refused(what: str, todo: str, mark: Any) -> Problem:
    return Problem(what, todo, line=mark.line + 1)


def _value(node: Any, file: str, known: dict[int, Any]) -> Any:
    """The value of a node; what aliases repeat is one object, for the value may be endless."""
    line = node.start_mark.line + 1
    if isinstance(node, ScalarNode):
        return _scalar(node)
    if id(node) in known:
        return known[id(node)]
    if isinstance(node, MappingNode):
        mapping = known[id(node)] = Map(file, line)
        for key, child in node.value:
            put(mapping, _key(key, mapping), _value(child, file, known), key.start_mark.line + 1)
        return mapping
    sequence = known[id(node)] = Seq(file, line)
    for index, child in enumerate(node.value):
        put(sequence, index, _value(child, file, known), child.start_mark.line + 1)
    return sequence


def _key(node: Any, mapping: Map) -> str:
    if not isinstance(node, ScalarNode):
        raise _refused("a key is not text", "write the key as text", node.start_mark)
    if node.value == "<<" and node.style is None:
        raise _refused("YAML 1.2 has no merge keys", "write out what is merged", node.start_mark)
    if (key := _string(node)) in mapping:
        what = f"the key `{key}` is given twice, first on line {mapping.lines[key]}"
        raise _refused(what, "keep one of them", node.start_mark)
    return key


def _scalar(node: ScalarNode) -> Any:
    kind = str(node.tag).removeprefix("tag:yaml.org,2002:")
    if kind == "null":
        return None
    if kind == "bool":
        return node.value.lower() == "true"
    return _number(node) if kind in ("int", "float") else _string(node)


def _number(node: ScalarNode) -> Any:
    text = str(node.value)
    try:
        if _INT.fullmatch(text):
            number: float = int(text, 0 if text[:2] in ("0o", "0x") else 10)
        elif _FLOAT.fullmatch(text):
            number = float(text)
        else:
            return text  # a number in older YAML: 1_000
        if math.isfinite(number):
            return number
    except (OverflowError, ValueError):
        pass
    raise _refused(f"the number {text} does not exist in JSON", "write a finite number", node.start_mark)


def _string(node: ScalarNode) -> str:
    """The text; the two halves that JSON writes for a character outside the basic plane are put together."""
    text = str(node.value)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16") if _SURROGATE.search(text) else text
    except UnicodeDecodeError:
        what = "the text has half a character (a lone surrogate)"
        raise _refused(what, "write the whole character", node.start_mark) from None


_PLAIN = re.compile(r"[A-Za-z_][\w ./{}()-]*[\w.)}]|[A-Za-z]", re.ASCII)
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null"}


class _Writer(SafeRepresenter):
    """Writes text in quotes wherever any YAML version could read it as something else."""

    def represent_str(self, data: str) -> Any:
        plain = _PLAIN.fullmatch(data) and data.lower() not in _WORDS
        return self.represent_scalar("tag:yaml.org,2002:str", data, style=None if plain else '"')

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Writer.add_representer(str, _Writer.represent_str)
_Writer.add_representer(Map, _Writer.represent_dict)
_Writer.add_representer(Seq, _Writer.represent_list)


def dump(document: Any) -> str:
    """The document as YAML that versions 1.1 and 1.2 read alike, keys in their order."""
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.Representer, yaml.default_flow_style, yaml.width = _Writer, False, 110
    yaml.sort_base_mapping_type_on_output = False
    text = StringIO()
    yaml.dump(document, text)
    return text.getvalue()
