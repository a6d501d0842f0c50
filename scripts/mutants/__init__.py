"""How often the harness catches a fault: clients with one small fault each, put to its families of checks."""

from __future__ import annotations

import gc
import random
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..harness.families import FAMILIES
from ..harness.findings import Family
from ..harness.shard import Shard
from ..vendors import PACKAGE, ROOT, chosen
from ..verify.tables import wide_console
from . import clients, records, report
from .own_tests import OwnTests
from .subjects import RUNTIME, Mutant, Subject, shared_mutants
from .trials import FIRST, Trial, Verdict, verdicts

KINDS = ("contract", "python")
"""The sets that are put to the test where none is named: a fault in what all clients share is put to all of them."""
SHOWCASE = ROOT / "tests/data/fourth_vendor"
"""A tree whose vendor uses every feature."""


def mutants(
    names: list[str],
    *,
    shard: str | None = None,
    sample: int | None = None,
    seed: int = 0,
    kind: str | None = None,
    equivalents: bool = False,
    families: Mapping[str, Family] = FAMILIES,
    own_tests: Callable[[Path], OwnTests] | None = OwnTests,
) -> int:
    """Put the mutants of vendors to the test and print what became of them; the exit status.

    Only those with a fault of one `kind`, or of `KINDS`, and only so many, drawn by the seed, where `sample` says
    so. Those that are listed as equivalent are told by their reason, or are the only ones that are put to the test.
    Ctrl-C ends it with what there is then.
    """
    console, results = wide_console(), list[report.Result]()
    with tempfile.TemporaryDirectory(prefix="mutants-") as name, clients.importable(Path(name)):
        subjects = {each.name: Subject(each, Path(name)) for each in chosen(names, *_trees())}
        found = [mutant for subject in subjects.values() for mutant in subject.mutants()]
        found += shared_mutants(Path(name, PACKAGE, RUNTIME))
        listed = records.listed(found, complete=not names)
        found = [mutant for mutant in found if mutant.kind in (KINDS if kind is None else [kind])]
        part = drawn(found, Shard.read(shard), sample, seed)
        tried = [mutant for mutant in part if (mutant in listed) == equivalents]
        excused = [mutant for mutant in part if mutant in listed and not equivalents]
        untried = [(mutant, Verdict("equivalent", told=listed[mutant])) for mutant in excused]
        try:
            most = FIRST if sample else None  # of a few mutants it would take most of the time
            _try(Trial(subjects, families, Path(name), own_tests, most), tried, results)
        except KeyboardInterrupt:
            console.print(f"interrupted: {len(results)} of {len(tried)} mutants were put to the test")
        report.printed([*untried, *results], console, "killed" if equivalents else "survived")
    if len(results) < len(tried):
        return 130
    if equivalents:
        return 1 if any(verdict.state == "killed" for _, verdict in results) else 0
    return 0 if report.is_reached(results, is_part=len(part) < len(found)) else 1


def drawn(found: list[Mutant], shard: Shard, sample: int | None, seed: int) -> list[Mutant]:
    """The part of the mutants that is put to the test, in their order; the shards of a sample add up to it."""
    if sample is not None and sample < len(found):
        chosen = random.Random(seed).sample(range(len(found)), sample)
        found = [found[index] for index in sorted(chosen)]
    return found[shard.number - 1 :: shard.of]


def _trees() -> list[Path]:
    return [ROOT, *([SHOWCASE] if (SHOWCASE / "specs").is_dir() else [])]


def _try(trial: Trial, mutants: list[Mutant], results: list[report.Result]) -> None:
    """Put mutants to the test, one after the other, and keep what became of each."""
    gc.freeze()  # what is not moved is not copied for each of them
    with _progress() as progress:
        task = progress.add_task("", total=len(mutants))
        for mutant, verdict in verdicts(trial, mutants):
            results.append((mutant, verdict))
            survived = sum(verdict.state == "survived" for _, verdict in results)
            told = f"{survived} survived · {mutant.vendor} · {mutant.operator}"
            progress.update(task, advance=1, description=told)
            progress.refresh()
    gc.unfreeze()


def _progress() -> Progress:
    """For people at a terminal only, and without a thread of its own, which a fork would not survive."""
    console = Console(stderr=True)
    columns = (
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    return Progress(
        *columns, console=console, transient=True, auto_refresh=False, disable=not console.is_terminal
    )
