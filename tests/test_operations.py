"""Every operation becomes the arguments, answers and rules that the contract says."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract import Contract
from scripts.lowering import client, lowered
from scripts.operations import Operation, operations
from scripts.problem import Problem
from scripts.schemas import Schemas


def parameter(name: str, place: str = "query", **more: Any) -> dict[str, Any]:
    described = {} if "content" in more else {"schema": {"type": "string"}}
    required = {"required": True} if place == "path" else {}
    return {"name": name, "in": place, **required, **described, **more}


def document(path: str = "/x", item: Any = None, root: Any = None, **node: Any) -> dict[str, Any]:
    operation = {"operationId": "doIt", "tags": ["t"], "responses": {"200": {"description": "OK"}}, **node}
    return {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://x.test"}],
        "paths": {path: {"post": operation, **(item or {})}},
        **(root or {}),
    }


def read(*parts: Any, **node: Any) -> Operation:
    contract = Contract(document(*parts, **node))
    schemas = Schemas(contract)
    (made,) = operations(contract, schemas)
    return made


def names(**node: Any) -> dict[tuple[str, str], str]:
    return {(a.location, a.wire_name): a.name for a in read(**node).arguments}


def test_an_operation_is_named_for_its_id_and_tag() -> None:
    made = read(operationId="getTheThing", tags=["Some Things", "more"])
    assert (made.name, made.tag, made.method, made.path) == ("get_the_thing", "some_things", "POST", "/x")
    assert read(operationId="a", **{"x-python-name": "other"}).name == "other"
    assert read(operationId=None).name == "post_x"


def test_a_tag_can_be_named_in_the_contract() -> None:
    assert read("/x", None, {"tags": [{"name": "t", "x-python-name": "things"}]}).tag == "things"


def test_arguments_stand_in_the_order_of_their_places_and_of_the_path() -> None:
    parameters = [parameter("q"), parameter("b", "path"), parameter("a", "path"), parameter("h", "header")]
    assert [a.name for a in read("/{a}/{b}", parameters=parameters).arguments] == ["a", "b", "q", "h"]


def test_the_operation_overrides_the_parameters_of_its_path() -> None:
    item = {"parameters": [parameter("q", description="above"), parameter("p")]}
    made = read("/x", item, parameters=[parameter("q", description="own")])
    assert [(a.name, a.description) for a in made.arguments] == [("q", "own"), ("p", "")]


def test_the_operation_overrides_a_header_whatever_its_case() -> None:
    item = {"parameters": [parameter("X-Trace", "header"), parameter("Q")]}
    made = read("/x", item, parameters=[parameter("x-trace", "header"), parameter("q")])
    assert [(a.location, a.wire_name) for a in made.arguments] == [
        ("query", "Q"),
        ("query", "q"),
        ("header", "x-trace"),
    ]


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("X-Ünï", "the name of a header is"),
        ("X Y", "the name of a header is"),
        ("X:", "the name of a header is"),
        ("Cookie", "is one that the client writes itself"),
        ("host", "is one that the client writes itself"),
        ("Content-Length", "is one that the client writes itself"),
        ("Transfer-Encoding", "is one that the client writes itself"),
    ],
)
def test_a_header_that_cannot_be_sent_is_refused(name: str, wrong: str) -> None:
    with pytest.raises(Problem, match=f"the header parameter `{name}`:? {wrong}"):
        read(parameters=[parameter(name, "header")])
    assert list(names(parameters=[parameter(name)])) == [("query", name)]


def test_headers_that_openapi_says_to_ignore_are_no_arguments() -> None:
    parameters = [parameter(name, "header") for name in ("Authorization", "accept", "Content-Type", "X-A")]
    assert list(names(parameters=parameters).values()) == ["x_a"]


def test_names_in_two_places_are_told_apart_by_place() -> None:
    found = names(parameters=[parameter("id"), parameter("id", "header")])
    assert found == {("query", "id"): "id_query", ("header", "id"): "id_header"}


@pytest.mark.parametrize(
    ("name", "python"),
    [("client", "client_"), ("body", "body_"), ("class", "class_"), ("$top", "top"), ("filter[name]", "filter_name"),
     ("X-Request-ID", "x_request_id"), ("list.of-things", "list_of_things"), ("2fa", "field_2fa")],
)  # fmt: skip
def test_a_name_that_python_cannot_take_is_changed(name: str, python: str) -> None:
    assert names(parameters=[parameter(name)]) == {("query", name): python}


def test_names_that_collide_are_refused_only_where_the_contract_names_them_so() -> None:
    assert set(names(parameters=[parameter("a-b"), parameter("a_b")]).values()) == {"a_hyphen_minus_b", "a_b"}
    clash = [parameter("a", **{"x-python-name": "same"}), parameter("b", **{"x-python-name": "same"})]
    with pytest.raises(Problem, match="the parameters `a` and `b` are both `same` in Python"):
        read(parameters=clash)


def test_two_operations_of_one_name_are_refused() -> None:
    clash = document(**{"x-python-name": "same"})
    clash["paths"]["/y"] = {"get": {**clash["paths"]["/x"]["post"], "operationId": "other"}}
    with pytest.raises(Problem, match="the operations `doIt` and `other` are both `same` in Python"):
        operations(Contract(clash), Schemas(Contract(clash)))


def test_styles_have_the_defaults_of_openapi() -> None:
    parameters = [parameter("p", "path"), parameter("q"), parameter("h", "header"), parameter("c", "cookie")]
    found = [(a.location, a.style, a.explode) for a in read("/{p}", parameters=parameters).arguments]
    assert found == [
        ("path", "simple", False),
        ("query", "form", True),
        ("header", "simple", False),
        ("cookie", "form", True),
    ]


LIST = {"type": "array", "items": {"type": "string"}}


@pytest.mark.parametrize(
    "described",
    [
        {"style": "deepObject", "explode": True, "schema": LIST},
        {"style": "deepObject", "explode": False, "schema": {"type": "object"}},
        {"style": "spaceDelimited", "explode": True, "schema": LIST},
        {"style": "pipeDelimited", "explode": False, "schema": {"type": "string"}},
        {"schema": {"type": "array", "items": LIST}},
        {"schema": {"type": "object", "properties": {"a": LIST}}},
        {"schema": {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "object"}}]}},
    ],
)
def test_a_style_that_openapi_does_not_define_is_refused(described: dict[str, Any]) -> None:
    with pytest.raises(Problem, match="the query parameter `q`"):
        read(parameters=[parameter("q", **described)])


def test_a_parameter_may_be_described_by_content() -> None:
    content = {"application/json": {"schema": {"type": "array", "items": LIST}}}
    (argument,) = read(parameters=[parameter("q", content=content)]).arguments
    assert (argument.type.plain, argument.content) == ("list[list[str]]", "application/json")
    with pytest.raises(Problem, match="unsupported media type `application/xml`"):
        read(parameters=[parameter("q", content={"application/xml": {}})])


@pytest.mark.parametrize("schema", [{"type": "object"}, {"type": ["string", "array"]}])
def test_a_parameter_that_plain_text_cannot_carry_is_refused(schema: Any) -> None:
    with pytest.raises(Problem, match="an array or object has no form in `text/plain`"):
        read(parameters=[parameter("q", content={"text/plain": {"schema": schema}})])
    (argument,) = read(parameters=[parameter("q", content={"text/plain": {"schema": {}}})]).arguments
    assert argument.type.plain == "Any"


def test_a_default_is_the_argument_s_default_and_a_list_is_told() -> None:
    schema = {"type": "integer", "default": 20}
    (one,) = read(parameters=[parameter("q", schema=schema)]).arguments
    (two,) = read(
        parameters=[parameter("q", schema={**LIST, "default": ["a"]}, description="Which")]
    ).arguments
    assert (one.default, two.default, two.description) == ("20", "UNSET", 'Which Default: ["a"].')


@pytest.mark.parametrize(
    ("media_type", "schema", "plain"),
    [
        ("application/json", {"type": "integer"}, "int"),
        ("application/vnd.x+json; charset=utf-8", {"type": "integer"}, "int"),
        ("text/plain", {"type": "string"}, "str"),
        ("text/plain", None, "str"),
        ("application/octet-stream", None, "File | bytes"),
        ("image/png", {"type": "string", "format": "binary"}, "File | bytes"),
        ("application/x-www-form-urlencoded", {"type": "object"}, "dict[str, Any]"),
    ],
)
def test_a_body_has_the_type_of_its_media_type(media_type: str, schema: Any, plain: str) -> None:
    media = {} if schema is None else {"schema": schema}
    made = read(requestBody={"required": True, "content": {media_type: media}})
    assert (made.body_type, made.body_required) == (plain, True)


def test_a_description_beside_a_reference_is_that_of_the_parameter_and_body() -> None:
    shared: dict[str, Any] = {
        "parameters": {"Q": parameter("q", description="shared")},
        "requestBodies": {"B": {"description": "shared", "content": {"text/plain": {}}}},
    }
    beside = {
        kind: {"$ref": f"#/components/{kind}/{name}", "description": "own"}
        for kind, name in (("parameters", "Q"), ("requestBodies", "B"))
    }
    node = {"parameters": [beside["parameters"]], "requestBody": beside["requestBodies"]}
    made = read("/x", None, {"components": shared}, **node)
    assert [made.arguments[0].description, made.body_description] == ["own", "own"]


@pytest.mark.parametrize(
    ("media_type", "schema", "what"),
    [
        ("application/xml", {"type": "object"}, "unsupported media type `application/xml`"),
        ("multipart/mixed", {}, "unsupported media type `multipart/mixed`"),
        ("text/csv", LIST, "the schema of `text/csv` is not a string"),
        ("application/octet-stream", LIST, "the schema of `application/octet-stream` is not a string"),
    ],
)
def test_a_body_that_cannot_be_written_is_refused(media_type: str, schema: Any, what: str) -> None:
    with pytest.raises(Problem, match=what):
        read(requestBody={"content": {media_type: {"schema": schema}}})


def test_a_form_that_is_no_object_is_refused() -> None:
    with pytest.raises(Problem, match="is not an object"):
        read(requestBody={"content": {"multipart/form-data": {"schema": LIST}}})


FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data"


def form(media_type: str = FORM, schema: Any = None, **encoding: Any) -> dict[str, Any]:
    """A media type whose body has a property for each of its encodings."""
    properties: dict[str, Any] = dict.fromkeys(encoding, {} if schema is None else schema)
    return {media_type: {"schema": {"type": "object", "properties": properties}, "encoding": encoding}}


def test_an_encoding_object_is_kept() -> None:
    content = form(a={"contentType": "application/json"}, b={"explode": False}, r={"allowReserved": True})
    content |= form(MULTIPART, {"type": "object"}, c={"style": "deepObject"}, d={"style": "pipeDelimited"})
    assert [made.encodings for made in read(requestBody={"content": content}).body] == [
        {
            "a": 'Encoding(content_type="application/json")',
            "b": 'Encoding(style="form", explode=False)',
            "r": 'Encoding(style="form", allow_reserved=True)',
        },
        {
            "c": 'Encoding(style="deepObject")',
            "d": 'Encoding(style="pipeDelimited", explode=False)',
        },
    ]


def test_each_media_type_has_encodings_of_its_own() -> None:
    content = form(a={"explode": False}) | form(MULTIPART, a={}) | form("application/json", a={"headers": {}})
    found = {made.media_type: made.encodings for made in read(requestBody={"content": content}).body}
    assert found == {
        FORM: {"a": 'Encoding(style="form", explode=False)'},
        MULTIPART: {"a": "Encoding()"},
        "application/json": {},
    }


@pytest.mark.parametrize(
    ("schema", "encoding", "wrong"),
    [
        (LIST, {"style": "deepObject"}, "deepObject is defined for exploded objects only"),
        (
            LIST,
            {"style": "spaceDelimited", "explode": True},
            "spaceDelimited is defined for arrays and objects",
        ),
        ({"type": "string"}, {"style": "pipeDelimited"}, "pipeDelimited is defined for arrays and objects"),
        (
            {"type": "array", "items": LIST},
            {"allowReserved": True},
            "a nested array or object has no defined",
        ),
        ({"type": "string", "format": "binary"}, {"style": "form"}, "bytes have no form in a style"),
        ({"type": "object"}, {"contentType": "application/xml"}, "`application/xml` is no media type that"),
        ({"type": "object"}, {"contentType": "text/*"}, "`text/\\*` is no media type that"),
        ({"type": "array", "items": LIST}, {"contentType": "text/csv"}, "`text/csv` is no media type that"),
        ({}, {"headers": {"X-A": {"schema": {}}}}, "headers of a part are not supported"),
    ],
)
def test_an_encoding_that_cannot_be_followed_is_refused(schema: Any, encoding: Any, wrong: str) -> None:
    with pytest.raises(Problem, match=f"/encoding/a: the encoding of `a`.*: {wrong}"):
        read(requestBody={"content": form(MULTIPART, schema, a=encoding)})


@pytest.mark.parametrize(
    ("schema", "content_type"),
    [
        (LIST, "text/csv"),
        ({"type": "object"}, "application/json, application/xml"),
        ({"type": "object"}, "application/*"),
        ({"type": "string", "format": "binary"}, "image/png, image/jpeg"),
    ],
)
def test_a_media_type_that_a_property_can_have_is_kept(schema: Any, content_type: str) -> None:
    (made,) = read(requestBody={"content": form(MULTIPART, schema, a={"contentType": content_type})}).body
    assert made.encodings == {"a": f'Encoding(content_type="{content_type}")'}


def test_an_encoding_without_property_is_refused() -> None:
    options = [{"type": "object", "properties": {name: {"type": "string"}}} for name in ("a", "b")]
    content: dict[str, Any] = {FORM: {"schema": {"oneOf": options}, "encoding": {"a": {}, "b": {}}}}
    assert list(read(requestBody={"content": content}).body[0].encodings) == ["a", "b"]
    content[FORM]["encoding"]["c"] = {}
    with pytest.raises(Problem, match="the encoding of `c`: the body has no such property"):
        read(requestBody={"content": content})


def test_the_description_beside_a_reference_wins() -> None:
    known = {
        "A": {"description": "Common."},
        "B": {"$ref": "#/components/responses/A", "description": "Both."},
    }
    responses = {
        "200": {"$ref": "#/components/responses/A", "description": "Own."},
        "201": {"$ref": "#/components/responses/A"},
        "202": {"$ref": "#/components/responses/B"},
    }
    made = read("/x", None, {"components": {"responses": known}}, responses=responses)
    assert [answer.description for answer in made.answers] == ["Own.", "Common.", "Both."]


def test_the_description_beside_a_reference_to_what_is_sent_wins() -> None:
    body = {"description": "Common.", "content": {"text/plain": {}}}
    known = {"parameters": {"A": parameter("q", description="Common.")}, "requestBodies": {"B": body}}
    made = read(
        "/x",
        None,
        {"components": known},
        parameters=[{"$ref": "#/components/parameters/A", "description": "Own."}],
        requestBody={"$ref": "#/components/requestBodies/B", "description": "Own."},
    )
    assert [made.arguments[0].description, made.body_description] == ["Own.", "Own."]


def answer(schema: Any, media_type: str = "application/json") -> dict[str, Any]:
    return {"description": "d", "content": {media_type: {"schema": schema}}}


def test_success_and_all_answers_have_their_types() -> None:
    responses = {
        "default": answer({"type": "string"}),
        "4XX": answer({"type": "number"}),
        "404": {"description": "none"},
        "201": answer({"type": "integer"}),
        "204": {"description": "empty"},
    }
    made = read(responses=responses)
    assert made.success.plain == "int | None"
    assert made.anything.plain == "int | float | str | None"
    assert [a.status for a in made.answers] == ["201", "204", "404", "4XX", "default"]


def test_a_marked_failure_is_no_success() -> None:
    good, bad = ({"type": "object", "properties": {"a": {}}, "title": title} for title in ("Good", "Bad"))
    made = read(responses={"200": answer({"anyOf": [good, {**bad, "x-failure": True}]})})
    assert (made.success.plain, made.anything.plain) == ("Good", "Good | Bad | None")


@pytest.mark.parametrize(
    ("media_type", "schema", "plain"),
    [
        ("text/csv", {"type": "string"}, "str"),
        ("application/octet-stream", {}, "bytes"),
        ("application/json", {}, "Any"),
    ],
)
def test_an_answer_has_the_type_of_its_media_type(media_type: str, schema: Any, plain: str) -> None:
    assert read(responses={"200": answer(schema, media_type)}).success.plain == plain


def test_an_answer_that_cannot_be_read_is_refused() -> None:
    with pytest.raises(Problem, match="the response has the unsupported media type `application/xml`"):
        read(responses={"200": answer({"type": "object"}, "application/xml")})


def test_security_is_the_operation_s_or_the_document_s() -> None:
    schemes = {name: {"type": "apiKey", "in": "query", "name": name} for name in ("a", "b")}
    root = {"security": [{"a": []}], "components": {"securitySchemes": schemes}}
    assert read("/x", None, root).security == [["a"]]
    assert read("/x", None, root, security=[{"b": [], "a": []}, {}]).security == [["a", "b"], []]
    assert read("/x", None, root, security=[]).security == []
    with pytest.raises(Problem, match="the security scheme `c` is not declared"):
        read("/x", None, root, security=[{"c": []}])


def test_dependencies_name_parameters() -> None:
    parameters = [parameter("a"), parameter("b")]
    made = read(parameters=parameters, **{"x-dependencies": ["OnlyOne(a, b)"]})
    (dependency,) = made.dependencies
    assert dependency.text == "OnlyOne(a, b)"
    expression = dependency.expression()
    assert [eval(expression, {"given": given}) for given in ({}, {"a": 1}, {"a": 1, "b": 2})] == [
        False,
        True,
        False,
    ]
    with pytest.raises(Problem, match="names `c`, which is no parameter of the operation; choose from a, b"):
        read(parameters=parameters, **{"x-dependencies": ["Or(a, c)"]})
    with pytest.raises(Problem, match=r"`Or\(a\)`"):
        read(parameters=parameters, **{"x-dependencies": ["Or(a)"]})


def test_servers_of_an_operation_win_and_variables_have_their_defaults() -> None:
    server = {"url": "https://{region}.x.test/", "variables": {"region": {"default": "eu"}}}
    assert read(servers=[server]).server == "https://eu.x.test"
    assert read().server is None


def test_a_contract_without_a_server_is_refused() -> None:
    bare = document()
    del bare["servers"]
    with pytest.raises(Problem, match="no server is named"):
        client("x", Contract(bare))


def test_the_client_says_what_every_call_needs() -> None:
    schemes = {name: {"type": "apiKey", "in": "query", "name": name} for name in ("a", "b")}
    root = {"security": [{"a": []}, {"a": [], "b": []}], "components": {"securitySchemes": schemes}}
    made = client("x", Contract(document("/x", None, root)))
    assert (made.arguments, made.needed) == (["a", "b"], "a, or a and b")
    assert made.environment == {"a": "X_A", "b": "X_B"}


def test_the_lowered_contract_keeps_every_operation_parameter_and_model() -> None:
    body = {"type": "object", "title": "Thing", "required": ["A"], "properties": {"A": {}, "b": {}}}
    parameters = [parameter("id.x", "path"), parameter("q", content={"application/json": {}})]
    node = {"parameters": parameters, "requestBody": {"content": {"application/json": {"schema": body}}}}
    low = lowered(client("x", Contract(document("/{id.x}", **node))))
    operation = low["paths"]["/0/{p0}"]["post"]
    assert [(p["name"], p["in"]) for p in operation["parameters"]] == [("p0", "path"), ("p1", "query")]
    assert low["components"]["schemas"]["Thing"]["required"] == ["a"]
    assert set(low["components"]["schemas"]["Thing"]["properties"]) == {"a", "b"}
