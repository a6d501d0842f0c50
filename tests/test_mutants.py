"""Mutants are put to the families of checks; what survives is shown, and fails."""

from __future__ import annotations

import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts import mutants as job
from scripts.harness.calls import Target
from scripts.harness.findings import Check, Family, Finding
from scripts.harness.shard import Shard
from scripts.mutants import clients, records, trials
from scripts.mutants.clients import importable
from scripts.mutants.lines import Line
from scripts.mutants.own_tests import OwnTests
from scripts.mutants.subjects import RUNTIME, Mutant, Subject, shared_mutants
from scripts.mutants.trials import Trial, Verdict
from scripts.problem import Problem
from scripts.vendors import chosen
from tests.trees import write

SPEC = """\
openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: "https://api.test"}]
paths:
  /things:
    get:
      operationId: getThing
      tags: [things]
      parameters: [{name: size, in: query, schema: {type: integer}}]
      responses: {"204": {description: Done.}}
"""


def strict(target: Target, count: int) -> Iterator[Check]:
    """A family that compares all there is to know of this client, so that it catches nearly everything."""
    operation = target.module.OPERATION
    parameters = [(p.name, p.location, p.type, p.required) for p in operation.parameters]
    found: Any = (
        operation.method,
        operation.path,
        parameters,
        [*operation.responses],
        operation.is_idempotent,
    )
    wanted: Any = ("GET", "/things", [("size", "query", int, False)], ["204"], True)
    yield Check(finding=None if found == wanted else said(target, str(found)))


def weak(target: Target, count: int) -> Iterator[Check]:
    """A family that looks at nothing but whether something must be given."""
    required = [each.name for each in target.module.OPERATION.parameters if each.required]
    yield Check(finding=said(target, f"{required} must be given") if required else None)


def wire(target: Target, count: int) -> Iterator[Check]:
    """A family that makes one call, and looks at what is sent."""
    with target.driven(use_asyncio=False) as driver:
        request, _ = driver.detailed({"size": 1}, httpx.Response(204))
        is_right = str(request.url) == "https://api.test/things?size=1"
        yield Check(finding=None if is_right else said(target, str(request.url)))


def said(target: Target, found: str) -> Finding:
    return Finding(target, "any", "#/paths/~1things/get", "the contract", found, "print(1)")


