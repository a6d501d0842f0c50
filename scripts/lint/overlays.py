"""Rules on overlays: their files give the order, their actions the reasons."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..document import problem
from ..problem import Problem, shown
from .subject import Subject

_FILE = re.compile(r"(\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.yaml")


def order(subject: Subject) -> Iterator[Problem]:
    """Overlays are files `NNN-slug.yaml`, no number twice."""
    taken: dict[str, str] = {}
    for path in subject.vendor.overlays:
        match = _FILE.fullmatch(path.name)
        if not match:
            what = f"the file name `{path.name}` is not that of an overlay"
            yield Problem(what, "name it as in 010-server.yaml", file=shown(path))
        elif taken.setdefault(match[1], path.name) != path.name:
            what = f"the number {match[1]} is that of {taken[match[1]]} too"
            yield Problem(what, "take a free one: it gives the order", file=shown(path))


def evidence(subject: Subject) -> Iterator[Problem]:
    """Every action of an overlay does something, and says why."""
    for overlay in subject.overlays:
        for index, action in enumerate(overlay["actions"]):
            if not action.get("description", "").strip():
                todo = "give the evidence, and how sure it is"
                yield problem(overlay, f"#/actions/{index}", "the action has no `description`", todo)
            if not ({"update", "copy"} & action.keys() or action.get("remove")):
                todo = "add one of `update`, `copy` and `remove: true`, or remove it"
                yield problem(overlay, f"#/actions/{index}", "the action does nothing", todo)
