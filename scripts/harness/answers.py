"""Family 3: every documented answer comes back as what the contract says, and what breaks it is told apart."""

from __future__ import annotations

from collections.abc import Iterator

from .calls import Target
from .cases import requests
from .findings import Check, family
from .outcomes import differences, finding
from .replies import replies

NAME = "answers"


@family(NAME)
def checks(target: Target, count: int) -> Iterator[Check]:
    """Every documented status and media type, with bodies of every shape, by `sync_detailed` and `sync`.

    That asyncio and the methods do the same is seen by the family of parity.
    """
    arguments = target.arguments(requests(target.operation, count)[0])
    with target.driven(use_asyncio=False) as driver:
        for reply in replies(target.operation, count):
            for function in ("sync_detailed", "sync"):
                done = driver.call(function, arguments, reply.response)
                found = next(differences(target, reply, done, whole=function == "sync_detailed"), None)
                yield Check(
                    reply.rules,
                    found and finding(target, NAME, found, function, arguments, reply.response()),
                )
