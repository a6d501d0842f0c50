"""Rules on a vendor's folders: overlays in their order and with their reasons, notes, and the pages read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..contract import Contract
from ..document import load, problem
from ..problem import Problem, shown
from .documents import FORMS
from .subject import Subject
from .validation import broken, validator

_FILE = re.compile(r"(\d{3})-[a-z0-9]+(-[a-z0-9]+)*\.yaml")
_TEXT = {"type": "string", "pattern": r"\S"}
_PAGE = {
    "type": "object",
    "required": ["url", "form", "operation"],
    "properties": {"url": {"type": "string", "format": "uri"}, "form": {"enum": FORMS}, "operation": _TEXT},
}
_DIFFERENCE = {"type": "object", "required": ["what", "why"], "properties": {"what": _TEXT, "why": _TEXT}}
_DOCS = {
    "type": "object",
    "required": ["pages", "differences"],
    "properties": {
        "pages": {"type": "array", "minItems": 1, "items": _PAGE},
        "differences": {"type": "array", "items": _DIFFERENCE},
    },
}


def order(subject: Subject) -> Iterator[Problem]:
    """Overlays are files `NNN-slug.yaml`, no number twice."""
    taken: dict[str, str] = {}
    folder = subject.vendor.root / "overlays" / subject.vendor.name
    for path in sorted(folder.glob("[!.]*")):
        match = _FILE.fullmatch(path.name)
        if not match:
            what = f"the file name `{path.name}` is not that of an overlay"
            yield Problem(what, "name it as in 010-server.yaml", file=shown(path))
        elif first := taken.get(match[1]):
            what = f"the number {match[1]} is that of {first} too"
            yield Problem(what, "take a free one: it gives the order", file=shown(path))
        else:
            taken[match[1]] = path.name


def evidence(subject: Subject) -> Iterator[Problem]:
    """Overlays say what they extend, and each of their actions says why."""
    for overlay in subject.overlays:
        if "extends" not in overlay:
            yield problem(overlay, "#", "the overlay has no `extends`", "name the spec that it is for")
        for index, action in enumerate(overlay["actions"]):
            if not action.get("description", "").strip():
                todo = "give the evidence, and how sure it is"
                yield problem(overlay, f"#/actions/{index}", "the action has no `description`", todo)


def notes(subject: Subject) -> Iterator[Problem]:
    """A spec has a README."""
    path = subject.vendor.spec.with_name("README.md")
    if not (path.is_file() and path.read_text("utf-8").strip()):
        yield Problem(
            "there is no README", "write down sources, open questions and changes", file=shown(path)
        )


def pages(subject: Subject) -> Iterator[Problem]:
    """The pages that a spec was read from are listed, and how it differs from them."""
    path = subject.vendor.spec.with_name("docs.yaml")
    if not path.is_file():
        yield Problem("there are no pages", "list `pages` and `differences`", file=shown(path))
        return
    docs = load(path)
    found = list(broken(validator(_DOCS), docs, "#", docs, "the file", "correct it"))
    yield from found
    known = [each[3].get("operationId") for each in Contract(subject.spec).operations()]
    for index, page in enumerate([] if found else docs["pages"]):
        if page["operation"] not in known:
            what, todo = f"the spec has no operation `{page['operation']}`", "name it by its operationId"
            yield problem(docs, f"#/pages/{index}/operation", what, todo)
