"""Specs and overlays to clients: rendered aside, found faithful to the contracts, put in place whole."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

from . import manifest
from .problem import Problem, shown
from .swap import replaced
from .vendors import PACKAGE, ROOT, Vendor, chosen, discover

if TYPE_CHECKING:
    from .contract import Contract

SCRIPTS = Path(__file__).parent
RUNTIME = SCRIPTS / "runtime"
Report = Callable[[str], object]
Parts = dict[str, dict[str, str] | None]


def generate(names: list[str], root: Path = ROOT, report: Report = lambda line: None) -> None:
    """Render the clients of the vendors called `names` (or all) into `generated/`; raises `Problem`.

    The old clients stay until all new ones are found faithful. Those of other vendors are kept, those of
    vendors that are gone are removed. Where neither what goes in nor what came out has changed, that is all.
    Reports a line for each vendor, and for each file that a hand had changed and that is no more as it was.
    """
    vendors, place, began = _found(names, root), root / "generated", perf_counter()
    stamp, aside = root / ".cache/generate", root / ".cache/rendered"
    with _problems(place):
        inputs = _inputs(root)
        if stamp.is_file() and stamp.read_bytes() == _stamp(inputs, place) and not aside.exists():
            lines = [_told(vendor, place, place, began) for vendor in vendors]
        else:
            contracts = _contracts(vendors)
            with replaced(place.resolve(), aside, tree=root) as new:
                _render(contracts, root, new)
                lines = [*manifest.lost(place, new), *_told_shared(place, new)]
                lines += [_told(vendor, place, new, began) for vendor in vendors]
                if set(vendors) == set(discover(root)):
                    stamp.write_bytes(_stamp(inputs, new))
    for line in lines:
        report(line)


def check(names: list[str], root: Path = ROOT) -> list[str]:
    """A line for each file of `generated/` that is not, byte for byte, what rendering gives, and why."""
    vendors, place = _found(names, root), root / "generated"
    with _problems(place), tempfile.TemporaryDirectory() as folder:
        _render(_contracts(vendors), root, Path(folder))
        return list(manifest.stale(place, Path(folder)))


def outdated(vendors: tuple[Vendor, ...], root: Path = ROOT) -> str:
    """That clients were made before a change of what they are made of, in a line; empty where none was."""
    changed = manifest.changed(root / "generated", _made_from(vendors))
    names = [
        vendor.name for vendor in vendors if not changed.keys().isdisjoint({vendor.name, manifest.SHARED})
    ]
    if not names:
        return ""
    kinds = {kind for part, each in changed.items() if part in (*names, manifest.SHARED) for kind in each}
    why = " and ".join(kind for kind in manifest.KINDS if kind in kinds)
    return f"generated/ is stale for {', '.join(names)} ({why} changed); run `scripts/run generate`."


def edited(vendors: tuple[Vendor, ...], root: Path = ROOT) -> str:
    """That a hand changed files of clients, or of what they share, in a line; empty where none did."""
    place = root / "generated"
    names = manifest.edited(place, {manifest.SHARED, *(vendor.name for vendor in vendors)})
    if not names:
        return ""
    more = f" and {len(names) - 1} more" if names[1:] else ""
    todo = "what is said of it holds until `scripts/run generate` replaces it"
    return f"{shown(place / names[0])}{more}: changed by hand; {todo}."


def _told(vendor: Vendor, old: Path, new: Path, began: float) -> str:
    """What became of a client, how large it is, and how long that took: the work is done for all together."""
    before, after = (folder / PACKAGE / vendor.name for folder in (old, new))
    state = "unchanged" if manifest.digest(before) == manifest.digest(after) else "made"
    operations = [path for path in after.glob("api/*/*.py") if path.name != "__init__.py"]
    counts = f"{len(operations)} operation{'s' * (len(operations) != 1)}, {len(manifest.files(after))} files"
    return f"{vendor.name}: {state}, {counts}, {perf_counter() - began:.1f} s"


def _told_shared(old: Path, new: Path) -> Iterator[str]:
    """That what all clients share was made, where it is not as it was."""
    before, after = (folder / PACKAGE / "_runtime" for folder in (old, new))
    if manifest.digest(before) != manifest.digest(after):
        yield f"_runtime, which all clients share: made, {len(manifest.files(after))} files"


def _found(names: list[str], root: Path) -> tuple[Vendor, ...]:
    if not (root / "specs").is_dir():
        raise Problem("there is no such folder", "name a tree that has one", file=shown(root / "specs"))
    return chosen(names, root)


def _contracts(vendors: tuple[Vendor, ...]) -> dict[Vendor, Contract]:
    from .contract import contract  # here and below: not imported where nothing has changed

    contracts: dict[Vendor, Contract] = {}
    for vendor in vendors:
        with vendor.within_reach():
            contracts[vendor] = contract(vendor)
    return contracts


def _render(contracts: Mapping[Vendor, Contract], root: Path, folder: Path) -> None:
    """Write all that `generated/` is to hold into `folder`."""
    from .document import dump
    from .fidelity import verify
    from .formatting import tidy
    from .generator import render
    from .lowering import client

    package = folder / PACKAGE
    sources = write_shared(package)
    for vendor, contract in contracts.items():
        with vendor.within_reach():
            sources |= render(client(vendor.name, contract), package / vendor.name)
        header = _header(f" {vendor.name}", ", the spec with its overlays applied")
        _write(package / vendor.name / "openapi.yaml", header + dump(contract.document))
    tidy(folder, sources)
    verify(package, {vendor.name: contract for vendor, contract in contracts.items()})
    parts = _parts(contracts, root, package)
    _write(package / "README.md", _index(package))
    manifest.write(folder, parts, root / "generated")


def write_shared(package: Path) -> dict[Path, Path]:
    """Write what belongs to no vendor; gives the source of each module that is copied."""
    from .lowering import PROJECT

    version = (
        f'"""Typed clients for vendors\' phone-number APIs."""\n\n__version__ = "{PROJECT["version"]}"\n'
    )
    _write(package / "__init__.py", _header() + version)
    _write(package / "py.typed", _header())
    sources = {package / "_runtime" / path.name: path for path in sorted(RUNTIME.glob("*.py"))}
    for path, source in sources.items():
        _write(path, _header(said=f" from scripts/runtime/{source.name}") + source.read_text("utf-8"))
    return sources


