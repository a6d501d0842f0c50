"""Bad input: each file of data/invalid is one mistake, named by it, and what a person is told of it.

`files` are added to a tree of two vendors, acme and zeta, whose clients are generated: a text; `hex`, the bytes;
`repeat`, a text that is there so many `times`, with {n} and {n+1} counted from 0; or a list of these, put together.
Then the command is run, for `vendors` or for all of them. `at` is the file and line that it names, `says` a part of what it says.
"""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from scripts.document import load
from scripts.generate import generate
from scripts.problem import Problem
from scripts.vendors import ROOT
from tests.trees import snapshot

CASES = sorted((Path(__file__).parent / "data/invalid").glob("*.yaml"))
THROUGH_THE_COMMAND = {
    "50-megabytes",
    "billion-laughs",
    "billion-laughs-by-reference",
    "chain-of-items",
    "nested-too-deeply",
    "no-such-vendor",
    "not-utf-8",
    "operation-without-responses",
    "overlay-of-a-large-value-for-many",
    "overlay-whose-target-matches-nothing",
    "parameters-of-one-name",
    "vendor-folder-without-spec",
}
"""Cases tried as a user does: in a process of their own, which takes a second more."""
MEMORY = 1_000_000_000
"""Bytes that the command may use."""
SECONDS = 30
"""Time that the command may take, on a slow and busy machine."""


def made(root: Path, case: Any) -> list[str]:
    """Write the files of a case into the tree; gives the arguments of the command."""
    for name, content in case.get("files", {}).items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_bytes(content))
    return case.get("vendors", [])


def as_bytes(content: Any) -> bytes:
    if isinstance(content, list):
        return b"".join(as_bytes(part) for part in content)
    if isinstance(content, str):
        return content.encode()
    if "hex" in content:
        return bytes.fromhex(content["hex"])
    text, times = content["repeat"], content["times"]
    if "{n" not in text:
        return text.encode() * times
    return "".join(text.replace("{n}", f"{n}").replace("{n+1}", f"{n + 1}") for n in range(times)).encode()


def limit_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def is_told(line: str, case: Any) -> bool:
    return line.startswith(case["at"] + ": ") and case["says"] in line and "; " in line and line[-1] == "."


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_bad_input_is_refused_at_its_file_and_line(path: Path, generated: Path) -> None:
    case = load(path)
    arguments = made(generated, case)
    before, started = snapshot(generated), time.monotonic()
    with pytest.raises(Problem) as caught:
        generate(arguments, generated)
    assert is_told(str(caught.value), case), str(caught.value)
    assert time.monotonic() - started < SECONDS
    assert snapshot(generated) == before


@pytest.mark.parametrize("name", sorted(THROUGH_THE_COMMAND))
def test_the_command_says_one_line_and_leaves_the_tree_alone(name: str, generated: Path) -> None:
    case = load(Path(__file__).parent / "data/invalid" / f"{name}.yaml")
    arguments = made(generated, case)
    before = snapshot(generated)
    done = subprocess.run(
        [sys.executable, "-m", "scripts", "generate", *arguments],
        cwd=generated,
        env={"PYTHONPATH": str(ROOT), "PHONE_NUMBER_APIS_ROOT": str(generated)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        preexec_fn=limit_memory,
        check=False,
    )
    assert (done.returncode, done.stdout) == (2, "")
    (line,) = done.stderr.splitlines()
    assert is_told(line, case), line
    assert snapshot(generated) == before
