"""What the rules look at: all documents of one vendor."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import Any

from ..contract import contract, enabled
from ..document import load
from ..overlay import apply
from ..validity import check
from ..vendors import Vendor


@dataclass(frozen=True)
class Subject:
    """The documents of one vendor, all of them usable.

    `contracts` are the contract, and what it would be with each one of the overlays that are not applied.
    """

    vendor: Vendor
    spec: Any
    overlays: tuple[Any, ...]
    contracts: tuple[Any, ...]


def read(vendor: Vendor) -> Subject:
    """Read the documents of a vendor; raises `Problem` where one cannot be used."""
    made = contract(vendor).document
    spec, overlays = load(vendor.spec), tuple(load(path) for path in vendor.overlays)
    kept = [_with(spec, overlays, overlay) for overlay in overlays if not enabled(overlay)]
    return Subject(vendor, spec, overlays, (made, *kept))


def _with(spec: Any, overlays: tuple[Any, ...], extra: Any) -> Any:
    document = reduce(apply, [each for each in overlays if enabled(each) or each is extra], spec)
    check(document)
    return document
