"""Bench: what it measures with, not what it measures."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from rich.console import Console

from scripts import bench as package
from scripts.bench import (
    BENCHES,
    as_markdown,
    as_table,
    bench,
    benches,
    calls,
    checking,
    processes,
    sending,
    worker,
)
from scripts.bench.example import Example, example
from scripts.bench.large import document
from scripts.bench.measure import Sample, difference, in_turns, ratio, run, together
from scripts.bench.processes import environment, process
from scripts.bench.rows import Row
from scripts.contract import Contract
from scripts.document import dump, load
from scripts.harness.called import called
from scripts.harness.calls import targets
from scripts.harness.cases import requests
from scripts.problem import Problem
from scripts.validity import check
from scripts.vendors import PACKAGE, Vendor, discover

ROWS = [
    Row("ours", "theirs", 0.5, 0.6, 0.4),
    Row("memory", "theirs", 1.514, 1.5),
    Row("import", "httpx", 20.6, 20, 19.2, " ms more"),
    Row("calls", "all succeed", 3, 0, unit=" errors"),
]
VENDORS = pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
SDKS = [path for vendor in discover() if (path := vendor.spec.with_name("sdk.yaml")).exists()]


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
        "| calls | all succeed | 3 errors |  | ≤ 0 errors | missed |",
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


def test_lines_are_those_of_all_python_of_the_client_but_the_runtime(
    tmp_path: Path, commands: list[str]
) -> None:
    made = {"whole/generated/phone_number_apis/large/api/a.py": 2, "whole/generated/phone_number_apis/large/b.py": 1,
            "whole/generated/phone_number_apis/large/README.md": 9, "whole/generated/phone_number_apis/_runtime/c.py": 9,
            "stock/large_client/d.py": 12, "stock/pyproject.toml": 9}  # fmt: skip
    for name, count in made.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("#\n" * count, "utf-8")
    (row,) = BENCHES["lines"](tmp_path)
    assert row.measured == 3 / 12
    assert [command.split()[0] for command in commands] == [sys.executable, "openapi-python-client"]


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


@VENDORS
def test_our_client_and_bare_httpx_send_the_request_that_the_server_expects(vendor: Vendor) -> None:
    made = example(vendor)
    with process("server", *made.served()) as server:
        for task, given in (("ours", made.ours(server.url)), ("bare", made.bare(server.url))):
            with process(task, *given) as caller:
                sample = caller.calls(2)
        assert sample.seconds > 0
        assert sample.memory > 1_000_000


@pytest.mark.parametrize(
    ("kind", "content", "body"),
    [
        ("application/json", b'{"a":1}', {"json": {"a": 1}}),
        ("application/json", b'{"a": 1}', {"content": b'{"a": 1}'}),
        ("application/x-www-form-urlencoded", b"a=1&b=", {"data": {"a": "1", "b": ""}}),
        ("application/x-www-form-urlencoded", b"a=1&a=2", {"content": b"a=1&a=2"}),
        ("text/plain", b"a", {"content": b"a"}),
    ],
)
def test_httpx_writes_the_body_where_it_writes_the_same_bytes(
    kind: str, content: bytes, body: dict[str, Any]
) -> None:
    request = httpx.Request("POST", "http://localhost", headers={"Content-Type": kind}, content=content)
    assert replace(example(discover()[0]), request=request).body == body


@pytest.mark.parametrize(
    ("sent", "options", "path", "keywords"),
    [
        ({"params": {"a": "b c", "d": ""}}, {}, "/x", {"params": {"a": "b c", "d": ""}}),
        ({"params": {"a": ["b", "c"]}}, {}, "/x?a=b&a=c", {}),
        ({"auth": ("me", "a:b")}, {"auth": ("me", "a:b")}, "/x", {}),
        ({"headers": {"Authorization": "Bearer t"}}, {"headers": {"authorization": "Bearer t"}}, "/x", {}),
        ({"json": {"a": 1}}, {}, "/x", {"json": {"a": 1}}),
        (
            {"content": "a", "headers": {"Content-Type": "text/plain"}},
            {"headers": {"content-type": "text/plain"}},
            "/x",
            {"content": b"a"},
        ),
    ],
)
def test_bare_httpx_is_used_as_its_users_do(
    sent: dict[str, Any], options: dict[str, Any], path: str, keywords: dict[str, Any]
) -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(204))
    request = httpx.Client(transport=transport).request("POST", "http://localhost/x", **sent).request
    made = replace(example(discover()[0]), request=request).bare("http://here")
    everywhere = {"accept": "*/*", **options.get("headers", {})}
    assert made == ({**options, "headers": everywhere}, "POST", f"http://here{path}", keywords)


def test_another_request_is_refused() -> None:
    with process("server", b"GET / HTTP/1.1\r\n", b"", b"HTTP/1.1 204 None\r\n\r\n") as server:
        assert httpx.get(server.url).status_code == 204
        assert httpx.get(f"{server.url}/other").status_code == 400
        assert httpx.request("GET", server.url, content=b"more").status_code == 400


class Wire:
    """A connection that keeps what is written."""

    def __init__(self) -> None:
        self.written: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.written.append(data)


def test_a_request_that_comes_in_parts_is_answered_once_it_is_whole() -> None:
    server, wire = worker.Server(b"POST / ", b"abc", b"fine"), Wire()
    server.connection_made(wire)  # pyright: ignore[reportArgumentType] -- all of a transport that is used
    for part in (b"POST / HTTP/1.1\r\nContent-", b"Length: 3\r\n\r", b"\nab"):
        server.data_received(part)
        assert wire.written == []
    server.data_received(b"c")
    server.data_received(b"POST / HTTP/1.1\r\ncontent-length:3\r\n\r\nxyz")
    fine, refused = wire.written
    assert fine == b"fine"
    assert refused.startswith(b"HTTP/1.1 400 ")


def test_a_process_that_fails_is_a_problem_with_what_it_said() -> None:
    with (
        pytest.raises(Problem, match=r"what is measured fails: .*no such call; mend that first"),
        process("by_text", "raise SystemExit('no such call')", {}),
    ):
        pass


def test_so_many_calls_are_made() -> None:
    made: list[str] = []
    call = worker.by_text("def call(): made.append(said)", {"made": made, "said": "hello"})
    seconds, cpu, memory = worker.made(call, 3)
    assert made == ["hello"] * 3
    assert min(seconds, cpu) >= 0
    assert memory > 1_000_000


@VENDORS
def test_a_call_in_memory_gives_what_a_call_over_the_wire_would(vendor: Vendor) -> None:
    made = example(vendor)
    result: Any = worker.in_memory(*made.ours("http://127.0.0.1"), made.answer)()
    assert type(result).__module__.startswith(made.client)
    assert result.to_dict() == httpx.Response(**made.answer).json()


def test_an_operation_without_a_call_that_succeeds_is_a_problem() -> None:
    with pytest.raises(Problem, match="no call of the operation succeeds with JSON"):
        example(discover()[0], "noSuchOperation")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Little work."""
    for name, count in {"TURNS": 1, "CALLS": 2, "AT_ONCE": 3, "BEFORE": 2, "IN_ALL": 4}.items():
        monkeypatch.setattr(calls, name, count)
    monkeypatch.setattr(calls, "discover", lambda: discover()[:1])


