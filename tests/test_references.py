from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from scripts.objects import walk
from scripts.problem import Problem
from scripts.references import check, followed, target
from scripts.yaml12 import read

DOCUMENT = """\
paths:
  /a%20b/{id}:
    get: {parameters: [{name: a}], requestBody: {}, responses: {default: {}}}
components:
  parameters:
    Page: {$ref: "#/components/parameters/Size"}
    Size: {name: size}
  schemas:
    Any: true
    Thing: {properties: {$ref: {type: string}, examples: {}}, example: {$ref: nowhere}, default: {$ref: nowhere},
            enum: [{$ref: nowhere}], const: {$ref: nowhere}, examples: [{$ref: nowhere}], x-a: {$ref: nowhere}}
    Tree: {properties: {branch: {$ref: "#/components/schemas/Tree"}}, items: {$ref: "#/components/schemas/Tree"}}
  examples:
    One: {value: {$ref: nowhere}}
"""


@pytest.fixture
def document() -> Any:
    return read(DOCUMENT, "a.yaml")


def checked(document: Any) -> None:
    check(document, list(walk(document)))


def with_reference(kind: str, reference: str) -> Any:
    """The document and, on line 20, one more object of a kind: a reference."""
    text = DOCUMENT.replace("components:\n", f"components:\n  {kind}: {{New: {{$ref: {reference!r}}}}}\n")
    if f"\n  {kind}:\n" in DOCUMENT:
        text = DOCUMENT.replace(f"\n  {kind}:\n", f"\n  {kind}:\n    New: {{$ref: {reference!r}}}\n")
    return read(text, "a.yaml")


def test_a_reference_by_name_is_followed_through_others(document: Any) -> None:
    size = document["components"]["parameters"]["Size"]
    at = "#/components/parameters/Page"
    assert followed(document, at, document["components"]["parameters"]["Page"]) == (
        "#/components/parameters/Size",
        size,
    )
    assert followed(document, at, size) == (at, size)
    assert followed(document, at, True) == (at, True)


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ("#/components/schemas/Any", True),
        ("#/paths/~1a%2520b~1{id}/get/requestBody", {}),
        ("#/paths/~1a%2520b~1%7Bid%7D/get/parameters/0", {"name": "a"}),
    ],
)
def test_a_reference_is_a_pointer_in_a_uri(document: Any, reference: str, value: Any) -> None:
    assert target(document, reference) == value


@pytest.mark.parametrize(
    "reference",
    ["", "#", "#Any", "components", "#/components/schemas/No", "#/paths/~1a%20b~1{id}", "#/components/schemas/Any/x",
     "#/paths/~1a%2520b~1{id}/get/parameters/1", "#/paths/~1a%2520b~1{id}/get/parameters/-1", "#/%ff"],
)  # fmt: skip
def test_a_reference_to_nothing_is_a_lookup_error(document: Any, reference: str) -> None:
    with pytest.raises(LookupError):
        target(document, reference)


def test_values_and_properties_are_no_references(document: Any) -> None:
    checked(document)


@pytest.mark.parametrize(
    ("kind", "reference"),
    [
        ("parameters", "#/components/parameters/Page"),
        ("parameters", "#/paths/~1a%2520b~1{id}/get/parameters/0"),
        ("requestBodies", "#/paths/~1a%2520b~1{id}/get/requestBody"),
        ("responses", "#/paths/~1a%2520b~1{id}/get/responses/default"),
        ("schemas", "#/components/schemas/Any"),
        ("schemas", "#/components/schemas/Thing/properties/$ref"),
        ("examples", "#/components/examples/One"),
        ("pathItems", "#/paths/~1a%2520b~1%7Bid%7D"),
    ],
)
def test_a_reference_leads_to_an_object_of_its_kind(kind: str, reference: str) -> None:
    checked(with_reference(kind, reference))


@pytest.mark.parametrize(
    ("kind", "reference", "what"),
    [
        ("schemas", "#/components/schemas/No", "leads nowhere; correct it, or add what it names."),
        ("schemas", "#Thing", "leads nowhere; correct it, or add what it names."),
        (
            "schemas",
            "other.yaml",
            "is to another document; copy what it refers to into the spec: nothing is fetched.",
        ),
        ("schemas", "https://api.example/a#/b", "is to another document; copy"),
        (
            "schemas",
            "#/components/schemas/Thing/example",
            "leads to no schema; correct it, or put one there.",
        ),
        ("schemas", "#/components/parameters/Size", "leads to no schema;"),
        ("parameters", "#/components/schemas/Any", "leads to no parameter;"),
        ("examples", "#/components/schemas/Thing", "leads to no example;"),
    ],
)
def test_a_reference_to_anything_else_is_refused(kind: str, reference: str, what: str) -> None:
    with pytest.raises(Problem) as caught:
        checked(with_reference(kind, reference))
    assert str(caught.value).startswith("a.yaml:")
    assert f": #/components/{kind}/New/$ref: the reference `{reference}` {what}" in str(caught.value)


