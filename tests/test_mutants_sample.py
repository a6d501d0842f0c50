"""Of the mutants of all vendors, a sample is caught: all of them are put to the test on demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from scripts.mutants import SHOWCASE, mutants, records
from scripts.mutants.clients import importable
from scripts.mutants.subjects import RUNTIME, Subject, shared_mutants
from scripts.vendors import PACKAGE, ROOT, chosen, discover

SAMPLE, FEW = 40, 12
SEED = 1
"""Another one gives another sample."""
OURS, OTHERS = ([vendor.name for vendor in discover(root)] for root in (ROOT, SHOWCASE))


@pytest.mark.parametrize(
    ("kind", "names", "sample"),
    [("contract", OURS, SAMPLE), ("contract", OTHERS, FEW), ("python", OURS, SAMPLE)],
)
def test_as_many_faults_of_a_sample_are_caught_as_should_be(
    kind: str, names: list[str], sample: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert mutants(names, kind=kind, sample=sample, seed=SEED) == 0, capsys.readouterr().out


def test_every_mutant_that_is_listed_as_no_fault_is_there(tmp_path: Path) -> None:
    with importable(tmp_path):
        subjects = [Subject(vendor, tmp_path) for vendor in chosen([], ROOT, SHOWCASE)]
        found = [mutant for subject in subjects for mutant in subject.mutants()]
        found += shared_mutants(tmp_path / PACKAGE / RUNTIME)
        listed = records.listed(found, complete=True)
    assert 0 < len(listed) < len(found) / 5
