"""Measuring commands against each other: in turns, so that what slows the machine slows both."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import NamedTuple

from ..problem import Problem


class Sample(NamedTuple):
    """What one run took: seconds by the clock and of the processor, and bytes of memory at the most."""

    seconds: float
    cpu: float
    memory: int


def run(command: Sequence[str], folder: Path, **environment: str) -> Sample:
    """Run a command of this Python's environment in `folder` to its end; raises `Problem` where it fails."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    compiled = {"PYTHONDONTWRITEBYTECODE": ""}  # as it is for users: modules are compiled once
    environment = {**os.environ, "PATH": path, **compiled, **environment}
    with tempfile.TemporaryFile() as output:
        start = perf_counter()
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=output, stderr=output)
        _, status, usage = os.wait4(process.pid, 0)
        seconds, process.returncode = perf_counter() - start, os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            said = output.read().decode("utf-8", "replace").strip()[-300:]
            raise Problem(f"`{' '.join(command)}` fails: {said}", "mend that first")
    return Sample(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024)


def in_turns(rounds: int, *jobs: Callable[[], Sample]) -> list[list[Sample]]:
    """The samples of each job, which take turns; a first round, which only warms caches, is not kept."""
    samples = [[job() for job in jobs] for _ in range(rounds + 1)]
    return [list(each) for each in zip(*samples[1:], strict=True)]


def together(samples: Sequence[Sample]) -> Sample:
    """One run after the other, as one sample."""
    seconds, cpu, memory = zip(*samples, strict=True)
    return Sample(sum(seconds), sum(cpu), max(memory))


def ratio(measure: str, ours: Sequence[Sample], theirs: Sequence[Sample]) -> float:
    """The median of the ratios of one measure (`seconds`, `cpu`, `memory`) in the same turn."""
    pairs = zip(ours, theirs, strict=True)
    return float(median(getattr(one, measure) / getattr(other, measure) for one, other in pairs))


def difference(measure: str, ours: Sequence[Sample], theirs: Sequence[Sample]) -> float:
    """The difference between the least of one measure on either side: what disturbs a run only adds to it."""
    least, least_of_theirs = (min(getattr(sample, measure) for sample in side) for side in (ours, theirs))
    return float(least - least_of_theirs)
