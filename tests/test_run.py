from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scripts.vendors import ROOT
from tests.trees import heeding_ctrl_c

REAL_PYTHON = """\
#!/bin/sh
# Stands for a Python: makes a .venv whose python tells what it is asked to run, and installs nothing.
echo "$*" >>"$LOG"
case "$*" in
*flock*) exec {python} "$@" ;;
*version_info*) exit "${{TOO_OLD:-0}}" ;;
"-m venv"*) mkdir -p "$4/bin" && rm -f "$4/requirements.txt" && cp "$0" "$4/bin/python" ;;
*"-m pip"*) sleep "${{PIP_TAKES:-0}}"; exit "${{PIP_FAILS:-0}}" ;;
*"-m scripts"*) shift 2; echo "ran $*"; env | grep ^PYTHON; pwd; exit 7 ;;
esac
"""


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A clone in a folder whose path has blanks, and a Python that makes no real .venv first in the PATH."""
    root = tmp_path / "a clone"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/run", root / "scripts/run")
    (root / "scripts/requirements.txt").write_text("attrs==1\n", "utf-8")
    python = tmp_path / "bin" / "python3"
    python.parent.mkdir()
    python.write_text(REAL_PYTHON.format(python=sys.executable), "utf-8")
    python.chmod(0o755)
    monkeypatch.setenv("PATH", f"{python.parent}:/usr/bin:/bin")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    for name in ("PYTHON", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    return root


def start(clone: Path, *arguments: str, shell: str = "sh") -> subprocess.Popen[str]:
    command = [shell, str(clone / "scripts/run"), *arguments]
    return subprocess.Popen(
        command, stdout=-1, stderr=-1, text=True, start_new_session=True, preexec_fn=heeding_ctrl_c
    )


def run(clone: Path, *arguments: str, shell: str = "sh") -> tuple[int, str, str]:
    child = start(clone, *arguments, shell=shell)
    told, errors = child.communicate(timeout=60)
    return child.returncode, told, errors


def made() -> int:
    """How often a .venv was made."""
    return Path(os.environ["LOG"]).read_text("utf-8").count("-m venv")


MAKING = "scripts/run: making .venv from scripts/requirements.txt\n"


@pytest.mark.parametrize("shell", [name for name in ("sh", "dash", "bash") if shutil.which(name)])
def test_a_fresh_clone_gets_its_venv_and_then_runs_the_verb(clone: Path, shell: str) -> None:
    status, told, errors = run(clone, "generate", "a b", shell=shell)
    assert (status, errors) == (7, MAKING)
    assert told.startswith("ran generate a b\n")
    assert told.endswith(f"{clone}\n")
    assert "PYTHONUTF8=1\n" in told


def test_the_second_time_nothing_is_made(clone: Path) -> None:
    run(clone, "generate")
    assert run(clone, "generate")[2] == ""
    assert made() == 1


def test_other_requirements_make_it_anew(clone: Path) -> None:
    run(clone, "generate")
    (clone / "scripts/requirements.txt").write_text("attrs==2\n", "utf-8")
    assert run(clone, "generate")[2] == MAKING


def test_a_venv_whose_python_is_gone_is_made_anew(clone: Path) -> None:
    run(clone, "generate")
    python = clone / ".venv/bin/python"
    python.unlink()
    python.symlink_to("nowhere")
    shutil.rmtree(clone / ".venv/bin")
    assert run(clone, "generate")[:1] == (7,)
    assert made() == 2


def test_a_venv_that_cannot_be_made_is_told_and_made_anew(
    clone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_FAILS", "1")
    assert run(clone, "generate")[0] == 2
    monkeypatch.delenv("PIP_FAILS")
    assert run(clone, "generate")[0] == 7


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_a_venv_that_was_interrupted_is_made_anew(
    clone: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setenv("PIP_TAKES", "30")
    child = start(clone, "generate")
    log = Path(os.environ["LOG"])
    while not log.exists() or "-m pip" not in log.read_text("utf-8"):
        assert child.poll() is None
    while child.poll() is None:
        os.killpg(child.pid, number)  # a shell loses one that comes as it starts another program
        time.sleep(0.01)
    child.communicate()
    assert child.returncode != 0
    monkeypatch.delenv("PIP_TAKES")
    assert run(clone, "generate")[0] == 7
    assert made() == 2


def test_two_at_once_make_it_once(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_TAKES", "1")
    children = [start(clone, "generate") for _ in range(2)]
    told = [child.communicate(timeout=60)[1] for child in children]
    assert [child.returncode for child in children] == [7, 7]
    assert sorted(told) == ["", MAKING]
    assert made() == 1


def test_without_a_python_that_will_do_it_says_so(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOO_OLD", "1")
    for name in ("python3.11", "python3.12", "python3.13"):
        shutil.copy(clone.parent / "bin/python3", clone.parent / "bin" / name)
    told = "scripts/run: Python 3.11 or newer with venv and pip is needed; name it as PYTHON=…\n"
    assert run(clone, "generate") == (2, "", told)
    assert not (clone / ".venv").exists()


def test_the_named_python_is_taken(clone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = clone.parent / "my python"
    (clone.parent / "bin/python3").rename(mine)
    monkeypatch.setenv("PYTHON", str(mine))
    assert run(clone, "generate")[0] == 7


def test_a_check_leaves_no_bytecode_behind(clone: Path) -> None:
    assert "PYTHONDONTWRITEBYTECODE" not in run(clone, "generate")[1]
    assert "PYTHONDONTWRITEBYTECODE=1\n" in run(clone, "generate", "--check")[1]


@pytest.mark.parametrize(("check", "test"), [(0, 0), (1, 0), (0, 1), (2, 5)])
def test_ci_runs_both_and_fails_where_one_fails(clone: Path, check: int, test: int) -> None:
    script = f'echo "$* $CI"; case "$1" in test) exit {test} ;; esac; exit {check}'
    (clone / "scripts/run").write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    (clone / ".ci").mkdir()
    shutil.copy(ROOT / ".ci/run", clone / ".ci/run")
    done = subprocess.run([str(clone / ".ci/run")], capture_output=True, text=True, check=False)
    assert done.stdout == "generate --check true\ntest --cov true\n"
    assert done.returncode == int(bool(check or test))
