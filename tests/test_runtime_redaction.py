"""Nothing that is said shows a secret."""

from __future__ import annotations

import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable
from typing import Any, ClassVar
from urllib.parse import quote

import httpx
import pytest
from attrs import define, field

from scripts.runtime import errors
from scripts.runtime.errors import ErrorFields
from scripts.runtime.model import Model
from scripts.runtime.operation import Operation, Parameter
from scripts.runtime.redaction import redacted
from scripts.runtime.security import api_key, basic, bearer
from scripts.runtime.unset import UNSET
from tests.calls import ECHO, JSON, SECRET, Answer, Call, Server, Stream, both, client

CREDENTIALS = [
    basic("user", SECRET, "username", "password"),
    bearer(SECRET, "token"),
    api_key("X-Key", "header", SECRET, "key"),
    api_key("key", "query", SECRET, "key"),
    api_key("key", "cookie", SECRET, "key"),
]
PAIR = "dXNlcjpzM2NyZXQtb2YtbWluZQ=="
each_kind = pytest.mark.parametrize(
    "credential", CREDENTIALS, ids=["basic", "bearer", "header", "query", "cookie"]
)


def shown(error: BaseException) -> str:
    """All that an error and those that it came of say."""
    said = [*traceback.format_exception(error), repr(pickle.dumps(error)), repr(copy.copy(error))]
    chain: BaseException | None = error
    while chain is not None:
        said += [str(chain), repr(chain), repr(chain.args)]
        chain = chain.__cause__ or chain.__context__
    return "\n".join(said)


def assert_hidden(*texts: str) -> None:
    for text in texts:
        assert SECRET not in text
        assert PAIR not in text


@both
@each_kind
def test_no_repr_and_no_refusal_shows_a_credential(call: Call, credential: Any) -> None:
    server = Server(401)
    made = client(server, credentials={"scheme": credential})
    assert_hidden(repr(made.get_httpx_client()))
    assert repr(made) == "scripts.runtime.client.BaseClient(base_url='https://a.test/v1')"
    with pytest.raises(errors.AuthenticationError) as caught:
        call(made, "call", ECHO, "a", UNSET)
    for arguments in (("..", UNSET), ("a", "q" * 70_000)):
        with pytest.raises(errors.InvalidRequest) as refused:
            call(client(server, credentials={"scheme": credential}), "send", ECHO, *arguments)
        assert_hidden(shown(refused.value))
    assert len(server.requests) == 1
    assert SECRET in repr(server.requests[0].headers.raw) + str(server.requests[0].url) or PAIR in repr(
        server.requests[0].headers.raw
    )
    assert_hidden(repr(made), str(made), repr(vars(made)), shown(caught.value))


