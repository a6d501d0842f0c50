"""The client sends what operations draft, by plain calls and by asyncio, and raises the errors of its vendor."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import Any, ClassVar, Unpack

import httpx
import pytest
from attrs import define, field

from scripts.runtime import errors
from scripts.runtime.client import BaseClient, Resource
from scripts.runtime.errors import APIError, InvalidRequest, MissingCredentials
from scripts.runtime.guards import pointed
from scripts.runtime.jwt import Jwt
from scripts.runtime.model import Model
from scripts.runtime.operation import Operation
from scripts.runtime.options import Options
from scripts.runtime.security import Applied, Credential, basic, bearer
from scripts.runtime.unset import UNSET
from tests.calls import ECHO, JSON, SECRET, Call, Server, Stream, both, client, fine


@both
def test_a_call_sends_what_the_operation_drafts(call: Call) -> None:
    server = Server(fine)
    response = call(client(server), "send", ECHO, "a&b", "c d", body={"k": "é"})
    (request,) = server.requests
    assert (request.method, request.content) == ("POST", '{"k":"é"}'.encode())
    assert request.url.raw_path == b"/v1/echo/a%26b?q=c%20d"
    assert request.headers["authorization"] == f"Bearer {SECRET}"
    assert request.headers["content-type"] == request.headers["accept"] == JSON
    assert "cookie" not in request.headers
    assert (response.status_code, response.headers["content-type"]) == (200, JSON)
    assert response.parsed == {"url": "https://a.test/v1/echo/a%26b?q=c%20d", "body": '{"k":"é"}'}
    assert call(client(server), "call", ECHO, "a&b", "c d", body={"k": "é"}) == response.parsed


@both
def test_the_media_type_of_the_body_can_be_chosen(call: Call) -> None:
    assert call(client(), "call", ECHO, "a", UNSET, body="é", content_type="text/plain")["body"] == "é"


@both
def test_an_operation_may_have_a_server_of_its_own_unless_the_client_is_told_another(call: Call) -> None:
    class Usual(BaseClient):
        _base_url = "https://a.test/v1"

    there = Operation[Any, Any](
        "GET", "/x", responses={"200": {JSON: dict[str, Any]}}, server="https://b.test/v2/"
    )
    assert (
        call(client(kind=Usual, base_url="https://a.test/v1"), "call", there)["url"] == "https://b.test/v2/x"
    )
    assert call(client(kind=Usual, base_url="https://c.test"), "call", there)["url"] == "https://c.test/x"


@both
def test_an_invalid_call_sends_nothing(call: Call) -> None:
    server = Server(fine)
    with pytest.raises(InvalidRequest, match="path parameter x: expected type: string"):
        call(client(server), "send", ECHO, 1, UNSET)
    with pytest.raises(MissingCredentials, match="the call needs the credentials of scheme; give them"):
        call(client(server, credentials={"scheme": None}), "send", ECHO, "a", UNSET)
    with pytest.raises(
        InvalidRequest, match=r"URL: expected a URL that httpx can send \(URL too long\), got '/echo/a'"
    ):
        call(client(server), "send", ECHO, "a", "q" * 70_000)
    assert server.requests == []


@both
def test_any_status_is_an_answer_and_a_call_raises_it(call: Call) -> None:
    server = Server(lambda request: httpx.Response(418, content=b"no"))
    response = call(client(server), "send", ECHO, "a", UNSET)
    assert (response.status, response.content, response.parsed) == (418, b"no", None)
    with pytest.raises(APIError, match="undocumented status 418: b'no'"):
        call(client(server), "call", ECHO, "a", UNSET)


@both
def test_redirects_are_not_followed(call: Call) -> None:
    server = Server(lambda request: httpx.Response(307, headers={"location": "https://evil.test/"}))
    response = call(client(server), "send", ECHO, "a", UNSET)
    assert (response.status_code, response.headers["location"]) == (307, "https://evil.test/")
    assert [request.url.host for request in server.requests] == ["a.test"]


@both
def test_an_error_that_is_not_of_the_connection_is_passed_on(call: Call) -> None:
    with pytest.raises(ZeroDivisionError):
        call(client(Server(ZeroDivisionError())), "call", ECHO, "a", UNSET)


@both
def test_an_answer_shows_its_status_and_nothing_that_may_be_secret(call: Call) -> None:
    headers = {"set-cookie": SECRET}
    server = Server(lambda request: httpx.Response(200, json={"token": SECRET}, headers=headers))
    response = call(client(server), "send", ECHO, "a", UNSET)
    assert repr(response) == str(response) == "Response(status=200)"
    assert repr(Resource(client())) == f"Resource({client()!r})"


# Errors of the vendor


def tree() -> ModuleType:
    """A vendor's tree of errors, with a class for the status 400."""
    made = ModuleType("mine")
    for name, kind in vars(errors).items():
        if isinstance(kind, type) and issubclass(kind, errors.Error):
            setattr(made, name, type(name, (kind,), {}))
    made.Refused = type("Refused", (made.APIError,), {})  # type: ignore[attr-defined]
    made.BY_STATUS = {"400": made.Refused}  # type: ignore[attr-defined]
    return made


