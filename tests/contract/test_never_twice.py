"""A server that fails in every way at every point is never asked twice for what may have been carried out."""

from __future__ import annotations

import asyncio
import importlib
import os
from collections import Counter
from itertools import count
from typing import Any

import pytest

from scripts.contract import contract
from scripts.harness.calls import Target
from scripts.harness.cases import requests
from scripts.vendors import discover

ALL_CALLS = int(os.environ.get("FAULTY_CALLS", "10500"))
"""Of all operations together."""
AT_ONCE = 40


class Failing:
    """Counts the requests that arrive, by the name of the call, and fails each in the next of its ways."""

    WAYS = (
        "hang up before reading", "hang up", "reset", "hang", "half a status", "half the headers", "half the body",
        "garbage", "500", "503", "200", "429", "empty", "slow",
    )  # fmt: skip

    def __init__(self, processed: set[str]) -> None:
        self.processed = processed
        self.arrived: Counter[str] = Counter()
        self.turns = count()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, one request."""
        way = self.WAYS[next(self.turns) % len(self.WAYS)]
        try:
            if way != "hang up before reading":
                head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
                length = head.partition("content-length: ")[2].partition("\r\n")[0]
                await reader.readexactly(int(length or 0))
                call = head.partition("x-call: ")[2].partition("\r\n")[0]
                self.arrived[call] += way not in self.processed
                await self.answer(way, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.transport.abort() if way == "reset" else writer.close()

    async def answer(self, way: str, writer: asyncio.StreamWriter) -> None:
        """Answer in this way, as far as it answers at all."""
        body = b'{"result": 1}'
        head = b"HTTP/1.1 %s Well\r\nContent-Type: application/json\r\nContent-Length: %d\r\nConnection: close\r\n\r\n"
        texts = {
            "half a status": b"HTTP/1.", "half the headers": b"HTTP/1.1 200 OK\r\nContent-", "garbage": b"\0\xff\r\n" * 9,
            "half the body": head % (b"200", 99) + body, "empty": head % (b"200", 0),
        }  # fmt: skip
        if way in ("hang", "slow"):
            await asyncio.sleep(0.9 if way == "hang" else 0.01)
        if way.isdecimal() or way == "slow":
            texts[way] = head % ((way if way.isdecimal() else "200").encode(), len(body)) + body
        writer.write(texts.get(way, b""))
        await writer.drain()


def unprocessed(target: Target) -> set[str]:
    """The ways to fail that say that nothing was carried out."""
    operation = target.module.OPERATION
    return {
        way
        for way in Failing.WAYS
        if way.isdecimal() and operation.answers.key(int(way)) in operation.not_processed
    }


async def storm(target: Target, server: Failing, calls: int) -> Counter[str]:
    """Many calls; how they ended."""
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    client = target.client(base_url=f"http://127.0.0.1:{port}", timeout=0.3, max_retries=2)
    arguments = target.arguments(requests(target.operation, 1)[0])
    ends: Counter[str] = Counter()
    gate = asyncio.Semaphore(AT_ONCE)

    async def call(number: int) -> None:
        async with gate:
            try:
                await client.send_async(target.module.OPERATION, *values(target, arguments), headers={"X-Call": str(number)},
                                        **{key: arguments[key] for key in ("body", "content_type") if key in arguments})  # fmt: skip
            except target_errors(target).Error as error:
                ends[type(error).__name__] += 1
            else:
                ends["answered"] += 1

    async with listening:
        await asyncio.gather(*map(call, range(calls)))
        await client.aclose()
    return ends


def values(target: Target, arguments: dict[str, Any]) -> list[Any]:
    """The arguments in the order of the operation's parameters."""
    unset = importlib.import_module("phone_number_apis._runtime.unset").UNSET
    parameters = target.module.OPERATION.parameters
    return [arguments.get(parameter.argument or parameter.name, unset) for parameter in parameters]


def target_errors(target: Target) -> Any:
    return importlib.import_module(f"phone_number_apis.{target.vendor}.errors")


def test_what_may_have_been_carried_out_is_not_asked_for_again(
    target: Target, monkeypatch: pytest.MonkeyPatch
) -> None:
    retries = importlib.import_module("phone_number_apis._runtime.retries")
    monkeypatch.setattr(retries, "FIRST_PAUSE", 0.0)
    calls = ALL_CALLS // sum(1 for vendor in discover() for _ in contract(vendor).operations()) + 1
    server = Failing(unprocessed(target))
    ends = asyncio.run(storm(target, server, calls))
    assert sum(ends.values()) == calls
    assert len(server.arrived) > calls // 20
    if target.module.OPERATION.is_idempotent:
        assert max(server.arrived.values()) > 1
    else:
        assert ends["OutcomeUnknown"] > calls // 20
        assert max(server.arrived.values()) == 1
