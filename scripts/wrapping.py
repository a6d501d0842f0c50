"""Markdown wrapped as a person would wrap it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s+")
_FENCE = re.compile(r"\s*(?:```|~~~)")
_VERBATIM = re.compile(rf" {{4}}|\t|\s*[|>#]|{_FENCE.pattern}")
"""Lines whose breaks mean something: code, tables, quotations and headings."""


def wrapped(text: str, width: int) -> Iterator[str]:
    """The lines of a text: paragraphs and items of lists wrapped, what is laid out by hand as it is."""
    for block in _blocks(text):
        item = _ITEM.match(block[0])
        if not item or _VERBATIM.match(block[0]):
            yield from block if _VERBATIM.match(block[0]) else filled(" ".join(block), width) or [""]
        else:
            marker = item[0].expandtabs()
            yield from filled(" ".join(block)[item.end() :], width, marker, " " * len(marker))


def filled(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """The lines of one paragraph, `first` before the first of them and `rest` before the others."""
    return textwrap.wrap(" ".join(text.split()), width, initial_indent=first, subsequent_indent=rest,
                         break_long_words=False, break_on_hyphens=False)  # fmt: skip


def _blocks(text: str) -> Iterator[list[str]]:
    """The lines that belong together: a paragraph, an item, a fenced block; each other line by itself."""
    block: list[str] = []
    for line in map(str.rstrip, text.splitlines()):
        if block and not _continues(block, line):
            yield block
            block = []
        block.append(line)
    yield from [block] if block else []


def _continues(block: list[str], line: str) -> bool:
    if _FENCE.match(block[0]):
        return len(block) == 1 or not _FENCE.match(block[-1])
    starts = not line or _VERBATIM.match(line) or _ITEM.match(line)
    return not starts and bool(block[0]) and not _VERBATIM.match(block[0])
