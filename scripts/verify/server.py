"""The same cases by the same clients, but over sockets to a server, whose answers schemathesis checks."""

from __future__ import annotations

import importlib
import json
import os
import re
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from time import sleep
from typing import Any
from urllib.parse import quote

import httpx
import schemathesis
from schemathesis import checks as known
from schemathesis.core.failures import Failure, FailureGroup

from ..document import plain, pointer
from ..harness.arguments import Unfit
from ..harness.called import Called, Case
from ..harness.calls import Target
from ..harness.cases import requests
from ..harness.findings import ACCEPTED, Check, Finding
from ..harness.programs import outline, script, source
from ..harness.rules import Rule, by_answer, by_request
from ..harness.validation import invalid, validator
from ..objects import entries
from ..problem import Problem
from ..runtime.errors import retry_after
from ..runtime.options import checked_url
from ..runtime.redaction import redacted
from ..runtime.retries import LONGEST_ASKED
from .tables import counted

CHECKS = (
    "not_a_server_error", "status_code_conformance", "content_type_conformance", "response_schema_conformance",
    "response_headers_conformance",
)  # fmt: skip
"""What an answer has to pass, as schemathesis calls it."""
_LONGEST, _SHORT = 600, 200
"""Characters of what was found, and of what the server said where that ends the run."""
_MOST = 3
"""Cases without an answer, or one after the other that come too soon for the server, which end the run."""


class Stopped(Problem):
    """What a server answers makes it vain, or unsafe, to send it more; the finding tells of it, too."""

    status = 1


