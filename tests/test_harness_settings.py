"""What a client is told and does not do, and the secrets that it does not keep, are found, with programs that show it."""

from __future__ import annotations

import asyncio
import os
import pkgutil
import re
import time
from math import inf
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from scripts.contract import Contract, contract
from scripts.harness import client, faults, refusals, requests
from scripts.vendors import discover
from tests.rendering import first, rendered, run
from tests.test_harness_contracts import doc, param

CASES = 5
MEMBER, OPTIONS = "    _user_agent = ", "                **options,"
LEFT_OUT = "**{{name: each for name, each in options.items() if name != {!r}}}"
KEPT = (
    "def get_async_httpx_client(self): return vars(self).setdefault('kept', super().get_async_httpx_client())"
)
LOUD = (
    "def get_httpx_client(self):\n        import logging\n"
    "        logging.warning(self._credentials['basic'].apply().headers)\n        return super().get_httpx_client()"
)
PROUD = (
    "from_env = classmethod(lambda cls, **more: super(cls.__base__, cls).from_env(**{**more, 'auth': None}))"
)
URL = "base_url = property(lambda self: super().base_url)\n    def _steps(self, c, o, *rest): self._url += '/'; return super()._steps(c, o, *rest)"


TOKENS = next(contract(each) for each in discover() if each.name == "voximplant")


def member(text: str) -> dict[str, str]:
    return {MEMBER: f"    {text}\n{MEMBER}"}


def options(text: str) -> dict[str, str]:
    return {OPTIONS: f"                {text},"}


@pytest.mark.parametrize(
    ("said", "rule", "python", "shown"),
    [
        ("a ValueError for {'base_url': 'http://api.test'}", "#/servers", options("**{**options, 'allow_http': True}"), "Client(base_url='http://api.test')"),
        ("/shops/", "/post", member(URL), "//shops/"),
        ("the headers {'X-Harness': 'all calls'", "/post", options(LEFT_OUT.format("headers")), "('user-agent', 'phone-number-apis"),
        ("X-Harness of this call alone, by method", "/post", {"headers=headers": "headers=None"}, "('x-harness', 'all calls')"),
        ("as Authorization, once", "/security", options(LEFT_OUT.format("auth")), "('authorization', 'Basic dXNlci1"),
        ("one call of a hook in event_hooks, by sync_detailed", "/post", options(LEFT_OUT.format("event_hooks")), "599 b''"),
        ("the time limits {'connect': 7.5", "/post", options(LEFT_OUT.format("timeout")), "{'connect': 30.0"),
        ("the time limits {'connect': 30.0", "/post", options("**{'timeout': 5, **options}"), "{'connect': 5"),
        ("3 attempts, the others within 90.0 seconds", "/post", options("**{'max_retries': 0, **options}"), "'connect': 180.0"),
        ("3 attempts, the others within 90.0 seconds", "/post", options("**{'max_retry_time': 900.0, **options}"), "'connect': 180.0"),
        ("a TypeError or ValueError that names a_strange_one", "/post", options("**{each: options[each] for each in options if each != 'a_strange_one'}"), "Client(base_url="),
        ("a TypeError or ValueError that names timeout, shows -1", "/post", options("**{**options, 'timeout': None}"), "Client(base_url="),
        ("an InvalidCredentials that names `user`", "/x-credentials", {'_security.basic(user': '_security.basic(user and user.replace(":", "")'}, "Client(base_url="),
        ("what `with` closes", "/post", member("close = lambda self: None"), "False"),
        ("connections of its own for each event loop", "/post", member(KEPT), "1 for 2 loops"),
        ("a client, by from_env(auth)", "/security", member(PROUD), "MissingCredentials"),
        ("3 calls, one after the other, by 2 connections", "/post", options(LEFT_OUT.format("mounts")), "NotSent"),
        ("a client that shows its URL and no secret", "/security", member("__repr__ = lambda self: f'{self._credentials}'"), "Credential object"),
        ("no secret in what is logged, by sync_detailed", "/security", member(LOUD), "WARNING:root:{'Authorization'"),
        ("é€'] on the wire", "/x-credentials", {'_security.basic(user': '_security.basic(user and user.encode("ascii", "replace").decode()'}, "('authorization', 'Basic "),
        ("an InvalidCredentials, as a header has to carry it", "/key/x-credentials", {'_security.api_key("X-Key", "header", api_key': '_security.api_key("X-Key", "header", api_key and api_key.encode("ascii", "ignore").decode()'}, "('x-key', "),
    ],
)  # fmt: skip
def test_what_a_client_does_not_heed_is_found_and_shown(
    package: Path, said: str, rule: str, python: dict[str, str], shown: str
) -> None:
    finding = first(said, client.checks(rendered(package, {}, python), CASES))
    assert finding.rule.endswith(rule)
    assert shown in run(package, finding), finding.program


