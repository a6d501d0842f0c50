from __future__ import annotations

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scripts import formatting, generator, manifest, swap
from scripts import generate as module
from scripts.generate import check, generate
from scripts.problem import Problem
from scripts.vendors import ROOT
from tests.trees import INPUTS, MODEL, SPEC, Mutate, heeding_ctrl_c, snapshot, write


def full(*_: Any, **__: Any) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def stopped(*_: Any, **__: Any) -> Any:
    raise KeyboardInterrupt


@pytest.fixture
def changed(generated: Path) -> Iterator[Path]:
    """A tree with something to do: after the test the old clients are there alone, and the next run works."""
    INPUTS["spec"](generated)
    before = snapshot(generated / "generated")
    yield generated
    assert snapshot(generated / "generated") == before
    assert [path.name for path in (generated / ".cache").iterdir()] == ["generate"]
    generate([], generated)
    assert "The name." in (generated / MODEL).read_text("utf-8")


PLACES = [
    (module, "_contracts"), (generator, "render"), (formatting, "tidy"), (manifest, "write"),
    (shutil, "copytree"), (Path, "write_text"), (Path, "mkdir"), (swap, "_swap"),
]  # fmt: skip


@pytest.mark.parametrize("failure", [full, stopped])
@pytest.mark.parametrize(("owner", "name"), PLACES, ids=[name for _, name in PLACES])
def test_the_old_clients_stay_where_a_run_fails(
    changed: Path, monkeypatch: pytest.MonkeyPatch, failure: Any, owner: Any, name: str
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owner, name, failure)
        with pytest.raises((Problem, KeyboardInterrupt)) as raised:
            generate(["acme"], changed)
    if failure is full:
        assert str(raised.value).endswith(
            ": No space left on device; nothing was changed; make room or mend the permissions."
        )


def test_the_old_clients_come_back_where_the_new_ones_cannot_be_put_in_place(
    changed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def fail(path: Path, target: Path) -> Path:
        return full() if path.name == "new" else rename(path, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", fail)
        with pytest.raises(Problem, match="No space left"):
            generate([], changed)


def test_ctrl_c_comes_too_late_while_they_are_put_in_place(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rename = Path.rename

    def interrupted(path: Path, target: Path) -> Path:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            os.kill(os.getpid(), number)
        return rename(path, target)

    INPUTS["spec"](generated)
    handler = signal.getsignal(signal.SIGINT)
    monkeypatch.setattr(Path, "rename", interrupted)
    generate([], generated)
    assert check([], generated) == []
    assert signal.getsignal(signal.SIGINT) is handler


def test_what_ruff_refuses_for_another_reason_is_told(changed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(formatting, "_STYLE", ("--no-such-option",))
        with pytest.raises(Problem, match=r"ruff cannot format what was rendered: .*--no-such-option"):
            generate([], changed)


def test_nothing_is_left_in_a_new_tree_where_a_run_fails(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = snapshot(tree)
    monkeypatch.setattr(generator, "render", full)
    with pytest.raises(Problem):
        generate([], tree)
    assert snapshot(tree) == before


@pytest.mark.parametrize("next_fails", [False, True], ids=["next works", "next fails"])
def test_clients_that_a_killed_run_had_moved_aside_come_back(
    generated: Path, monkeypatch: pytest.MonkeyPatch, next_fails: bool
) -> None:
    before = snapshot(generated / "generated")
    INPUTS["spec"](generated)
    aside = generated / ".cache/rendered"
    write(aside, {"new/phone_number_apis/half.py": ""})
    (generated / "generated").rename(aside / "old")
    if next_fails:
        monkeypatch.setattr(generator, "render", full)
        with pytest.raises(Problem):
            generate([], generated)
        assert snapshot(generated / "generated") == before
    else:
        generate([], generated)
        assert check([], generated) == []
    assert not aside.exists()


@pytest.mark.parametrize("change", [INPUTS["spec"], lambda root: None], ids=["changed", "unchanged"])
def test_what_a_killed_run_left_is_cleared(generated: Path, change: Mutate) -> None:
    change(generated)
    write(generated, {".cache/rendered/new/half.py": "", ".cache/rendered/old/half.py": ""})
    generate([], generated)
    assert check([], generated) == []
    assert not (generated / ".cache/rendered").exists()


CHILD = """
import sys
from scripts.__main__ import main
sys.argv = ["scripts", "generate"]
print("up", flush=True)
main()
"""


def started(root: Path) -> subprocess.Popen[str]:
    """A run of `generate` in another process, as soon as it can be interrupted."""
    environment = {**os.environ, "PHONE_NUMBER_APIS_ROOT": str(root), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", CHILD]
    child = subprocess.Popen(
        command, cwd=root, env=environment, stdout=-1, stderr=-1, text=True, preexec_fn=heeding_ctrl_c
    )
    assert child.stdout
    assert child.stdout.readline() == "up\n"
    return child


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_at_any_moment_leaves_whole_clients(generated: Path, number: signal.Signals) -> None:
    for moment, name in zip((0.02, 0.3, 0.6, 0.9), itertools.cycle(("The name.", "Its name."))):
        write(generated, {"specs/acme/openapi.yaml": SPEC.replace("Its name.", name)})
        before = snapshot(generated / "generated")
        child = started(generated)
        time.sleep(moment)
        child.send_signal(number)
        _, told = child.communicate(timeout=60)
        after = snapshot(generated / "generated")
        if number == signal.SIGINT and child.returncode:
            assert (child.returncode, told) == (130, "interrupted; nothing was changed\n")
        assert child.returncode in (0, 130, -number)
        assert (after == before) is (child.returncode != 0) or number == signal.SIGKILL
        generate([], generated)
        assert check([], generated) == []


def test_a_second_run_at_the_same_time_is_refused(generated: Path) -> None:
    INPUTS["spec"](generated)
    before = snapshot(generated)
    with swap._locked(generated), pytest.raises(Problem, match=r"^\.:1: another run is changing this tree"):
        generate([], generated)
    assert snapshot(generated) == before
    generate([], generated)


def test_two_runs_at_the_same_time_leave_whole_clients(generated: Path) -> None:
    INPUTS["spec"](generated)
    children = [started(generated) for _ in range(2)]
    told = [child.communicate(timeout=60)[1] for child in children]
    assert {child.returncode for child in children} <= {0, 2}
    assert 0 in {child.returncode for child in children}
    assert all(text == "" or "another run is changing this tree" in text for text in told)
    assert check([], generated) == []


def test_the_folder_that_a_link_leads_to_is_replaced(generated: Path) -> None:
    (generated / "generated").rename(generated / "elsewhere")
    (generated / "generated").symlink_to("elsewhere")
    INPUTS["spec"](generated)
    generate([], generated)
    assert (generated / "generated").is_symlink()
    assert check([], generated) == []
    assert "The name." in (generated / "elsewhere/phone_number_apis/acme/models/thing.py").read_text("utf-8")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is read-only for root")
def test_a_read_only_tree_is_told_in_one_line(changed: Path) -> None:
    for folder in (changed, changed / ".cache"):
        folder.chmod(0o555)
    try:
        with pytest.raises(Problem, match="Permission denied; nothing was changed"):
            generate([], changed)
    finally:
        for folder in (changed, changed / ".cache"):
            folder.chmod(0o755)
