"""Putting a new folder in the place of an old one: whole or not at all, whatever happens."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
from collections.abc import Generator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from .problem import Problem, shown


@contextmanager
def replaced(place: Path, aside: Path, tree: Path) -> Generator[Path]:
    """An empty folder that takes the place of `place` when the block ends well; else that stays as it was.

    The work is done in `aside`, on the same file system, of which nothing is left. What a killed run left
    there is cleared, after putting back what it had moved. Raises `OSError`, and `Problem` where another
    process does this in the same `tree`.
    """
    new, old = aside / "new", aside / "old"
    with _locked(tree), ExitStack() as end:
        if old.exists() and not place.exists():
            old.rename(place)
        shutil.rmtree(aside, ignore_errors=True)
        new.mkdir(parents=True)
        try:
            yield new
            end.enter_context(_uninterrupted())
            _swap(new, place, old)
        finally:
            shutil.rmtree(aside, ignore_errors=True)
            with suppress(OSError):
                aside.parent.rmdir()  # where there was nothing before


def _swap(new: Path, place: Path, old: Path) -> None:
    if place.exists():
        place.rename(old)
    try:
        new.rename(place)
    except OSError:
        if old.exists():
            old.rename(place)
        raise


@contextmanager
def _locked(tree: Path) -> Generator[None]:
    """Keep a second process out; the system takes the lock away however this one ends."""
    handle = os.open(tree, os.O_RDONLY)
    try:
        _lock(handle, tree)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, tree: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Problem("another run is changing this tree", "wait for its end", file=shown(tree)) from None


@contextmanager
def _uninterrupted() -> Generator[None]:
    """Drop ctrl-C and its like, which come too late now."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = {number: signal.signal(number, signal.SIG_IGN) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
