"""The reference requests of the design are on the wire byte for byte."""

from __future__ import annotations

import asyncio
import importlib
from pathlib import Path
from typing import Any

import httpx
import pytest

from scripts.document import load
from scripts.vendors import discover

VENDORS = {vendor.name for vendor in discover()}
FOLDER = Path(__file__).parents[1] / "data" / "reference_requests"
CASES = [path for path in sorted(FOLDER.glob("*.yaml")) if path.stem in VENDORS]


def given(vendor: str, case: Any) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """The operation's module, its arguments, and the client's options."""
    module = importlib.import_module(f"phone_number_apis.{vendor}.api.{case['operation']}")
    arguments = dict(case["arguments"])
    models = importlib.import_module(f"phone_number_apis.{vendor}.models")
    for name, fields in case.get("body", {}).items():
        arguments["body"] = getattr(models, name)(**fields)
    return module, arguments, dict(case["client"])


@pytest.mark.parametrize("use_asyncio", [False, True], ids=["sync", "asyncio"])
@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_the_reference_request_is_on_the_wire(path: Path, use_asyncio: bool) -> None:
    case = load(path)
    module, arguments, options = given(path.stem, case)
    sent: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request)
        return httpx.Response(case["answer"]["status"], json=case["answer"]["json"])

    transport = httpx.MockTransport(answer)
    client_class = importlib.import_module(f"phone_number_apis.{path.stem}").Client
    client = client_class(**options, transport=transport, async_transport=transport)
    if use_asyncio:
        result = asyncio.run(module.asyncio(client=client, **arguments))
    else:
        result = module.sync(client=client, **arguments)

    wanted, (request,) = case["request"], sent
    assert (
        f"{request.method} {request.url.scheme}://{request.url.host}{request.url.raw_path.decode()}"
        == wanted["line"]
    )
    for name, value in wanted["headers"].items():
        assert request.headers.get(name) == value
    assert request.content.decode() == wanted["body"]
    assert result.to_dict() == case["answer"]["json"]
