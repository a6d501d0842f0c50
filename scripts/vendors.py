"""The vendors of a tree and their folders."""

from __future__ import annotations

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from keyword import iskeyword
from pathlib import Path

from .problem import Problem, shown

ROOT = Path(os.environ.get("PHONE_NUMBER_APIS_ROOT") or Path(__file__).parents[1])
"""The tree to work on: this checkout, unless the environment names another with the same layout."""
PACKAGE = "phone_number_apis"
_NAME = re.compile("[a-z][a-z0-9_]*")


@dataclass(frozen=True)
class Vendor:
    """One vendor: the folders `specs/<name>` and `overlays/<name>`, and the client generated from them."""

    name: str
    root: Path

    @property
    def spec(self) -> Path:
        """The hand-kept OpenAPI document."""
        return self.root / "specs" / self.name / "openapi.yaml"

    @property
    def overlays(self) -> tuple[Path, ...]:
        """The overlays, in the order in which they are applied."""
        return tuple(sorted((self.root / "overlays" / self.name).glob("[!.]*.yaml")))

    @property
    def client(self) -> Path:
        """The folder of the generated client."""
        return self.root / "generated" / PACKAGE / self.name

    @contextmanager
    def within_reach(self) -> Generator[None]:
        """The last net: a contract that nests deeper than Python can follow is a `Problem` of its spec."""
        try:
            yield
        except RecursionError:
            what = "references, schemas or patterns are nested too deeply"
            raise Problem(what, "flatten them", file=shown(self.spec)) from None


def discover(root: Path = ROOT) -> tuple[Vendor, ...]:
    """All vendors of the tree, by name; raises `Problem` for a folder that cannot be a vendor's."""
    if not (root / "specs").is_dir():
        raise Problem("there is no such folder", "name the tree that it lies in", file=shown(root / "specs"))
    overlays, specs = (sorted((root / kind).glob("[!.]*")) for kind in ("overlays", "specs"))
    for path in (root / "overlays", *overlays, *specs):
        if not path.is_dir() and path.name != "README.md" and (path.exists() or path.is_symlink()):
            raise Problem("not a folder", "move or remove it: it would not be read", file=shown(path))
    folders = {path.name: path for path in (*overlays, *specs) if path.is_dir()}
    return tuple(_vendor(folders[name], root) for name in sorted(folders))


def chosen(names: list[str], root: Path = ROOT, *others: Path) -> tuple[Vendor, ...]:
    """The vendors called `names`, or all of them, of one tree or several; raises `Problem` for a name that is none."""
    known = {vendor.name: vendor for each in (root, *others) for vendor in discover(each)}
    for name in names:
        if name not in known:
            near = "".join(f"did you mean `{each}`? " for each in get_close_matches(name, known, 1))
            todo = f"{near}choose from {', '.join(known)}" if known else "write its spec"
            raise Problem(f"there is no vendor `{name}`", todo, file=shown(root / "specs"))
    return tuple(known[name] for name in dict.fromkeys(names)) or tuple(known.values())


def _vendor(folder: Path, root: Path) -> Vendor:
    vendor = Vendor(folder.name, root)
    if not _NAME.fullmatch(folder.name) or iskeyword(folder.name):
        what = f"the folder name `{folder.name}` cannot be that of a Python package"
        todo = "write a lower-case letter, then lower-case letters, digits and _, and no Python keyword"
        raise Problem(what, todo, file=shown(folder))
    if not vendor.spec.is_file():
        what = f"the vendor `{folder.name}` has no spec"
        raise Problem(what, f"write {shown(vendor.spec)}, or remove the folder", file=shown(folder))
    for path in sorted((root / "overlays" / folder.name).glob("[!.]*")):
        if path.name != "README.md" and (path.suffix != ".yaml" or path.is_dir()):
            what = "only files whose names end in .yaml are applied as overlays"
            raise Problem(what, "rename, move or remove it", file=shown(path))
    return vendor
