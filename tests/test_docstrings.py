"""Docstrings tell users what the contract says, laid out as people write them."""

from __future__ import annotations

import ast
import inspect
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import docstrings
from scripts.contract import Contract
from scripts.lowering import Client, client

FAILURE = {
    "x-failure": True,
    "type": "object",
    "x-error": {"code": "/code", "authentication": [100, "NO_KEY"]},
    "properties": {"code": {"type": "string"}},
}
THING = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
ERROR = {"type": "object", "properties": {"message": {"type": "string"}}}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def answer(description: str, *schemas: Any, **more: Any) -> dict[str, Any]:
    content = {"application/json": {"schema": {"anyOf": list(schemas)}}}
    return {"description": description, **({"content": content} if schemas else {}), **more}


def query(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "integer"}, **more}


def told(responses: dict[str, Any] | None = None, **node: Any) -> str:
    """The docstring of the method of the one operation of a document."""
    return docstrings.method(made(responses, **node).tags[0].methods[0])


def function(responses: dict[str, Any] | None = None, **node: Any) -> str:
    """The docstring of its function."""
    return docstrings.operation(made(responses, **node).operations[0])


def made(responses: dict[str, Any] | None = None, **node: Any) -> Client:
    node = {"operationId": "getThing", "summary": "Get a thing", "tags": ["things"], **node}
    node["responses"] = responses or {"204": answer("Gone")}
    path = "/{id}" if any(parameter["in"] == "path" for parameter in node.get("parameters", ())) else "/"
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {path: {"post": node}},
        "components": {
            "schemas": {"Thing": THING, "Failure": FAILURE, "Error": ERROR},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }
    return client("acme", Contract(document))


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading, without their indent."""
    return inspect.cleandoc(text.partition(f"{heading}:\n")[2].partition("\n\n")[0]).splitlines()


def test_it_starts_with_the_summary_as_a_sentence_and_the_description() -> None:
    assert told(description="All of it.\n\nEven more.").startswith(
        "Get a thing.\n\nAll of it.\n\nEven more.\n\n"
    )


def test_it_names_the_page_that_it_was_read_from() -> None:
    text = told(externalDocs={"url": "https://docs.example/a"})
    assert "Retries: only where the request never left. Source: https://docs.example/a\n\n" in text


@pytest.mark.parametrize(
    ("node", "note"),
    [
        ({"x-billable": True}, "This call can cost money."),
        ({"x-idempotent": False}, "Sent twice, it may be carried out twice."),
        ({"x-allowed-roles": ["Owner"]}, "It is open to Owner only."),
        ({"x-allowed-roles": ["Owner", "Admin", "Clerk"]}, "It is open to Owner, Admin and Clerk only."),
        ({"x-dependencies": ["Or(a, pageSize)"]}, "Give at least one of `a` and `page_size`."),
        ({"x-dependencies": ["OnlyOne(a, b)"]}, "Give exactly one of `a` and `b`."),
        ({"x-dependencies": ["AllOrNone(a, b)"]}, "Give all of `a` and `b`, or none of them."),
        ({"x-dependencies": ["ZeroOrOne(a, b)"]}, "Give at most one of `a` and `b`."),
        ({"x-dependencies": ["IF a THEN b"]}, "The parameters must be such that IF a THEN b."),
        ({"x-dependencies": ["Or(a, NOT b)"]}, "The parameters must be such that Or(a, NOT b)."),
        ({"x-billable": True, "x-idempotent": False}, "This call can cost money. Sent twice, it may be carried"),
    ],
)  # fmt: skip
def test_it_notes_what_to_know_before_the_call(node: dict[str, Any], note: str) -> None:
    assert f"\n\n{note}" in told(parameters=[query("a"), query("b"), query("pageSize")], **node)


SAFE = answer("Busy", **{"x-not-processed": True})


@pytest.mark.parametrize(
    ("responses", "node", "note"),
    [
        ({}, {"x-idempotent": True}, "Retries: after a failed connection and after status 5XX."),
        ({"429": SAFE}, {"x-idempotent": True}, "Retries: after a failed connection and after status 5XX, and after status 429."),
        ({}, {"x-idempotent": False}, "Retries: only where the request never left."),
        ({"429": SAFE, "503": SAFE}, {"x-idempotent": False},
         "Retries: only where the request never left, and after status 429 and 503, which says that nothing was carried out."),
    ],
)  # fmt: skip
def test_it_tells_when_a_call_is_sent_again(
    responses: dict[str, Any], node: dict[str, Any], note: str
) -> None:
    assert note in " ".join(told({"200": answer("OK"), **responses}, **node).split())


def test_arguments_stand_in_the_order_of_the_signature() -> None:
    parameters = [query("b"), query("a", required=True, description="The first"), query("c")]
    parameters.append({"name": "id", "in": "path", "required": True, "schema": {"type": "string"}})
    body = {"content": {"text/plain": {}, "application/json": {}}, "description": "Its text"}
    assert section(told(parameters=parameters, requestBody=body), "Args") == [
        "id: The path parameter `id`.",
        "a: The first.",
        "b: The query parameter `b`.",
        "c: The query parameter `c`.",
        "body: Its text.",
        "content_type: How the body is written.",
        "timeout: Seconds, for this call.",
        "headers: More headers, for this call.",
    ]


def test_a_function_refers_to_the_method_and_tells_what_it_takes_beside_a_client() -> None:
    first, *_ = function(parameters=[query("a", description="The first")]).partition("\n\n")
    assert first == "Get a thing. More is told by `client.things.get_thing`."
    assert section(function(parameters=[query("a", description="The first")]), "Args") == ["a: The first."]


def test_a_function_tells_of_a_body_what_the_contract_does() -> None:
    body = {"content": {"text/plain": {}}}
    assert "Args" not in function(requestBody=body)
    assert section(function(requestBody={**body, "description": "Its text"}), "Args") == ["body: Its text."]


def test_a_method_for_asyncio_warns_and_refers_to_the_other() -> None:
    node = {"x-billable": True, "x-idempotent": False, "externalDocs": {"url": "https://docs.example/a"}}
    method = made(**node).tags[0].methods[0]
    assert docstrings.method(method, "Async").split("\n\n") == [
        "Get a thing.",
        "This call can cost money. Sent twice, it may be carried out twice."
        " Retries: only where the request never left. Source: https://docs.example/a",
        "Args, returns and raises: as `Client.things.get_thing`.",
    ]


@pytest.mark.parametrize(
    ("dependencies", "said"),
    [
        (["OnlyOne(a, b)"], "Give exactly one of `a` and `b`. Retries"),
        (["OnlyOne(a, b, c, d, e, f, g)"], "and `g`. No type checker sees to that: the call does. Retries"),
        (["IF a == 1 THEN b"], "IF a == 1 THEN b. No type checker sees to that: the call does. Retries"),
    ],
)
def test_it_says_what_no_type_checker_sees_to(dependencies: list[str], said: str) -> None:
    parameters = [query(name) for name in "abcdefg"]
    text = told(parameters=parameters, **{"x-dependencies": dependencies})
    assert said in " ".join(text.split())


def test_a_body_without_a_description_is_told_too() -> None:
    assert "body: What is sent." in section(told(requestBody={"content": {"text/plain": {}}}), "Args")


def test_the_description_of_a_body_is_told_though_its_properties_are_arguments() -> None:
    body = {"content": {"application/json": {"schema": THING}}, "description": "All of it.", "required": True}
    text = told(requestBody=body)
    assert "\n\nThe body: All of it.\n\n" in text
    assert "id: A property of the body." in section(text, "Args")


def test_an_entry_is_one_paragraph_behind_a_hanging_indent() -> None:
    text = told(parameters=[query("a", description="word " * 40 + "\n\n- item")])
    first, *more = [line for line in text.splitlines() if "word" in line or "item" in line]
    assert first.startswith("    a: word word")
    assert [line[:9] for line in more] == ["        w"] * len(more)
    assert more[-1].endswith("word - item.")
    assert max(map(len, text.splitlines())) <= docstrings.WIDTH - 4


@pytest.mark.parametrize(
    ("responses", "entries"),
    [
        ({"200": answer("OK", ref("Thing"))}, ["Thing: Status 200. OK."]),
        ({"200": answer("OK", ref("Thing"), {"type": "null"})}, ["Thing | None: Status 200. OK."]),
        ({"200": answer("OK", ref("Thing"), ref("Failure"))}, ["Thing: Status 200. OK."]),
        ({"201": answer("Made", ref("Thing")), "204": answer("Gone")},
         ["Thing: Status 201. Made.", "None: Status 204. Gone."]),
        ({"2XX": answer("Any", {})}, ["Any: Status 2XX. Any."]),
        ({"default": answer("All", ref("Thing"))}, ["Thing: Any other status. All."]),
        ({"200": answer("OK"), "default": answer("All", ref("Thing"))}, ["None: Status 200. OK."]),
    ],
)  # fmt: skip
def test_it_tells_what_a_success_returns(responses: dict[str, Any], entries: list[str]) -> None:
    assert section(told(responses), "Returns") == entries


OPEN = "errors.OutcomeUnknown, errors.MalformedResponse: It may have been carried out."
UNSENT = "errors.NotSent, errors.InvalidRequest: Nothing was sent."
KNOWN = "errors.AuthenticationError, errors.RateLimited: Status 401 and 429."


@pytest.mark.parametrize(
    ("responses", "entries"),
    [
        ({"400": answer("Bad", ref("Error"))},
         ["errors.BadRequest: Status 400; `parsed` is an `Error`. Bad.", KNOWN]),
        ({"400": answer("Bad", ref("Thing"), {"type": "string"})},
         ["errors.BadRequest: Status 400; `parsed` is a `Thing` or a `str`. Bad.", KNOWN]),
        ({"400": answer("Bad")}, ["errors.BadRequest: Status 400. Bad.", KNOWN]),
        ({"400": answer("Bad", {})}, ["errors.BadRequest: Status 400. Bad.", KNOWN]),
        ({"401": answer("No")}, ["errors.AuthenticationError: Status 401. No.", "errors.RateLimited: Status 429."]),
        ({"401": answer("No"), "429": answer("Slow", **{"x-not-processed": True})},
         ["errors.AuthenticationError: Status 401. No.",
          "errors.RateLimited: Status 429. Slow. It was not carried out and can be sent again."]),
        ({"4XX": answer("Bad"), "302": answer("Elsewhere")},
         ["errors.Found: Status 302. Elsewhere.",
          "errors.AuthenticationError, errors.RateLimited, errors.ClientError: Status 401, 429 and 4XX. Bad."]),
        ({"400": answer("Bad", ref("Error")), "404": answer("Bad", ref("Error")), "409": answer("Bad")},
         ["errors.BadRequest, errors.NotFound: Status 400 and 404; `parsed` is an `Error`. Bad.", KNOWN,
          "errors.Conflict: Status 409. Bad."]),
        ({"204": answer("Gone"), "default": answer("All")},
         ["errors.AuthenticationError, errors.RateLimited, errors.APIError: Status 401, 429 and any other. All."]),
        ({"4XX": answer("Bad"), "default": answer("All")},
         ["errors.AuthenticationError, errors.RateLimited, errors.ClientError: Status 401, 429 and 4XX. Bad.",
          "errors.APIError: Any other status. All."]),
        ({"200": answer("OK", ref("Thing"))}, [KNOWN]),
        ({"200": answer("OK", ref("Thing"), ref("Failure"))},
         ["errors.AuthenticationError: Code 100 or NO_KEY, but for what is an OutcomeUnknown.", KNOWN,
          "errors.APIError: A failure in status 200; `parsed` is a `Failure`."]),
    ],
)  # fmt: skip
def test_it_tells_what_a_failure_raises(responses: dict[str, Any], entries: list[str]) -> None:
    text = told(responses)
    raised = " ".join(section(text, "Raises")).replace(" errors", "\nerrors").replace(",\n", ", ")
    assert [" ".join(entry.split()) for entry in raised.split("\n")] == [OPEN, UNSENT, *entries]


def test_it_names_the_call_that_can_tell_what_became_of_it() -> None:
    text = told(**{"x-ask": "getThing"})
    assert f"{OPEN[:-1]}; `client.things.get_thing` can tell. errors." in " ".join(text.split())


@pytest.mark.parametrize(
    ("status", "node", "error"),
    [
        ("500", {}, "InternalServerError"), ("5XX", {"x-idempotent": True}, "ServerError"), ("599", {}, "Status599"),
        ("5XX", {"x-idempotent": False}, "UncertainServerError"),
        ("default", {}, "APIError"), ("3XX", {}, "Redirection"),
    ],
)  # fmt: skip
def test_a_status_raises_the_class_that_is_named_for_it(
    status: str, node: dict[str, Any], error: str
) -> None:
    text = " ".join(told({"200": answer("OK"), status: answer("No")}, **node).split())
    assert re.search(
        rf"errors\.{error}: [\w, ]*\b{'other' if status == 'default' else status}\b[^:]*\. No\.", text
    )


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("Short.", '"""Short."""'),
        ("", '""" """'),
        ('Says "it"', '"""Says "it" """'),
        ('"""', r'"""\"\"\" """'),
        ("C:\\new", r'"""C:\\new"""'),
        ("ends with \\", '"""ends with \\\\"""'),
        ("One\ntwo.\n\nThree.", '"""One two.\n\nThree.\n"""'),
        ("a\0b\x85c\u2028d\ud800e", '"""a b c d e"""'),
        ("a\u202eb\u200bc\ufeff", '"""abc"""'),
        ("  \n Text \n\n", '"""Text"""'),
    ],
)
def test_any_text_can_stand_in_a_docstring(text: str, source: str) -> None:
    assert docstrings.quoted(text) == source


@pytest.mark.parametrize("length", range(102, 112))
def test_a_docstring_is_as_wide_as_it_may_be_and_no_wider(length: int) -> None:
    text = "w" * (length - 10) + " " + "w" * 9
    lines = docstrings.quoted(text, 4).splitlines()
    assert max(len("    " + lines[0]), *map(len, lines)) <= docstrings.WIDTH
    assert (len(lines) == 1) == (length + 4 + 6 <= docstrings.WIDTH)


def test_lines_after_the_first_stand_behind_the_indent() -> None:
    assert docstrings.quoted("One.\n\nTwo.", 4) == '"""One.\n\n    Two.\n    """'


@given(st.text(), st.sampled_from([0, 4]))
def test_what_is_quoted_says_what_was_given(text: str, indent: int) -> None:
    said = ast.literal_eval(docstrings.quoted(text, indent))
    seen, given_ = ([c for c in each if c.isprintable() and not c.isspace()] for each in (said, text))
    assert seen == given_
