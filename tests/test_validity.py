from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.contract import Contract
from scripts.document import copied
from scripts.lowering import client
from scripts.problem import Problem
from scripts.runtime.guards import is_array, is_object
from scripts.validity import check
from scripts.yaml12 import read

DOCUMENT = """\
openapi: 3.1.0
info: {title: Things, version: "1", x-origin: {url: u, form: prose, read: "2026-11-21"}}
servers: [{url: "https://{place}.example", variables: {place: {default: a, enum: [a, b]}}}]
tags: [{name: things, x-python-name: items}]
security: [{Basic: []}, {}]
paths:
  x-note: [1]
  "/things/{id}":
    parameters:
      - {$ref: "#/components/parameters/Id"}
    get:
      operationId: getThing
      tags: [things]
      x-dependencies: ["Or(page, X-Trace)"]
      parameters:
        - {name: page, in: query, style: deepObject, explode: true, schema: {type: object, properties: {size: {type: integer}}}}
        - {name: X-Trace, in: header, schema: {type: [array, "null"], items: {type: string}, default: [a]}}
        - {name: filter, in: query, content: {application/json: {schema: {$ref: "#/components/schemas/Tree"}}}}
        - {name: id, in: query, schema: {type: string, enum: [a, b], example: {$ref: nowhere}}}
      responses:
        "200": {$ref: "#/components/responses/Thing"}
        4XX: {description: Failed., content: {application/problem+json: {schema: {$ref: "#/components/schemas/Failure"}}}}
        default: {description: Other.}
    put:
      operationId: putThing
      security: [{Key: []}]
      requestBody:
        required: true
        content:
          application/json: {schema: {$ref: "#/components/schemas/Thing"}, example: {name: a}}
          multipart/form-data: {schema: {type: object, properties: {file: {type: string, format: binary}}}}
      responses: {"204": {description: Done.}}
      callbacks: {done: {"{$request.body#/url}": {post: {responses: {default: {description: Taken.}}}}}}
webhooks: {said: {post: {operationId: said, responses: {default: {description: Heard.}}}}}
components:
  parameters:
    Id: {name: id, in: path, required: true, schema: {type: string, pattern: "^[a-z]+$", minLength: 1}}
  responses:
    Thing:
      description: The thing.
      headers: {X-Count: {schema: {type: integer, format: int32, minimum: 0}}}
      content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
  schemas:
    Thing:
      allOf:
        - {$ref: "#/components/schemas/Named"}
        - {type: object, required: [kind], properties: {kind: {const: a}, $ref: {type: string}, examples: true}}
    Named: {type: object, properties: {name: {type: [string, "null"], maxLength: 9}, at: {type: string, format: date}}}
    Tree: {type: object, properties: {branches: {type: array, items: {$ref: "#/components/schemas/Tree"}}}}
    Choice:
      oneOf: [{$ref: "#/components/schemas/Thing"}, {$ref: "#/components/schemas/Tree"}]
      discriminator: {propertyName: kind, mapping: {a: "#/components/schemas/Thing"}}
    Failure: {type: object, x-failure: true, properties: {code: {type: integer}, choice: {$ref: "#/components/schemas/Choice"}}}
  securitySchemes:
    Basic: {type: http, scheme: basic, x-credentials: {username: account, password: secret}}
    Key: {type: apiKey, in: header, name: X-Key}
"""
VALID = read(DOCUMENT, "a.yaml")


def told(document: Any) -> str:
    with pytest.raises(Problem) as caught:
        check(document)
    return str(caught.value)


def changed(old: str, new: str) -> Any:
    """The document with one text for another."""
    assert old in DOCUMENT
    return read(DOCUMENT.replace(old, new), "a.yaml")


