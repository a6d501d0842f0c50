"""Family 6: what all calls of a client share: credentials by name, its errors as a tree, its models, its end."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import re
from collections.abc import Collection, Generator, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from unittest import mock

import httpx

from ..objects import entries
from . import minting
from .called import Case, called
from .calls import Driver, Target
from .cases import requests
from .checks import differences
from .findings import Check, Finding, family

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
    for wanted, found in [
        *_tree(target),
        *_models(target),
        *_named(target),
        *_missing(target),
        *minting.checks(target),
    ]:
        yield Check(finding=Finding(target, NAME, target.at, wanted, found))
    ways = target.operation.requirements or [set[str]()]
    for index, schemes in enumerate(ways):
        with_later = set[str]().union(*ways[index:])
        for use_asyncio in (False, True):
            for given in [schemes, with_later] if ways[index + 1 :] else [schemes]:
                yield Check(finding=_by_environment(target, case, schemes, given, use_asyncio))


def _tree(target: Target) -> Iterator[tuple[str, str]]:
    """Error classes that are missing, or not what they should be."""
    common = importlib.import_module("phone_number_apis._runtime.errors")
    for name, above in TREE.items():
        made = getattr(target.errors, name, None)
        bases = [getattr(common, name), *(getattr(target.errors, each, None) for each in above)]
        if not (
            inspect.isclass(made) and all(inspect.isclass(each) and issubclass(made, each) for each in bases)
        ):
            mro = (
                [f"{each.__module__}.{each.__name__}" for each in made.__mro__]
                if inspect.isclass(made)
                else []
            )
            yield f"errors.{name} as {' and '.join(above) or 'the root'} and that of all clients", str(mro)


def _models(target: Target) -> Iterator[tuple[str, str]]:
    """Models that are not made, or shown, as a user expects."""
    models = importlib.import_module(f"phone_number_apis.{target.vendor}.models")
    for name, cls in vars(models).items():
        if hasattr(cls, "__attrs_attrs__"):
            given = inspect.signature(cls).parameters
            if any(each.kind is not inspect.Parameter.KEYWORD_ONLY for each in given.values()):
                yield f"{name} made of keywords alone", str(inspect.signature(cls))
            if given["additional_properties"].default is inspect.Parameter.empty:
                yield f"{name} without additional_properties", str(inspect.signature(cls))
            if type(cls.__attrs_attrs__.additional_properties.default).__name__ != "Factory":
                yield f"{name} with additional_properties of each object's own", "a default that all share"
            if "__repr__" in vars(cls):
                yield f"{name} shown with what is set in it alone", "a __repr__ of its own"


_NO_SECRETS = (" ", "a\r\nX-Evil: 1", "a\0", "a\nb")
"""What no credential can be; the last would put more than itself into a request."""


def _named(target: Target) -> Iterator[tuple[str, str]]:
    """Credentials of which the client says something by another name than that of the argument."""
    for name in sorted(set[str]().union(*target.operation.requirements)):
        arguments = list(target.secrets([name]))
        tries = [{**target.secrets([name]), argument: bad} for argument in arguments for bad in _NO_SECRETS]
        tries += [{argument: "secret"} for argument in arguments if len(arguments) > 1]
        for given in tries:
            blank = next((argument for argument in given if given[argument] in _NO_SECRETS), None)
            others = [argument for argument in arguments if argument not in given]
            told = [f"`{blank}`"] if blank else [f"`{argument}`" for argument in (*given, *others)]
            error = _refused(target, given)
            places = [str(error).find(each) for each in told]
            if (
                not isinstance(error, target.errors.InvalidCredentials)
                or -1 in places
                or places != sorted(places)
            ):
                yield f"an InvalidCredentials that names {' and '.join(told)}", repr(error)


def _missing(target: Target) -> Iterator[tuple[str, str]]:
    """A client without credentials, where no call can be made without: it is refused, and told what to give."""
    ways = [each.requirements for each in called(target.operation.contract)]
    error = _refused(target, {})
    if not all(way and all(names and target.secrets(names) for names in way) for way in ways):
        if error is not None:
            yield "a client without credentials, as some call can do without", repr(error)
        return
    told = [
        name
        for way in target.operation.requirements
        for name in (*target.secrets(way), *_variables(target, way))
    ]
    for minted in minting.files(target, set[str]().union(*target.operation.requirements)):
        told += minted
    if not isinstance(error, target.errors.MissingCredentials):
        yield "a MissingCredentials for a client without any", repr(error)
    elif missing := [each for each in told if not re.search(rf"\b{each}\b", str(error))]:
        yield f"a MissingCredentials that names {', '.join(missing)}", repr(error)


def _refused(target: Target, given: Mapping[str, str]) -> Exception | None:
    try:
        target.client(secrets=given)
    except Exception as error:
        return error
    return None


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
) -> Finding | None:
    """What is wrong with a call by a client of the environment's credentials, which is closed by `with`.

    It has the credentials that are `given`, of which those of `schemes` are to be used: the first that are whole.
    """
    variables = _variables(target, given)
    if not _variables(target, schemes):
        return None
    with (
        mock.patch.dict(os.environ, {**_beside(target, given), **variables}, clear=True),
        _made(target, use_asyncio) as driver,
    ):
        done = driver.call(driver.functions[0], target.arguments(case))
    told = f"a request with the credentials in {', '.join(variables)}"
    if len(done.sent) != 1:
        return Finding(target, NAME, f"{target.at}/security", told, repr(done.error))
    agent = done.sent[0].headers.get("user-agent", "")
    if not re.fullmatch(rf"[\w-]+/[\w.]+ \({target.vendor}\)", agent):
        return Finding(
            target, NAME, target.at, "a User-Agent that names the distribution and the vendor", agent
        )
    found = next(differences(target, case, done.sent[0], schemes=schemes), None)
    return Finding(target, NAME, found.rule, f"{told}: {found.wanted}", found.found) if found else None


@contextmanager
def _made(target: Target, use_asyncio: bool) -> Generator[Driver]:
    """A client by `from_env()`, for as long as `with` or `async with` keeps it."""
    package = importlib.import_module(f"phone_number_apis.{target.vendor}")
    driver = Driver(target, use_asyncio)
    made: Any = package.AsyncClient if use_asyncio else package.Client
    client = made.from_env(transport=httpx.MockTransport(driver.serve), max_retries=0)
    with asyncio.Runner() as runner:
        driver.runner = runner
        if not use_asyncio:
            with client as driver.client:
                yield driver
            return
        driver.client = runner.run(client.__aenter__())
        try:
            yield driver
        finally:
            runner.run(client.__aexit__(None, None, None))
