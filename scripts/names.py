"""Names in Python for names in OpenAPI."""

from __future__ import annotations

import keyword
import re
import unicodedata
from collections.abc import Container, Sequence

_BOUNDARY = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[\W_]+")
_ODD = re.compile(r"^_+|_+$|\W")
RESERVED = {
    "Access", "Annotated", "Any", "AnyClient", "AsyncClient", "Body", "ClassVar", "Client", "Dependency",
    "Discriminator", "Encoding", "ErrorFields", "File", "Literal", "Mapping", "Model", "Name", "OPERATION", "Open",
    "Operation", "Parameter", "Response", "Rules", "TYPE_CHECKING", "UNSET", "Unset",
    "bool", "bytes", "date", "datetime", "dict", "float", "int", "list", "str",
}  # fmt: skip
"""What generated modules use: another thing of the same name would hide it."""


def words(text: str) -> list[str]:
    """The words of a name: `InstalledAddOnSid` has four."""
    return [word for word in _BOUNDARY.split(unicodedata.normalize("NFKC", text)) if word]


def snake(text: str) -> str:
    """A name for a module, function, parameter or attribute."""
    return identifier("_".join(words(text)).lower()) if words(text) else spelled(text)


def pascal(*texts: str) -> str:
    """A name for a class, of all the words in `texts`, said once where they repeat."""
    name = _cleaned("".join(_once([word for text in texts for word in _capitalized(text)])))
    if not name.isidentifier() or name.startswith("ClassVar"):  # attrs goes by how an annotation starts
        return f"Object{name}"
    return f"{name}Object" if name in RESERVED or keyword.iskeyword(name) else name


def identifier(text: str) -> str:
    """The text as an identifier that is no keyword and hides nothing that generated modules use."""
    text = _cleaned(text).strip("_")
    text = text if text.isidentifier() else f"field_{text}"
    return f"{text}_" if keyword.iskeyword(text) or text in RESERVED else text


def spelled(text: str) -> str:
    """A name that says every character which is no letter or digit: `a-b` is `a_hyphen_minus_b`."""
    return identifier("_".join(words(_ODD.sub(_said, text))).lower() or "empty")


def distinct(names: Sequence[str], wishes: Sequence[str], reserved: Container[str] = ()) -> list[str]:
    """A Python name for each of `names`: its wish, or where wishes collide one that is closer to it.

    None is one of `reserved`. Names that collide even when they are spelled out stay so; the caller refuses them.
    """

    def free(name: str) -> str:
        return f"{name}_" if name in reserved else name

    chosen = list(map(free, wishes))
    for closer in (identifier, spelled):
        clashing = {name for name in chosen if chosen.count(name) > 1}
        chosen = [
            free(closer(name)) if wish in clashing else wish for name, wish in zip(names, chosen, strict=True)
        ]
    return chosen


def _said(match: re.Match[str]) -> str:
    return "".join(f"_{unicodedata.name(character, f'u{ord(character):x}')}_" for character in match[0])


def _cleaned(text: str) -> str:
    """The text as Python reads identifiers, with `_` for what cannot stand in one."""
    text = unicodedata.normalize("NFKC", text)
    return "".join(character if f"a{character}".isidentifier() else "_" for character in text)


def _capitalized(text: str) -> list[str]:
    """The words, each with a capital; those in capitals stay so unless all are."""
    parts = words(text) or words(spelled(text))
    shouted = len(parts) > 1 and all(part.isupper() for part in parts)
    return [part if part.isupper() and not shouted else part.capitalize() for part in parts]


def _once(said: list[str]) -> list[str]:
    """The words without a run that says the run before it again."""
    lower = [word.lower() for word in said]
    for size in range(len(said) // 2, 0, -1):
        for start in range(len(said) - 2 * size + 1):
            if lower[start : start + size] == lower[start + size : start + 2 * size]:
                return _once(said[: start + size] + said[start + 2 * size :])
    return said
