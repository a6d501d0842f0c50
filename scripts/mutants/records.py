"""What is known of mutants: which are no faults, and how many of the others are caught."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from ..document import load, problem
from ..problem import refuse
from .subjects import Mutant

DATA = Path(__file__).parents[2] / "tests/data/mutants"


def listed(mutants: Iterable[Mutant], *, complete: bool) -> dict[Mutant, str]:
    """Those that are listed as no fault, with the reason: they do what the client should do, so no check can tell.

    Raises a `Problem` for an entry that fits none, where these are all that there are.
    """
    entries: list[Any] = load(DATA / "equivalents.yaml")
    fitting, unused, groups = (
        dict[Mutant, str](),
        set[int](),
        defaultdict[tuple[str, str], list[Mutant]](list),
    )
    for mutant in mutants:
        groups[mutant.vendor, mutant.operator].append(mutant)
    for index, entry in enumerate(entries):
        near = [group for key, group in groups.items() if _says(entry, vendor=key[0], operator=key[1])]
        meant = [mutant for group in near for mutant in group if _fits(entry, mutant)]
        fitting.update(dict.fromkeys(meant, str(entry["reason"])))
        if not meant:
            unused.add(index)
    if complete:
        refuse(
            problem(entries, f"#/{index}", "it fits no mutant", "correct or remove it")
            for index in sorted(unused)
        )
    return fitting


def _fits(entry: Any, mutant: Mutant) -> bool:
    """Whether an entry means a mutant at its place: a `way` is the only way that the place is for.

    The places in `but` are not meant.
    """
    is_way = "way" not in entry or mutant.ways == frozenset([entry["way"]])
    is_meant = not any(fnmatchcase(mutant.at, each) for each in entry.get("but", ()))
    return is_way and is_meant and _says(entry, at=mutant.at, what=mutant.what)


def _says(entry: Any, **texts: str) -> bool:
    """Whether texts are what an entry says, if it says anything; it may have `*`."""
    return all(fnmatchcase(text, entry.get(key, "*")) for key, text in texts.items())


def wanted(kind: str, vendor: str) -> float:
    """The score, in percent, that the mutants of a kind and a vendor must have."""
    scores = load(DATA / "ratchet.yaml")[kind]
    return float(scores.get(vendor, scores["any"]))
