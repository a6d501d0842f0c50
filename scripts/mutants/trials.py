"""Mutants put to the harness, in processes of their own."""

from __future__ import annotations

import math
import multiprocessing
import os
import shutil
import signal
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice, product
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from ..harness.findings import Family
from ..problem import Problem
from ..vendors import PACKAGE
from . import clients
from .lines import Line, lines_run
from .own_tests import OwnTests
from .places import Key
from .subjects import RUNTIME, Mutant, Scope, Subject

LIMIT = 60.0
"""Seconds after which a mutant is taken to hang."""
CASES = 10
"""Random cases of each family, beside those of the boundaries, which find most."""
FIRST = 60
"""Checks of each family that are made before all."""
FEW = 10
"""Checks of each family by which the right client is found to be sound still."""
MOST = 25
"""Mutants that one process judges."""
OWN = "own tests"
"""What judges a mutant of what all clients share, beside the families."""
_FORK: Any = multiprocessing.get_context("fork")


class Verdict(NamedTuple):
    """What became of a mutant: `killed` by a family, `survived`, `refused` by the pipeline, or the `same` client."""

    state: str
    by: str = ""
    told: str = ""


class Part(NamedTuple):
    """The checks of one family of one operation."""

    scope: Scope
    operation: Key
    family: str


class Trial:
    """Judges mutants by families of checks; what it makes of the contracts is made once, before they part."""

    def __init__(
        self,
        subjects: Mapping[str, Subject],
        families: Mapping[str, Family],
        folder: Path,
        own_tests: Callable[[Path], OwnTests] | None = None,
        most: int | None = None,
    ) -> None:
        """The right clients are put to so many checks of each family before all, or to all of them."""
        self.subjects, self.families, self.folder, self.most = subjects, families, folder, most
        self._make_own_tests = own_tests
        self.own_tests: OwnTests | None = None
        self.sound = set[tuple[Scope, Key]]()
        self.reach: dict[Part, set[Line]] = {}
        """The lines of what all clients share that run with each part of the checks of the right clients."""
        self.telling = Counter[tuple[str, frozenset[str], str, str]]()

    def prepare(self, mutant: Mutant) -> None:
        """Make the cases of the operations; raises `Problem` where the client as it should be is faulty."""
        scopes = self._scopes(mutant)
        if mutant.vendor == RUNTIME and not self.reach:
            for part in [part for scope in scopes for part in self._parts(scope, scope.operations)]:
                anew = clients.replaced(part.scope.folder, RUNTIME, *self.subjects)
                with anew, lines_run(RUNTIME) as self.reach[part]:  # also as it is imported
                    self._expect_sound([part])
            if self._make_own_tests:
                self.own_tests = self._make_own_tests(self.folder / PACKAGE / RUNTIME)
        for operation in mutant.operations:
            if (scopes[0], operation) not in self.sound:
                with clients.replaced(scopes[0].folder, mutant.vendor):
                    self._expect_sound(self._parts(scopes[0], [operation]))
                self.sound.add((scopes[0], operation))

    def _expect_sound(self, parts: list[Part]) -> None:
        verdict = self._checked([(self.most, part) for part in parts])
        if verdict.state == "killed":
            what = f"the client is not as its contract says, mutant or not: {verdict.told}"
            raise Problem(what, "mend that first", file=parts[0].scope.vendor)

    def judge(self, mutant: Mutant, folder: Path) -> Verdict:
        """What becomes of a mutant that is written below a folder."""
        client, scope = folder / mutant.vendor, self._scopes(mutant)[0]
        try:
            mutant.write(client, scope)
        except Problem as problem:
            return Verdict("refused", told=str(problem))
        if mutant.kind == "contract" and clients.same(clients.modules(client), scope.modules):
            return Verdict("same")
        if mutant.vendor == RUNTIME:
            with clients.replaced(folder, RUNTIME, *self.subjects):
                verdict = self._judged_by_reach(mutant)
            return self._judged_by_tests(mutant, client, verdict)
        parts = self._ordered(mutant, self._parts(scope, mutant.operations))
        with clients.replaced(folder, mutant.vendor):
            return self._checked([*product((FIRST, None), parts)], mutant.focus)

    def _judged_by_reach(self, mutant: Mutant) -> Verdict:
        """By the first checks of all parts that reach the fault, and by all of those of each family that runs most."""
        parts = [part for part, lines in self.reach.items() if mutant.lines & lines]
        parts.sort(key=lambda part: len(self.reach[part]))
        whole = {part.family: part for part in parts}.values()
        if not parts:
            return Verdict("survived", told="no check runs it")
        return self._checked([*product([FIRST], self._ordered(mutant, parts)), *product([None], whole)])

    def _judged_by_tests(self, mutant: Mutant, runtime: Path, verdict: Verdict) -> Verdict:
        """By the own tests of what is shared, where no check has found the fault."""
        if verdict.state != "survived" or self.own_tests is None:
            return verdict
        failed = self.own_tests.failed(runtime, mutant.room, mutant.lines)
        return verdict if failed is None else Verdict("killed", OWN, failed)

    def judge_right(self, mutants: Iterable[Mutant]) -> Verdict:
        """What becomes of the right clients where mutants were judged, of which one may have left something."""
        scopes = [
            (scope, mutant.operations or scope.operations)
            for mutant in mutants
            for scope in self._scopes(mutant)
        ]
        for scope, operation in {(scope, min(operations)) for scope, operations in scopes}:
            with clients.replaced(scope.folder, scope.vendor):
                verdict = self._checked([(FEW, part) for part in self._parts(scope, [operation])])
            if verdict.state == "killed":
                return verdict
        return Verdict("survived")

    def learn(self, mutant: Mutant, verdict: Verdict) -> None:
        """Remember which family has caught a mutant: it is the first to be asked about others of its kind."""
        self.telling[mutant.operator, mutant.ways, mutant.room, verdict.by] += 1

    def _ordered(self, mutant: Mutant, parts: list[Part]) -> list[Part]:
        """Parts, those of the most telling family first."""
        told = {name: self.telling[mutant.operator, mutant.ways, mutant.room, name] for name in self.families}
        return sorted(parts, key=lambda part: -told[part.family])

    def _scopes(self, mutant: Mutant) -> list[Scope]:
        """The clients that a mutant can show in."""
        if mutant.vendor == RUNTIME:
            return [subject.whole for subject in self.subjects.values()]
        return [self.subjects[mutant.vendor].scope(mutant)]

    def _parts(self, scope: Scope, operations: Iterable[Key]) -> list[Part]:
        return [Part(scope, each, name) for name, each in product(self.families, sorted(operations))]

    def _checked(self, parts: list[tuple[int | None, Part]], focus: str = "") -> Verdict:
        """The first finding of parts, of so many of the checks of each, or all."""
        by = "import"
        try:
            targets = {part[:2]: part.scope.target(part.operation, focus) for _, part in parts}
            for most, part in parts:
                by = part.family
                for check in islice(self.families[by](targets[part[:2]], CASES), most):
                    if check.finding is not None:
                        return Verdict("killed", by, str(check.finding))
        except Exception as error:
            return Verdict("killed", by, f"{type(error).__name__}: {error}")
        return Verdict("survived")


