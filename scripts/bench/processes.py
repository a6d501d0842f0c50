"""Processes of their own to measure in, and environments of their own for what is not ours."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from subprocess import PIPE
from typing import IO, Any, cast

from ..problem import Problem
from ..vendors import ROOT
from . import worker
from .measure import Sample, run


class Process:
    """A Python that runs `worker.py`; `told` is what it says first, once it is ready."""

    def __init__(self, opened: subprocess.Popen[bytes], errors: IO[bytes], *task: object) -> None:
        self._opened, self._errors = opened, errors
        self.told = self._ask(task)

    @property
    def url(self) -> str:
        """Where a server is."""
        return f"http://127.0.0.1:{self.told}"

    def calls(self, count: int) -> Sample:
        """Have it make so many calls; the memory is that after them."""
        return Sample(*self._ask(count))

    def _ask(self, what: object) -> Any:
        stdin, stdout = cast("tuple[IO[bytes], IO[bytes]]", (self._opened.stdin, self._opened.stdout))
        try:
            pickle.dump(what, stdin)
            stdin.flush()
            return pickle.load(stdout)
        except (EOFError, OSError):
            self._opened.communicate()
            self._errors.seek(0)
            said = self._errors.read().decode("utf-8", "replace").strip()[-300:]
            raise Problem(f"what is measured fails: {said}", "mend that first") from None


@contextmanager
def process(task: str, *given: object, python: Path | str = sys.executable) -> Generator[Process]:
    """A process that does a task of `worker.py`, by any Python, until it is no longer needed."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "generated")}
    with tempfile.TemporaryFile() as errors:
        opened = subprocess.Popen(
            [python, "-P", worker.__file__], env=environment, stdin=PIPE, stdout=PIPE, stderr=errors
        )
        try:
            yield Process(opened, errors, task, given)
        finally:
            opened.kill()
            opened.communicate()


def environment(requirement: str) -> Path:
    """The Python of an environment that holds a requirement and what that needs; made once."""
    folder = ROOT / ".cache" / "bench" / sha256(requirement.encode()).hexdigest()[:16]
    python, is_made = folder / "bin" / "python", folder / "made"
    if not is_made.exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)], ROOT)
        run([str(python), "-m", "pip", "install", "-qq", requirement], ROOT)
        is_made.touch()  # last, so that an interrupted one is made anew
    return python
