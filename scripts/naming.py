"""Names of several things that stand side by side."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

from . import names
from .contract import Contract
from .kinds import is_object
from .models import Model

_LONGEST = 200
"""Bytes in the name of a module: with its endings, all file systems take it."""


def python_names(
    contract: Contract,
    node: Any,
    kind: str,
    nodes: list[Any],
    wire: list[str],
    wishes: list[str],
    reserved: Set[str] = frozenset(),
) -> list[str]:
    """Distinct Python names of the `nodes` in `node`: what x-python-name says, else the wishes.

    Those that collide are made distinct, and none is one of `reserved`. Raises `Problem` where that cannot be done
    without going against an x-python-name.
    """
    said = [_said(contract, each, reserved) for each in nodes]
    chosen = names.distinct(wire, [name or wish for name, wish in zip(said, wishes, strict=True)], reserved)
    are_modules = kind in ("operations", "tags")
    # not all file systems tell upper from lower case
    keys = [name.casefold() for name in chosen] if are_modules else chosen
    for each, name, key, given in zip(nodes, chosen, keys, said, strict=True):
        wanted = given or name
        if keys.count(key) > 1 or name != wanted:
            both = [w for w, s, c in zip(wire, said, wishes, strict=True) if wanted in (s, c)]
            what = f"the {kind} {' and '.join(f'`{each}`' for each in both)} are both `{wanted}` in Python"
            raise contract.problem(node, what, "give one of them another x-python-name by an overlay")
        if are_modules:
            _check_length(contract, each, name)
    return chosen


def check_classes(contract: Contract, models: list[Model]) -> None:
    """Raise a `Problem` for a model that cannot have its name."""
    for model in models:
        said = _said(contract, model.node, frozenset()) or ""
        if said[:1].islower():
            what = f"`{said}` is not how classes are named in Python"
            raise contract.problem(model.node, what, "begin the x-python-name with a capital")
        if said and said != model.name:
            what = f"two schemas are both `{said}` in Python"
            raise contract.problem(model.node, what, "give one of them another x-python-name by an overlay")
        _check_length(contract, model.node, model.module)


def _said(contract: Contract, node: Any, reserved: Set[str]) -> str | None:
    """The x-python-name of a node; refused where it would hide what generated modules use."""
    said: str | None = node.get("x-python-name") if is_object(node) else None
    if said and (said.startswith("_") or said in reserved | names.RESERVED):
        what = f"the x-python-name `{said}` is one that generated code uses itself"
        raise contract.problem(node, what, "choose another by an overlay")
    return said


def _check_length(contract: Contract, node: Any, name: str) -> None:
    if (length := len(name.encode())) > _LONGEST:
        what = f"the name `{name[:20]}…` has {length} bytes, too many for the name of a file"
        raise contract.problem(node, what, "give it a shorter x-python-name by an overlay")
