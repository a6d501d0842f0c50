"""An answer is read whole, and one whose body cannot be decoded keeps its status and its bytes."""

from __future__ import annotations

import gzip
from typing import Any

import httpx
import pytest

from scripts.runtime import errors
from scripts.runtime.operation import Operation
from tests.calls import JSON, Call, Server, Stream, both, client

GZIP = {"content-encoding": "gzip", "content-type": JSON}
READ: Operation[Any, Any] = Operation(
    "GET", "/x", responses={"200": {JSON: dict[str, Any]}, "204": {}, "4XX": {}}
)
MAKE: Operation[Any, Any] = Operation("POST", "/x", responses={"200": {JSON: dict[str, Any]}})


def answering(status: int, *parts: bytes | Exception, headers: dict[str, str] = GZIP) -> Server:
    """Answers with a body that comes in parts."""
    return Server(lambda request: httpx.Response(status, headers=headers, stream=Stream(*parts)))


@both
def test_a_compressed_answer_is_decoded(call: Call) -> None:
    packed = gzip.compress(b'{"a": "\xc3\xa9"}')
    response = call(client(answering(200, packed[:5], packed[5:])), "send", READ)
    assert (response.status, response.content, response.parsed) == (200, b'{"a": "\xc3\xa9"}', {"a": "é"})
    assert response.headers == {"content-encoding": "gzip", "content-type": JSON}


@both
@pytest.mark.parametrize("status", [204, 302, 404, 418, 500])
def test_the_answer_whole_has_the_bytes_that_cannot_be_decoded(call: Call, status: int) -> None:
    response = call(client(answering(status, b"no", b"zip"), max_retries=0), "send", READ)
    assert (response.status, response.content, response.parsed) == (status, b"nozip", None)
    assert response.headers == {"content-encoding": "gzip", "content-type": JSON}


@both
@pytest.mark.parametrize(
    ("operation", "status", "kind", "sent"),
    [
        (READ, 200, errors.MalformedResponse, 1),
        (MAKE, 200, errors.MalformedResponse, 1),
        (READ, 302, errors.UnexpectedStatus, 1),
        (READ, 404, errors.APIError, 1),
        (READ, 401, errors.AuthenticationError, 1),
        (READ, 503, errors.ServerError, 3),
        (MAKE, 503, errors.UncertainServerError, 1),
    ],
)
def test_a_body_that_cannot_be_decoded_hides_no_status(
    call: Call, operation: Operation[Any, Any], status: int, kind: type[errors.ResponseError], sent: int
) -> None:
    headers = GZIP | {"retry-after": "0"}
    server = answering(status, b"no", b"zip", headers=headers)
    with pytest.raises(kind) as caught:
        call(client(server, max_retries=2), "call", operation)
    assert type(caught.value) is kind
    assert (caught.value.status, caught.value.content, caught.value.headers) == (status, b"nozip", headers)
    assert isinstance(caught.value.__cause__, httpx.DecodingError) is (status == 200)
    assert len(server.requests) == sent


@both
def test_a_success_without_a_documented_body_does_not_mind_what_it_is(call: Call) -> None:
    assert call(client(answering(204, b"nozip")), "call", READ) is None


@both
def test_a_compressed_answer_that_breaks_off_is_none(call: Call) -> None:
    server = answering(200, gzip.compress(b"{}")[:5], httpx.ReadError("reset"))
    with pytest.raises(errors.OutcomeUnknown, match="after an answer with status 200 had begun"):
        call(client(server), "call", MAKE)
    assert len(server.requests) == 1


@pytest.mark.parametrize("is_read", [False, True])
def test_a_hook_may_have_read_a_compressed_answer(is_read: bool) -> None:
    hooks = [httpx.Response.read] if is_read else []
    made = httpx.Client(
        transport=httpx.MockTransport(answering(200, gzip.compress(b'{"a": 1}'))),
        event_hooks={"response": hooks},
    )
    assert client(http_client=made).call(READ) == {"a": 1}


def test_a_compressed_text_has_the_encoding_that_the_client_was_given() -> None:
    server = answering(
        200, gzip.compress(b"\xe9"), headers={"content-encoding": "gzip", "content-type": "text/plain"}
    )
    made = httpx.Client(transport=httpx.MockTransport(server), default_encoding="latin-1")
    text: Operation[Any, Any] = Operation("GET", "/x", responses={"200": {"text/plain": str}})
    assert client(http_client=made).call(text) == "é"
