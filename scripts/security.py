"""Security Scheme Objects as Python: the arguments of a client."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from . import names
from .annotation import literal
from .contract import Contract
from .kinds import is_array
from .objects import entries
from .runtime.draft import TOKEN
from .runtime.options import Options

_OWN: tuple[str, ...] = ("self", "super", "options", *Options.__annotations__)
"""Names that every client uses itself."""
_JWT = {"renewAt": "renew_at", "renewOn": "renew_on"}


@dataclass
class Scheme:
    """A security scheme: the client's argument for each part of it, and the call that makes its credential."""

    name: str
    node: Any
    arguments: dict[str, str]

    @property
    def expression(self) -> str:
        """Python for the credential."""
        if not self.arguments:
            return "_security.by_connection()"
        given = ", ".join([*self.arguments.values(), *map(literal, self.arguments.values())])
        if self.node["type"] == "apiKey":
            return f"_security.api_key({literal(self.node['name'])}, {literal(self.node['in'])}, {given})"
        if self.jwt:
            token, file = self.arguments["token"], self.arguments["credentials"]
            return f'_security.bearer({token}, "{token}") or self._minted({file}, {self.jwt})'
        return f"_security.{'basic' if 'password' in self.arguments else 'bearer'}({given})"

    @property
    def jwt(self) -> str:
        """Python for how tokens are minted, by x-jwt; empty where they are not."""
        said = {_JWT.get(name, name): value for name, value in entries(self.node, "x-jwt").items()}
        parts = {name: tuple(value) if is_array(value) else value for name, value in said.items()}
        return ", ".join(f"{name}={literal(value)}" for name, value in parts.items() if name != "argument")

    def environment(self, vendor: str) -> dict[str, str]:
        """The environment variable of each argument: what x-environment says, else the vendor and the argument."""
        said = entries(self.node, "x-environment")
        return {
            argument: said.get(part, f"{vendor}_{argument}".upper())
            for part, argument in self.arguments.items()
        }


def schemes(contract: Contract) -> list[Scheme]:
    """The security schemes of a contract, in its order.

    Arguments are called as x-credentials says, else for the parts, with the scheme's name where these repeat.
    """
    nodes = entries(contract.document, "components", "securitySchemes").items()
    known = {name: contract.resolve(reference) for name, reference in nodes}
    wishes = {name: _parts(contract, name, node) for name, node in known.items()}
    taken = Counter([*_OWN, *(argument for wish in wishes.values() for argument in wish.values())])
    made = [Scheme(name, node, _arguments(name, node, wishes[name], taken)) for name, node in known.items()]
    _check_distinct(contract, made)
    return made


def slot(node: Any) -> tuple[str, str] | None:
    """Where a parameter or a credential is written, and what it is called there; None for mutualTLS."""
    if "name" in node:
        return node["in"], node["name"].lower() if node["in"] == "header" else node["name"]
    return None if node["type"] == "mutualTLS" else ("header", "authorization")


def _parts(contract: Contract, name: str, node: Any) -> dict[str, str]:
    """The parts of a scheme's credential, and the arguments that they would like to be."""
    kind, scheme, place = node["type"], str(node.get("scheme", "")).lower(), node.get("in")
    if kind == "mutualTLS":
        wishes: dict[str, str] = {}
    elif kind == "apiKey":
        if place != "query" and not TOKEN.fullmatch(node["name"]):
            raise contract.problem(node, f"`{node['name']}` cannot be the name of a {place}", "correct it")
        wishes = {"key": names.snake(node["name"])}
    elif kind == "http" and scheme == "basic":
        wishes = {"username": "username", "password": "password"}
    elif kind in ("oauth2", "openIdConnect") or (kind == "http" and scheme == "bearer"):
        wishes = {"token": "token"}
    else:
        what = f"the security scheme `{name}` ({kind} {scheme}) is not supported"
        raise contract.problem(node, what, "use basic, bearer, apiKey, oauth2, openIdConnect or mutualTLS")
    said = entries(node, "x-credentials")
    if wrong := sorted(said.keys() - wishes.keys()):
        raise contract.problem(node, f"x-credentials names `{wrong[0]}`", f"choose from {', '.join(wishes)}")
    if "x-jwt" in node:
        wishes["credentials"] = str(node["x-jwt"]["argument"])
    return {part: said.get(part, wish) for part, wish in wishes.items()}


def _arguments(name: str, node: Any, wishes: dict[str, str], taken: Counter[str]) -> dict[str, str]:
    """The wishes, with the scheme's name where another scheme or the client itself has the same."""
    if "x-credentials" in node or all(taken[wish] == 1 for wish in wishes.values()):
        return wishes
    return {part: names.snake(f"{name} {wish}") for part, wish in wishes.items()}


def _check_distinct(contract: Contract, made: list[Scheme]) -> None:
    owners = dict.fromkeys(_OWN, "every client")
    for scheme in made:
        for argument in scheme.arguments.values():
            if owner := "every client" if argument.startswith("_") else owners.get(argument):
                what = f"the argument `{argument}` for the security scheme `{scheme.name}` is one of {owner}"
                raise contract.problem(scheme.node, what, "give it another name by x-credentials")
            owners[argument] = f"the security scheme `{scheme.name}`"
