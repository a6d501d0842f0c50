"""Tokens are minted from a credentials file, reused, and minted anew; no error shows what the file holds."""

from __future__ import annotations

import asyncio
import builtins
import copy
import json
import os
import pickle
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from threading import Barrier
from types import SimpleNamespace
from typing import Any

import jwt as pyjwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from scripts.runtime.errors import InvalidCredentials
from scripts.runtime.jwt import Jwt, Minted
from scripts.runtime.security import Applied
from scripts.vendors import ROOT

NOW = 1_800_000_000
JWT = Jwt(
    algorithm="RS256",
    fields={"account": "integer", "key_id": "string", "secret": "string"},
    key="secret",
    claims={"iss": "{account}", "aud": "https://api.acme.example/"},
    lifetime=3600,
    extra="acme",
    header={"kid": "{key_id}"},
    leeway=5,
    renew_at="/error/code",
    renew_on=(455, 456),
)
Parts = dict[str, Any]


def pem(key: Any) -> str:
    text: bytes = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return text.decode()


@pytest.fixture(scope="module")
def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(65537, 2048)


@pytest.fixture(scope="module")
def held(key: rsa.RSAPrivateKey) -> Parts:
    """What the credentials file holds."""
    return {"email": "me@acme.example", "account": 42, "key_id": "key-7", "secret": pem(key)}


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """The clock of this machine, which stands until its `now` is set."""
    clock = SimpleNamespace(now=NOW + 0.75)
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock


