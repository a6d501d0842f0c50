"""Cases through a generated client: Python arguments in, the captured request and the answer out."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime
from types import ModuleType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

import httpx
import respx

from ..contract import Contract
from ..fidelity import sent
from ..runtime.guards import is_array, is_object
from .cases import Called, Case

SECRET = "harness-secret"


class Unfit(Exception):
    """A valid value that the client has no way to express."""


@dataclass(frozen=True)
class Target:
    """One operation of a generated client."""

    vendor: str
    operation: Called
    module: ModuleType

    def client(self, **options: Any) -> Any:
        """A client with a credential for every security scheme; each argument's secret is its own name."""
        made = importlib.import_module(f"phone_number_apis.{self.vendor}").Client
        hints = get_type_hints(made.__init__)
        texts = [
            name for name, hint in hints.items() if _is_text(hint) and name not in ("base_url", "return")
        ]
        return made(**{name: f"{name}-{SECRET}" for name in texts}, **options)

    def arguments(self, case: Case) -> dict[str, Any]:
        """The case as arguments of the four functions; raises `Unfit`."""
        hints = get_type_hints(self.module.sync)
        declared = {
            (p.location, p.name): (name, p.type)
            for name, p in zip(sent(self.module), self.module.OPERATION.parameters, strict=True)
        }
        arguments: dict[str, Any] = {}
        for key, value in case.parameters.items():
            if key not in declared:
                raise Unfit(f"the client has no {key[0]} parameter {key[1]}")
            name, hint = declared[key]
            arguments[name] = built(value, hint)
        if case.media_type is not None:
            arguments["body"] = built(case.body, self.module.OPERATION.body.types[case.media_type])
            if "content_type" in hints:
                arguments["content_type"] = case.media_type
        return arguments

    @contextmanager
    def driven(self, *, use_asyncio: bool) -> Generator[Driver]:
        """One client for many calls, all of them into respx."""
        with respx.mock(assert_all_called=False) as router, asyncio.Runner() as runner:
            driver = Driver(self.module, self.client(), runner if use_asyncio else None)
            router.route().mock(side_effect=driver.serve)
            yield driver
            driver.client.close()
            runner.run(driver.client.aclose())


@dataclass
class Driver:
    """Calls one operation, and captures what is sent."""

    module: ModuleType
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
        given = self._called("detailed", arguments, answer)
        if len(self.sent) != 1:
            raise AssertionError(f"{len(self.sent)} requests were sent, not one")
        return self.sent[0], given

    def result(self, arguments: dict[str, Any], answer: httpx.Response) -> Any:
        """Call `sync` or `asyncio`; what it returns."""
        return self._called("", arguments, answer)

    def _called(self, kind: str, arguments: dict[str, Any], answer: httpx.Response | None) -> Any:
        self.sent, self.answer = [], answer
        name = "_".join(part for part in ("asyncio" if self.runner else "sync", kind) if part)
        given = getattr(self.module, name)(client=self.client, **arguments)
        return self.runner.run(given) if self.runner else given


def targets(vendor: str, contract: Contract, operations: list[Called]) -> list[Target]:
    """The client's module of each operation, found by method and path."""
    return [Target(vendor, operation, _module(vendor, operation)) for operation in operations]


def _module(vendor: str, operation: Called) -> ModuleType:
    from pathlib import Path

    package = importlib.import_module(f"phone_number_apis.{vendor}.api")
    for path in sorted(Path(package.__path__[0]).glob("*/*.py")):
        module = (
            importlib.import_module(f"{package.__name__}.{path.parent.name}.{path.stem}")
            if path.stem[0] != "_"
            else None
        )
        if module and (module.OPERATION.method.lower(), module.OPERATION.path) == (
            operation.method,
            operation.path,
        ):
            return module
    raise Unfit(f"the client has no operation {operation.method.upper()} {operation.path}")


