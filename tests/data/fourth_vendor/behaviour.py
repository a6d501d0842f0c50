"""What the extensions of the fourth vendor come to in its client; run in its tree by tests/test_fourth_vendor.py."""

from __future__ import annotations

import importlib
import sys
from datetime import date
from typing import Any, get_overloads

import httpx
import pytest

from scripts.vendors import ROOT

sys.path.insert(0, str(ROOT / "generated"))
acme = importlib.import_module("phone_number_apis.acme")
errors = acme.errors


class Server:
    """Gives answers in turn, the last for ever, and keeps the requests."""

    def __init__(self, *answers: httpx.Response) -> None:
        self.answers, self.requests = list(answers), list[httpx.Request]()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def client(server: Server, **options: Any) -> Any:
    given = {"api_key": "key", "username": "user", "password": "word", **options}
    return acme.Client(**given, transport=httpx.MockTransport(server))


RESERVED = httpx.Response(201, json={"R": 1})


def test_x_python_method_names_the_method_and_the_body_stands_in_its_properties() -> None:
    server = Server(RESERVED)
    made = client(server).animals.reserve(
        id=1, week=3, body_id="b", body_body="c", body_timeout=5, body_headers=["d"], note=None
    )
    (request,) = server.requests
    assert made.r == 1
    assert request.url.path == "/v1/reservations/1"
    assert request.read() == b'{"id":"b","body":"c","timeout":5,"headers":["d"],"note":null}'


def test_an_argument_may_be_called_api_key() -> None:
    server = Server(RESERVED)
    client(server, api_key="my key").animals.reserve(id=1, week=3)
    assert server.requests[0].url.query == b"week=3&api_key=my%20key"


def test_x_dependencies_are_overloads() -> None:
    ways = [set(way.__annotations__) for way in get_overloads(type(client(Server(RESERVED)).animals).reserve)]
    assert [{"day", "week"} & way for way in ways] == [{"day"}, {"week"}]


def test_x_dependencies_are_checked() -> None:
    server = Server(RESERVED)
    with pytest.raises(errors.InvalidRequest, match="exactly one of `day` and `week`"):
        client(server).animals.reserve(id=1, day=date(2026, 1, 1), week=1)
    assert server.requests == []


def test_an_idempotent_post_is_sent_again() -> None:
    server = Server(httpx.Response(500), RESERVED)
    assert client(server).animals.reserve(id=1, week=3).r == 1
    assert len(server.requests) == 2


def test_x_not_processed_is_sent_again_and_no_failure_in_doubt() -> None:
    server = Server(httpx.Response(503, headers={"retry-after": "0"}))
    with pytest.raises(errors.ServerError) as caught:
        client(server, max_retries=1).animals.reserve(id=1, week=3)
    assert not isinstance(caught.value, errors.OutcomeUnknown)
    assert len(server.requests) == 2


def test_x_ask_names_the_method_that_can_tell() -> None:
    def reset(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadError("reset", request=request)

    made = acme.Client(api_key="key", max_retries=0, transport=httpx.MockTransport(reset))
    with pytest.raises(errors.OutcomeUnknown, match=r"client\.animals\.list_animals can tell"):
        made.animals.reserve(id=1, week=3)


@pytest.mark.parametrize(
    ("code", "kind"), [("taken", "Conflict"), ("expired", "AuthenticationError"), (17, "AuthenticationError")]
)
def test_x_error_says_where_code_message_and_details_stand(code: str | int, kind: str) -> None:
    said = {"code": code, "detail": "No.", "more": ["By another."]}
    with pytest.raises(getattr(errors, kind)) as caught:
        client(Server(httpx.Response(409, json=said))).animals.reserve(id=1, week=3)
    error = caught.value
    assert (error.code, error.message, error.details) == (code, "No.", "By another.")


def test_x_environment_names_the_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ACME_USER", "user")
    monkeypatch.setenv("ACME_KEY", "word")
    server = Server(httpx.Response(200, json=[]))
    acme.Client.from_env(transport=httpx.MockTransport(server)).wire_formats.get_query(form_primitive="a")
    wanted = next(httpx.BasicAuth("user", "word").auth_flow(httpx.Request("GET", "https://acme.test")))
    assert server.requests[0].headers["authorization"] == wanted.headers["authorization"]
