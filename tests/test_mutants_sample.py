"""Of the mutants of all vendors, a sample is caught: all of them are put to the test on demand."""

from __future__ import annotations

import pytest

from scripts.mutants import mutants
from scripts.vendors import discover

SAMPLE = 50
SEED = 1
"""Another one gives another sample."""


def test_every_fault_of_a_contract_in_a_sample_is_caught(capsys: pytest.CaptureFixture[str]) -> None:
    vendors = [vendor.name for vendor in discover()]
    assert mutants(vendors, kind="contract", sample=SAMPLE, seed=SEED) == 0, capsys.readouterr().out
