"""An operation writes its request and reads its answers as the contract says."""

from __future__ import annotations

import json
from collections.abc import Mapping
from enum import Enum
from typing import Annotated, Any, ClassVar, Literal

import httpx
import pytest
from attrs import define, field

from scripts.runtime import errors
from scripts.runtime.draft import Draft
from scripts.runtime.errors import (
    APIError,
    AuthenticationError,
    ErrorFields,
    InvalidRequest,
    MalformedResponse,
    OutcomeUnknown,
    RateLimited,
    ServerError,
    UncertainFailure,
    UncertainServerError,
    UncertainStatus,
    UnexpectedStatus,
)
from scripts.runtime.exchange import Found
from scripts.runtime.media import FORM, MULTIPART, Encoding
from scripts.runtime.model import Model
from scripts.runtime.operation import Body, Dependency, Operation, Parameter
from scripts.runtime.rules import Access, Name, Rules
from scripts.runtime.security import api_key, bearer
from scripts.runtime.types import File
from scripts.runtime.unset import UNSET, Unset
from tests.calls import given


@define(kw_only=True)
class Thing(Model):
    """What is made."""

    name: Annotated[str, Rules(min_length=1)]
    id: Annotated[int | Unset, Access("read")] = UNSET
    parent: Annotated[Thing | Unset, Name("in")] = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Tree(Model):
    """What holds its like."""

    sub: list[Tree] | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Refusal(Model):
    """Why it failed."""

    error: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __failure__: ClassVar[bool] = True


JSON = "application/json"
ANSWERS: Mapping[str, Mapping[str, Any]] = {"200": {JSON: Thing}}


def draft(
    *parameters: Parameter,
    values: list[Any],
    path: str = "/things",
    body: Body | None = None,
    sent: Any = UNSET,
    content_type: str | None = None,
    **more: Any,
) -> Draft:
    operation = Operation[Any, Any](
        "POST", path, parameters=parameters, body=body, responses=more.pop("responses", {}), **more
    )
    return operation.draft(values, sent, content_type)


def one(parameter: Parameter, value: Any, path: str = "/things") -> Draft:
    return draft(parameter, values=[value], path=path)


# Parameters


def test_parameters_go_where_they_belong() -> None:
    made = draft(
        Parameter("a.b", "path", str, required=True, style="simple", explode=False),
        Parameter("q r", "query", list[int]),
        Parameter("s", "query", str, allow_reserved=True),
        Parameter("j", "query", dict[str, Any], content=JSON),
        Parameter("X-H", "header", list[str], style="simple", explode=False),
        Parameter("c", "cookie", str),
        Parameter("d", "cookie", list[str]),
        Parameter("e", "cookie", list[str]),
        Parameter("u", "query", str),
        values=["a&b c", [1, 2], "x/y", {"k": ["é"]}, ["1", "2"], "a;b", ["1", "2"], [], UNSET],
        path="/v1/{a.b}.json",
        responses={"200": {JSON: Thing, "text/plain": str}, "default": {JSON: Refusal}},
    )
    assert made.target == ("/v1/a%26b%20c.json?q%20r=1&q%20r=2&s=x/y&j=%7B%22k%22%3A%5B%22%C3%A9%22%5D%7D")
    assert made.raw_headers == [
        (b"X-H", b"1,2"), (b"Accept", b"application/json, text/plain"), (b"Cookie", b"c=a%3Bb; d=1&d=2"),
    ]  # fmt: skip
    assert made.content is None


def test_a_request_without_query_headers_and_cookies_has_none() -> None:
    made = draft(values=[])
    assert (made.target, made.raw_headers) == ("/things", [])


@pytest.mark.parametrize(
    ("path", "style", "value"),
    [
        ("/a/{x}", "simple", ""),
        ("/a/{x}/b", "simple", "."),
        ("/a/{x}/b", "simple", ".."),
        ("/a/{x}.", "simple", "."),
        ("/a/.{x}/b", "simple", "."),
        ("/a/{x}", "simple", []),
        ("/a/{x}", "simple", [""]),
        ("/a/{x}", "label", ""),
        ("/a/{x}", "label", "."),
        ("/a/{x}", "matrix", []),
        ("/a/v{x}", "simple", ""),
    ],
)
def test_a_path_value_that_would_leave_its_segment_is_refused(path: str, style: str, value: Any) -> None:
    with pytest.raises(InvalidRequest) as caught:
        one(Parameter("x", "path", Any, style=style, explode=False), value, path)
    assert caught.value.where == "path parameter x"
    assert caught.value.rule == "a path segment that is not empty, `.` or `..`"
    assert caught.value.value == value


