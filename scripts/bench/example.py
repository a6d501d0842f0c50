"""One call of a vendor's client to measure with: the first that the contract beside the client gives."""

from __future__ import annotations

import json
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from itertools import product
from types import ModuleType, NoneType
from typing import Any, get_args, get_type_hints
from urllib.parse import parse_qsl

import httpx

from ..contract import Contract
from ..document import load
from ..harness.arguments import Unfit
from ..harness.called import Called, Case, called
from ..harness.calls import Driver, Target, targets
from ..harness.cases import answers, requests
from ..kinds import is_object
from ..objects import entries
from ..problem import Problem, shown
from ..runtime.media import FORM, is_json
from ..vendors import PACKAGE, ROOT, Vendor

sys.path.insert(0, str(ROOT / "generated"))  # the clients, which the harness imports
_OF_ANY_CLIENT = {"host", "accept-encoding", "connection", "user-agent", "content-length"}
"""Headers that every client brings along."""


@dataclass
class Example:
    """A call of a client, its request on the wire, and an answer as arguments of `httpx.Response`.

    `client` is the package, `method` the path from the client, such as `tag.create`; `path` is that of the
    server's URL, and `given` holds the values by their names on the wire.
    """

    client: str
    options: dict[str, str]
    method: str
    keywords: dict[str, Any]
    given: dict[str, Any]
    path: str
    request: httpx.Request
    answer: dict[str, Any]

    def ours(self, url: str) -> tuple[Any, ...]:
        """The call by our client, for the worker; the server at `url` is one without a path."""
        return self.client, {**self.options, "base_url": url + self.path}, self.method, self.keywords

    def bare(self, url: str) -> tuple[Any, ...]:
        """The same request by httpx alone, for the worker, as its users write it: what is in all calls, once."""
        headers = {name: value for name, value in self.request.headers.items() if name not in _OF_ANY_CLIENT}
        options: dict[str, Any] = {"headers": headers}
        if headers.get("authorization", "").startswith("Basic "):
            pair = b64decode(headers.pop("authorization").removeprefix("Basic ")).decode()
            options["auth"] = tuple(pair.split(":", 1))
        if "content" not in self.body:
            headers.pop("content-type", None)  # httpx knows
        path, _, query = self.target.partition("?")
        params = {"params": self._fields(query)} if query else {}
        if httpx.URL(url + path, **params).raw_path.decode() != self.target:
            path, params = self.target, {}
        return options, self.request.method, url + path, {**params, **self.body}

    @property
    def body(self) -> dict[str, Any]:
        """The body as users of httpx write it, where that gives the same bytes."""
        content, kind = self.request.content, self.request.headers.get("content-type", "")
        written: dict[str, Any] = {"content": content} if content else {}
        if is_json(kind):
            written = {"json": json.loads(content)}
        elif kind == FORM:
            written = {"data": self._fields(content.decode())}
        is_same = httpx.Request("POST", "http://localhost", **written).content == content
        return written if is_same else {"content": content}

    @staticmethod
    def _fields(text: str) -> dict[str, str]:
        """What a query or a form holds."""
        return dict(parse_qsl(text, keep_blank_values=True))

    def served(self) -> tuple[bytes, bytes, bytes]:
        """Line and body of the request, and all of the answer, for the worker."""
        status, headers, content = self.answer.values()
        headers = {**headers, "Content-Length": len(content)}
        lines = [f"HTTP/1.1 {status} OK", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
        line = f"{self.request.method} {self.target} HTTP/1.1\r\n"
        return line.encode(), self.request.content, "\r\n".join(lines).encode() + content

    @property
    def target(self) -> str:
        """Path and query of the request."""
        return self.request.url.raw_path.decode("ascii")


def example(vendor: Vendor, operation_id: str | None = None) -> Example:
    """The first call that succeeds, with an answer in JSON; of the first operation, unless one is named."""
    path = vendor.client / "openapi.yaml"
    contract = Contract(load(path))
    found = [each for each in called(contract) if operation_id in (None, each.node["operationId"])]
    package = import_module(f"{PACKAGE}.{vendor.name}")
    for target in targets(vendor.name, contract, found[:1]):
        for case, answer in _tries(target.operation):
            with suppress(Unfit, package.errors.APIError):
                return _made(target, package, case, answer)
    raise Problem("no call of the operation succeeds with JSON", "name another", file=shown(path))


def _tries(operation: Called) -> Iterator[tuple[Case, dict[str, Any]]]:
    """Requests with the answers of successes."""
    for status, response in operation.node["responses"].items():
        for media_type in entries(operation.contract.resolve(response), "content"):
            if status.startswith("2") and is_json(media_type):
                code, headers = int(status.replace("X", "0")), {"Content-Type": media_type}
                for case, value in product(requests(operation, 1), answers(operation, status, media_type, 1)):
                    content = json.dumps(value).encode()
                    yield case, {"status_code": code, "headers": headers, "content": content}


def _made(target: Target, package: ModuleType, case: Case, answer: dict[str, Any]) -> Example:
    """The call, made once in memory; raises where it cannot be made or the answer is none of a success."""
    sent: list[httpx.Request] = []

    def serve(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(**answer)

    hints = get_type_hints(package.Client.__init__)
    options = {name: name for name, hint in hints.items() if {*get_args(hint)} == {str, NoneType}}
    path = httpx.URL(package.Client(**options).base_url).path.rstrip("/")
    client: Any = package.Client(
        **options, base_url=f"http://127.0.0.1{path}", transport=httpx.MockTransport(serve)
    )
    method: Any = Driver(target, False, client).method
    opened: dict[str, Any] = client.__dict__
    tag = next(name for name, each in opened.items() if each is method.__self__)
    keywords = target.keywords(case, method)
    method(**keywords)
    given = {name: value for (_, name), value in case.parameters.items()}
    given |= case.body if is_object(case.body) else {}
    return Example(
        package.__name__, options, f"{tag}.{method.__name__}", keywords, given, path, sent[0], answer
    )
