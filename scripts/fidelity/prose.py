"""What the docstrings of a client say."""

from __future__ import annotations

import ast
import inspect
import re
from itertools import pairwise
from typing import Any


def says(doc: str | None, text: Any) -> bool:
    """Whether a docstring has a text in it, however that is wrapped and escaped."""
    return _visible(str(text)) in _visible(doc or "")


def section(doc: str, heading: str) -> list[tuple[str, str]]:
    """The entries below a heading such as `Args:`: what stands before the colon of each, and after it."""
    text = inspect.cleandoc(doc).rpartition(f"\n{heading}:\n")[2]
    block = re.match(r"(?: {4}.*\n?)*", text)
    entries = re.split(r"^ {4}(?=\S)", block[0] if block else "", flags=re.MULTILINE)[1:]
    return [(head, told) for head, _, told in (entry.partition(": ") for entry in entries)]


def tells_default(doc: str, value: Any) -> bool:
    """Whether a docstring ends with `Default: …` and this value."""
    text = " ".join(doc.split()).rpartition("Default: ")[2].removesuffix(".")
    try:
        return _visible(repr(ast.literal_eval(text))) == _visible(repr(value))
    except (ValueError, SyntaxError):
        return False


def attributes(source: str) -> dict[str, str]:
    """The docstrings below the attributes of the class in a module."""
    body = next(node for node in ast.parse(source).body if isinstance(node, ast.ClassDef)).body
    found: dict[str, str] = {}
    for node, after in pairwise(body):
        if isinstance(node, ast.AnnAssign) and isinstance(after, ast.Expr):
            found[ast.unparse(node.target)] = str(ast.literal_eval(after.value))
    return found


def _visible(text: str) -> str:
    """The characters of a text that a reader sees."""
    return "".join(character for character in text if character.isprintable() and not character.isspace())
