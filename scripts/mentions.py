"""What a document mentions by name, and not by `$ref`: whether it is there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote

from .document import pointer, problem
from .objects import Part, entries

_Mention = tuple[tuple[str | int, ...], str, str]
"""Where inside an object something is mentioned, what kind of thing, and its name."""
_DECLARED = {
    "security scheme": "declare it in components.securitySchemes",
    "operation": "give an operation this operationId",
    "schema": "name a schema of components",
    "anchor": "refer by a JSON pointer, and `$ref`",
}
"""What can be mentioned, and what to do where it is missing."""


def check(document: Any, parts: Sequence[Part]) -> None:
    """Raise a `Problem` for a name that nothing has; `parts` are all objects of the document."""
    known = _known(document, parts)
    for part in parts:
        for keys, kind, name in _mentioned(part):
            if unquote(name) not in known[kind]:
                what = f"the {kind} `{name}` is not declared"
                raise problem(document, part.at + pointer(*keys)[1:], what, _DECLARED[kind])


def _known(document: Any, parts: Sequence[Part]) -> dict[str, set[str]]:
    """The names that there are, by what has them."""
    schemas = set(entries(document, "components", "schemas"))
    pointers = {part.at for part in parts if part.kind == "schema"}
    pointers |= {pointer("components", "schemas", name) for name in schemas}
    words = ("$anchor", "$dynamicAnchor")
    return {
        "security scheme": set(entries(document, "components", "securitySchemes")),
        "operation": {part.node.get("operationId", "") for part in parts if part.kind == "operation"},
        "schema": schemas | pointers,
        "anchor": pointers | {f"#{part.node[word]}" for part in parts for word in words if word in part.node},
    }


def _mentioned(part: Part) -> Iterator[_Mention]:
    match part.kind:
        case "document" | "operation":
            for index, requirement in enumerate(part.node.get("security", ())):
                yield from ((("security", index, name), "security scheme", name) for name in requirement)
        case "link" if "operationId" in part.node:
            yield ("operationId",), "operation", part.node["operationId"]
        case "discriminator":
            mapping = entries(part.node, "mapping")
            yield from ((("mapping", key), "schema", mapping[key]) for key in mapping)
        case "schema" if "$dynamicRef" in part.node:
            yield ("$dynamicRef",), "anchor", part.node["$dynamicRef"]
        case _:
            pass
