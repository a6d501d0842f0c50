"""What is put to the test: the clients of vendors, and all mutants of them."""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cache, cached_property, partial
from pathlib import Path
from typing import Any

from .. import validity
from ..contract import Contract, contract
from ..document import copied, dump, keys_of, place, pointer
from ..harness.called import Called, called
from ..harness.calls import Target, targets
from ..problem import Problem
from ..vendors import PACKAGE, Vendor
from . import clients
from .lines import Line
from .operators import faults
from .places import Change, Fault, Key, alone
from .python import Edit, edited, edits

RUNTIME = "_runtime"
"""What the clients of all vendors share, in the place of a vendor."""
_WORD, _ALIAS = re.compile(r"\w+"), re.compile(r"(\w+) import OPERATION as (\w+)")
_NAMED = re.compile(r'Parameter\(\s*"([^"]+)"|Name\("([^"]+)"\)|^    (\w+): ')
"""Names in a line: of a parameter, of a property, of an attribute."""
_MODEL = re.compile(r"^from \.(\w+) import (\w+)", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Mutant:
    """A client with one small fault."""

    kind: str
    """Whether the fault is in the `contract` that it is rendered from, in its `python`, or in the `runtime` of all."""
    vendor: str
    operator: str
    at: str
    """A JSON pointer, or a module with the name of a function and a line."""
    what: str
    focus: str
    """The JSON pointer of what it is about, as far as that is known; nothing for all."""
    ways: frozenset[str]
    """Whether requests or answers, or both, are what a fault in a contract is about."""
    operations: frozenset[Key]
    """Those that it can show in; none for a fault in what all share, which knows its lines."""
    write: Callable[[Path, Scope], None]
    """Writes it below a folder, by the contract of a scope; raises `Problem` where there can be no such client."""
    diff: Callable[[], str]
    lines: frozenset[Line] = frozenset()
    """Of what all share, those of the statement that it is in."""

    @property
    def room(self) -> str:
        """The part of the client that a fault in Python is in."""
        return self.at.partition("/")[0].partition(":")[0] if self.kind != "contract" else ""

    def __str__(self) -> str:
        """As a person names it."""
        return f"{self.vendor}: {self.operator}: {self.at}: {self.what}"


class Scope:
    """A contract, or as much of it as one operation needs, and the client in a folder that is rendered from it."""

    def __init__(self, vendor: str, contract: Contract, folder: Path) -> None:
        self.vendor, self.contract, self.folder = vendor, contract, folder
        clients.rendered(vendor, contract, folder / vendor)
        self.modules = clients.modules(folder / vendor)

    @cached_property
    def operations(self) -> dict[Key, Called]:
        """The operations of the contract."""
        return {(each.path, each.method): each for each in called(self.contract)}

    def target(self, operation: Key, focus: str = "") -> Target:
        """An operation of the client that is imported now; the first cases are about what `focus` points to."""
        (target,) = targets(self.vendor, self.contract, [self.operations[operation]])
        return replace(target, focus=focus)


class Subject:
    """A vendor's client as it should be."""

    def __init__(self, vendor: Vendor, folder: Path) -> None:
        self.vendor, self.contract = vendor.name, contract(vendor)
        self.client, self._plain = folder / PACKAGE / vendor.name, folder / "plain" / vendor.name
        self.whole = Scope(self.vendor, self.contract, self._plain)
        clients.tidied(self.vendor, self.contract, folder / PACKAGE)
        self._parts: dict[Key, Scope] = {}

    def scope(self, mutant: Mutant) -> Scope:
        """What a mutant is rendered from and checked by: no more than its operation needs, which takes less time."""
        if mutant.kind != "contract" or len(mutant.operations) > 1:
            return self.whole
        (operation,) = mutant.operations
        if operation not in self._parts:
            self._parts[operation], folder = self.whole, self._plain / str(len(self._parts))
            with suppress(Problem):  # it cannot stand alone
                self._parts[operation] = Scope(self.vendor, alone(self.contract, operation), folder)
        return self._parts[operation]

    def mutants(self) -> Iterator[Mutant]:
        """All mutants, always in the same order."""
        for where, fault in faults(self.contract):
            yield Mutant(
                "contract", self.vendor, fault.operator, fault.at, fault.what, fault.at, where.ways, where.operations,
                partial(self._write, fault.change), partial(self._diff, fault),
            )  # fmt: skip
        for path in sorted(self.client.rglob("*.py")):
            name, source = path.relative_to(self.client), path.read_text("utf-8")
            using = cache(partial(self._using, name, source))
            for edit in edits(source, fields=name.parts[0] == "models"):
                mutant = _of_python("python", self.client, name, source, edit)
                yield replace(mutant, focus=self._focus(source, edit), operations=using(edit.function))

    def _focus(self, source: str, edit: Edit) -> str:
        """The pointer of the parameter or the property in the line of an edit, by its name; under a keyword of it."""
        line = source.splitlines()[edit.line - 1]
        said = _NAMED.search(line)
        name = next(filter(None, said.groups()), "") if said else ""
        ends = f"/properties{pointer(name)[1:]}"
        for node in self.contract.pointers.values() if said else ():
            if said and said[1] is None and node.endswith(ends):
                return f"{node}/-"
        for at, own in self._parameters if said and said[1] else ():
            if own == name:
                return f"{at}/-"
        return ""

    @cached_property
    def _parameters(self) -> list[tuple[str, str]]:
        """The pointer and the name of each parameter."""
        nodes = [node for each in self.whole.operations.values() for node in each.parameters]
        return [(self.contract.pointers[id(node)], node["name"]) for node in nodes]

    def _write(self, change: Change, folder: Path, scope: Scope) -> None:
        document = copied(scope.contract.document)
        change(document)
        validity.check(document)
        clients.rendered(self.vendor, Contract(document), folder)

    def _diff(self, fault: Fault) -> str:
        document = copied(self.contract.document)
        fault.change(document)
        file, line = place(self.contract.document, keys_of(fault.at))
        return _compared(f"{file}:{line} {fault.at}", dump(self.contract.document), dump(document))

    def _using(self, name: Path, source: str, function: str) -> frozenset[Key]:
        """The operations that a function of a module can show in: those that lead to it, or all."""
        if name.parts[0] == "resources":
            known = {alias: module for module, alias in _ALIAS.findall(source)}
            used = {known[word] for word in _WORD.findall(_function(source, function)) if word in known}
            found = {each for each, home in self.homes.items() if home.stem in (used or known.values())}
        elif name.parts[0] == "models" and name.stem != "__init__":
            made = set(re.findall(r"^class (\w+)", source, re.MULTILINE))
            found = {each for each in self.homes if made & self._words(self.homes[each])}
        else:
            found = {each for each, home in self.homes.items() if home == name}
        return frozenset(found or self.homes)

    @cached_property
    def homes(self) -> dict[Key, Path]:
        """The module of each operation."""
        return {
            each: Path(str(self.whole.target(each).module.__file__)).relative_to(self.client)
            for each in self.whole.operations
        }

    def _words(self, module: Path) -> set[str]:
        """The words in the module of an operation, and in the models that it leads to."""
        found, waiting = set[str](), [module]
        while waiting:
            new = {*_WORD.findall((self.client / waiting.pop()).read_text("utf-8"))} - found
            found |= new
            waiting += [self.models[word] for word in new if word in self.models]
        return found

    @cached_property
    def models(self) -> dict[str, Path]:
        """The module of each model."""
        lines = (self.client / "models/__init__.py").read_text("utf-8")
        return {name: Path("models", f"{module}.py") for module, name in _MODEL.findall(lines)}


def shared_mutants(runtime: Path) -> Iterator[Mutant]:
    """All mutants of what the clients of all vendors share, always in the same order."""
    for path in sorted(runtime.glob("*.py")):
        source = path.read_text("utf-8")
        for edit in edits(source):
            mutant = _of_python("runtime", runtime, Path(path.name), source, edit)
            yield replace(mutant, lines=frozenset((path.name, line) for line in edit.within))


def _of_python(kind: str, package: Path, name: Path, source: str, edit: Edit) -> Mutant:
    """A package with a fault in one of its modules."""
    at = f"{name}:{edit.line} {edit.function}".strip()
    argument = f"{edit.keyword}=" if edit.keyword else ""
    what = f"{argument}{_short(edit.old)} → {_short(edit.text)}"
    return Mutant(
        kind, package.name, edit.operator, at, what, "", frozenset(), frozenset(),
        lambda folder, _: clients.linked(package, folder, name, edited(source, edit)),
        lambda: _compared(str(name), source, edited(source, edit)),
    )  # fmt: skip


def _function(source: str, name: str) -> str:
    """The source of a function or class, called as an edit calls it; all where there is none."""
    node: Any = ast.parse(source)
    for part in filter(None, name.split(".")):
        node = [inner for inner in node.body if getattr(inner, "name", None) == part][
            -1
        ]  # what overloads is before it
    return ast.unparse(node)


def _short(text: str) -> str:
    return f"{' '.join(text.split()):.200}"


def _compared(name: str, old: str, new: str) -> str:
    lines = difflib.unified_diff(
        old.splitlines(), new.splitlines(), name, f"{name} (mutant)", n=2, lineterm=""
    )
    return "\n".join(lines)
