"""Tokens that a client mints of a credentials file: what x-jwt says of them, on the wire."""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from unittest import mock

import httpx
import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from ..objects import entries
from .calls import Target
from .cases import requests

Make = Callable[[httpx.MockTransport], Any]
"""Makes a client with a transport."""
_NOW = 2_000_000_000
"""The time, in seconds since 1970, at which tokens are minted."""


def checks(target: Target) -> Iterator[tuple[str, str]]:
    """What is not as the contract says: what should be, and what is."""
    for name in sorted(set[str]().union(*target.operation.requirements)):
        said = entries(target.operation.scheme(name), "x-jwt")
        if said and str(said["algorithm"]).startswith(("RS", "PS")):
            with mock.patch.object(time, "time", return_value=float(_NOW)):
                yield from _tokens(target, name, said)


def files(target: Target, schemes: Collection[str]) -> Iterator[tuple[str, str]]:
    """The arguments of what tokens of these security schemes are made of, each with its environment variable."""
    for name in sorted(schemes):
        node = target.operation.scheme(name)
        if "x-jwt" in node:
            argument = node["x-jwt"]["argument"]
            usual = f"{target.vendor}_{argument}".upper()
            yield argument, entries(node, "x-environment").get("credentials", usual)


def _tokens(target: Target, name: str, said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    texts = {field: f"the-{field}" for field in said["fields"]}
    fields = {field: 17 if said["fields"][field] == "integer" else texts[field] for field in texts}
    held: dict[str, Any] = {**fields, said["key"]: _key()[0]}
    header = {key: text.format_map(fields) for key, text in entries(said, "header").items()}
    issued = _NOW - said.get("leeway", 0)
    claims = {key: text.format_map(fields) for key, text in entries(said, "claims").items()}
    wanted = {**claims, "iat": issued, "exp": issued + said["lifetime"]}
    for field in held:
        broken = {key: value for key, value in held.items() if key != field}
        if field not in str(error := _error(target, {said["argument"]: broken})):
            yield f"an error that names `{field}`, which the credentials lack", repr(error)
    with mock.patch.dict(sys.modules, {"jwt": None}):  # as if it were not installed
        error = _error(target, {said["argument"]: held})
    if f"[{said['extra']}]" not in str(error):
        yield f"an error that names the extra {said['extra']}, which is to be installed", repr(error)
    for client in (_client(target, said["argument"], held), _from_file(target, name, held)):
        (found,) = _sent(target, client, [])
        if not _is_minted(found, said["algorithm"], header, wanted):
            yield f"a token of {said['algorithm']} with {header} and {wanted}", found
    for code in (*said.get("renewOn", ()), "no such code"):
        client = _client(target, said["argument"], held)
        sent = _sent(target, client, [_with(said.get("renewAt", ""), code), {}])
        if len({*sent}) != (1 if code == "no such code" else 2):
            yield (
                f"another token where {code!r} is at {said.get('renewAt')}, and only there",
                f"{len({*sent})} tokens",
            )
    (token,) = (argument for argument in target.secrets([name]))
    error = _error(target, {token: "a-token", said["argument"]: held})
    places = [str(error).find(f"`{argument}`") for argument in (token, said["argument"])]
    if -1 in places or places != sorted(places):
        yield (
            f"an error that names `{token}` and `{said['argument']}`, of which one is to be given",
            repr(error),
        )


def _is_minted(token: str, algorithm: str, header: Mapping[str, str], claims: Mapping[str, Any]) -> bool:
    """Whether it is a token that is signed so, with this header and these claims."""
    try:
        whole = jwt.decode_complete(
            token, _key()[1], algorithms=[algorithm], options={"verify_exp": False, "verify_iat": False}
        )
    except jwt.InvalidTokenError:
        return False
    found = whole["header"], whole["payload"]
    return found == ({"alg": algorithm, "typ": "JWT", **header}, claims)


@cache
def _key() -> tuple[str, Any]:
    """A private key in PEM, and the public one."""
    made = rsa.generate_private_key(65537, 2048)
    form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    return made.private_bytes(*form).decode(), made.public_key()


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


def _sent(target: Target, make: Make, answers: list[Any]) -> list[str]:
    """The tokens that one call sends, which is answered so."""
    sent: list[str] = []

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers.get("authorization", "").removeprefix("Bearer "))
        return httpx.Response(400, json=answers.pop(0) if answers else {})

    client = make(httpx.MockTransport(serve))
    target.module.sync_detailed(client=client, **target.arguments(requests(target.operation, 1)[0]))
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
