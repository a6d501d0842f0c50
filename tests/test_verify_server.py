"""`verify --base-url`: cases over sockets to a server, whose answers are checked, and who learns nothing twice."""

from __future__ import annotations

import importlib
import itertools
import json
import re
import signal
import socket
import subprocess
import sys
from base64 import b64encode
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import cache
from html import unescape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from time import sleep
from types import SimpleNamespace
from typing import Any, cast

import httpx
import pytest

from scripts.contract import Contract, contract
from scripts.harness import outcomes
from scripts.harness.called import Called, called
from scripts.harness.calls import Target, targets
from scripts.harness.cases import requests
from scripts.harness.replies import replies
from scripts.harness.shard import Shard
from scripts.problem import Problem
from scripts.vendors import ROOT, Vendor, discover
from scripts.verify import server, verify
from scripts.verify.reports import write
from scripts.verify.runs import Run, planned
from scripts.verify.tables import counted, printed
from tests.trees import heeding_ctrl_c

JSON = "application/json"
Answer = tuple[int, dict[str, str], bytes]
SECRET = 'p&ss"w/rd+0123456789'
VENDOR = discover()[0]


class Handler(BaseHTTPRequestHandler):
    """Answers as the server says, and keeps what came."""

    protocol_version = "HTTP/1.1"

    def respond(self) -> None:
        served = cast("Any", self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        served.came.append((self.command, self.path, dict(self.headers), body))
        if (answer := served.answer(self)) is None:
            self.close_connection = True
            return
        status, headers, content = answer
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = respond

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(answer: Callable[[Any], Answer | None]) -> Iterator[Any]:
    """A server on this machine, with its `url` and what `came`."""
    served: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    served.answer, served.came, served.url = answer, [], f"http://127.0.0.1:{served.server_port}"
    thread = Thread(target=served.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield served
    finally:
        served.shutdown()
        thread.join()
        served.server_close()


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Credentials for all clients, as far as they are texts; ctrl-C stays with pytest."""
    for vendor in discover():
        client = importlib.import_module(f"phone_number_apis.{vendor.name}").Client
        for argument, name in client._environment.items():
            monkeypatch.delenv(name, raising=False)
            if argument != "credentials":
                monkeypatch.setenv(name, f"{argument}-{SECRET}")
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    monkeypatch.setenv("COLUMNS", "200")  # whatever pytest runs in


@cache
def target_of(vendor: Vendor) -> Target:
    made = contract(vendor)
    return targets(vendor.name, made, list(called(made)))[0]


def right(vendor: Vendor) -> Answer:
    """An answer as the contract wants it."""
    operation = target_of(vendor).operation
    known = [each for each in replies(operation, 1) if each.fits and each.code < 300 and each.media_type]
    reply = next(each for each in known if not outcomes._is_failure(operation, each))
    return reply.code, {"Content-Type": JSON}, reply.content


def ran(served: Any, target: Target, report: Path) -> int:
    """As `run`, of an operation whose cases were made before."""
    sending, whole = server.Sending(served.url, [target]), Shard(1, 1)
    done = Run(planned([target], ["server"], whole), {"server": sending}, 0, 5, whole, served.url)
    with suppress(server.Stopped):
        deque(done.steps(), maxlen=0)
    printed(done)
    write(done, report)
    return done.status


def run(served: Any, vendor: Vendor = VENDOR, **options: Any) -> int:
    return verify([vendor.name], **{"cases": 5, "base_url": served.url, "allow_billable": True, **options})


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
def test_right_answers_are_fine(vendor: Vendor, capsys: pytest.CaptureFixture[str]) -> None:
    answer = right(vendor)
    with serving(lambda _: answer) as served:
        assert run(served, vendor) == 0
        told = capsys.readouterr().out
        assert told.startswith(f"At most 5 requests to {served.url}, each sent once: 5 of {vendor.name} ")
        assert "0 findings in 5 cases, 5 accepted, " in told
        assert "Rules that no case exercised:\n" in told
        assert len(served.came) == 5


def refusals(target: Target) -> dict[int, Answer]:
    """The failures that the contract documents, in JSON: those below 500, and those in a status of success."""
    known = [each for each in replies(target.operation, 1) if each.fits and each.code < 500]
    failing = [each for each in known if outcomes._is_failure(target.operation, each)]
    failing = [each for each in failing if not outcomes.is_doubtful(target.operation, each)]
    plain = [each for each in failing if each.content_type == JSON]
    plain.sort(key=lambda each: -len(each.content))  # the shortest has no code that means the credentials
    return {each.code: (each.code, {"Content-Type": JSON}, each.content) for each in plain}


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
def test_a_server_that_accepts_no_case_is_a_finding(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = target_of(vendor)
    known = refusals(target)
    assert known
    for code, answer in known.items():
        number = 1 if code in (401, 403, 429) else 5
        with serving(lambda _, answer=answer: answer) as served:
            assert ran(served, target, tmp_path) == 1
        told = capsys.readouterr().out
        assert f"in {counted(number, 'case')}, {number} refused ({code}), 1 operation" in told
        found = {401: "AuthenticationError(", 403: "Forbidden(", 429: "RateLimited("}.get(
            code, f"no case was accepted: 5 refused ({code})"
        )
        if code in (401, 403):
            assert f"set {server._needed(vendor.name)}\n" in told
        assert f"  found:  {found}" in told
        rule = f": request {target.at}\n"
        assert rule in told.partition("no case exercised:\n")[2]
        for path in tmp_path.iterdir():
            text = re.sub(r"\\(.)", r"\1", unescape(path.read_text("utf-8")))
            assert f"{number} refused ({code})" in text
            assert found in text


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
def test_refusals_are_told_and_no_findings_where_another_case_is_accepted(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target, fine = target_of(vendor), right(vendor)
    for code, refusal in refusals(target).items():
        if code in (401, 429):
            continue
        turns = itertools.cycle([fine, refusal])
        with serving(lambda _, turns=turns: next(turns)) as served:
            assert ran(served, target, tmp_path) == 0
        told = capsys.readouterr().out
        assert f"in 5 cases, 3 accepted, 2 refused ({code}), 1 operation" in told
        assert re.search(rf"  5  +3 accepted, 2 refused \({code}\)  +[0-9]+/", told)
        assert f"3 accepted, 2 refused ({code})" in (tmp_path / "junit.xml").read_text("utf-8")


def test_a_code_that_means_the_credentials_is_a_finding_whatever_the_status() -> None:
    for target in map(target_of, discover()):
        for reply in replies(target.operation, 1):
            code, _, _ = outcomes.said(target.operation, reply)
            if reply.code < 300 and outcomes._class(target.operation, reply, code) == "AuthenticationError":
                answer = reply.code, {"Content-Type": JSON}, reply.content
                with serving(lambda _, answer=answer: answer) as served:
                    (check,) = server.Sending(served.url, [target])(target, 1)
                assert check.answered == f"refused ({reply.code})"
                assert check.finding is not None
                assert check.finding.wanted.startswith("an answer to credentials that the server knows; set ")
                return
    pytest.fail("no vendor has such a code")


def test_a_client_that_takes_a_refusal_for_a_success_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    target = target_of(VENDOR)
    answer = refusals(target)[400]

    class Deaf:
        OPERATION = target.module.OPERATION

        @staticmethod
        def sync(client: Any, **_: Any) -> None:
            client.get_httpx_client().post(client.base_url)

    monkeypatch.setattr(Target, "arguments", lambda self, case: {})
    with serving(lambda _: answer) as served:
        monkeypatch.setattr(Target, "module", Deaf)
        (check,) = server.Sending(served.url, [target])(target, 1)
    assert check.answered == "wrong (400)"
    assert check.finding is not None
    assert check.finding.found == "no error for status (400)"


def test_a_user_name_that_is_a_parameter_is_that_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    vendor = next(each for each in discover() if server._own_names(target_of(each)))
    (key,) = server._own_names(target_of(vendor))
    name = server._own_names(target_of(vendor))[key]
    operation = target_of(vendor).operation
    sid, *_ = {case.parameters[key] for case in requests(operation, 9) if case.phase == "fuzzing"}
    monkeypatch.setenv(name, sid)
    status, headers, _ = right(vendor)
    with serving(lambda _: (status, headers, b"[]")) as served:
        assert run(served, vendor, cases=40) == 1
        paths = [path for _, path, _, _ in served.came]
        assert all(sid in path for path in paths)
        assert len({(path, body) for _, path, _, body in served.came}) == len(paths)
    told = capsys.readouterr().out
    assert sid not in told
    assert f"os.environ[{name!r}]" in told
    assert "    import os\n" in told


def test_a_user_name_that_breaks_the_contract_is_no_parameter(monkeypatch: pytest.MonkeyPatch) -> None:
    for vendor in discover():
        target = target_of(vendor)
        for key, name in server._own_names(target).items():
            monkeypatch.setenv(name, "none of the vendor's")
            assert server._own(target) == {}
            assert len({case.parameters[key] for case in server.some(target, 40)}) > 3


@pytest.mark.parametrize("at", [1, 3])
def test_ctrl_c_while_a_request_is_on_its_way_says_which_and_that_its_outcome_is_unknown(
    at: int, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "scripts", "verify", VENDOR.name, "--allow-billable", "--cases", "5"]
    command += ["--report", str(tmp_path)]
    answer, children = right(VENDOR), list[subprocess.Popen[str]]()

    def interrupting(_: Any) -> Answer | None:
        if len(served.came) < at:
            return answer
        children[0].send_signal(signal.SIGINT)
        children[0].wait(30)
        return None

    with serving(interrupting) as served:
        command += ["--base-url", served.url]
        with subprocess.Popen(
            command, cwd=ROOT, stdout=-1, stderr=-1, text=True, preexec_fn=heeding_ctrl_c
        ) as child:
            children.append(child)
            told, errors = child.communicate(timeout=60)
        assert len(served.came) == at
    answers = ", ".join([*([f"{at - 1} accepted"] if at > 1 else []), "1 of unknown outcome"])
    cases = f"{at} case{'s' * (at > 1)}"
    assert (child.returncode, errors) == (
        130,
        f"interrupted after {cases} for {served.url}: {answers}; look there what was carried out.\n",
    )
    assert f"1 finding in {cases}, {answers}" in told
    called = rf"this may have been carried out: {target_of(VENDOR).module.__name__.rpartition('.')[2]}\.sync"
    assert re.search(f"  found:  ctrl-C came before it; {called}.*=", told)
    assert SECRET not in told
    assert "1 of unknown outcome" in (tmp_path / "junit.xml").read_text("utf-8")


def test_a_call_waits_as_long_as_it_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    def slow(_: Any) -> None:
        sleep(0.5)

    with serving(slow) as served:
        assert run(served, cases=1, timeout=0.1) == 1
    assert "ReadTimeout" in capsys.readouterr().out
    with pytest.raises(Problem, match="timeout is 0; give seconds"):
        run(served, timeout=0)


WRONG: dict[str, tuple[int | None, str, bytes]] = {
    "not_a_server_error": (500, JSON, b"{}"),
    "status_code_conformance": (302, JSON, b"{}"),
    "content_type_conformance": (None, "text/html", b"<html>"),
    "response_schema_conformance": (None, JSON, b'[["neither"]]'),
}
"""What does not pass each check; the status is right where there is none."""


@pytest.mark.parametrize("check", WRONG)
def test_a_wrong_answer_is_a_finding_that_names_the_check(
    check: str, capsys: pytest.CaptureFixture[str]
) -> None:
    status, kind, content = WRONG[check]
    answer = status or right(VENDOR)[0], {"Content-Type": kind}, content
    with serving(lambda _: answer) as served:
        assert run(served) == 1
    told = capsys.readouterr().out
    named = re.search("wanted: an answer that passes schemathesis's (.*)", told)
    assert named is not None
    assert check in named[1].split(", ")
    assert "and 4 more of this rule" in told
    assert f"found:  status {answer[0]}: " in told


def test_the_rule_that_an_answer_breaks_is_pointed_at() -> None:
    status, headers, content = right(VENDOR)
    broken = json.loads(content)
    key = next(key for key, value in broken.items() if isinstance(value, dict))
    answer = status, headers, json.dumps({**broken, key: 3}).encode()
    with serving(lambda _: answer) as served:
        sending = server.Sending(served.url, [target_of(VENDOR)])
        finding = next(iter(sending(target_of(VENDOR), 1))).finding
    assert finding is not None
    assert finding.rule.startswith("#/")
    assert Path(finding.source.rpartition(":")[0]).is_file()


def test_an_answer_of_no_branch_is_told_in_the_words_of_the_client() -> None:
    vendor = next(each for each in discover() if each.name == "fonedynamics")
    with serving(lambda _: (200, {"Content-Type": JSON}, b'{"ResponseStatus": 3}')) as served:
        (check,) = server.Sending(served.url, [target_of(vendor)])(target_of(vendor), 1)
    assert check.finding is not None
    assert "schemathesis's response_schema_conformance" in check.finding.wanted
    assert "anyOf" not in check.finding.found
    assert "is not as documented: " in check.finding.found


def test_the_program_of_a_finding_gets_the_same_answer(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda _: (418, {"Content-Type": JSON}, b'{"tea": "pot"}')) as served:
        sending = server.Sending(served.url, [target_of(VENDOR)])
        for check in sending(target_of(VENDOR), 8):
            assert check.finding is not None
            exec(compile(check.finding.program, "program", "exec"), {})
            *_, sent, again = served.came
            assert sent[:2] + sent[3:] == again[:2] + again[3:]
            told = capsys.readouterr().out
            assert told.startswith("418 ")
            assert told.endswith('b\'{"tea": "pot"}\'\n')


def test_a_header_that_is_not_as_documented_is_a_failure() -> None:
    limit = {"required": True, "schema": {"type": "integer"}}
    response = {"description": "Fine.", "headers": {"X-Limit": limit}}
    node: dict[str, Any] = {"responses": {"204": response}}
    info = {"title": "Small", "version": "1"}
    made = Contract({"openapi": "3.1.0", "info": info, "paths": {"/x": {"get": node}}})
    operation = Called(made, "/x", "get", {}, node)
    for headers, names in (({}, {"response_headers_conformance"}), ({"X-Limit": "3"}, set[str]())):
        request = httpx.Request("GET", "http://127.0.0.1/x")
        answer = httpx.Response(204, headers=headers, request=request)
        answer.elapsed = timedelta(0)
        assert server.failures(operation, answer).keys() == names


def test_a_connection_that_ends_early_is_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda _: None) as served:
        assert run(served, cases=3) == 1
        assert len(served.came) == 3
    told = capsys.readouterr().out
    assert "wanted: an answer" in told
    assert re.search(r"  3, 3 findings  +3 without an answer  ", told)


def test_three_calls_without_an_answer_are_enough(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    turns = itertools.cycle([right(VENDOR), None])
    with serving(lambda _: next(turns)) as served, pytest.raises(server.Stopped) as met:
        run(served, cases=40, report=tmp_path)
    why = "3 calls had no answer; 34 requests were not sent"
    assert str(met.value) == f"{why}; see what was carried out, or give more --timeout."
    assert len(served.came) == 6
    assert "3 accepted, 3 without an answer, 1 operation, seed 0, --cases 40" in capsys.readouterr().out
    assert f"incomplete after 0 of 1 step: {why}" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
@pytest.mark.parametrize("code", [401, 403])
def test_a_server_that_does_not_know_the_credentials_is_asked_once(
    code: int, vendor: Vendor, capsys: pytest.CaptureFixture[str]
) -> None:
    def echo(handler: Any) -> Answer:
        told = {"code": 3, "message": handler.headers["Authorization"]}
        return code, {"Content-Type": JSON}, json.dumps(told).encode()

    with serving(echo) as served, pytest.raises(server.Stopped) as met:
        run(served, vendor)
    assert met.value.status == len(served.came) == 1
    assert re.fullmatch(
        rf"the server said: POST .* status {code}.*; 4 requests were not sent; set [A-Z_]+.*", str(met.value)
    )
    told = capsys.readouterr().out + str(met.value)
    assert f"1 finding in 1 case, 1 {'refused' if 'refused' in told else 'wrong'} ({code}), " in told
    assert served.came[0][2]["Authorization"].partition(" ")[2] not in told


def test_a_server_that_forbids_one_case_is_sent_the_others() -> None:
    turns = iter([right(VENDOR), (403, {"Content-Type": JSON}, b"{}"), right(VENDOR), right(VENDOR)])
    with serving(lambda _: next(turns)) as served:
        checks = list(server.Sending(served.url, [target_of(VENDOR)])(target_of(VENDOR), 4))
    assert [check.answered == "accepted" for check in checks] == [True, False, True, True]


@pytest.mark.parametrize("asked", [None, "soon", "61"])
def test_a_server_that_says_to_wait_and_not_how_long_is_asked_once(asked: str | None) -> None:
    headers = {"Content-Type": JSON, **({"Retry-After": asked} if asked else {})}
    with serving(lambda _: (429, headers, b"{}")) as served, pytest.raises(server.Stopped) as met:
        run(served)
    assert len(served.came) == 1
    assert re.search("status 429.*; 4 requests were not sent; give fewer --cases, or wait.$", str(met.value))


def test_a_server_that_says_how_long_to_wait_is_given_that_time(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    paused: list[float] = []
    monkeypatch.setattr(server, "sleep", paused.append)
    vendor = next(each for each in discover() if 429 in refusals(target_of(each)))
    status, headers, content = refusals(target_of(vendor))[429]
    limit = status, {**headers, "Retry-After": "60"}, content
    turns = itertools.cycle([right(vendor), limit, limit])
    with serving(lambda _: next(turns)) as served:
        assert run(served, vendor) == 0
    assert paused == [0, 60, 60, 0, 60]
    assert "0 findings in 5 cases, 2 accepted, 3 refused (429), " in capsys.readouterr().out
    with serving(lambda _: limit) as served, pytest.raises(server.Stopped, match="2 requests were not sent"):
        run(served, vendor)
    assert len(served.came) == 3


def test_no_server_is_one_line_and_said_in_the_reports(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    with pytest.raises(Problem, match=r"the server cannot be reached: .*refused; start it, or name another"):
        verify([VENDOR.name], cases=5, base_url=url, allow_billable=True)
    assert len(capsys.readouterr().out.splitlines()) == 1
    with pytest.raises(Problem):
        verify([VENDOR.name], cases=5, base_url=url, allow_billable=True, report=tmp_path)
    for path in (tmp_path / name for name in ("summary.md", "junit.xml", "index.html")):
        assert "incomplete after 0 of 1 step: the server cannot be reached: " in re.sub(
            r"\\(.)", r"\1", path.read_text("utf-8")
        )


def test_a_server_that_goes_away_ends_the_run_after_what_was_found(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def leaving(self: server.Sending, target: Target, case: Any) -> Any:
        if len(served.came) == 2:
            raise Problem("the server cannot be reached", "start it")
        return check(self, target, case)

    check = server.Sending._check
    monkeypatch.setattr(server.Sending, "_check", leaving)
    with (
        serving(lambda _: (500, {"Content-Type": JSON}, b"[]")) as served,
        pytest.raises(Problem, match="cannot be reached"),
    ):
        run(served)
    told = capsys.readouterr().out
    assert "2 findings in 2 cases" in told
    assert "incomplete after 0 of 1 step: the server cannot be reached." in told


@pytest.mark.parametrize("vendor", discover(), ids=lambda vendor: vendor.name)
def test_a_server_that_echoes_the_credentials_shows_them_to_nobody(
    vendor: Vendor, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    heads: list[str] = []

    def echo(handler: Any) -> Answer:
        heads.append(handler.headers["Authorization"])
        seen = {"headers": dict(handler.headers), "raw": heads[-1], "secret": SECRET}
        status, headers, _ = right(vendor)
        return status, {**headers, "X-Echo": heads[-1]}, json.dumps([seen, SECRET, heads[-1]]).encode()

    with serving(echo) as served:
        assert run(served, vendor, report=tmp_path) == 1
    captured = capsys.readouterr()
    texts = [captured.out, captured.err, *(path.read_text("utf-8") for path in tmp_path.iterdir())]
    assert len(texts) == 5
    client = importlib.import_module(f"phone_number_apis.{vendor.name}").Client
    secrets = {SECRET, *(f"{argument}-{SECRET}" for argument in client._environment)}
    secrets |= {part for head in heads for part in (head, head.partition(" ")[2])}
    for text in texts:
        for secret in secrets:
            assert secret not in text
            assert json.dumps(secret)[1:-1] not in text
            assert b64encode(secret.encode()).decode() not in text


def test_nothing_is_sent_twice_whatever_the_client_does(monkeypatch: pytest.MonkeyPatch) -> None:
    target = target_of(VENDOR)
    answer = right(VENDOR)

    class Twice:
        OPERATION = target.module.OPERATION

        @staticmethod
        def sync(client: Any, **_: Any) -> None:
            http = client.get_httpx_client()
            http.get(f"{client.base_url}/one")
            http.get(f"{client.base_url}/two")

    monkeypatch.setattr(Target, "module", Twice)
    monkeypatch.setattr(Target, "arguments", lambda self, case: {})
    with serving(lambda _: answer) as served:
        (check,) = server.Sending(served.url, [target])(target, 1)
        assert [path for _, path, _, _ in served.came] == ["/one"]
    assert check.finding is not None
    assert check.finding.found == "_Again()"


def test_billable_calls_are_refused_in_one_line_that_names_them(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(lambda _: None) as served:
        with pytest.raises(
            Problem, match=r"not called, as that may cost money: .*; give --allow-billable"
        ) as met:
            run(served, allow_billable=False)
        assert str(target_of(VENDOR)) in str(met.value)
        assert served.came == []


def test_billable_calls_are_left_out_where_there_are_others(capsys: pytest.CaptureFixture[str]) -> None:
    nodes = [{"x-billable": True}, {}, {"x-billable": False}]
    found = [cast("Any", SimpleNamespace(operation=SimpleNamespace(node=node))) for node in nodes]
    assert server.allowed(found, allow_billable=False) == found[1:]
    assert "may cost money" in capsys.readouterr().out
    assert server.allowed(found, allow_billable=True) == found
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    "url",
    ["", "here", "ftp://127.0.0.1", "http://example.com", "https://me:secret@example.com",
     "https://example.com?key=secret", "https://me:a?secret#@b", "https://example.com/#secret", "me:secret@a",
     "https://example.com/?a@secret", "http://127.0.0.1.example.com", "http://[::2]"],
)  # fmt: skip
def test_another_url_is_refused_without_showing_what_may_be_secret(url: str) -> None:
    with pytest.raises(Problem, match=r"--base-url is `.*`: neither") as met:
        server.Sending(url, [])
    shown = "…" if "@" in url else url.partition("?")[0].partition("#")[0]
    assert f"`{shown}`" in str(met.value)
    assert "secret" not in str(met.value)


def test_a_server_is_that_of_one_vendor() -> None:
    with pytest.raises(Problem, match="one server cannot be that of several vendors"):
        verify([], cases=1, base_url="http://127.0.0.1", allow_billable=True)


def test_without_credentials_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in importlib.import_module(f"phone_number_apis.{VENDOR.name}").Client._environment.values():
        monkeypatch.delenv(name, raising=False)
    with (
        serving(lambda _: None) as served,
        pytest.raises(
            Problem, match=r"the environment has no credentials of .*; set [A-Z_]+ (and|or) [A-Z_]+"
        ),
    ):
        run(served)
    assert served.came == []


def test_the_cases_are_as_many_as_asked_for_and_of_all_phases() -> None:
    target = target_of(VENDOR)
    assert [len(server.some(target, count)) for count in (1, 7, 40)] == [1, 7, 40]
    assert len({id(case) for case in server.some(target, 40)}) == 40
    assert {case.phase for case in server.some(target, 40)} >= {"coverage", "fuzzing"}


def test_the_command_says_it_in_one_line() -> None:
    command = [sys.executable, "-m", "scripts", "verify", VENDOR.name, "--base-url", "http://127.0.0.1:9"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert "give --allow-billable" in done.stderr
