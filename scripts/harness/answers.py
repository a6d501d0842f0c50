"""Family 3: every documented answer comes back as what the contract says, and what breaks it is told apart."""

from __future__ import annotations

from collections.abc import Iterator

from ..objects import entries
from .calls import Target
from .cases import requests
from .findings import Check, Finding, family
from .outcomes import differences, finding
from .programs import script
from .replies import documented, replies

NAME = "answers"


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Every documented status and media type, with bodies of every shape, by `sync_detailed` and `sync`.

    That asyncio and the methods do the same is seen by the family of parity.
    """
    yield Check(finding=_declared(target))
    arguments = target.arguments(requests(target.operation, count)[0])
    with target.driven(use_asyncio=False) as driver:
        for reply in sorted(replies(target.operation, count), key=lambda each: -target.nearness(each.rule)):
            for function in ("sync_detailed", "sync"):
                done = driver.call(function, arguments, reply.response)
                found = next(differences(target, reply, done, whole=function == "sync_detailed"), None)
                yield Check(
                    reply.rules,
                    found and finding(target, NAME, found, function, arguments, reply.response()),
                )


def _declared(target: Target) -> Finding | None:
    """Statuses and media types for which the client has types, and the contract has none, or the other way round."""
    wanted = {status: {*entries(node, "content")} for status, node in documented(target.operation).items()}
    found = {status: {*content} for status, content in target.module.OPERATION.responses.items()}
    if found == wanted:
        return None
    at = target.operation.contract.pointers[id(target.operation.node["responses"])]
    shown = script(target, f"print({target.module.__name__.rpartition('.')[2]}.OPERATION.responses)")
    return Finding(target, NAME, at, f"types for the answers {wanted}", f"{found}", shown)