@pytest.mark.parametrize("style", ["simple", "label", "matrix"])
@pytest.mark.parametrize("text", ["/", "a/b", "/x", "\\", "a\\b", "a\r\nb", "\0", "\x7f", "\x85"])
@pytest.mark.parametrize("checks", [True, False])
def test_a_path_value_that_servers_may_read_as_another_path_is_refused(
    style: str, text: str, checks: bool
) -> None:
    for value in (text, ["a", text], {"a": text}, {text: "a"}):
        parameter = Parameter("x", "path", Any, style=style, explode=isinstance(value, dict))
        operation = Operation[Any, Any]("GET", "/a/{x}", parameters=[parameter], responses={})
        with pytest.raises(InvalidRequest) as caught:
            operation.draft([value], UNSET, None, checks=checks)
        assert caught.value.rule == "a path segment without `/`, `\\` and control characters"
        assert (caught.value.where, caught.value.value) == ("path parameter x", value)


@pytest.mark.parametrize("value", ["...", "..a", "a..", "%2e%2e", "%5C", "%2F", "{y}", "?", "#"])
def test_any_other_path_value_stays_in_its_segment(value: str) -> None:
    made = one(Parameter("x", "path", str, style="simple", explode=False), value, "/a/{x}/b")
    url = httpx.URL("https://a.test" + made.target)
    assert url.path == f"/a/{value}/b"
    assert url.raw_path.count(b"/") == 3


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\n", "a\0", "\x7f", " a", "a\t", "€", "\x1f"])
def test_what_a_header_cannot_carry_is_refused(value: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        one(Parameter("X-H", "header", str, style="simple", explode=False), value)
    assert str(caught.value) == (
        "header parameter X-H: expected header text: Latin-1 without control characters and outer blanks, "
        f"got {value!r}. Nothing was sent."
    )


def test_a_header_carries_latin_1_and_any_json() -> None:
    made = draft(
        Parameter("X-L", "header", str, style="simple"),
        Parameter("X-J", "header", Any, content=JSON),
        Parameter("X-T", "header", int, content="text/plain"),
        values=["é\ta", ["€", "\n"], 1],
    )
    assert made.raw_headers == [(b"X-L", b"\xe9\ta"), (b"X-J", b'["\\u20ac","\\n"]'), (b"X-T", b"1")]


LIMIT = Parameter("limit", "query", Annotated[int, Rules(minimum=1)], required=True)


@pytest.mark.parametrize(
    ("parameter", "value", "message"),
    [
        (LIMIT, 0, "query parameter limit: expected minimum: 1, got 0."),
        (LIMIT, "1", "query parameter limit: expected type: integer, got '1'."),
        (LIMIT, UNSET, "query parameter limit: missing (required)."),
        (Parameter("x", "query", list[int]), [1, None],
         "query parameter x[1]: expected type: integer, got None. None stands for null: leave an optional argument out, or give UNSET."),
        (Parameter("x", "query", dict[str, int]), {"a": ""},
         "query parameter x.a: expected type: integer, got ''."),
        (Parameter("x", "query", list[Any]), [[1]],
         "query parameter x: expected a primitive: a nested array or object has no form in this style, got [1]."),
        (Parameter("x", "query", list[str], style="pipeDelimited", explode=False), ["a|b"],
         "query parameter x: expected no item with the delimiter of the style pipeDelimited, got ['a|b']."),
        (Parameter("x", "header", list[str], style="simple"), ["a,b"],
         "header parameter x: expected items that a header can tell apart: "
         "without `,`, blanks at the ends and (in names) `=`, got ['a,b']."),
        (Parameter("x", "query", Any, content=JSON), b"x",
         "query parameter x: expected a JSON value, got b'x'."),
    ],
)  # fmt: skip
def test_a_parameter_that_breaks_a_rule_is_named(parameter: Parameter, value: Any, message: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        one(parameter, value)
    assert str(caught.value) == f"{message} Nothing was sent."
    assert caught.value.__cause__ is None


def test_a_value_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(InvalidRequest, match="query parameter x: expected less nesting"):
        one(Parameter("x", "query", Any, content=JSON), value)


@pytest.mark.parametrize("location", ["query", "cookie"])
def test_a_property_cannot_pass_for_another_parameter(location: Any) -> None:
    spread, other = Parameter("x", location, dict[str, int]), Parameter("price", location, int)
    assert draft(spread, other, values=[{"x": 1, "y": 2}, UNSET])
    with pytest.raises(
        InvalidRequest, match=r"no property with the name of another parameter, got \['price'\]"
    ):
        draft(spread, other, values=[{"price": 0}, UNSET])
    for harmless in (
        spread._replace(explode=False),
        spread._replace(style="deepObject"),
        spread._replace(content=JSON),
    ):
        assert draft(harmless, other, values=[{"price": 0}, UNSET])
    elsewhere = other._replace(location="header", style="simple")
    assert draft(spread, elsewhere, values=[{"price": 0}, UNSET])


@define(kw_only=True)
class Sized(Model):
    """One property has the delimiter of `spaceDelimited` in its name."""

    big: Annotated[int | Unset, Name("big one")] = UNSET
    small: int | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@pytest.mark.parametrize(
    ("style", "query"), [("spaceDelimited", "x=small%201"), ("deepObject", "x%5Bsmall%5D=1")]
)
def test_a_documented_property_that_is_not_given_is_no_hindrance(style: str, query: str) -> None:
    sized = Parameter("x", "query", Sized, style=style, explode=style == "deepObject")
    assert draft(sized, values=[Sized(small=1)]).query == [query]


ONLY_ONE = Dependency("OnlyOne(a, b)", lambda given: ("a" in given) + ("b" in given) == 1)
RATIO = Dependency(
    "a / b > 1", lambda given: "a" not in given or "b" not in given or given["a"] / given["b"] > 1
)


@pytest.mark.parametrize(
    ("dependency", "a", "b", "holds"),
    [
        (ONLY_ONE, 1, UNSET, True),
        (ONLY_ONE, UNSET, 1, True),
        (ONLY_ONE, 1, 1, False),
        (ONLY_ONE, UNSET, UNSET, False),
        (RATIO, 2, 1, True),
        (RATIO, 1, 0, False),
        (RATIO, 1, "b", False),
    ],
)
def test_a_dependency_between_parameters_is_checked(
    dependency: Dependency, a: Any, b: Any, holds: bool
) -> None:
    parameters = Parameter("a", "query", Any), Parameter("b", "query", Any)
    if holds:
        assert draft(*parameters, values=[a, b], dependencies=[dependency])
        return
    with pytest.raises(InvalidRequest) as caught:
        draft(*parameters, values=[a, b], dependencies=[dependency])
    assert (caught.value.where, caught.value.rule) == ("parameters", dependency.text)
    assert caught.value.value == {name: value for name, value in (("a", a), ("b", b)) if value is not UNSET}


# Bodies


SEVERAL = Body({JSON: Thing, "text/plain": str, "application/pdf": File | bytes}, required=True)


def content(made: Draft) -> tuple[bytes | None, dict[str, str]]:
    return made.content, dict(made.headers)


def test_a_body_is_written_in_its_first_media_type_or_the_one_chosen() -> None:
    thing = Thing(name="é", id=1, parent=Thing(name="p", id=2))
    assert content(draft(values=[], body=SEVERAL, sent=thing)) == (
        '{"name":"é","in":{"name":"p"}}'.encode(), {"Content-Type": JSON}
    )  # fmt: skip
    assert content(draft(values=[], body=SEVERAL, sent="é", content_type="text/plain")) == (
        "é".encode(), {"Content-Type": "text/plain; charset=utf-8"}
    )  # fmt: skip
    assert content(draft(values=[], body=SEVERAL, sent=b"%PDF", content_type="application/pdf"))[0] == b"%PDF"


def test_a_body_that_is_not_given_is_not_there() -> None:
    assert content(draft(values=[], body=Body({JSON: Thing}))) == (None, {})
    assert content(draft(values=[])) == (None, {})


def test_encodings_of_a_form_are_used() -> None:
    body = Body({FORM: dict[str, list[str]]}, encodings={FORM: {"a": Encoding(style="form", explode=False)}})
    made = draft(values=[], body=body, sent={"a": ["1", "2"], "b": ["3", "4"]})
    assert content(made) == (b"a=1,2&b=3&b=4", {"Content-Type": FORM})


def test_a_multipart_body_may_hold_files_where_the_contract_says_nothing_of_their_type() -> None:
    made = draft(values=[], body=Body({MULTIPART: dict[str, Any]}), sent={"a": File(b"x"), "b": [b"y"]})
    assert made.content is not None
    assert made.content.count(b"Content-Type: application/octet-stream") == 2


@pytest.mark.parametrize(
    ("body", "sent", "content_type", "message"),
    [
        (SEVERAL, UNSET, None, "body: missing (required)."),
        (SEVERAL, Thing(name=""), None, "body.name: expected minLength: 1, got ''."),
        (SEVERAL, {"name": "a"}, None, "body: expected type: Thing, got {'name': 'a'}."),
        (SEVERAL, "a", "text/html",
         f"content_type: expected one of {JSON}, text/plain, application/pdf, got 'text/html'."),
        (None, "a", None, "body: expected nothing: the operation takes no body, got 'a'."),
        (SEVERAL, File(b"x", mime_type="text/html"), "application/pdf",
         "body: expected mime_type: application/pdf, got 'text/html'."),
        (Body({JSON: list[Thing]}), [Thing(name="")], None, "body[0].name: expected minLength: 1, got ''."),
        (Body({JSON: Any}), {"a": File(b"x")}, None, "body: expected a JSON value, got {'a': File("),
        (Body({FORM: dict[str, Any]}), {"a": b"x"}, None, "body.a: expected a primitive"),
    ],
)  # fmt: skip
def test_a_body_that_breaks_a_rule_is_named(
    body: Body | None, sent: Any, content_type: str | None, message: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        draft(values=[], body=body, sent=sent, content_type=content_type)
    assert str(caught.value).startswith(message)


def test_a_body_that_holds_itself_is_refused() -> None:
    thing = Thing(name="a")
    thing.parent = thing
    with pytest.raises(InvalidRequest, match="body: expected less nesting, got a value that may"):
        draft(values=[], body=SEVERAL, sent=thing)


def test_credentials_are_added_last() -> None:
    operation = Operation[Any, Any]("GET", "/x", parameters=[Parameter("a", "query", str)], responses={})
    made = operation.draft(["1"], UNSET, None).authorized(
        [
            given(bearer("b", "token")).apply(),
            given(api_key("k", "query", "q", "key")).apply(),
            given(api_key("c", "cookie", "d", "key")).apply(),
        ]
    )
    assert made.target == "/x?a=1&k=q"
    assert made.raw_headers == [(b"Authorization", b"Bearer b"), (b"Cookie", b"c=d")]


# Answers


def operation(method: str = "POST", **responses: Mapping[str, Any]) -> Operation[Any, Any]:
    documented = {status.strip("_"): types for status, types in responses.items()} or ANSWERS
    return Operation(method, "/things", responses=documented)


def answer(
    status: int = 200, body: bytes = b'{"name": "a"}', media_type: str | None = JSON
) -> httpx.Response:
    return httpx.Response(status, content=body, headers={"content-type": media_type} if media_type else {})


def found(*arguments: Any, **more: Any) -> Found:
    return Found(answer(*arguments, **more))


@pytest.mark.parametrize(
    "media_type", [JSON, "Application/JSON; charset=utf-8", "application/vnd.x+json", None, ""]
)
def test_an_answer_is_read_as_its_documented_model(media_type: str | None) -> None:
    made = operation()
    response = made.read(found(media_type=media_type))
    assert (response.status_code, response.content) == (200, b'{"name": "a"}')
    assert response.parsed == made.result(response, errors) == Thing(name="a")


def test_the_media_type_of_an_answer_chooses_how_it_is_read() -> None:
    made = operation(
        _200={
            "application/json; v=1": Thing,
            "application/json; v=2": dict[str, str],
            "text/csv": str,
            "image/*": bytes,
            "*/*": bytes,
        }
    )
    kinds = {
        "application/json; v=2": dict, "application/json; v=3": Thing, "text/csv; charset=utf-8": str,
        "image/png": bytes, "text/html": bytes,
    }  # fmt: skip
    for media_type, kind in kinds.items():
        assert type(made.read(found(media_type=media_type)).parsed) is kind


def test_the_most_exact_status_documents_an_answer() -> None:
    made = operation(_201={JSON: Thing}, _2XX={JSON: list[int]}, default={JSON: Refusal})
    assert made.read(found(201)).parsed == Thing(name="a")
    assert made.read(found(202, b"[1]")).parsed == [1]
    assert made.read(found(404, b'{"error": "x"}')).parsed == Refusal(error="x")


def test_text_and_bytes_may_be_empty() -> None:
    assert operation(_200={"text/plain": str}).read(found(200, b"", "text/plain")).parsed == ""
    assert operation(_200={"image/png": bytes}).read(found(200, b"", "image/png")).parsed == b""


@pytest.mark.parametrize("status", [200, 204])
@pytest.mark.parametrize("body", [b"", b"whatever"])
def test_an_answer_without_documented_content_means_none(status: int, body: bytes) -> None:
    made: Operation[Any, Any] = Operation("POST", "/things", responses={str(status): {}})
    response = made.read(found(status, body))
    assert (response.parsed, response.content) == (None, body)
    assert made.result(response, errors) is None


def test_an_answer_to_head_has_no_content() -> None:
    assert operation("HEAD").read(found(200, b"")).parsed is None


@pytest.mark.parametrize(
    ("response", "message"),
    [
        (answer(body=b""), "expected valid JSON, got b''"),
        (answer(body=b"<html>"), "expected valid JSON, got b'<html>'"),
        (answer(body=b"<html>", media_type=None), "expected valid JSON, got b'<html>'"),
        (answer(body=b"<html>", media_type="text/html"),
         "expected Content-Type: application/json, got 'text/html'"),
        (answer(body=b"[]"), "expected type: object, got []"),
        (answer(body=b"{}"), "name: missing (required)"),
        (answer(body=b'{"name": null}'), "name: expected type: string, got None"),
        (answer(body=b'{"name": "a", "in": {"name": 1}}'), "in.name: expected type: string, got 1"),
    ],
)  # fmt: skip
def test_a_success_that_is_not_as_documented_is_malformed(response: httpx.Response, message: str) -> None:
    with pytest.raises(MalformedResponse) as caught:
        operation().read(Found(response))
    assert (
        str(caught.value)
        == f"POST /things answered 200, but its body is not as documented: {message}. The request was probably carried out."
    )
    error = caught.value
    assert (error.status_code, error.content, error.headers) == (200, response.content, response.headers)
    where = f"{error.where}: " if error.where else ""
    assert message in (
        f"{where}missing ({error.expected})",
        f"{where}expected {error.expected}, got {error.got!r}",
    )


def test_an_answer_that_is_nested_too_deeply_is_malformed() -> None:
    with pytest.raises(MalformedResponse, match="recursion"):
        operation(_200={JSON: Tree}).read(found(body=b'{"sub": [' * 450 + b"]}" * 450))


@pytest.mark.parametrize(
    ("status", "kind"), [(200, MalformedResponse), (404, UnexpectedStatus), (503, ServerError)]
)
def test_a_body_that_cannot_be_decoded_hides_no_status(status: int, kind: type[errors.ResponseError]) -> None:
    undecoded = Found(answer(status, b"\x1f\x8b"), httpx.DecodingError("no gzip"))
    made = operation("GET")
    assert made.may_repeat(undecoded) is (status == 503)
    with pytest.raises(kind) as caught:
        made.result(made.read(undecoded), errors)
    assert (caught.value.status, caught.value.content) == (status, b"\x1f\x8b")
    if status == 200:
        assert (
            str(caught.value)
            == "GET /things answered 200, but its body cannot be decoded (DecodingError: no gzip)."
        )
        assert caught.value.__cause__ is undecoded.error


REFUSAL = b'{"error": "no money"}'


@pytest.mark.parametrize(
    ("response", "kind", "parsed", "message"),
    [
        (answer(400, REFUSAL), APIError, Refusal(error="no money"), "failed with status 400: Refusal(error="),
        (answer(400, b"<html>", "text/html"), APIError, None, "failed with status 400: b'<html>'"),
        (answer(400, b""), APIError, None, "failed with status 400"),
        (answer(401, REFUSAL), AuthenticationError, None, "answered with the undocumented status 401: b'{"),
        (answer(429, b""), RateLimited, None, "answered with the undocumented status 429"),
        (answer(503, b"oops", None), UncertainServerError, None, "failed with status 503: b'oops'. It may have"),
        (answer(600, b""), UncertainServerError, None, "answered with the undocumented status 600. It may have"),
        (answer(404), UnexpectedStatus, None, "answered with the undocumented status 404: b'{"),
        (answer(202), UncertainStatus, None, "answered with the undocumented status 202: b'{"),
        (answer(302, b""), UncertainStatus, None, "answered with the undocumented status 302"),
        (answer(303, b""), APIError, None, "failed with status 303"),
        (answer(200, REFUSAL), APIError, Refusal(error="no money"), "failed with status 200: Refusal("),
    ],
)  # fmt: skip
def test_a_failure_is_raised_with_all_that_is_known(
    response: httpx.Response, kind: type[APIError], parsed: Any, message: str
) -> None:
    made = operation(_200={JSON: Thing | Refusal}, _400={JSON: Refusal}, _5XX={JSON: Refusal}, _303={})
    with pytest.raises(APIError) as caught:
        made.result(made.read(Found(response)), errors)
    error = caught.value
    assert type(error) is kind
    assert str(error).startswith(f"POST /things {message}")
    assert (error.parsed, error.status_code, error.content) == (
        parsed,
        response.status_code,
        response.content,
    )
    assert error.headers == response.headers


def test_a_model_of_an_answer_gives_it_back_unchanged() -> None:
    parsed = operation().read(found(body=b'{"name": "", "id": 1, "in": {"name": "p", "x": [1.0]}}')).parsed
    assert parsed.to_dict() == {"name": "", "id": 1, "in": {"name": "p", "x": [1.0]}}


def test_a_malformed_answer_of_an_idempotent_call_does_not_worry() -> None:
    with pytest.raises(MalformedResponse) as caught:
        operation("GET").read(found(body=b"[]"))
    assert (
        str(caught.value)
        == "GET /things answered 200, but its body is not as documented: expected type: object, got []."
    )


# Errors


def raised(made: Operation[Any, Any], *arguments: Any, tree: Any = errors) -> APIError:
    with pytest.raises(APIError) as caught:
        made.result(made.read(found(*arguments)), tree)
    return caught.value


@define(kw_only=True)
class Fault(Model):
    """A documented error."""

    code: int | str | Unset = UNSET
    text: str | Unset = UNSET
    more: list[dict[str, Any]] | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __error__: ClassVar[ErrorFields | None] = ErrorFields("/code", "/text", "/more/0/a~1b~0c", (7, "auth"))


FAULTY = operation(_200={JSON: Thing}, default={JSON: Fault})


@define(kw_only=True)
class Reason(Model):
    """Why a call failed."""

    code: int
    text: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Hidden(Model):
    """A failure that comes with any status."""

    error: Reason
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __failure__: ClassVar[bool] = True
    __error__: ClassVar[ErrorFields | None] = ErrorFields("/error/code", "/error/text", "/error/more", (7,))


HIDDEN = operation(
    _200={JSON: list[Thing] | Thing | Hidden},
    _202={JSON: Thing},
    _204={},
    _404={JSON: Hidden},
    _409={JSON: Fault},
)


@pytest.mark.parametrize(
    ("status", "body", "code", "message", "details"),
    [
        (200, '{"error": {"code": "12", "text": "x"}}', "12", "x", None),
        (200, '{"error": {"code": 12}}', 12, None, None),
        (200, '{"error": {"code": 0, "more": [1]}}', 0, None, [1]),
        (200, '{"name": "a", "error": {"code": "12", "text": "x"}}', "12", "x", None),
        (200, '{"error": {"code": {"n": 12}, "text": ["x"], "more": "y"}}', None, None, "y"),
        (202, '{"error": {"code": 12, "text": "x"}}', 12, "x", None),
        (204, '{"error": {"code": 12, "text": "x"}}', 12, "x", None),
        (404, '{"error": {"code": "12", "text": "x"}}', "12", "x", None),
        (404, '{"error": {"text": "x"}}', None, "x", None),
        (404, '{"code": 5, "text": "none"}', 5, "none", None),
        (409, '{"code": [], "text": "none"}', None, "none", None),
        (500, '{"error": {"code": 12, "text": "x"}}', 12, "x", None),
        (404, "<html>", None, None, None),
        (404, '{"error": [{"code": 12}]}', None, None, None),
    ],
)
def test_a_failure_that_is_not_as_documented_says_its_code_all_the_same(
    status: int, body: str, code: Any, message: str | None, details: Any
) -> None:
    error = raised(HIDDEN, status, body.encode())
    assert (error.parsed, error.code, error.message, error.details) == (None, code, message, details)
    assert error.content == body.encode()
    if message is not None:
        assert f"status {status}: {message if code is None else f'{code}: {message}'}" in str(error)


def test_a_hidden_failure_is_of_the_class_that_its_code_says() -> None:
    assert type(raised(HIDDEN, 200, b'{"error": {"code": 7}}')) is AuthenticationError
    assert type(raised(HIDDEN, 200, b'{"error": {"code": 8}}')) is APIError
    assert type(raised(HIDDEN, 404, b'{"error": {"code": 7}}')) is AuthenticationError
    assert type(raised(HIDDEN, 202, b'{"error": {"code": 7}}')) is AuthenticationError
    assert HIDDEN.read(found(200, b'{"error": {"code": "12"}}')).parsed is None


@define(kw_only=True)
class Empty(Model):
    """A failure that need not have a code."""

    error: dict[str, Any]
    name: str | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __failure__: ClassVar[bool] = True
    __error__: ClassVar[ErrorFields | None] = ErrorFields("/error/code")


@define(kw_only=True)
class Loose(Model):
    """A success that nothing tells from anything else."""

    note: str | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@pytest.mark.parametrize(
    ("success", "failure", "body", "is_doubtful"),
    [
        (Thing, Hidden, {"name": "a", "error": {"code": 7, "text": "x"}}, True),  # it is a Thing as well
        (Thing, Hidden, {"name": "a", "error": {"code": "7", "text": "x"}}, True),
        (list[Thing] | Thing, Hidden, {"name": "a", "error": {"code": 7, "text": "x"}}, True),
        (Thing, Hidden, {"name": 5, "error": {"code": 8, "text": "x"}}, True),  # it has what only a Thing has
        (Thing, Hidden, {"name": "", "error": {"code": 8, "text": "x"}}, True),
        (Thing, Hidden, {"error": {"code": 8, "text": "x"}}, False),
        (Thing, Empty, {"name": "a", "error": {"code": 8}}, False),  # so has a failure
        (Thing, Refusal, {"name": "a", "error": "x"}, True),
        (Thing, Refusal, {"error": ""}, False),
        (Loose, Hidden, {"note": "a", "error": {"code": 8, "text": "x"}}, True),
        (
            Loose,
            Hidden,
            {"note": "", "error": {"code": 8, "text": "x"}},
            False,
        ),  # which is as good as nothing
        (dict[str, Any], Hidden, {"note": "a", "error": {"code": 8, "text": "x"}}, False),
        (Loose, Hidden, {"error": {"code": 0, "text": "x"}}, True),  # its code is empty
        (Loose, Hidden, {"error": {"code": "", "text": "x"}}, True),
        (Loose, Empty, {"error": {"code": "", "text": "x"}}, True),
        (Loose, Empty, {"error": {"code": None}}, True),
        (Loose, Empty, {"error": {}}, False),
        (Loose, Empty, {"error": {"code": "0"}}, False),
    ],
)
def test_a_failure_that_may_be_a_success_leaves_open_what_was_done(
    success: Any, failure: Any, body: Any, is_doubtful: bool
) -> None:
    responses = {"200": {JSON: success | failure}, "201": {}, "400": {JSON: failure}}
    once, content = (
        Operation[Any, Any]("POST", "/things", responses=responses, ask="x"),
        json.dumps(body).encode(),
    )
    error = raised(once, 200, content)
    assert isinstance(error, OutcomeUnknown) is (type(error) is UncertainFailure) is is_doubtful
    assert ("may have failed with status 200" in str(error)) is ("x can tell." in str(error)) is is_doubtful
    assert getattr(error, "ask", None) == ("x" if is_doubtful else None)
    for sure in (
        raised(once, 400, content),
        raised(Operation[Any, Any]("GET", "/things", responses=responses), 200, content),
        raised(
            Operation[Any, Any]("POST", "/things", responses=responses, not_processed=["200"]), 200, content
        ),
    ):
        assert not isinstance(sure, OutcomeUnknown)
        assert sure.code == error.code


@pytest.mark.parametrize(
    ("status", "body", "is_refusal"),
    [
        (200, {"error": {"code": 7, "text": "x"}}, True),
        (200, {"error": {"code": "7", "text": "x"}}, True),
        (200, {"name": "a", "error": {"code": 7, "text": "x"}}, False),
        (200, {"name": "a"}, False),
        (200, {"error": 7}, False),
        (201, {"error": {"code": 7, "text": "x"}}, False),
        (302, {"error": {"code": 7, "text": "x"}}, False),
        (401, {"error": {"code": 7, "text": "x"}}, True),
        (401, {"name": "a", "error": {"code": 7, "text": "x"}}, False),
        (404, {"error": {"code": 7, "text": "x"}}, True),
        (404, {"name": "a", "error": {"code": 7, "text": "x"}}, False),
        (404, {}, True),
        (500, {"error": {"code": 7, "text": "x"}}, False),
        (600, {"error": {"code": 7, "text": "x"}}, False),
    ],
)
def test_a_refusal_is_an_answer_that_can_be_nothing_else(status: int, body: Any, is_refusal: bool) -> None:
    made = operation(_200={JSON: Thing | Hidden}, _404={JSON: Hidden}, _500={JSON: Hidden})
    content = json.dumps(body).encode()
    assert made.is_refusal(found(status, content)) is is_refusal
    assert not made.is_refusal(Found(answer(status, content), httpx.ReadError("reset")))


@pytest.mark.parametrize(
    "body",
    [
        '{"error": {"code": null, "text": "x"}}',
        '{"error": "x"}',
        '{"error": {"text": "x"}}',
        "{}",
        "[1]",
        "<",
    ],
)
def test_an_answer_without_a_code_is_no_failure_but_malformed(body: str) -> None:
    with pytest.raises(MalformedResponse):
        HIDDEN.read(found(200, body.encode()))
    with pytest.raises(MalformedResponse):  # Fault is no sign of failure in a success
        FAULTY.read(found(200, b'{"code": 5}'))


def test_a_success_is_none_where_the_contract_documents_no_body() -> None:
    for body in (b"", b"{}", b"whatever", b'{"code": 5}'):
        assert HIDDEN.result(HIDDEN.read(found(204, body)), errors) is None


def test_an_error_says_the_code_and_the_message_of_the_vendor() -> None:
    error = raised(FAULTY, 404, b'{"code": 5, "text": "none there", "more": [{"a/b~c": [1]}]}')
    assert str(error) == "POST /things failed with status 404: 5: none there"
    assert (error.code, error.message, error.details) == (5, "none there", [1])
    assert str(raised(FAULTY, 404, b'{"text": "none"}')) == "POST /things failed with status 404: none"
    assert str(raised(FAULTY, 404, b'{"code": 0}')) == "POST /things failed with status 404: 0"
    assert str(raised(FAULTY, 404, b"{}")).startswith("POST /things failed with status 404: Fault(code=UNSET")


@pytest.mark.parametrize(
    ("status", "code", "kind"),
    [
        (400, "7", AuthenticationError),
        (400, '"auth"', AuthenticationError),
        (503, "7", UncertainServerError),  # the code tells why, and not what was carried out before
        (503, "8", UncertainServerError),
        (400, '"7"', APIError),
        (400, "8", APIError),
        (401, "8", AuthenticationError),
        (429, "8", RateLimited),
    ],
)
def test_a_code_can_mean_the_credentials(status: int, code: str, kind: type[APIError]) -> None:
    assert type(raised(FAULTY, status, f'{{"code": {code}}}'.encode())) is kind


class Tree400(APIError):
    """Status 400."""


class Tree5XX(ServerError):
    """Status 5XX, where that is certain."""


class Tree501(UncertainServerError):
    """Status 501, where it is not."""


class TREE:
    """A vendor's tree of errors."""

    APIError, UnexpectedStatus, AuthenticationError = APIError, UnexpectedStatus, AuthenticationError
    ServerError, UncertainServerError = ServerError, UncertainServerError
    BY_STATUS: ClassVar = {"400": Tree400, "4XX": RateLimited, "5XX": Tree5XX, "501": Tree501}


@pytest.mark.parametrize(
    ("method", "status", "kind"),
    [
        ("GET", 400, Tree400),
        ("GET", 404, RateLimited),
        ("GET", 500, Tree5XX),
        ("GET", 501, ServerError),
        ("POST", 500, UncertainServerError),
        ("POST", 501, Tree501),
        ("POST", 503, Tree5XX),
        ("GET", 302, UnexpectedStatus),
    ],
)
def test_a_status_has_the_class_that_the_tree_has_for_it(
    method: str, status: int, kind: type[APIError]
) -> None:
    made = Operation[Any, Any](
        method, "/things", responses={"200": {JSON: Thing}, "503": {}}, not_processed=["503"]
    )
    assert type(raised(made, status, b"", tree=TREE)) is kind


def test_where_it_may_have_been_carried_out_the_call_that_can_tell_is_named() -> None:
    made = Operation[Any, Any]("POST", "/things", responses={"200": {}}, ask="things.get")
    error = raised(made, 500, b"")
    assert str(error) == (
        "POST /things answered with the undocumented status 500. It may have been carried out; things.get can tell."
    )
    assert isinstance(error, UncertainServerError)
    assert error.ask == "things.get"


def test_any_failure_can_be_told_however_deep_it_nests() -> None:
    made = operation(_200={JSON: Thing}, default={JSON: dict[str, Any]})
    for depth in range(100, 1200, 7):
        error = raised(made, 404, b'{"a":' + b"[" * depth + b"]" * depth + b"}")
        assert str(error).startswith("POST /things failed with status 404: ")


def test_the_page_of_the_call_is_named_with_a_broken_rule() -> None:
    limit = LIMIT._replace(argument="most")
    with pytest.raises(InvalidRequest) as caught:
        draft(limit, values=[0], url="https://docs.test/things")
    error = caught.value
    assert (error.parameter, error.where, error.url) == (
        "most",
        "query parameter limit",
        "https://docs.test/things",
    )
    assert str(error) == (
        "most (query parameter limit): expected minimum: 1, got 0. Nothing was sent. See https://docs.test/things"
    )


def test_a_dependency_says_what_to_do() -> None:
    one = Dependency("OnlyOne(a)", lambda given: "a" in given, "Give a.")
    with pytest.raises(
        InvalidRequest, match=r"parameters: expected OnlyOne\(a\), got {}. Give a. Nothing was sent."
    ):
        draft(values=[], dependencies=[one])


def test_without_checks_only_what_cannot_be_written_is_refused() -> None:
    made = Operation[Any, Any](
        "POST", "/{x}", parameters=[Parameter("x", "path", str, required=True, style="simple"), LIMIT],
        body=SEVERAL, responses={}, dependencies=[ONLY_ONE],
    )  # fmt: skip
    assert made.draft(["a", 0], Thing(name=""), None, checks=False).target == "/a?limit=0"
    assert made.draft(["a", UNSET], UNSET, None, checks=False).target == "/a"
    for values in ([UNSET, 1], ["..", 1]):
        with pytest.raises(InvalidRequest, match="path parameter x"):
            made.draft(values, UNSET, None, checks=False)


def test_a_code_of_the_credentials_is_their_fault_where_the_call_may_be_sent_twice() -> None:
    idempotent = Operation[Any, Any](
        "PUT", "/things", responses={"200": {JSON: Thing}, "default": {JSON: Fault}}
    )
    assert type(raised(idempotent, 503, b'{"code": 7}')) is AuthenticationError


Word = Enum("Word", {"SMALL": "a&b"}, type=str)
"""Texts whose `str()` and f-strings are something else."""


WORDS = Operation[Any, Any](
    "POST",
    "/{p}",
    parameters=[
        Parameter("p", "path", str, required=True, style="simple"),
        Parameter("q", "query", Annotated[str, Rules(max_length=3)]),
        Parameter("l", "query", list[str]),
        Parameter("d", "query", dict[str, str]),
        Parameter("h", "header", str, style="simple"),
        Parameter("c", "cookie", Literal["a&b"]),
    ],
    body=Body({JSON: Any, "text/plain": str}),
    responses={"200": {}},
)


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize("kind", [JSON, "text/plain"])
def test_of_a_subclass_of_str_its_characters_are_sent(checks: bool, kind: str) -> None:
    values = [Word.SMALL, Word.SMALL, [Word.SMALL], {Word.SMALL: Word.SMALL}, Word.SMALL, Word.SMALL]
    made = WORDS.draft(values, Word.SMALL, kind, checks=checks)
    assert made.target == "/a%26b?q=a%26b&l=a%26b&a%26b=a%26b"
    assert (made.headers[0], made.cookies) == (("h", "a&b"), ["c=a%26b"])
    assert made.content == (b'"a&b"' if kind == JSON else b"a&b")


@pytest.mark.parametrize("checks", [True, False])
@pytest.mark.parametrize("at", ["p", "q", "body"])
def test_what_utf_8_cannot_carry_is_refused_in_any_case(checks: bool, at: str) -> None:
    values = ["\ud800" if at == "p" else "a", "\ud800" if at == "q" else UNSET, UNSET, UNSET, UNSET, UNSET]
    with pytest.raises(InvalidRequest, match="text without lone surrogates"):
        WORDS.draft(values, "\ud800" if at == "body" else "a", "text/plain", checks=checks)