@pytest.mark.parametrize(
    ("where", "name", "wrong", "said"),
    [
        ("jwt.Minted", "_mint", lambda self, right: (right(self), setattr(self, "_until", inf)), "2 tokens for two calls, 3594 seconds apart; 1"),
        ("jwt.Minted", "apply", lambda self, right: (self._mint(), right(self))[1], "1 token for two calls, 1797 seconds apart; 2"),
        ("jwt.Minted", "_set_clock", lambda self, date, right: None, "a token by the clock of the server"),
        ("jwt.Minted", "_mint", lambda self, right: (right(self), setattr(self, "secrets", ()))[0], "no minted token in what an error says"),
        ("options", "_is_here", lambda host, right: host.startswith("localhost"), "a ValueError for {'base_url': 'http://localhost.api.test'}"),
        ("options", "_is_here", lambda host, right: host[:3] == "10." or right(host), "a ValueError for {'base_url': 'http://10.0.0.1'}"),
        ("connections.Connections", "_check_open", lambda self, right: None, "a RuntimeError of a client that was closed"),
        ("operation.Operation", "is_refusal", lambda self, found, right: True, "no other request where status 500 may not be a refusal"),
        ("client", "redact", lambda error, secrets, right: None, "no secret in what is said of an argument, by sync_detailed"),
        ("client", "_log", lambda operation, found, seconds, right: None, "one line in the log, POST /AttachPhoneNumber: 400"),
        ("client", "_log", lambda operation, found, seconds, right: right(operation, found._replace(error=ValueError()), seconds), "one line in the log, POST /AttachPhoneNumber: ReadError"),
        ("redaction", "_written", lambda part, right: re.escape(part), "an APIError that tells nothing of"),
        ("connections", "note_answer", lambda response, right: None, "an OutcomeUnknown where a hook fails after an answer"),
        ("client", "authorization", lambda request, right: 1 / 0, "an APIError of status 400"),
        ("security", "_checked", lambda secret, name, right, **more: right(secret, name), "an InvalidCredentials that names `token`"),
        ("errors.InvalidRequest", "__reduce__", lambda self, right: (type(self), self.args, vars(self)), "out of a pickle, as it was"),
        ("exchange", "note_answer", lambda response, right: right(response), ""),
    ],
)  # fmt: skip
def test_what_is_wrong_with_tokens_and_messages_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, where: str, name: str, wrong: Any, said: str
) -> None:
    target, at = rendered(package, contract=TOKENS), f"phone_number_apis._runtime.{where}.{name}"
    right = pkgutil.resolve_name(at)
    monkeypatch.setattr(at, lambda *given, **more: wrong(*given, right, **more))
    if said:
        assert first(said, client.checks(target, CASES))
    else:
        assert not any(check.finding for check in client.checks(target, CASES))


