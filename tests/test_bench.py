"""Bench: what it measures with, not what it measures."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from scripts import bench as package
from scripts.bench import as_markdown, as_table, bench, benches
from scripts.bench.benches import BENCHES, Row
from scripts.bench.large import document
from scripts.bench.measure import Sample, difference, in_turns, ratio, run, together
from scripts.document import dump, load
from scripts.problem import Problem
from scripts.validity import check
from scripts.vendors import PACKAGE, discover

ROWS = [
    Row("ours", "theirs", 0.5, 0.6, 0.4),
    Row("memory", "theirs", 1.514, 1.5),
    Row("import", "httpx", 20.6, 20, 19.2, " ms more"),
]


@pytest.mark.parametrize("operations", [98, 197])
def test_the_large_document_is_valid_and_has_its_operations(tmp_path: Path, operations: int) -> None:
    path = tmp_path / "openapi.yaml"
    path.write_text(dump(document(operations)), "utf-8")
    read = load(path)
    check(read)
    assert sum(len(item) for item in read["paths"].values()) == operations
    assert (
        len({each["operationId"] for item in read["paths"].values() for each in item.values()}) == operations
    )


def test_the_large_document_has_no_more_schemas_than_its_operations_need() -> None:
    assert set(document(5)["components"]["schemas"]) == {
        "Error",
        "Person",
        "Account",
        "AccountInput",
        "AccountPage",
    }


def test_a_run_is_measured(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "import os, time; os.mkdir(os.environ['NAME']); time.sleep(0.05)"]
    sample = run(command, tmp_path, NAME="made")
    assert (tmp_path / "made").is_dir()
    assert sample.seconds >= 0.05
    assert sample.cpu > 0
    assert sample.memory > 1_000_000


def test_a_run_that_fails_is_a_problem_with_what_it_said(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="fails: no such thing; mend that first"):
        run([sys.executable, "-c", "raise SystemExit('no such thing')"], tmp_path)


def test_jobs_take_turns_and_the_first_round_is_not_kept() -> None:
    order: list[str] = []

    def job(name: str) -> Sample:
        order.append(name)
        return Sample(len(order), 0, 0)

    ours, theirs = in_turns(2, lambda: job("ours"), lambda: job("theirs"))
    assert order == ["ours", "theirs"] * 3
    assert [sample.seconds for sample in (*ours, *theirs)] == [3, 5, 4, 6]


@pytest.mark.parametrize("measure", Sample._fields)
def test_ratios_are_compared_by_turns_and_differences_by_the_least(measure: str) -> None:
    ours, theirs = (
        [Sample(0, 0, 0)._replace(**{measure: value}) for value in values]
        for values in ([1, 4, 30], [2, 4, 10])
    )
    assert ratio(measure, ours, theirs) == 1
    assert difference(measure, ours, theirs) == -1


def test_runs_one_after_the_other_take_the_time_of_all_and_the_memory_of_the_largest() -> None:
    assert together([Sample(1, 3, 5), Sample(2, 3, 7), Sample(4, 3, 6)]) == Sample(7, 9, 7)


def test_the_markdown_table_gives_measured_reach_and_verdict() -> None:
    assert as_markdown(ROWS).splitlines() == [
        "| what | against | measured | CPU | reach | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
        "| ours | theirs | 0.50x | 0.40x | ≤ 0.60x | reached |",
        "| memory | theirs | 1.51x |  | ≤ 1.50x | missed |",
        "| import | httpx | 21 ms more | 19 ms more | ≤ 20 ms more | missed |",
    ]


def test_the_table_has_the_same_cells() -> None:
    console = Console(width=200, record=True)
    console.print(as_table(ROWS))
    printed = console.export_text()
    for cell in ("ours", "1.51x", "≤ 20 ms more", "reached", "missed"):
        assert cell in printed


@pytest.fixture
def commands(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that benches run; none is, but the stock generator is said to take twice as much as ours."""
    made: list[str] = []

    def pretended(command: Sequence[str], folder: Path, **environment: str) -> Sample:
        made.append(" ".join(command))
        assert folder.is_dir()
        return Sample(2, 2, 2) if "openapi-python-client" in command else Sample(1, 1, 1)

    monkeypatch.setattr(benches, "run", pretended)
    return made


def test_generate_is_measured_against_one_stock_run_for_each_vendor(
    tmp_path: Path, commands: list[str]
) -> None:
    vendors = discover()
    whole, nothing = BENCHES["generate"](tmp_path)
    assert whole.measured == whole.cpu == nothing.measured == 1 / (2 * len(vendors))
    for vendor in vendors:
        assert sum(f"{PACKAGE}/{vendor.name}/openapi.yaml" in command for command in commands) == 6


def test_all_work_is_done_again_where_that_is_measured(tmp_path: Path, commands: list[str]) -> None:
    (tmp_path / ".cache").mkdir()
    BENCHES["generate"](tmp_path)
    assert not (tmp_path / ".cache").exists()


def test_the_large_document_is_measured_in_time_memory_and_growth(
    tmp_path: Path, commands: list[str]
) -> None:
    time, memory, growth = BENCHES["large"](tmp_path)
    assert (time.measured, memory.measured, growth.measured) == (0.5, 0.5, 1)
    assert load(tmp_path / "98/specs/large/openapi.yaml").keys() == document(98).keys()
    assert sum(f"{tmp_path}/197/specs/large/openapi.yaml" in command for command in commands) == 4


def test_an_import_is_measured_beside_httpx_for_each_vendor(tmp_path: Path, commands: list[str]) -> None:
    (row,) = BENCHES["import"](tmp_path)
    assert (row.measured, row.cpu) == (0, 0)
    first = [command.rpartition("import ")[2] for command in commands[: 1 + len(discover())]]
    assert first == ["httpx", *(f"{PACKAGE}.{vendor.name}" for vendor in discover())]


@pytest.mark.parametrize("markdown", [True, False])
def test_only_the_benches_that_are_named_run(
    markdown: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(folder: Path) -> list[Row]:
        assert not list(folder.iterdir())
        return [Row("the one", "another", 1, 1)]

    benches: dict[str, Any] = {"one": measured, "other": pytest.fail}
    monkeypatch.setattr(package, "BENCHES", benches)
    bench(["one"], markdown)
    printed = capsys.readouterr().out
    assert "the one" in printed
    assert ("| the one |" in printed) is markdown


def test_all_benches_run_where_none_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def measured(folder: Path) -> list[Row]:
        return [Row("the one", "another", 1, 1)]

    monkeypatch.setattr(package, "BENCHES", {"one": measured, "other": measured})
    bench([], markdown=True)
    assert len(capsys.readouterr().out.splitlines()) == 4


def test_a_bench_that_does_not_exist_is_a_problem() -> None:
    with pytest.raises(Problem, match=f"no bench `speed`; choose from {', '.join(BENCHES)}"):
        bench(["speed"], markdown=False)
