"""The operations of a contract, and the requests that are made to them, in JSON values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..contract import Contract
from ..dependencies import parse
from ..kinds import is_object
from ..objects import entries
from .sendable import sendable, spreads

EXAMPLES, PRESENCE, VARIED = "examples", "presence", "varied"
"""Phases: what the contract shows; each parameter and property alone, all and none; each value in turn, however deep
it lies, replaced by others.
"""


@dataclass(frozen=True)
class Case:
    """One request in JSON values: parameters by place and name, and the body where there is one."""

    phase: str
    parameters: dict[tuple[str, str], Any]
    media_type: str | None = None
    body: Any = None
    about: str = ""
    """The JSON pointer of what is varied."""


@dataclass(frozen=True, eq=False)
class Called:
    """One operation of a contract."""

    contract: Contract
    path: str
    method: str
    item: Any
    node: Any

    @cached_property
    def parameters(self) -> list[Any]:
        """The parameters, those of the path item first; header parameters that OpenAPI says to ignore are left out."""
        nodes = [
            self.contract.resolve(node)
            for owner in (self.item, self.node)
            for node in owner.get("parameters") or ()
        ]
        named = {
            (node["in"], node["name"].lower() if node["in"] == "header" else node["name"]): node
            for node in nodes
        }
        ignored = {("header", name) for name in ("accept", "content-type", "authorization")}
        return [node for key, node in named.items() if key not in ignored]

    @property
    def content(self) -> dict[str, Any]:
        """The media types of the request body."""
        body = self.contract.resolve(self.node.get("requestBody") or {})
        return entries(body, "content")

    @property
    def body_required(self) -> bool:
        """Whether the body is required."""
        return self.contract.resolve(self.node.get("requestBody") or {}).get("required") is True

    @cached_property
    def dependencies(self) -> list[Any]:
        """The parsed `x-dependencies`."""
        return [parse(str(text)) for text in self.node.get("x-dependencies") or ()]

    @property
    def servers(self) -> list[str]:
        """The URLs that the path is appended to, for all that their variables can be; the usual one first."""
        said = self.node.get("servers") or self.item.get("servers") or self.contract.document.get("servers")
        found: dict[str, None] = {}
        for server in said or ():
            variables = entries(server, "variables")
            known = [[each["default"], *each.get("enum", ())] for each in variables.values()]
            for chosen in itertools.product(*known):
                url = str(server["url"])
                for name, value in zip(variables, chosen, strict=True):
                    url = url.replace("{" + name + "}", value)
                found[url.rstrip("/")] = None
        return list(found)

    @cached_property
    def requirements(self) -> list[set[str]]:
        """The alternatives of security schemes, those first that need a credential."""
        said: list[dict[str, Any]] = self.node.get("security", self.contract.document.get("security")) or []
        return sorted(({*names} for names in said), key=lambda names: not names)

    def scheme(self, name: str) -> Any:
        """A security scheme."""
        return self.contract.resolve(entries(self.contract.document, "components", "securitySchemes")[name])

    def wishes(self, name: str) -> dict[str, str]:
        """What the client's arguments for the parts of a security scheme are called, where that name is free."""
        node = self.scheme(name)
        kind = str(node.get("scheme", "")).lower() if node["type"] == "http" else node["type"]
        usual = {
            "basic": {"username": "username", "password": "password"},
            "apiKey": {"key": snake(node.get("name", ""))},
            "mutualTLS": {},
        }.get(kind, {"token": "token"})
        return {**usual, **entries(node, "x-credentials")}

    def node_of(self, key: tuple[str, str]) -> Any:
        """The parameter in this place and of this name."""
        return next(node for node in self.parameters if (node["in"], node["name"]) == key)

    def schema(self, parameter: Any) -> tuple[Any, str | None]:
        """The schema of a parameter, and its media type where it is described by `content`."""
        for media_type, media in entries(parameter, "content").items():
            return self.carried(media_type, media), media_type
        return parameter["schema"], None

    def carried(self, media_type: str, media: Any) -> Any:
        """The schema of what a media type carries: text, where neither it nor the contract has another form."""
        schema = media.get("schema", True)
        resolved = self.contract.resolve(schema)
        is_typed = is_object(resolved) and not {"type", "allOf", "anyOf", "oneOf"}.isdisjoint(resolved)
        has_form = is_typed or any(kind in media_type.lower() for kind in ("json", "form"))
        return schema if has_form else {"allOf": [schema, {"type": "string"}]}

    def taken(self, parameter: Any) -> set[str]:
        """The names that belong to others in the place of a parameter."""
        place, taken = parameter["in"], set[str]()
        for node in self.parameters:
            if node["in"] == place and node is not parameter:
                taken |= {node["name"]} | (self.properties(node["schema"]) if spreads(node) else set())
        schemes = entries(self.contract.document, "components", "securitySchemes").values()
        keys = [self.contract.resolve(scheme) for scheme in schemes]
        return taken | {key["name"] for key in keys if key.get("in") == place}

    def cut(self, parameter: Any, *, least: int = 1) -> Any:
        """The schema of a parameter, cut down to what its place and style can carry."""
        return sendable(
            self.contract, self.schema(parameter)[0], parameter, self.taken(parameter), least=least
        )

    def fulfils(self, parameters: Mapping[tuple[str, str], Any]) -> bool:
        """Whether all dependencies hold for parameters by place and name."""
        given = {name: value for (_, name), value in parameters.items()}
        return all(dependency.holds(given) for dependency in self.dependencies)

    def properties(self, schema: Any) -> set[str]:
        """The names of the properties that a schema declares."""
        resolved = self.contract.resolve(schema)
        return set(entries(resolved, "properties")) if is_object(resolved) else set()


def called(contract: Contract) -> Iterator[Called]:
    """The operations of a contract."""
    for found in contract.operations():
        yield Called(contract, *found)


def snake(text: str) -> str:
    """A name in small letters, with `_` for what cannot stand in one."""
    return re.sub(r"\W+", "_", text).strip("_").lower()