@pytest.mark.usefixtures("few")
def test_a_call_is_measured_beside_bare_httpx(tmp_path: Path) -> None:
    (row,) = BENCHES["call"](tmp_path)
    assert row.measured > 0
    assert row.cpu is not None
    assert row.reach == 1.1


@pytest.mark.parametrize(("bench", "each"), [("call", "_beside_bare"), ("memory", "_growth")])
def test_the_worst_client_is_told(
    bench: str, each: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [vendor.name for vendor in discover()]
    monkeypatch.setattr(calls, each, lambda vendor: Row(vendor.name, "", -names.index(vendor.name), 1))
    assert [row.what for row in BENCHES[bench](tmp_path)] == names[:1]


@pytest.mark.usefixtures("few")
def test_a_call_is_measured_beside_an_sdk_in_an_environment_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = example(discover()[0])
    text = "import httpx\n" + (
        f"def call(): httpx.request({made.request.method!r}, server + {made.target!r}, "
        f"content={made.request.content!r}).raise_for_status(); assert given"
    )
    path, wanted = tmp_path / "sdk.yaml", list[str]()
    operation = next(iter(load(discover()[0].spec)["paths"].values()))
    named = next(node["operationId"] for node in operation.values() if "operationId" in node)
    path.write_text(dump({"requirement": "sdk==1", "operation": named, "call": text}), "utf-8")
    monkeypatch.setattr(calls, "_sdk", lambda vendor: path)
    monkeypatch.setattr(
        calls, "environment", lambda requirement: wanted.append(requirement) or Path(sys.executable)
    )
    (row,) = BENCHES["sdk"](tmp_path)
    assert wanted == [row.against] == ["sdk==1"]
    assert row.measured > 0


def test_a_vendor_without_an_sdk_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calls, "_sdk", lambda vendor: tmp_path / "sdk.yaml")
    assert BENCHES["sdk"](tmp_path) == []