def verdicts(
    trial: Trial, mutants: Sequence[Mutant], jobs: int = os.cpu_count() or 1, limit: float = LIMIT
) -> Iterator[tuple[Mutant, Verdict]]:
    """Each mutant with what became of it, as they are done, several at a time."""
    most = max(1, min(MOST, math.ceil(len(mutants) / jobs / 4)))
    waiting = deque(mutants[start : start + most] for start in range(0, len(mutants), most))
    running = dict[Connection, _Run]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                run = _Run(waiting.popleft(), trial, limit)
                running[run.receiver] = run
            ready = wait(running, timeout=0.2)
            for receiver, run in list(running.items()):
                if receiver in ready or monotonic() > run.end:
                    run.receive(is_done=receiver in ready)
                if run.is_over:
                    running.pop(receiver).stop()
                    if run.is_sound:
                        for mutant, verdict in zip(run.mutants, run.verdicts, strict=False):
                            trial.learn(mutant, verdict)
                            yield mutant, verdict
                    else:
                        waiting.extendleft([mutant] for mutant in reversed(run.mutants))
    finally:
        for run in running.values():
            run.stop()


class _Run:
    """Mutants in a process of their own, one after the other: a process for each of them takes longer than they do.

    After several the right client is judged. Where it is not right any more, or the process hangs or dies, one of
    them may have left something behind, so that nothing of what was said of them holds.
    """

    count = 0

    def __init__(self, mutants: Sequence[Mutant], trial: Trial, limit: float) -> None:
        for mutant in mutants:
            trial.prepare(mutant)
        self.mutants, self.verdicts = mutants, list[Verdict]()
        self.is_alone, self.is_over = len(mutants) == 1, False
        self.limit = limit if self.is_alone else limit / 3  # what takes longer is judged again
        self.end = monotonic() + self.limit
        _Run.count += 1
        self.folder = trial.folder / str(_Run.count)
        self.receiver, sender = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=_child, args=(trial, mutants, self.folder, sender), daemon=True)
        self.process.start()
        sender.close()

    def receive(self, *, is_done: bool) -> None:
        """Take the next verdict; a process that hangs or dies has shown that something is wrong too."""
        self.end = monotonic() + self.limit
        try:
            verdict = self.receiver.recv() if is_done else Verdict("killed", "hang")
        except EOFError:
            verdict = Verdict("killed", "crash")
        self.verdicts.append(verdict)
        self.is_over = (
            self.is_alone or len(self.verdicts) > len(self.mutants) or verdict.by in ("hang", "crash")
        )

    @property
    def is_sound(self) -> bool:
        """Whether what was said holds."""
        return self.is_alone or self.verdicts[-1].state == "survived"

    def stop(self) -> None:
        """End it and all that it has started, and leave nothing of it."""
        with suppress(ProcessLookupError):  # it has ended, or not begun yet
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.receiver.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _child(trial: Trial, mutants: Sequence[Mutant], folder: Path, sender: Connection) -> None:
    """Judge mutants and say what became of each, then of the right client; ctrl-C is for the parent, who ends this."""
    os.setpgrp()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    for count, mutant in enumerate(mutants):
        verdict = trial.judge(mutant, folder / str(count))
        trial.learn(mutant, verdict)
        sender.send(verdict)
    sender.send(trial.judge_right(mutants))
