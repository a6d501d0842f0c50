"""Clients that are broken in one place: the families of the harness find it, and say where the contract has the rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts.document import load, plain
from scripts.harness import refusals, requests
from tests.rendering import DOCUMENT, GONE, first, rendered, run

CASES = 5
PATH, PARAMETERS = "/shops/{shop}/orders/{list}", "paths./shops/{shop}/orders/{list}.post.parameters"
POST, ORDER = "paths./shops/{shop}/orders/{list}.post", "components.schemas.Order"
ADDRESS = "components.schemas.Address"


@pytest.mark.parametrize("family", [requests, refusals], ids=["requests", "refusals"])
def test_a_right_client_has_no_findings(package: Path, family: Any) -> None:
    checks = list(family.checks(rendered(package), CASES))
    assert [str(check.finding) for check in checks if check.finding] == []
    assert len(checks) > 50
    assert any(check.rules for check in checks)


@pytest.mark.parametrize(
    ("family", "said", "changes"),
    [
        (requests, "no query parameter sort", {f"{PARAMETERS}.4.name": "sorts"}),
        (requests, "no query parameter sort", {f"{PARAMETERS}.4": GONE}),
        (requests, "extra", {f"{PARAMETERS}.9": {"name": "extra", "in": "query", "schema": {"type": "string"}}}),
        (requests, "no query parameter sort", {f"{PARAMETERS}.4.in": "header"}),
        (requests, "no cookie parameter crumb", {f"{PARAMETERS}.8.in": "query"}),
        (requests, "sort", {f"{PARAMETERS}.4.required": True}),
        (refusals, "header parameter X-Trace and required", {f"{PARAMETERS}.7.required": False}),
        (requests, "is no <class 'str'>", {f"{PARAMETERS}.3.schema": {"type": "string"}}),
        (refusals, "query parameter week", {f"{PARAMETERS}.3.schema.type": "number"}),
        (requests, "'down'", {f"{PARAMETERS}.4.schema.enum": ["up"]}),
        (refusals, "of 'new'", {f"{PARAMETERS}.4.schema.enum": ["up", "down", "new"]}),
        (refusals, "pattern", {f"{PARAMETERS}.0.schema.pattern": "^S[0-9]{3}"}),
        (refusals, "pattern", {f"{PARAMETERS}.0.schema.pattern": "^[A-Z][0-9]{3}$"}),
        (requests, "S", {f"{PARAMETERS}.0.schema.pattern": "^S[0-8]{3}$"}),
        (refusals, "maxLength: 8", {f"{PARAMETERS}.7.schema.maxLength": 9}),
        (requests, "maxLength: 7", {f"{PARAMETERS}.7.schema.maxLength": 7}),
        (refusals, "minimum: 1", {f"{PARAMETERS}.3.schema.minimum": 0}),
        (requests, "maximum: 52", {f"{PARAMETERS}.3.schema.maximum": 52}),
        (refusals, "exclusiveMinimum: 0", {f"{ORDER}.properties.price": {"type": "number", "minimum": 0}}),
        (refusals, "maxItems: 3", {f"{PARAMETERS}.6.schema.maxItems": 4}),
        (requests, "by its default: 20", {f"{PARAMETERS}.5.schema.default": GONE}),
        (requests, "limit: 20", {f"{PARAMETERS}.5.schema.default": 21}),
        (requests, "'count': 1", {f"{ORDER}.properties.count.default": 2}),
        (requests, "the query parameter tags", {f"{PARAMETERS}.6.explode": True}),
        (requests, "is no <class 'datetime", {f"{PARAMETERS}.2.schema.format": "date-time"}),
        (refusals, "format", {f"{PARAMETERS}.2.schema.format": GONE}),
        (requests, "properties/note", {f"{ORDER}.properties.note": GONE}),
        (requests, "Order", {f"{ORDER}.required": ["name", "note"]}),
        (refusals, "required", {f"{ORDER}.required": []}),
        (requests, "None fits none of", {f"{ORDER}.properties.note": {"type": "string"}}),
        (refusals, "type", {f"{ORDER}.properties.name.type": ["string", "null"]}),
        (refusals, "additionalProperties", {f"{ADDRESS}.additionalProperties": True}),
        (requests, "properties/number", {f"{ADDRESS}.properties.number": GONE}),
        (requests, "no body of application/json", {f"{POST}.requestBody.content": {"text/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}),
        (refusals, "names body and required", {f"{POST}.requestBody.required": False}),
        (requests, "the client has no POST", {"paths": {"/elsewhere/{shop}/{list}": "POST"}}),
        (requests, "the path /v1/shops", {"servers.0.url": "https://api.test/v2"}),
        (requests, "below https://api.test/v1", {"servers.0.url": "https://api.evil/v1"}),
        (requests, "credential of basic", {"security.0": {"key": []}}),
        (requests, "credential of key", {"components.securitySchemes.key.name": "X-Kee"}),
        (requests, "api_key", {"components.securitySchemes.key": GONE, "security.1": GONE}),
        (requests, "credential of basic", {f"{POST}.security": []}),
        (refusals, "OnlyOne(day, week)", {f"{POST}.x-dependencies": GONE}),
        (refusals, "OnlyOne(day, week)", {f"{POST}.x-dependencies": ["ZeroOrOne(day, week)"]}),
        (refusals, "OnlyOne(day, week)", {f"{POST}.x-dependencies": ["Or(day, week)"]}),
        (requests, "OnlyOne(day, sort)", {f"{POST}.x-dependencies": ["OnlyOne(day, sort)"]}),
    ],
)  # fmt: skip
def test_a_client_of_another_contract_is_found_out(
    package: Path, family: Any, said: str, changes: dict[str, Any]
) -> None:
    if changes.get("paths"):
        (path,) = changes["paths"]
        changes = {"paths": {path: plain(load(DOCUMENT))["paths"][PATH]}}
    finding = first(said, family.checks(rendered(package, changes), CASES))
    run(package, finding)


@pytest.mark.parametrize(
    ("family", "said", "right", "wrong"),
    [
        (requests, "one request for", "client.send(OPERATION, shop, list_, day, week,", "client.send(OPERATION, shop, list_, week, day,"),
        (requests, "the sync sends", "client.call(OPERATION, shop, list_, day, week,", "client.call(OPERATION, shop, list_, week, day,"),
        (requests, "missing 1 required", 'argument="x_trace"', 'argument="sort"'),
        (requests, "the timeout", "timeout=timeout, headers=headers", "headers=headers"),
        (requests, "X-Harness", "timeout=timeout, headers=headers", "timeout=timeout"),
        (requests, "the method sends", "name=name,", 'name=name + "x",'),
        (requests, "the sync sends", "return client.call(", "return client.call_(" ),
        (requests, "'code': 'text'", 'Access("read")', 'Access("write")'),
        (requests, "one request for", "shop: str, list_: list[str],", "list_: list[str], shop: str,"),
    ],
)  # fmt: skip
def test_a_client_whose_python_is_wrong_is_found_out(
    package: Path, family: Any, said: str, right: str, wrong: str
) -> None:
    finding = first(said, family.checks(rendered(package, python={right: wrong}), CASES))
    run(package, finding)


def test_a_finding_leads_to_the_rule_and_runs(package: Path) -> None:
    found = first("", refusals.checks(rendered(package, {f"{PARAMETERS}.7.schema.maxLength": 9}), CASES))
    lines = DOCUMENT.read_text("utf-8").splitlines()
    file, _, line = found.source.rpartition(":")
    assert file.endswith("harness.yaml")
    assert "maxLength: 8" in lines[int(line) - 1]
    assert found.rule.endswith("/parameters/7/schema/maxLength")
    assert "sent with '000000000' at header parameter X-Trace: ('POST'" in found.found
    out = run(package, found)
    assert "POST https://api.test/v1/shops/" in out
    assert "\n599 b'" in out
