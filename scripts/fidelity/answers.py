"""What the operations of a contract may be answered, beside what their modules make of it."""

from __future__ import annotations

import re
from typing import Any, get_args, get_type_hints

from . import hints, prose
from .content import check_content
from .faults import added, lost
from .rendered import Rendered
from .values import Values


def check_responses(values: Values, node: Any, found: Rendered, doc: str) -> None:
    """Raise a `Problem` for the first difference between the responses of an operation and what is read."""
    contract, known = values.contract, found.operation.responses
    nodes = {s: contract.described(each) for s, each in node["responses"].items() if not s.startswith("x-")}
    for status, response in nodes.items():
        what = f"the response {status}"
        if status not in known:
            raise lost(contract, response, what)
        check_content(values, response, response.get("content") or {}, known[status], what)
        if not prose.says(_told(doc, status), response.get("description") or ""):
            raise lost(contract, response, f"the description of {what}")
    for status in known.keys() - nodes.keys():
        raise added(contract, node, f"the response {status}")
    _check_results(values, node, found)


def _told(doc: str, status: str) -> str:
    """What the docstring of a method tells of the answers of a status."""
    entries = [told for heading in ("Returns", "Raises") for _, told in prose.section(doc, heading)]
    name = "any other" if status == "default" else status
    return " ".join(told for told in entries if name in _statuses(told))


def _statuses(told: str) -> list[str]:
    """The statuses that an entry such as `Status 401, 429 and 4XX; …` is about."""
    told = told.replace("Any other status", "Status any other", 1)
    found = re.match("Status ([^.;]+)", " ".join(told.split()))
    return re.split(", | and ", found[1]) if found else []


def _check_results(values: Values, node: Any, found: Rendered) -> None:
    """The functions give what the responses hold; those that raise failures, what a success holds."""
    types = {status: hints.types(*content.values()) for status, content in found.operation.responses.items()}
    good = [kind for status, kinds in types.items() if status[0] == "2" for kind in kinds]
    good = good or types.get("default") or hints.types()
    good = [kind for kind in good if not getattr(kind, "__failure__", False)] or good
    whole = [*(kind for kinds in types.values() for kind in kinds), *hints.types()]
    detailed = hints.types(*get_args(get_type_hints(found.module.sync_detailed)["return"]))
    if not hints.same(hints.types(found.hints["return"]), good):
        raise lost(values.contract, node, "the type of what `sync` returns")
    if not hints.same(detailed, whole):
        raise lost(values.contract, node, "the type of what `sync_detailed` returns")