@pytest.fixture
def minted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The tokens that were minted, in turn."""
    tokens: list[str] = []
    sign = pyjwt.encode

    def slowly(*arguments: Any, **options: Any) -> str:
        time.sleep(0.02)  # long enough for others to come in between
        tokens.append(sign(*arguments, **options))
        return tokens[-1]

    monkeypatch.setattr(pyjwt, "encode", slowly)
    return tokens


def token(applied: Applied) -> str:
    assert (applied.query, applied.cookies, list(applied.headers)) == ((), (), ["Authorization"])
    scheme, _, token = applied.headers["Authorization"].partition(" ")
    assert scheme == "Bearer"
    return token


def claims(applied: Applied, key: rsa.RSAPrivateKey) -> Parts:
    """The claims of a token, once its signature is verified."""
    options: Any = {"verify_exp": False, "verify_iat": False, "verify_aud": False}
    return pyjwt.decode(token(applied), key.public_key(), ["RS256"], options)


def date(seconds: float) -> str:
    return format_datetime(datetime.fromtimestamp(seconds, UTC), usegmt=True)


def test_a_token_is_what_the_contract_says_and_verifies_with_the_public_key(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace
) -> None:
    applied = Minted(JWT, held).apply()
    assert pyjwt.get_unverified_header(token(applied)) == {"alg": "RS256", "typ": "JWT", "kid": "key-7"}
    assert claims(applied, key) == {
        "iss": "42",
        "aud": "https://api.acme.example/",
        "iat": NOW - 5,
        "exp": NOW - 5 + 3600,
    }


def test_a_token_of_now_is_valid_now(held: Parts, key: rsa.RSAPrivateKey) -> None:
    applied = Minted(JWT, held).apply()
    decoded = pyjwt.decode(
        token(applied), key.public_key(), ["RS256"], issuer="42", audience="https://api.acme.example/"
    )
    assert decoded["exp"] - decoded["iat"] == 3600


def test_another_algorithm_is_a_matter_of_data(held: Parts) -> None:
    curve = ec.generate_private_key(ec.SECP256R1())
    applied = Minted(JWT._replace(algorithm="ES256", claims={}), {**held, "secret": pem(curve)}).apply()
    assert pyjwt.decode(token(applied), curve.public_key(), ["ES256"])["exp"] > time.time()


def test_the_private_key_cannot_get_into_a_token(held: Parts) -> None:
    with pytest.raises(KeyError):
        Minted(JWT._replace(claims={"iss": "{secret}"}), held)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("form", [str, Path])
def test_the_file_is_given_by_its_path(
    held: Parts, key: rsa.RSAPrivateKey, tmp_path: Path, form: Callable[[Path], Any], encoding: str
) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(held), encoding)
    assert claims(Minted(JWT, form(path)).apply(), key)["iss"] == "42"


def test_the_file_is_read_once(
    held: Parts, key: rsa.RSAPrivateKey, tmp_path: Path, clock: SimpleNamespace
) -> None:
    path = tmp_path / "credentials.json"
    path.write_text(json.dumps(held))
    credential = Minted(JWT, path)
    path.unlink()
    assert claims(credential.apply(), key)["iat"] == NOW - 5
    clock.now += 3600
    assert claims(credential.apply(), key)["iat"] == NOW - 5 + 3600


@pytest.mark.parametrize(("lifetime", "margin"), [(3600, 60), (100, 10)])
def test_a_token_is_reused_until_shortly_before_its_end(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace, lifetime: int, margin: int
) -> None:
    credential = Minted(JWT._replace(lifetime=lifetime), held)
    first = credential.apply()
    clock.now = claims(first, key)["exp"] - margin - 0.01
    assert credential.apply() is first
    clock.now += 0.01
    assert claims(credential.apply(), key)["exp"] == int(clock.now) - 5 + lifetime


def test_a_clock_that_is_put_back_makes_a_new_token(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace
) -> None:
    credential = Minted(JWT, held)
    credential.apply()
    clock.now -= 3600
    assert claims(credential.apply(), key)["iat"] == NOW - 5 - 3600


def test_16_threads_get_one_token(held: Parts, minted: list[str]) -> None:
    credential, start = Minted(JWT, held), Barrier(16)

    def apply(_: int) -> str:
        start.wait()
        return token(credential.apply())

    with ThreadPoolExecutor(16) as threads:
        tokens = list(threads.map(apply, range(16)))
    assert (len(minted), tokens) == (1, minted * 16)


def test_50_tasks_get_one_token(held: Parts, minted: list[str]) -> None:
    credential = Minted(JWT, held)

    async def apply() -> str:
        await asyncio.sleep(0)
        return token(credential.apply())

    async def all_of_them() -> list[str]:
        return await asyncio.gather(*(apply() for _ in range(50)))

    tokens = asyncio.run(all_of_them())
    assert (len(minted), tokens) == (1, minted * 50)


def test_16_threads_whose_token_is_refused_get_one_new_one(
    held: Parts, minted: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    credential, start = Minted(JWT, held), Barrier(16)
    old = credential.apply()
    later = time.time() + 1800
    monkeypatch.setattr(time, "time", lambda: later)

    def renew(_: int) -> tuple[bool, str]:
        start.wait()
        return credential.renew(old, None), token(credential.apply())

    with ThreadPoolExecutor(16) as threads:
        renewed = list(threads.map(renew, range(16)))
    assert len(minted) == 2
    assert renewed == [(True, minted[1])] * 16
    assert minted[1] != token(old)


@pytest.mark.parametrize("ahead", [86_400, -86_400])
def test_the_date_of_the_refusal_sets_the_clock(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace, ahead: int
) -> None:
    credential = Minted(JWT, held)
    assert credential.renew(credential.apply(), date(NOW + ahead))
    renewed = credential.apply()
    assert claims(renewed, key)["iat"] == NOW + ahead - 5
    clock.now += 1800
    assert credential.apply() is renewed
    clock.now += 1800
    assert claims(credential.apply(), key)["iat"] == NOW + ahead - 5 + 3600


def test_a_clock_that_was_set_is_kept_where_a_later_refusal_has_no_date(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace
) -> None:
    credential = Minted(JWT, held)
    credential.renew(credential.apply(), date(NOW + 86_400))
    clock.now += 10
    assert credential.renew(credential.apply(), None)
    assert claims(credential.apply(), key)["iat"] == NOW + 86_400 - 5 + 10


@pytest.mark.parametrize(
    "unusable", [None, "", "soon", "Thu, 99 Apr 2026 00:00:00 GMT", "Thu, 01 Jan 0000 00:00:00 GMT"]
)
def test_without_a_usable_date_the_clock_of_this_machine_counts(
    held: Parts, key: rsa.RSAPrivateKey, clock: SimpleNamespace, unusable: str | None
) -> None:
    credential = Minted(JWT, held)
    old = credential.apply()
    clock.now += 60
    assert credential.renew(old, unusable)
    assert claims(credential.apply(), key)["iat"] == NOW - 5 + 60


def test_a_token_that_is_refused_at_once_is_made_anew_as_of_a_second_before(
    held: Parts, clock: SimpleNamespace, key: rsa.RSAPrivateKey
) -> None:
    credential = Minted(JWT, held)
    old = credential.apply()
    assert credential.renew(old, date(NOW))
    assert claims(credential.apply(), key)["iat"] == claims(old, key)["iat"] - 1


def test_a_refusal_that_comes_late_changes_nothing(held: Parts, clock: SimpleNamespace) -> None:
    credential = Minted(JWT, held)
    old = credential.apply()
    credential.renew(old, date(NOW + 60))
    new = credential.apply()
    assert credential.renew(old, date(NOW - 86_400))
    assert credential.apply() is new


@pytest.mark.parametrize(
    ("at", "answer"),
    [
        ("/error/code", {"error": {"code": 455, "msg": "from the future"}}),
        ("/error/code", {"error": {"code": 456}, "result": 0}),
        ("/errors/0/code", {"errors": [{"code": 456}]}),
        ("/a~1b/~01", {"a/b": {"~1": 455}}),
        ("", 455),
    ],
)
def test_an_answer_that_holds_a_code_of_renewal_is_a_refusal(held: Parts, at: str, answer: Any) -> None:
    assert Minted(JWT._replace(renew_at=at), held).is_refused(answer)


@pytest.mark.parametrize(
    "answer",
    [
        None,
        455,
        "error",
        [],
        [{"error": {"code": 455}}],
        {},
        {"error": None},
        {"error": 455},
        {"error": [455]},
        {"error": {}},
        {"error": {"code": 454}},
        {"error": {"code": "455"}},
        {"error": {"code": [455]}},
        {"error": {"code": {"455": 455}}},
        {"code": 455},
    ],
)
def test_any_other_answer_is_no_refusal(held: Parts, answer: Any) -> None:
    assert not Minted(JWT, held).is_refused(answer)


@pytest.mark.parametrize(
    "answer", [{"errors": []}, {"errors": [1, {"code": 455}]}, {"errors": {"code": 455}}]
)
def test_an_item_that_is_not_there_is_no_refusal(held: Parts, answer: Any) -> None:
    assert not Minted(JWT._replace(renew_at="/errors/2/code"), held).is_refused(answer)


def test_where_the_contract_names_no_renewal_nothing_is_a_refusal(held: Parts) -> None:
    credential = Minted(JWT._replace(renew_at="", renew_on=()), held)
    assert not credential.can_renew()
    assert not credential.is_refused({"error": {"code": 455}})


def test_where_the_contract_names_a_renewal_there_is_one(held: Parts) -> None:
    assert Minted(JWT, held).can_renew()


def test_neither_key_nor_token_shows(held: Parts) -> None:
    credential = Minted(JWT, held)
    shown = f"{credential!r} {credential} {credential.apply()!r} {JWT!r}"
    assert token(credential.apply()) not in shown
    assert not pieces(held["secret"]) & pieces(shown)


def test_the_last_two_tokens_are_known_as_secrets(held: Parts, clock: SimpleNamespace) -> None:
    credential, tokens = Minted(JWT, held), [""]
    assert credential.secrets == ()
    for _ in range(3):
        tokens.append(token(credential.apply()))
        assert set(credential.secrets) == set(tokens[-2:]) - {""}
        clock.now += 3600


def pieces(text: str) -> set[str]:
    """All runs of 12 characters."""
    return {text[at : at + 12] for at in range(len(text) - 11)}


def refusal(credentials: Any, secret: str, jwt: Jwt = JWT) -> str:
    """The message of the error that credentials give, which shows no part of the secret in any way."""
    with pytest.raises(InvalidCredentials) as caught:
        Minted(jwt, credentials)
    error = caught.value
    shown = [str(error), repr(error), repr(error.args), repr(vars(error)), *traceback.format_exception(error)]
    assert "\n" not in str(error)
    assert not pieces(secret) & pieces("\n".join(shown))
    assert error.__cause__ is None
    assert error.__context__ is None
    for again in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(again), str(again)) == (InvalidCredentials, str(error))
    return str(error)


def file_with(content: bytes, tmp_path: Path) -> Path:
    path = tmp_path / "acme.json"
    path.write_bytes(content)
    return path


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "acme.json"
    assert refusal(path, "a secret no one has") == (
        f"the credentials file '{path}' cannot be read (No such file or directory);"
        " give its path, or what it holds as a mapping"
    )


@pytest.mark.parametrize("path", ["/run/secrets/acme", "a folder/" * 30 + "acme.json"])
def test_a_file_that_is_not_there_is_named(path: str) -> None:
    assert f"'{path}'" in refusal(path, "a secret no one has")


def test_a_file_that_may_not_be_read_is_refused(
    held: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def denied(path: Path) -> bytes:
        raise PermissionError(13, os.strerror(13), str(path))

    path = file_with(json.dumps(held).encode(), tmp_path)
    monkeypatch.setattr(Path, "read_bytes", denied)  # root may read every file
    assert f"'{path}' cannot be read (Permission denied)" in refusal(path, held["secret"])


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "cannot be read (Is a directory)" in refusal(tmp_path, "a secret no one has")


@pytest.mark.parametrize("wrong", [None, 3, b"acme.json", ["acme.json"], "acme\0.json", "acme\ud800.json"])
def test_what_is_no_path_is_refused(wrong: Any) -> None:
    assert "cannot be read (no path); give its path, or what it holds as a mapping" in refusal(
        wrong, "a secret no one has"
    )


def test_a_token_given_for_a_file_is_not_shown(held: Parts) -> None:
    token = pyjwt.encode({"iss": "a", "name": "b.json"}, held["secret"], "RS256")
    assert refusal(token, token[:40]).startswith("the credentials file cannot be read")


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_blank_path_is_refused(blank: str) -> None:
    assert "cannot be read (the path is blank)" in refusal(blank, "a secret no one has")


def test_what_the_file_holds_is_not_shown_where_it_is_given_for_the_path(held: Parts) -> None:
    for contents in (json.dumps(held), str(held), held["secret"], "".join(held["secret"].split("\n")[1:-2])):
        for wrong in (contents, contents.encode(), contents[:100], Path(contents)):
            message = refusal(wrong, held["secret"])
            assert message.endswith("give its path, or what it holds as a mapping")


def test_a_file_that_is_not_utf_8_is_refused(held: Parts, tmp_path: Path) -> None:
    path = file_with(json.dumps(held).encode() + b"\xff", tmp_path)
    assert refusal(path, held["secret"]) == f"the credentials file '{path}' is not UTF-8"


NO_JSON: list[Callable[[str], str]] = [
    lambda text: text[:-1],
    lambda text: text + "}",
    lambda text: "[" * 100_000 + text,
    lambda text: text.replace("42", "4" * 5000),
]


@pytest.mark.parametrize("spoil", NO_JSON)
def test_a_file_that_is_not_json_is_refused(held: Parts, tmp_path: Path, spoil: Callable[[str], str]) -> None:
    path = file_with(spoil(json.dumps(held)).encode(), tmp_path)
    assert refusal(path, held["secret"]) == f"the credentials file '{path}' is not JSON"


def test_a_file_that_holds_no_object_is_refused(held: Parts, tmp_path: Path) -> None:
    path = file_with(json.dumps([held]).encode(), tmp_path)
    assert refusal(path, held["secret"]) == f"the credentials file '{path}' is no JSON object"


@pytest.mark.parametrize("field", ["account", "key_id", "secret"])
def test_a_field_that_is_missing_is_refused(held: Parts, field: str, tmp_path: Path) -> None:
    without = {name: value for name, value in held.items() if name != field}
    path = file_with(json.dumps(without).encode(), tmp_path)
    assert refusal(path, held["secret"]) == f"the credentials file '{path}' has no '{field}'"
    for nothing in (without, {**held, field: None}, {**held, field: ""}, {**held, field: " \n"}):
        assert refusal(nothing, held["secret"]) == f"what was given as credentials has no '{field}'"


@pytest.mark.parametrize(
    ("field", "value", "type_"),
    [
        ("account", "42", "integer"),
        ("account", True, "integer"),
        ("account", 42.0, "integer"),
        ("key_id", 7, "string"),
        ("key_id", ["key-7"], "string"),
        ("secret", b"bytes", "string"),
    ],
)
def test_a_field_of_another_type_is_refused(held: Parts, field: str, value: object, type_: str) -> None:
    message = refusal({**held, field: value}, held["secret"])
    assert message == f"the '{field}' of what was given as credentials is no {type_}"


NO_PEM: list[Callable[[str], str]] = [
    lambda text: "key of mine",
    lambda text: text[:-60],
    lambda text: text.replace("\n", "\\n"),
    lambda text: text[:200] + ("A" if text[200] != "A" else "B") + text[201:],
    lambda text: text + "\ud800",
    lambda text: text.replace("PRIVATE", "PUBLIC"),
]


@pytest.mark.parametrize("spoil", NO_PEM)
def test_a_key_that_is_no_private_key_in_pem_is_refused(held: Parts, spoil: Callable[[str], str]) -> None:
    message = refusal({**held, "secret": spoil(held["secret"])}, held["secret"])
    assert message == "the 'secret' of the credentials is no private key in PEM"


def test_a_public_key_is_refused(held: Parts, key: rsa.RSAPrivateKey) -> None:
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
    message = refusal({**held, "secret": public}, public)
    assert message == "the 'secret' of the credentials is no private key in PEM"


@pytest.mark.parametrize("form", [PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL])
def test_an_encrypted_key_is_refused(held: Parts, key: rsa.RSAPrivateKey, form: PrivateFormat) -> None:
    wrong = key.private_bytes(Encoding.PEM, form, BestAvailableEncryption(b"pass")).decode()
    message = refusal({**held, "secret": wrong}, wrong)
    assert message == "the 'secret' of the credentials is encrypted; give one without a password"


def test_a_key_that_is_not_rsa_is_refused(held: Parts) -> None:
    wrong = pem(ec.generate_private_key(ec.SECP256R1()))
    assert refusal({**held, "secret": wrong}, wrong) == "the 'secret' of the credentials is no key for RS256"


def test_a_key_that_is_too_small_is_refused(held: Parts) -> None:
    wrong = pem(rsa.generate_private_key(65537, 1024))
    message = refusal({**held, "secret": wrong}, wrong)
    assert message == "the 'secret' of the credentials has 1024 bits, fewer than 2048"


@pytest.mark.parametrize("missing", ["jwt", "cryptography"])
def test_without_the_extra_it_is_said_what_to_install(
    held: Parts, missing: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] == missing and not (rest and rest[-1]):  # relative imports are our own
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(InvalidCredentials) as caught:
        Minted(JWT, held)
    monkeypatch.undo()
    assert "pip install phone-number-apis[acme]" in str(caught.value)


def test_the_module_is_imported_without_the_extra() -> None:
    code = "import sys, scripts.runtime.jwt; print({'jwt', 'cryptography'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
