"""The contract, lowered: rewritten into what the generator's parser takes in full.

Every operation and model is there under the name that it has in Python, every parameter under its number, and every
value is of a type the parser knows.
What the rewriting leaves out (styles, content, rules, security, dependencies) goes to the templates beside it, in
`Client`. The rules are plain: names are settled before; a model's property and a parameter become `string`, unless it
is a model itself; a body or answer is a model, or nothing.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .contract import Contract
from .failures import Failure, failures
from .fields import models
from .methods import Tag, tags
from .models import Model
from .naming import check_classes
from .operations import Operation, operations
from .schemas import Schemas
from .security import Scheme, schemes
from .servers import server_url
from .values import Values

PROJECT: dict[str, Any] = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))[
    "project"
]
"""What the distribution of the clients is called, and its version."""


@dataclass
class Client:
    """Everything that the templates know of one client."""

    vendor: str
    title: str
    description: str
    version: str
    server: str
    servers: list[str]
    schemes: list[Scheme]
    operations: list[Operation]
    models: list[Model]
    tags: list[Tag]

    @property
    def arguments(self) -> list[str]:
        """The client's arguments for credentials."""
        return [name for scheme in self.schemes for name in scheme.arguments.values()]

    @property
    def needed(self) -> str:
        """Those without which no call can be made, in words."""
        ways = [way for operation in self.operations for way in operation.security or [[]]]
        if [] in ways:
            return ""
        words = {
            scheme.name: (" or " if scheme.jwt else " and ").join(scheme.arguments.values())
            for scheme in self.schemes
        }
        told = [" and ".join(words[name] for name in way if words[name]) for way in ways]
        return ", or ".join(dict.fromkeys(filter(None, told)))

    @property
    def files(self) -> list[str]:
        """The arguments that are files of which tokens are minted."""
        return [scheme.arguments["credentials"] for scheme in self.schemes if scheme.jwt]

    @property
    def environment(self) -> dict[str, str]:
        """The environment variable of each argument for credentials."""
        found = [scheme.environment(self.vendor).items() for scheme in self.schemes]
        return {name: variable for each in found for name, variable in each}

    @property
    def user_agent(self) -> str:
        """What a client calls itself: the distribution, its version, and the vendor."""
        return f"{PROJECT['name']}/{PROJECT['version']} ({self.vendor})"

    @property
    def failures(self) -> list[Failure]:
        """The error classes of the documented statuses."""
        return failures(self.operations)

    def qualified(self, text: str) -> str:
        """Python text whose models are those of the module `models`."""
        names = {model.name for model in self.models}
        return re.sub(r"\w+", lambda word: f"models.{word[0]}" if word[0] in names else word[0], text)

    def models_in(self, *texts: str) -> list[str]:
        """The names of the models that Python text uses."""
        used = {word for text in texts for word in re.findall(r"\w+", text)}
        return [model.name for model in self.models if model.name in used]


def client(vendor: str, contract: Contract) -> Client:
    """Work out the client of a contract; raises `Problem` for what cannot be done right."""
    schemas = Schemas(contract)
    made = operations(contract, schemas)
    info = contract.document["info"]
    servers = [server_url(contract, server) for server in contract.document.get("servers") or ()]
    if not servers and all(operation.server for operation in made):
        servers = list(dict.fromkeys(operation.server or "" for operation in made))
    if not servers:
        raise contract.problem(contract.document, "no server is named", "add `servers` by an overlay")
    classes = models(Values(schemas))
    check_classes(contract, classes)
    return Client(
        vendor, info["title"], info.get("description") or "", info["version"], servers[0], servers,
        schemes(contract), made, classes, tags(contract, made, classes),
    )  # fmt: skip


def lowered(client: Client) -> dict[str, Any]:
    """The OpenAPI document that the parser is given."""
    paths: dict[str, Any] = {}
    for index, operation in enumerate(client.operations):
        variables = [f"{{p{i}}}" for i, a in enumerate(operation.arguments) if a.location == "path"]
        path = "/".join(["", str(index), *variables])
        paths[path] = {operation.method.lower(): _operation(operation)}
    return {
        "openapi": "3.1.0",
        "info": {"title": client.title, "version": client.version},
        "paths": paths,
        "components": {"schemas": {model.name: _model(model) for model in client.models}},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    lowered: dict[str, Any] = {
        "operationId": operation.name,
        "tags": [operation.tag],
        "parameters": [
            {"name": f"p{index}", "in": a.location, "required": a.required, "schema": {"type": "string"}}
            for index, a in enumerate(operation.arguments)
        ],
        "responses": {answer.status: {"description": answer.description} for answer in operation.answers},
    }
    if operation.body:
        content = {"application/json": {"schema": {"type": "string"}}}
        lowered["requestBody"] = {"required": operation.body_required, "content": content}
    return lowered


def _model(model: Model) -> dict[str, Any]:
    required = [field.name for field in model.fields if field.default is None]
    return {
        "type": "object",
        "properties": {field.name: {"type": "string"} for field in model.fields},
        **({"required": required} if required else {}),
    }
