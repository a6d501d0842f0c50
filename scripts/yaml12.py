"""YAML 1.2, read into values that know their lines."""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# (ruamel.yaml says few of its types)

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice
from typing import Any

import yaml
from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.reader import ReaderError
from ruamel.yaml.scanner import Scanner

from .kinds import is_array, is_object
from .marks import Map, Seq, copied, place, put
from .problem import Problem

MOST_VALUES = 200_000
"""Mappings, sequences and scalars of a document, those that aliases repeat included."""
DEEPEST = 100
"""Levels of mappings and sequences in one another."""

_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.inf|\.nan", re.IGNORECASE)
_NEWER_BREAKS = re.compile("[\x85\u2028\u2029]")
"""What ends a line in YAML 1.1, but not in YAML 1.2."""
_SURROGATE = re.compile("[\ud800-\udfff]")

_NO_TAGS = "tags are not read", "remove it, or quote what is to be text"
_NO_DIRECTIVES = "directives are not read", "remove it, and write YAML 1.2"

# the same events in both libraries
_DOCUMENT = yaml.DocumentStartEvent, events.DocumentStartEvent
_MAPPING = yaml.MappingStartEvent, events.MappingStartEvent
_SCALAR = yaml.ScalarEvent, events.ScalarEvent
_ALIAS = yaml.AliasEvent, events.AliasEvent
_END = yaml.CollectionEndEvent, events.CollectionEndEvent


def read(text: str, file: str) -> Any:
    """The value of the YAML document `text`, which came from `file`.

    Keys are strings as written; dates stay strings. Raises `Problem` for what is not YAML, for a key given
    twice, for what JSON lacks (tags, infinity), and for what is too large, too deep or endless.
    """
    document = _document(text, file)
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
        raise _refused(*_NO_TAGS, self.reader.get_mark())

    def fetch_directive(self) -> None:
        """Refuse a directive, which could say that this is another YAML."""
        raise _refused(*_NO_DIRECTIVES, self.reader.get_mark())


def _document(text: str, file: str) -> Any:
    """The value of a text: by libyaml, in a tenth of the time, unless that takes less than YAML 1.2 allows."""
    if not _NEWER_BREAKS.search(text):
        with suppress(yaml.YAMLError):
            return _Reader(file, yaml.parse(text, yaml.CSafeLoader)).document()
    return _Reader(file, _events(text)).document()


def _events(text: str) -> Iterator[Any]:
    reader: Any = YAML(typ="safe", pure=True)
    reader.Scanner = _Scanner
    try:
        yield from reader.parse(text)
    except MarkedYAMLError as error:
        what, mark = error.problem or error.context, error.problem_mark or error.context_mark
        raise _refused(f"not YAML ({what})", "mend the syntax", mark) from None
    except ReaderError as error:
        what, line = f"the character U+{error.character:04X}", text.count("\n", 0, error.position) + 1
        raise Problem(f"not YAML ({what})", "remove it", line=line) from None


class _Reader:
    """Makes a value of events; it stops where there is too much, before that takes minutes."""

    def __init__(self, file: str, events: Iterator[Any]) -> None:
        self.file, self.events, self.count = file, events, 0
        self.anchors: dict[str, Any] = {}

    def document(self) -> Any:
        """The value of the only document."""
        started = [event for event in islice(self.events, 2) if isinstance(event, _DOCUMENT)]
        if not started:
            raise Problem("the document is empty", "write an OpenAPI or Overlay document")
        if started[0].version or started[0].tags:
            raise _refused(*_NO_DIRECTIVES, started[0].start_mark)
        value = self._value(next(self.events), 1)
        for event in self.events:
            if isinstance(event, _DOCUMENT):
                raise _refused("not YAML (another document begins)", "keep one of them", event.start_mark)
        return value

    def _value(self, event: Any, depth: int) -> Any:
        """The value that an event begins; what aliases repeat is one object, for it may be endless."""
        self.count += 1
        if excess := _excess(depth, self.count):
            raise _refused(excess, "write less", event.start_mark)
        if isinstance(event, _ALIAS):
            return self._repeated(event)
        if event.tag is not None:
            raise _refused(*_NO_TAGS, event.start_mark)
        line = event.start_mark.line + 1
        is_scalar = isinstance(event, _SCALAR)
        value = (
            _scalar(event) if is_scalar else (Map if isinstance(event, _MAPPING) else Seq)(self.file, line)
        )
        if event.anchor is not None:
            self.anchors[event.anchor] = value
        if not is_scalar:
            self._fill(value, depth + 1)
        return value

    def _repeated(self, event: Any) -> Any:
        if event.anchor not in self.anchors:
            what = f"not YAML (nothing is called `&{event.anchor}` before)"
            raise _refused(what, "mend the alias", event.start_mark)
        return self.anchors[event.anchor]

    def _fill(self, container: Map | Seq, depth: int) -> None:
        for event in self.events:
            if isinstance(event, _END):
                return
            line = event.start_mark.line + 1
            if isinstance(container, Map):
                self.count += 1
                key = _key(event, container)
                put(container, key, self._value(next(self.events), depth), line)
            else:
                put(container, len(container), self._value(event, depth), line)


def _refused(what: str, todo: str, mark: Any) -> Problem:
    return Problem(what, todo, line=mark.line + 1)


def _key(event: Any, mapping: Map) -> str:
    if not isinstance(event, _SCALAR):
        raise _refused("a key is not text", "write the key as text", event.start_mark)
    if event.tag is not None:
        raise _refused(*_NO_TAGS, event.start_mark)
    if event.value == "<<" and event.implicit[0]:
        raise _refused("YAML 1.2 has no merge keys", "write out what is merged", event.start_mark)
    if (key := _string(event)) in mapping:
        what = f"the key `{key}` is given twice, first on line {mapping.lines[key]}"
        raise _refused(what, "keep one of them", event.start_mark)
    return key


def _scalar(event: Any) -> Any:
    """A scalar by the core schema of YAML 1.2."""
    text = str(event.value)
    is_plain = event.implicit[0]
    if is_plain and text in ("", "~", "null", "Null", "NULL"):
        return None
    if is_plain and text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text.lower() == "true"
    is_number = is_plain and (_INT.fullmatch(text) or _FLOAT.fullmatch(text))
    return _number(event) if is_number else _string(event)


def _number(event: Any) -> Any:
    text = str(event.value)
    with suppress(OverflowError, ValueError):
        if _INT.fullmatch(text):
            number: float = int(text, 0 if text[:2] in ("0o", "0x") else 10)
        else:
            number = float(text)
        if math.isfinite(number):
            return number
    what, todo = f"the number {text} does not exist in JSON", "write a finite number"
    if len(text) > 300:
        what, todo = f"the number {text} is too long", "put it in quotes, or write fewer digits"
    raise _refused(what, todo, event.start_mark)


def _string(event: Any) -> str:
    """The text; the two halves that JSON writes for a character outside the basic plane are put together."""
    text = str(event.value)
    try:
        return text.encode("utf-16", "surrogatepass").decode("utf-16") if _SURROGATE.search(text) else text
    except UnicodeDecodeError:
        what = "the text has half a character (a lone surrogate)"
        raise _refused(what, "write the whole character", event.start_mark) from None
