"""Clients that are rendered for a test, broken or not, and the programs that show what is wrong with them."""

from __future__ import annotations

import copy
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from scripts.contract import Contract
from scripts.document import load, plain
from scripts.generator import render
from scripts.harness.called import Called, called
from scripts.harness.calls import Target, targets
from scripts.harness.findings import Check, Finding
from scripts.lowering import client
from scripts.marks import step
from scripts.runtime.guards import is_array

DOCUMENT = Path(__file__).parent / "data" / "harness.yaml"
GONE = object()
names = (f"vendor{number}" for number in count())


@cache
def orders() -> Contract:
    return Contract(load(DOCUMENT))


def operation(contract: Contract | None = None) -> Called:
    return next(iter(called(contract or orders())))


def rendered(
    package: Path,
    changes: Mapping[str, Any] | None = None,
    python: Mapping[str, str] | None = None,
    contract: Contract | None = None,
) -> Target:
    """The client of a contract with changes in it, to be checked against the contract without them.

    `python` has texts of the client, each with what stands there instead.
    """
    own = contract or orders()
    document, vendor = copy.deepcopy(plain(own.document)), next(names)
    for place, value in (changes or {}).items():
        *above, last = place.split(".")
        node: Any = document
        for key in above:
            node = step(node, key)
        at: Any = int(last) if is_array(node) else last
        if value is GONE:
            del node[at]
        elif is_array(node):
            node[at : at + 1] = [value]
        else:
            node[at] = value
    files = render(client(vendor, Contract(document)), package / vendor)
    for right, wrong in (python or {}).items():
        texts = {path: path.read_text("utf-8") for path in files}
        assert any(right in text for text in texts.values()), texts
        for path, text in texts.items():
            path.write_text(text.replace(right, wrong), "utf-8")
    return targets(vendor, own, [operation(own)])[0]


def first(said: str, checks: Iterable[Check]) -> Finding:
    """The first finding that says so; the checks after it are not made."""
    others: list[str] = []
    for finding in (check.finding for check in checks if check.finding):
        if said in str(finding) or said in f"{finding.wanted}; {finding.found}":
            return finding
        others.append(str(finding))
    raise AssertionError("\n".join(others[:20]) or "nothing is found")


def run(package: Path, finding: Finding) -> str:
    """What the program of a finding prints, with the error that ends it: one of the client, or the one that was found."""
    out, error = ran(package, finding.program)
    kind, _, said = error.partition(". Did you mean")[0].partition(": ")
    is_refused = kind == "TypeError" and "the signature refuses" in finding.found
    is_found = is_refused or (kind in finding.found and said in finding.found.replace("\\", ""))
    assert not error or error.startswith("phone_number_apis.") or is_found, (error, str(finding))
    return f"{out}\n{error}"


def ran(package: Path, program: str) -> tuple[str, str]:
    """What a program prints, and the error that ends it."""
    environment = {**os.environ, "PYTHONPATH": str(package.parent)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    last = done.stderr.rpartition("Traceback (most recent call last):")[2] if done.returncode else ""
    error = re.search(r"^[\w.]+(:|$)[\s\S]*", last, flags=re.MULTILINE)
    assert error or not done.returncode, done.stderr
    return done.stdout, error[0].strip() if error else ""
