"""Mutants put to the harness, each in a process of its own."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
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
        """What becomes of a mutant that is written below a folder; imports its client instead of the right one."""
        client, scope = folder / mutant.vendor, self.subjects[mutant.vendor].scope(mutant)
        try:
            mutant.write(client, scope)
        except Problem as problem:
            return Verdict("refused", told=str(problem))
        if mutant.kind == "contract" and clients.same(clients.modules(client), scope.modules):
            return Verdict("same")
        clients.replace(mutant.vendor, folder)
        return self._checked(scope, sorted(mutant.operations), self._order(mutant), mutant.focus)

    def learn(self, mutant: Mutant, verdict: Verdict) -> None:
        """Remember which family has caught a mutant: it is the first to be asked about others of its kind."""
        self.telling[mutant.operator, mutant.ways, mutant.room, verdict.by] += 1

    def _order(self, mutant: Mutant) -> list[str]:
        """The families, the most telling first."""
        return sorted(
            self.families, key=lambda name: -self.telling[mutant.operator, mutant.ways, mutant.room, name]
        )

    def _checked(self, scope: Scope, operations: list[Key], names: list[str], focus: str = "") -> Verdict:
        """The first finding of all, family by family; those that come first in all families are looked for before."""
        by = "import"
        try:
            targets = [scope.target(operation, focus) for operation in operations]
            for most, by, target in product((FIRST, None), names, targets):
                for check in islice(self.families[by](target, CASES), most):
                    if check.finding is not None:
                        return Verdict("killed", by, str(check.finding))
        except Exception as error:
            return Verdict("killed", by, f"{type(error).__name__}: {error}")
        return Verdict("survived")


def verdicts(
    trial: Trial, mutants: Iterable[Mutant], jobs: int = os.cpu_count() or 1, limit: float = LIMIT
) -> Iterator[tuple[Mutant, Verdict]]:
    """Each mutant with what became of it, as they are done, several at a time."""
    waiting, running = iter(mutants), dict[Connection, _Run]()
    try:
        while True:
            while len(running) < jobs and (mutant := next(waiting, None)) is not None:
                trial.prepare(mutant)
                run = _Run(mutant, trial, limit)
                running[run.receiver] = run
            if not running:
                return
            ready = wait(running, timeout=0.2)
            for receiver, run in list(running.items()):
                if receiver in ready or monotonic() > run.end:
                    del running[receiver]
                    verdict = run.verdict(is_done=receiver in ready)
                    trial.learn(run.mutant, verdict)
                    yield run.mutant, verdict
    finally:
        for run in running.values():
            run.verdict(is_done=False)


class _Run:
    """One mutant in its process."""

    count = 0

    def __init__(self, mutant: Mutant, trial: Trial, limit: float) -> None:
        self.mutant, self.end = mutant, monotonic() + limit
        _Run.count += 1
        self.folder = trial.folder / str(_Run.count)
        self.receiver, sender = _FORK.Pipe(duplex=False)
        self.process = _FORK.Process(
            target=_child, args=(trial.judge, mutant, self.folder, sender), daemon=True
        )
        self.process.start()
        sender.close()

    def verdict(self, *, is_done: bool) -> Verdict:
        """What it has said; a process that hangs or dies has shown that something is wrong too."""
        try:
            return self.receiver.recv() if is_done else Verdict("killed", "hang")
        except EOFError:
            return Verdict("killed", "crash")
        finally:
            self.process.kill()
            self.process.join()
            self.receiver.close()
            shutil.rmtree(self.folder, ignore_errors=True)


def _child(
    judge: Callable[[Mutant, Path], Verdict], mutant: Mutant, folder: Path, sender: Connection
) -> None:
    """Judge a mutant and say what became of it; ctrl-C is for the parent, who ends this."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)
    sender.send(judge(mutant, folder))
