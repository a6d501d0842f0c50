"""The harness sees what is wrong on the wire."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from scripts.contract import Contract
from scripts.harness.arguments import Unfit, built
from scripts.harness.called import Called, Case, called
from scripts.harness.calls import SECRET
from scripts.harness.cases import answers, requests
from scripts.harness.checks import Difference, differences
from scripts.harness.wire import agrees, same
from scripts.vendors import ROOT

COLOR = {"type": "object", "properties": {"R": {"type": "integer"}, "G": {"type": "integer"}}}
STRINGS = {"type": "array", "items": {"type": "string"}}
PARAMETERS = [
    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}},
    {"name": "label", "in": "path", "required": True, "style": "label", "explode": True, "schema": STRINGS},
    {"name": "matrix", "in": "path", "required": True, "style": "matrix", "schema": COLOR},
    {"name": "q", "in": "query", "schema": {"type": "integer"}},
    {"name": "list", "in": "query", "schema": STRINGS},
    {"name": "flat", "in": "query", "explode": False, "schema": STRINGS},
    {"name": "pipe", "in": "query", "style": "pipeDelimited", "explode": False, "schema": STRINGS},
    {"name": "deep", "in": "query", "style": "deepObject", "explode": True, "schema": COLOR},
    {"name": "color", "in": "query", "schema": COLOR},
    {"name": "json", "in": "query", "content": {"application/json": {"schema": STRINGS}}},
    {"name": "limit", "in": "query", "schema": {"type": "integer", "default": 20}},
    {"name": "X-Head", "in": "header", "schema": STRINGS},
    {"name": "crumb", "in": "cookie", "schema": {"type": "string"}},
]
FORM = "application/x-www-form-urlencoded"
BODY = {"type": "object", "required": ["a"], "properties": {"a": {"type": "integer"}, "b": STRINGS}}


def document(**operation: Any) -> Any:
    node = {
        "parameters": PARAMETERS,
        "requestBody": {"content": {"application/json": {"schema": BODY}, FORM: {"schema": BODY}}},
        "responses": {"200": {"description": "OK", "content": {"application/json": {"schema": BODY}}}},
        "security": [{"basic": []}],
        **operation,
    }
    schemes = {
        "basic": {
            "type": "http",
            "scheme": "basic",
            "x-credentials": {"username": "user", "password": "word"},
        }
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.test/v1"}],
        "paths": {"/things/{id}/{label}/{matrix}": {"post": node}},
        "components": {"securitySchemes": schemes},
    }


def operation(**changes: Any) -> Called:
    return next(iter(called(Contract(document(**changes)))))


CASE = Case(
    "fuzzing",
    {
        ("path", "id"): "a/b",
        ("path", "label"): ["x", "y"],
        ("path", "matrix"): {"R": 1, "G": 2},
        ("query", "q"): 3,
        ("query", "list"): ["1", "2"],
        ("query", "flat"): ["a,b", "c"],
        ("query", "pipe"): ["a", "b"],
        ("query", "deep"): {"R": 1},
        ("query", "color"): {"G": 5},
        ("query", "json"): ["z"],
        ("header", "X-Head"): ["m", "n"],
        ("cookie", "crumb"): "c d",
    },
    "application/json",
    {"a": 1},
)
PATH = "https://api.test/v1/things/a%2Fb/.x.y/;matrix=R,1,G,2"
QUERY = "q=3&list=1&list=2&flat=a%2Cb,c&pipe=a%7Cb&deep%5BR%5D=1&G=5&json=%5B%22z%22%5D&limit=20"
USER = httpx.BasicAuth(f"user-{SECRET}", f"word-{SECRET}")


def right(case: Case = CASE, **changes: Any) -> list[str]:
    """What the harness says of a request, which is right but for `changes`."""
    headers = {
        "Accept": "application/json",
        "X-Head": "m,n",
        "Cookie": "crumb=c%20d",
        "Content-Type": "application/json",
        **changes.pop("headers", {}),
    }
    url = f"{changes.pop('path', PATH)}?{changes.pop('query', QUERY)}"
    content = changes.pop("content", json.dumps(case.body))
    request = httpx.Request(changes.pop("method", "POST"), url, headers=headers, content=content)
    if changes.pop("authorized", True):
        request = next(USER.auth_flow(request))
    target: Any = SimpleNamespace(operation=operation(**changes))
    return list(map(told, differences(target, case, request)))


def told(difference: Difference) -> str:
    return f"{difference.rule.rpartition('/')[2]}: wanted {difference.wanted}, found {difference.found}"


def test_it_has_nothing_to_say_of_a_right_request() -> None:
    assert right() == []


@pytest.mark.parametrize(
    ("said", "changes"),
    [
        ("found PUT", {"method": "PUT"}),
        ("a URL below https://api.test/v1", {"path": PATH.replace("api.test", "api.evil")}),
        ("path parameter id", {"path": PATH.replace("%2F", "/")}),
        ("path parameter label", {"path": PATH.replace(".x.y", ".x,y")}),
        ("path parameter matrix", {"path": PATH.replace("R,1,G,2", "R,1,G,3")}),
        ("query parameter q", {"query": QUERY.replace("q=3", "q=4")}),
        ("query parameter q: 3, found absent", {"query": QUERY.replace("q=3&", "")}),
        ("query parameter list", {"query": QUERY.replace("list=1&list=2", "list=1,2")}),
        ("query parameter flat", {"query": QUERY.replace("a%2Cb,c", "a%2Cb%2Cc")}),
        ("query parameter pipe", {"query": QUERY.replace("a%7Cb", "a,b")}),
        ("query parameter deep", {"query": QUERY.replace("deep%5BR%5D", "deep%5BX%5D")}),
        ("query parameter color", {"query": QUERY.replace("G=5", "G=6")}),
        ("query parameter json", {"query": QUERY.replace("%5B%22z%22%5D", "%5B%5D")}),
        ("query parameter limit by its default: 20, found absent", {"query": QUERY.replace("&limit=20", "")}),
        ("query parameter limit: 20, found '21'", {"query": QUERY.replace("limit=20", "limit=21")}),
        ("header parameter X-Head", {"headers": {"X-Head": "m;n"}}),
        ("cookie parameter crumb", {"headers": {"Cookie": "crumb=c"}}),
        ("Accept: application/json", {"headers": {"Accept": "text/html"}}),
        ("percent-encoded text for list", {"query": QUERY.replace("list=1", "list=+1")}),
        ("in the query that the contract does not know, found `extra`", {"query": QUERY + "&extra=1"}),
        ("no header that the contract does not know, found `x-extra`", {"headers": {"X-Extra": "1"}}),
        (
            "no cookie that the contract does not know, found `extra`",
            {"headers": {"Cookie": "crumb=c%20d; extra=1"}},
        ),
        ("a body of application/json, found text/plain", {"headers": {"Content-Type": "text/plain"}}),
        ("the body {'a': 1}, found {'a': '1'}", {"content": '{"a": "1"}'}),
        ("a body by its schema", {"content": '{"b": []}'}),
        ("the credential of basic", {"authorized": False}),
        (
            "the credential of basic: ['user-harness-secret~?>/+&=%41', 'word-harness-secret~?>/+&=%41'], found Authorization: basic x",
            {"authorized": False, "headers": {"Authorization": "basic x"}},
        ),
        ("no credential of basic", {"security": []}),
    ],
)
def test_it_says_what_is_wrong(said: str, changes: dict[str, Any]) -> None:
    assert any(said in line for line in right(**changes)), right(**changes)


def test_it_reads_forms() -> None:
    case = Case("fuzzing", CASE.parameters, FORM, {"a": 1, "b": ["x y", "z"]})
    headers = {"Content-Type": FORM}
    assert right(case, headers=headers, content="a=1&b=x+y&b=z") == []
    assert (
        f"{FORM.replace('/', '~1')}: wanted the fields {{'b': ['x y', 'z']}}, found {{'b': ['x y']}}"
        in right(case, headers=headers, content="a=1&b=x+y")
    )


def parameter(schema: Any, place: str = "query", name: str = "n", **how: Any) -> Any:
    return {"name": name, "in": place, "required": True, "schema": schema, **how}


def sent(*parameters: Any, url: str = "https://api.test/v1/x", **changes: Any) -> list[str]:
    """What the harness says of a GET with these parameters, whose values are by name."""
    called = operation(parameters=list(parameters), requestBody={}, security=[])
    node = {(p["in"], p["name"]): changes.pop(p["name"]) for p in parameters if p["name"] in changes}
    headers = {"Accept": "application/json", **changes.pop("headers", {})}
    request = httpx.Request("POST", url, headers=headers, **changes)
    target: Any = SimpleNamespace(operation=called)
    return [
        told(each)
        for each in differences(target, Case("fuzzing", node), request)
        if "the path" not in each.wanted
    ]


def made(*parameters: Any, name: str = "n") -> list[Any]:
    """The values that cases have for a parameter."""
    cases = requests(operation(parameters=list(parameters), requestBody={}), 30)
    return [value for case in cases for (_, known), value in case.parameters.items() if known == name]


def test_present_and_empty_is_an_array_of_one_empty_text() -> None:
    flat = parameter(STRINGS, explode=False)
    assert sent(flat, url="https://api.test/v1/x?n=", n=[""]) == []
    assert any("query parameter n: []" in line for line in sent(flat, url="https://api.test/v1/x?n=", n=[]))


def test_the_properties_of_an_object_that_is_spread_over_cookies_are_known() -> None:
    bag = parameter({"type": "object", "additionalProperties": {"type": "string"}}, "cookie")
    assert sent(bag, headers={"Cookie": "a=1"}, n={"a": "1"}) == []
    assert sent(bag, headers={"Cookie": "a=1; b=2"}, n={"a": "1"}) == [
        "post: wanted no cookie that the contract does not know, found `b`"
    ]


def test_a_property_that_stands_twice_is_told() -> None:
    said = sent(parameter(COLOR), url="https://api.test/v1/x?R=1&R=1", n={"R": 1})
    assert any("stands twice" in line for line in said)


def test_headers_override_one_another_whatever_their_case() -> None:
    called = operation(parameters=[parameter({}, "header", "X-Trace"), parameter({}, "header", "x-trace")])
    assert [node["name"] for node in called.parameters] == ["x-trace"]


def test_optional_security_still_takes_the_credentials() -> None:
    assert right(security=[{}, {"basic": []}]) == []


@pytest.mark.parametrize(
    ("place", "how"),
    [
        ("path", {}),
        ("path", {"style": "label", "explode": True}),
        ("path", {"style": "matrix"}),
        ("header", {}),
        ("query", {}),
    ],
)
@pytest.mark.parametrize(
    "schema", [{}, {"oneOf": [{"type": "number"}, {"type": "array"}, {"type": "object"}]}]
)
def test_a_loose_schema_is_cut_down_to_what_a_place_can_carry(schema: Any, place: str, how: Any) -> None:
    values = made(parameter(schema, place, **how))
    assert any(isinstance(value, list) for value in values)
    for value in values:
        items = (
            value if isinstance(value, list) else [*value.values()] if isinstance(value, dict) else [value]
        )
        assert not any(isinstance(item, list | dict) for item in items), value
        assert items or place != "path", value


def test_items_of_a_label_have_no_dot() -> None:
    values = made(
        parameter(
            {"type": "array", "items": {"type": ["string", "number"]}}, "path", style="label", explode=True
        )
    )
    assert values
    assert not any("." in str(item) for value in values for item in value)


@pytest.mark.parametrize(("style", "mark"), [("spaceDelimited", " "), ("pipeDelimited", "|")])
def test_what_is_delimited_does_not_hold_the_delimiter(style: str, mark: str) -> None:
    fields = {"type": "object", "properties": {f"g{mark}b": {"type": "string"}, "g": {"type": "string"}}}
    for schema in (STRINGS, fields):
        values = made(parameter(schema, style=style, explode=False))
        assert any(values)
        assert not any(
            mark in text
            for value in values
            for item in value
            for text in (item, value[item] if isinstance(value, dict) else "")
            if isinstance(text, str)
        )


def test_an_object_that_is_spread_takes_no_name_of_another_parameter() -> None:
    bag = parameter({"type": "object", "propertyNames": {"enum": ["a", "b"]}})
    values = made(bag, parameter({"type": "string"}, name="a"))
    assert {key for value in values for key in value} == {"b"}


def test_a_styled_object_of_a_form_is_cut_down_too() -> None:
    schema = {"type": "object", "required": ["o"], "properties": {"o": {"type": "object"}}}
    media = {"schema": schema, "encoding": {"o": {"style": "form", "explode": False}}}
    node = operation(parameters=[], requestBody={"required": True, "content": {FORM: media}})
    values = [case.body["o"] for case in requests(node, 30)]
    assert any(values)
    assert not any(isinstance(item, list | dict) for value in values for item in value.values())


def test_small_requests_have_the_cases_there_are() -> None:
    assert {True, False} == set(made(parameter({"type": "boolean"})))


@pytest.mark.parametrize("media_type", ["application/pdf", "image/*"])
def test_an_answer_without_a_schema_is_text_where_it_is_no_json(media_type: str) -> None:
    node = operation(responses={"200": {"description": "OK", "content": {media_type: {}}}})
    assert all(isinstance(value, str) for value in answers(node, "200", media_type, 10))


CASES_APART = """
import sys, json
if len(sys.argv) > 1: import scripts.lint, scripts.generate, hypothesis; hypothesis.settings.load_profile(sys.argv[1])
from tests.test_harness import operation, requests
print(json.dumps([repr(case) for case in requests(operation(), 20)]))
"""


def test_cases_are_the_same_in_every_process_and_vary_with_the_seed() -> None:
    def run(*arguments: str, **environment: str) -> str:
        command = [sys.executable, "-c", CASES_APART, *arguments]
        return subprocess.run(
            command, env={**os.environ, **environment}, cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout

    assert run() == run("ci", CI="true", PYTHONHASHSEED="7") != run(HARNESS_SEED="1")


def test_a_body_that_was_not_given_is_a_difference() -> None:
    case = Case("fuzzing", CASE.parameters)
    assert any("no body, for none was given" in line for line in right(case, content="{}"))


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(1, 1.0, True), (1, True, False), ([0], [False], False), ({"a": 1}, {"a": 1.0}, True)],
)
def test_json_values_are_compared_as_json_has_it(one: Any, other: Any, equal: bool) -> None:
    assert same(one, other) is equal


@pytest.mark.parametrize(
    ("found", "value", "equal"),
    [
        ("1", 1, True),
        ("1.0", 1, True),
        ("true", True, True),
        ("1", "1", True),
        ("x", 1, False),
        ("1", True, False),
    ],
)
def test_text_is_compared_by_the_type_of_the_value(found: str, value: Any, equal: bool) -> None:
    assert agrees(found, value) is equal


def test_cases_keep_the_dependencies_and_reach_all_their_ways() -> None:
    parameters = [{"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("a", "b", "c")]
    node = operation(
        parameters=parameters, requestBody={}, **{"x-dependencies": ["OnlyOne(a, b)", "IF c THEN a"]}
    )
    given = {frozenset(name for _, name in case.parameters) for case in requests(node, 20)}
    assert given == {frozenset("a"), frozenset("b"), frozenset("ac")}


def test_cases_hold_the_examples_and_the_boundaries() -> None:
    schema = {"type": "integer", "minimum": 3, "maximum": 9}
    parameters = [{"name": "n", "in": "query", "required": True, "schema": schema, "example": 7}]
    node = operation(parameters=parameters, requestBody={})
    values = {case.phase: set[int]() for case in requests(node, 5)}
    for case in requests(node, 5):
        values[case.phase].add(case.parameters["query", "n"])
    assert values["examples"] == {7}
    assert {3, 4, 8, 9} <= values["coverage"]
    assert len(values["fuzzing"]) > 1


def test_answers_are_valid_and_vary() -> None:
    found = answers(operation(), "200", "application/json", 10)
    assert all("a" in value for value in found)
    assert len({json.dumps(value, sort_keys=True) for value in found}) > 5


def test_a_value_that_no_argument_can_express_is_told() -> None:
    with pytest.raises(Unfit, match="fits none"):
        built({"a": 1}, str | int)
    with pytest.raises(Unfit, match="is no"):
        built("x", int)
