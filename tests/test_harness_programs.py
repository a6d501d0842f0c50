"""Every finding has a program that runs, and shows what was found."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from threading import current_thread, main_thread
from typing import Any

import httpx
import pytest
from attrs import evolve

from scripts.contract import Contract, contract
from scripts.harness import parity
from scripts.harness.arguments import Builder
from scripts.harness.called import PRESENCE
from scripts.harness.cases import requests as cases
from scripts.harness.families import FAMILIES
from scripts.harness.findings import parted
from scripts.harness.programs import program
from scripts.vendors import discover
from tests.rendering import GONE, first, operation, ran, rendered, run

CASES = 5
PARAMETERS = "paths./shops/{shop}/orders/{list}.post.parameters"
KEPT = "headers=globals().setdefault('kept', headers) or globals()['kept']"
TOLD = "    def __str__(self):\n        return f'expected valid JSON {self.content}'\n"
LATE = "(globals().update(last=shop), __import__('time').sleep(0.002), globals()['last'])[2]"
LATER = "(globals().update(last=shop), await __import__('asyncio').sleep(0.002), globals()['last'])[2]"


@cache
def known(vendor: str) -> Contract | None:
    return next((contract(each) for each in discover() if each.name == vendor), None)


@pytest.mark.parametrize(
    ("family", "of", "said", "rule", "python", "shown"),
    [
        ("client", "", "errors.NotSent as Error", "/responses", {"NotSent(Error, runtime": "NotSent(runtime"}, "_runtime.errors.NotSent'>"),
        ("client", "", "a class errors.NotSent", "/responses", {"class NotSent(": "class Sent("}, "None"),
        ("client", "", "Order made of keywords alone", "/schemas/Order", {"kw_only=True, ": ""}, "(name: "),
        ("client", "", "Order without additional_properties", "/schemas/Order", {"field(factory=dict[str, Any])": "field()"}, "additional_properties: "),
        ("client", "", "Order with additional_properties of each object's own", "/schemas/Order", {"field(factory=dict[str, Any])": "field(default={})"}, "True"),
        ("client", "", "Order shown with what is set in it alone", "/schemas/Order", {", repr=False": ""}, "<function "),
        ("client", "", "an InvalidCredentials that names `user`", "/basic/x-credentials", {'"user", "word"': '"word", "user"'}, "InvalidCredentials: `word`"),
        ("client", "fonedynamics", "a MissingCredentials that names", "/security", {'_always_needs = "account_sid and': '_always_needs = "account and'}, "MissingCredentials"),
        ("client", "fonedynamics", "a request with the credentials in", "/basicAuth", {'_TOKEN"': '_TOCKEN"'}, "InvalidCredentials"),
        ("client", "", "names the distribution and the vendor", "/post", {'_user_agent = "': '_user_agent = "x y '}, "('user-agent', 'x y "),
        ("client", "voximplant", "a token of RS256 with", "/x-jwt/lifetime", {"lifetime=3600": "lifetime=77"}, "'exp': "),
        ("client", "voximplant", "a token of RS256 with", "/x-jwt/header", {'"kid": "{key_id}"': '"kid": "{account_id}"'}, "'kid': '17'"),
        ("client", "voximplant", "a token of RS256 with", "/x-jwt/claims", {'"iss": "{account_id}"': '"iss": "{key_id}"'}, "'iss': 'the-key_id'"),
        ("client", "voximplant", "a token of RS256 with", "/x-jwt/algorithm", {'"RS256"': '"RS512"'}, "'alg': 'RS512'"),
        ("client", "voximplant", "the extra voximplant", "/x-jwt/extra", {'extra="voximplant"': 'extra="other"'}, "[other]"),
        ("client", "voximplant", "another token, once, where 456", "/x-jwt/renewOn", {"renew_on=(455, 456)": "renew_on=(455,)"}, "Error(code=456)"),
        ("client", "voximplant", "of which one is to be given", "/x-jwt/argument", {"_security.check_one(token=token, credentials=credentials)": "pass"}, "Client("),
        ("client", "voximplant", "KeyError: 'key_id', at ", "/post", {'"key_id": "string", ': ""}, "country_code: "),
        ("requests", "fonedynamics", "NameError: name 'strr'", "/post", {"token: str |": "token: strr |"}, "token: 'strr | None' = None"),
        ("answers", "fonedynamics", "types for the answers", "/responses", {"responses={": 'responses={"299": {},'}, "'299': {}"),
        ("answers", "voximplant", "an APIError for status 200", "", {'"200": {"application/json": AttachPhoneNumberResult | Failure': '"200": {"application/json": AttachPhoneNumberResult'}, "result: missing (required)"),
        ("refusals", "fonedynamics", "sent without credentials: ('POST'", "/security", {'[["basicAuth"]]': "[]", '_always_needs = "account_sid and token"': '_always_needs = ""'}, "\n599 b''"),
        ("refusals", "", "the signature refuses: ", "", {'argument="x_trace"': 'argument="trace"'}, "TypeError: sync"),
        ("refusals", "", "sent with '000000000' at header parameter X-Trace: ('POST'", "/maxLength", {"max_length=8": "max_length=9"}, "'000000000'"),
        ("refusals", "fonedynamics", "it does not end with the page https://www.fonedynamics.com/docs/rest-api/purchase-number-block: Invalid", "", {"rest-api/purchase-number-block": "elsewhere"}, "docs/elsewhere"),
        ("requests", "", "the client has no query parameter sort", "/parameters/4", {}, "x_trace: 'str'"),
        ("requests", "", "TypeError(\"sync_detailed() got an unexpected", "/parameters/7", {'argument="x_trace"': 'argument="trace"'}, "TypeError: sync"),
        ("requests", "", "expected maxLength: 3, got 'S000'", "/parameters/0", {'"^S[0-9]{3}$"': '"^S[0-9]{3}$", max_length=3'}, "expected maxLength: 3"),
        ("requests", "", "X-Harness and the timeout", "/post", {"timeout=timeout, headers": "headers"}, "{'connect': "),
        ("requests", "", "in the call after one with its own", "/post", {"headers=headers": KEPT}, "('x-harness', '1')"),
        ("faults", "fonedynamics", "no secret in what the error says", "/post", {"MalformedResponse(Error, runtime.MalformedResponse):\n": f"MalformedResponse(Error, runtime.MalformedResponse):\n{TOLD}"}, "JSON b\"https://"),
        ("parity", "", "what sync does", "/post", {"call_async(OPERATION, shop": "call_async(OPERATION, shop[:2]"}, "path parameter shop: expected pattern"),
        ("parity", "", "from one of 8 threads", "/post", {"return client.send(OPERATION, shop": f"return client.send(OPERATION, {LATE}"}, "False ['POST'"),
        ("parity", "", "from one of 50 tasks", "/post", {"return await client.send_async(OPERATION, shop": f"return await client.send_async(OPERATION, {LATER}"}, "False ['POST'"),
    ],
)  # fmt: skip
def test_the_program_of_a_finding_runs_and_shows_it(
    package: Path, family: str, of: str, said: str, rule: str, python: dict[str, str], shown: str
) -> None:
    changes = {} if python else {f"{PARAMETERS}.4": GONE}
    checks = FAMILIES[family](rendered(package, changes, python, known(of)), CASES)
    finding = first(said, checks)
    assert finding.rule.endswith(rule)
    assert shown in run(package, finding), finding.program


@pytest.mark.parametrize(
    ("family", "said", "python"),
    [
        ("answers", "errors", {'"400": {"application/json": Failure}': '"400": {}'}),
        ("faults", "x-idempotent", {"is_idempotent=False": "is_idempotent=True"}),
        ("requests", "PropertySid", {'argument="property_sid"': 'argument="sid"'}),
    ],
)
def test_programs_have_about_ten_lines(package: Path, family: str, said: str, python: dict[str, str]) -> None:
    checks = FAMILIES[family](rendered(package, {}, python, known("fonedynamics")), CASES)
    found = [check.finding for check in checks if check.finding]
    assert min(len(each.program.splitlines()) for each in found if said in str(each)) <= 14


def test_an_argument_that_no_call_used_is_not_told_where_calls_were_wrong(package: Path) -> None:
    short = {'"^S[0-9]{3}$"': '"^S[0-9]{3}$", max_length=3'}
    checks = FAMILIES["requests"](rendered(package, {}, short), CASES)
    found = [str(check.finding) for check in checks if check.finding]
    assert found
    assert not any("for some valid call" in each or "beyond the contract" in each for each in found)


def test_calls_at_once_are_shown_with_others_that_are_unlike_in_all_arguments() -> None:
    own, same, one, other = {"a": 1, "b": 1}, {"a": 1, "b": 1}, {"a": 2, "b": 1}, {"a": 1, "b": 2}
    assert parity._unlike([same, one, one, other], own) == [one, other]
    assert parity._unlike([same], own) == []


def test_calls_at_once_are_shown_with_the_answer_that_was_mixed_up(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module, checks = (target := rendered(package, contract=known("fonedynamics"))).module, FAMILIES["parity"]
    right = module.sync_detailed

    def mixed(**given: Any) -> Any:
        answer = right(**given)
        is_alone = current_thread() is main_thread()
        return answer if is_alone or answer.status_code < 500 else evolve(answer, content=b"of another")

    monkeypatch.setattr(module, "sync_detailed", mixed)
    found = [check.finding.program for check in checks(target, CASES) if check.finding]
    crowds = [program for program in found if "ThreadPoolExecutor" in program]
    assert crowds
    assert all("    return httpx.Response(5" in program for program in crowds)


def test_long_texts_are_shown_from_where_they_part() -> None:
    assert parted("a" * 9, "b") == ("a" * 9, "b")
    one, other = parted("a" * 900 + "b" * 900, "a" * 900 + "c")
    assert one == f"…{'a' * 40}{'b' * 360}…"
    assert other == f"…{'a' * 40}c"


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
    out = "\n".join(ran(package, text))
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
    assert said in "\n".join(ran(package, text))
    assert len(text) < 3000


def test_a_program_says_why_a_call_was_refused(package: Path) -> None:
    target = rendered(package)
    case = cases(operation(), CASES)[0]
    given = {**target.arguments(case, Builder(is_loose=True)), "x_trace": "much too long"}
    _, error = ran(package, program(target, "sync", given))
    assert "InvalidRequest: x_trace (header parameter X-Trace)" in error


@pytest.mark.parametrize("function", ["sync", "asyncio_detailed", "method"])
def test_a_program_has_few_lines_however_much_is_given(function: str, package: Path) -> None:
    lines = program(rendered(package), function, {f"argument_{n}": n for n in range(30)}).splitlines()
    assert max(map(len, lines)) <= 120
    assert len([line for line in lines if line]) <= 18
