"""A type checker refuses the calls that the contracts refuse, and no others."""

from __future__ import annotations

import json
import subprocess
import sys

from scripts.vendors import ROOT

CALLS = ROOT / "tests/data/typed_calls.py"


def test_a_type_checker_refuses_just_the_wrong_calls() -> None:
    command = [
        sys.executable,
        "-m",
        "basedpyright",
        "--outputjson",
        "--pythonpath",
        sys.executable,
        str(CALLS),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    said = json.loads(done.stdout)["generalDiagnostics"]
    refused = {each["range"]["start"]["line"] + 1 for each in said if each["severity"] == "error"}
    wrong = {n for n, line in enumerate(CALLS.read_text("utf-8").splitlines(), 1) if line.endswith("# wrong")}
    assert refused == wrong, [each["message"] for each in said]