@pytest.fixture(autouse=True)
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree with one vendor, nothing excused, a high ratchet."""
    write(
        tmp_path,
        {
            "specs/acme/openapi.yaml": SPEC,
            "equivalents.yaml": "[]",
            "ratchet.yaml": "{contract: {any: 90}, python: {any: 90, acme: 1}, runtime: {any: 1}, runtime by verify: {any: 1}}",
        },
    )
    (tmp_path / "overlays").mkdir()
    monkeypatch.setattr(job, "ROOT", tmp_path)
    monkeypatch.setattr(job, "SHOWCASE", tmp_path / "none")
    monkeypatch.setattr(records, "DATA", tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path


@pytest.fixture
def subject(tree: Path, tmp_path: Path) -> Iterator[Subject]:
    with importable(tmp_path / "aside"):
        yield Subject(chosen([], tree)[0], tmp_path / "aside")


def only(monkeypatch: pytest.MonkeyPatch, *operators: str) -> None:
    """Put no more to the test than mutants of these operators."""
    whole = Subject.mutants

    def few(subject: Subject) -> Iterator[Mutant]:
        return (mutant for mutant in whole(subject) if mutant.operator in operators)

    monkeypatch.setattr(Subject, "mutants", few)


@pytest.fixture
def some(subject: Subject) -> list[Mutant]:
    """Mutants of contracts, one of each operator."""
    return list(
        {mutant.operator: mutant for mutant in subject.mutants() if mutant.kind == "contract"}.values()
    )


@pytest.fixture
def shared(subject: Subject) -> list[Mutant]:
    """All mutants of what the clients share."""
    return list(shared_mutants(subject.client.parent / RUNTIME))


def verdicts(
    subject: Subject, mutants: list[Mutant], family: Family, folder: Path, limit: float = 30
) -> list[Verdict]:
    trial = Trial({"acme": subject}, {"any": family}, folder)
    return [verdict for _, verdict in trials.verdicts(trial, mutants, jobs=2, limit=limit)]


def one(subject: Subject, operator: str, what: str = "") -> list[Mutant]:
    found = [each for each in subject.mutants() if each.operator == operator and what in each.what]
    return found[:1]


def deleted(shared: list[Mutant], function: str) -> Mutant:
    """The mutant without the first statement of a function."""
    return next(
        each for each in shared if each.operator == "statement deleted" and each.at.endswith(f" {function}")
    )


def test_what_a_family_finds_is_killed(subject: Subject, tmp_path: Path) -> None:
    (verdict,) = verdicts(subject, one(subject, "parameter made required"), weak, tmp_path)
    assert (verdict.state, verdict.by) == ("killed", "any")
    assert "['size'] must be given" in verdict.told


def test_what_no_family_finds_survives(subject: Subject, tmp_path: Path) -> None:
    assert verdicts(subject, one(subject, "parameter renamed"), weak, tmp_path) == [Verdict("survived")]


def test_what_the_pipeline_refuses_is_no_mutant(subject: Subject, tmp_path: Path) -> None:
    (verdict,) = verdicts(subject, one(subject, "array encoding changed", "deepObject"), weak, tmp_path)
    assert verdict.state == "refused"
    assert "deepObject is defined for" in verdict.told


def test_a_client_that_is_the_same_is_no_mutant(tree: Path, tmp_path: Path) -> None:
    write(tree, {"specs/acme/openapi.yaml": SPEC.replace("type: integer", "type: string, format: hostname")})
    with importable(tmp_path / "other"):
        subject = Subject(chosen([], tree)[0], tmp_path / "other")
        assert verdicts(subject, one(subject, "format changed"), weak, tmp_path) == [Verdict("same")]


def test_a_client_that_cannot_be_imported_is_killed(subject: Subject, tmp_path: Path) -> None:
    (mutant,) = one(subject, "argument dropped", '"/things"')
    assert verdicts(subject, [mutant], weak, tmp_path)[0].by == "import"


def test_one_that_hangs_is_killed(subject: Subject, tmp_path: Path) -> None:
    parent = os.getpid()

    def hanging(target: Target, count: int) -> Iterator[Check]:
        if os.getpid() != parent:
            time.sleep(60)
        yield Check()

    began = time.monotonic()
    assert verdicts(subject, one(subject, "method changed"), hanging, tmp_path, limit=0.3)[0].by == "hang"
    assert time.monotonic() - began < 20


def test_one_that_dies_is_killed(subject: Subject, tmp_path: Path) -> None:
    parent = os.getpid()

    def dying(target: Target, count: int) -> Iterator[Check]:
        if os.getpid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)
        yield Check()

    assert verdicts(subject, one(subject, "method changed"), dying, tmp_path)[0].by == "crash"


def sound(target: Target, count: int) -> Iterator[Check]:
    """A family that never finds anything."""
    yield Check()


def test_a_mutant_that_leaves_something_behind_changes_no_verdict(
    subject: Subject, some: list[Mutant], tmp_path: Path
) -> None:
    parent, seen = os.getpid(), list[Any]()

    def leaving(target: Target, count: int) -> Iterator[Check]:
        if os.getpid() != parent:
            seen.append(target)
        yield Check(finding=said(target, "spoilt") if len(seen) > 2 else None)  # one is judged in two rounds

    assert sorted(verdicts(subject, some, leaving, tmp_path)) == sorted(
        verdicts(subject, some, sound, tmp_path)
    )


def test_those_that_one_dies_with_are_judged_again(
    subject: Subject, some: list[Mutant], tmp_path: Path
) -> None:
    parent = os.getpid()

    def dying(target: Target, count: int) -> Iterator[Check]:
        required = [
            (each.location, each.name) for each in target.module.OPERATION.parameters if each.required
        ]
        if os.getpid() != parent and required == [("query", "size")]:
            os.kill(os.getpid(), signal.SIGKILL)
        yield Check()

    trial = Trial({"acme": subject}, {"any": dying}, tmp_path)
    judged = [(each.operator, verdict.by) for each, verdict in trials.verdicts(trial, some, jobs=1)]
    assert sorted(operator for operator, _ in judged) == sorted(each.operator for each in some)
    assert [operator for operator, by in judged if by == "crash"] == ["parameter made required"]


def test_a_client_that_is_faulty_without_any_mutation_is_said(subject: Subject, tmp_path: Path) -> None:
    def never(target: Target, count: int) -> Iterator[Check]:
        yield Check(finding=said(target, "never right"))

    with pytest.raises(Problem, match="never right"):
        verdicts(subject, one(subject, "method changed"), never, tmp_path)


def test_every_operator_of_the_client_is_judged_in_parallel(
    subject: Subject, some: list[Mutant], tmp_path: Path
) -> None:
    states = Counter(verdict.state for verdict in verdicts(subject, some, strict, tmp_path))
    assert sum(states.values()) == len(some)
    assert states["killed"] > len(some) // 3


def test_nothing_of_it_stays(subject: Subject, some: list[Mutant], tmp_path: Path) -> None:
    verdicts(subject, some[:3], weak, tmp_path / "work")
    assert not any((tmp_path / "work").glob("*"))


def test_survivors_are_shown_with_their_diffs_and_fail(
    capsys: pytest.CaptureFixture[str], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "parameter renamed", "parameter made required", "decorator dropped")
    assert job.mutants([], families={"weak": weak}) == 1
    told = capsys.readouterr().out
    assert "survived: acme: parameter renamed: #/paths/~1things/get/parameters/0/name" in told
    assert f"--- {tree}/specs/acme/openapi.yaml:9 #/paths/~1things/get/parameters/0/name" in told
    assert "-      - name: size\n+      - name: sizeX" in told
    assert "survived: acme: decorator dropped: client.py:" in told
    assert re.search(
        r"contract of acme: 50\.00 % of 2 killed \(at least [0-9.]+ %\), by weak 1; 0 were refused", told
    )


def test_enough_that_is_caught_is_fine(capsys: pytest.CaptureFixture[str], tree: Path) -> None:
    write(tree, {"ratchet.yaml": "{contract: {any: 1}, python: {any: 1}}"})
    assert job.mutants(["acme"], sample=20, families={"strict": strict}) == 0
    assert " / " in capsys.readouterr().out


def test_what_is_listed_as_no_fault_is_told_apart(
    capsys: pytest.CaptureFixture[str], tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    only(monkeypatch, "parameter renamed", "parameter made required", "type changed")
    write(tree, {"equivalents.yaml": "[{operator: 'parameter re*', at: '*/name', reason: Why not.}]"})
    assert job.mutants([], sample=10**6, families={"weak": weak}) == 1
    told = capsys.readouterr().out
    assert "survived: acme: parameter renamed" not in told
    assert "1 equivalent" in told


def test_what_is_listed_and_fits_nothing_is_refused(tree: Path) -> None:
    write(tree, {"equivalents.yaml": "- {operator: no such, reason: Why not.}"})
    with pytest.raises(Problem, match=r"equivalents\.yaml:1: #/0: it fits no mutant"):
        job.mutants([], families={"weak": weak})


def test_what_is_listed_as_no_fault_must_not_be_caught(
    capsys: pytest.CaptureFixture[str], tree: Path
) -> None:
    write(tree, {"equivalents.yaml": "[{operator: parameter made required, reason: Why not.}]"})
    assert job.mutants([], equivalents=True, families={"weak": weak}) == 1
    assert "killed: acme: parameter made required" in capsys.readouterr().out
    write(tree, {"equivalents.yaml": "[{operator: parameter renamed, way: request, reason: Why not.}]"})
    assert job.mutants([], equivalents=True, families={"weak": weak}) == 0


def test_the_shards_add_up_to_the_whole(subject: Subject) -> None:
    found = list(subject.mutants())
    for sample in (None, 50):
        whole = job.drawn(found, Shard(1, 1), sample, 7)
        shards = [mutant for number in (1, 2, 3) for mutant in job.drawn(found, Shard(number, 3), sample, 7)]
        assert len(shards) == len(whole) == (sample or len(found))
        assert set(shards) == set(whole)


def test_a_sample_is_drawn_by_the_seed(subject: Subject) -> None:
    found = list(subject.mutants())
    assert job.drawn(found, Shard(1, 1), 20, 1) == job.drawn(found, Shard(1, 1), 20, 1)
    assert job.drawn(found, Shard(1, 1), 20, 1) != job.drawn(found, Shard(1, 1), 20, 2)


def test_mutants_are_the_same_in_every_run(subject: Subject) -> None:
    assert list(map(str, subject.mutants())) == list(map(str, subject.mutants()))


def test_ctrl_c_ends_it_with_what_there_is(
    tree: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    parent = os.getpid()
    write(tree, {"equivalents.yaml": "[{operator: type changed, reason: Why not.}]"})

    def interrupting(target: Target, count: int) -> Iterator[Check]:
        if os.getpid() != parent and target.module.OPERATION.parameters[0].required:
            time.sleep(1)  # in which another one is done
            os.kill(parent, signal.SIGINT)
            time.sleep(60)
        yield Check()

    only(monkeypatch, "parameter renamed", "parameter made required", "type changed")
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert job.mutants([], families={"any": interrupting}) == 130
    finally:
        signal.signal(signal.SIGINT, before)
    told = capsys.readouterr().out
    assert "interrupted: 1 of 2 mutants were put to the test" in told  # but not those that are excused
    assert "parameter renamed" in told


def test_the_clients_of_before_are_there_again(tree: Path, tmp_path: Path) -> None:
    known = {name: module for name, module in sys.modules.items() if name.startswith("phone_number_apis")}
    with importable(tmp_path / "aside"):
        Subject(chosen([], tree)[0], tmp_path / "aside").whole.target(("/things", "get"))
    assert {
        name: module for name, module in sys.modules.items() if name.startswith("phone_number_apis")
    } == known


def test_a_fault_in_what_all_share_that_shows_on_the_wire_is_killed(
    subject: Subject, shared: list[Mutant], tmp_path: Path
) -> None:
    subject.whole.target(("/things", "get"))  # which imports it as it should be
    (verdict,) = verdicts(subject, [deleted(shared, "Draft.place")], wire, tmp_path)
    assert (verdict.state, verdict.by) == ("killed", "any")


def test_no_fault_in_what_all_share_survives(subject: Subject, shared: list[Mutant], tmp_path: Path) -> None:
    runtime, module = subject.client.parent / RUNTIME, Path("draft.py")

    def unchanged(folder: Path, _: object) -> None:
        clients.linked(runtime, folder, module, (runtime / module).read_text("utf-8"))

    mutant = replace(deleted(shared, "Draft.place"), write=unchanged)
    assert verdicts(subject, [mutant], wire, tmp_path) == [Verdict("survived")]


def test_what_no_check_runs_survives_without_a_run(
    subject: Subject, shared: list[Mutant], tmp_path: Path
) -> None:
    mutant = deleted(shared, "_multipart")
    assert verdicts(subject, [mutant], wire, tmp_path) == [Verdict("survived", told="no check runs it")]


def test_what_runs_as_a_client_is_imported_is_put_to_its_checks(
    subject: Subject, shared: list[Mutant], tmp_path: Path
) -> None:
    (verdict,) = verdicts(subject, [deleted(shared, "Operation.__init__")], wire, tmp_path)
    assert verdict.state == "killed"


class All(OwnTests):
    """Tests that find all faults."""

    def __init__(self, runtime: Path) -> None:
        self.runtime = runtime

    def failed(self, runtime: Path, room: str, lines: frozenset[Line]) -> str:
        assert (runtime / room).read_text() != (self.runtime / room).read_text()
        return f"test_{room}"


def test_what_all_share_is_put_to_the_test_where_it_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert job.mutants([], kind="runtime", sample=12, families={"wire": wire}, own_tests=All) == 0
    told = capsys.readouterr().out
    assert "runtime of _runtime: 100.00 % of 12 killed" in told
    by_all, alone = (re.search(f"{kind} of _runtime: .*by (.*);", told) for kind in ("runtime", "by verify"))
    assert by_all
    assert alone
    assert "own tests" in by_all[1]
    assert "own tests" not in alone[1]


def test_clients_are_imported_anew_with_what_they_share(subject: Subject) -> None:
    call = ("/things", "get")
    before, known = subject.whole.target(call).module, dict(sys.modules)
    with clients.replaced(subject.client.parent, RUNTIME, "acme"):
        module = subject.whole.target(call).module
        assert type(module.OPERATION) is not type(before.OPERATION)
    assert subject.whole.target(call).module is before
    assert sys.modules == known
