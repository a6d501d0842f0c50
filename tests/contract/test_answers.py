"""Every documented answer comes back as its model, and goes out again unchanged."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from scripts.harness.calls import Target
from scripts.harness.cases import answers, requests
from scripts.harness.wire import same

CASES = 25


def first_arguments(target: Target) -> dict[str, Any]:
    return target.arguments(requests(target.operation, CASES)[0])


def documented(target: Target) -> list[tuple[str, Any]]:
    responses = target.operation.node["responses"].items()
    return [
        (status, target.operation.contract.resolve(node)) for status, node in responses if status[:2] != "x-"
    ]


def a_status(status: str, others: set[str]) -> int:
    """A status that this key of the responses speaks for."""
    if status == "default":
        return next(
            code for code in range(400, 600) if str(code) not in others and f"{code // 100}XX" not in others
        )
    if status.endswith("XX"):
        return next(code for code in range(int(status[0]) * 100, 600) if str(code) not in others)
    return int(status)


def a_media_type(media_type: str) -> str:
    """A media type that this key of the content speaks for."""
    return media_type.replace("*/*", "application/*").replace("/*", "/x-any")


def written(media_type: str, value: Any) -> bytes:
    """An answer's bytes: JSON, or text as it is."""
    return (json.dumps(value, ensure_ascii=False) if "json" in media_type else str(value)).encode()


def to_json(value: Any) -> Any:
    """What a parsed answer holds, in JSON values."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, list):
        return [to_json(item) for item in value]
    if isinstance(value, dict):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, bytes):
        return value.decode()
    return getattr(value, "text", None) or (value.isoformat() if hasattr(value, "isoformat") else value)


@pytest.mark.parametrize("use_asyncio", [False, True], ids=["sync", "asyncio"])
def test_every_documented_answer_round_trips(target: Target, use_asyncio: bool) -> None:
    arguments, found = first_arguments(target), documented(target)
    with target.driven(use_asyncio=use_asyncio) as driver:
        for status, response in found:
            code = a_status(status, {key for key, _ in found})
            for media_type in response.get("content") or {}:
                for value in answers(target.operation, status, media_type, CASES):
                    content = written(media_type, value)
                    answer = httpx.Response(
                        code, content=content, headers={"content-type": a_media_type(media_type)}
                    )
                    _, got = driver.detailed(arguments, answer)
                    assert (got.status_code, got.content) == (code, content)
                    assert same(to_json(got.parsed), value), value


def test_an_answer_without_documented_content_parses_to_none(target: Target) -> None:
    arguments, found = first_arguments(target), documented(target)
    with target.driven(use_asyncio=False) as driver:
        for status, response in found:
            if not response.get("content"):
                code = a_status(status, {key for key, _ in found})
                for content in (b"", b"whatever"):
                    _, got = driver.detailed(arguments, httpx.Response(code, content=content))
                    assert (got.status_code, got.parsed, got.content) == (code, None, content)
