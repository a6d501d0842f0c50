"""Rules on where a spec comes from: its pages, how it differs from them, and the notes on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..contract import Contract
from ..document import load, problem, text
from ..problem import Problem, shown
from .subject import Subject
from .validation import broken, validator

FORMS = ("openapi-html", "openapi-markdown", "prose")
"""The forms of page that can be read."""

_TEXT = {"type": "string", "pattern": r"\S"}
_ORIGIN: dict[str, Any] = {
    "type": "object",
    "required": ["url", "form", "read"],
    "properties": {
        "url": {"type": "string", "format": "uri"},
        "form": {"enum": FORMS},
        "read": {"type": "string", "format": "date"},
        "operation": _TEXT,
    },
}
_DIFFERENCE = {"type": "object", "required": ["what", "why"], "properties": {"what": _TEXT, "why": _TEXT}}
_DOCS = {
    "type": "object",
    "required": ["pages", "differences"],
    "properties": {
        "pages": {
            "type": "array",
            "minItems": 1,
            "items": {**_ORIGIN, "required": ["url", "form", "operation"]},
        },
        "differences": {"type": "array", "items": _DIFFERENCE},
    },
}


def origin(subject: Subject) -> Iterator[Problem]:
    """A contract says where it was read, and when."""
    for document in subject.contracts:
        if "x-origin" not in document["info"]:
            todo = "add it to the spec, with `url`, `form` and `read`"
            yield problem(document, "#/info", "the document has no `x-origin`", todo)
        else:
            said = document["info"]["x-origin"]
            yield from broken(
                validator(_ORIGIN), document, "#/info/x-origin", said, "`x-origin`", "correct it"
            )


def notes(subject: Subject) -> Iterator[Problem]:
    """A spec has a README."""
    path = subject.vendor.spec.with_name("README.md")
    if not (path.is_file() and text(path).strip()):
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
    known = [operation.get("operationId") for *_, operation in Contract(subject.spec).operations()]
    for index, page in enumerate([] if found else docs["pages"]):
        if page["operation"] not in known:
            what, todo = f"the spec has no operation `{page['operation']}`", "name it by its operationId"
            yield problem(docs, f"#/pages/{index}/operation", what, todo)
    listed = [] if found else [page["operation"] for page in docs["pages"]]
    for name in known if not found else ():
        if name and name not in listed:
            yield problem(docs, "#/pages", f"no page is that of the operation `{name}`", "list it")
