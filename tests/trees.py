"""Small trees of specs and overlays to try the pipeline on, and ways to change them."""

from __future__ import annotations

import shutil
import signal
from collections.abc import Callable
from pathlib import Path

from scripts.generate import generate

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


MODEL = "generated/phone_number_apis/acme/models/thing.py"
MANIFEST = "generated/phone_number_apis/manifest.json"
Mutate = Callable[[Path], object]


def reported(root: Path, *names: str) -> list[str]:
    """What a run of `generate` reports."""
    lines: list[str] = []
    generate(list(names), root, lines.append)
    return lines


def is_made(root: Path) -> bool:
    """Whether a run of `generate` makes the clients anew."""
    before = (root / "generated").stat().st_ino if (root / "generated").exists() else None
    generate([], root)
    return before != (root / "generated").stat().st_ino


def replace(name: str, old: str, new: str) -> Mutate:
    """A change of a text file of a tree."""

    def mutate(root: Path) -> None:
        text = (root / name).read_text("utf-8")
        assert old in text
        (root / name).write_text(text.replace(old, new), "utf-8")

    return mutate


INPUTS: dict[str, Mutate] = {
    "spec": replace("specs/acme/openapi.yaml", "Its name.", "The name."),
    "overlay": replace("overlays/acme/010-describe.yaml", "A thing.", "One thing."),
    "new overlay": lambda root: shutil.copy(
        root / "overlays/acme/010-describe.yaml", root / "overlays/acme/020-again.yaml"
    ),
    "overlay of another name": lambda root: (root / "overlays/acme/010-describe.yaml").rename(
        root / "overlays/acme/009-describe.yaml"
    ),
    "new vendor": lambda root: shutil.copytree(root / "specs/zeta", root / "specs/beta"),
}
OUTPUTS: dict[str, Mutate] = {
    "edited": replace(MODEL, "A thing.", "Any thing."),
    "deleted": lambda root: (root / MODEL).unlink(),
    "extra": lambda root: write(root, {"generated/phone_number_apis/acme/extra.py": ""}),
    "extra outside": lambda root: write(root, {"generated/extra.py": ""}),
    "dangling link": lambda root: (root / "generated/phone_number_apis/link").symlink_to("nowhere"),
    "manifest deleted": lambda root: (root / MANIFEST).unlink(),
    "manifest no JSON": lambda root: write(root, {MANIFEST: "{"}),
    "manifest no object": lambda root: write(root, {MANIFEST: "[1]"}),
    "manifest of another form": lambda root: write(root, {MANIFEST: '{"acme": 1, "zeta": {"files": [2]}}'}),
    "all deleted": lambda root: shutil.rmtree(root / "generated"),
    "a file in its place": lambda root: (shutil.rmtree(root / "generated"), write(root, {"generated": ""})),
}
