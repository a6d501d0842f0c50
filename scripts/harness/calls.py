"""Cases through a generated client: the captured request and the answer out."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Collection, Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from types import ModuleType, NoneType
from typing import Any, NamedTuple, cast, get_args, get_type_hints

import httpx

from ..contract import Contract
from ..kinds import is_object
from ..objects import entries
from .arguments import Builder, Refused, Unfit, nameless, names_of, unset
from .called import Called, Case, called, snake

SECRET = "harness-secret~?>/+&=%41"
"""It has what must be encoded somewhere, and what base64 has two forms for."""
FUNCTIONS = ("sync_detailed", "sync", "asyncio_detailed", "asyncio")
"""The functions of an operation's module; `method` is the method of the client of either kind."""
_OWN = {"body", "content_type", "timeout", "headers"}
"""Arguments of a method that are no parameter and no property of the body."""


Answer = httpx.Response | Callable[[httpx.Request], httpx.Response] | None
"""What a request is answered by; None where that is of no interest."""


class Unsaid(Unfit):
    """A valid request that a method, other than the functions, is not meant to make."""


class Outcome(NamedTuple):
    """What came of one call: the requests that were sent, and what it gave or raised."""

    sent: list[httpx.Request]
    value: Any
    error: Exception | None


@dataclass(frozen=True)
class Target:
    """One operation of a generated client; `found` is its module, None where the client has none."""

    vendor: str
    operation: Called
    found: ModuleType | None
    focus: str = ""
    """The JSON pointer of what the first cases are to be about."""

    def pointer(self, node: Any) -> str:
        """The JSON pointer of what the contract says."""
        return self.operation.contract.pointers[id(node)]

    def nearness(self, at: str) -> int:
        """How near a pointer is to the focus: in what holds it, or around that."""
        holder = self.focus.rpartition("/")[0]
        if not holder or at in ("", "#"):
            return 0
        if f"{at}/".startswith(f"{holder}/"):
            return len(holder) + f"{at}/".startswith(f"{self.focus}/")
        return len(at) if f"{holder}/".startswith(f"{at}/") else 0

    def __str__(self) -> str:
        """As a person names it."""
        return f"{self.vendor} {self.operation.method.upper()} {self.operation.path}"

    @property
    def module(self) -> ModuleType:
        """The operation's module; raises `Unfit` where the client has none."""
        if self.found is None:
            raise Unfit(f"the client has no {self.operation.method.upper()} {self.operation.path}")
        return self.found

    @property
    def at(self) -> str:
        """The JSON pointer of the operation in the contract."""
        return self.operation.contract.pointers[id(self.operation.node)]

    @property
    def secured(self) -> str:
        """The JSON pointer of the security requirements, which may be those of all operations."""
        said = self.operation.node.get("security", self.operation.contract.document.get("security"))
        return self.at if said is None else self.pointer(said)

    def decided(self, scheme: str, extension: str) -> str:
        """The JSON pointer of what an extension says of a security scheme; of the scheme, where it says nothing."""
        node = self.operation.scheme(scheme)
        return self.pointer(node.get(extension, node))

    @cached_property
    def asked(self) -> str | None:
        """The call that can tell what became of this one, as a user writes it; None where there is none."""
        contract, name = self.operation.contract, self.operation.node.get("x-ask")
        if name is None:
            return None
        asked = next(each for each in called(contract) if each.node.get("operationId") == name)
        (target,) = targets(self.vendor, contract, [asked])
        with target.driven(use_asyncio=False) as driver:
            return f"client.{driver.method_name}"

    @property
    def errors(self) -> Any:
        """The error classes of the vendor."""
        return importlib.import_module(f"phone_number_apis.{self.vendor}.errors")

    def client(
        self, kind: str = "Client", *, secrets: Mapping[str, Any] | None = None, **options: Any
    ) -> Any:
        """A client with these secrets by argument, or with one for every security scheme."""
        made = getattr(importlib.import_module(f"phone_number_apis.{self.vendor}"), kind)
        return made(**(self.secrets() if secrets is None else secrets), **{"max_retries": 0, **options})

    def refusal(self, **options: Any) -> Exception | None:
        """The error of a client that cannot be made so; None for one that can."""
        try:
            self.client(**options)
        except Exception as error:
            return error
        return None

    def secrets(self, schemes: Collection[str] | None = None) -> dict[str, str]:
        """The client's arguments for these security schemes, or for all, each with a secret; raises `Unfit`."""
        made = importlib.import_module(f"phone_number_apis.{self.vendor}").Client
        if schemes is None:
            hints = get_type_hints(made.__init__)
            return {
                name: secret(name) for name, hint in hints.items() if {*get_args(hint)} == {str, NoneType}
            }
        known, found = inspect.signature(made.__init__).parameters, dict[str, str]()
        for name in schemes:
            for part, wish in self.operation.wishes(name).items():
                is_said = part in entries(self.operation.scheme(name), "x-credentials")
                usual = [wish] if is_said else [wish, snake(f"{name} {wish}")]
                argument = next((each for each in usual if each in known), None)
                if argument is None:
                    raise Unfit(f"the client has no argument {wish} for the security scheme {name}")
                found[argument] = secret(argument)
        return found

    @cached_property
    def parameters(self) -> dict[tuple[str, str], tuple[str, Any]]:
        """The argument and the type of each parameter, by its place and name."""
        parameters = self.module.OPERATION.parameters
        return {(p.location, p.name): (p.argument or p.name, p.type) for p in parameters}

    def arguments(self, case: Case, builder: Builder = Builder()) -> dict[str, Any]:  # noqa: B008 -- it is frozen
        """The case as arguments of the four functions; raises `Unfit`."""
        arguments: dict[str, Any] = {}
        for key, value in case.parameters.items():
            argument, hint = self._parameter(key)
            arguments[argument] = builder.built(value, hint)
            if not builder.is_loose:
                self._check_named(
                    self.operation.schema(self.operation.node_of(key))[0], value, arguments[argument]
                )
        if case.media_type is not None:
            types = self._types(case.media_type)
            builder = self._with_kinds(case, builder)
            arguments["body"] = builder.built(case.body, types[case.media_type])
            if not builder.is_loose:
                schema = self.operation.content[case.media_type].get("schema", True)
                self._check_named(schema, case.body, arguments["body"])
            if case.media_type != next(iter(types)):  # which is sent without being named
                arguments["content_type"] = case.media_type
        return arguments

    def _parameter(self, key: tuple[str, str]) -> tuple[str, Any]:
        if key not in self.parameters:
            at = self.pointer(self.operation.node_of(key))
            raise Unfit(f"the client has no {key[0]} parameter {key[1]}", at)
        return self.parameters[key]

    def _types(self, media_type: str) -> Mapping[str, Any]:
        body = self.module.OPERATION.body
        if body is None or media_type not in body.types:
            at = self.pointer(self.operation.content[media_type])
            raise Unfit(f"the client has no body of {media_type}", at)
        return cast("Mapping[str, Any]", body.types)

    def _with_kinds(self, case: Case, builder: Builder) -> Builder:
        """A builder of files that have a media type where their part may have one of several: each in some bodies."""
        encodings = entries(self.operation.content[str(case.media_type)], "encoding")
        said = {name: str(node.get("contentType", "")).split(",") for name, node in encodings.items()}
        turn = len(case.body) if is_object(case.body) else 0
        kinds = {name: each[turn % len(each)].strip() for name, each in said.items() if each[1:]}
        return replace(builder, kinds=kinds) if kinds else builder

    def _check_named(self, schema: Any, value: Any, made: Any) -> None:
        for pointer in nameless(self.operation.contract, schema, value, made):
            raise Unfit(f"the client has nothing that fits {pointer}", pointer)

    def keywords(
        self,
        case: Case,
        method: Callable[..., Any],
        builder: Builder = Builder(),  # noqa: B008 -- it is frozen
    ) -> dict[str, Any]:
        """The case as arguments of the method, where a body may stand in its properties; raises `Unfit`."""
        known = inspect.signature(method).parameters
        description = self.module.OPERATION.body
        if description is None or "body" in known:
            return self.arguments(case, builder)
        keywords = self.arguments(Case(case.phase, case.parameters), builder)
        model = next(iter(description.types.values()))
        if case.media_type is None:
            fields = dict.fromkeys(names_of(model).values(), unset())
        else:
            fields = self._fields(case, model, builder)
        if case.media_type is not None and not description.required and not case.body:
            raise Unsaid("the method sends an optional body only where it holds something")
        taken = {name for name, _ in self.parameters.values()} | _OWN
        for name, value in fields.items():
            keyword = f"body_{name}" if name in taken else name
            if value is not unset() or keyword in known:  # a property that is only read is no argument
                keywords[keyword] = value
        return keywords

    def _fields(self, case: Case, model: Any, builder: Builder) -> dict[str, Any]:
        """The properties of the body as arguments."""
        if not is_object(case.body):
            raise Unsaid("the method makes the object of its arguments")
        fields = self._with_kinds(case, builder).fields(case.body, model)
        if fields.pop("additional_properties", None):
            raise Unsaid("the method has no argument for other properties")
        return fields

    @contextmanager
    def driven(self, *, use_asyncio: bool, **options: Any) -> Generator[Driver]:
        """One client for many calls, none of which leaves this process."""
        driver = Driver(self, use_asyncio)
        given: dict[str, Any] = {"transport": httpx.MockTransport(driver.serve), **options}
        driver.client = self.client("AsyncClient" if use_asyncio else "Client", **given)
        with asyncio.Runner() as runner:
            driver.runner = runner
            yield driver
            driver.client.close()
            runner.run(driver.client.aclose())


