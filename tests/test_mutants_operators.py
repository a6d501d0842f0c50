"""Each operator puts one small fault into a contract."""

from __future__ import annotations

from typing import Any

import pytest

from scripts import validity
from scripts.contract import Contract
from scripts.marks import copied
from scripts.mutants.operators import faults
from scripts.mutants.places import Fault, Place, at
from scripts.yaml12 import read

TEXT = """\
openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: "https://{region}.test/v1", variables: {region: {default: eu, enum: [eu, us]}}}, {url: "https://b.test"}]
security: [{basic: []}]
paths:
  /things/{id}/{part}:
    post:
      operationId: change
      x-dependencies: ["OnlyOne(a, b)"]
      parameters:
        - {name: id, in: path, required: true, schema: {type: integer}}
        - {name: part, in: path, required: true, schema: {type: string}}
        - {name: a, in: query, schema: {type: integer, default: 2, minimum: 1, multipleOf: 2}}
        - {name: b, in: query, required: false, style: form, explode: false, schema: {type: array, items: {type: string}}}
        - {name: c, in: header, required: true, schema: {type: string, enum: [x, y], format: date}}
        - {name: d, in: query, content: {application/json: {schema: {}}}}
      requestBody:
        required: true
        content:
          application/x-www-form-urlencoded:
            schema: {$ref: "#/components/schemas/Form"}
            encoding: {tags: {style: form, explode: false}, when: {contentType: application/json}}
          text/plain: {schema: {type: string, pattern: "^a$", maxLength: 3}}
      responses:
        "200": {description: Done., content: {application/json: {schema: {$ref: "#/components/schemas/Either"}}}}
        "404": {description: None., x-not-processed: true, content: {application/json: {schema: {$ref: "#/components/schemas/Failure"}}}}
        default: {description: Other.}
components:
  securitySchemes:
    basic: {type: http, scheme: basic, x-credentials: {username: user, password: word}}
    key: {type: apiKey, in: header, name: X-Key}
    unused: {type: mutualTLS}
  schemas:
    Form:
      type: object
      required: [tags]
      additionalProperties: false
      properties:
        tags: {type: array, uniqueItems: true, items: {type: string}}
        when: {type: [string, "null"], readOnly: true}
        until: {type: [string, "null"]}
    Either:
      oneOf: [{$ref: "#/components/schemas/Cat"}, {$ref: "#/components/schemas/Dog"}]
      discriminator: {propertyName: kind, mapping: {cat: "#/components/schemas/Cat", dog: Dog}}
    Cat: {type: object, required: [kind], properties: {kind: {const: cat}}}
    Dog: {type: object, required: [kind], properties: {kind: {const: dog}}}
    Failure:
      type: object
      x-failure: true
      x-error: {code: /code, authentication: [1, 2]}
      required: [code]
      properties: {code: {type: integer}}
    Unused: {type: object, properties: {x: {type: string}}}
"""
POST = "#/paths/~1things~1{id}~1{part}/post"
A, B, C, D = (f"{POST}/parameters/{index}" for index in (2, 3, 4, 5))
BODY, SCHEMAS = f"{POST}/requestBody", "#/components/schemas"
FORM, PLAIN = f"{BODY}/content/application~1x-www-form-urlencoded", f"{BODY}/content/text~1plain"
GONE = object()
MADE: list[tuple[str, str, Any]] = [
    ("parameter renamed", f"{A}/name", "aX"),
    ("parameter renamed", f"{POST}/x-dependencies/0", "OnlyOne(aX, b)"),
    ("parameter renamed", "#/paths/~1things~1{idX}~1{part}/post/parameters/0/name", "idX"),
    ("parameter dropped", f"{POST}/parameters/5", GONE),
    ("parameter dropped", "#/paths/~1things~1id~1{part}/post/parameters/0/name", "part"),
    ("parameter added", f"{POST}/parameters/6/required", True),
    ("parameter moved", f"{A}/in", "header"),
    ("parameter moved", f"{A}/in", "cookie"),
    ("parameter moved", "#/paths/~1things~1{id}~1{part}~1{a}/post/parameters/2/in", "path"),
    ("parameter moved", f"{SCHEMAS}/Form/properties/a/default", 2),
    ("parameter made optional", f"{C}/required", False),
    ("parameter made required", f"{A}/required", True),
    ("type changed", f"{A}/schema/type", "string"),
    ("type changed", f"{FORM}/schema", {"type": "string"}),
    ("type changed", f"{SCHEMAS}/Form/properties/until/type", ["null"]),
    ("null added", f"{A}/schema/type", ["integer", "null"]),
    ("null dropped", f"{SCHEMAS}/Form/properties/until/type", ["string"]),
    ("enum value dropped", f"{C}/schema/enum", ["y"]),
    ("enum value added", f"{C}/schema/enum", ["x", "y", "addedX"]),
    ("enum value changed", f"{SCHEMAS}/Cat/properties/kind/const", "catX"),
    ("enum dropped", f"{C}/schema/enum", GONE),
    ("pattern loosened", f"{PLAIN}/schema/pattern", "a$"),
    ("pattern tightened", f"{PLAIN}/schema/pattern", "(?!.*[a1])(?:^a$)"),
    ("pattern dropped", f"{PLAIN}/schema/pattern", GONE),
    ("pattern added", f"{POST}/parameters/1/schema/pattern", "^[a-y]*$"),
    ("length loosened", f"{PLAIN}/schema/maxLength", 4),
    ("length tightened", f"{PLAIN}/schema/maxLength", 2),
    ("length dropped", f"{SCHEMAS}/Form/properties/tags/uniqueItems", GONE),
    ("length added", f"{B}/schema/maxItems", 1),
    ("range loosened", f"{A}/schema/minimum", 0),
    ("range tightened", f"{A}/schema/multipleOf", 6),
    ("range dropped", f"{A}/schema/minimum", GONE),
    ("range added", f"{A}/schema/maximum", 100),
    ("format changed", f"{C}/schema/format", "date-time"),
    ("format added", f"{POST}/parameters/1/schema/format", "date"),
    ("default changed", f"{A}/schema/default", 3),
    ("default dropped", f"{A}/schema/default", GONE),
    ("default added", f"{C}/schema/default", "x"),
    ("array encoding changed", f"{B}/style", "pipeDelimited"),
    ("array encoding changed", f"{B}/explode", True),
    ("array encoding changed", f"{D}/schema", {}),
    ("array encoding changed", f"{FORM}/encoding/tags/explode", True),
    ("encoding dropped", f"{FORM}/encoding/tags", GONE),
    ("reserved characters changed", f"{B}/allowReserved", True),
    ("media type changed", f"{FORM}/encoding/when/contentType", "text/plain"),
    ("media type changed", f"{BODY}/content/multipart~1form-data/schema/$ref", f"{SCHEMAS}/Form"),
    ("media type dropped", PLAIN, GONE),
    ("schema dropped", f"{PLAIN}/schema", GONE),
    ("body made optional", f"{BODY}/required", False),
    ("body dropped", BODY, GONE),
    ("property renamed", f"{SCHEMAS}/Form/required", ["tagsX"]),
    ("property renamed", f"{SCHEMAS}/Form/properties/tagsX/uniqueItems", True),
    ("property dropped", f"{SCHEMAS}/Form/properties/tags", GONE),
    ("property added", f"{SCHEMAS}/Form/properties/addedX", {"type": "string"}),
    ("property made required", f"{SCHEMAS}/Form/required", ["tags", "when"]),
    ("property made optional", f"{SCHEMAS}/Form/required", []),
    ("property nested elsewhere", f"{SCHEMAS}/Form/properties/nestedX/properties/tags/uniqueItems", True),
    ("further properties changed", f"{SCHEMAS}/Form/additionalProperties", True),
    ("further properties changed", f"{SCHEMAS}/Cat/additionalProperties", False),
    ("access changed", f"{SCHEMAS}/Form/properties/when/readOnly", False),
    ("access of what is required changed", f"{SCHEMAS}/Form/properties/tags/writeOnly", True),
    ("branch dropped", f"{SCHEMAS}/Either/oneOf/1", GONE),
    ("branches changed", f"{SCHEMAS}/Either/anyOf/0/$ref", f"{SCHEMAS}/Cat"),
    ("discriminator changed", f"{SCHEMAS}/Either/discriminator", GONE),
    ("discriminator changed", f"{SCHEMAS}/Either/discriminator/propertyName", "kindX"),
    ("discriminator changed", f"{SCHEMAS}/Either/discriminator/mapping/cat", "Dog"),
    ("discriminator changed", f"{SCHEMAS}/Either/discriminator/mapping/catX", f"{SCHEMAS}/Cat"),
    ("failure mark dropped", f"{SCHEMAS}/Failure/x-failure", GONE),
    ("failure mark added", f"{SCHEMAS}/Cat/x-failure", True),
    ("error fields changed", f"{SCHEMAS}/Failure/x-error/code", "/codeX"),
    ("error fields changed", f"{SCHEMAS}/Failure/x-error/authentication", [2]),
    ("operation dropped", POST, GONE),
    ("method changed", "#/paths/~1things~1{id}~1{part}/put/operationId", "change"),
    ("path changed", "#/paths/~1THINGS~1{id}~1{part}/post/operationId", "change"),
    ("path changed", "#/paths/~1things~1{part}~1{id}/post/operationId", "change"),
    ("server changed", "#/servers/0/url", "http://{region}.test/v1"),
    ("server changed", "#/servers/0/url", "https://{region}.test"),
    ("server changed", "#/servers/0/url", "https://b.test"),
    ("server changed", "#/servers/0/variables/region/default", "us"),
    ("security dropped", "#/security", []),
    ("security scheme changed", "#/security/0", {"key": []}),
    ("security scheme changed", "#/components/securitySchemes/basic", {"type": "http", "scheme": "bearer"}),
    ("credentials changed", "#/components/securitySchemes/basic/x-credentials/username", "word"),
    ("dependency dropped", f"{POST}/x-dependencies", []),
    ("dependency changed", f"{POST}/x-dependencies", ["Or(a, b)"]),
    ("idempotency changed", f"{POST}/x-idempotent", True),
    ("success status changed", f"{POST}/responses/201/description", "Done."),
    ("status changed", f"{POST}/responses/405/x-not-processed", True),
    ("response dropped", f"{POST}/responses/200", GONE),
    ("response added", f"{POST}/responses/2XX", {"description": "Added."}),
    ("schema dropped", f"{POST}/responses/200/content", GONE),
    ("schema added", f"{POST}/responses/default/content/application~1json/schema/type", "object"),
    ("error schema dropped", f"{POST}/responses/404/content", GONE),
    ("error schema dropped", f"{POST}/responses/404", GONE),
    ("not-processed changed", f"{POST}/responses/404/x-not-processed", False),
]  # fmt: skip