def built(value: Any, hint: Any) -> Any:
    """A JSON value as the Python value that a user would write for an argument of this type; raises `Unfit`."""
    base = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    origin = get_origin(base)
    if origin in (Union, UnionType):
        return _one_of(value, [item for item in get_args(base) if getattr(item, "__name__", "") != "Unset"])
    if base is Any:
        return value
    if origin is Literal:
        return _fit(value, any(type(item) is type(value) and item == value for item in get_args(base)), base)
    if origin is list:
        return [built(item, get_args(base)[0]) for item in _fit(value, is_array(value), base)]
    if origin is dict:
        return {
            key: built(item, get_args(base)[1]) for key, item in _fit(value, is_object(value), base).items()
        }
    if hasattr(base, "__attrs_attrs__"):
        return _model(_fit(value, is_object(value), base), base)
    return _scalar(value, base)


def _scalar(value: Any, base: Any) -> Any:
    if base in (datetime, date):
        try:
            timestamps = importlib.import_module("phone_number_apis._runtime.timestamps")
            return (timestamps.parse_datetime if base is datetime else timestamps.parse_date)(value)
        except (ValueError, TypeError):
            raise Unfit(f"{value!r} is no {base.__name__}") from None
    if base is bytes or getattr(base, "__name__", "") == "File":
        data = _fit(value, isinstance(value, str), base).encode()
        return data if base is bytes else base(data)
    if base in (None, NoneType):
        return _fit(value, value is None, base)
    kinds: Any = (int, float) if base is float else base
    if base is int and isinstance(value, float) and value.is_integer():
        return int(value)
    return _fit(value, isinstance(value, kinds) and (base is bool or not isinstance(value, bool)), base)


def _one_of(value: Any, members: list[Any]) -> Any:
    """The value as the member of a union that leaves the least of it undocumented."""
    fitting: list[tuple[int, int, Any]] = []
    for order, member in enumerate(members):
        try:
            made = built(value, member)
        except Unfit:
            continue
        fitting.append((len(getattr(made, "additional_properties", ())), order, made))
    if not fitting:
        raise Unfit(f"{value!r:.200} fits none of {members}")
    return min(fitting, key=lambda fit: fit[:2])[2]


def _model(value: dict[str, Any], cls: Any) -> Any:
    package = importlib.import_module(cls.__module__.rpartition(".")[0])
    hints = get_type_hints(cls, localns=dict(vars(package)), include_extras=True)
    attributes = {
        _name(hints[field.name], field.name): field.name
        for field in cls.__attrs_attrs__
        if field.name != "additional_properties"
    }
    known = {
        attributes[key]: built(item, hints[attributes[key]])
        for key, item in value.items()
        if key in attributes
    }
    extra = {
        key: built(item, get_args(_base(hints["additional_properties"]))[1])
        for key, item in value.items()
        if key not in attributes
    }
    unset = importlib.import_module("phone_number_apis._runtime.unset").UNSET
    absent = {
        name: unset for key, name in attributes.items() if key not in value and _is_optional(hints[name])
    }
    try:
        return cls(**known, **absent, additional_properties=extra)
    except TypeError as error:
        raise Unfit(f"{cls.__name__}: {error}") from None


def _base(hint: Any) -> Any:
    return get_args(hint)[0] if get_origin(hint) is Annotated else hint


def _is_optional(hint: Any) -> bool:
    return any(getattr(item, "__name__", "") == "Unset" for item in get_args(_base(hint)))


def _name(hint: Any, attribute: str) -> str:
    marks = hint.__metadata__ if get_origin(hint) is Annotated else ()
    return next((mark.name for mark in marks if type(mark).__name__ == "Name"), attribute)


def _fit(value: Any, fits: bool, base: Any) -> Any:
    if not fits:
        raise Unfit(f"{value!r:.200} is no {base}")
    return value


def _is_text(hint: Any) -> bool:
    return hint is str or str in get_args(hint)
