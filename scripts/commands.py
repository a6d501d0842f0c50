"""The verbs of the command line.

Exit status: 0 fine; 1 a finding (stale, drift, broken rule); 2 input that cannot be used.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from .problem import Problem
from .vendors import ROOT


def number(option: str, least: int | None = None) -> Callable[[str], int]:
    """What reads the whole number of an option; it raises `Problem` for anything else, or less."""

    def read(text: str) -> int:
        try:
            found = int(text)
        except ValueError:
            found = None
        if found is None or (least is not None and found < least):
            wanted = "no whole number" if least is None else f"no whole number from {least} on"
            raise Problem(f"{option} is `{text}`: {wanted}", f"write {option} 40 or so")
        return found

    return read


app = typer.Typer(
    help="From a vendor's docs page to a typed client.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
Vendors = Annotated[
    list[str] | None, typer.Argument(metavar="[VENDOR…]", help="All vendors where none is named.")
]


class Kind(Enum):
    """What a mutant has its fault in."""

    CONTRACT = "contract"
    PYTHON = "python"
    RUNTIME = "runtime"


PASSED_ON: dict[str, Any] = {
    "allow_extra_args": True,
    "ignore_unknown_options": True,
    "help_option_names": [],
}


@app.command()
def generate(
    vendors: Vendors = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a client is stale.")] = False,
) -> None:
    """Spec + overlays → contract → client, into generated/."""
    from . import generate as job

    if check:
        sys.dont_write_bytecode = True
        listed(job.check(vendors or []))
    signal.signal(signal.SIGINT, stop)
    job.generate(vendors or [], report=typer.echo)


@app.command()
def lint(vendors: Vendors = None) -> None:
    """House rules on specs and overlays."""
    from .lint import lint as job

    listed([str(finding) for finding in job(vendors or [])])


@app.command(context_settings=PASSED_ON)
def test(context: typer.Context) -> None:
    """Everything, contract checks included, with pytest's arguments: `--cov` for what is covered."""
    os.environ.pop(
        "PYTHONDONTWRITEBYTECODE", None
    )  # modules are compiled once, not by each of many processes
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])  # its exit status is ours


@app.command()
def verify(
    vendors: Vendors = None,
    seed: Annotated[
        int,
        typer.Option(
            parser=number("--seed"),
            metavar="N",
            envvar="HARNESS_SEED",
            help="Where random cases come from; the same gives the same.",
        ),
    ] = 0,
    cases: Annotated[
        int,
        typer.Option(
            parser=number("--cases", 1),
            metavar="N",
            help="Random cases of each kind; with --base-url, of all.",
        ),
    ] = 40,
    report: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Write junit.xml, summary.md and index.html there.")
    ] = None,
    shard: Annotated[str | None, typer.Option(metavar="K/N", help="Only the K-th of N parts.")] = None,
    base_url: Annotated[
        str | None, typer.Option(metavar="URL", help="Send the cases to this server, and check its answers.")
    ] = None,
    allow_billable: Annotated[
        bool, typer.Option("--allow-billable", help="With --base-url: calls that may cost money, too.")
    ] = False,
    timeout: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS", help="With --base-url: how long to wait for an answer; 30 if not given."
        ),
    ] = None,
) -> None:
    """The clients against their contracts, case by case."""
    os.environ["HARNESS_SEED"] = str(seed)  # read where the harness is imported
    from .verify import verify as job

    options: dict[str, Any] = {"cases": cases, "report": report, "shard": shard, "base_url": base_url}
    options |= {"allow_billable": allow_billable, "timeout": timeout}
    raise typer.Exit(job(vendors or [], **options))


@app.command()
def mutants(
    vendors: Vendors = None,
    shard: Annotated[str | None, typer.Option(metavar="K/N", help="Only the K-th of N parts.")] = None,
    sample: Annotated[
        int | None,
        typer.Option(parser=number("--sample", 1), metavar="N", help="Only N of them, drawn by the seed."),
    ] = None,
    seed: Annotated[
        int, typer.Option(parser=number("--seed"), metavar="N", help="What a sample is drawn by.")
    ] = 0,
    kind: Annotated[
        Kind | None,
        typer.Option("--in", help="Only faults in contracts, in the Python, or in what all clients share."),
    ] = None,
    equivalents: Annotated[
        bool,
        typer.Option("--equivalents", help="Only those that are listed as no fault: none may be caught."),
    ] = False,
) -> None:
    """How often the checks catch a fault: clients with one each, put to them."""
    from .mutants import mutants as job

    options: dict[str, Any] = {"shard": shard, "sample": sample, "seed": seed, "equivalents": equivalents}
    raise typer.Exit(job(vendors or [], kind=kind and kind.value, **options))


@app.command()
def bench(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME…]", help="All where none is named.")
    ] = None,
    markdown: Annotated[bool, typer.Option("--markdown", help="As the table in the README.")] = False,
) -> None:
    """The numbers to reach, as ratios measured in one run."""
    from .bench import bench as job

    job(names or [], markdown)


def stop(*_: object) -> None:
    """End at once, for an exception out of the blue can get lost in a callback; the next run clears what is left."""
    os.write(2, b"interrupted; nothing was changed\n")
    os._exit(130)


def listed(findings: list[str]) -> NoReturn:
    """Print the findings and say by the exit status whether there are any."""
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(1 if findings else 0)
