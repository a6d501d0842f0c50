from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from scripts import generator
from scripts.generate import check
from scripts.problem import Problem
from scripts.vendors import ROOT


def test_the_generator_is_imported_in_one_module_and_pinned() -> None:
    found = [
        path
        for path in (ROOT / "scripts").rglob("*.py")
        if "openapi_python_client" in path.read_text("utf-8")
    ]
    assert found == [Path(generator.__file__)]
    pins = (ROOT / "scripts/requirements.txt").read_text("utf-8").splitlines()
    assert f"openapi-python-client=={generator.VERSION}" in pins


def without_info(document: dict[str, Any]) -> None:
    del document["info"]


def without_paths(document: dict[str, Any]) -> None:
    document["paths"] = {}


def with_a_dangling_reference(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Thing"] = {"properties": {"a": {"$ref": "#/components/schemas/No"}}}


def with_an_operation_that_cannot_be_parsed(document: dict[str, Any]) -> None:
    for operation in (operation for item in document["paths"].values() for operation in item.values()):
        operation["parameters"][0]["in"] = "query"


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (without_info, "Failed to parse OpenAPI document"),
        (without_paths, "it lost an operation or a model"),
        (with_a_dangling_reference, "Unable to process schema"),
        (with_an_operation_that_cannot_be_parsed, "parameter"),
    ],
)
def test_what_the_parser_does_not_take_in_full_is_refused(
    tree: Path, monkeypatch: pytest.MonkeyPatch, spoil: Any, said: str
) -> None:
    lowered = generator.lowered

    def spoilt(client: Any) -> dict[str, Any]:
        document = lowered(client)
        spoil(document)
        return document

    monkeypatch.setattr(generator, "lowered", spoilt)
    with pytest.raises(Problem, match=f"the generator refuses the lowered contract: .*{said}"):
        check([], tree)
