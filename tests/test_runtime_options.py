"""A client is told where to call and how long to wait, and refuses what would show its credentials."""

from __future__ import annotations

from typing import Annotated, Any

import httpx
import pytest

from scripts.runtime.client import BaseClient
from scripts.runtime.errors import InvalidRequest, MissingCredentials
from scripts.runtime.operation import Body, Dependency, Operation, Parameter
from scripts.runtime.options import DEFAULT_TIMEOUT, OWN, Options
from scripts.runtime.rules import Rules
from scripts.runtime.unset import UNSET
from tests.calls import ECHO, JSON, SECRET, Call, Server, both, client, fine

# Where

NO_URL = r"^base_url is no http or https URL without credentials, query and fragment$"


@pytest.mark.parametrize(
    "base_url",
    [
        "a.test",
        "//a.test",
        "ftp://a.test",
        "https://",
        f"https://user:{SECRET}@a.test",
        f"https://{SECRET}@a.test",
        f"https://a.test?key={SECRET}",
        f"https://a.test#{SECRET}",
        "https://a.test/v1?",
        "https://a.test/v1#",
        f"https://a.test/\n{SECRET}",
        f"https://a.test:{SECRET}",
        5,
        SECRET.encode(),
    ],
)
def test_a_base_url_that_is_none_is_refused_without_being_shown(base_url: Any) -> None:
    with pytest.raises(ValueError, match=NO_URL) as caught:
        client(base_url=base_url)
    assert SECRET not in repr(caught.value)
    with pytest.raises(ValueError, match=NO_URL):
        BaseClient({})


def test_a_base_url_may_have_a_path() -> None:
    assert client(base_url="https://a.test:80/a/b//").base_url == "https://a.test:80/a/b"
    assert client(base_url=httpx.URL("https://a.test/a/")).base_url == "https://a.test/a"


@pytest.mark.parametrize("host", ["a" * 64, f"{'a' * 64}.test", f"a.{'ü' * 60}", "a..test", "."])
def test_a_host_that_cannot_be_looked_up_is_refused(host: str) -> None:
    with pytest.raises(
        ValueError,
        match=rf"^base_url has a host with a part that is empty or longer than 63 characters$|{NO_URL}",
    ) as caught:
        client(base_url=f"https://{host}/v1")
    assert not isinstance(caught.value, UnicodeError)


def test_a_port_that_there_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^base_url has a port beyond 65535$"):
        client(base_url="https://a.test:65536")


@pytest.mark.parametrize("host", ["a" * 63, f"{'a' * 63}.test.", "ü.test", "[::1]", "1.2.3.4"])
def test_a_host_that_can_be_looked_up_is_taken(host: str) -> None:
    assert client(base_url=f"https://{host}").base_url == f"https://{host}"


HERE = [
    "http://127.0.0.1:80",
    "http://127.9.9.9",
    "http://[::1]:80",
    "http://localhost",
    "http://x.LOCALHOST:1",
]
THERE = [
    "http://a.test",
    "http://10.0.0.1",
    "http://localhost.a.test",
    "http://127.0.0.1.a.test",
    "HTTP://[::2]",
]


@pytest.mark.parametrize("base_url", HERE)
def test_credentials_may_go_over_http_to_this_machine(base_url: str) -> None:
    assert client(base_url=base_url).base_url == base_url


@pytest.mark.parametrize("base_url", THERE)
@pytest.mark.parametrize(
    "more",
    [
        {},
        {"auth": httpx.BasicAuth("a", "b"), "credentials": {}},
        {"http_client": httpx.Client(auth=("a", "b")), "credentials": {}},
    ],
)
def test_credentials_go_over_http_to_another_machine_only_where_that_is_allowed(
    base_url: str, more: dict[str, Any]
) -> None:
    with pytest.raises(
        ValueError,
        match=r"^base_url is http, which would show the credentials; take https, or allow_http=True$",
    ):
        client(base_url=base_url, **more)
    assert client(base_url=base_url, allow_http=True, **more).base_url == base_url
    with pytest.raises(ValueError, match="base_url is http"):
        client(base_url=base_url, **more, allow_http="no")
    assert client(base_url=base_url, credentials={"scheme": None}).base_url == base_url