def _index(package: Path) -> str:
    """What all clients can do: their own pages, one below the other."""
    start = "<!-- Generated by `scripts/run generate`; do not edit. -->\n\n# Calls\n"
    pages = [(path.parent.name, path.read_text("utf-8")) for path in sorted(package.glob("*/README.md"))]
    for vendor, page in pages:
        _, _, told = page.partition("\n\n# ")
        start += f"\n## {told.replace('](openapi.yaml)', f']({vendor}/openapi.yaml)')}"
    return start


def _header(arguments: str = "", said: str = "") -> str:
    return f"# Generated by `scripts/run generate{arguments}`{said}; do not edit.\n"


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8", newline="\n")


def _parts(contracts: Mapping[Vendor, Contract], root: Path, package: Path) -> Parts:
    """What each part of the package is made from; the clients of other vendors are kept, that is copied."""
    parts: Parts = {**_made_from(contracts)}
    for vendor in discover(root):
        if vendor not in contracts and vendor.client.is_dir():
            ignored = shutil.ignore_patterns("__pycache__")
            shutil.copytree(vendor.client, package / vendor.name, ignore=ignored)
            parts[vendor.name] = None
    return parts


def _made_from(vendors: Iterable[Vendor]) -> dict[str, dict[str, str]]:
    """The digests of what is there to make the clients of vendors from, and what they share."""
    from .generator import TEMPLATES, VERSION

    templates = manifest.digest(*sorted(TEMPLATES.glob("*.jinja")))
    runtime = manifest.digest(*sorted(RUNTIME.glob("*.py")))
    generator = f"{VERSION} {manifest.digest(*sorted(SCRIPTS.glob('*.py')))}"
    found = {manifest.SHARED: {"generator": generator, "template": runtime}}
    for vendor in vendors:
        documents = {"spec": manifest.digest(vendor.spec), "overlay": manifest.digest(*vendor.overlays)}
        found[vendor.name] = {"generator": generator, "template": templates, **documents}
    return found


def _inputs(root: Path) -> str:
    """All that goes into the clients: documents, scripts, Python and what is installed, by version."""
    installed = sorted(path.name for entry in sys.path for path in Path(entry).glob("*.dist-info"))
    documents = manifest.digest(SCRIPTS, SCRIPTS.parent / "pyproject.toml", root / "specs", root / "overlays")
    return " ".join([sys.version.split()[0], *installed, documents])


def _stamp(inputs: str, place: Path) -> bytes:
    """The statement that these inputs give what is in `place`: true whenever it is read."""
    return f"{inputs} {manifest.digest(place)}\n".encode()


@contextmanager
def _problems(place: Path) -> Generator[None]:
    """What the system refuses, as a `Problem`."""
    try:
        yield
    except OSError as error:
        file = Path(error.filename) if isinstance(error.filename, str) else place
        todo = "nothing was changed; make room or mend the permissions"
        raise Problem(f"{error.strerror or error!s:.300}", todo, file=shown(file)) from None
