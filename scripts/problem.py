"""Bad input, said in one line."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path


class Problem(Exception):
    """Input that cannot be used.

    Its text is one line: `<file>:<line>: <where>: what is wrong, with the value; what to do.`
    `file` and `line` (1-based) say where a person has to look; `where` names the place in OpenAPI's terms.
    `others` are more of the same input, where looking for them went on; `status` is the exit status.
    """

    status = 2

    def __init__(
        self,
        what: str,
        todo: str,
        *,
        file: Path | str | None = None,
        line: int | None = None,
        where: str | None = None,
    ) -> None:
        self.what, self.todo, self.file, self.line, self.where = what, todo, file, line, where
        self.others: list[Problem] = []
        super().__init__(what, todo)

    def __str__(self) -> str:
        """One line that any terminal shows as it is, whatever the parts hold."""
        place = f"{self.file}:{self.line or 1}: " if self.file else ""
        where = f"{_short(self.where)}: " if self.where else ""
        line = f"{place}{where}{_short(self.what)}; {_short(self.todo)}."
        return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in line)


def refuse(problems: Iterable[Problem]) -> None:
    """Raise the first of several problems, if any, with the others."""
    found = list(problems)
    if found:
        found[0].others = found[1:]
        raise found[0]


def _short(text: str) -> str:
    """The text without line breaks and, if it is long, without its middle."""
    text = " ".join(text.split())
    return text if len(text) <= 400 else f"{text[:150]} … {text[-240:]}"


def shown(path: Path) -> str:
    """The path as a person would type it: relative to the working folder where that is possible."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)
