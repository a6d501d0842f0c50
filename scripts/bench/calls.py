"""One call of each vendor's client: how long it takes, and what comes of many."""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from contextlib import contextmanager
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

from ..document import load
from ..vendors import Vendor, discover
from .example import Example, example
from .measure import Sample, in_turns
from .processes import Process, environment, process
from .rows import Row, times

TURNS, CALLS = 15, 300
"""How often each side makes how many calls."""
AT_ONCE = 1000
BEFORE, IN_ALL = 10_000, 100_000
"""Calls after which memory is measured."""

_measured = attrgetter("measured")


def call(folder: Path) -> list[Row]:
    """One call beside bare httpx; by the slowest client, if they differ."""
    return [max(map(_beside_bare, discover()), key=_measured)]


def sdk(folder: Path) -> list[Row]:
    """One call beside the vendor's own SDK, where there is one."""
    return [_beside_sdk(vendor) for vendor in discover() if _sdk(vendor).exists()]


def concurrent(folder: Path) -> list[Row]:
    """Many calls at once by one client of each vendor."""
    errors = sum(asyncio.run(_errors(example(vendor))) for vendor in discover())
    return [Row(f"{AT_ONCE:,} asyncio calls at once on one client", "all succeed", errors, 0, unit=" errors")]


def memory(folder: Path) -> list[Row]:
    """What a client needs more after many calls; the one that needs most, if they differ."""
    return [max(map(_growth, discover()), key=_measured)]


def _beside_bare(vendor: Vendor) -> Row:
    made = example(vendor)
    with _ours(made) as (url, ours), process("bare", *made.bare(url)) as bare:
        return times("one call over loopback", "the same request by bare httpx", *_turns(ours, bare), 1.1)


def _beside_sdk(vendor: Vendor) -> Row:
    said: Any = load(_sdk(vendor))
    requirement, made = str(said["requirement"]), example(vendor, said["operation"])
    text, python = str(said["call"]), environment(requirement)  # text as pickle has it anywhere
    with (
        _ours(made) as (url, ours),
        process("by_text", text, {"server": url, "given": made.given}, python=python) as theirs,
    ):
        return times(f"one call, {vendor.name}", requirement, *_turns(ours, theirs), 0.9)


def _sdk(vendor: Vendor) -> Path:
    """How the vendor's own SDK is called."""
    return vendor.spec.with_name("sdk.yaml")


async def _errors(made: Example) -> int:
    """How many of the calls at once fail."""
    with process("server", *made.served()) as server:
        package, options, method, keywords = made.ours(server.url)
        async with import_module(package).AsyncClient(**options, max_retries=0) as client:
            calls = (attrgetter(method)(client)(**keywords) for _ in range(AT_ONCE))
            results = await asyncio.gather(*calls, return_exceptions=True)
    return sum(isinstance(each, BaseException) for each in results)


def _growth(vendor: Vendor) -> Row:
    made = example(vendor)
    with process("in_memory", *made.ours("http://127.0.0.1"), made.answer) as ours:
        before, after = (ours.calls(count).memory for count in (BEFORE, IN_ALL - BEFORE))
    what, against = f"memory after {IN_ALL:,} calls", f"after {BEFORE:,} calls"
    return Row(what, against, (after / before - 1) * 100, 2, unit=" % more")


@contextmanager
def _ours(made: Example) -> Generator[tuple[str, Process]]:
    """The URL of a server that expects the call, and our client, which makes it."""
    with process("server", *made.served()) as server, process("ours", *made.ours(server.url)) as ours:
        yield server.url, ours


def _turns(ours: Process, theirs: Process) -> tuple[list[Sample], list[Sample]]:
    one, other = in_turns(TURNS, lambda: ours.calls(CALLS), lambda: theirs.calls(CALLS))
    return one, other
