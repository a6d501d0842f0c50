"""What a client does not do with what it is given to send by is found, and so is what it says of bad credentials files."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.contract import contract
from scripts.harness import cases, connections, keys
from scripts.harness.findings import Wrong
from scripts.vendors import discover
from tests.rendering import ran, rendered

TOKENS = next(contract(each) for each in discover() if each.name == "voximplant")


def of(name: str, **changes: Any) -> Any:
    """The right thing with other options."""
    return lambda self, timeout, options, right, **more: right(
        self, timeout, {each: value for each, value in {**options, **changes}.items() if each != name}, **more
    )


def without_mounts(self: Any, timeout: Any, options: Any, right: Any, **more: Any) -> None:
    right(self, timeout, options, is_safe=True)


def expect(package: Path, checks: Iterable[Wrong | None], said: str, errors: list[str]) -> None:
    """One of the checks finds what is said, nothing where that is empty; its program ends with no other error."""
    found = [each for each in checks if each]
    if not said:
        assert found == []
        return
    finding = next((each for each in found if said in each.wanted), None)
    assert finding, "\n".join(f"{each.wanted}; {each.found}" for each in found)
    _, error = ran(package, finding.program)
    assert error.partition(":")[0] in ("", *errors), finding


def shut(self: Any, right: Any) -> None:
    right(self)
    if self._own is not None:
        vars(self._own)["_state"] = httpx._client.ClientState.CLOSED


@pytest.mark.parametrize(
    ("at", "wrong", "said"),
    [
        ("connections.Connections.__init__", without_mounts, "a request through no proxy with"),
        ("connections.Connections.__init__", of("trust_env"), "a request through no proxy with"),
        ("connections.Connections.__init__", of("proxy"), "a request through http://named.test:2 with"),
        ("connections.Connections.__init__", of("async_transport"), "an answer with a transport for each kind"),
        ("connections.Connections.__init__", of("verify"), "a TypeError that names http_client and verify"),
        ("connections.Connections.close", shut, "of the caller's own client, which stays open"),
        ("connections.Connections.close", lambda self, right: None, "the client itself by `with`, which an error closes"),
        ("connections.Connections.plain", lambda self, right: right(self) if self._own is None else httpx.Client(transport=self._own._transport), "of the caller's own client, which stays open"),
        ("connections._AsyncClient.turn", lambda self, request, right: right(vars(self).update(_free=None) or self, request), "a NotSent of a PoolTimeout for the last of 3 calls"),
        ("client.BaseClient.aclose", lambda self, right: right(self), ""),
        ("client.BaseClient.__aexit__", lambda self, *error: error[-1](self, *error[:-1]), ""),
        ("client._auth", lambda options, credentials, right: options.get("auth"), "as Authorization, by sync_detailed"),
        ("client.checked_timeout", lambda timeout, right: right(30.0), "beside the caller's own client"),
        ("client.BaseClient.__enter__", lambda self, right: self, "a TypeError that names async with"),
        ("draft.Draft._with", lambda self, params, right: self.target, "of the caller's own client, which stays open"),
    ],
)  # fmt: skip
def test_what_a_client_does_not_do_with_what_sends_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, at: str, wrong: Any, said: str
) -> None:
    target, place = rendered(package, contract=TOKENS), f"phone_number_apis._runtime.{at}"
    right, case = pkgutil.resolve_name(place), cases.requests(target.operation, 1)[0]
    monkeypatch.setattr(place, lambda *given, **more: wrong(*given, right, **more))
    errors = ["TypeError", "NotImplementedError", f"phone_number_apis.{target.vendor}.errors.NotSent"]
    expect(package, connections.checks(target, case), said, errors)


@pytest.mark.parametrize(
    ("at", "wrong", "said"),
    [
        ("credentials_file._name", lambda path, right: f"the credentials file {path}", "an InvalidCredentials that tells cannot be read"),
        ("credentials_file._name", lambda path, right: "the credentials file", "/nowhere"),
        ("credentials_file._object", lambda content, name, right: json.loads(content), "an InvalidCredentials that tells"),
        ("credentials_file._bytes", lambda path, name, right: right(Path(path).name, name), "a client"),
        ("jwt.read", lambda held, fields, right: right(held, dict.fromkeys(fields, "string")), "a client"),
        ("jwt._fits", lambda key, algorithm, right: True, "RS256"),
        ("jwt._key", lambda pem, jwt, right: right(pem.partition("ENC")[0] or pem, jwt), "'private_key' and encrypted"),
        ("jwt._RSA_BITS", None, "'private_key' and 1024"),
        ("jwt._fits", lambda key, algorithm, right: right(key, algorithm), ""),
    ],
)  # fmt: skip
def test_what_is_not_said_of_bad_credentials_is_found(
    package: Path, monkeypatch: pytest.MonkeyPatch, at: str, wrong: Any, said: str
) -> None:
    target, place = rendered(package, contract=TOKENS), f"phone_number_apis._runtime.{at}"
    right, case = pkgutil.resolve_name(place), cases.requests(target.operation, 1)[0]
    monkeypatch.setattr(place, (lambda *given: wrong(*given, right)) if wrong else 0)
    errors = [f"phone_number_apis.{target.vendor}.errors.InvalidCredentials"]
    expect(package, keys.checks(target, case), said, errors)
