"""Contract cases that are sent to a server and checked, beside `schemathesis run`."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from operator import attrgetter
from pathlib import Path

import httpx

from ..vendors import ROOT, Vendor, discover
from ..verify.server import CHECKS
from .example import example
from .measure import Sample, in_turns, run
from .processes import process
from .rows import Row, times

TURNS, CASES = 2, 200
"""How often each side makes how many random cases of an operation, beside examples and boundaries."""


def cases(folder: Path) -> list[Row]:
    """Contract cases: made, sent, and their answers checked; of the slowest, if they differ."""
    return [max((_beside_schemathesis(vendor, folder) for vendor in discover()), key=attrgetter("measured"))]


def _beside_schemathesis(vendor: Vendor, folder: Path) -> Row:
    made, parts = example(vendor), folder / "seconds.json"
    with process("counting", made.served()[2]) as server:
        url = server.url + made.path

        def timed(command: Sequence[str]) -> Sample:
            """What one case takes, of those that the server has seen."""
            here = {"PYTHONPATH": str(Path(__file__).parents[2]), "PHONE_NUMBER_APIS_ROOT": str(ROOT)}
            sample = run([sys.executable, "-m", *command], folder, HARNESS_SEED="0", **here)
            count = int(httpx.request("COUNT", server.url).text)
            return sample._replace(seconds=sample.seconds / count, cpu=sample.cpu / count)

        ours, theirs = in_turns(
            TURNS,
            lambda: timed(["scripts.bench.sending", vendor.name, url, str(CASES), str(parts)]),
            lambda: timed(_schemathesis(vendor, url)),
        )
    seconds: dict[str, float] = json.loads(parts.read_text("utf-8"))
    shares = ", ".join(f"{step} {part / sum(seconds.values()):.0%}" for step, part in seconds.items())
    what = f"a contract case through a client ({shares})"
    return times(what, "a case of `schemathesis run`", ours, theirs, 0.5)


def _schemathesis(vendor: Vendor, url: str) -> list[str]:
    """Its command with the phases and checks that we have, on the contract that the client is made of."""
    made = ["--phases", "examples,coverage,fuzzing", "--mode", "positive", "--no-shrink", "--seed", "0"]
    checked = ["--checks", ",".join(CHECKS), "--workers", "1", "--max-examples", str(CASES)]
    return ["schemathesis.cli", "run", str(vendor.client / "openapi.yaml"), "--url", url, *made, *checked]
