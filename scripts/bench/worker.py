"""What runs in a process of its own: a server, or something that calls it.

Run by its path and by any Python, that of a foreign environment too, so it imports nothing of ours.
It reads pickles: first what it is to be, then how many calls to make; and answers each with one.
"""

from __future__ import annotations

import asyncio
import gc
import os
import pickle
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any

Calling = Callable[[], object]


def ours(client: str, options: dict[str, Any], method: str, keywords: dict[str, Any]) -> Calling:
    """Call by the client of the package `client`; `method` is its path from the client, such as `tag.create`."""
    call = attrgetter(method)(import_module(client).Client(**options))
    return lambda: call(**keywords)


def in_memory(
    client: str, options: dict[str, Any], method: str, keywords: dict[str, Any], answer: dict[str, Any]
) -> Calling:
    """`ours`, but nothing leaves the process."""
    import httpx

    transport = httpx.MockTransport(lambda request: httpx.Response(**answer))
    return ours(client, {**options, "transport": transport}, method, keywords)


def bare(options: dict[str, Any], method: str, url: str, keywords: dict[str, Any]) -> Calling:
    """Send a request by httpx alone, and parse the answer; `options` are those of its client."""
    import httpx

    client = httpx.Client(**options)

    def call() -> object:
        return client.request(method, url, **keywords).raise_for_status().json()

    return call


def by_text(text: str, names: dict[str, Any]) -> Calling:
    """What a Python text, which knows `names`, defines as `call`."""
    exec(compile(text, "<call>", "exec"), names)
    call: Calling = names["call"]
    return call


class Server(asyncio.Protocol):
    """Gives one answer to one request, at once, and refuses any other."""

    def __init__(self, line: bytes, content: bytes, answer: bytes) -> None:
        self.line, self.content, self.answer = line, content, answer
        self.received = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody is there."""
        self.transport: Any = transport

    def data_received(self, data: bytes) -> None:
        """Part of a request, or all of it."""
        self.received += data
        head, end, content = self.received.partition(b"\r\n\r\n")
        if end and len(content) >= _length(head):
            self.transport.write(self.reply(head, content))
            self.received = b""

    def reply(self, head: bytes, content: bytes) -> bytes:
        """What comes back."""
        is_right = head.startswith(self.line) and content == self.content
        return self.answer if is_right else _refusal(self.received)


class Counting(Server):
    """Gives one answer to any request; `COUNT` asks how many there were since the last time."""

    count = 0

    def __init__(self, answer: bytes) -> None:
        super().__init__(b"", b"", answer)

    def reply(self, head: bytes, content: bytes) -> bytes:
        """The answer, or the number."""
        if not head.startswith(b"COUNT "):
            Counting.count += 1
            return self.answer
        told, Counting.count = str(Counting.count).encode(), 0
        return b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(told), told)


def _length(head: bytes) -> int:
    return int(head.lower().partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0] or 0)


def _refusal(received: bytes) -> bytes:
    return b"HTTP/1.1 400 Wrong\r\nContent-Length: %d\r\n\r\n%b" % (len(received), received)


async def _serve(made: Callable[[], asyncio.Protocol]) -> None:
    server = await asyncio.get_running_loop().create_server(made, "127.0.0.1", 0, backlog=1024)
    _tell(server.sockets[0].getsockname()[1])
    await server.serve_forever()


def _tell(what: object) -> None:
    pickle.dump(what, sys.stdout.buffer)
    sys.stdout.buffer.flush()


def made(call: Calling, count: int) -> tuple[float, float, int]:
    """Make so many calls: seconds by the clock and of the processor, and bytes of memory afterwards."""
    clock, cpu = time.perf_counter(), time.process_time()
    for _ in range(count):
        call()
    seconds = time.perf_counter() - clock, time.process_time() - cpu
    gc.collect()
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return *seconds, pages * os.sysconf("SC_PAGE_SIZE")


def main() -> None:
    """Be what the first pickle says, until there are no more."""
    task, given = pickle.load(sys.stdin.buffer)
    if task in ("server", "counting"):
        asyncio.run(_serve(lambda: (Server if task == "server" else Counting)(*given)))
    call = {each.__name__: each for each in (ours, in_memory, bare, by_text)}[task](*given)
    call()
    _tell(None)
    with suppress(EOFError):
        while True:
            _tell(made(call, pickle.load(sys.stdin.buffer)))


if __name__ == "__main__":
    main()
