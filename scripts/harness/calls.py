"""Cases through a generated client: the captured request and the answer out."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType, NoneType
from typing import Any, cast, get_args, get_type_hints

import httpx
import respx

from ..contract import Contract
from ..fidelity import sent
from .arguments import Unfit, built
from .cases import Called, Case

SECRET = "harness-secret"
_OWN = {"body", "content_type", "timeout", "headers"}
"""Arguments of a method that are no parameter and no property of the body."""


@dataclass(frozen=True)
class Target:
    """One operation of a generated client."""

    vendor: str
    operation: Called
    module: ModuleType

    def __str__(self) -> str:
        """As a person names it."""
        return f"{self.vendor} {self.operation.method.upper()} {self.operation.path}"

    def client(self, kind: str = "Client", **options: Any) -> Any:
        """A client with a credential for every security scheme; each argument's secret is its own name."""
        made = getattr(importlib.import_module(f"phone_number_apis.{self.vendor}"), kind)
        hints = get_type_hints(made.__init__)
        texts = [name for name, hint in hints.items() if {*get_args(hint)} == {str, NoneType}]
        return made(**{name: f"{name}-{SECRET}" for name in texts}, **{"max_retries": 0, **options})

    @cached_property
    def parameters(self) -> dict[tuple[str, str], tuple[str, Any]]:
        """The argument and the type of each parameter, by its place and name."""
        pairs = zip(sent(self.module), self.module.OPERATION.parameters, strict=True)
        return {(p.location, p.name): (argument, p.type) for argument, p in pairs}

    def arguments(self, case: Case) -> dict[str, Any]:
        """The case as arguments of the four functions; raises `Unfit`."""
        arguments: dict[str, Any] = {}
        for key, value in case.parameters.items():
            if key not in self.parameters:
                raise Unfit(f"the client has no {key[0]} parameter {key[1]}")
            argument, hint = self.parameters[key]
            arguments[argument] = built(value, hint)
        if case.media_type is not None:
            types = self.module.OPERATION.body.types
            arguments["body"] = built(case.body, types[case.media_type])
            if len(types) > 1:
                arguments["content_type"] = case.media_type
        return arguments

    def keywords(self, case: Case, method: Callable[..., Any]) -> dict[str, Any]:
        """The case as arguments of the method, where a body may stand in its properties; raises `Unfit`."""
        keywords, known = self.arguments(case), inspect.signature(method).parameters
        description = self.module.OPERATION.body
        if description is None or "body" in known:
            return keywords
        body, (model,) = keywords.pop("body", None), description.types.values()
        if body is not None and body.additional_properties:
            raise Unfit("the method has no argument for other properties")
        if body is not None and not description.required and not body.to_dict():
            raise Unfit("the method sends an optional body only where it holds something")
        unset = importlib.import_module("phone_number_apis._runtime.unset").UNSET
        taken = {name for name, _ in self.parameters.values()} | _OWN
        for name in inspect.signature(model).parameters.keys() - {"additional_properties"}:
            value, keyword = getattr(body, name, unset), f"body_{name}" if name in taken else name
            if value is not unset or keyword in known:  # a property that is only read is no argument
                keywords[keyword] = value
        return keywords

    @contextmanager
    def driven(self, *, use_asyncio: bool) -> Generator[Driver]:
        """One client for many calls, all of them into respx."""
        with respx.mock(assert_all_called=False) as router, asyncio.Runner() as runner:
            client = self.client("AsyncClient" if use_asyncio else "Client")
            driver = Driver(self, client, runner if use_asyncio else None)
            router.route().mock(side_effect=driver.serve)
            yield driver
            client.close()
            runner.run(client.aclose())


@dataclass
class Driver:
    """Calls one operation, and captures what is sent."""

    target: Target
    client: Any
    runner: asyncio.Runner | None
    answer: httpx.Response | None = None
    sent: list[httpx.Request] = field(default_factory=list[httpx.Request])

    def serve(self, request: httpx.Request) -> httpx.Response:
        """Answer a captured request."""
        self.sent.append(request)
        return self.answer or httpx.Response(599)

    def detailed(
        self, arguments: dict[str, Any], answer: httpx.Response | None = None
    ) -> tuple[httpx.Request, Any]:
        """Call `sync_detailed` or `asyncio_detailed`; the captured request and the `Response`."""
        name = "asyncio_detailed" if self.runner else "sync_detailed"
        given = self._given(getattr(self.target.module, name), answer, client=self.client, **arguments)
        return self._request(), given

    def by_method(self, case: Case) -> httpx.Request:
        """Call the method of the client, which raises for the answer; the captured request; raises `Unfit`."""
        keywords = self.target.keywords(case, self.method)
        errors = importlib.import_module(f"phone_number_apis.{self.target.vendor}.errors")
        with suppress(errors.APIError):
            self._given(self.method, None, **keywords)
        return self._request()

    @cached_property
    def method(self) -> Callable[..., Any]:
        """The method of the client that makes the call: the one that names its OPERATION."""
        operation, members = self.target.module.OPERATION, inspect.getmembers(self.client.__class__)
        for name in [name for name, member in members if isinstance(member, cached_property)]:
            methods: list[Any] = inspect.getmembers(getattr(self.client, name), inspect.ismethod)
            for _, method in methods:
                used = [method.__globals__.get(known) for known in method.__code__.co_names]
                if any(each is operation for each in used):
                    return cast("Callable[..., Any]", method)
        raise Unfit(f"the client has no method for {operation.call}")

    def _given(self, call: Callable[..., Any], answer: httpx.Response | None, **arguments: Any) -> Any:
        self.sent, self.answer = [], answer
        given = call(**arguments)
        return self.runner.run(given) if self.runner else given

    def _request(self) -> httpx.Request:
        if len(self.sent) != 1:
            raise AssertionError(f"{len(self.sent)} requests were sent, not one")
        return self.sent[0]


def targets(vendor: str, contract: Contract, operations: list[Called]) -> list[Target]:
    """The client's module of each operation, found by method and path."""
    package = importlib.import_module(f"phone_number_apis.{vendor}.api")
    known: dict[tuple[str, str], ModuleType] = {}
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        module = importlib.import_module(found.name)
        if hasattr(module, "OPERATION"):
            known[module.OPERATION.method.lower(), module.OPERATION.path] = module
    if missing := [each for each in operations if (each.method, each.path) not in known]:
        raise Unfit(
            f"the client lacks operations: {', '.join(f'{each.method.upper()} {each.path}' for each in missing)}"
        )
    return [Target(vendor, each, known[each.method, each.path]) for each in operations]
