"""What only a careless caller or an unusual contract brings to light in a client is found."""

from __future__ import annotations

import pkgutil
from pathlib import Path
from typing import Any

import pytest

from scripts.harness.cases import requests
from scripts.harness.families import FAMILIES
from scripts.harness.misuse import misuses
from scripts.harness.programs import program
from tests.rendering import first, rendered
from tests.test_harness_contracts import JSON, doc, param

CASES = 1
THING = {"type": "object", "properties": {
    "at": {"type": "string", "format": "date-time"}, "n": {"type": "number", "multipleOf": 0.5}, "a": {"type": "string"},
}}  # fmt: skip
SAME = {"schema": {"$ref": "#/components/schemas/Thing"}}
BODIES = {JSON: SAME, "text/plain; charset=iso-8859-1": {"schema": {"type": "string"}},
          "multipart/form-data": {"schema": {"type": "object", "properties": {
              "file": {"type": "string", "format": "binary"}}},
              "encoding": {"file": {"contentType": "image/png, image/jpeg"}}}}  # fmt: skip
KEY = {"type": "apiKey", "in": "query", "name": "key"}
CONTRACT = doc(
    {
        "parameters": [
            param("q", "query", {}),
            param("o", "query", {"type": "object", "additionalProperties": {"type": "string"}}),
        ],
        "requestBody": {"content": BODIES, "required": True},
        "responses": {"200": {"description": "Fine.", "content": {JSON: SAME}}},
    },
    comps={"securitySchemes": {"key": KEY}, "schemas": {"Thing": THING}},
    security=[{"key": []}],
)


def nothing(*_: Any) -> None:
    """What is never refused."""


def refuse(*_: Any) -> None:
    raise ValueError("it refuses what it should take")


@pytest.mark.parametrize(
    ("family", "at", "wrong", "said"),
    [
        ("refusals", "styles.text", lambda value, right: str(value), "with [['a']]"),
        ("refusals", "draft.Draft._check_apart", nothing, "with {'key': 'a'}"),
        ("refusals", "mismatch.shown", lambda value, right: repr(value), "4300 digits"),
        ("refusals", "media._file_type", lambda value, allowed, right: allowed, "x-harness/other"),
        ("requests", "media._file_type", lambda value, allowed, right: allowed, "the part file as image/png, image/jpeg"),
        ("requests", "media._text", lambda value, kind, right: (value.encode(), kind), 'the body "a+b'),
        ("requests", "timestamps._is_strict", lambda text, right: False, "as they came"),
        ("answers", "timestamps.Timestamp.__reduce_ex__", lambda self, _, right: (self.__class__, (2024, 2, 29)), "copies"),
        ("answers", "mismatch.Mismatch.__str__", lambda self, right: "wrong", "a message with"),
        ("answers", "answers._documented", lambda content, kind, right: refuse() if "x-harness" in kind else right(content, kind), "application/x-harness+json"),
        ("answers", "values.Scalar.decode", lambda self, value, right: value, "1e400"),
        ("client", "draft.Draft._with", lambda self, params, right: self.target, "with the params of an http_client"),
        ("client", "draft.Draft._with", lambda self, params, right: f"{self.target}&{params}", "whose params have q"),
    ],
)  # fmt: skip
def test_it_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, family: str, at: str, wrong: Any, said: str
) -> None:
    target, place = rendered(package, contract=CONTRACT), f"phone_number_apis._runtime.{at}"
    right = pkgutil.resolve_name(place)
    monkeypatch.setattr(place, lambda *given: wrong(*given, right))
    assert first(said, FAMILIES[family](target, CASES))


def test_what_a_careless_caller_gives_is_shown_as_python(package: Path) -> None:
    target = rendered(package, contract=CONTRACT)
    cases = {case.media_type: case for case in requests(target.operation, CASES)}
    with target.driven(use_asyncio=False) as driver:
        for misuse in [each for case in cases.values() for each in misuses(driver, case)]:
            assert compile(program(target, misuse.function, misuse.arguments), "program", "exec")