@pytest.mark.parametrize(
    ("circle", "at"),
    [
        ("parameters: {A: {$ref: '#/components/parameters/A'}}", "parameters/A"),
        ("responses: {A: {$ref: '#/components/responses/B'}, B: {$ref: '#/components/responses/A'}}", "responses/A"),
        ("schemas: {A: {$ref: '#/components/schemas/A', title: t}}", "schemas/A"),
        ("schemas: {A: {allOf: [{}, {$ref: '#/components/schemas/A'}]}}", "schemas/A/allOf/1"),
        ("schemas: {A: {oneOf: [{anyOf: [{$ref: '#/components/schemas/B'}]}]}, B: {$ref: '#/components/schemas/A'}}",
         "schemas/A/oneOf/0/anyOf/0"),
    ],
)  # fmt: skip
def test_what_consists_of_itself_is_refused(circle: str, at: str) -> None:
    with pytest.raises(Problem, match=r"^a\.yaml:1: .* leads back to itself; break the circle\.$") as caught:
        checked(read(f"components: {{{circle}}}", "a.yaml"))
    assert caught.value.where == f"#/components/{at}/$ref"


# What is too much

ROOT = {"paths": {"/a": {"parameters": [{"name": "a", "schema": {"$ref": "#/components/schemas/0"}}]}}}


def schemas(count: int, form: Callable[[dict[str, str]], Any]) -> Any:
    """A document of so many schemas, each of which refers to the next."""
    made = {str(n): form({"$ref": f"#/components/schemas/{n + 1}"}) for n in range(count)}
    return {**ROOT, "components": {"schemas": {**made, str(count): {}}}}


FORMS: dict[str, Callable[[dict[str, str]], Any]] = {
    "references": lambda following: following,
    "allOf": lambda following: {"allOf": [following]},
    "items": lambda following: {"items": following},
    "additionalProperties": lambda following: {"additionalProperties": following},
    "properties": lambda following: {"properties": {"a": following}},
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_a_long_way_is_no_circle(form: Any) -> None:
    checked(schemas(49, form))


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_too_long_a_way_is_refused(form: Any) -> None:
    with pytest.raises(Problem, match="more than 100 references lead here, one after the other"):
        checked(schemas(5000, form))


@pytest.mark.parametrize("form", [FORMS["allOf"], FORMS["items"]])
@pytest.mark.parametrize("is_reversed", [False, True])
def test_a_schema_of_too_many_levels_is_refused_though_each_is_near(form: Any, is_reversed: bool) -> None:
    document = schemas(80, form)
    names = sorted(document["components"]["schemas"], key=int, reverse=is_reversed)
    properties = {name: {"$ref": f"#/components/schemas/{name}"} for name in names}
    document["components"]["schemas"] = {name: document["components"]["schemas"][name] for name in names}
    document["components"]["schemas"]["0"] = {"properties": properties}
    with pytest.raises(Problem, match="the schema consists of more than 100 levels, references followed"):
        checked(document)


@pytest.mark.parametrize("word", ["allOf", "anyOf", "oneOf"])
def test_a_schema_of_too_many_others_is_refused(word: str) -> None:
    checked(schemas(10, lambda following: {word: [following, following]}))
    with pytest.raises(Problem, match="the schema consists of more than 10,000 schemas, references followed"):
        checked(schemas(24, lambda following: {word: [following, following]}))


def test_schemas_that_hold_themselves_are_no_long_way() -> None:
    every = [{"$ref": f"#/components/schemas/{n}"} for n in range(150)]
    made = {str(n): {"properties": {str(m): every[m] for m in range(150)}} for n in range(150)}
    checked(
        {
            **ROOT,
            "components": {"schemas": {**made, "tree": {"items": {"$ref": "#/components/schemas/tree"}}}},
        }
    )


def test_a_chain_that_no_operation_leads_to_may_be_long() -> None:
    checked({"components": schemas(200, FORMS["properties"])["components"]})