TREE: Any = tree()


class Mine(BaseClient):
    _errors = TREE
    _base_url = "https://a.test"
    _environment: ClassVar = {"user": "THE_USER", "password": "THE_PASSWORD", "token": "THE_TOKEN"}
    _sets: ClassVar = [[["user", "password"]], [["token"]]]
    _always_needs = "user with password, or token"

    def __init__(
        self,
        *,
        user: str | None = None,
        password: str | None = None,
        token: str | None = None,
        **options: Unpack[Options],
    ) -> None:
        with self._raising():
            pair = basic(user, password, "user", "password")
            super().__init__({"pair": pair, "scheme": bearer(token, "token")}, **options)


def mine(outcome: Any = fine, **options: Any) -> Mine:
    transport = httpx.MockTransport(outcome if callable(outcome) else Server(outcome))
    return Mine(token=SECRET, transport=transport, max_retries=0, **options)


def broken(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, headers={"content-encoding": "gzip"}, stream=Stream(b"{}"))


@both
@pytest.mark.parametrize(
    ("outcome", "name"),
    [
        (400, "Refused"),
        (404, "UnexpectedStatus"),
        (200, "MalformedResponse"),
        (broken, "MalformedResponse"),
        (500, "UncertainServerError"),
        (httpx.ReadTimeout("silence"), "OutcomeUnknown"),
        (httpx.ConnectError("refused"), "NotSent"),
    ],
)
def test_each_error_is_of_the_vendor_s_tree(call: Call, outcome: Any, name: str) -> None:
    with pytest.raises(getattr(TREE, name)) as caught:
        call(mine(outcome), "call", ECHO, "a", UNSET)
    assert type(caught.value) is getattr(TREE, name)
    assert caught.value.__cause__ is (outcome if isinstance(outcome, Exception) else caught.value.__cause__)


@both
def test_an_error_before_sending_is_of_the_vendor_s_tree(call: Call) -> None:
    with pytest.raises(TREE.InvalidRequest) as caught:
        call(mine(), "call", ECHO, "..", UNSET)
    assert (caught.value.where, caught.value.parameter) == ("path parameter x", "x")
    other: Operation[Any, Any] = Operation("GET", "/x", responses={}, security=[["pair"]])
    with pytest.raises(TREE.MissingCredentials, match="pair"):
        call(mine(), "call", other)


@both
def test_an_error_keeps_what_is_known_beside_its_message(call: Call) -> None:
    with pytest.raises(TREE.MalformedResponse) as caught:
        call(mine(lambda request: httpx.Response(200, json=[1])), "call", ECHO, "a", UNSET)
    error = caught.value
    assert (error.where, error.expected, error.got) == ("", "type: object", [1])
    assert (error.status, error.content) == (200, b"[1]")


@both
def test_an_error_that_the_tree_does_not_have_stays_as_it_is(call: Call) -> None:
    class Foreign(errors.Error):
        """Raised by a hook that makes another call."""

    with pytest.raises(Foreign, match="elsewhere"):
        call(mine(Foreign("elsewhere")), "call", ECHO, "a", UNSET)


# Credentials


def test_credentials_are_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_TOKEN", SECRET)
    monkeypatch.setenv("THE_USER", "")
    server = Server(fine)
    Mine.from_env(transport=httpx.MockTransport(server), base_url="https://b.test").call(ECHO, "a", UNSET)
    assert server.requests[0].headers["authorization"] == f"Bearer {SECRET}"
    assert server.requests[0].url.host == "b.test"