class Sending:
    """The family of checks that a server is put to: no case is sent twice, whatever the client would do.

    A case that the server refuses, as documented, proves nothing but that: its request exercises no rules.
    Credentials are those of the environment, and appear in no finding; `timeout` is that of each call, in seconds.
    """

    def __init__(self, base_url: str, targets: list[Target], timeout: float | None = None) -> None:
        try:
            self._base_url = checked_url(base_url, is_safe=False)
        except ValueError:
            shown = "…" if "@" in base_url else re.split("[?#]", base_url)[0]  # no secrets
            what = "neither https nor http to this machine, or with credentials, a query or a fragment"
            todo = "give a URL such as http://127.0.0.1:8000"
            raise Problem(f"--base-url is `{shown}`: {what}", todo) from None
        self._timeout = timeout
        self._sent: list[httpx.Request] = []
        self._answers: list[httpx.Response] = []
        self._due = dict[Target, int]()
        self._has_accepted, self._unanswered, self._too_soon = False, 0, 0
        self._raised: Exception | None = None
        self._clients = {target.vendor: self._client(target.vendor) for target in targets}

    def announced(self, targets: list[Target], count: int) -> str:
        """How many requests there will be, for people to see before anything is sent."""
        self._due = {target: len(some(target, count)) for target in targets}
        each = ", ".join(f"{number} of {target}" for target, number in self._due.items())
        whole = counted(sum(self._due.values()), "request")
        return f"At most {whole} to {self._base_url}, each sent once: {each}."

    def __call__(self, target: Target, count: int) -> Iterator[Check]:
        """Send the cases of an operation, and check each answer; tells of one in which ctrl-C came.

        Raises `Stopped` after an answer, or the want of one, that leaves no sense in sending more.
        """
        cases = some(target, count)
        for number, case in enumerate(cases, 1):
            try:
                check = self._check(target, case)
            except KeyboardInterrupt:
                if self._sent:
                    yield self._interrupted(target, case)
                raise
            self._due[target] = len(cases) - number
            self._has_accepted |= check.answered == ACCEPTED
            yield check
            self._go_on(target)

    def _go_on(self, target: Target) -> None:
        """Wait as long as the server asks for; raises `Stopped` where nothing more is to be sent."""
        left, refusal = sum(self._due.values()), self._refusal(target)
        if refusal:
            said = " ".join(str(self._raised).split()) or f"status {self._status}"
            why, todo = f"the server said: {self._safe(target, said)[:_SHORT].rstrip('.')}", refusal[1]
        elif self._unanswered == _MOST:
            why, todo = f"{_MOST} calls had no answer", "see what was carried out, or give more --timeout"
        else:
            sleep(self._asked or 0)
            return
        if left:
            raise Stopped(
                f"{why}; {counted(left, 'request')} {'was' if left == 1 else 'were'} not sent", todo
            )

    def _refusal(self, target: Target) -> tuple[str, ...]:
        """What is wanted instead of a refusal that all calls will meet, and what to do; none where this is no such."""
        is_of_all = (
            isinstance(self._raised, target.errors.AuthenticationError | _Again) or self._status == 401
        )
        if is_of_all or (self._status == 403 and not self._has_accepted):
            return "an answer to credentials that the server knows", f"set {_needed(target.vendor)}"
        if self._status == 429 and (self._asked is None or self._too_soon == _MOST):
            return "an answer to so many requests", "give fewer --cases, or wait"
        return ()

    @property
    def _status(self) -> int:
        return self._answers[0].status_code if self._answers else 0

    @property
    def _asked(self) -> float | None:
        """Seconds that the server asks to wait for, if these are not too many."""
        seconds = retry_after(self._answers[0].headers) if self._status == 429 else None
        return None if seconds is None or seconds > LONGEST_ASKED else seconds

    def _interrupted(self, target: Target, case: Case) -> Check:
        told = f"ctrl-C came before it; this may have been carried out: {self._call(target, case)}"
        finding = Finding(target, "server", target.at, "an answer", self._shown(target, told), "")
        return Check(finding=finding, answered="of unknown outcome")

    def _check(self, target: Target, case: Case) -> Check:
        self._raised = error = self._error(target, case)
        errors = target.errors
        self._unanswered += bool(self._sent and not self._answers)
        self._too_soon = self._too_soon + 1 if self._status == 429 else 0
        if isinstance(error, errors.NotSent):
            what = self._safe(target, f"the server cannot be reached: {error}")
            raise Problem(what, "start it, or name another")
        if not self._answers:
            wanted = "an answer" if self._sent else "the client sends this case, which keeps the contract"
            answered = "without an answer" if self._sent else "not sent"
            return Check(
                finding=self._finding(target, case, target.at, wanted, repr(error)), answered=answered
            )
        answer, status = self._answers[0], f"({self._status})"
        if failed := failures(target.operation, answer):
            wanted = f"an answer that passes schemathesis's {', '.join(failed)}"
            said = {name: f"{each.title}: {each.message}" for name, each in failed.items()}
            if isinstance(error, errors.MalformedResponse) and "response_schema_conformance" in said:
                said["response_schema_conformance"] = str(error)  # it tells what of which branch does not fit
            told = "; ".join(said.values())
            found = f"status {answer.status_code}: {' '.join(told.split())}"
            broken = _broken(target.operation, answer)
            return Check(
                finding=self._finding(target, case, broken, wanted, found), answered=f"wrong {status}"
            )
        rules = _rules(target.operation, answer)
        if error is None and answer.is_success:
            return Check(by_request(target.operation, case) | rules, answered=ACCEPTED)
        is_refused = isinstance(error, errors.APIError | _Again)
        wanted = (
            "; ".join(self._refusal(target)) if is_refused else "the client reads this answer, which is right"
        )
        at = _documented(target.operation, answer)[2]
        found = f"no error for status {status}" if error is None else repr(error)
        finding = self._finding(target, case, at, wanted, found) if wanted else None
        return Check(rules, finding, answered=f"{'refused' if is_refused else 'wrong'} {status}")

    def _error(self, target: Target, case: Case) -> Exception | None:
        """Make the call; what it raises, which may be anything."""
        self._sent.clear()
        self._answers.clear()
        try:
            target.module.sync(client=self._clients[target.vendor], **target.arguments(case))
        except Exception as error:
            return error
        return None

    def _finding(self, target: Target, case: Case, rule: str, wanted: str, found: str) -> Finding:
        program = self._program(target, case)
        return Finding(target, "server", rule, wanted, self._shown(target, found), program)

    def _shown(self, target: Target, found: str) -> str:
        told = self._safe(target, found)
        return f"{told[:_LONGEST]} …" if len(told) > _LONGEST else told

    def _program(self, target: Target, case: Case) -> str:
        """The call for people to repeat, with credentials of the environment."""
        try:
            call = f"answer = {self._call(target, case)}"
        except Unfit:
            return outline(target)
        made = "Client.from_env" if _variables(target.vendor) else "Client"
        client = f"client = {target.vendor}.{made}(base_url={self._base_url!r}, max_retries=0)"
        return script(target, client, call, "print(answer.status_code, answer.headers, answer.content)")

    @staticmethod
    def _call(target: Target, case: Case) -> str:
        """The call in Python, with user names as the environment has them; raises `Unfit`."""
        own = {target.parameters[key][0]: f"os.environ[{name!r}]" for key, name in _own(target).items()}
        values = {name: source(value, target.vendor) for name, value in target.arguments(case).items()}
        given = ", ".join(f"{name}={own.get(name, value)}" for name, value in values.items())
        return f"{target.module.__name__.rpartition('.')[2]}.sync_detailed(client=client, {given})"

    def _safe(self, target: Target, text: str) -> str:
        """The text without the secrets that the client has, and those on the wire."""
        secrets = {os.environ.get(name, "") for name in _variables(target.vendor).values()}
        for request in self._sent:
            whole = request.headers.get("authorization", "")
            secrets |= {whole, whole.partition(" ")[2]}
        return redacted(text, {form for secret in secrets for form in _forms(secret)})

    def _client(self, vendor: str) -> Any:
        """A client with what the environment has; raises `Problem` without credentials."""
        package = importlib.import_module(f"phone_number_apis.{vendor}")
        hooks = {"request": [self._once], "response": [self._kept]}
        made = package.Client.from_env if _variables(vendor) else package.Client
        try:
            return made(base_url=self._base_url, timeout=self._timeout, max_retries=0, event_hooks=hooks)
        except package.errors.MissingCredentials:
            what = f"the environment has no credentials of {vendor}"
            raise Problem(what, f"set {_needed(vendor)}") from None
        except (package.errors.Error, ValueError) as error:
            raise Problem(str(error), "mend it, and run this again") from None

    def _once(self, request: httpx.Request) -> None:
        if self._sent:
            raise _Again
        self._sent.append(request)

    def _kept(self, response: httpx.Response) -> None:
        response.read()
        self._answers.append(response)