@both
def test_the_server_of_an_operation_gets_no_credentials_over_http(call: Call) -> None:
    there: Operation[Any, Any] = Operation(
        "GET", "/x", responses={"200": {JSON: dict[str, Any]}}, server="http://b.test"
    )

    class Usual(BaseClient):
        _base_url = "https://a.test"

    server = Server(fine)
    usual: dict[str, Any] = {"kind": Usual, "base_url": "https://a.test"}
    with pytest.raises(ValueError, match="base_url is http"):
        call(client(server, **usual), "call", there)
    assert server.requests == []
    assert call(client(**usual, allow_http=True), "call", there)["url"] == "http://b.test/x"


# How long


@pytest.mark.parametrize(
    "timeout",
    [
        0, -1, float("nan"), float("inf"), "5", (1, 1, 1, 1), True, False, httpx.Timeout(0), httpx.Timeout(True),
        httpx.Timeout(5, read=-1), httpx.Timeout(5, connect=float("inf")), httpx.Timeout(5, pool="1"),  # type: ignore[arg-type]
    ],
)  # fmt: skip
def test_a_client_without_a_time_limit_has_to_be_asked_for(timeout: Any) -> None:
    with pytest.raises(ValueError, match=r"timeout is .*; give seconds, or an httpx\.Timeout"):
        client(timeout=timeout)
    assert client(timeout=httpx.Timeout(None)).get_httpx_client().timeout == httpx.Timeout(None)


@pytest.mark.parametrize("seconds", [None, -1, float("nan"), float("inf"), "5", True, [1]])
def test_the_time_for_retries_is_a_number_of_seconds(seconds: Any) -> None:
    with pytest.raises(ValueError, match=r"^max_retry_time is .*; give seconds, 0 for none$"):
        client(max_retry_time=seconds)
    assert client(max_retry_time=0).timeout == client(max_retry_time=1.5).timeout


@pytest.mark.parametrize("retries", [None, -1, 1.0, "2", True])
def test_retries_are_a_whole_number(retries: Any) -> None:
    with pytest.raises(ValueError, match=r"^max_retries is .*; give a whole number, 0 for none$"):
        client(max_retries=retries)


def test_the_default_time_limit_is_finite_and_reaches_httpx() -> None:
    assert 0 < DEFAULT_TIMEOUT < 120
    assert client().timeout == client().get_httpx_client().timeout == httpx.Timeout(DEFAULT_TIMEOUT)


@both
def test_a_call_has_the_time_limit_of_its_client_or_its_own(call: Call) -> None:
    server = Server(fine)
    for limit in ({}, {"timeout": None}, {"timeout": 2}, {"timeout": httpx.Timeout(3, read=None)}):
        call(client(server, timeout=5), "call", ECHO, "a", UNSET, **limit)
    used = [httpx.Timeout(**request.extensions["timeout"]) for request in server.requests]
    assert used == [httpx.Timeout(5)] * 2 + [httpx.Timeout(2), httpx.Timeout(3, read=None)]
    with pytest.raises(ValueError, match="timeout is 0; give seconds"):
        call(client(server), "call", ECHO, "a", UNSET, timeout=0)


def test_none_in_place_of_a_url_or_a_time_limit_is_as_if_left_out() -> None:
    class Usual(BaseClient):
        _base_url = "https://a.test"

    made = Usual({}, base_url=None, timeout=None)
    assert (made.base_url, made.timeout) == ("https://a.test", httpx.Timeout(DEFAULT_TIMEOUT))
    own = httpx.Client(timeout=7)
    assert Usual({}, base_url=None, timeout=None, http_client=own).timeout == httpx.Timeout(7)
    with pytest.raises(
        TypeError, match=r"^the http_client has a base_url: give it to this client, as base_url$"
    ):
        Usual({}, base_url=None, http_client=httpx.Client(base_url="https://b.test"))


@pytest.mark.parametrize(("name", "value"), [("base_url", "http://b.test"), ("timeout", None)])
def test_what_was_checked_cannot_be_changed_any_more(name: str, value: Any) -> None:
    made = client()
    with pytest.raises(AttributeError):
        setattr(made, name, value)


# Headers


@both
@pytest.mark.parametrize("wrong", [5, "", [], [("X-A", "a")], {"X-A"}])
def test_headers_are_a_mapping(call: Call, wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=rf"^headers is of type {type(wrong).__name__}; give a mapping of names to texts$"
    ):
        client(headers=wrong)
    server = Server(fine)
    with pytest.raises(
        InvalidRequest, match=r"^headers: expected a mapping of names to texts, got a value of"
    ):
        call(client(server), "call", ECHO, "a", UNSET, headers=wrong)
    assert server.requests == []


