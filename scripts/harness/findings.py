"""What a family of checks says: which rules a case has exercised, and what was found to be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, wraps

from ..document import place
from ..marks import keys_of
from .calls import Target
from .rules import Rule


@dataclass(frozen=True)
class Finding:
    """A difference between a client and its contract."""

    target: Target
    family: str
    rule: str
    """The JSON pointer of what is broken, in the contract."""
    wanted: str
    found: str
    program: str = ""
    """Some ten lines of Python that show it, with nothing but the client and httpx."""

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
            lines += ["  to see it:", *(f"    {line}" for line in self.program.splitlines())]
        return "\n".join(lines)


@dataclass(frozen=True)
class Check:
    """One case that has run."""

    rules: frozenset[Rule] = frozenset()
    """What it has exercised."""
    finding: Finding | None = None
    left: str = ""
    """Why the rule is left to the server, where the client does not refuse what breaks it."""


Family = Callable[[Target, int], Iterator[Check]]
"""The checks of one kind for an operation, with so many random cases; they run one by one, as they are taken."""


def family(name: str) -> Callable[[Family], Family]:
    """Makes checks never raise: what a client raises beyond what they expect is a finding, too."""

    def made(checks: Family) -> Family:
        @wraps(checks)
        def checked(target: Target, count: int) -> Iterator[Check]:
            try:
                yield from checks(target, count)
            except Exception as error:
                found = f"{type(error).__name__}: {error}"
                yield Check(finding=Finding(target, name, target.at, "a client that can be called so", found))

        return checked

    return made
