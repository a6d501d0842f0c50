"""JSON values by a schema, made by schemathesis in its phases: examples, coverage (boundaries) and fuzzing."""

from __future__ import annotations

import json
import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC
from email.utils import format_datetime
from functools import cache
from typing import Any
from unittest import mock

import hypothesis
import schemathesis
from hypothesis import strategies
from hypothesis.internal.conjecture import providers
from hypothesis.internal.constants_ast import Constants
from schemathesis.generation import GenerationMode
from schemathesis.generation.hypothesis.builder import (
    HypothesisTestConfig,
    HypothesisTestMode,
    create_test,  # pyright: ignore[reportUnknownVariableType] -- it takes and gives a bare Callable
)

from ..contract import Contract
from ..document import plain
from ..kinds import is_array, is_object
from ..objects import entries

SEED = int(os.environ.get("HARNESS_SEED", "0"))
"""What the random values come from: the same in every run, unless the environment says otherwise."""


def values(
    contract: Contract, schema: Any, examples: list[Any], count: int, way: str
) -> tuple[tuple[str, Any], ...]:
    """JSON values that are valid by `schema`: the examples, the boundaries of its keywords, and `count` random ones."""
    return _values(contract, json.dumps(schema), json.dumps(examples), count, way)


@cache
def _values(
    contract: Contract, schema_text: str, examples_text: str, count: int, way: str
) -> tuple[tuple[str, Any], ...]:
    schema, examples = json.loads(schema_text), json.loads(examples_text)
    components = entries(contract.document, "components", "schemas").items()
    content = {
        "schema": one_way(schema, way),
        "examples": {f"e{n}": {"value": v} for n, v in enumerate(examples)},
    }
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {"title": "cases", "version": "1"},
        "paths": {"/": {"post": {
            "requestBody": {"required": True, "content": {"application/json": content}},
            "responses": {"200": {"description": "OK"}},
        }}},
        "components": {"schemas": {name: one_way(node, way) for name, node in components}},
    }  # fmt: skip
    found: list[tuple[str, Any]] = []
    _formats()
    loaded = schemathesis.openapi.from_dict(plain(document))
    loaded.config.generation.update(modes=[GenerationMode.POSITIVE])
    config = HypothesisTestConfig(
        project=loaded.config, modes=list(HypothesisTestMode), explicit_settings=_settings(count), seed=SEED
    )

    def collect(case: Any) -> None:
        found.append((case.meta.phase.name.value if case.meta else "fuzzing", case.body))

    with _same_constants():
        create_test(operation=loaded["/"]["POST"], test_func=collect, config=config)()
    return tuple(found)


@contextmanager
def _same_constants() -> Generator[None]:
    """Keep hypothesis from taking constants out of the modules that happen to be loaded, which vary."""
    with mock.patch.object(providers, "_get_local_constants", Constants):
        providers.CONSTANTS_CACHE.cache.clear()
        yield
        providers.CONSTANTS_CACHE.cache.clear()


@cache
def _formats() -> None:
    """Formats that schemathesis does not know."""
    times = strategies.datetimes(timezones=strategies.just(UTC)).map(lambda time: time.replace(microsecond=0))
    schemathesis.openapi.format("date-time-rfc-2822", times.map(format_datetime))


def _settings(count: int) -> hypothesis.settings:
    return hypothesis.settings(
        max_examples=count,
        derandomize=False,  # it would leave no say to the seed
        database=None,
        deadline=None,
        suppress_health_check=[hypothesis.HealthCheck.too_slow, hypothesis.HealthCheck.filter_too_much,
                               hypothesis.HealthCheck.data_too_large, hypothesis.HealthCheck.large_base_example],
    )  # fmt: skip


def one_way(node: Any, way: str, *, named: bool = False) -> Any:
    """A copy of a schema as this way carries it: with its properties alone, and with bytes as text."""
    if is_array(node):
        return [one_way(item, way) for item in node]
    if not is_object(node):
        return node
    gone = "readOnly" if way == "request" else "writeOnly"
    dropped = ("readOnly", "writeOnly", "example", "examples")
    copy = {key: one_way(item, way) for key, item in node.items() if named or key not in dropped}
    if is_object(node.get("properties")) and not named:
        hidden = {name for name, child in node["properties"].items() if is_object(child) and child.get(gone)}
        kept = {name: child for name, child in node["properties"].items() if name not in hidden}
        copy["properties"] = one_way(kept, way, named=True)
        if "required" in copy:
            copy["required"] = [name for name in copy["required"] if name not in hidden]
    if copy.keys() >= {"oneOf", "discriminator"} and not named:
        copy["anyOf"] = copy.pop(
            "oneOf"
        )  # for the discriminator tells them apart, and not that no other fits
    if copy.get("format") == "binary" and not named:
        del copy["format"]
        copy.setdefault("pattern", "^[ -~]*$")  # of which each is a byte, as lengths have them
    return copy
