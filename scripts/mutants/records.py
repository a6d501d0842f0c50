"""What is known of mutants: which are no faults, and how many of the others are caught."""

from __future__ import annotations

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
    fitting, unused = dict[Mutant, str](), set(range(len(entries)))
    for mutant in mutants:
        for index, entry in enumerate(entries):
            if _fits(entry, mutant):
                fitting[mutant] = entry["reason"]
                unused.discard(index)
    if complete:
        refuse(
            problem(entries, f"#/{index}", "it fits no mutant", "correct or remove it") for index in unused
        )
    return fitting


def _fits(entry: Any, mutant: Mutant) -> bool:
    """Whether an entry means a mutant: its texts may have `*`; a `way` is the only way that the place is for.

    The places in `but` are not meant.
    """
    said = {"vendor": mutant.vendor, "operator": mutant.operator, "at": mutant.at, "what": mutant.what}
    is_way = "way" not in entry or mutant.ways == frozenset([entry["way"]])
    is_meant = not any(fnmatchcase(mutant.at, each) for each in entry.get("but", ()))
    return is_way and is_meant and all(fnmatchcase(said[key], entry[key]) for key in said if key in entry)


def wanted(kind: str, vendor: str) -> float:
    """The score, in percent, that the mutants of a kind and a vendor must have."""
    scores = load(DATA / "ratchet.yaml")[kind]
    return float(scores.get(vendor, scores["any"]))
