"""The harness sees what is wrong with what a client makes of an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any, Literal

import httpx
import pytest
from attrs import define, field

from scripts.contract import Contract
from scripts.harness.called import Called, called
from scripts.harness.calls import Outcome
from scripts.harness.outcomes import differences
from scripts.harness.reader import unlike
from scripts.harness.replies import Reply, replies
from scripts.harness.samples import ANSWERS
from scripts.harness.shapes import shape
from scripts.harness.times import moment
from scripts.runtime import errors
from scripts.runtime.types import Response
from scripts.runtime.unset import UNSET

JSON = "application/json"
THING = {
    "type": "object",
    "required": ["id"],
    "properties": {
        "id": {"type": "integer"},
        "fullName": {"type": ["string", "null"]},
        "at": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "kind": {"type": "string", "enum": ["a", "b"]},
        "inner": {"$ref": "#/components/schemas/Inner"},
        "all": {"type": "array", "items": {"$ref": "#/components/schemas/Inner"}},
        "odd": {"type": "string", "x-python-name": "quaint"},
        "+1": {"type": "integer"},
    },
}
SCHEMAS = {
    "Thing": THING,
    "Inner": {"type": "object", "properties": {"x": {"type": "integer"}}, "x-python-name": "Within"},
    "Cat": {
        "type": "object",
        "required": ["is"],
        "properties": {"is": {"type": "string"}, "n": {"type": "integer"}},
    },
    "Dog": {
        "type": "object",
        "required": ["is"],
        "properties": {"is": {"type": "string"}, "n": {"type": "integer"}},
    },
    "Pet": {
        "anyOf": [{"$ref": "#/components/schemas/Cat"}, {"$ref": "#/components/schemas/Dog"}],
        "discriminator": {"propertyName": "is", "mapping": {"c": "Cat", "d": "#/components/schemas/Dog"}},
    },
    "Failure": {
        "type": "object",
        "required": ["error"],
        "x-failure": True,
        "x-error": {"code": "/error/code", "message": "/error/text", "authentication": [7]},
        "properties": {"error": {"type": "object"}},
    },
}


KINDS = {
    "Vehicle": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"car": "#/components/schemas/Car"}},
    },
    "Car": {
        "allOf": [{"$ref": "#/components/schemas/Vehicle"}, {"properties": {"doors": {"type": "integer"}}}]
    },
}


@define(kw_only=True)
class Within:
    x: Any = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Thing:
    id: Any
    full_name: Any = UNSET
    at: Any = UNSET
    day: Any = UNSET
    kind: Literal["a", "b"] | Any = UNSET
    inner: Any = UNSET
    all: Any = UNSET
    quaint: Any = UNSET
    plus_1: Any = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Cat:
    is_: Any
    n: Any = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


class Dog(Cat):
    pass


@define(kw_only=True)
class Failure:
    error: Any
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    def to_dict(self) -> Any:
        return {"error": self.error, **self.additional_properties}

    @classmethod
    def from_dict(cls, data: Any) -> Any:
        return cls(**data)


class Forgetful(Failure):
    @classmethod
    def from_dict(cls, data: Any) -> Any:
        return cls(error=data["error"], additional_properties={"forgotten": 1})


def operation(responses: Any, **more: Any) -> Called:
    node = {"operationId": "x", "responses": responses, **more}
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/x": {"post": node}},
                "components": {"schemas": SCHEMAS}}  # fmt: skip
    return next(iter(called(Contract(document))))


def documented(schema: Any, **more: Any) -> Any:
    return {"description": "Said.", "content": {JSON: {"schema": schema}}, **more}


def read(name: str, value: Any, parsed: Any) -> list[str]:
    contract = operation({}).contract
    found = unlike(shape(contract, {"$ref": f"#/components/schemas/{name}"}), value, parsed)
    return [f"{each.rule}: {each.wanted}; {each.found}" for each in found]


NOON = datetime(2024, 1, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "value", "parsed"),
    [
        ("Thing", {"id": 1}, Thing(id=1)),
        (
            "Thing",
            {"id": 1, "fullName": None, "odd": "o", "+1": 5},
            Thing(id=1, full_name=None, quaint="o", plus_1=5),
        ),
        ("Thing", {"id": 1, "at": "2024-01-01T13:00:00+01:00"}, Thing(id=1, at=NOON)),
        (
            "Thing",
            {"id": 1, "day": "2024-01-01", "kind": "new"},
            Thing(id=1, day=date(2024, 1, 1), kind="new"),
        ),
        (
            "Thing",
            {"id": 1, "inner": {"x": 2, "y": 3}},
            Thing(id=1, inner=Within(x=2, additional_properties={"y": 3})),
        ),
        ("Thing", {"id": 1, "all": [{"x": 2}, {}]}, Thing(id=1, all=[Within(x=2), Within()])),
        ("Pet", {"is": "d", "n": 1}, Dog(is_="d", n=1)),
        ("Pet", {"is": "?", "n": 1}, Cat(is_="?", n=1)),
    ],
)
def test_it_has_nothing_to_say_of_what_was_read_right(name: str, value: Any, parsed: Any) -> None:
    assert read(name, value, parsed) == []


@pytest.mark.parametrize(
    ("name", "value", "parsed", "said"),
    [
        ("Thing", {"id": 1}, {"id": 1}, "#/components/schemas/Thing: the answer as an object of a class"),
        ("Thing", {"id": 1}, Within(), "#/components/schemas/Thing: the answer as a Thing; Within"),
        ("Thing", {"id": 1}, Thing(id=2), "#/components/schemas/Thing/properties/id: the answer.id as it came: 1; 2"),
        ("Thing", {"id": 1}, Thing(id="1"), "the answer.id as it came: 1; '1'"),
        ("Thing", {"id": 1}, Thing(id=True), "the answer.id as it came: 1; True"),
        ("Thing", {"id": 1}, Thing(id=1, full_name=None), "UNSET as the answer.full_name; None"),
        ("Thing", {"id": 1, "fullName": "x"}, Thing(id=1, additional_properties={"fullName": "x"}), "answer.full_name as it came"),
        ("Thing", {"id": 1, "fullName": "x"}, Thing(id=1, full_name="x", additional_properties={"fullName": "x"}), "not documented: []"),
        ("Thing", {"id": 1, "new": "x"}, Thing(id=1), "not documented: ['new']; []"),
        ("Thing", {"id": 1, "new": "x"}, Thing(id=1, additional_properties={"new": "y"}), "the answer['new'] as it came: 'x'; 'y'"),
        ("Thing", {"id": 1, "odd": "x"}, Thing(id=1, plus_1="x"), "the answer.quaint as it came: 'x'"),
        ("Thing", {"id": 1, "at": "2024-01-01T12:00:00Z"}, Thing(id=1, at="2024-01-01T12:00:00Z"), "an aware datetime of"),
        ("Thing", {"id": 1, "at": "2024-01-01T12:00:00Z"}, Thing(id=1, at=NOON.replace(tzinfo=None)), "an aware datetime of"),
        ("Thing", {"id": 1, "at": "2024-01-01T12:00:00Z"}, Thing(id=1, at=NOON.replace(hour=13)), "an aware datetime of"),
        ("Thing", {"id": 1, "day": "2024-01-01"}, Thing(id=1, day=NOON), "as the date '2024-01-01'"),
        ("Thing", {"id": 1, "kind": "new"}, Thing(id=1, kind=None), "as it came: 'new'"),
        ("Thing", {"id": 1, "inner": {"x": 2}}, Thing(id=1, inner={"x": 2}), "#/components/schemas/Inner: the answer.inner as an object of a class"),
        ("Thing", {"id": 1, "all": [{"x": 2}]}, Thing(id=1, all=[Within(x=3)]), "the answer.all[0].x as it came: 2; 3"),
        ("Thing", {"id": 1, "all": [{"x": 2}]}, Thing(id=1, all=[]), "a list of 1; []"),
        ("Pet", {"is": "d", "n": 1}, Cat(is_="d", n=1), "the answer as a Dog; Cat"),
    ],
)  # fmt: skip
def test_it_says_what_was_read_wrong(name: str, value: Any, parsed: Any, said: str) -> None:
    assert any(said in line for line in read(name, value, parsed)), read(name, value, parsed)


def test_a_class_is_what_its_object_is() -> None:
    @define(kw_only=True)
    class Inner:
        x: Any = 5
        y: Any = UNSET
        additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    contract = operation({}).contract
    thing = {"type": "object", "properties": {"x": {"type": "string", "enum": ["a"]}}}
    found = [each.wanted for each in unlike(shape(contract, thing), {"x": "a"}, Inner(x="a"))]
    assert found == [
        "an attribute of Inner for each of x, and no other",
        "no default for Inner.x",
        "the values ['a'] in the type of Inner.x",
    ]


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("2024-01-01T13:00:00+01:00", 12),
        ("2024-01-01t12:00:00z", 12),
        ("Mon, 01 Jan 2024 04:00:00 -0800", 12),
        ("x", None),
    ],
)
def test_moments_are_read_without_the_client(text: str, hour: int | None) -> None:
    found = moment(text)
    assert (found and found.astimezone(UTC).hour) == hour


# What an answer must come to

REFUSED = {"error": {"code": 5, "text": "no"}}
RESPONSES = {
    "200": documented(
        {"anyOf": [{"$ref": "#/components/schemas/Thing"}, {"$ref": "#/components/schemas/Failure"}]}
    ),
    "204": {"description": "Nothing."},
    "409": documented({"$ref": "#/components/schemas/Failure"}),
    "500": documented({"$ref": "#/components/schemas/Failure"}),
    "503": {"description": "Later.", "x-not-processed": True},
}
TREE = SimpleNamespace(**vars(errors))
TREE.Conflict = type("Conflict", (errors.APIError,), {})
TREE.InternalServerError = type("InternalServerError", (errors.UncertainServerError,), {})
TREE.ServiceUnavailable = type("ServiceUnavailable", (errors.ServerError,), {})


def judged(
    code: int,
    value: Any,
    done: Outcome,
    *,
    fits: bool = True,
    whole: bool = False,
    asked: str | None = None,
    **more: Any,
) -> list[str]:
    content = b"" if value is None else str(value).replace("'", '"').encode()
    reply = Reply(
        str(code),
        code,
        JSON if value is not None else "",
        value,
        "#/rule",
        fits,
        content=content,
        content_type=JSON,
    )
    target: Any = SimpleNamespace(
        operation=operation(RESPONSES, **more), errors=TREE, at="#/post", asked=asked
    )
    found = differences(target, reply, done, whole=whole)
    return [f"{each.rule}: {each.wanted}; {each.found}" for each in found]


def gave(value: Any) -> Outcome:
    return Outcome([httpx.Request("POST", "https://a.test")], value, None)


def raised(
    kind: Any,
    code: int,
    content: Any = REFUSED,
    *,
    said: Any = (5, "no", None),
    parsed: Any = "as it came",
    ask: str | None = None,
) -> Outcome:
    text = b"" if content is None else str(content).replace("'", '"').encode()
    if parsed == "as it came":
        parsed = Failure(**content) if content and "error" in content else None
    error: Any = (
        kind(f"told; {ask}", code, httpx.Headers(), text, parsed)
        if issubclass(kind, errors.APIError)
        else kind("told", code, {}, text)
    )
    if issubclass(kind, errors.APIError):
        error.code, error.message, error.details = said
        error.ask = ask
    return Outcome([httpx.Request("POST", "https://a.test")], None, error)


AUTH = {"error": {"code": 7, "text": "no"}}


@pytest.mark.parametrize(
    ("code", "value", "done", "more"),
    [
        (204, None, gave(None), {}),
        (200, REFUSED, raised(errors.APIError, 200), {}),
        (409, REFUSED, raised(TREE.Conflict, 409), {}),
        (409, AUTH, raised(errors.AuthenticationError, 409, AUTH, said=(7, "no", None)), {}),
        (500, REFUSED, raised(TREE.InternalServerError, 500), {}),
        (500, REFUSED, raised(TREE.InternalServerError, 500, ask="c.d.e"), {"asked": "c.d.e"}),
        (503, None, raised(TREE.ServiceUnavailable, 503, None, said=(None, None, None)), {}),
    ],
)
def test_it_has_nothing_to_say_of_what_came_out_right(
    code: int, value: Any, done: Outcome, more: Any
) -> None:
    assert judged(code, value, done, **more) == []


@pytest.mark.parametrize(
    ("code", "value", "done", "said", "more"),
    [
        (204, None, gave({}), "None for an answer without documented content; {}", {}),
        (204, None, Outcome([], None, None), "one request; 0 requests", {}),
        (204, None, raised(errors.UnexpectedStatus, 204, None), "as a value; UnexpectedStatus('told; None')", {}),
        (200, REFUSED, gave(Failure(error=5)), "an APIError for status 200", {}),
        (409, REFUSED, gave(Failure(error=5)), "an APIError for status 409", {}),
        (409, REFUSED, raised(errors.APIError, 409), "Conflict for status 409", {}),
        (409, REFUSED, raised(TREE.Conflict, 409, said=(6, "no", None)), "code, message and details (5, 'no', None); (6, 'no', None)", {}),
        (409, REFUSED, raised(TREE.Conflict, 409, said=(5, None, None)), "code, message and details", {}),
        (409, REFUSED, raised(TREE.Conflict, 409, said=(5, "no", {})), "code, message and details", {}),
        (409, REFUSED, raised(TREE.Conflict, 409, parsed=None), "the answer as an object; None", {}),
        (409, REFUSED, raised(TREE.Conflict, 400), "status 400", {}),
        (409, REFUSED, raised(TREE.Conflict, 409, parsed=Forgetful(**REFUSED)), "the same model from from_dict()", {}),
        (409, AUTH, raised(TREE.Conflict, 409, AUTH, said=(7, "no", None)), "AuthenticationError for status 409", {}),
        (500, REFUSED, raised(errors.ServerError, 500), "an OutcomeUnknown for status 500", {}),
        (500, REFUSED, raised(errors.UncertainServerError, 500), "/x-idempotent: no OutcomeUnknown for status 500", {"x-idempotent": True}),
        (503, None, raised(errors.UncertainServerError, 503, None, said=(None, None, None)), "no OutcomeUnknown for status 503", {}),
        (500, REFUSED, raised(errors.UncertainServerError, 500), "InternalServerError for status 500", {}),
        (503, None, raised(errors.ServerError, 503, None, said=(None, None, None)), "ServiceUnavailable for status 503", {}),
        (500, REFUSED, raised(TREE.InternalServerError, 500), "c.d.e as the call that can tell", {"asked": "c.d.e"}),
        (500, REFUSED, raised(TREE.InternalServerError, 500, ask="c.d"), "c.d.e as the call", {"asked": "c.d.e"}),
        (500, REFUSED, raised(TREE.InternalServerError, 500, ask="c.d.e"), "None as the call that can tell", {}),
    ],
)  # fmt: skip
def test_it_says_what_came_out_wrong(code: int, value: Any, done: Outcome, said: str, more: Any) -> None:
    assert any(said in line for line in judged(code, value, done, **more)), judged(code, value, done, **more)


@pytest.mark.parametrize(
    ("done", "said"),
    [
        (gave(Thing(id="x")), "MalformedResponse for status 200"),
        (raised(errors.MalformedResponse, 200, {"id": "y"}), "with its status and bytes"),
        (raised(errors.APIError, 200, {"id": "x"}, parsed=None), "MalformedResponse for status 200"),
    ],
)
def test_an_answer_that_is_not_documented_must_be_malformed(done: Outcome, said: str) -> None:
    assert judged(200, {"id": "x"}, raised(errors.MalformedResponse, 200, {"id": "x"}), fits=False) == []
    assert any(said in line for line in judged(200, {"id": "x"}, done, fits=False))


def test_the_whole_answer_is_wanted_whatever_the_status() -> None:
    right = Response(
        409,
        b'{"error": {"code": 5, "text": "no"}}',
        httpx.Headers({"content-type": JSON}),
        Failure(**REFUSED),
    )
    assert judged(409, REFUSED, gave(right), whole=True) == []
    for change, said in (
        ({"status_code": 400}, "status 409"),
        ({"content": b""}, "status 409"),
        ({"headers": httpx.Headers()}, "content-type"),
        ({"parsed": None}, "the answer as an object"),
    ):
        wrong = Response(
            **{
                "status_code": 409,
                "content": right.content,
                "headers": right.headers,
                "parsed": right.parsed,
                **change,
            }
        )
        assert any(said in line for line in judged(409, REFUSED, gave(wrong), whole=True)), change
    assert judged(409, REFUSED, raised(TREE.Conflict, 409), whole=True)


# What is put to a client


def made(responses: Any) -> tuple[Reply, ...]:
    return replies(operation(responses), 5)


def test_answers_are_full_and_least_at_first_and_break_every_rule_once() -> None:
    found = made({"200": documented({"$ref": "#/components/schemas/Thing"})})
    assert found[0].value.keys() == THING["properties"].keys()
    assert found[1].value.keys() == {"id"}
    right, wrong = ([each.value for each in found if each.fits is fits] for fits in (True, False))
    assert any(value.get("fullName", 1) is None for value in right)
    assert {"a", "b", "a value of tomorrow"} <= {value["kind"] for value in right if "kind" in value}
    assert any("of-tomorrow" in value for value in right)
    assert {"x": 1} in [value["all"][0] for value in right if value.get("all")]
    assert not any(
        "id" in value
        for value in wrong
        if isinstance(value, dict) and value.keys() == {*THING["properties"]} - {"id"}
    )
    for name, kinds in (
        ("id", {str, bool, float, list, dict, type(None)}),
        ("at", {str, int, bool, float, list, dict, type(None)}),
    ):
        assert kinds <= {type(value[name]) for value in wrong if isinstance(value, dict) and name in value}, (
            name
        )


def test_every_branch_and_every_code_that_means_the_credentials_is_answered() -> None:
    found = [each.value for each in made(RESPONSES) if each.status == "200" and isinstance(each.value, dict)]
    assert any("id" in value for value in found)
    assert 7 in [value["error"].get("code") for value in found if isinstance(value.get("error"), dict)]


def test_a_closed_object_is_answered_with_more_than_it_has_too() -> None:
    closed = {"type": "object", "properties": {"x": {"type": "integer"}}, "additionalProperties": False}
    found = [each.value for each in made({"200": documented(closed)}) if each.fits]
    assert any("of-tomorrow" in value for value in found)


def test_the_base_of_what_extends_it_is_answered_by_its_name_too() -> None:
    contract = Contract({"openapi": "3.1.0", "paths": {}, "components": {"schemas": KINDS}})
    base = shape(contract, {"$ref": "#/components/schemas/Vehicle"})
    found = [value for _, value, right in ANSWERS.varied(base, ANSWERS.full(base)) if right]
    assert {"kind": "Vehicle"} in found
    assert any(value["kind"] == "car" and "doors" in value for value in found)


def test_a_range_is_answered_by_statuses_that_have_no_entry_of_their_own() -> None:
    found = made({"400": {"description": "x"}, "4XX": {"description": "y"}, "default": {"description": "z"}})
    assert {each.code for each in found if each.status == "4XX"} == {402, 499}


def test_values_are_valid() -> None:
    contract = operation({}).contract
    for name in SCHEMAS:
        whole = shape(contract, {"$ref": f"#/components/schemas/{name}"})
        assert whole.allows(ANSWERS.full(whole)), name
        assert whole.allows(ANSWERS.least(whole)), name
