"""The `Client` of a vendor beside the servers and security schemes of its contract."""

from __future__ import annotations

import importlib
import inspect
from base64 import b64decode
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from ..contract import Contract
from ..objects import entries
from . import prose
from .faults import lost


def check_client(contract: Contract, package: str) -> None:
    """Raise a `Problem` for a server or a security scheme that the client of a contract lacks."""
    module = importlib.import_module(f"{package}.client")
    for index, server in enumerate(contract.document.get("servers") or ()):
        url = server_url(server)
        if url != module.DEFAULT_BASE_URL if index == 0 else not prose.says(module.Client.__doc__, url):
            raise lost(contract, server, f"the server {url}")
    _schemes(contract, module)


def server_url(server: Any) -> str:
    """The URL of a Server Object, its variables at their defaults."""
    variables = entries(server, "variables").items()
    url = server["url"].format_map({name: variable["default"] for name, variable in variables})
    return str(url.rstrip("/"))


def _schemes(contract: Contract, module: ModuleType) -> None:
    """Each scheme puts the client's arguments where it says."""
    nodes = entries(contract.document, "components", "securitySchemes").items()
    schemes = {
        name: scheme for name, node in nodes if (scheme := contract.resolve(node))["type"] != "mutualTLS"
    }
    given = inspect.signature(module.Client).parameters
    texts = [
        name for name, p in given.items() if p.annotation in ("str", "str | None") and name != "base_url"
    ]
    named = [each for scheme in schemes.values() for each in entries(scheme, "x-credentials").values()]
    secrets = {name: f"{name}-secret" for name in (*named, *texts) if name in given}
    credentials = module.Client(**secrets, base_url="https://localhost")._credentials
    for name, scheme in schemes.items():
        parts = _parts(credentials[name], scheme) if credentials.get(name) else {}
        for part, argument in entries(scheme, "x-credentials").items():
            if parts.get(part) != secrets.get(argument, ""):
                raise lost(contract, scheme, f"the argument `{argument}` of the client")
        if not parts or not set(parts.values()) <= set(secrets.values()):
            raise lost(contract, scheme, f"the security scheme `{name}`")


def _parts(credential: Any, scheme: Any) -> dict[str, str]:
    """The parts of a credential as they are found where its scheme puts them."""
    applied = credential.apply()
    if scheme["type"] == "apiKey":
        fields: tuple[str, ...] = {"query": applied.query, "cookie": applied.cookies}.get(scheme["in"], ())
        found: dict[str, str] = dict(applied.headers) if scheme["in"] == "header" else {}
        found |= {unquote(name): unquote(value) for name, _, value in (f.partition("=") for f in fields)}
        return {"key": found.get(scheme["name"], "")}
    kind, _, value = applied.headers.get("Authorization", "").partition(" ")
    if str(scheme.get("scheme")).lower() == "basic":
        username, _, password = b64decode(value if kind == "Basic" else "").decode().partition(":")
        return {"username": username, "password": password}
    return {"token": value if kind == "Bearer" else ""}
