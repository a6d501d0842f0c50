"""What one parameter or field writes cannot pass for what another does."""

from __future__ import annotations

from typing import Any

import pytest
from attrs import define, field

from scripts.runtime.draft import Draft
from scripts.runtime.errors import InvalidRequest
from scripts.runtime.media import FORM, MULTIPART, Encoding
from scripts.runtime.model import Model
from scripts.runtime.operation import Body, Operation, Parameter
from scripts.runtime.security import api_key
from scripts.runtime.unset import UNSET, Unset


def draft(*parameters: Parameter, values: list[Any], body: Body | None = None, **more: Any) -> Draft:
    operation = Operation[Any, Any]("POST", "/x", parameters=parameters, body=body, responses={})
    return operation.draft(values, more.get("sent", UNSET), more.get("content_type"))


def spread(name: str, location: Any = "query") -> Parameter:
    return Parameter(name, location, dict[str, int])


DEEP = Parameter("f", "query", dict[str, int], style="deepObject")


@pytest.mark.parametrize("location", ["query", "cookie"])
@pytest.mark.parametrize(("value", "harmless"), [({"a": 1}, {"b": 1}), ({"q": 1}, {"p": 1})])
def test_two_exploded_objects_cannot_have_a_name_in_common(location: Any, value: Any, harmless: Any) -> None:
    both = spread("p", location), spread("q", location)
    assert draft(*both, values=[{"a": 1, "p": 2}, {"b": 1, "q": 2}])
    assert draft(*both, values=[harmless, UNSET])
    with pytest.raises(
        InvalidRequest,
        match=f"{location} parameter [pq]: expected no property with the name of another parameter, got",
    ):
        draft(*both, values=[value, {"a": 2}])


def test_the_names_of_a_deep_object_are_its_own() -> None:
    beside = Parameter("f[a]", "query", int)
    assert draft(DEEP, beside, values=[{"b": 1}, 2]).target == "/x?f%5Bb%5D=1&f%5Ba%5D=2"
    for values in ([{"a": 1}, 2], [{"a": 1}, UNSET]):
        with pytest.raises(InvalidRequest, match=r"query parameter f: expected .* got \['f\[a\]'\]"):
            draft(DEEP, beside, values=values)
    with pytest.raises(InvalidRequest, match=r"query parameter o: expected .* got \['f\[a\]'\]"):
        draft(DEEP, spread("o"), values=[{"a": 1}, {"f[a]": 2}])


def test_the_same_name_may_stand_in_the_query_and_in_a_cookie() -> None:
    made = draft(spread("p"), spread("q", "cookie"), values=[{"a": 1}, {"a": 2}])
    assert (made.target, made.cookies) == ("/x?a=1", ["a=2"])


def test_a_call_takes_no_names_from_the_next() -> None:
    operation = Operation[Any, Any]("GET", "/x", parameters=[spread("p"), spread("q")], responses={})
    assert operation.draft([{"a": 1}, UNSET], UNSET, None).target == "/x?a=1"
    assert operation.draft([UNSET, {"a": 1}], UNSET, None).target == "/x?a=1"


@pytest.mark.parametrize("checks", [True, False])
def test_a_body_whose_fields_overlap_is_an_invalid_request(checks: bool) -> None:
    body = Body({FORM: dict[str, Any]}, encodings={FORM: {"o": Encoding(style="form")}})
    operation = Operation[Any, Any]("POST", "/x", body=body, responses={})
    with pytest.raises(InvalidRequest, match="no property with the name of another field"):
        operation.draft([], {"b": 1, "o": {"b": 2}}, None, checks=checks)


@define(kw_only=True)
class Declared(Model):
    o: Any
    k: str | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@pytest.mark.parametrize("kind", [FORM, MULTIPART])
def test_a_property_cannot_pass_for_a_documented_field_that_is_not_given(kind: str) -> None:
    body = Body({kind: Declared}, encodings={kind: {"o": Encoding(style="form")}})
    assert draft(values=[], body=body, sent=Declared(o={"free": "x"})).content
    with pytest.raises(InvalidRequest, match=r"no property with the name of another field, got \['k'\]"):
        draft(values=[], body=body, sent=Declared(o={"k": "x"}))


@pytest.mark.parametrize("location", ["query", "cookie"])
def test_a_property_cannot_pass_for_a_documented_one_of_another_parameter(location: Any) -> None:
    model, free = Parameter("m", location, Declared), spread("free", location)
    assert draft(model, free, values=[Declared(o=1), {"a": 1}])
    for sent in (UNSET, Declared(o=1)):
        with pytest.raises(
            InvalidRequest, match=r"parameter free: expected .* another parameter, got \['k'\]"
        ):
            draft(model, free, values=[sent, {"k": 1}])
    assert draft(model, Parameter("n", location, Declared), values=[UNSET, Declared(o=1, k="x")])


def test_each_media_type_is_encoded_in_its_own_way() -> None:
    encodings = {FORM: {"a": Encoding(style="form", explode=False)}}
    body = Body({FORM: dict[str, list[str]], MULTIPART: dict[str, list[str]]}, encodings=encodings)
    form, multipart = (
        draft(values=[], body=body, sent={"a": ["1", "2"]}, content_type=kind) for kind in body.types
    )
    assert form.content == b"a=1,2"
    assert multipart.content is not None
    assert multipart.content.count(b'name="a"') == 2


@pytest.mark.parametrize("location", ["query", "cookie"])
def test_an_exploded_object_cannot_have_the_name_of_a_credential(location: Any) -> None:
    key = api_key("ke y", location, "SECRET", "key")
    assert key is not None
    texts = Parameter("o", location, dict[str, str])
    assert draft(texts, values=[{"key": "b"}]).authorized([key.apply()])
    with pytest.raises(
        InvalidRequest,
        match=f"{location} parameter o: expected no property with the name of a credential, got",
    ):
        draft(texts, values=[{"ke y": "b"}]).authorized([key.apply()])
