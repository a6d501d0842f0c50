from __future__ import annotations

from typing import Any

import pytest

from scripts.mentions import check
from scripts.objects import walk
from scripts.problem import Problem
from scripts.yaml12 import read

DOCUMENT = """\
security: [{Basic: []}, {}]
paths:
  /a:
    get:
      operationId: getA
      security: [{"A key": []}]
      responses: {default: {links: {again: {operationId: getA}, other: {operationRef: "https://b.example"}}}}
components:
  securitySchemes: {Basic: {type: http}, A key: {type: apiKey}}
  schemas:
    Any: true
    Cat: {$anchor: cat}
    Pet:
      discriminator: {propertyName: kind, mapping: {a: Any, cat: Cat, dog: "#/components/schemas/Dog%20s"}}
    Dog s: {$dynamicAnchor: dog, properties: {a: {$dynamicRef: "#dog"}, b: {$dynamicRef: "#/components/schemas/Cat"}}}
"""


def checked(text: str) -> None:
    document: Any = read(text, "a.yaml")
    check(document, list(walk(document)))


def test_what_is_there_may_be_mentioned() -> None:
    checked(DOCUMENT)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{Basic: []}", "{Other: []}", "1: #/security/0/Other: the security scheme `Other` is not declared; declare it in"),
        ('{"A key": []}', "{A: []}", "6: #/paths/~1a/get/security/0/A: the security scheme `A` is not declared;"),
        ("again: {operationId: getA", "again: {operationId: getB",
         "7: #/paths/~1a/get/responses/default/links/again/operationId: the operation `getB` is not declared; give"),
        ("a: Any", "a: any", "14: #/components/schemas/Pet/discriminator/mapping/a: the schema `any` is not declared; name"),
        ("schemas/Dog%20s", "schemas/Dog", "mapping/dog: the schema `#/components/schemas/Dog` is not declared;"),
        ("#dog", "#cats", "15: #/components/schemas/Dog s/properties/a/$dynamicRef: the anchor `#cats` is not declared;"),
    ],
)  # fmt: skip
def test_what_is_not_there_is_refused_where_it_is_mentioned(old: str, new: str, said: str) -> None:
    assert old in DOCUMENT
    with pytest.raises(Problem) as caught:
        checked(DOCUMENT.replace(old, new))
    assert said in str(caught.value)
