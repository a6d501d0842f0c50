"""House rules on specs and overlays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..problem import Problem
from ..vendors import ROOT, Vendor, chosen
from .clients import client, errors, schemes
from .documents import extensions, openapi
from .operations import dependencies, operations
from .origins import notes, origin, pages
from .overlays import evidence, order
from .subject import Subject, read
from .values import quotes, values

RULES: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    openapi, extensions, operations, dependencies, schemes, errors, client, values, quotes, order, evidence,
    origin, notes, pages,
)  # fmt: skip


def lint(names: list[str], root: Path = ROOT) -> list[Problem]:
    """Where the vendors called `names` (or all) break a rule, by file and line.

    That a document cannot be used is a finding too, and hides what the rules would find. Raises `Problem` for
    a name that is no vendor's.
    """
    found = [finding for vendor in chosen(names, root) for finding in _whole(_findings(vendor))]
    distinct = {(finding.file, finding.line, finding.what): finding for finding in found}
    return sorted(distinct.values(), key=lambda finding: (str(finding.file), finding.line or 1, str(finding)))


def _findings(vendor: Vendor) -> Iterator[Problem]:
    with vendor.within_reach():
        subject = read(vendor)
        for rule in RULES:
            yield from _whole(rule(subject))


def _whole(findings: Iterator[Problem]) -> Iterator[Problem]:
    """The findings, the one that ends them before their time included."""
    try:
        yield from findings
    except Problem as problem:
        yield from (problem, *problem.others)
