"""Small trees of specs and overlays to try the pipeline on."""

from __future__ import annotations

import signal
from pathlib import Path

SPEC = """\
openapi: 3.1.0
info: {title: Things, version: "1"}
servers: [{url: "https://api.example"}]
paths:
  /things/{id}:
    get:
      operationId: getThing
      tags: [things]
      summary: Get a thing
      parameters: [{name: id, in: path, required: true, description: Which., schema: {type: string}}]
      responses:
        "200":
          description: The thing.
          content: {application/json: {schema: {$ref: "#/components/schemas/Thing"}}}
components:
  schemas:
    Thing: {type: object, properties: {name: {type: string, description: Its name.}}}
"""
OVERLAY = """\
overlay: 1.1.0
info: {title: Describe, version: "1"}
extends: ../../specs/acme/openapi.yaml
actions:
  - {target: $.components.schemas.Thing, description: For people., update: {description: A thing.}}
"""
FILES = {
    "specs/acme/openapi.yaml": SPEC,
    "specs/zeta/openapi.yaml": SPEC,
    "overlays/acme/010-describe.yaml": OVERLAY,
}


def write(root: Path, files: dict[str, str]) -> None:
    """Write text files below `root` by their relative paths."""
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def snapshot(folder: Path) -> dict[str, bytes | None]:
    """All files below a folder with their bytes, and all folders."""
    paths = sorted(folder.rglob("*"))
    return {str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None for path in paths}


def heeding_ctrl_c() -> None:
    """Let a child process heed ctrl-C, also where the tests run in the background and ignore it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
