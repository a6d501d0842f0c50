from __future__ import annotations

import sys
from functools import cache

import pytest

from scripts.contract import Contract, contract
from scripts.harness.called import called
from scripts.harness.calls import Target, targets
from scripts.harness.generation import SEED
from scripts.problem import Problem
from scripts.vendors import ROOT, Vendor, discover

sys.path.insert(0, str(ROOT / "generated"))


@pytest.fixture(autouse=True)
def _seed() -> None:
    """The same beside each failure."""
    print(f"HARNESS_SEED={SEED}")


@cache
def _contract(vendor: Vendor) -> Contract:
    return contract(vendor)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run each contract test for every operation of every vendor found."""
    if "target" in metafunc.fixturenames:
        found: list[Target] = []
        try:
            for vendor in discover():
                made = _contract(vendor)
                found += targets(vendor.name, made, list(called(made)))
        except Problem as problem:
            raise pytest.UsageError(str(problem)) from None
        ids = [f"{target.vendor}-{target.operation.method}-{target.operation.path}" for target in found]
        grouped = [
            pytest.param(t, id=i, marks=pytest.mark.xdist_group(i)) for t, i in zip(found, ids, strict=True)
        ]
        metafunc.parametrize("target", grouped)
