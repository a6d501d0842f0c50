"""The same cases by the same clients, but over sockets to a server, whose answers schemathesis checks."""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Iterator
from functools import cache
from typing import Any

import httpx
import schemathesis
from schemathesis import checks as known
from schemathesis.core.failures import Failure, FailureGroup

from ..document import plain, pointer
from ..harness.arguments import Unfit
from ..harness.called import Called, Case
from ..harness.calls import Target
from ..harness.cases import requests
from ..harness.findings import Check, Finding
from ..harness.programs import source
from ..harness.rules import Rule, by_answer, by_request
from ..harness.validation import validator
from ..objects import entries
from ..problem import Problem
from ..runtime.options import checked_url
from ..runtime.redaction import redacted

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip
"""What an answer has to pass, as schemathesis calls it."""
_LONGEST = 600
"""Characters of what was found."""


class Sending:
    """The family of checks that a server is put to: no case is sent twice, whatever the client would do.

    Credentials are those of the environment, and appear in no finding.
    """

    def __init__(self, base_url: str, targets: list[Target]) -> None:
        try:
            self._base_url = checked_url(base_url, is_safe=False)
        except ValueError:
            what = "--base-url is neither https nor http to this machine, or has credentials, a query or a fragment"
            raise Problem(what, "give a URL such as http://127.0.0.1:8000") from None
        self._sent: list[httpx.Request] = []
        self._answers: list[httpx.Response] = []
        self._clients = {target.vendor: self._client(target.vendor) for target in targets}

    def announced(self, targets: list[Target], count: int) -> str:
        """How many requests there will be, for people to see before anything is sent."""
        counts = {target: len(some(target, count)) for target in targets}
        each = ", ".join(f"{number} of {target}" for target, number in counts.items())
        return f"At most {sum(counts.values()):,} requests to {self._base_url}, each sent once: {each}."

    def __call__(self, target: Target, count: int) -> Iterator[Check]:
        """Send the cases of an operation, and check each answer."""
        for case in some(target, count):
            yield self._check(target, case)

    def _check(self, target: Target, case: Case) -> Check:
        error, exercised = self._error(target, case), by_request(target.operation, case)
        if isinstance(error, target.errors.NotSent):
            what = self._safe(target, f"the server cannot be reached: {error}")
            raise Problem(what, "start it, or name another")
        if not self._answers:
            at = target.operation.contract.pointers[id(target.operation.node)]
            wanted = "an answer" if self._sent else "the client sends this case, which keeps the contract"
            return Check(exercised, self._finding(target, case, at, wanted, repr(error)))
        answer = self._answers[0]
        if failed := failures(target.operation, answer):
            wanted = f"an answer that passes schemathesis's {', '.join(failed)}"
            told = "; ".join(f"{each.title}: {each.message}" for each in failed.values())
            found = f"status {answer.status_code}: {' '.join(told.split())}"
            return Check(
                exercised, self._finding(target, case, _broken(target.operation, answer), wanted, found)
            )
        if error is not None and not isinstance(error, _Again):
            wanted, at = (
                "the client reads this answer, which is right",
                _documented(target.operation, answer)[2],
            )
            return Check(exercised, self._finding(target, case, at, wanted, repr(error)))
        return Check(exercised | _rules(target.operation, answer))

    def _error(self, target: Target, case: Case) -> Exception | None:
        """Make the call; what it raises, which may be anything."""
        self._sent.clear()
        self._answers.clear()
        try:
            target.module.sync_detailed(client=self._clients[target.vendor], **target.arguments(case))
        except Exception as error:
            return error
        return None

    def _finding(self, target: Target, case: Case, rule: str, wanted: str, found: str) -> Finding:
        told = self._safe(target, found)
        shown = f"{told[:_LONGEST]} …" if len(told) > _LONGEST else told
        return Finding(target, "server", rule, wanted, shown, self._program(target, case))

    def _program(self, target: Target, case: Case) -> str:
        """The call for people to repeat, with credentials of the environment."""
        try:
            arguments = target.arguments(case)
        except Unfit:
            return ""
        package, _, module = target.module.__name__.rpartition(".")
        given = [f"{name}={source(value, target.vendor)}" for name, value in arguments.items()]
        made = "Client.from_env" if _variables(target.vendor) else "Client"
        call = f"answer = {module}.sync_detailed(client=client, {', '.join(given)})"
        return "\n".join([
            *(["from datetime import date, datetime"] if "fromisoformat(" in call else []),
            f"from phone_number_apis import {target.vendor}",
            *([f"from phone_number_apis.{target.vendor} import models"] if "models." in call else []),
            f"from {package} import {module}",
            f"client = {target.vendor}.{made}(base_url={self._base_url!r}, max_retries=0)",
            call,
            "print(answer.status_code, answer.headers, answer.content)",
        ])  # fmt: skip

    def _safe(self, target: Target, text: str) -> str:
        """The text without the secrets that the client has, and those on the wire."""
        secrets = {os.environ.get(name, "") for name in _variables(target.vendor)}
        for request in self._sent:
            whole = request.headers.get("authorization", "")
            secrets |= {whole, whole.partition(" ")[2]}
        return redacted(text, secrets)

    def _client(self, vendor: str) -> Any:
        """A client with what the environment has; raises `Problem` without credentials."""
        package = importlib.import_module(f"phone_number_apis.{vendor}")
        hooks = {"request": [self._once], "response": [self._kept]}
        made = package.Client.from_env if _variables(vendor) else package.Client
        try:
            return made(base_url=self._base_url, max_retries=0, event_hooks=hooks)
        except (package.errors.Error, ValueError) as error:
            raise Problem(str(error), "set what the client needs") from None

    def _once(self, request: httpx.Request) -> None:
        if self._sent:
            raise _Again
        self._sent.append(request)

    def _kept(self, response: httpx.Response) -> None:
        response.read()
        self._answers.append(response)


