"""Clients that are broken in one place: the families of the harness find it, and say where the contract has the rule."""

from __future__ import annotations

import copy
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import count, islice
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.contract import Contract
from scripts.document import load, plain
from scripts.generate import write_shared
from scripts.generator import render
from scripts.harness import refusals, requests
from scripts.harness.arguments import Builder
from scripts.harness.called import PRESENCE, Called, called
from scripts.harness.calls import Target, targets
from scripts.harness.cases import requests as cases
from scripts.harness.findings import Finding
from scripts.harness.programs import program
from scripts.lowering import client
from scripts.marks import step
from scripts.runtime.guards import is_array

DOCUMENT = Path(__file__).parent / "data" / "harness.yaml"
CASES = 5
PATH, PARAMETERS = "/shops/{shop}/orders/{list}", "paths./shops/{shop}/orders/{list}.post.parameters"
POST, ORDER = "paths./shops/{shop}/orders/{list}.post", "components.schemas.Order"
ADDRESS, GONE = "components.schemas.Address", object()
names = (f"vendor{number}" for number in count())


@cache
def operation() -> Called:
    return next(iter(called(Contract(load(DOCUMENT)))))


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder in which clients are rendered, and from which they are imported."""
    folder = tmp_path_factory.mktemp("clients") / "phone_number_apis"
    write_shared(folder)
    known = {name: sys.modules.pop(name) for name in [*sys.modules] if name.startswith("phone_number_apis")}
    sys.path.insert(0, str(folder.parent))
    yield folder
    sys.path.remove(str(folder.parent))
    for name in [name for name in sys.modules if name.startswith("phone_number_apis")]:
        del sys.modules[name]
    sys.modules.update(known)


def rendered(
    package: Path, changes: dict[str, Any] | None = None, python: tuple[str, str] = ("", "")
) -> Target:
    """The client of a contract with changes in it, to be checked against the contract without them."""
    document, vendor = copy.deepcopy(plain(load(DOCUMENT))), next(names)
    for place, value in (changes or {}).items():
        *above, last = place.split(".")
        node: Any = document
        for key in above:
            node = step(node, key)
        at: Any = int(last) if is_array(node) else last
        if value is GONE:
            del node[at]
        elif is_array(node):
            node[at : at + 1] = [value]
        else:
            node[at] = value
    files = render(client(vendor, Contract(document)), package / vendor)
    texts = {path: path.read_text("utf-8") for path in files}
    assert any(python[0] in text for text in texts.values()), texts
    for path, text in texts.items():
        path.write_text(text.replace(*python) if python[0] else text, "utf-8")
    return targets(vendor, operation().contract, [operation()])[0]


def findings(target: Target, family: Any) -> Iterator[Finding]:
    return (check.finding for check in family.checks(target, CASES) if check.finding)


def is_told(said: str, found: Iterator[Finding]) -> bool:
    """Whether one of the first findings says so; prints the others."""
    for finding in islice(found, 30):
        if said in str(finding):
            return True
        print(finding.rule, finding.wanted, finding.found[:300], sep="\n  ")
    return False


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
    assert is_told(said, findings(rendered(package, changes), family))


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
    assert is_told(said, findings(rendered(package, python=(right, wrong)), family))


def test_a_finding_leads_to_the_rule_and_runs(package: Path) -> None:
    found = next(findings(rendered(package, {f"{PARAMETERS}.7.schema.maxLength": 9}), refusals))
    lines = DOCUMENT.read_text("utf-8").splitlines()
    file, _, line = found.source.rpartition(":")
    assert file.endswith("harness.yaml")
    assert "maxLength: 8" in lines[int(line) - 1]
    assert found.rule.endswith("/parameters/7/schema/maxLength")
    assert "sent with '000000000' at header parameter X-Trace: ('POST'" in found.found
    out = run(package, found.program)
    assert "POST https://api.test/v1/shops/" in out
    assert "\n599 b'" in out


# Programs


def run(package: Path, text: str) -> str:
    """What a program prints, with the error that ends it."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    done = subprocess.run(
        [sys.executable, "-c", text], env=environment, capture_output=True, text=True, check=False
    )
    assert not done.returncode or "\nphone_number_apis." in done.stderr, done.stderr
    return f"{done.stdout}\n{done.stderr}"


@pytest.mark.parametrize(
    "function", ["sync", "sync_detailed", "asyncio", "asyncio_detailed", "method", "asyncio_method"]
)
def test_a_program_sends_what_the_harness_saw(package: Path, function: str) -> None:
    target = rendered(package)
    use_asyncio = function.startswith("asyncio")
    with target.driven(use_asyncio=use_asyncio) as driver:
        known = [case for case in cases(operation(), CASES) if case.phase == PRESENCE]
        case = max(known, key=lambda case: len(str(case)))
        if function.endswith("method"):
            given = target.keywords(case, driver.method)
            done = driver.call("method", given)
        else:
            given = target.arguments(case)
            done = driver.call(function, given)
    (request,) = done.sent
    text = program(target, function, given)
    out = run(package, text)
    assert f"POST {request.url} {request.headers.multi_items()} {request.read()!r}" in out
    assert ("\n599 b'" if "detailed" in function else "599") in out
    assert "import" not in text.partition("def answer")[2]


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(204, headers={"x-a": "b"}), "\n204 b''"),
        (httpx.Response(204, content=b"ab" * 5000), "b'abab"),
        (httpx.Response(500, content=b"<html>"), "<html>"),
        (httpx.ReadError("reset by peer"), "OutcomeUnknown"),
    ],
)
@pytest.mark.parametrize("function", ["sync_detailed", "asyncio_detailed"])
def test_a_program_answers_as_the_harness_did(package: Path, answer: Any, said: str, function: str) -> None:
    target = rendered(package)
    text = program(target, function, target.arguments(cases(operation(), CASES)[0]), answer)
    assert said in run(package, text)
    assert len(text) < 3000


def test_a_program_says_why_a_call_was_refused(package: Path) -> None:
    target = rendered(package)
    case = cases(operation(), CASES)[0]
    given = {**target.arguments(case, Builder(is_loose=True)), "x_trace": "much too long"}
    assert "InvalidRequest: x_trace (header parameter X-Trace)" in run(
        package, program(target, "sync", given)
    )


@pytest.mark.parametrize("function", ["sync", "asyncio_detailed", "method"])
def test_a_program_has_few_lines_however_much_is_given(function: str, package: Path) -> None:
    lines = program(rendered(package), function, {f"argument_{n}": n for n in range(30)}).splitlines()
    assert max(map(len, lines)) <= 120
    assert len([line for line in lines if line]) <= 18
