"""The family of the client finds what is wrong with its credentials, its tokens, its errors and its models."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from scripts.harness import client
from scripts.mutants.clients import importable
from scripts.mutants.subjects import Mutant, Subject
from scripts.mutants.trials import Trial, verdicts
from scripts.vendors import discover

MOST = 15


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Trial, list[Mutant]]]:
    """The clients with their mutants, and nothing but this family."""
    folder = tmp_path_factory.mktemp("clients")
    with importable(folder):
        subjects = {vendor.name: Subject(vendor, folder) for vendor in discover()}
        mutants = [
            each for subject in subjects.values() for each in subject.mutants() if each.kind == "python"
        ]
        yield Trial(subjects, {"client": client.checks}, folder), mutants


@pytest.mark.parametrize(
    ("at", "operator", "what"),
    [
        ("client.py", "keyword argument dropped", ""),
        ("client.py", "item dropped", '": "'),
        ("client.py", "base class dropped", ""),
        ("client.py", "constant changed", 'extra="'),
        ("client.py", "constant changed", " or "),
        ("client.py", "argument swapped", "_TOKEN"),
        ("errors.py", "base class dropped", "runtime."),
        ("models/", "keyword argument dropped", "kw_only"),
        ("models/", "keyword argument dropped", "repr"),
    ],
)
def test_every_fault_of_this_kind_is_found(
    found: tuple[Trial, list[Mutant]], at: str, operator: str, what: str
) -> None:
    trial, mutants = found
    some = [
        each for each in mutants if each.at.startswith(at) and each.operator == operator and what in each.what
    ]
    assert some
    survived = [str(each) for each, verdict in verdicts(trial, some[:MOST]) if verdict.state != "killed"]
    assert survived == []
