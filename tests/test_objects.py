from __future__ import annotations

from typing import Any

import pytest

from scripts.objects import entries, walk
from scripts.yaml12 import read

SPEC = """\
openapi: 3.1.0
info: {title: t, version: "1", contact: {}}
servers: [{url: /, variables: {a: {default: b}}}]
tags: [{name: a, externalDocs: {url: u}}]
paths:
  x-hidden: {get: {}}
  /a:
    parameters: [{name: p, content: {text/plain: {schema: {}}}}]
    get:
      requestBody: {content: {a/b: {encoding: {a: {headers: {H: {schema: {}}}}}}}}
      responses:
        x-hidden: {}
        default: {headers: {H: {}}, links: {next: {server: {url: /}}}}
      callbacks: {done: {"{$url}": {post: {}}, x-hidden: {}}}
webhooks: {said: {post: {}}}
components:
  schemas:
    x-named:
      properties:
        $ref: {type: string}
        examples: {items: true}
        default: {additionalProperties: {}}
        x-named: {not: {contentSchema: {}}}
      allOf: [{const: {properties: {no: {}}}}]
      default: {properties: {no: {}}}
      examples: [{properties: {no: {}}}]
      x-hidden: {properties: {no: {}}}
      discriminator: {propertyName: a}
  examples:
    one: {value: {schema: {}}}
  securitySchemes:
    key: {flows: {implicit: {scopes: {}}}}
"""
KINDS = {
    "#": "document", "#/info": "info", "#/info/contact": "contact", "#/servers/0": "server",
    "#/servers/0/variables/a": "server variable", "#/tags/0": "tag",
    "#/tags/0/externalDocs": "external documentation", "#/paths": "paths", "#/paths/~1a": "path item",
    "#/paths/~1a/parameters/0": "parameter", "#/paths/~1a/parameters/0/content/text~1plain": "media type",
    "#/paths/~1a/parameters/0/content/text~1plain/schema": "schema", "#/paths/~1a/get": "operation",
    "#/paths/~1a/get/requestBody": "request body", "#/paths/~1a/get/requestBody/content/a~1b": "media type",
    "#/paths/~1a/get/requestBody/content/a~1b/encoding/a": "encoding",
    "#/paths/~1a/get/requestBody/content/a~1b/encoding/a/headers/H": "header",
    "#/paths/~1a/get/requestBody/content/a~1b/encoding/a/headers/H/schema": "schema",
    "#/paths/~1a/get/responses": "responses", "#/paths/~1a/get/responses/default": "response",
    "#/paths/~1a/get/responses/default/headers/H": "header",
    "#/paths/~1a/get/responses/default/links/next": "link",
    "#/paths/~1a/get/responses/default/links/next/server": "server",
    "#/paths/~1a/get/callbacks/done": "callback", "#/paths/~1a/get/callbacks/done/{$url}": "path item",
    "#/paths/~1a/get/callbacks/done/{$url}/post": "operation", "#/webhooks/said": "path item",
    "#/webhooks/said/post": "operation", "#/components": "components",
    "#/components/schemas/x-named": "schema", "#/components/schemas/x-named/properties/$ref": "schema",
    "#/components/schemas/x-named/properties/examples": "schema",
    "#/components/schemas/x-named/properties/default": "schema",
    "#/components/schemas/x-named/properties/default/additionalProperties": "schema",
    "#/components/schemas/x-named/properties/x-named": "schema",
    "#/components/schemas/x-named/properties/x-named/not": "schema",
    "#/components/schemas/x-named/properties/x-named/not/contentSchema": "schema",
    "#/components/schemas/x-named/allOf/0": "schema",
    "#/components/schemas/x-named/discriminator": "discriminator",
    "#/components/examples/one": "example", "#/components/securitySchemes/key": "security scheme",
    "#/components/securitySchemes/key/flows": "OAuth flows",
    "#/components/securitySchemes/key/flows/implicit": "OAuth flow",
}  # fmt: skip


def test_every_object_is_called_as_the_specification_calls_it() -> None:
    assert {part.at: part.kind for part in walk(read(SPEC, "a.yaml"))} == KINDS


def test_an_object_comes_before_what_is_in_it() -> None:
    found = [part.at for part in walk(read(SPEC, "a.yaml"))]
    assert found[0] == "#"
    assert all(at.rpartition("/")[0] <= at for at in found)
    assert found.index("#/paths/~1a") < found.index("#/paths/~1a/get")


def test_an_overlay_has_objects_too() -> None:
    overlay: Any = {"overlay": "1.1.0", "info": {}, "actions": [{"update": {"info": {}}}]}
    assert [part.kind for part in walk(overlay, "overlay")] == ["overlay", "info", "action"]


@pytest.mark.parametrize("node", [None, True, 5, "text", [], [{}]])
def test_what_is_no_object_has_none(node: Any) -> None:
    assert list(walk(node, "schema")) == []
    assert [part.kind for part in walk({"paths": {"/a": node}, "tags": node})][:2] == ["document", "paths"]


def test_entries_are_the_map_that_fields_lead_to() -> None:
    document = read(SPEC, "a.yaml")
    assert entries(document, "components", "examples") == {"one": {"value": {"schema": {}}}}
    assert entries(document) is document


@pytest.mark.parametrize(
    "fields", [["security"], ["tags"], ["tags", "name"], ["no", "such"], ["openapi", "a"]]
)
def test_where_there_is_no_map_there_are_no_entries(fields: list[str]) -> None:
    assert entries(read(SPEC, "a.yaml"), *fields) == {}
