"""Names of several things that stand side by side."""

from __future__ import annotations

from typing import Any

from . import names
from .contract import Contract


def python_names(
    contract: Contract, node: Any, kind: str, wire: list[str], said: list[str | None], wishes: list[str]
) -> list[str]:
    """Distinct Python names: what x-python-name says, else the wishes, made distinct where they collide.

    Raises `Problem` where that cannot be done without going against an x-python-name.
    """
    chosen = names.distinct(wire, [name or wish for name, wish in zip(said, wishes, strict=True)])
    # the names of modules: not all file systems tell upper from lower case
    keys = [name.casefold() for name in chosen] if kind in ("operations", "tags") else chosen
    for name, key, given in zip(chosen, keys, said, strict=True):
        wanted = given or name
        if keys.count(key) > 1 or name != wanted:
            both = [w for w, s, c in zip(wire, said, wishes, strict=True) if wanted in (s, c)]
            what = f"the {kind} {' and '.join(f'`{each}`' for each in both)} are both `{wanted}` in Python"
            raise contract.problem(node, what, "give one of them another x-python-name by an overlay")
    return chosen