@pytest.mark.parametrize("path", SDKS, ids=lambda path: path.parent.name)
def test_an_sdk_is_pinned_and_its_call_is_one_of_the_contract(path: Path) -> None:
    said = load(path)
    assert said.keys() == {"requirement", "operation", "call"}
    assert re.fullmatch(r"[\w.-]+==[\w.]+", said["requirement"])
    nodes = [
        node for item in load(path.with_name("openapi.yaml"))["paths"].values() for node in item.values()
    ]
    assert said["operation"] in [node["operationId"] for node in nodes if "operationId" in node]
    assert "call" in compile(str(said["call"]), str(path), "exec").co_names


def test_the_environment_of_a_requirement_is_made_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Sequence[str]] = []

    def pretended(command: Sequence[str], folder: Path) -> None:
        made.append(command)
        if "venv" in command:
            Path(command[-1]).mkdir(parents=True)

    monkeypatch.setattr(processes, "ROOT", tmp_path)
    monkeypatch.setattr(processes, "run", pretended)
    python = environment("sdk==1")
    assert python == environment("sdk==1")
    assert environment("sdk==2") != python
    assert python.is_relative_to(tmp_path / ".cache" / "bench")
    assert [command[-1] for command in made[1::2]] == ["sdk==1", "sdk==2"]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(("content", "errors"), [(None, 0), (b"another", 3)])
def test_the_errors_of_calls_at_once_are_counted(
    content: bytes | None, errors: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(vendor: Vendor) -> Example:
        made = example(vendor)
        expected = (
            made.request if content is None else httpx.Request("POST", made.request.url, content=content)
        )
        return replace(made, request=expected)

    monkeypatch.setattr(calls, "example", other)
    (row,) = BENCHES["concurrent"](tmp_path)
    assert (row.measured, row.reach) == (errors, 0)


@pytest.mark.usefixtures("few")
def test_memory_is_measured_before_and_after(tmp_path: Path) -> None:
    (row,) = BENCHES["memory"](tmp_path)
    assert -50 < row.measured < 50
    assert row.reach == 2


def test_cases_are_measured_by_those_that_the_server_has_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sent(command: Sequence[str], folder: Path, **environment: str) -> Sample:
        is_ours = "scripts.bench.sending" in command
        for _ in range(4 if is_ours else 2):
            httpx.get(command[command.index("--url" if not is_ours else discover()[0].name) + 1])
        if is_ours:
            seconds = {"making": 3, "calling": 1, "checking": 0}
            Path(command[-1]).write_text(json.dumps(seconds), "utf-8")
        return Sample(4, 8, 0)

    monkeypatch.setattr(checking, "run", sent)
    monkeypatch.setattr(checking, "TURNS", 1)
    monkeypatch.setattr(checking, "discover", lambda: discover()[:1])
    (row,) = BENCHES["cases"](tmp_path)
    assert (row.measured, row.cpu, row.reach) == (0.5, 0.5, 0.5)
    assert row.what.endswith("(making 75%, calling 25%, checking 0%)")


def test_each_case_is_sent_by_the_client_of_either_kind() -> None:
    made = example(discover()[0])
    contract = Contract(load(discover()[0].client / "openapi.yaml"))
    (target,) = targets(discover()[0].name, contract, list(called(contract)))
    with process("counting", made.served()[2]) as server:
        steps = [step for step, _ in sending.sent(target, server.url + made.path, 3)]
        count = len(requests(target.operation, 3))
        assert httpx.request("COUNT", server.url).text == str(2 * count)
        assert httpx.request("COUNT", server.url).text == "0"
    assert steps == ["making", *["calling", "checking"] * count]


def test_a_wrong_answer_to_a_case_is_not_measured() -> None:
    made = example(discover()[0])
    contract = Contract(load(discover()[0].client / "openapi.yaml"))
    (target,) = targets(discover()[0].name, contract, list(called(contract)))
    with (
        process("counting", b"HTTP/1.1 299 Odd\r\nContent-Length: 0\r\n\r\n") as server,
        pytest.raises(AssertionError, match="status_code_conformance"),
    ):
        list(sending.sent(target, server.url + made.path, 1))
