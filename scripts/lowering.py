"""The contract, lowered: rewritten into what the generator's parser takes in full.

Every operation and model is there under the name that it has in Python, every value is of a type the parser knows.
What the rewriting leaves out (styles, content, rules, security, dependencies) goes to the templates beside it, in
`Client`. The rules are plain: names are settled before; a model's property and a parameter become `string`, unless it
is a model itself; a body or answer is a model, or nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .contract import Contract
from .fields import models
from .models import Model
from .operations import Operation, operations, server_url
from .schemas import Schemas
from .security import Scheme, schemes
from .values import Values


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

    @property
    def arguments(self) -> dict[str, bool]:
        """The client's arguments for credentials, and whether each must be given: no call does without it."""
        ways = [way for operation in self.operations for way in operation.security or [[]]]
        return {
            name: bool(ways) and all(scheme.name in way for way in ways)
            for scheme in self.schemes
            for name in scheme.arguments.values()
        }

    def models_of(self, operation: Operation) -> list[str]:
        """The names of the models that an operation's annotations use."""
        used = set(re.findall(r"\w+", operation.annotations))
        return [model.name for model in self.models if model.name in used]


def client(vendor: str, contract: Contract) -> Client:
    """Work out the client of a contract; raises `Problem` for what cannot be done right."""
    schemas = Schemas(contract)
    made = operations(contract, schemas)
    info = contract.document["info"]
    servers = [server_url(server) for server in contract.document.get("servers") or ()]
    if not servers and not all(operation.server for operation in made):
        raise contract.problem(contract.document, "no server is named", "add `servers` by an overlay")
    return Client(
        vendor, info["title"], info.get("description") or "", info["version"], (servers or [""])[0], servers,
        schemes(contract), made, models(Values(schemas)),
    )  # fmt: skip


def lowered(client: Client) -> dict[str, Any]:
    """The OpenAPI document that the parser is given."""
    paths: dict[str, Any] = {}
    for index, operation in enumerate(client.operations):
        path = "/".join(
            ["", str(index), *(f"{{{a.name}}}" for a in operation.arguments if a.location == "path")]
        )
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
            {"name": a.name, "in": a.location, "required": a.required, "schema": {"type": "string"}}
            for a in operation.arguments
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
