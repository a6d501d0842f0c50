"""House rules on specs and overlays."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from ..problem import Problem
from ..vendors import ROOT, chosen
from .documents import extensions, openapi
from .operations import dependencies, operations
from .origins import notes, origin, pages
from .overlays import evidence, order
from .subject import Subject, read
from .values import quotes, values

RULES: tuple[Callable[[Subject], Iterator[Problem]], ...] = (
    openapi, extensions, operations, dependencies, values, quotes, order, evidence, origin, notes, pages
)  # fmt: skip


def lint(names: list[str], root: Path = ROOT) -> list[Problem]:
    """Where the vendors called `names` (or all) break a rule, by file and line.

    Raises `Problem` where a document cannot be used at all.
    """
    subjects = [read(vendor) for vendor in chosen(names, root)]
    found = [finding for subject in subjects for rule in RULES for finding in rule(subject)]
    distinct = {(finding.file, finding.line, finding.what): finding for finding in found}
    return sorted(distinct.values(), key=lambda finding: (str(finding.file), finding.line or 1, str(finding)))