def test_a_document_in_order_passes() -> None:
    check(VALID)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("openapi: 3.1.0", "openapi: 3.0.4", "1: #/openapi: the version of OpenAPI is '3.0.4', and only 3.1 is read"),
        ("openapi: 3.1.0", "openapi: 3.1", "1: #/openapi: the version of OpenAPI is the number 3.1; write the"),
        ("openapi: 3.1.0", "openapi: 3.1.0-rc1", "1: #/openapi: the version of OpenAPI is '3.1.0-rc1'"),
        ("openapi: 3.1.0", 'swagger: "2.0"', "1: #/swagger: the version of OpenAPI is '2.0', and only 3.1 is read"),
        ("openapi: 3.1.0", "open: 3.1.0", "1: #: not an OpenAPI document; start it with `openapi: 3.1.0`."),
        ("openapi: 3.1.0", "openapi: null", "1: #: not an OpenAPI document;"),
        ("tags: [{name", "tags: [{nam", "4: #/tags/0/nam: `nam` is no field of tag objects;"),
        ("items}", "class}", "4: #/tags/0/x-python-name: `x-python-name` is 'class', not a name in Python;"),
        ("{$ref: \"#/components/parameters/Id\"}", "{$ref: \"#/components/parameters/No\"}",
         "10: #/paths/~1things~1{id}/parameters/0/$ref: the reference `#/components/parameters/No` leads nowhere;"),
        ("{Basic: []}", "{Other: []}", "5: #/security/0/Other: the security scheme `Other` is not declared;"),
        ("{Key: []}", "{}, {Kay: []}", "26: #/paths/~1things~1{id}/put/security/1/Kay: the security scheme `Kay` is not"),
        ("operationId: putThing", "operationId: getThing",
         "25: #/paths/~1things~1{id}/put/operationId: the operationId `getThing` is that of #/paths/~1things~1{id}/get too;"),
        ("operationId: said", "operationId: getThing", "34: #/webhooks/said/post/operationId: the operationId `getThing`"),
        ("post: {responses: {default: {description: Taken.}}}", "post: {}", "33: #/paths/~1things~1{id}/put/callbacks/done/"),
        ('responses: {"204": {description: Done.}}', "summary: s", "24: #/paths/~1things~1{id}/put: the operation has no"),
        ("/things/{id}\"", "/things/{Id}\"", "11: #/paths/~1things~1{Id}/get: the path variable `{Id}` has no parameter;"),
        ("/things/{id}\"", "/things\"", "11: #/paths/~1things/get: the path parameter `id` is no variable of the path `/things`;"),
        ("/things/{id}\"", "/{id}/{id}\"", "8: #/paths/~1{id}~1{id}: the path `/{id}/{id}` has a variable twice;"),
        ("/things/{id}\"", "/things/{id\"", "8: #/paths/~1things~1{id: the path `/things/{id` has a `{`;"),
        ("/things/{id}\"", "/{id}?a=b\"", "8: #/paths/~1{id}?a=b: the path `/{id}?a=b` has a `?`;"),
        ("/things/{id}\"", "/{id}#a\"", "8: #/paths/~1{id}#a: the path `/{id}#a` has a `#`;"),
        ("  x-note: [1]", "  /things/{a}: {}", "8: #/paths/~1things~1{id}: the path `/things/{id}` is the same as `/things/{a}`;"),
        ("name: filter, in", "name: page, in", "18: #/paths/~1things~1{id}/get/parameters/2: the query parameter `page` is there"),
        ("- {name: page,", "- {name: x-trace, in: header, schema: {}}\n        - {name: page,",
         "/get/parameters/2: the header parameter `X-Trace` is there twice; keep one of them."),
        ("required: true, schema: {type: string, pattern: \"^[a-z]+$\", minLength: 1}", "content: {text/plain: {}}",
         "10: #/paths/~1things~1{id}/parameters/0: the path parameter `id` is not required; say `required: true`."),
        ("    Tree: {", "    Tree: {$schema: 'http://json-schema.org/draft-07/schema#', ", "/Tree/$schema: the dialect of schemas is"),
        ("    Tree: {", "    Tree: {nullable: true, ", "/Tree/nullable: `nullable` is no keyword of JSON Schema 2020-12; write `type: ["),
        ("    Tree: {", "    Tree: {maxLenght: 3, ", "/Tree/maxLenght: `maxLenght` is no keyword of JSON Schema 2020-12; correct it,"),
        ("    Tree: {", "    Tree: {allOf: [true, false], ", "/Tree/allOf/1: the schema `false` allows no value; say what is allowed."),
        ("examples: true}", "a/b: false}", "/Thing/allOf/1/properties/a~1b: the schema `false` allows no value;"),
        ("schema: {type: object, properties: {file", "schema: false, x-a: {a: {file", "/multipart~1form-data/schema: the schema `false`"),
        ("    Tree: {", "    Tree: {pattern: '" + "(" * 3000 + ")" * 3000 + "', ", "/Tree/pattern: the pattern is nested too deeply,"),
        ("    Tree: {", "    Tree: {pattern: 'a{99999999999}', ", "/Tree/pattern: the pattern is nested too deeply, or repeats too often;"),
        ("  x-note: [1]", "  /others/{id}: {$ref: '#/paths/~1things~1{id}'}",
         "8: #/paths/~1things~1{id}: the path item is that of `/others/{id}` too; give each path its own operations."),
        ("    Tree: {", "    Tree: {$id: a, ", "/Tree/$id: `$id` gives references another meaning;"),
        ("tags: [{name", "jsonSchemaDialect: 'https://a.example'\ntags: [{name", "4: #/jsonSchemaDialect: the dialect of schemas is"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(old: str, new: str, said: str) -> None:
    assert said in told(changed(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("openapi: 3.1.0", "openapi: 3.1.12"),
        ("name: id, in: query", "name: X-Trace, in: query"),
        ("name: filter, in: query", "name: Page, in: query"),
        ("tags: [{name", "jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema'\ntags: [{name"),
        ("    Tree: {", "    Tree: {$schema: 'https://spec.openapis.org/oas/3.1/dialect/base', "),
        ("operationId: putThing", "description: No id."),
        ("operationId: said", "description: No id."),
        ("Basic: []", "Basic: [role]"),
    ],
)
def test_what_openapi_allows_passes(old: str, new: str) -> None:
    check(changed(old, new))


def test_a_parameter_of_an_operation_may_take_the_place_of_that_of_its_path_item() -> None:
    own = "- {name: id, in: path, required: true, schema: {type: integer}}\n        - {name: page,"
    check(changed("- {name: page,", own))


# For any document


def places(node: Any) -> list[tuple[Any, Any]]:
    """Every container with each of its keys."""
    inside = list(node.items()) if is_object(node) else list(enumerate(node)) if is_array(node) else []
    return [place for key, child in inside for place in [(node, key), *places(child)]]


ODD = st.sampled_from(
    [None, True, False, 0, -1, 1.5, "", "a b", "class", "#", "#/", "/a/{b}", [], [None], [[]], {}, {"": None},
     {"a": {}}, {"$ref": "#/components"}, {"$ref": "#/components/schemas/Tree"}, {"$ref": 5}, {"type": "object"}]
)  # fmt: skip
NAMES = st.sampled_from(["", "$ref", "x-a", "default", "enum", "allOf", "type", "200", "/a/{b}", "get", "in"])


@st.composite
def mutants(draw: st.DrawFn) -> Any:
    """The document with something deleted, replaced, moved or renamed, up to three times."""
    document = copied(VALID)
    for _ in range(draw(st.integers(1, 3))):
        found = places(document)
        (node, key), (other, name) = (found[draw(st.integers(0, len(found) - 1))] for _ in range(2))
        change = draw(st.sampled_from(["delete", "set", "move", "rename"]))
        if change == "delete":
            del node[key]
        elif change == "rename" and is_object(node):
            node[draw(NAMES)] = node.pop(key)
        else:
            node[key] = copied(other[name] if change == "move" else draw(ODD))
    return document


def refused(document: Any) -> Problem | None:
    try:
        check(document)
    except Problem as problem:
        return problem
    return None


@settings(max_examples=300)
@given(mutants())
def test_any_document_is_valid_or_refused_at_a_place(document: Any) -> None:
    problem = refused(document)
    assert problem is None or problem.where


@settings(max_examples=300)
@given(mutants())
def test_a_client_of_any_valid_document_can_be_worked_out_or_the_reason_is_said(document: Any) -> None:
    with suppress(Problem):
        check(document)
        assert client("acme", Contract(document)).vendor == "acme"