UPLOAD = Contract({
    "openapi": "3.1.0", "info": {"title": "Uploads", "version": "1"}, "servers": [{"url": "https://api.test"}],
    "paths": {"/files": {"post": {
        "operationId": "upload", "tags": ["files"], "summary": "Upload", "responses": {"204": {"description": "Done."}},
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": {
            "type": "object", "required": ["file"], "properties": {"file": {"type": "string", "format": "binary"}},
        }}}},
    }}},
})  # fmt: skip


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("payload", lambda value, right: right(value)[:8192]),
        ("_part", lambda item, encoding, right: ("upload", *right(item, encoding)[1:])),
        ("_part", lambda item, encoding, right: right(item, encoding)),
    ],
)
def test_a_file_that_is_cut_or_loses_its_name_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, name: str, wrong: Any
) -> None:
    target, at = rendered(package, contract=UPLOAD), f"phone_number_apis._runtime.media.{name}"
    right = pkgutil.resolve_name(at)
    monkeypatch.setattr(at, lambda *given: wrong(*given, right))
    found = [str(check.finding) for check in requests.checks(target, CASES) if check.finding]
    is_found = any("25600 bytes of a file" in each and "io.BytesIO(" in each for each in found)
    assert is_found or (found == [] and wrong(1, 2, lambda *_: "as it is") == "as it is")


@pytest.mark.parametrize("character", "+&%#;@:/ ")
def test_a_character_that_is_not_encoded_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, character: str
) -> None:
    shortcut = re.compile(f"[A-Za-z0-9._~{character}-]*")
    search = {"parameters": [param("q", "query", {"type": "string"})]}
    target = rendered(package, contract=doc(search, "get"))
    monkeypatch.setattr("phone_number_apis._runtime.styles._UNRESERVED", shortcut)
    assert any(check.finding for check in requests.checks(target, 1))


def test_a_value_that_holds_itself_and_ends_in_no_refusal_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object) -> None:
        raise RecursionError

    target = rendered(package, contract=TOKENS)
    monkeypatch.setattr("phone_number_apis._runtime.errors.InvalidRequest.because", endless)
    found = (check.finding for check in refusals.checks(target, 1) if check.finding)
    finding = next(each for each in found if "RecursionError" in each.found and "endless" in each.program)
    assert "InvalidRequest" in run(package, finding)


def test_pauses_that_do_not_grow_are_found(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = rendered(package, contract=TOKENS)
    monkeypatch.setattr("phone_number_apis._runtime.retries.LONGEST_PAUSE", 0.5)
    assert first("pauses of at most (0.5, 1.0, 2.0, 4.0, 8.0, 8.0) seconds", faults.checks(target, 1))


def test_a_pause_that_is_left_out_is_found(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sleep(seconds: float) -> None:
        if seconds < 1:
            time.sleep(seconds)

    target, hasty = rendered(package, contract=TOKENS), SimpleNamespace(monotonic=time.monotonic, sleep=sleep)
    monkeypatch.setattr("phone_number_apis._runtime.client.time", hasty)
    assert first("pauses of at most (0.5, 1.0, 2.0, 4.0, 8.0, 8.0) seconds", faults.checks(target, 1))


def test_proxies_of_the_environment_change_nothing(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proxies = {
        "HTTP_PROXY": "http://127.0.0.1:9",
        "all_proxy": "socks5://127.0.0.1:9",
        "no_proxy": "127.0.0.1",
    }
    for name, value in proxies.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)
    checks = client.checks(rendered(package, contract=TOKENS), CASES)
    for check in checks:
        assert not check.finding
        assert dict(os.environ) == before


def test_asyncio_that_blocks_its_loop_is_found(package: Path) -> None:
    with pytest.raises(RuntimeError, match="in the way of the other kind"), faults.awake(use_asyncio=True):
        time.sleep(1)
    with pytest.raises(RuntimeError, match="in the way of the other kind"), faults.awake(use_asyncio=False):
        asyncio.run(asyncio.sleep(1))
