"""Security Scheme Objects as Python: the arguments of a client."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from . import names
from .contract import Contract


@dataclass
class Scheme:
    """A security scheme: the client's arguments for it, and the call that makes its credential."""

    name: str
    arguments: dict[str, str]
    expression: str
    description: str
    node: Any = field(repr=False, default=None)


def schemes(contract: Contract) -> list[Scheme]:
    """The security schemes of a contract, in its order."""
    known = (contract.document.get("components") or {}).get("securitySchemes") or {}
    made = [
        scheme for name, node in known.items() if (scheme := _scheme(contract, name, contract.resolve(node)))
    ]
    seen: dict[str, str] = {}
    for scheme in made:
        for argument in scheme.arguments.values():
            if argument in seen:
                what = f"the security schemes `{seen[argument]}` and `{scheme.name}` both take the argument `{argument}`"
                raise contract.problem(scheme.node, what, "give one of them other names by x-credentials")
            seen[argument] = scheme.name
    return made


def _scheme(contract: Contract, name: str, node: Any) -> Scheme | None:
    kind, scheme = node["type"], str(node.get("scheme", "")).lower()
    if kind == "mutualTLS":
        return None
    if kind == "http" and scheme == "basic":
        parts, call = {"username": "username", "password": "password"}, "basic({username}, {password})"
    elif kind in ("oauth2", "openIdConnect") or (kind == "http" and scheme == "bearer"):
        parts, call = {"token": "token"}, "bearer({token})"
    elif kind == "apiKey":
        parts = {"key": names.snake(node["name"])}
        call = f'api_key("{node["name"]}", "{node["in"]}", {{key}})'
    else:
        what = f"the security scheme `{name}` ({kind} {scheme}) is not supported"
        raise contract.problem(node, what, "use basic, bearer, apiKey, oauth2, openIdConnect or mutualTLS")
    said = node.get("x-credentials") or {}
    if wrong := sorted(said.keys() - parts.keys()):
        raise contract.problem(node, f"x-credentials names `{wrong[0]}`", f"choose from {', '.join(parts)}")
    arguments = {part: str(said.get(part, default)) for part, default in parts.items()}
    if not said and _is_repeated(contract, node, parts):
        arguments = {part: names.snake(f"{name} {default}") for part, default in parts.items()}
    return Scheme(name, arguments, call.format(**arguments), node.get("description") or "", node)


def _is_repeated(contract: Contract, node: Any, parts: dict[str, str]) -> bool:
    """Whether another scheme without x-credentials would take the same argument names."""
    known = contract.document["components"]["securitySchemes"].values()
    others = [
        other
        for other in map(contract.resolve, known)
        if other is not node and not other.get("x-credentials")
    ]
    if "key" in parts:
        return any(other.get("name") and names.snake(other["name"]) == parts["key"] for other in others)
    basic = "password" in parts
    return any(
        (str(other.get("scheme", "")).lower() == "basic") == basic
        and other["type"] not in ("apiKey", "mutualTLS")
        for other in others
    )
