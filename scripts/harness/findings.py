"""What a family of checks says: which rules a case has exercised, and what was found to be wrong."""

from __future__ import annotations

import os
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps
from pathlib import Path
from typing import NamedTuple, TypeVar
from unittest import mock

from ..document import place
from ..marks import keys_of
from ..problem import shown
from .arguments import Unfit
from .calls import Target
from .programs import outline
from .rules import Rule

_T = TypeVar("_T")
_BEFORE, _LONGEST = 40, 400
"""Characters that are shown of long texts: before the place where they part, and in all."""
ACCEPTED = "accepted"
"""How a server took a case that it answered by a success."""


@dataclass(frozen=True)
class Finding:
    """A difference between a client and its contract."""

    target: Target
    family: str
    rule: str
    """The JSON pointer of what is broken, in the contract."""
    wanted: str
    found: str
    program: str
    """Ten lines of Python or so that show it, with the client and httpx alone; none for what must not be repeated."""

    @cached_property
    def source(self) -> str:
        """The file and line of the spec or overlay that the rule came from."""
        file, line = place(self.target.operation.contract.document, keys_of(self.rule))
        return f"{file}:{line}"

    def __str__(self) -> str:
        """All of it, in lines."""
        lines = [
            f"{self.source}: {self.family} of {self.target}: {self.rule}",
            f"  wanted: {self.wanted}",
            f"  found:  {self.found}",
        ]
        if self.program:
            lines.append("  to see it, run by `PYTHONPATH=generated .venv/bin/python`:")
            lines += [f"    {line}" for line in self.program.splitlines()]
        return "\n".join(lines)


class Wrong(NamedTuple):
    """What a part of a family finds: as a `Finding`, to which the family adds its name and the operation."""

    rule: str
    wanted: str
    found: str
    program: str


@dataclass(frozen=True)
class Check:
    """One case that has run."""

    rules: frozenset[Rule] = frozenset()
    """What it has exercised."""
    finding: Finding | None = None
    left: str = ""
    """Why the rule is left to the server, where the client does not refuse what breaks it."""
    answered: str = ""
    """How a server took the case: `ACCEPTED`, or not, with the status; empty where the answer was made up."""


Family = Callable[[Target, int], Iterator[Check]]
"""The checks of one kind for an operation, with so many random cases; they run one by one, as they are taken."""


def family(name: str) -> Callable[[Family], Family]:
    """Makes checks never raise: what a client raises beyond what they expect is a finding, too."""

    def made(checks: Family) -> Family:
        @wraps(checks)
        def checked(target: Target, count: int) -> Iterator[Check]:
            steps = checks(target, count)
            try:
                while (check := _without_proxies(lambda: next(steps, None))) is not None:
                    yield check
            except Exception as error:
                found = f"{type(error).__name__}: {error}{_raised(error)}"
                told = "a client that can be called so"
                at = error.at if isinstance(error, Unfit) else ""
                yield Check(finding=Finding(target, name, at or target.at, told, found, outline(target)))

        return checked

    return made


def _without_proxies(step: Callable[[], _T]) -> _T:
    """What comes of a step in an environment that names no proxy: httpx would send by that."""
    named = [name for name in os.environ if name.lower().endswith("_proxy")]
    if not named:
        return step()
    with mock.patch.dict(os.environ):
        for name in named:
            del os.environ[name]
        return step()


def parted(one: str, other: str) -> tuple[str, str]:
    """Two long texts, each from shortly before the place where they part."""
    same = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other))
    )
    start = max(0, same - _BEFORE) if max(len(one), len(other)) > _LONGEST else 0
    return _cut(one, start), _cut(other, start)


def _cut(text: str, start: int) -> str:
    end = start + _LONGEST
    return f"{'…' if start else ''}{text[start:end]}{'…' if text[end:] else ''}"


def raised(error: Exception) -> tuple[Path, int] | None:
    """The file and line of the client that raised an error, or that no Python can read; None where there is none."""
    frames = [(each.filename, each.lineno) for each in traceback.extract_tb(error.__traceback__)]
    if isinstance(error, SyntaxError) and error.filename:
        frames.append((error.filename, error.lineno))
    inside = [(Path(name), line or 1) for name, line in frames if "phone_number_apis" in Path(name).parts]
    return inside[-1] if inside else None


def _raised(error: Exception) -> str:
    """Where in the client an error was raised, in words; nothing where it was not raised there."""
    found = raised(error)
    return f", at {shown(found[0])}:{found[1]}" if found else ""
