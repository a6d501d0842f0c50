"""Whether a document is OpenAPI 3.1 that a client can be made from, said at the place where it is not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import unquote

import jsonschema_rs

from .document import keys_of, plain, pointer, problem
from .problem import Problem
from .runtime.guards import is_array, is_object

_VARIABLE = re.compile(r"\{([^{}]*)\}")
_METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


def check(document: Any) -> None:
    """Raise a `Problem` for the first thing in `document` that is not as OpenAPI 3.1 has it."""
    _version(document)
    for keys, reference in _references(document, ()):
        _reference(document, keys, reference)
    _parameters_described(document)
    _structure(document)
    _operations(document)


def target(document: Any, reference: str) -> Any:
    """What a local reference stands for; raises `LookupError` where there is nothing."""
    node = document
    for key in keys_of(unquote(reference)):
        node = node[int(key)] if is_array(node) else node[key]
    return node


def _version(document: Any) -> None:
    version = document.get("openapi", document.get("swagger")) if is_object(document) else None
    if isinstance(version, str) and re.fullmatch(r"3\.1\.\d+", version):
        return
    if version is None:
        raise problem(document, "#", "not an OpenAPI document", "start it with `openapi: 3.1.0`")
    key = "openapi" if "openapi" in document else "swagger"
    what = f"the version is {version!r}, and only OpenAPI 3.1 is read"
    raise problem(document, pointer(key), what, "convert the document to OpenAPI 3.1")


def _references(node: Any, keys: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every `$ref` that is one: not a property of that name, and nothing inside an example or default."""
    if is_array(node):
        for index, item in enumerate(node):
            yield from _references(item, (*keys, index))
    if is_object(node):
        if "$ref" in node and keys[-1:] != ("properties",):
            yield keys, node["$ref"]
        for key, child in node.items():
            named = keys[-1:] == ("properties",)
            if named or key not in ("example", "examples", "default", "enum", "const", "value"):
                yield from _references(child, (*keys, key))


def _reference(document: Any, keys: tuple[str | int, ...], reference: Any) -> None:
    at = pointer(*keys)
    if not isinstance(reference, str):
        raise problem(
            document,
            at,
            f"`$ref` is {reference!r:.80}, not a string",
            "write a JSON pointer such as #/components/…",
        )
    if not reference.startswith("#"):
        todo = "copy what it refers to into the spec: nothing is fetched"
        raise problem(document, at, f"the reference `{reference}` is to another document", todo)
    seen: list[str] = []
    while True:
        try:
            node = target(document, reference)
        except (LookupError, ValueError, TypeError):
            what = f"the reference `{reference}` leads nowhere"
            raise problem(document, at, what, "correct it, or add what it names") from None
        seen.append(reference)
        reference = node.get("$ref") if is_object(node) else None
        if not isinstance(reference, str) or not reference.startswith("#"):
            return
        if reference in seen:
            raise problem(
                document, at, f"the reference `{reference}` leads back to itself", "break the circle"
            )


def _parameters_described(document: Any) -> None:
    items = [*_children(document.get("paths")), *_children(_get(document, "components", "pathItems"))]
    places = [(place, node) for path, item in items for place, node in _parameters(path, item)]
    places += [((*key,), node) for key, node in _children(_get(document, "components", "parameters"))]
    for keys, node in places:
        if is_object(node) and "$ref" not in node and not {"schema", "content"} & node.keys():
            base = ("components", "parameters") if len(keys) == 1 else ("paths",)
            what = f"the parameter `{node.get('name')}` has neither schema nor content"
            raise problem(document, pointer(*base, *keys), what, "say what it holds")


def _parameters(path: tuple[str | int, ...], item: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    owners = [(path, item), *(((*path, method), _get(item, method)) for method in sorted(_METHODS))]
    for keys, owner in owners:
        for index, node in enumerate(_get(owner, "parameters") or []):
            yield (*keys, "parameters", index), node


def _children(node: Any) -> list[tuple[tuple[str | int, ...], Any]]:
    return [((key,), child) for key, child in node.items()] if is_object(node) else []


def _get(node: Any, *keys: str) -> Any:
    for key in keys:
        node = node.get(key) if is_object(node) else None
    return node


@cache
def _schema() -> Any:
    text = (files("openapi_spec_validator") / "resources/schemas/v3.1/schema.json").read_text("utf-8")
    return jsonschema_rs.Draft202012Validator(json.loads(text))


def _structure(document: Any) -> None:
    errors = list(_schema().iter_errors(plain(document)))
    if errors:
        worst = max(errors, key=lambda error: len(error.instance_path))
        raise problem(
            document, pointer(*worst.instance_path), _short(worst.message), "write it as OpenAPI 3.1 has it"
        )


def _short(message: str) -> str:
    """A validator's message without the whole value in it."""
    return message if len(message) < 200 else f"{message[:80]} … {message[-100:]}"


def _operations(document: Any) -> None:
    seen: dict[str, str] = {}
    for path, item in (document.get("paths") or {}).items():
        for method in sorted(_METHODS & item.keys()):
            at, operation = pointer("paths", path, method), item[method]
            if not operation.get("responses"):
                raise problem(document, at, "the operation has no responses", "document at least one")
            name = operation.get("operationId")
            if name in seen:
                what = f"the operationId `{name}` is that of {seen[name]} too"
                raise problem(document, at + "/operationId", what, "give each operation an id of its own")
            if name is not None:
                seen[name] = at
            _path_variables(
                document, path, at, [*item.get("parameters", []), *operation.get("parameters", [])]
            )


def _path_variables(document: Any, path: str, at: str, parameters: list[Any]) -> None:
    resolved = [target(document, node["$ref"]) if "$ref" in node else node for node in parameters]
    declared = {node["name"] for node in resolved if node["in"] == "path"}
    wanted = _VARIABLE.findall(path)
    for name in wanted:
        if name not in declared:
            raise problem(
                document, at, f"the path variable `{{{name}}}` has no parameter", "add one, `in: path`"
            )
        if wanted.count(name) > 1:
            raise problem(
                document, at, f"the path variable `{{{name}}}` stands twice", "name each variable once"
            )
    for name in sorted(declared - set(wanted)):
        what = f"the path parameter `{name}` is no variable of the path `{path}`"
        raise problem(document, at, what, "put it into the path, or the parameter elsewhere")


__all__ = ["Problem", "check", "target"]