def document() -> Any:
    return read(TEXT, "spec.yaml")


def made() -> list[tuple[Place, Fault]]:
    return list(faults(Contract(document())))


def after(fault: Fault, pointer: str) -> Any:
    mutant = document()
    fault.change(mutant)
    try:
        return at(mutant, pointer)
    except LookupError:
        return GONE


def test_the_document_is_a_contract() -> None:
    validity.check(document())


def shown(value: Any) -> str:
    """The name of a case, the same in every process."""
    return "gone" if type(value) is object else str(value)[:60]


@pytest.mark.parametrize(("operator", "pointer", "value"), MADE, ids=shown)
def test_the_operator_makes_the_fault(operator: str, pointer: str, value: Any) -> None:
    before = Fault("", "", "", lambda document: None)
    assert after(before, pointer) != value
    assert any(after(fault, pointer) == value for _, fault in made() if fault.operator == operator)


def test_every_operator_is_tried() -> None:
    tried = {operator for operator, _, _ in MADE}
    assert {fault.operator for _, fault in made()} == tried


def test_each_fault_is_another_one_and_changes_something() -> None:
    seen: list[Any] = []
    for _, fault in made():
        mutant = document()
        fault.change(mutant)
        assert mutant != document(), fault
        assert mutant not in seen, fault
        seen.append(mutant)


