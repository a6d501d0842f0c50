"""All cases of a vendor, each made once and sent by the client of either kind, and the answers checked.

A process of its own: `python -m scripts.bench.sending VENDOR URL COUNT FILE` writes into the file how many
seconds it took to make the cases, to call, and to check.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter
from typing import Any

import httpx

from ..contract import contract
from ..harness.called import called
from ..harness.calls import Target, targets
from ..harness.cases import requests
from ..vendors import ROOT, chosen
from ..verify.server import failures

sys.path.insert(0, str(ROOT / "generated"))  # the clients, which the harness imports


def sent(target: Target, url: str, count: int) -> Iterator[tuple[str, float]]:
    """Send all cases to a server at `url`: the seconds of each step; raises where an answer is wrong."""
    answers: list[httpx.Response] = []

    async def kept(answer: httpx.Response) -> None:
        answers.append(answer)

    plain = target.client(base_url=url, event_hooks={"response": [answers.append]})
    other = target.client("AsyncClient", base_url=url, event_hooks={"response": [kept]})
    started = perf_counter()
    cases = requests(target.operation, count)
    yield "making", perf_counter() - started
    with asyncio.Runner() as runner:
        for case in cases:
            started = perf_counter()
            arguments: dict[str, Any] = target.arguments(case)
            target.module.sync_detailed(client=plain, **arguments)
            runner.run(target.module.asyncio_detailed(client=other, **arguments))
            called_at = perf_counter()
            yield "calling", called_at - started
            while answers:
                if found := failures(target.operation, answers.pop()):
                    raise AssertionError(found)
            yield "checking", perf_counter() - called_at
        runner.run(other.aclose())
        plain.close()


def main(name: str, url: str, count: str, file: str) -> None:
    """For all operations of a vendor."""
    (vendor,) = chosen([name])
    made, seconds = contract(vendor), defaultdict[str, float](float)
    for target in targets(vendor.name, made, list(called(made))):
        for step, taken in sent(target, url, int(count)):
            seconds[step] += taken
    Path(file).write_text(json.dumps(seconds), "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
