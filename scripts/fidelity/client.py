"""The `Client` of a vendor beside the servers and security schemes of its contract."""

from __future__ import annotations

import importlib
import inspect
from base64 import b64decode
from types import ModuleType
from typing import Any
from urllib.parse import unquote

from ..contract import Contract
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
    variables: dict[str, Any] = server.get("variables") or {}
    url = server["url"].format_map({name: variable["default"] for name, variable in variables.items()})
    return str(url.rstrip("/"))


def _schemes(contract: Contract, module: ModuleType) -> None:
    """Each scheme puts the client's arguments where it says."""
    nodes = (contract.document.get("components") or {}).get("securitySchemes") or {}
    schemes = {name: contract.resolve(node) for name, node in nodes.items()}
    given = inspect.signature(module.Client).parameters
    named = [
        argument for scheme in schemes.values() for argument in (scheme.get("x-credentials") or {}).values()
    ]
    texts = [
        name for name, p in given.items() if p.annotation in ("str", "str | None") and name != "base_url"
    ]
    secrets = {name: f"{name}-secret" for name in (*named, *texts) if name in given}
    credentials = module.Client(**secrets)._credentials
    for name, scheme in schemes.items():
        if scheme["type"] == "mutualTLS":
            continue
        parts = _parts(credentials[name], scheme) if credentials.get(name) else {}
        for part, argument in (scheme.get("x-credentials") or {}).items():
            if parts.get(part) != secrets.get(argument, ""):
                raise lost(contract, scheme, f"the argument `{argument}` of the client")
        if not parts or not set(parts.values()) <= set(secrets.values()):
            raise lost(contract, scheme, f"the security scheme `{name}`")


def _parts(credential: Any, scheme: Any) -> dict[str, str]:
    """The parts of a credential as they are found where its scheme puts them."""
    applied = credential.apply()
    if scheme["type"] == "apiKey":
        fields = {"query": applied.query, "cookie": applied.cookies}.get(scheme["in"], ())
        found = dict(map(unquote, field.split("=", 1)) for field in fields) | dict(applied.headers)
        return {"key": found.get(scheme["name"], "")}
    kind, _, value = applied.headers.get("Authorization", "").partition(" ")
    if str(scheme.get("scheme")).lower() == "basic":
        username, _, password = b64decode(value if kind == "Basic" else "").decode().partition(":")
        return {"username": username, "password": password}
    return {"token": value if kind == "Bearer" else ""}