def test_a_fault_leaves_the_contract_alone() -> None:
    contract = Contract(document())
    for _, fault in faults(contract):
        fault.change(copied(contract.document))
    assert contract.document == document()


def test_what_no_operation_reaches_is_left_alone() -> None:
    touched = {fault.at for _, fault in made()}
    assert not any("nused" in pointer for pointer in touched)
    assert not any(pointer.startswith("#/servers/1") for pointer in touched)


def test_a_place_knows_which_way_it_goes() -> None:
    ways = {place.at: place.ways for place, _ in made()}
    assert ways[f"{SCHEMAS}/Form"] == {"request"}
    assert ways[f"{SCHEMAS}/Failure"] == {"answer"}
    assert ways["#/components/securitySchemes/basic"] == {"request"}


def test_a_place_knows_the_operations_that_reach_it() -> None:
    assert {place.operations for place, _ in made()} == {frozenset([("/things/{id}/{part}", "post")])}


def test_what_is_changed_is_told() -> None:
    (told,) = (
        fault.what
        for _, fault in made()
        if (fault.operator, fault.at) == ("type changed", f"{C}/schema/type")
    )
    assert told == '"string" → "integer"'


def test_what_an_operation_lacks_is_added() -> None:
    without = document()
    operation = at(without, POST)
    del operation["requestBody"], operation["x-dependencies"], operation["parameters"][2:]
    operation["parameters"] += [
        {"name": name, "in": "query", "schema": {"type": "string"}} for name in ("e", "f")
    ]
    made = {fault.operator: fault for _, fault in faults(Contract(without))}
    added = copied(without)
    for operator in ("body added", "dependency added"):
        made[operator].change(added)
    assert at(added, BODY) == {"content": {"application/json": {"schema": {}}}}
    assert at(added, f"{POST}/x-dependencies") == ["ZeroOrOne([e], [f])"]