@dataclass
class Driver:
    """Calls one operation, and captures what is sent."""

    target: Target
    use_asyncio: bool
    client: Any = None
    runner: Any = None
    answer: Answer = None
    sent: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def serve(self, request: httpx.Request) -> httpx.Response:
        """Answer a captured request."""
        self.sent.append(request)
        answer = self.answer(request) if callable(self.answer) else self.answer or httpx.Response(599)
        answer.headers["set-cookie"] = "another-call=1"  # which no call is to send back
        answer.headers["x-request-id"] = "the-request"
        return answer

    @property
    def functions(self) -> list[str]:
        """The functions that this client is for, and `method`."""
        return [*(FUNCTIONS[2:] if self.use_asyncio else FUNCTIONS[:2]), "method"]

    def named(self, function: str) -> str:
        """One of `functions` as programs name it, which tell the methods of the two clients apart."""
        return "asyncio_method" if function == "method" and self.use_asyncio else function

    def call(
        self,
        function: str,
        arguments: Mapping[str, Any],
        answer: Answer = None,
        places: Sequence[Any] = (),
    ) -> Outcome:
        """Call one of `functions`, whatever comes of it; `places` are arguments without a name."""
        self.sent, self.answer = [], answer
        try:
            if function == "method":
                given = self.method(*places, **arguments)
            else:
                given = getattr(self.target.module, function)(*places, client=self.client, **arguments)
            value = self.runner.run(given) if self.use_asyncio else given
        except Exception as error:
            return Outcome(self.sent, None, error)
        return Outcome(self.sent, value, None)

    def signature(self, function: str) -> inspect.Signature:
        """The signature of one of `functions`."""
        return inspect.signature(
            self.method if function == "method" else getattr(self.target.module, function)
        )

    def bind(self, function: str, arguments: Mapping[str, Any]) -> None:
        """Raise `Refused` where Python refuses the arguments."""
        client = {} if function == "method" else {"client": self.client}
        try:
            self.signature(function).bind(**client, **arguments)
        except TypeError as error:
            raise Refused(f"{function}: {error}") from None

    def detailed(
        self, arguments: dict[str, Any], answer: httpx.Response | None = None
    ) -> tuple[httpx.Request, Any]:
        """Call `sync_detailed` or `asyncio_detailed`; the captured request and the `Response`."""
        done = self.call(self.functions[0], arguments, answer)
        if done.error is not None:
            raise done.error
        return self._request(), done.value

    def by_method(self, case: Case) -> httpx.Request:
        """Call the method of the client, which raises for the answer; the captured request; raises `Unfit`."""
        keywords = self.target.keywords(case, self.method)
        with suppress(self.target.errors.APIError):
            done = self.call("method", keywords)
            if done.error is not None:
                raise done.error
        return self._request()

    @property
    def method(self) -> Callable[..., Any]:
        """The method of the client that makes the call; raises `Unfit`."""
        return self._method[1]

    @property
    def method_name(self) -> str:
        """Its name, with that of the tag."""
        return self._method[0]

    @cached_property
    def _method(self) -> tuple[str, Callable[..., Any]]:
        """The method that names the OPERATION."""
        operation, members = self.target.module.OPERATION, inspect.getmembers(self.client.__class__)
        for tag in [name for name, member in members if isinstance(member, cached_property)]:
            methods: list[Any] = inspect.getmembers(getattr(self.client, tag), inspect.ismethod)
            for name, method in methods:
                used = [method.__globals__.get(known) for known in method.__code__.co_names]
                if any(each is operation for each in used):
                    return f"{tag}.{name}", method
        raise Unfit(f"the client has no method for {operation.call}")

    def _request(self) -> httpx.Request:
        if len(self.sent) != 1:
            raise AssertionError(f"{len(self.sent)} requests were sent, not one")
        return self.sent[0]


def secret(argument: str) -> str:
    """The secret that the harness gives for an argument of a client: it tells which one it is."""
    return f"{argument}-{SECRET}"


def targets(vendor: str, contract: Contract, operations: list[Called]) -> list[Target]:
    """The client's module of each operation, found by method and path."""
    package = importlib.import_module(f"phone_number_apis.{vendor}.api")
    known: dict[tuple[str, str], ModuleType] = {}
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "OPERATION"):
            known[module.OPERATION.method.lower(), module.OPERATION.path] = module
    return [Target(vendor, each, known.get((each.method, each.path))) for each in operations]
