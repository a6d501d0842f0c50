"""A document with many operations, like that of a large vendor, and always the same."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

_NOUNS = (
    "account", "agent", "application", "bundle", "call", "campaign", "card", "carrier", "conference", "event",
    "file", "invoice", "message", "number", "member", "queue", "recording", "route", "trunk", "webhook",
)  # fmt: skip
_JSON = "application/json"


def document(operations: int) -> dict[str, Any]:
    """An OpenAPI 3.1 document with so many operations, 200 at most: ten for each of 20 tags."""
    made = list(islice(_operations(), operations))
    paths: dict[str, Any] = {}
    for path, method, operation, _ in made:
        paths.setdefault(path, {})[method] = operation
    names = dict.fromkeys(name for *_, name in made)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Large", "version": "1.0.0", "description": "Made to measure generators by."},
        "servers": [{"url": "https://api.large.example/v1"}],
        "security": [{"basic": []}],
        "tags": [{"name": f"{noun}s", "description": f"All about {noun}s."} for noun in _NOUNS],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": _shared() | {key: schema for name in names for key, schema in _schemas(name).items()},
        },
    }


def _operations() -> Iterator[tuple[str, str, dict[str, Any], str]]:
    """Path, method and operation, and the name of the schema that it is about."""
    for noun in _NOUNS:
        for name, path in ((noun.title(), f"/{noun}s"), (f"{noun.title()}Rule", f"/{noun}s/rules")):
            one = f"{path}/{{id}}"
            yield path, "get", _operation(noun, f"list{name}s", _list_of(name), _filters()), name
            yield (
                path,
                "post",
                _operation(noun, f"create{name}", _answer(name, "201"), [], f"{name}Input"),
                name,
            )
            yield one, "get", _operation(noun, f"get{name}", _answer(name), [_id()]), name
            yield (
                one,
                "patch",
                _operation(noun, f"update{name}", _answer(name), [_id()], f"{name}Input"),
                name,
            )
            yield (
                one,
                "delete",
                _operation(noun, f"delete{name}", {"204": {"description": "Gone."}}, [_id()]),
                name,
            )


def _operation(
    noun: str, name: str, answers: dict[str, Any], parameters: list[Any], body: str = ""
) -> dict[str, Any]:
    operation = {
        "operationId": name,
        "tags": [f"{noun}s"],
        "summary": f"{name[0].upper()}{name[1:]}",
        "description": f"About one {noun} or several. Needs the right to see the {noun}s of an account.",
        "externalDocs": {"url": f"https://api.large.example/docs/{name}"},
        "parameters": parameters,
        "responses": answers | {status: _failure(said) for status, said in _FAILURES.items()},
    }
    content = {_JSON: {"schema": _reference(body)}}
    return operation | ({"requestBody": {"required": True, "content": content}} if body else {})


_FAILURES = {
    "400": "The request is wrong.",
    "401": "Who are you?",
    "404": "There is none.",
    "429": "Too many.",
}


def _failure(description: str) -> dict[str, Any]:
    return {"description": description, "content": {_JSON: {"schema": _reference("Error")}}}


def _answer(name: str, status: str = "200") -> dict[str, Any]:
    return {status: {"description": "Done.", "content": {_JSON: {"schema": _reference(name)}}}}


def _list_of(name: str) -> dict[str, Any]:
    return _answer(f"{name}Page")


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _id() -> dict[str, Any]:
    return _parameter("id", "path", "Which one.", _text(34, pattern="^[A-Z]{2}[0-9a-f]{32}$"), required=True)


def _filters() -> list[dict[str, Any]]:
    return [
        _parameter(
            "page_size", "query", "How many at once.", {"type": "integer", "minimum": 1, "maximum": 100}
        ),
        _parameter("page_token", "query", "Where to go on, from the page before.", {"type": "string"}),
        _parameter("status", "query", "Only those.", {"type": "array", "items": _status()}),
        _parameter("created_after", "query", "Only later ones.", {"type": "string", "format": "date-time"}),
        _parameter("X-Request-Id", "header", "Comes back in the logs.", {"type": "string"}),
    ]


def _parameter(
    name: str, place: str, description: str, schema: Any, *, required: bool = False
) -> dict[str, Any]:
    return {"name": name, "in": place, "description": description, "required": required, "schema": schema}


def _text(length: int, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": length, **more}


def _status() -> dict[str, Any]:
    return {"type": "string", "enum": ["active", "paused", "closed"]}


def _schemas(name: str) -> dict[str, Any]:
    """A resource, what makes or changes it, and a page of it."""
    said = {
        "name": _text(64, description="What people call it."),
        "status": _status() | {"description": "How it is."},
        "price": {"type": "number", "minimum": 0, "description": "In US dollars, by month."},
        "tags": {"type": "array", "items": {"type": "string"}, "description": "Words to find it by."},
        "owner": _reference("Person"),
        "starts_on": {"type": "string", "format": "date", "description": "The first day."},
    }
    given = {
        "id": _text(34, description="Its identifier."),
        "created_at": {"type": "string", "format": "date-time", "description": "When it was made."},
        "closed_at": {
            "type": ["string", "null"],
            "format": "date-time",
            "description": "When it was closed.",
        },
        "metadata": {
            "type": "object",
            "additionalProperties": {"type": "string"},
            "description": "Anything.",
        },
    }
    items = {"type": "array", "items": _reference(name), "description": "What was found."}
    return {
        name: _object(f"One {name}.", {**given, **said}, "id", "name", "created_at"),
        f"{name}Input": _object(f"What a {name} is to be.", said, "name"),
        f"{name}Page": _object(
            f"Some of each {name}.", {"items": items, "next": {"type": "string"}}, "items"
        ),
    }


def _shared() -> dict[str, Any]:
    code = {"type": "integer", "description": "Its number in the list of errors."}
    email = _text(254, description="Where to write to.")
    return {
        "Error": _object("Why a call failed.", {"code": code, "message": _text(500)}, "code", "message"),
        "Person": _object(
            "A person.", {"name": _text(64), "email": email, "is_admin": {"type": "boolean"}}, "name"
        ),
    }


def _object(description: str, properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {"type": "object", "description": description, "required": [*required], "properties": properties}
