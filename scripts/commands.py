"""The verbs of the command line.

Exit status: 0 fine; 1 a finding (stale, drift, broken rule); 2 input that cannot be used.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Annotated, Any, NoReturn

import typer

from .vendors import ROOT

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
        listed(job.check(vendors or [], report=told))
    signal.signal(signal.SIGINT, stop)
    job.generate(vendors or [], report=told)


@app.command()
def lint(vendors: Vendors = None) -> None:
    """House rules on specs and overlays."""
    from .lint import lint as job

    listed([str(finding) for finding in job(vendors or [])])


@app.command(context_settings=PASSED_ON)
def test(context: typer.Context) -> None:
    """Everything, contract checks included, with pytest's arguments: `--cov` for what is covered."""
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *context.args])  # its exit status is ours


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


def told(line: str) -> None:
    """A line of progress, for people only."""
    if sys.stderr.isatty():
        typer.echo(line, err=True)


def listed(findings: list[str]) -> NoReturn:
    """Print the findings and say by the exit status whether there are any."""
    for finding in findings:
        typer.echo(finding)
    raise typer.Exit(1 if findings else 0)
