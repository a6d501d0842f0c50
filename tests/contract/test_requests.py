"""Every valid request goes onto the wire as the contract says, by sync and by asyncio."""

from __future__ import annotations

import httpx
import pytest

from scripts.harness.arguments import Unfit
from scripts.harness.calls import Target
from scripts.harness.cases import requests
from scripts.harness.checks import differences

CASES = 40
both = pytest.mark.parametrize("use_asyncio", [False, True], ids=["sync", "asyncio"])


def written(request: httpx.Request) -> tuple[str, ...]:
    """All that a request has, byte for byte; a boundary, which is random, stands as `boundary`."""
    _, _, boundary = request.headers.get("content-type", "").partition("boundary=")
    parts = (request.method, str(request.url), repr(request.headers.raw), repr(request.content))
    return tuple(part.replace(boundary, "boundary") if boundary else part for part in parts)


@both
def test_every_case_is_on_the_wire_as_the_contract_says(target: Target, use_asyncio: bool) -> None:
    cases = requests(target.operation, CASES)
    assert cases
    with target.driven(use_asyncio=use_asyncio) as driver:
        for case in cases:
            request, _ = driver.detailed(target.arguments(case))
            assert list(differences(target, case, request)) == [], case


@both
def test_the_method_of_the_client_sends_what_the_function_sends(target: Target, use_asyncio: bool) -> None:
    compared = 0
    with target.driven(use_asyncio=use_asyncio) as driver:
        for case in requests(target.operation, CASES):
            try:
                by_method = driver.by_method(case)
            except Unfit:
                continue
            by_function, _ = driver.detailed(target.arguments(case))
            assert written(by_method) == written(by_function), case
            compared += 1
    assert compared
