"""Whether a document is OpenAPI 3.1 that a client can be made from, said at the place where it is not."""

from __future__ import annotations

import re
from typing import Any

from . import extensions, mentions, references, structure
from .document import pointer, problem
from .keywords import ANNOTATIONS, CHECKED, UNCHECKED
from .kinds import is_object
from .objects import METHODS, Part, entries, walk
from .references import followed
from .runtime.rules import compiled

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_KEYWORDS = {"$ref", "$schema", "$id", "$vocabulary"} | ANNOTATIONS | CHECKED | UNCHECKED
_DIALECTS = {structure.DIALECT, "https://json-schema.org/draft/2020-12/schema"}


def check(document: Any) -> None:
    """Raise a `Problem` for something in `document` that is not as OpenAPI 3.1 has it."""
    _version(document)
    structure.check(document)
    parts = list(walk(document))
    extensions.check(document, parts)
    for part in parts:
        _dialect(document, part)
        _schema(document, part)
        _false(document, part)
    references.check(document, parts)
    mentions.check(document, parts)
    _operations(document, parts)
    _paths(document)


def _version(document: Any) -> None:
    version = document.get("openapi", document.get("swagger")) if is_object(document) else None
    if version is None:
        raise problem(document, "#", "not an OpenAPI document", "start it with `openapi: 3.1.0`")
    if not (isinstance(version, str) and re.fullmatch("3[.]1[.][0-9]+", version)):
        at = "#/openapi" if "openapi" in document else "#/swagger"
        said = f"{version!r}, and only 3.1 is read" if isinstance(version, str) else f"the number {version}"
        what = f"the version of OpenAPI is {said}"
        raise problem(document, at, what, "write the document as OpenAPI 3.1 has it, with `openapi: 3.1.0`")


def _dialect(document: Any, part: Part) -> None:
    for field in ("jsonSchemaDialect", "$schema"):
        if part.kind in ("document", "schema") and part.node.get(field, structure.DIALECT) not in _DIALECTS:
            what = f"the dialect of schemas is {part.node[field]!r}, and only OpenAPI's own is read"
            raise problem(document, f"{part.at}/{field}", what, "remove it, and write JSON Schema 2020-12")
    if part.kind == "schema" and "$id" in part.node:
        what = "`$id` gives references another meaning"
        raise problem(document, f"{part.at}/$id", what, "remove it, and refer by JSON pointers")


def _schema(document: Any, part: Part) -> None:
    """Refuse a keyword that means nothing, and a pattern that Python cannot even read."""
    for field in part.node if part.kind == "schema" else ():
        if field not in _KEYWORDS and not field.startswith("x-"):
            todo = f"correct it, remove it, or name it `x-{field}`"
            if field == "nullable":
                todo = 'write `type: [string, "null"]`, or whatever the type is'
            what = f"`{field}` is no keyword of JSON Schema 2020-12"
            raise problem(document, f"{part.at}/{field}", what, todo)
    if part.kind == "schema" and "pattern" in part.node:
        try:
            compiled(part.node["pattern"])
        except (RecursionError, OverflowError):
            what = "the pattern is nested too deeply, or repeats too often"
            raise problem(document, f"{part.at}/pattern", what, "simplify it") from None
        except re.error:
            pass  # JavaScript may know it; where a client needs it, that is said


def _false(document: Any, part: Part) -> None:
    """Refuse `false` where a schema says what a value is."""
    values = {"schema": part.node.get("schema")} if part.kind != "schema" else {}
    for word in ("properties", "allOf", "anyOf", "oneOf") if part.kind == "schema" else ():
        inside = part.node.get(word, ())
        children = inside.items() if is_object(inside) else enumerate(inside)
        values |= {f"{word}{pointer(key)[1:]}": child for key, child in children}
    for at in values:
        if values[at] is False:
            what = "the schema `false` allows no value"
            raise problem(document, f"{part.at}/{at}", what, "say what is allowed")


def _operations(document: Any, parts: list[Part]) -> None:
    seen: dict[str, str] = {}
    for part in (part for part in parts if part.kind == "operation"):
        if "responses" not in part.node:
            raise problem(document, part.at, "the operation has no responses", "document at least one")
        name = part.node.get("operationId", part.at)
        if seen.setdefault(name, part.at) != part.at:
            what = f"the operationId `{name}` is that of {seen[name]} too"
            raise problem(document, f"{part.at}/operationId", what, "give each operation an id of its own")


def _paths(document: Any) -> None:
    seen: dict[str, str] = {}
    used: dict[str, str] = {}
    for path, item in entries(document, "paths").items():
        if path.startswith("/"):
            _template(document, path, seen)
            at, item = followed(document, pointer("paths", path), item)
            if any(method in item for method in METHODS) and used.setdefault(at, path) != path:
                what = f"the path item is that of `{used[at]}` too"
                raise problem(document, pointer("paths", path), what, "give each path its own operations")
            _variables(document, path, at, item)


def _template(document: Any, path: str, seen: dict[str, str]) -> None:
    """Refuse a path that cannot be read, or that is another one but for the names of its variables."""
    at, names, rest = pointer("paths", path), _VARIABLE.findall(path), _VARIABLE.sub("", path)
    if len(set(names)) < len(names):
        what = f"the path `{path}` has a variable twice"
        raise problem(document, at, what, "name each variable once")
    if odd := re.search("[{}?#]", rest):
        what = f"the path `{path}` has a `{odd[0]}`"
        raise problem(document, at, what, "write a variable as `{name}`, and a query as parameters")
    same = _VARIABLE.sub("{}", path)
    if seen.setdefault(same, path) != path:
        what = f"the path `{path}` is the same as `{seen[same]}`"
        raise problem(document, at, what, "put the operations of both into one")


def _variables(document: Any, path: str, at: str, item: Any) -> None:
    """Refuse a variable without parameter, and the reverse, in the operations of a path item."""
    shared, wanted = _parameters(document, at, item), set(_VARIABLE.findall(path))
    for method in (method for method in METHODS if method in item):
        here = f"{at}/{method}"
        declared = {
            name for place, name in shared | _parameters(document, here, item[method]) if place == "path"
        }
        for name in sorted(wanted - declared):
            what = f"the path variable `{{{name}}}` has no parameter"
            raise problem(document, here, what, "add one, `in: path`")
        for name in sorted(declared - wanted):
            what = f"the path parameter `{name}` is no variable of the path `{path}`"
            raise problem(document, here, what, "put it into the path, or the parameter elsewhere")


def _parameters(document: Any, at: str, owner: Any) -> set[tuple[str, str]]:
    """The place and name of each parameter of a path item or operation."""
    found: set[tuple[str, str]] = set()
    for index, node in enumerate(owner.get("parameters", ())):
        _, parameter = followed(document, "", node)
        place, name = parameter["in"], parameter["name"]
        key = (place, name.lower() if place == "header" else name)
        if key in found:
            what = f"the {place} parameter `{name}` is there twice"
            raise problem(document, f"{at}/parameters/{index}", what, "keep one of them")
        if place == "path" and parameter.get("required") is not True:
            what = f"the path parameter `{name}` is not required"
            raise problem(document, f"{at}/parameters/{index}", what, "say `required: true`")
        found.add(key)
    return found