@both
@pytest.mark.parametrize(("name", "value"), [(b"X-A", "a"), (5, "a"), ("X-A", b"a"), ("X-A", None)])
def test_headers_are_texts(call: Call, name: Any, value: Any) -> None:
    server, given = Server(fine), {"headers": {name: value}}
    ways: list[tuple[dict[str, Any], dict[str, Any]]] = [(given, {}), ({}, given)]
    for of_client, of_call in ways:
        with pytest.raises(
            InvalidRequest, match=r"^headers(\.X-A)?: expected .*, got (a value of type|b'X|5)"
        ):
            call(client(server, **of_client), "call", ECHO, "a", UNSET, **of_call)
    assert server.requests == []


@both
def test_headers_may_be_httpx_s(call: Call) -> None:
    server = Server(fine)
    made = client(server, headers=httpx.Headers({"X-A": "1"}))
    call(made, "call", ECHO, "a", UNSET, headers=httpx.Headers({"X-B": "2"}))
    assert (server.requests[0].headers["x-a"], server.requests[0].headers["x-b"]) == ("1", "2")


@both
@pytest.mark.parametrize("validate", [True, False])
def test_a_body_goes_out_under_its_own_media_type_only(call: Call, validate: bool) -> None:
    server, given = Server(fine), {"headers": {"content-Type": "text/x"}}
    ways: list[tuple[dict[str, Any], dict[str, Any]]] = [(given, {}), ({}, given)]
    told = r"^headers\.content-Type: expected no Content-Type beside a body: `content_type` chooses it, got 'text/x'"
    for of_client, of_call in ways:
        made: dict[str, Any] = {"validate": validate, **of_client}
        with pytest.raises(InvalidRequest, match=told):
            call(client(server, **made), "call", ECHO, "a", UNSET, body={}, **of_call)
        assert server.requests == []
        assert call(client(**made), "call", ECHO, "a", UNSET, **of_call), "without a body it tells nothing"


@both
def test_what_cannot_be_sent_is_told_as_what_it_is(call: Call) -> None:
    for value, said in ((None, "got a value of type NoneType."), ("a\n", "got [hidden].")):
        with pytest.raises(InvalidRequest) as caught:
            call(client(), "call", ECHO, "a", UNSET, headers={"X-A": value})
        assert said in str(caught.value)


@both
def test_headers_of_a_call_replace_those_of_its_client_which_replace_ours(call: Call) -> None:
    server = Server(fine)
    headers = {"X-Own": "1", "x-both": "client", "ACCEPT": "text/x"}
    more = {"X-Both": "call", "User-Agent": "me"}
    call(client(server, headers=headers), "call", ECHO, "a", UNSET, headers=more)
    sent = server.requests[0].headers
    assert [sent.get_list(name) for name in ("x-own", "x-both", "accept", "user-agent")] == [
        ["1"], ["call"], ["text/x"], ["me"],
    ]  # fmt: skip


@both
def test_the_user_agent_is_what_the_client_says(call: Call) -> None:
    class Named(BaseClient):
        _user_agent = "things/1.0 (test)"

    server = Server(fine)
    call(client(server, kind=Named), "call", ECHO, "a", UNSET)
    assert server.requests[0].headers.get_list("user-agent") == ["things/1.0 (test)"]


@both
@pytest.mark.parametrize("of_call", [True, False])
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("X-A", "1\r\nX-Evil: 1"), ("X-A", "1\n"), ("X-A", "\0"), ("X-A", " 1"), ("X-A", "€"),
        ("X-A: 1\r\nX-Evil", "1"), ("X A", "1"), ("", "1"), ("é", "1"), (":path", "/"),
    ],
)  # fmt: skip
def test_no_header_can_inject_another(call: Call, of_call: bool, name: str, value: str) -> None:
    server = Server(fine)
    headers: dict[str, Any] = {"headers": {name: value}}
    made = client(server) if of_call else client(server, **headers)
    with pytest.raises(InvalidRequest, match="headers") as caught:
        call(made, "call", ECHO, "a", UNSET, **(headers if of_call else {}))
    assert caught.value.value in (name, "[hidden]")  # what cannot be sent may be a secret
    assert server.requests == []


# Rules


