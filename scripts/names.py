"""Names in Python for names in OpenAPI."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_TYPES = {"str", "int", "float", "bool", "list", "dict", "bytes", "datetime", "date"}
"""Names that annotations use: an attribute of the same name would hide them."""


def words(text: str) -> list[str]:
    """The words of a name: `InstalledAddOnSid` has four."""
    return [word for word in _BOUNDARY.split(text) if word]


def snake(text: str) -> str:
    """A name for a module, function, parameter or attribute."""
    return identifier("_".join(words(text)).lower() or spelled(text))


def pascal(*texts: str) -> str:
    """A name for a class, of all the words in `texts`, said once where they repeat."""
    said = _once([word for text in texts for word in words(text)])
    return identifier(
        "".join(word if word.isupper() else word.capitalize() for word in said) or spelled(texts[0])
    )


def identifier(text: str) -> str:
    """The text as an identifier that is no keyword and hides no type."""
    text = "".join(
        character if character.isalnum() or character == "_" else "_" for character in text
    ).lstrip("_")
    if not text.isidentifier():
        text = f"field_{text}"
    return f"{text}_" if keyword.iskeyword(text) or text in _TYPES else text


def spelled(text: str) -> str:
    """A name that says every character which is not a letter or digit: `a-b` is `a_hyphen_minus_b`."""
    parts = [c if c.isalnum() or c == "_" else f"_{unicodedata.name(c, f'u{ord(c):x}')}_" for c in text]
    return identifier(re.sub(r"[\W_]+", "_", "".join(parts)).strip("_").lower() or "empty")


def distinct(names: Sequence[str], wishes: Sequence[str], *others: Callable[[str], str]) -> list[str]:
    """A Python name for each of `names`: its wish, or the first of `others` where wishes collide.

    The answer does not depend on the order. Names that collide in the end are given as they are; the caller refuses.
    """
    chosen = list(wishes)
    for other in (identifier, *others, spelled):
        clashing = {name for name, count in Counter(chosen).items() if count > 1}
        if not clashing:
            break
        chosen = [
            other(name) if wish in clashing and wish != name else wish
            for name, wish in zip(names, chosen, strict=True)
        ]
    return chosen


def _once(said: list[str]) -> list[str]:
    """The words without a run that says the run before it again."""
    lower = [word.lower() for word in said]
    for size in range(len(said) // 2, 0, -1):
        for start in range(len(said) - 2 * size + 1):
            if lower[start : start + size] == lower[start + size : start + 2 * size]:
                return _once(said[: start + size] + said[start + 2 * size :])
    return said
