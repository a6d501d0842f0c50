"""The command line: `python -m scripts <verb>`, which `scripts/run` calls.

Exit status: 0 fine; 1 a finding (stale, drift, broken rule); 2 input that cannot be used.
"""

from __future__ import annotations

import subprocess
import sys
from typing import Annotated, NoReturn

import typer

from .problem import Problem
from .vendors import ROOT

app = typer.Typer(
    help="From a vendor's docs page to a typed client.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
)
Vendors = Annotated[
    list[str] | None, typer.Argument(metavar="[VENDOR…]", help="All vendors where none is named.")
]


def told(line: str) -> None:
    """A line of progress, for people only."""
    if sys.stderr.isatty():
        typer.echo(line, err=True)


@app.command()
def generate(
    vendors: Vendors = None,
    check: Annotated[bool, typer.Option("--check", help="Write nothing; fail if a client is stale.")] = False,
) -> None:
    """Spec + overlays → contract → client, into generated/."""
    from . import generate as job

    if not check:
        job.generate(vendors or [], report=told)
        return
    stale = job.check(vendors or [], report=told)
    for line in stale:
        typer.echo(line)
    raise typer.Exit(1 if stale else 0)


@app.command()
def lint(vendors: Vendors = None) -> None:
    """House rules on specs and overlays."""
    from .lint import lint as rules

    findings = rules(vendors or [])
    for finding in findings:
        typer.echo(str(finding))
    raise typer.Exit(1 if findings else 0)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def test(context: typer.Context) -> None:
    """Everything, contract checks included; takes pytest's arguments."""
    raise typer.Exit(
        subprocess.run([sys.executable, "-m", "pytest", *context.args], cwd=ROOT, check=False).returncode
    )


def main() -> NoReturn:
    """Run a verb; bad input is one line on standard error, never a traceback."""
    try:
        app(standalone_mode=True)
    except Problem as problem:
        typer.echo(str(problem), err=True)
        sys.exit(2)
    except KeyboardInterrupt:  # pragma: no cover -- typer turns it into Abort, except while it starts
        sys.exit(130)
    sys.exit(0)  # pragma: no cover -- typer exits itself


if __name__ == "__main__":
    main()
