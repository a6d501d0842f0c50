"""Tokens that a client mints of a credentials file: what x-jwt says of them, on the wire."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from email.utils import format_datetime
from functools import cache, partial
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

from ..kinds import is_object
from ..objects import entries
from .called import Case
from .calls import Target
from .findings import Wrong
from .programs import ANSWERING, Code, call, made, making, script, source
from .replies import codes, documented
from .samples import ANSWERS
from .shapes import shape

Make = Callable[[httpx.MockTransport], Any]
"""Makes a client with a transport."""
Send = Callable[..., list[str]]
"""Makes calls that are answered so, one at each moment; gives the tokens that were sent."""
_NOW, _HOUR, _YEAR = 2_000_000_000, 3600, 31_536_000
"""The time, in seconds since 1970, at which tokens are minted; and seconds."""
_MANY = 4
"""Answers alike, more than a call should get."""


def checks(target: Target, case: Case) -> Iterator[Wrong]:
    """What is not as the contract says."""
    for name in sorted(set[str]().union(*target.operation.requirements)):
        said = entries(target.operation.scheme(name), "x-jwt")
        if said and str(said["algorithm"]).startswith(("RS", "PS")):
            yield from _tokens(target, target.arguments(case), name, said)


def files(target: Target, schemes: Collection[str]) -> Iterator[tuple[str, str]]:
    """The arguments of what tokens of these security schemes are made of, each with its environment variable."""
    for name in sorted(schemes):
        node = target.operation.scheme(name)
        if "x-jwt" in node:
            argument = node["x-jwt"]["argument"]
            usual = f"{target.vendor}_{argument}".upper()
            yield argument, entries(node, "x-environment").get("credentials", usual)


def _tokens(
    target: Target, arguments: Mapping[str, Any], name: str, said: Mapping[str, Any]
) -> Iterator[Wrong]:
    held = held_by(said)
    header = {key: text.format_map(held) for key, text in entries(said, "header").items()}
    issued = _NOW - said.get("leeway", 0)
    claims = {key: text.format_map(held) for key, text in entries(said, "claims").items()}
    wanted = {**claims, "iat": issued, "exp": issued + said["lifetime"]}
    at, argument = target.decided(name, "x-jwt"), said["argument"]
    minted, send = _Shown(target, arguments, name, said["key"]), partial(_sent, target, arguments)
    for field in held:
        broken = {key: value for key, value in held.items() if key != field}
        if field not in str(error := _error(target, {argument: broken})):
            told = f"an error that names `{field}`, which the credentials lack"
            yield Wrong(f"{at}/fields", told, repr(error), minted.refused({argument: broken}))
    with mock.patch.dict(sys.modules, {"jwt": None}):  # as if it were not installed
        error = _error(target, {argument: held})
    if f"[{said['extra']}]" not in str(error):
        told = f"an error that names the extra {said['extra']}, which is to be installed"
        yield Wrong(
            f"{at}/extra", told, repr(error), minted.refused({argument: held}, "sys.modules['jwt'] = None")
        )
    ways = (_client(target, argument, held), minted.sent), (_from_file(target, name, held), minted.by_file)
    for client, shown in ways:
        (found,) = send(client)
        if (part := _unlike(found, said["algorithm"], header, wanted)) is not None:
            told = f"a token of {said['algorithm']} with {header} and {wanted}"
            yield Wrong(f"{at}{part}", told, _decoded(found), shown(held))
    yield from _told(target, arguments, at, _client(target, argument, held), minted.sent(held))
    send = partial(send, _client(target, argument, held))
    yield from _renewed(target, at, said, send, partial(minted.sent, held))
    yield from _reused(at, said, send, partial(minted.sent, held))
    (token,) = (argument for argument in target.secrets([name]))
    both = {token: "a-token", argument: held}
    error = _error(target, both)
    places = [str(error).find(f"`{each}`") for each in (token, argument)]
    if -1 in places or places != sorted(places):
        told = f"an error that names `{token}` and `{argument}`, of which one is to be given"
        yield Wrong(f"{at}/argument", told, repr(error), minted.refused(both))


def _told(target: Target, arguments: Mapping[str, Any], at: str, make: Make, shown: str) -> Iterator[Wrong]:
    """Minted tokens in what an error says of an answer that tells them."""
    sent: list[str] = []

    def echo(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization", "").removeprefix("Bearer "))
        return httpx.Response(418, text=" ".join(sent))

    client = make(httpx.MockTransport(echo))
    for moment in (_NOW, _NOW + _YEAR):  # with another token, and the one before
        try:
            with mock.patch.object(time, "time", return_value=float(moment)):
                target.module.sync(client=client, **arguments)
        except target.errors.APIError as error:
            if any(token in f"{error} {error!r}" for token in sent):
                yield Wrong(at, "no minted token in what an error says", f"{error!r}", shown)
    client.close()


def _renewed(
    target: Target, at: str, said: Mapping[str, Any], send: Send, shown: Callable[..., str]
) -> Iterator[Wrong]:
    """How tokens that an answer refuses are not made anew once, or others are."""
    rule = f"{at}/renewOn" if "renewOn" in said else at
    for code in (*said.get("renewOn", ()), "no such code"):
        refusal = _with(said.get("renewAt", ""), code)
        answers = [httpx.Response(400, json=refusal) for _ in range(_MANY)]
        sent = send(answers)
        count = 1 if code == "no such code" else 2
        if len(sent) != count or len({*sent}) != count:
            told = f"another token, once, where {code!r} is at {said.get('renewAt')}, and only there"
            yield Wrong(rule, told, f"{len({*sent})} tokens in {len(sent)} requests", shown(answers))
    for code in said.get("renewOn", ()):
        refusal = _with(said["renewAt"], code)
        for answer in (httpx.Response(500, json=refusal), *_doubtful(target, refusal)):
            if len(sent := send([answer])) != 1:
                told = f"no other request where status {answer.status_code} may not be a refusal: {answer.text:.300}"
                yield Wrong(rule, told, f"{len(sent)}", shown([answer]))
        later = format_datetime(datetime.fromtimestamp(_NOW + _HOUR, UTC), usegmt=True)
        answers = [httpx.Response(400, json=refusal, headers={"date": later})]
        sent = send(answers)
        issued = [jwt.decode(each, options={"verify_signature": False})["iat"] for each in sent[1:]]
        if issued != [_NOW + _HOUR - said.get("leeway", 0)]:
            told = f"a token by the clock of the server, where that is {_HOUR} seconds ahead"
            yield Wrong(rule, told, f"iat {issued}", shown(answers))


def _doubtful(target: Target, refusal: Any) -> Iterator[httpx.Response]:
    """Answers that refuse a token and fit a success as well."""
    for status, node in documented(target.operation).items():
        for media_type, media in entries(node, "content").items() if status[0] == "2" else ():
            for leaf in shape(target.operation.contract, media.get("schema", True)).leaves:
                if "json" in media_type and True not in leaf.all("x-failure"):
                    yield httpx.Response(
                        codes(target.operation, status)[0], json={**ANSWERS.full(leaf), **refusal}
                    )


def _reused(at: str, said: Mapping[str, Any], send: Send, shown: Callable[..., str]) -> Iterator[Wrong]:
    """How a token is not kept as long as it is good, and no longer."""
    issued = _NOW - said.get("leeway", 0)
    end = issued + said["lifetime"]
    for moment, count in ((_NOW, 1), ((_NOW + end) // 2, 1), (end - 1, 2), (end + _HOUR, 2), (issued - 1, 2)):
        moments = _NOW, moment
        tokens = {*send([], moments)}
        if len(tokens) != count:
            told = f"{count} token{'s' * (count > 1)} for two calls, {moment - _NOW} seconds apart"
            yield Wrong(f"{at}/lifetime", told, f"{len(tokens)}", shown([], moments))


class _Shown(NamedTuple):
    """Programs that show how tokens of a security scheme are minted, with a key of their own."""

    target: Target
    arguments: Mapping[str, Any]
    scheme: str
    key: str

    def refused(self, given: Mapping[str, Any], *before: str) -> str:
        """One that makes a client of these credentials, which it is to refuse."""
        secrets = {name: self._keyed(each) if is_object(each) else each for name, each in given.items()}
        return making(self.target, *self._start, *before, secrets=secrets)

    def sent(
        self, held: Mapping[str, Any], answers: Sequence[httpx.Response] = (), moments: Sequence[int] = ()
    ) -> str:
        """One that makes a call, or one at each moment, and prints the tokens that are sent, decoded, and the time."""
        return self._sent([], answers, moments, secrets={self._argument: self._keyed(held)})

    def by_file(self, held: Mapping[str, Any]) -> str:
        """The same with a file that the environment names."""
        ((_, variable),) = files(self.target, [self.scheme])
        text = f"json.dumps({source(self._keyed(held), self.target.vendor)})"
        lines = ["path = Path(tempfile.mkdtemp(), 'credentials.json')", f"path.write_text({text}, 'utf-8')"]
        return self._sent(lines, environment={variable: Code("str(path)")})

    def _sent(
        self,
        lines: list[str],
        answers: Sequence[httpx.Response] = (),
        moments: Sequence[int] = (),
        **credentials: Any,
    ) -> str:
        told = [
            f"httpx.Response({each.status_code}, headers={_date(each)}, json={each.json()})"
            for each in answers
        ]
        calls = [f"time.time = lambda: {moment}\n{self._call}" for moment in moments] or [self._call]
        return script(
            self.target,
            *self._start,
            f"answers = [{', '.join(told)}]",
            "def answer(request):",
            "    token = request.headers.get('authorization', '').removeprefix('Bearer ')",
            "    print(time.time(), jwt.get_unverified_header(token))",
            "    print(jwt.decode(token, options={'verify_signature': False}))",
            "    return answers.pop(0) if answers else httpx.Response(400, json={})",
            "",
            *lines,
            made(self.target, transport=ANSWERING, **credentials),
            *calls,
        )

    @property
    def _call(self) -> str:
        return call(self.target, "sync_detailed", self.arguments)

    @property
    def _start(self) -> list[str]:
        form = "serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()"
        return [f"form = {form}", "key = rsa.generate_private_key(65537, 2048).private_bytes(*form).decode()"]

    @property
    def _argument(self) -> str:
        return str(self.target.operation.scheme(self.scheme)["x-jwt"]["argument"])

    def _keyed(self, held: Mapping[str, Any]) -> dict[str, Any]:
        """What a credentials file holds, with the key that the program made."""
        return {name: Code("key") if name == self.key else value for name, value in held.items()}


def _date(answer: httpx.Response) -> dict[str, str]:
    return {name: text for name, text in answer.headers.items() if name == "date"}


def _unlike(token: str, algorithm: str, header: Mapping[str, str], claims: Mapping[str, Any]) -> str | None:
    """What of x-jwt a token is not like, as the end of a pointer; None where it is signed so, and has all this."""
    try:
        whole = jwt.decode_complete(
            token,
            rsa_key().public_key(),
            algorithms=[algorithm],
            options={"verify_exp": False, "verify_iat": False},
        )
    except jwt.InvalidTokenError:
        return "/algorithm"
    found = whole["payload"]
    if whole["header"] != {"alg": algorithm, "typ": "JWT", **header}:
        return "/header" if header else ""
    if {**found, "iat": 0, "exp": 0} != {**claims, "iat": 0, "exp": 0}:
        return "/claims"
    if found.get("exp", 0) - found.get("iat", 0) != claims["exp"] - claims["iat"]:
        return "/lifetime"
    return None if found == claims else ""


def _decoded(token: str) -> str:
    """What a token holds, as far as it is one."""
    try:
        whole = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.InvalidTokenError:
        return token
    return f"{whole['header']} and {whole['payload']}"


@cache
def rsa_key() -> rsa.RSAPrivateKey:
    """A private key, of nobody."""
    return rsa.generate_private_key(65537, 2048)


def pem(key: PrivateKeyTypes, word: bytes = b"") -> str:
    """A private key as a credentials file holds it; encrypted, where there is a word."""
    hidden = serialization.BestAvailableEncryption(word) if word else serialization.NoEncryption()
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(*form, hidden).decode()


def held_by(said: Mapping[str, Any]) -> dict[str, Any]:
    """What a credentials file holds, by x-jwt."""
    fields = {field: 17 if kind == "integer" else f"the-{field}" for field, kind in said["fields"].items()}
    return {**fields, said["key"]: pem(rsa_key())}


def _client(target: Target, argument: str, held: Mapping[str, Any]) -> Make:
    return lambda transport: target.client(secrets={argument: held}, transport=transport)


def _from_file(target: Target, name: str, held: Mapping[str, Any]) -> Make:
    """The same by a file that the environment names."""
    ((_, variable),) = files(target, [name])

    def made(transport: httpx.MockTransport) -> Any:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, "credentials.json")
            path.write_text(json.dumps(held), "utf-8")
            with mock.patch.dict(os.environ, {variable: str(path)}, clear=True):
                package = importlib.import_module(f"phone_number_apis.{target.vendor}")
                return package.Client.from_env(transport=transport, max_retries=0)

    return made


def _sent(
    target: Target,
    arguments: Mapping[str, Any],
    make: Make,
    answers: Sequence[httpx.Response] = (),
    moments: Sequence[int] = (_NOW,),
) -> list[str]:
    """The tokens that a call at each moment sends; what is not answered so is refused."""
    sent, left = list[str](), [*answers]

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization", "").removeprefix("Bearer "))
        return left.pop(0) if left else httpx.Response(400, json={})

    client = make(httpx.MockTransport(serve))
    for moment in moments:
        with mock.patch.object(time, "time", return_value=float(moment)):
            target.module.sync_detailed(client=client, **arguments)
    client.close()
    return sent


def _error(target: Target, given: Mapping[str, Any]) -> Exception | None:
    try:
        target.client(secrets=given)
    except ValueError as error:  # as each error of a credential is
        return error
    return None


def _with(pointer: str, value: Any) -> Any:
    """A JSON value that has another at a pointer."""
    for key in reversed(pointer.split("/")[1:]):
        value = {key: value}
    return value
