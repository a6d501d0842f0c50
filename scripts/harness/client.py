"""Family 6: what all calls of a client share: credentials by name, its errors as a tree, its models, its end."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import re
from collections.abc import Callable, Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any
from unittest import mock

import httpx

from ..kinds import is_object
from ..objects import entries, walk
from . import connections, keys, minting, secrecy, settings
from .called import Case, called
from .calls import Driver, Outcome, Target
from .cases import requests
from .checks import differences
from .findings import Check, Finding, Wrong, family
from .programs import Code, making, program, script
from .reader import Difference

NAME = "client"
TREE: Mapping[str, tuple[str, ...]] = {
    "Error": (), "InvalidRequest": ("Error",), "MissingCredentials": ("Error",), "InvalidCredentials": ("Error",),
    "NotSent": ("Error",), "OutcomeUnknown": ("Error",), "MalformedResponse": ("Error",), "APIError": ("Error",),
    "UnexpectedStatus": ("APIError",), "UncertainStatus": ("UnexpectedStatus", "OutcomeUnknown"),
    "ServerError": ("APIError",), "UncertainServerError": ("ServerError", "OutcomeUnknown"),
    "UncertainFailure": ("APIError", "OutcomeUnknown"),
    "AuthenticationError": ("APIError",), "RateLimited": ("APIError",),
}  # fmt: skip
"""The error classes that every client has, and what each is one of."""


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """What is there before any call, and one call with the credentials that the environment has."""
    case = requests(target.operation, count)[0]
    parts = _tree(target), _models(target), _named(target), _missing(target), _from_environment(target)
    rooms = (room.checks(target, case) for room in (minting, keys, settings, connections, secrecy))
    for wrong in chain(*parts, *rooms):
        yield Check(finding=wrong and Finding(target, NAME, *wrong))
    ways = target.operation.requirements or [set[str]()]
    for index, schemes in enumerate(ways):
        with_later = set[str]().union(*ways[index:])
        for use_asyncio in (False, True):
            for given in [schemes, with_later] if ways[index + 1 :] else [schemes]:
                wrong = _by_environment(target, case, schemes, given, use_asyncio)
                yield Check(finding=wrong and Finding(target, NAME, *wrong))


def _tree(target: Target) -> Iterator[Wrong]:
    """Error classes that are missing, or not what they should be."""
    common = importlib.import_module("phone_number_apis._runtime.errors")
    at = target.pointer(target.operation.node["responses"])
    known: Callable[[str], Any] = target.errors.__dict__.get
    answer: Any = importlib.import_module(f"phone_number_apis.{target.vendor}").Response
    if not hasattr(answer, "__class_getitem__"):
        shown = script(target, f"print({target.vendor}.Response[str])")
        yield Wrong(at, "a Response that can be said to be of a type", f"{answer}", shown)
    for name, above in TREE.items():
        made, shown = known(name), f"vars({target.vendor}.errors).get({name!r})"
        bases = [getattr(common, name), *(known(each) for each in above)]
        if not inspect.isclass(made):
            yield Wrong(at, f"a class errors.{name}", f"{made}", script(target, f"print({shown})"))
        elif not all(inspect.isclass(each) and issubclass(made, each) for each in bases):
            wanted = f"errors.{name} as {' and '.join(above) or 'the root'} and that of all clients"
            yield Wrong(at, wanted, f"{made.__mro__}", script(target, f"print({shown}.__mro__)"))


def _models(target: Target) -> Iterator[Wrong]:
    """Models that are not made, or shown, as a user expects."""
    models = importlib.import_module(f"phone_number_apis.{target.vendor}.models")
    for name, cls in vars(models).items():
        if hasattr(cls, "__attrs_attrs__"):
            for wanted, found, shown in _of_model(cls, f"{target.vendor}.models.{name}"):
                yield Wrong(
                    _schema(target, name), f"{name} {wanted}", found, script(target, f"print({shown})")
                )


def _of_model(cls: Any, name: str) -> Iterator[tuple[str, str, str]]:
    """What a model should be, what it is, and the Python that shows it."""
    given, shown = inspect.signature(cls).parameters, f"inspect.signature({name})"
    if any(each.kind is not inspect.Parameter.KEYWORD_ONLY for each in given.values()):
        yield "made of keywords alone", str(inspect.signature(cls)), shown
    default = given["additional_properties"].default
    needed = [each for each, parameter in given.items() if parameter.default is inspect.Parameter.empty]
    if default is inspect.Parameter.empty:
        yield "without additional_properties", str(inspect.signature(cls)), shown
    if type(cls.__attrs_attrs__.additional_properties.default).__name__ != "Factory":
        made = f"{name}({', '.join(f'{each}=None' for each in needed)}).additional_properties"
        yield (
            "with additional_properties of each object's own",
            f"{default!r}, which all share",
            f"{made} is {made}",
        )
    if "__repr__" in vars(cls):
        yield "shown with what is set in it alone", "a __repr__ of its own", f"vars({name}).get('__repr__')"


def _schema(target: Target, name: str) -> str:
    """The pointer of the schema that a model is made of; that of the operation, where the contract names none so."""
    for part in walk(target.operation.contract.document):
        if part.kind == "schema" and is_object(part.node):
            usual = part.at.removeprefix("#/components/schemas/")
            if part.node.get("x-python-name", usual) == name:
                return part.at
    return target.at


_NO_SECRETS = (" ", "a\r\nX-Evil: 1", "a\0", "a\nb")
"""What no credential can be; the last would put more than itself into a request."""
_PAIR = ("harness-user", "harness-word")
"""What authorizes instead of credentials."""
_ALONE, _SHORT = "the-word-of-nobody", 4
"""A part of a credential, given without the other; characters of what may stand in any message."""


def _named(target: Target) -> Iterator[Wrong]:
    """Credentials of which the client says something by another name than that of the argument."""
    for name in sorted(set[str]().union(*target.operation.requirements)):
        at = target.decided(name, "x-credentials")
        arguments = list(target.secrets([name]))
        bad = [(argument, each) for argument in arguments for each in _NO_SECRETS]
        bad += [(argument, each) for argument in arguments[:1] for each in _misread(target, name)]
        tries = [{**target.secrets([name]), argument: each} for argument, each in bad]
        tries += [{argument: _ALONE} for argument in arguments if len(arguments) > 1]
        for given in tries:
            blank = next((argument for argument, each in given.items() if (argument, each) in bad), None)
            others = [argument for argument in arguments if argument not in given]
            told = [f"`{blank}`"] if blank else [f"`{argument}`" for argument in (*given, *others)]
            error = target.refusal(secrets=given)
            places = [str(error).find(each) for each in told]
            if (
                not isinstance(error, target.errors.InvalidCredentials)
                or -1 in places
                or places != sorted(places)
                or any(each in str(error) for each in given.values() if len(each) > _SHORT)
            ):
                wanted = f"an InvalidCredentials that names {' and '.join(told)}, and no secret"
                yield Wrong(at, wanted, repr(error), making(target, secrets=given))


def _misread(target: Target, name: str) -> list[str]:
    """What the first part of a credential cannot be by its scheme, as a server would read it otherwise."""
    node = target.operation.scheme(name)
    if node["type"] == "mutualTLS" or node.get("in") in ("query", "cookie"):
        return []
    if str(node.get("scheme", "")).lower() == "basic":
        return ["user:word"]
    return [f" {_ALONE}", f"{_ALONE} ", *(["Bearer a-token"] if node["type"] != "apiKey" else [])]


def _missing(target: Target) -> Iterator[Wrong]:
    """A client without credentials, where no call can be made without: it is refused, and told what to give."""
    ways = [each.requirements for each in called(target.operation.contract)]
    error, shown = target.refusal(secrets={}), making(target, secrets={})
    at = target.secured
    if not all(way and all(names and target.secrets(names) for names in way) for way in ways):
        if error is not None:
            yield Wrong(at, "a client without credentials, as some call can do without", repr(error), shown)
        return
    told = [
        name
        for way in target.operation.requirements
        for name in (*target.secrets(way), *_variables(target, way))
    ]
    for minted in minting.files(target, set[str]().union(*target.operation.requirements)):
        told += minted
    if not isinstance(error, target.errors.MissingCredentials):
        yield Wrong(at, "a MissingCredentials for a client without any", repr(error), shown)
    elif missing := [each for each in told if not re.search(rf"\b{each}\b", str(error))]:
        yield Wrong(at, f"a MissingCredentials that names {', '.join(missing)}", repr(error), shown)


def _variables(target: Target, schemes: Collection[str]) -> dict[str, str]:
    """The environment variables of security schemes, by the contract, with their secrets."""
    found: dict[str, str] = {}
    for name in sorted(schemes):
        said = entries(target.operation.scheme(name), "x-environment")
        for part, (argument, secret) in zip(
            target.operation.wishes(name), target.secrets([name]).items(), strict=True
        ):
            found[said.get(part, f"{target.vendor}_{argument}".upper())] = secret
    return found


def _from_environment(target: Target) -> Iterator[Wrong]:
    """What `from_env()` says by another name than that of the variable, and what it takes beside the environment."""
    kind = importlib.import_module(f"phone_number_apis.{target.vendor}").Client
    errors, own = target.errors, httpx.Client(auth=_PAIR, verify=False)
    tries: list[tuple[dict[str, str], dict[str, Any], Any, str]] = [
        ({}, {}, errors.MissingCredentials, ""),
        ({}, {"auth": _PAIR}, None, ""),
        ({}, {"http_client": own}, None, ""),
    ]
    for schemes in target.operation.requirements:
        variables = _variables(target, schemes)
        tries += [
            ({**variables, each: _NO_SECRETS[-1]}, {}, errors.InvalidCredentials, f"`{each}`")
            for each in variables
        ]
        tries += [
            ({each: "nowhere `of` all"}, {}, errors.InvalidCredentials, "`of`")
            for _, each in minting.files(target, schemes)
        ]
    for environment, options, wanted, told in tries if target.secrets() else ():
        error: Exception | None = None
        try:
            with mock.patch.dict(os.environ, environment, clear=True):
                kind.from_env(**options)
        except Exception as raised:
            error = raised
        if (isinstance(error, wanted) and told in str(error)) if wanted else error is None:
            continue
        what = f"a {wanted.__name__} that names {told or 'what is missing'}" if wanted else "a client"
        shown = {
            name: each if each is not own else Code(f"httpx.Client(auth={_PAIR})")
            for name, each in options.items()
        }
        text = making(target, environment=environment, **shown)
        yield Wrong(target.secured, f"{what}, by from_env({', '.join(options)})", repr(error), text)


def _beside(target: Target, schemes: set[str]) -> dict[str, str]:
    """What must not matter beside whole credentials: a part of others, and a file of which tokens are made."""
    found: dict[str, str] = {}
    schemas = entries(target.operation.contract.document, "components", "securitySchemes")
    for name in sorted(schemas):
        first, *others = [*_variables(target, [name]).items()] or [("", "")]
        if name not in schemes and others:
            found[first[0]] = first[1]
    return found | {variable: "nowhere.json" for _, variable in minting.files(target, schemes)}


def _by_environment(
    target: Target, case: Case, schemes: set[str], given: set[str], use_asyncio: bool
) -> Wrong | None:
    """What is wrong with a call by a client of the environment's credentials, which is closed by `with`.

    It has the credentials that are `given`, of which those of `schemes` are to be used: the first that are whole.
    """
    variables, arguments = _variables(target, given), target.arguments(case)
    if not _variables(target, schemes):
        return None
    schemes_of_all = entries(target.operation.contract.document, "components", "securitySchemes")
    empty = dict.fromkeys(_variables(target, schemes_of_all), "")  # which is as good as none
    environment = {**empty, **_beside(target, given), **variables}
    driver = Driver(target, use_asyncio)
    try:
        with mock.patch.dict(os.environ, environment, clear=True), _open(driver):
            done = driver.call(driver.functions[0], arguments)
    except Exception as error:
        done = Outcome([], None, error)
    told = f"a request with the credentials in {', '.join(variables)}"
    headers = [node["name"].lower() for node in target.operation.parameters if node["in"] == "header"]
    is_ours = "user-agent" not in headers
    if len(done.sent) != 1:
        wrong = Difference(target.decided(min(schemes), "x-environment"), told, repr(done.error))
    elif is_ours and not re.fullmatch(
        rf"[\w-]+/[\w.]+ \({target.vendor}\)", agent := done.sent[0].headers.get("user-agent", "")
    ):
        wrong = Difference(target.at, "a User-Agent that names the distribution and the vendor", agent)
    elif found := next(differences(target, case, done.sent[0], schemes=schemes), None):
        wrong = Difference(found.rule, f"{told}: {found.wanted}", found.found)
    else:
        return None
    return Wrong(*wrong, program(target, driver.functions[0], arguments, environment=environment))


@contextmanager
def _open(driver: Driver) -> Generator[None]:
    """A client by `from_env()`, for as long as `with` or `async with` keeps it."""
    package = importlib.import_module(f"phone_number_apis.{driver.target.vendor}")
    made: Any = package.AsyncClient if driver.use_asyncio else package.Client
    client = made.from_env(transport=httpx.MockTransport(driver.serve), max_retries=0)
    with asyncio.Runner() as runner:
        driver.runner = runner
        if not driver.use_asyncio:
            with client as driver.client:
                yield
            return
        driver.client = runner.run(client.__aenter__())
        try:
            yield
        finally:
            runner.run(client.__aexit__(None, None, None))
