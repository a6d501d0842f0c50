"""An overlay that is kept in store changes the wire once it is switched on."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.document import load
from scripts.generate import generate
from scripts.vendors import ROOT, discover

VENDORS = {vendor.name for vendor in discover()}
FOLDER = Path(__file__).parents[1] / "data" / "optional_overlays"
CASES = [path for path in sorted(FOLDER.glob("*.yaml")) if path.stem in VENDORS]
CALL = """
import importlib, json, sys
import httpx
case = json.loads(sys.argv[1])
def answer(request):
    print(request.method, f"{request.url.scheme}://{request.url.host}{request.url.raw_path.decode()}")
    return httpx.Response(200, json={"result": 1})
package = importlib.import_module("phone_number_apis." + case["vendor"])
module = importlib.import_module(f"{package.__name__}.api.{case['operation']}")
client = package.Client(**case["client"], transport=httpx.MockTransport(answer))
module.sync_detailed(client=client, **case["arguments"])
"""


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_overlay_changes_the_wire_once_it_is_switched_on(path: Path, tmp_path: Path) -> None:
    case = load(path) | {"vendor": path.stem}
    for folder in ("specs", "overlays"):
        shutil.copytree(ROOT / folder / path.stem, tmp_path / folder / path.stem)
    overlay = tmp_path / "overlays" / path.stem / case["overlay"]
    overlay.write_text(overlay.read_text("utf-8").replace("x-enabled: false", "x-enabled: true"), "utf-8")

    generate([path.stem], tmp_path)

    command = [sys.executable, "-c", CALL, json.dumps(case)]
    called = subprocess.run(command, cwd=tmp_path / "generated", capture_output=True, text=True, check=True)
    assert called.stdout.strip() == case["line"]
