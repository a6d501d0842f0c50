"""What has a name in the contract has one in Python, and what cannot have it is refused where it stands."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.contract import Contract
from scripts.generate import generate
from scripts.lowering import client
from scripts.problem import Problem
from tests.trees import write

TEXT = {"type": "string"}


def document(schemas: Any = None, parameters: Any = (), **node: Any) -> dict[str, Any]:
    """A contract of one operation, which answers with the component `A`."""
    known: dict[str, Any] = {"A": {"type": "object", "properties": {"a": TEXT}}, **(schemas or {})}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}
    responses = {"200": {"description": "d", "content": content}}
    operation = {"operationId": "getA", "parameters": list(parameters), "responses": responses, **node}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://x.test"}],
        "paths": {"/x": {"post": operation}},
        "components": {"schemas": known},
    }


def properties(*names: str, **named: str) -> dict[str, Any]:
    """The schema `A` with properties: some as they are, some with an x-python-name."""
    said = {name: {**TEXT, "x-python-name": python} for name, python in named.items()}
    return {"A": {"type": "object", "properties": {**dict.fromkeys(names, TEXT), **said}}}


def query(*names: str, **named: str) -> list[dict[str, Any]]:
    """Query parameters: some as they are, some with an x-python-name."""
    made: list[dict[str, Any]] = [{"name": name, "in": "query", "schema": TEXT} for name in names]
    said = {"in": "query", "schema": TEXT}
    return [*made, *({**said, "name": name, "x-python-name": python} for name, python in named.items())]


def told(**parts: Any) -> str:
    with pytest.raises(Problem) as caught:
        client("acme", Contract(document(**parts)))
    return str(caught.value)


@pytest.mark.parametrize(
    ("wire", "attributes"),
    [
        (["to_dict", "toDict"], ["to_dict_", "toDict"]),
        (["from_dict", "fromDict"], ["from_dict_", "fromDict"]),
        (["self", "Self"], ["self_", "Self"]),
        (["field", "Field"], ["field_", "Field"]),
        (["additional_properties", "additionalProperties"], ["additional_properties_", "additionalProperties"]),
        (["a", "A"], ["a", "A_"]),
    ],
)  # fmt: skip
def test_properties_hide_nothing_that_a_model_has(wire: list[str], attributes: list[str]) -> None:
    (model,) = client("acme", Contract(document(properties(*wire)))).models
    assert {field.wire_name: field.name for field in model.fields} == dict(zip(wire, attributes, strict=True))


@pytest.mark.parametrize(
    ("wire", "arguments"),
    [
        (["sync_detailed", "syncDetailed"], ["sync_detailed_", "syncDetailed"]),
        (["client", "Client"], ["client_", "Client_"]),
        (["body", "Body"], ["body_", "Body_"]),
        (["timeout", "Timeout"], ["timeout_", "Timeout"]),
        (["a", "A"], ["a", "A_"]),
    ],
)
def test_arguments_hide_nothing_that_an_operation_has(wire: list[str], arguments: list[str]) -> None:
    (operation,) = client("acme", Contract(document(parameters=query(*wire)))).operations
    assert {a.wire_name: a.name for a in operation.arguments} == dict(zip(wire, arguments, strict=True))


def test_a_client_with_such_names_can_be_made_and_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = ["to_dict", "toDict", "field", "Field", "self", "Self"]
    parameters = query("client", "Client", "body", "Body", "timeout", "Timeout")
    body = {"content": {"text/plain": {"schema": TEXT}}}
    made = document(properties(*names), parameters, requestBody=body)
    write(tmp_path, {"specs/acme/openapi.yaml": repr(made)})
    generate([], tmp_path)
    monkeypatch.setattr(sys, "path", [str(tmp_path / "generated"), *sys.path])
    for name in [name for name in sys.modules if name.partition(".")[0] == "phone_number_apis"]:
        monkeypatch.delitem(sys.modules, name)
    model = importlib.import_module("phone_number_apis.acme.models").A
    assert model.from_dict(dict.fromkeys(names, "x")).to_dict() == dict.fromkeys(names, "x")


@pytest.mark.parametrize("name", ["to_dict", "_x", "self", "str", "Rules", "UNSET"])
def test_a_property_cannot_be_given_the_name_of_something_else(name: str) -> None:
    said = told(schemas=properties(b=name))
    assert said.startswith("#/components/schemas/A/properties/b: ")
    assert f"the x-python-name `{name}` is one that generated code uses itself; choose another" in said


@pytest.mark.parametrize("name", ["client", "sync_detailed", "_x", "Response", "list"])
def test_a_parameter_cannot_be_given_the_name_of_something_else(name: str) -> None:
    said = told(parameters=query("a", b=name))
    assert said.startswith("#/paths/~1x/post/parameters/1: ")
    assert f"the x-python-name `{name}` is one that generated code uses itself; choose another" in said


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("Model", "`Model` is one that generated code uses itself"),
        ("ClassVar", "`ClassVar` is one that generated code uses itself"),
        ("str", "`str` is one that generated code uses itself"),
        ("_Thing", "`_Thing` is one that generated code uses itself"),
        ("thing", "`thing` is not how classes are named in Python"),
    ],
)
def test_a_schema_cannot_be_given_a_name_that_no_class_can_have(name: str, what: str) -> None:
    said = told(schemas={"A": {"type": "object", "properties": {"a": TEXT}, "x-python-name": name}})
    assert said.startswith("#/components/schemas/A: ")
    assert what in said


def test_two_schemas_of_one_name_are_refused() -> None:
    other = {"type": "object", "x-python-name": "Thing", "properties": {"c": TEXT}}
    one = {**other, "properties": {"b": {"$ref": "#/components/schemas/B"}}}
    assert "two schemas are both `Thing` in Python; give one" in told(schemas={"A": one, "B": other})


def test_a_schema_can_be_given_a_name() -> None:
    schema = {"type": "object", "x-python-name": "Thing", "properties": {"a": TEXT}}
    assert [model.name for model in client("acme", Contract(document({"A": schema}))).models] == ["Thing"]


LONG = "ä" * 101
"""202 bytes: with its endings, more than some file systems take."""


@pytest.mark.parametrize(
    ("parts", "place"),
    [
        ({"operationId": LONG}, "#/paths/~1x/post"),
        ({"schemas": {"A": {"type": "object", "title": LONG, "properties": {"a": TEXT}, "x-python-name": f"A{LONG}"}}},
         "#/components/schemas/A"),
        ({"tags": [LONG]}, "#"),
    ],
)  # fmt: skip
def test_a_name_that_is_too_long_for_a_file_is_refused(parts: dict[str, Any], place: str) -> None:
    said = told(**parts)
    assert said.startswith(f"{place}: the name `")
    assert "bytes, too many for the name of a file; give it a shorter x-python-name" in said
