"""Mutants put to the harness, in processes of their own."""

from __future__ import annotations

import math
import multiprocessing
import os
import shutil
import signal
from collections import Counter, deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from multiprocessing.connection import Connection, wait
from pathlib import Path
from time import monotonic
from typing import Any, NamedTuple

from ..harness.findings import Family
from ..problem import Problem
from . import clients
from .places import Key
from .subjects import Mutant, Scope, Subject

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
_SPOILT = "spoilt"
_FORK: Any = multiprocessing.get_context("fork")


class Verdict(NamedTuple):
    """What became of a mutant: `killed` by a family, `survived`, `refused` by the pipeline, or the `same` client."""

    state: str
    by: str = ""
    told: str = ""


class Trial:
    """Judges mutants by families of checks; what it makes of the contracts is made once, before they part."""

    def __init__(self, subjects: Mapping[str, Subject], families: Mapping[str, Family], folder: Path) -> None:
        self.subjects, self.families, self.folder = subjects, families, folder
        self.sound: set[tuple[Scope, Key]] = set()
        self.telling = Counter[tuple[str, frozenset[str], str, str]]()

    def prepare(self, mutant: Mutant) -> None:
        """Make the cases of the operations; raises `Problem` where the client as it should be is faulty."""
        scope = self.subjects[mutant.vendor].scope(mutant)
        for operation in sorted(mutant.operations):
            if (scope, operation) not in self.sound:
                with clients.replaced(mutant.vendor, scope.folder):
                    verdict = self._checked(scope, [operation], [*self.families])
                if verdict.state == "killed":
                    what = f"the client is not as its contract says, mutant or not: {verdict.told}"
                    raise Problem(what, "mend that first", file=str(mutant.vendor))
                self.sound.add((scope, operation))

    def judge(self, mutant: Mutant, folder: Path) -> Verdict:
        """What becomes of a mutant that is written below a folder."""
        client, scope = folder / mutant.vendor, self.subjects[mutant.vendor].scope(mutant)
        try:
            mutant.write(client, scope)
        except Problem as problem:
            return Verdict("refused", told=str(problem))
        if mutant.kind == "contract" and clients.same(clients.modules(client), scope.modules):
            return Verdict("same")
        with clients.replaced(mutant.vendor, folder):
            return self._checked(scope, sorted(mutant.operations), self._order(mutant), mutant.focus)

    def spoilt(self, mutant: Mutant) -> str:
        """What is wrong with the right client where mutants were judged before: one of them has left something."""
        scope = self.subjects[mutant.vendor].scope(mutant)
        with clients.replaced(mutant.vendor, scope.folder):
            return self._checked(scope, sorted(mutant.operations)[:1], [*self.families], rounds=(FEW,)).told

    def learn(self, mutant: Mutant, verdict: Verdict) -> None:
        """Remember which family has caught a mutant: it is the first to be asked about others of its kind."""
        self.telling[mutant.operator, mutant.ways, mutant.room, verdict.by] += 1

    def _order(self, mutant: Mutant) -> list[str]:
        """The families, the most telling first."""
        return sorted(
            self.families, key=lambda name: -self.telling[mutant.operator, mutant.ways, mutant.room, name]
        )

    def _checked(
        self,
        scope: Scope,
        operations: list[Key],
        names: list[str],
        focus: str = "",
        rounds: tuple[int | None, ...] = (FIRST, None),
    ) -> Verdict:
        """The first finding of all, family by family; those that come first in all families are looked for before."""
        by = "import"
        try:
            targets = [scope.target(operation, focus) for operation in operations]
            for most, by, target in product(rounds, names, targets):
                for check in islice(self.families[by](target, CASES), most):
                    if check.finding is not None:
                        return Verdict("killed", by, str(check.finding))
        except Exception as error:
            return Verdict("killed", by, f"{type(error).__name__}: {error}")
        return Verdict("survived")


def verdicts(
    trial: Trial, mutants: Sequence[Mutant], jobs: int = os.cpu_count() or 1, limit: float = LIMIT
) -> Iterator[tuple[Mutant, Verdict]]:
    """Each mutant with what became of it, as they are done, several at a time."""
    waiting, running = deque(mutants), dict[Connection, _Run]()
    most = min(MOST, math.ceil(len(mutants) / jobs / 4))
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                run = _Run([waiting.popleft() for _ in range(min(most, len(waiting)))], trial, limit)
                running[run.receiver] = run
            ready = wait(running, timeout=0.2)
            for receiver, run in list(running.items()):
                if receiver in ready or monotonic() > run.end:
                    mutant, verdict = run.next(is_done=receiver in ready)
                    if verdict.state == _SPOILT:
                        what = f"a mutant before it changes how the right client is judged: {verdict.told}"
                        raise Problem(what, "restore what it has changed", file=str(mutant))
                    trial.learn(mutant, verdict)
                    yield mutant, verdict
                    if run.is_over:
                        del running[receiver]
                        waiting.extendleft(reversed(run.mutants))
                        run.stop()
    finally:
        for run in running.values():
            run.stop()


class _Run:
    """Mutants in a process of their own, one after the other: a process for each of them takes longer than they do."""

    count = 0

    def __init__(self, mutants: list[Mutant], trial: Trial, limit: float) -> None:
        for mutant in mutants:
            trial.prepare(mutant)
        self.mutants, self.limit, self.end, self.is_over = deque(mutants), limit, monotonic() + limit, False
        _Run.count += 1
        self.folder = trial.folder / str(_Run.count)
        self.receiver, sender = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(target=_child, args=(trial, mutants, self.folder, sender), daemon=True)
        self.process.start()
        sender.close()

    def next(self, *, is_done: bool) -> tuple[Mutant, Verdict]:
        """What became of the next; a process that hangs or dies has shown that something is wrong too."""
        mutant, self.end = self.mutants.popleft(), monotonic() + self.limit
        try:
            verdict = self.receiver.recv() if is_done else Verdict("killed", "hang")
        except EOFError:
            verdict = Verdict("killed", "crash")
        self.is_over = not self.mutants or verdict.by in ("hang", "crash")
        return mutant, verdict

    def stop(self) -> None:
        """End it, and leave nothing of it."""
        self.process.kill()
        self.process.join()
        self.receiver.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def _child(trial: Trial, mutants: list[Mutant], folder: Path, sender: Connection) -> None:
    """Judge mutants and say what became of each; ctrl-C is for the parent, who ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    for count, mutant in enumerate(mutants):
        verdict = trial.judge(mutant, folder / str(count))
        trial.learn(mutant, verdict)
        if mutant is mutants[-1] and (told := trial.spoilt(mutant)):
            verdict = Verdict(_SPOILT, told=told)
        sender.send(verdict)
