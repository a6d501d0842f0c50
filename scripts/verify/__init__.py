"""`verify`: the clients against their contracts, with a table of what was proven, and reports."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from ..contract import contract
from ..generate import edited, outdated
from ..harness.called import called
from ..harness.calls import Target, targets
from ..harness.families import FAMILIES
from ..harness.findings import raised
from ..harness.generation import SEED
from ..harness.shard import Shard
from ..problem import Problem, shown
from ..vendors import ROOT, Vendor, chosen
from .reports import check, write
from .runs import Outcome, Run, planned, told
from .server import Sending, allowed
from .tables import counted, printed

sys.path.insert(0, str(ROOT / "generated"))  # the clients, which the harness imports
_BAR = 20
"""Columns of the bar of progress."""


class Broken(Problem):
    """A client cannot even be imported: a finding, that no program can show better."""

    status = 1


class Interrupted(Problem):
    """Ctrl-C came after a server was sent something."""

    status = 130


def verify(
    names: list[str],
    *,
    cases: int,
    report: Path | None = None,
    shard: str | None = None,
    base_url: str | None = None,
    allow_billable: bool = False,
    timeout: float | None = None,
) -> int:
    """Run all families of checks, or send their cases to a server; print what came of it; give the exit status.

    Raises `Problem` for what cannot be run; where that shows only on the way, what was found is told before.
    """
    part, vendors = Shard.read(shard), chosen(names)
    if base_url is not None and len(vendors) > 1:
        raise Problem("one server cannot be that of several vendors", "name the vendor whose server it is")
    for option, is_given in (("--allow-billable", allow_billable), ("--timeout", timeout is not None)):
        if is_given and base_url is None:
            raise Problem(f"{option} is for calls to a server, and none is named", "give --base-url, too")
    if report:
        check(report)
    for warning in filter(None, (outdated(vendors), edited(vendors))):
        print(f"warning: {warning}", file=sys.stderr)
    found, broken = list[Target](), None
    for vendor in vendors:
        try:
            found += _targets(vendor)
        except Problem as error:  # which keeps the others from no check
            broken = error
    if base_url is None:
        run = Run(planned(found, FAMILIES, part), FAMILIES, SEED, cases, part)
    else:
        found = allowed(found, allow_billable)
        sending = Sending(base_url, found, timeout)
        run = Run(planned(found, ["server"], part), {"server": sending}, SEED, cases, part, base_url)
        if run.plan:
            print(sending.announced([target for target, _ in run.plan], cases), flush=True)
    problem = _done(run) or broken
    if problem:
        run.stopped = run.stopped or problem.what
    if problem is None or any(outcome.cases for outcome in run.outcomes):
        printed(run)
    if report:
        write(run, report)
    if problem:
        raise problem
    if run.stopped and run.answers:
        what = f"interrupted after {counted(run.answers.total(), 'case')} for {base_url}: {told(run.answers)}"
        raise Interrupted(what, "look there what was carried out")
    return run.status


def _targets(vendor: Vendor) -> list[Target]:
    """The operations of a vendor's client; raises `Broken` where there is none that can be imported."""
    made = contract(vendor)
    try:
        return targets(vendor.name, made, list(called(made)))
    except Exception as error:  # the client is what is tested: it may raise anything
        what = f"the client cannot be imported: {type(error).__name__}: {error}"
        file, line = raised(error) or (vendor.client, 1)
        todo = "run `scripts/run generate`; if that is how it is made, mend what it is made of"
        raise Broken(what, todo, file=shown(Path(file)), line=line) from None


def _done(run: Run) -> Problem | None:
    """Do what is planned, until ctrl-C or a problem."""

    def stop(*_: object) -> None:
        run.stopped = "interrupted"  # as an exception out of the blue can get lost in a callback
        raise KeyboardInterrupt

    signal.signal(signal.SIGINT, stop)
    try:
        with _progress() as progress:
            task = progress.add_task("", total=len(run.plan))
            for outcome in run.steps():
                told = _told(outcome, progress.console.width - _BAR - 20)
                progress.update(task, description=told, completed=len(run.outcomes) - 1)
                if run.stopped:
                    break
    except KeyboardInterrupt:
        run.stopped = "interrupted"
    except Problem as problem:
        run.stopped = problem.what
        return problem
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # what was found is told now
    return None


def _told(outcome: Outcome, width: int) -> str:
    """What is being done, in one line: what the operation is called is cut short in its middle."""
    rest, name = f" · {outcome.family} · {outcome.cases:,} cases", str(outcome.target)
    start = max(width - len(rest), 16) // 2
    return f"{name if len(name) <= 2 * start else f'{name[: start - 1]}…{name[-start:]}'}{rest}"


def _progress() -> Progress:
    """For people at a terminal only."""
    console = Console(stderr=True)
    columns = (
        BarColumn(_BAR),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}", markup=False),
    )
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