RULED: Operation[Any, Any] = Operation(
    "POST",
    "/x/{id}",
    parameters=[
        Parameter("id", "path", Annotated[str, Rules(pattern="[0-9]+")], required=True, style="simple"),
        Parameter("n", "query", Annotated[int, Rules(minimum=1)], required=True),
    ],
    body=Body({JSON: Annotated[dict[str, Any], Rules(min_properties=1)]}, required=True),
    responses={"200": {JSON: dict[str, Any]}},
    dependencies=[Dependency("n > 5", lambda given: given["n"] > 5)],
)


@both
def test_without_validation_rules_are_left_to_the_server(call: Call) -> None:
    for values, body in ((("a b", 0), {}), (("1", UNSET), UNSET)):
        server = Server(fine)
        with pytest.raises(InvalidRequest):
            call(client(server), "call", RULED, *values, body=body)
        assert server.requests == []
    answered = call(client(validate=False), "call", RULED, "a b", 0, body={})
    assert answered == {"url": "https://a.test/v1/x/a%20b?n=0", "body": "{}"}
    answered = call(client(validate=False), "call", RULED, "1", UNSET)
    assert answered == {"url": "https://a.test/v1/x/1", "body": ""}
    nothing: Any = None
    with pytest.raises(InvalidRequest):
        call(client(validate=nothing), "call", RULED, "a b", 0, body={})


@both
@pytest.mark.parametrize("value", [UNSET, "", ".", "..", "../a/b", "a\nb", "..\\a", "a\\b"])
def test_without_validation_path_values_stay_in_their_segment_all_the_same(call: Call, value: Any) -> None:
    server = Server(fine)
    with pytest.raises(InvalidRequest, match="path parameter id"):
        call(client(server, validate=False), "call", RULED, value, 9, body={})
    assert server.requests == []
    answered = call(client(validate=False), "call", RULED, "..&a b", 9, body={})
    assert answered["url"] == "https://a.test/v1/x/..%26a%20b?n=9"


@both
def test_without_validation_headers_inject_nothing_all_the_same(call: Call) -> None:
    with pytest.raises(InvalidRequest, match="headers"):
        call(client(validate=False), "call", ECHO, "a", UNSET, headers={"X-A": "1\r\nX-B: 2"})


# All of them


def test_an_unknown_option_is_refused_at_once() -> None:
    with pytest.raises(TypeError, match="BaseClient has no argument 'max_retry'"):
        client(max_retry=5)


@both
@pytest.mark.parametrize("auth", [("me", "pass"), httpx.BasicAuth("me", "pass"), "a function"])
def test_an_auth_is_any_that_httpx_takes(call: Call, auth: Any) -> None:
    def by_function(request: httpx.Request) -> httpx.Request:
        request.headers["Authorization"] = "Basic bWU6cGFzcw=="
        return request

    server = Server(fine)
    call(client(server, auth=by_function if auth == "a function" else auth), "call", ECHO, "a", UNSET)
    assert server.requests[0].headers.get_list("authorization") == ["Basic bWU6cGFzcw=="]


@pytest.mark.parametrize(
    "auth",
    ["abc", "", 5, httpx.BasicAuth, (SECRET,), (SECRET, 5), (SECRET, None), (), [SECRET, SECRET], b"a"],
)
def test_what_cannot_authorize_is_refused_at_once(auth: Any) -> None:
    told = rf"^auth is of type {type(auth).__name__}; give an httpx\.Auth, a user name with a password, or a function that authorizes a request$"
    with pytest.raises(TypeError, match=told) as caught:
        client(auth=auth)
    assert SECRET not in str(caught.value)


def test_our_options_are_options() -> None:
    assert set(OWN) < Options.__optional_keys__


@both
def test_any_httpx_auth_authorizes_instead_of_credentials(call: Call) -> None:
    server = Server(fine)
    made = client(server, credentials={"scheme": None}, auth=httpx.BasicAuth("me", "pass"))
    call(made, "call", ECHO, "a", UNSET)
    call(client(server, auth=httpx.BasicAuth("me", "pass")), "call", ECHO, "a", UNSET)
    for request in server.requests:
        assert request.headers.get_list("authorization") == ["Basic bWU6cGFzcw=="]
    with pytest.raises(MissingCredentials, match="the call needs the credentials of scheme"):
        call(client(server, credentials={"scheme": None}), "call", ECHO, "a", UNSET)
