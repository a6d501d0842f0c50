"""Whatever goes wrong with a call ends in the error that the table of faults names, after as many requests."""

from __future__ import annotations

import asyncio
import copy
import importlib
import inspect
import pickle
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.document import load
from scripts.harness.calls import Target
from scripts.harness.cases import requests

FAULTS = load(Path(__file__).parents[1] / "data" / "faults.yaml")


class Body(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that may end in a reset."""

    def __init__(self, start: bytes, *, is_cut: bool) -> None:
        self.start, self.is_cut = start, is_cut

    def __iter__(self) -> Iterator[bytes]:
        yield self.start
        if self.is_cut:
            raise httpx.ReadError("reset by peer")

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for part in self:
            yield part


class Server:
    """Does what a row of the table says, and counts."""

    def __init__(self, row: dict[str, Any]) -> None:
        self.row, self.sent = row, 0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.sent += 1
        if "fault" in self.row:
            raise getattr(httpx, self.row["fault"])("as the table says")
        body = self.row.get("body", "").encode()
        stream = Body(body, is_cut="cut" in self.row)
        return httpx.Response(self.row["status"], headers=self.row.get("headers", {}), stream=stream)


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.import_module("phone_number_apis._runtime.retries"), "FIRST_PAUSE", 0.0)


def failing(target: Target, answer: Callable[..., Any], use_asyncio: bool, **options: Any) -> Exception:
    """The error of a call."""
    transport = httpx.MockTransport(answer)
    client = target.client(transport=transport, async_transport=transport, max_retries=2, **options)
    arguments = target.arguments(requests(target.operation, 1)[0])
    try:
        if use_asyncio:
            asyncio.run(target.module.asyncio(client=client, **arguments))
        else:
            target.module.sync(client=client, **arguments)
    except Exception as error:
        return error
    raise AssertionError("nothing was raised")


def errors(target: Target) -> Any:
    return importlib.import_module(f"phone_number_apis.{target.vendor}.errors")


def expected(row: dict[str, Any], target: Target) -> dict[str, Any]:
    """The row as it is for one operation."""
    operation = target.module.OPERATION
    key = operation.answers.key(row.get("status", 0))
    whether = "idempotent" if operation.is_idempotent else "other"
    safe = "unprocessed" if key is not None and key in operation.not_processed else "processed"
    return {**row, **row.get(whether, {}), **row.get(safe, {})}


@pytest.mark.parametrize("use_asyncio", [False, True], ids=["sync", "asyncio"])
@pytest.mark.parametrize("row", FAULTS, ids=lambda row: row["what"].replace(" ", "-"))
def test_a_fault_ends_as_the_table_says(target: Target, row: dict[str, Any], use_asyncio: bool) -> None:
    wanted, server = expected(row, target), Server(row)
    error = failing(target, server, use_asyncio)
    assert isinstance(error, getattr(errors(target), wanted["raises"])), repr(error)
    assert wanted["says"] in str(error)
    assert server.sent == wanted["sent"]


def test_every_documented_status_has_its_class(target: Target) -> None:
    tree = errors(target)
    for status, kind in tree.BY_STATUS.items():
        code = int(status.replace("XX", "99"))
        error = failing(target, lambda _, code=code: httpx.Response(code), use_asyncio=False)
        certain = target.module.OPERATION.is_idempotent or code < 500
        assert isinstance(error, kind if certain or issubclass(kind, tree.OutcomeUnknown) else tree.APIError)
        assert error.status == code


def test_every_class_has_one_root_and_can_travel(target: Target) -> None:
    tree = errors(target)
    for name, kind in inspect.getmembers(tree, inspect.isclass):
        if kind.__module__ == tree.__name__:
            assert issubclass(kind, tree.Error), name
            if issubclass(kind, tree.APIError | tree.MalformedResponse):
                error = kind("told", 400, httpx.Headers({"X-Request-Id": "7"}), b"{}")
            else:
                error = kind("where", "rule", 1) if issubclass(kind, tree.InvalidRequest) else kind("told")
            for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
                assert type(twin) is kind
                assert (str(twin), twin.args[:2]) == (str(error), error.args[:2])