@pytest.mark.parametrize(
    ("held", "authorization"),
    [
        ({"THE_USER": "me", "THE_TOKEN": SECRET}, f"Bearer {SECRET}"),
        ({"THE_PASSWORD": "p", "THE_TOKEN": SECRET}, f"Bearer {SECRET}"),
        ({"THE_USER": "me", "THE_PASSWORD": "pass"}, "Basic bWU6cGFzcw=="),
        ({"THE_USER": "me", "THE_PASSWORD": "pass", "THE_TOKEN": SECRET}, "Basic bWU6cGFzcw=="),
        ({"THE_OTHER": "1", "THE_TOKEN": SECRET}, f"Bearer {SECRET}"),
        ({"THE_OTHER": "1", "THE_USER": "me"}, "Bearer 1"),
    ],
)
def test_the_first_set_of_the_environment_that_is_complete_is_taken(
    held: dict[str, str], authorization: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Two(Mine):
        _environment: ClassVar = {**Mine._environment, "other": "THE_OTHER"}
        _sets: ClassVar = [[["user", "password"]], [["token"], ["other"]]]

        def __init__(self, *, other: str | None = None, token: str | None = None, **more: Any) -> None:
            super().__init__(token=other or token, **more)

    monkeypatch.setattr(os, "environ", held)
    server = Server(fine)
    buy: Operation[Any, Any] = Operation("POST", "/x", responses={"200": {}}, security=[["pair"], ["scheme"]])
    Two.from_env(transport=httpx.MockTransport(server)).call(buy)
    assert server.requests[0].headers.get_list("authorization") == [authorization]


def test_half_a_pair_in_the_environment_names_the_other_half(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THE_USER", "me")
    for blank in (None, ""):
        if blank is not None:
            monkeypatch.setenv("THE_PASSWORD", blank)
        with pytest.raises(
            TREE.InvalidCredentials, match=r"^`THE_USER` needs `THE_PASSWORD`: give both, or neither$"
        ):
            Mine.from_env()


def test_a_credential_that_cannot_be_sent_is_an_error_of_the_vendor_s_tree_and_a_value_error() -> None:
    wrong: Any = 5
    for credentials in ({"token": " "}, {"token": wrong}, {"user": "me"}, {"user": "me", "password": ""}):
        with pytest.raises(TREE.InvalidCredentials) as caught:
            Mine(**credentials)
        assert isinstance(caught.value, ValueError)


def test_a_credential_of_the_environment_that_cannot_be_sent_is_called_by_its_variable(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("THE_TOKEN", " ")
    with pytest.raises(TREE.InvalidCredentials, match=r"^`THE_TOKEN` is blank$"):
        Mine.from_env()
    monkeypatch.setenv("THE_TOKEN", f"{SECRET}\n")
    with pytest.raises(TREE.InvalidCredentials, match=r"^`THE_TOKEN` holds control characters") as caught:
        Mine.from_env()
    assert SECRET not in repr(caught.value)


def test_no_other_error_of_a_client_from_the_environment_is_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    class Filed(BaseClient):
        _environment: ClassVar = {"credentials": "THE_FILE"}

        def __init__(self, credentials: str | None = None, **options: Unpack[Options]) -> None:
            super().__init__({"scheme": self._minted(credentials, **JWT._asdict())}, **options)

    monkeypatch.setenv("THE_FILE", "my credentials.json")
    with pytest.raises(
        errors.InvalidCredentials, match=r"^the credentials file 'my credentials\.json' cannot be read"
    ):
        Filed.from_env()
    monkeypatch.setenv("THE_TOKEN", SECRET)
    with pytest.raises(ValueError, match=r"^base_url is no http or https URL without credentials"):
        Mine.from_env(base_url="https://user@a.test")


NEITHER = (
    "the client has no credentials: give user with password, or token, "
    "or set THE_USER with THE_PASSWORD, or THE_TOKEN and take from_env()"
)


def test_a_client_without_credentials_names_those_that_it_needs(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in Mine._environment.values():
        monkeypatch.delenv(variable, raising=False)
    for make in (Mine, Mine.from_env):
        with pytest.raises(TREE.MissingCredentials) as caught:
            make()
        assert str(caught.value) == NEITHER
    for given in (
        {"auth": httpx.BasicAuth("me", "pass")},
        {"http_client": httpx.Client(auth=("me", "pass"))},
    ):
        options: Any = given
        assert Mine(**options).base_url == Mine.from_env(**options).base_url == "https://a.test"
    with pytest.raises(TREE.MissingCredentials):
        Mine.from_env(http_client=httpx.Client())


def test_a_client_that_may_do_without_credentials_has_none_in_the_environment() -> None:
    assert BaseClient({}, base_url="https://a.test").base_url == "https://a.test"
    with pytest.raises(MissingCredentials, match=r"the client has no credentials: give them$"):
        BaseClient.from_env()


class Renewable(Credential):
    """A token that is as good as its number is high."""

    def __init__(self) -> None:
        super().__init__(Applied({"Authorization": "Bearer token-1"}), "token-1")
        self.dates = list[str | None]()

    def can_renew(self) -> bool:
        return True

    def is_refused(self, answer: Any) -> bool:
        return bool(pointed(answer, "/error") == "expired")

    def renew(self, applied: Applied, date: str | None) -> bool:
        assert applied == self._applied
        self.dates.append(date)
        new = f"token-{len(self.dates) + 1}"
        self._applied, self.secrets = Applied({"Authorization": f"Bearer {new}"}), (new, *self.secrets)
        return True


DATE = "Thu, 07 Apr 2016 23:52:28 GMT"


def expired(request: httpx.Request) -> httpx.Response:
    return httpx.Response(401, json={"error": "expired"}, headers={"date": DATE})


def tokens(server: Server) -> list[str]:
    return [request.headers["authorization"] for request in server.requests]


@both
def test_a_credential_that_is_refused_is_renewed_once(call: Call) -> None:
    server, credential = Server(expired, fine), Renewable()
    assert call(client(server, credentials={"scheme": credential}), "call", ECHO, "a", UNSET)
    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]
    assert credential.dates == [DATE]


@both
def test_a_credential_that_is_refused_twice_is_an_error(call: Call) -> None:
    server, credential = Server(expired), Renewable()
    with pytest.raises(errors.AuthenticationError):
        call(client(server, credentials={"scheme": credential}, max_retries=9), "call", ECHO, "a", UNSET)
    assert tokens(server) == ["Bearer token-1", "Bearer token-2"]


@define(kw_only=True)
class Done(Model):
    """What only a success has."""

    done: int
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Refused(Model):
    """A failure in any status."""

    error: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __failure__: ClassVar[bool] = True
    __error__: ClassVar[errors.ErrorFields | None] = errors.ErrorFields("/error")


BUY: Operation[Any, Any] = Operation(
    "POST",
    "/buy",
    responses={"200": {JSON: Done | Refused}, "500": {JSON: Refused}},
    security=[["scheme"]],
    is_idempotent=False,
)


@both
@pytest.mark.parametrize(
    ("status", "more", "sent"),
    [(200, {}, 2), (401, {}, 2), (200, {"done": 1}, 1), (401, {"done": 1}, 1), (202, {}, 1), (500, {}, 1)],
)
def test_a_credential_is_renewed_only_where_the_answer_is_a_refusal_and_nothing_else(
    call: Call, status: int, more: dict[str, Any], sent: int
) -> None:
    server = Server(lambda request: httpx.Response(status, json={"error": "expired", **more}))
    for retries in (0, 9):
        server.requests.clear()
        made = client(server, credentials={"scheme": Renewable()}, max_retries=retries)
        with pytest.raises(errors.APIError):
            call(made, "call", BUY)
        assert len(server.requests) == sent


@both
@pytest.mark.parametrize(
    "outcome",
    [
        401,
        lambda request: httpx.Response(401, content=b"<html>"),
        lambda request: httpx.Response(401, content=b"[" * 100_000),
        lambda request: httpx.Response(401, json={"error": "other"}),
        lambda request: httpx.Response(401, stream=Stream(b'{"error": "expired"}', httpx.ReadError("reset"))),
        httpx.ReadError("reset"),
    ],
)
def test_no_other_answer_renews_a_credential(call: Call, outcome: Any) -> None:
    server, credential = Server(outcome), Renewable()
    with pytest.raises(errors.Error):
        call(client(server, credentials={"scheme": credential}), "call", ECHO, "a", UNSET)
    assert (len(server.requests), credential.dates) == (1, [])


@both
def test_a_credential_that_cannot_be_renewed_is_not(call: Call) -> None:
    class Fixed(Renewable):
        def renew(self, applied: Applied, date: str | None) -> bool:
            return False

    for credential in (Fixed(), bearer(SECRET, "token")):
        server = Server(expired)
        with pytest.raises(errors.AuthenticationError):
            call(client(server, credentials={"scheme": credential}), "call", ECHO, "a", UNSET)
        assert len(server.requests) == 1


JWT = Jwt(algorithm="RS256", fields={"key": "string"}, key="key", claims={}, lifetime=60, extra="x")


def test_tokens_are_minted_of_a_credentials_file_where_one_is_given() -> None:
    class Minting(Mine):
        def __init__(self, file: str | Mapping[str, object] | None, **options: Unpack[Options]) -> None:
            with self._raising():
                BaseClient.__init__(
                    self,
                    {"scheme": self._minted(file, **JWT._asdict()), "other": bearer("a", "b")},
                    **options,
                )

    assert Minting(None)
    with pytest.raises(TREE.InvalidCredentials, match="has no 'key'"):
        Minting({})
    with pytest.raises(TREE.InvalidCredentials, match=r"'no\.json' cannot be read"):
        Minting("no.json")


def test_importing_a_client_imports_neither_attrs_nor_models() -> None:
    code = """
import sys, httpx
before = set(sys.modules)
import scripts.runtime.client
roots = {name.partition(".")[0] for name in sys.modules.keys() - before}
print(sorted(roots & {"attr", "attrs", "asyncio"}), "scripts.runtime.model" in sys.modules)
"""
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[] False"
