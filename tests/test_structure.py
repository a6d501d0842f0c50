from __future__ import annotations

from typing import Any

import pytest

from scripts.problem import Problem
from scripts.structure import check
from scripts.yaml12 import read

HEAD = 'openapi: 3.1.0\ninfo: {title: t, version: "1"}\n'
OPERATION = HEAD + "paths:\n  /a:\n    get:\n      "


def told(text: str) -> str:
    with pytest.raises(Problem) as caught:
        check(read(text, "a.yaml"))
    return str(caught.value)


def schema(text: str) -> str:
    return HEAD + f"components: {{schemas: {{A: {text}}}}}\n"


def test_a_document_in_order_passes() -> None:
    check(read(OPERATION + "responses: {default: {description: d}}\n", "a.yaml"))


@pytest.mark.parametrize(
    "text",
    [
        "true", "{}", "{type: [string, 'null']}", "{x-a: 5}", "{properties: {$ref: {type: string}, enum: true}}",
        "{default: {type: strng}, examples: [{type: strng}], enum: [{type: strng}], const: {type: strng}}",
        "{discriminator: {propertyName: a, mapping: {b: c}, x-a: 1}, xml: {name: a}, externalDocs: {url: u}}",
        "{format: anything, unknown: {type: strng}}",
    ],
)  # fmt: skip
def test_a_schema_in_order_passes(text: str) -> None:
    check(read(schema(text), "a.yaml"))


WRONG_SCHEMAS = {
    "{type: strng}": '"strng" is not allowed; choose from "array", "boolean", "integer", "null"',
    "{type: [string, 5]}": "5 is not allowed; choose from",
    "{minLength: a}": '"a" is not of type "integer"',
    "{required: a}": '"a" is not of type "array"',
    "{properties: {a: {items: []}}}": '[] is not of types "boolean", "object"',
    "{allOf: []}": "[] has less than 1 item",
    "{additionalProperties: null}": "null is not of types",
    "{discriminator: {}}": "`propertyName` is missing; add it.",
    "{discriminator: {propertyName: a, maping: {}}}": "`maping` is no field of discriminator objects",
    "{xml: []}": '[] is not of type "object"',
}
PLACES = {
    "components: {{schemas: {{a: {}}}}}": "/components/schemas/a",
    "components: {{parameters: {{a: {{name: a, in: query, schema: {}}}}}}}": "/components/parameters/a/schema",
    "components: {{headers: {{a: {{schema: {}}}}}}}": "/components/headers/a/schema",
    "components: {{requestBodies: {{a: {{content: {{b: {{schema: {}}}}}}}}}}}":
        "/components/requestBodies/a/content/b/schema",
    "components: {{responses: {{a: {{description: d, content: {{b: {{schema: {}}}}}}}}}}}":
        "/components/responses/a/content/b/schema",
    "paths: {{/a: {{parameters: [{{name: a, in: query, content: {{b: {{schema: {}}}}}}}]}}}}":
        "/paths/~1a/parameters/0/content/b/schema",
}  # fmt: skip


@pytest.mark.parametrize(("text", "what"), WRONG_SCHEMAS.items())
@pytest.mark.parametrize(("where", "at"), PLACES.items(), ids=PLACES.values())
def test_schemas_are_json_schema_wherever_they_stand(text: str, what: str, where: str, at: str) -> None:
    said = told(HEAD + where.format(text) + "\n")
    assert said.startswith(f"a.yaml:3: #{at}/")
    assert what in said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("openapi: 3.1.0\npaths: {}\n", "1: #: `info` is missing; add it."),
        (HEAD, "1: #: there is none of paths, components, webhooks; add one of them."),
        (HEAD + "paths: []\n", '3: #/paths: [] is not of type "object"; write it as OpenAPI 3.1 has it.'),
        (HEAD + "paths:\n  a: {}\n", "4: #/paths/a: the path `a` does not start with a slash; write `/a`."),
        (HEAD + "paths: {}\ntags: [a]\n", '4: #/tags/0: "a" is not of type "object"; write it as OpenAPI'),
        (HEAD + "components:\n  schemas:\n    a b: {}\n", '5: #/components/schemas/a b: the name "a b" does not match'),
        (OPERATION + "sumary: s\n", "6: #/paths/~1a/get/sumary: `sumary` is no field of operation objects;"),
        (OPERATION + "responses: {}\n", "6: #/paths/~1a/get/responses: the operation has no responses;"),
        (HEAD + "foo: 1\npaths: {}\n", "3: #/foo: `foo` is no field of OpenAPI objects; correct it, or name it `x-foo`."),
        (OPERATION + "responses: {x-a: 1}\n", "6: #/paths/~1a/get/responses: the operation has no responses;"),
        (HEAD + "components:\n  securitySchemes: {a: {type: apiKey, in: header}}\n", "/a: `name` is missing; add it."),
        (HEAD + "components:\n  securitySchemes: {a: {in: header, name: a}}\n", "/a: `type` is missing; add it."),
        (HEAD + "components:\n  securitySchemes: {a: {type: http, in: header, scheme: basic}}\n",
         "/a/in: `in` is no field of security scheme objects; correct it, or name it `x-in`."),
        (OPERATION + "responses: {2xx: {description: d}}\n", "6: #/paths/~1a/get/responses/2xx: `2xx` is no status"),
        (OPERATION + "responses:\n        200: {}\n", "7: #/paths/~1a/get/responses/200: `description` is missing;"),
        (OPERATION + "tags: [true]\n", "6: #/paths/~1a/get/tags/0: true is not text; put it in quotes."),
        (OPERATION + "summary: null\n", '6: #/paths/~1a/get/summary: null is not of type "string"; write it as'),
        (OPERATION + "parameters: [{name: a, in: body, schema: {}}]\n", '"body" is not allowed; choose from "query",'),
        (OPERATION + "parameters: [{name: a, in: query}]\n", "/0: there is none of schema, content; add one of them."),
        (OPERATION + "parameters: [{name: a, in: query, schema: {}, content: {b: {}}}]\n",
         "/0: the parameter has both schema and content; keep one of them."),
        (OPERATION + "responses: {default: {description: d, headers: {A: {schema: {}, content: {b: {}}}}}}\n",
         "/headers/A: the header has both schema and content; keep one of them."),
        (OPERATION + "parameters: [{name: a, in: path, schema: {}}]\n", "/parameters/0: `required` is missing; add it."),
        (HEAD + "paths:\n  /a: {$ref: '#/b', get: {}}\n", "4: #/paths/~1a/get: `get` beside a `$ref` is not supported;"),
        (HEAD + "paths:\n  /a: {$ref: '#/b', servers: []}\n", "`servers` beside a `$ref` is not supported; put it"),
        (HEAD + "paths:\n  /a: {$ref: '#/b', gett: {}}\n", "`gett` is no field of reference objects;"),
        (HEAD + "components:\n  links: {a: {operationRef: b, operationId: c}}\n", "more than one"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_is(text: str, said: str) -> None:
    assert said in told(text)


def test_of_several_faults_the_innermost_is_said() -> None:
    text = "paths: {/a: {get: {responses: {default: {description: 5}}}}}\ntags: a\n"
    assert "#/paths/~1a/get/responses/default/description: 5 is not text" in told(HEAD + text)


@pytest.mark.parametrize("document", [None, True, 5, "text", [], [{}], {}])
def test_anything_else_is_refused(document: Any) -> None:
    with pytest.raises(Problem):
        check(document)