class _Again(Exception):
    """The client was about to send a case again."""


def allowed(targets: list[Target], allow_billable: bool) -> list[Target]:
    """The operations that may be called; says which are left out, and raises `Problem` where none remains."""
    billable = [each for each in targets if each.operation.node.get("x-billable") is True]
    if allow_billable or not billable:
        return targets
    what = f"not called, as that may cost money: {', '.join(map(str, billable))}"
    todo = "give --allow-billable to call them"
    if len(billable) == len(targets):
        raise Problem(what, todo)
    print(f"{what}; {todo}.")
    return [each for each in targets if each not in billable]


@cache
def some(target: Target, count: int) -> tuple[Case, ...]:
    """So many of the cases, or all where there are fewer: examples, boundaries and random ones alike."""
    cases = requests(target.operation, count)
    number = min(count, len(cases))
    return tuple(cases[index * len(cases) // number] for index in range(number))


def _variables(vendor: str) -> list[str]:
    """The environment variables of a client's credentials."""
    client: Any = importlib.import_module(f"phone_number_apis.{vendor}").Client
    return list(client._environment.values())


def failures(operation: Called, answer: httpx.Response) -> dict[str, Failure]:
    """The first failure of each check that an answer does not pass."""
    if _failure(operation, answer, *CHECKS) is None:
        return {}
    found = {name: _failure(operation, answer, name) for name in CHECKS}
    return {name: failure for name, failure in found.items() if failure}


def _failure(operation: Called, answer: httpx.Response, *names: str) -> Failure | None:
    path = {node["name"]: "any" for node in operation.parameters if node["in"] == "path"}
    base_url = str(answer.url.join("/"))  # it is not told by the path
    try:
        _described(operation).Case(path_parameters=path).validate_response(
            answer, checks=[_known()[name] for name in names], transport_kwargs={"base_url": base_url}
        )
    except FailureGroup as group:
        return group.exceptions[0]
    return None


@cache
def _described(operation: Called) -> Any:
    """The operation as schemathesis knows it."""
    loaded: Any = schemathesis.openapi.from_dict(plain(operation.contract.document))
    return loaded[operation.path][operation.method.upper()]


@cache
def _known() -> dict[str, Any]:
    """Schemathesis's checks by name."""
    known.load_all_checks()
    return {check.__name__: check for check in vars(known)["CHECKS"].get_all()}


def _documented(operation: Called, answer: httpx.Response) -> tuple[str, str, str]:
    """The status and the media type by which the contract documents an answer, and the pointer of that."""
    contract, responses = operation.contract, operation.node["responses"]
    code = answer.status_code
    names = (str(code), f"{code // 100}XX", "default")
    status = next((name for name in names if name in responses), "")
    if not status:
        return "", "", contract.pointers[id(responses)]
    response = contract.resolve(responses[status])
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    known = {name.partition(";")[0].strip().lower(): name for name in entries(response, "content")}
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    media_type = next((known[name] for name in ranges if name in known), "")
    at = response["content"][media_type] if media_type else response
    return status, media_type, contract.pointers[id(at)]


def _value(media_type: str, answer: httpx.Response) -> Any:
    """The JSON value of an answer, or its text."""
    return json.loads(answer.content) if "json" in media_type else answer.text


def _broken(operation: Called, answer: httpx.Response) -> str:
    """The pointer of the rule that an answer breaks, as near as can be told."""
    status, media_type, at = _documented(operation, answer)
    if "json" not in media_type:
        return at
    media = operation.contract.resolve(operation.node["responses"][status])["content"][media_type]
    try:
        value = _value(media_type, answer)
    except ValueError:
        return at
    errors = validator(operation.contract, json.dumps(media.get("schema", True))).iter_errors(value)
    path = next((each.schema_path for each in errors), None)
    if path is None:
        return at
    return pointer(*path) if path[0] == "components" else f"{at}/schema{pointer(*path[2:])[1:]}"


def _rules(operation: Called, answer: httpx.Response) -> frozenset[Rule]:
    """The rules that an answer which passed was subject to."""
    status, media_type, _ = _documented(operation, answer)
    return by_answer(operation, status, media_type, _value(media_type, answer)) if status else frozenset()