@both
@each_kind
def test_no_log_shows_a_credential(call: Call, credential: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    call(client(credentials={"scheme": credential}), "call", ECHO, "a", "b")
    with pytest.raises(errors.NotSent):
        call(client(Server(httpx.ConnectError("no")), credentials={"scheme": credential}, max_retries=0),
             "call", ECHO, "a", "b")  # fmt: skip
    assert {record.name for record in caplog.records} >= {"httpx", "scripts.runtime.client"}
    assert_hidden(caplog.text, *(repr(vars(record)) for record in caplog.records))
    assert "POST /echo/{x}: 200 after" in caplog.text
    assert "POST /echo/{x}: ConnectError after" in caplog.text


def test_a_query_without_a_secret_is_logged_as_ever(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "httpx")
    for credential in (CREDENTIALS[3], CREDENTIALS[1]):
        client(credentials={"scheme": credential}).call(ECHO, "a", "b")
    logging.getLogger("httpx").info("by a name: %(name)s", {"name": "x"})
    assert [record.getMessage() for record in caplog.records] == [
        'HTTP Request: POST https://a.test/v1/echo/a "HTTP/1.1 200 OK"',
        'HTTP Request: POST https://a.test/v1/echo/a?q=b "HTTP/1.1 200 OK"',
        "by a name: x",
    ]


@both
@each_kind
@pytest.mark.parametrize(
    "transport",
    [httpx.ConnectError, httpx.ReadError, httpx.LocalProtocolError],
    ids=lambda kind: kind.__name__,
)
def test_an_error_of_the_connection_that_tells_a_secret_does_not(
    call: Call, credential: Any, transport: type[httpx.TransportError]
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        try:
            raise OSError(f"{SECRET} and {PAIR}")
        except OSError as error:
            raise transport(f"cannot send {request.headers.raw} to {request.url}") from error

    made = client(fail, credentials={"scheme": credential}, max_retries=0)
    with pytest.raises((errors.NotSent, errors.OutcomeUnknown)) as caught:
        call(made, "call", ECHO, "a", UNSET)
    said = [str(caught.value), repr(caught.value), str(caught.value.__cause__), repr(caught.value.__cause__)]
    assert_hidden(*said)
    assert "[secret]" in said[0]


ECHOES: Operation[Any, Any] = Operation(
    "GET",
    "/x",
    responses={"200": {JSON: dict[str, int]}, "400": {JSON: dict[str, Any]}},
    security=[["scheme"]],
)


@both
@each_kind
@pytest.mark.parametrize("secret", [SECRET, PAIR])
@pytest.mark.parametrize(
    ("status", "kind"),
    [(200, errors.MalformedResponse), (400, errors.APIError), (404, errors.UnexpectedStatus), (401, errors.AuthenticationError)],
)  # fmt: skip
def test_a_vendor_that_echoes_a_secret_is_not_repeated(
    call: Call, credential: Any, secret: str, status: int, kind: type[errors.ResponseError]
) -> None:
    if (secret == PAIR) != (credential is CREDENTIALS[0]):
        return
    server = Server(lambda request: httpx.Response(status, json={"error": f"token {secret} is unknown"}))
    with pytest.raises(kind) as caught:
        call(client(server, credentials={"scheme": credential}), "call", ECHOES)
    assert type(caught.value) is kind
    assert "token [secret] is unknown" in str(caught.value)
    assert_hidden(str(caught.value), repr(caught.value), "".join(traceback.format_exception(caught.value)))
    context = caught.value.__context__
    assert type(context) is kind
    assert_hidden(str(context), repr(context))


@define(kw_only=True)
class Fault(Model):
    """A documented error."""

    m: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __error__: ClassVar[ErrorFields | None] = ErrorFields(message="/m")


def answering(answer: httpx.Response) -> Answer:
    return lambda request: answer


@both
@pytest.mark.parametrize(
    "value",
    [
        [SECRET],
        {"a": [SECRET]},
        {SECRET: 1},
        (1, SECRET),
        {SECRET},
        SECRET.encode(),
        ["x" * 1000, SECRET],
        f"a {SECRET}",
    ],
    ids=str,
)
def test_a_refusal_does_not_repeat_a_secret_that_was_given(call: Call, value: Any) -> None:
    made: Operation[Any, Any] = Operation(
        "GET", "/x", parameters=[Parameter("n", "query", int)], responses={}
    )
    with pytest.raises(errors.InvalidRequest) as caught:
        call(client(), "call", made, value)
    error = caught.value
    assert_hidden(str(error), repr(error), repr(error.args), repr(vars(error)), repr(pickle.dumps(error)))
    assert_hidden(str(error.__context__), repr(error.__context__), repr(vars(error.__context__)))
    assert "[secret]" in str(error.value)
    assert ("[secret]" in str(error)) == (len(str(value)) < 200)


@both
def test_a_refusal_keeps_a_value_without_a_secret(call: Call) -> None:
    value, made = (
        [object()],
        Operation[Any, Any]("GET", "/x", parameters=[Parameter("n", "query", int)], responses={}),
    )
    with pytest.raises(errors.InvalidRequest) as caught:
        call(client(), "call", made, value)
    assert caught.value.value is value


@both
def test_the_vendor_s_words_are_told_without_a_secret(call: Call) -> None:
    made: Operation[Any, Any] = Operation(
        "GET", "/x", responses={"200": {JSON: dict[str, int]}, "400": {JSON: Fault}}
    )
    text = f"unknown token {SECRET}"
    for status, kind in ((400, errors.APIError), (200, errors.MalformedResponse)):
        answer = httpx.Response(status, json={"m": text})
        with pytest.raises(kind) as caught:
            call(client(answering(answer)), "call", made)
        held = vars(caught.value)
        assert held["message" if status == 400 else "got"] == "unknown token [secret]"
        assert held["content"] == answer.content


@both
def test_a_secret_that_a_message_cuts_short_is_not_begun(call: Call) -> None:
    secret = "0123456789abcdef" * 2
    for length in range(440, 500):
        answer = httpx.Response(404, content=b"x" * length + secret.encode())
        made = client(answering(answer), credentials={"scheme": bearer(secret, "token")})
        with pytest.raises(errors.UnexpectedStatus) as caught:
            call(made, "call", ECHOES)
        assert secret[:8] not in str(caught.value)


@both
def test_a_decoding_error_and_a_short_secret_are_no_trouble(call: Call) -> None:
    answer = httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(b"abc"))
    made = client(answering(answer), credentials={"scheme": bearer("abc", "token")})
    with pytest.raises(errors.MalformedResponse, match="GET /x answered 200, but its body cannot be decoded"):
        call(made, "call", ECHOES)


# The text itself


SECRETS = [SECRET, "pa\"ss'w\\ör/d€😀 x&%", "abc/def+ghi=", "a.b-c_d~e", "\\\\ends with\\", "0123"]


WAYS: list[Callable[[str], str]] = [
    str, repr, json.dumps, quote,
    lambda text: json.dumps(text, ensure_ascii=False),
    lambda text: json.dumps(text).replace("/", "\\/"),
    lambda text: quote(text, safe=""),
    lambda text: repr(text.encode()),
    lambda text: repr({"message": text, "other": "\"'"}),
    lambda text: repr(json.dumps(text).encode()),
    lambda text: repr(json.dumps({"m": [text]}, ensure_ascii=False).encode()),
    lambda text: repr(repr({"a": json.dumps(text), "b": "\"'"})),
]  # fmt: skip


@pytest.mark.parametrize("secret", SECRETS)
@pytest.mark.parametrize("write", WAYS)
def test_a_secret_is_found_however_it_is_escaped(secret: str, write: Callable[[str], str]) -> None:
    before, after = write("<>").split("<>") if "<>" in write("<>") else ("", "")
    text = redacted(f"so {write(secret)} it is", [secret])
    assert "[secret]" in text
    assert text.startswith(f"so {before}")
    assert text.endswith(f"{after} it is")
    assert len(text) <= len(f"so {before}[secret]{after} it is") + 1


def test_all_secrets_are_found_wherever_they_stand() -> None:
    assert redacted("one, other; one", ["one!", "other", "none"]) == "one, [secret]; one"
    assert redacted("tokentoken token", ["token"]) == "[secret][secret] [secret]"


def test_what_could_be_any_text_is_no_secret() -> None:
    assert redacted("a: abc", ["abc", "a", ""]) == "a: abc"


@pytest.mark.parametrize("text", ["\\" * 2000, "é" * 2000, "a" * 2000, "\\u00e9" * 500])
def test_a_text_made_to_take_long_does_not(text: str) -> None:
    assert redacted(text, ["\\" * 40 + "!", "é" * 40 + "!", "éa\\" * 20 + "!"])


def put(request: httpx.Request) -> httpx.Request:
    """An auth that is a function, and puts the header into another request."""
    return httpx.Request(request.method, request.url, headers={"authorization": f"Token {SECRET}"})


@both
@pytest.mark.parametrize("auth", [("user", SECRET), httpx.BasicAuth("user", SECRET), put])
@pytest.mark.parametrize("status", [200, 400, 418])
def test_what_an_auth_of_ones_own_sends_is_hidden(call: Call, auth: Any, status: int) -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        told = f"{request.headers['authorization']} {SECRET}"
        return httpx.Response(status, headers={"content-type": JSON}, json=[told, f"<{told}"])

    made = client(echo, credentials={}, auth=auth)
    with pytest.raises(errors.Error) as caught:
        call(made, "call", ECHO, "a", UNSET)
    assert_hidden(str(caught.value), repr(caught.value))
    assert "[secret]" in str(caught.value)