class _Again(Exception):
    """The client was about to send a case again, as it does after an answer that its token was refused."""


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


def some(target: Target, count: int) -> tuple[Case, ...]:
    """So many of the cases, or all where there are fewer: examples, boundaries and random ones alike.

    A parameter that is called as a user name among the credentials has what the environment has for that.
    """
    known: dict[str, Case] = {}
    own = {key: os.environ[name] for key, name in _own(target).items()}
    for case in requests(target.operation, count):
        given = {key: own.get(key, value) for key, value in case.parameters.items()}
        known.setdefault(repr((given, case.media_type, case.body)), replace(case, parameters=given))
    cases = [*known.values()]
    number = min(count, len(cases))
    return tuple(cases[index * len(cases) // number] for index in range(number))


def _own(target: Target) -> dict[tuple[str, str], str]:
    """Those of `_own_names` that have a value which keeps the contract."""
    operation = target.operation
    return {
        key: name
        for key, name in _own_names(target).items()
        if name in os.environ
        and invalid(operation.contract, operation.cut(operation.node_of(key)), os.environ[name]) is None
    }


def _own_names(target: Target) -> dict[tuple[str, str], str]:
    """The parameters that are called as a user name among the credentials, with the variable of that."""
    if target.found is None:
        return {}
    operation, variables = target.operation, _variables(target.vendor)
    users = {operation.wishes(name).get("username") for each in operation.requirements for name in each}
    arguments = {key: name for key, (name, _) in target.parameters.items()}
    return {key: variables[name] for key, name in arguments.items() if name in users & variables.keys()}


def _forms(secret: str) -> set[str]:
    """A secret as a server may give it back, beside what redaction knows by itself."""
    data = secret.encode()
    encoded = {each(data).decode().rstrip("=") for each in (b64encode, urlsafe_b64encode)}
    lower = re.sub("%[0-9A-F]{2}", lambda code: code[0].lower(), quote(secret, safe=""))
    return {secret, lower, data.hex(), *encoded}


def _variables(vendor: str) -> dict[str, str]:
    """The environment variable of each argument of a client that is a credential."""
    client: Any = importlib.import_module(f"phone_number_apis.{vendor}").Client
    return dict(client._environment)


def _needed(vendor: str) -> str:
    """The variables without which no call can be made, in words."""
    client: Any = importlib.import_module(f"phone_number_apis.{vendor}").Client
    words: str = client._always_needs or " or ".join(client._environment)
    return re.sub(r"\w+", lambda name: client._environment.get(name[0], name[0]), words)


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
