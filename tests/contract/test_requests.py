"""Every valid request goes onto the wire as the contract says, by sync and by asyncio."""

from __future__ import annotations

import pytest

from scripts.harness.calls import Target
from scripts.harness.cases import requests
from scripts.harness.checks import differences

CASES = 40


@pytest.mark.parametrize("use_asyncio", [False, True], ids=["sync", "asyncio"])
def test_every_case_is_on_the_wire_as_the_contract_says(target: Target, use_asyncio: bool) -> None:
    cases = requests(target.operation, CASES)
    assert len(cases) >= CASES
    with target.driven(use_asyncio=use_asyncio) as driver:
        for case in cases:
            request, _ = driver.detailed(target.arguments(case))
            assert list(differences(target, case, request)) == [], case
