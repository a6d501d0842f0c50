from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts import __main__, commands, generate, lint
from scripts.problem import Problem
from scripts.runtime.options import DEFAULT_TIMEOUT
from scripts.vendors import ROOT
from tests.trees import snapshot

Run = Callable[..., tuple[Any, str, str]]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs the command line in this process; gives the exit status, the output and the errors."""

    def run(*arguments: str) -> tuple[Any, str, str]:
        monkeypatch.setattr(sys, "argv", ["scripts", *arguments])
        with pytest.raises(SystemExit) as ended:
            __main__.main()
        return ended.value.code, *capsys.readouterr()

    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    return run


def raises(error: BaseException) -> Callable[..., None]:
    def fail(*_: Any, **__: Any) -> None:
        raise error

    return fail


def gives(value: Any) -> Callable[..., Any]:
    return lambda names: value


def test_bad_input_is_one_line_on_standard_error_and_status_2(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generate, "generate", raises(Problem("it is bad", "mend it", file="a.yaml", line=3)))
    assert run("generate") == (2, "", "a.yaml:3: it is bad; mend it.\n")


def test_ctrl_c_is_one_line_and_status_130(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint, "lint", raises(KeyboardInterrupt()))
    assert run("lint") == (130, "", "interrupted; nothing was changed\n")


def test_ctrl_c_ends_generate_at_once(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit, match="130"):
        commands.stop()
    assert capfd.readouterr() == ("", "interrupted; nothing was changed\n")


def test_ctrl_c_while_the_commands_are_imported_is_one_line_too(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "app", raises(KeyboardInterrupt()))
    assert run("generate") == (130, "", "interrupted; nothing was changed\n")


def test_a_fault_of_ours_is_not_hidden(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generate, "generate", raises(ZeroDivisionError()))
    with pytest.raises(ZeroDivisionError):
        run("generate")


@pytest.mark.parametrize("is_terminal", [True, False])
def test_generate_tells_what_it_did_whoever_looks(
    run: Run, monkeypatch: pytest.MonkeyPatch, is_terminal: bool
) -> None:
    monkeypatch.setattr(generate, "generate", lambda names, report: report("acme: made"))
    monkeypatch.setattr(sys.stdout, "isatty", lambda: is_terminal)
    assert run("generate", "acme") == (0, "acme: made\n", "")


@pytest.mark.parametrize(("findings", "status"), [([], 0), (["a.py:1: stale"], 1)], ids=["none", "one"])
def test_check_lists_what_is_stale(
    run: Run, monkeypatch: pytest.MonkeyPatch, findings: list[str], status: int
) -> None:
    monkeypatch.setattr(generate, "check", gives(findings))
    monkeypatch.setattr(sys, "dont_write_bytecode", sys.dont_write_bytecode)
    assert run("generate", "--check") == (status, "".join(f"{line}\n" for line in findings), "")


@pytest.mark.parametrize("count", [0, 2])
def test_lint_lists_its_findings(run: Run, monkeypatch: pytest.MonkeyPatch, count: int) -> None:
    finding = Problem("it is odd", "mend it", file="a.yaml", line=3)
    monkeypatch.setattr(lint, "lint", gives([finding] * count))
    assert run("lint") == (min(count, 1), "a.yaml:3: it is odd; mend it.\n" * count, "")


def test_the_names_of_vendors_are_passed_on(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[list[str]] = []
    monkeypatch.setattr(generate, "generate", lambda names, report: given.append(names))
    run("generate", "acme", "zeta")
    run("generate")
    assert given == [["acme", "zeta"], []]


def test_test_becomes_pytest_with_the_given_arguments(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(os, "execv", lambda program, arguments: became.append(arguments))
    monkeypatch.chdir(ROOT / "tests")
    run("test", "tests/test_cli.py", "-k", "some", "--help")
    assert became == [[sys.executable, "-m", "pytest", "tests/test_cli.py", "-k", "some", "--help"]]
    assert Path.cwd() == ROOT


def test_bench_passes_on_what_is_asked_for(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    import scripts.bench

    given: list[tuple[list[str], bool]] = []
    monkeypatch.setattr(scripts.bench, "bench", lambda names, markdown: given.append((names, markdown)))
    run("bench")
    run("bench", "generate", "--markdown")
    assert given == [([], False), (["generate"], True)]


@pytest.mark.parametrize("arguments", [["nothing"], ["generate", "--nothing"], ["lint", "--check"], []])
def test_a_command_line_that_is_wrong_has_status_2(run: Run, arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["verify", "--cases", "x"], "--cases is `x`: no whole number from 1 on; write --cases 40 or so.\n"),
        (["verify", "--cases", "0"], "--cases is `0`: no whole number from 1 on; write --cases 40 or so.\n"),
        (["verify", "--seed", "1.5"], "--seed is `1.5`: no whole number; write --seed 40 or so.\n"),
        (["mutants", "--sample", "-1"], "--sample is `-1`: no whole number from 1 on; write --sample 40 or so.\n"),
    ],
)  # fmt: skip
def test_a_number_that_is_none_is_one_line(run: Run, arguments: list[str], told: str) -> None:
    assert run(*arguments) == (2, "", told)


def test_the_timeout_of_calls_to_a_server_is_told() -> None:
    told = CliRunner().invoke(commands.app, ["verify", "--help"]).output
    assert f"{DEFAULT_TIMEOUT:.0f} if not given" in " ".join(told.split())


def test_every_verb_says_what_it_does() -> None:
    told = CliRunner().invoke(commands.app, ["--help"]).output
    assert [verb for verb in ("generate", "lint", "test", "bench") if f"\n  {verb} " not in told] == []


def test_what_a_verb_does_not_need_is_not_imported() -> None:
    code = "import sys, scripts.commands, scripts.generate; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    heavy = {
        "openapi_python_client",
        "ruamel.yaml",
        "jsonschema_rs",
        "pytest",
        "schemathesis",
        "httpx",
        "rich",
    }
    assert heavy & set(done.stdout.split()) == set()


def test_generate_and_check_from_end_to_end(tree: Path) -> None:
    environment = {**os.environ, "PHONE_NUMBER_APIS_ROOT": str(tree), "PYTHONPATH": str(ROOT)}

    def ran(*arguments: str) -> tuple[int, str, str]:
        command = [sys.executable, "-m", "scripts", "generate", *arguments]
        done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    status, output, errors = ran()
    assert (status, errors) == (0, "")
    assert [line.partition(":")[0] for line in output.splitlines()] == [
        "_runtime, which all clients share",
        "acme",
        "zeta",
    ]
    (tree / "generated/phone_number_apis/py.typed").unlink()
    before = snapshot(tree)
    told = "generated/phone_number_apis/py.typed:1: missing (hand edit); run `scripts/run generate`.\n"
    assert ran("--check") == (1, told, "")
    status, output, errors = ran("nobody")
    assert (status, output, errors.count("\n")) == (2, "", 1)
    assert "`nobody`" in errors
    assert snapshot(tree) == before
