"""Every check of every family, for every operation: what `verify` runs, too."""

from __future__ import annotations

import os

import pytest

from scripts.harness.calls import Target
from scripts.harness.families import FAMILIES

CASES = int(os.environ.get("RANDOM_CASES", "40"))
MOST = 5
"""Findings that are printed whole."""


@pytest.mark.parametrize("family", FAMILIES)
def test_the_client_keeps_its_contract(target: Target, family: str) -> None:
    checks = list(FAMILIES[family](target, CASES))
    findings = [check.finding for check in checks if check.finding]
    for finding in findings[:MOST]:
        print(finding)
    assert checks
    assert not findings, f"{len(findings)} findings in {len(checks)} checks; the first are printed"
