"""The command `verify`: what it runs, what it prints, and how it ends."""

from __future__ import annotations

import os
import re
import runpy
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from scripts import manifest
from scripts import verify as package
from scripts.commands import app
from scripts.harness.calls import Target
from scripts.harness.findings import Check, Family, Finding
from scripts.harness.rules import Rule, rules
from scripts.harness.shard import Shard
from scripts.problem import Problem
from scripts.vendors import ROOT, discover
from scripts.verify import verify
from scripts.verify.runs import Outcome
from tests.trees import heeding_ctrl_c

VENDORS = [vendor.name for vendor in discover()]


def known(target: Target) -> list[Rule]:
    return sorted(rules(target.operation))


def fine(target: Target, count: int) -> Iterator[Check]:
    yield from (Check(frozenset([rule])) for rule in known(target)[2:])


def wrong(target: Target, count: int) -> Iterator[Check]:
    """Three findings of one rule, one of another, and a rule that is left to the server."""
    first, second, third, *_ = known(target)
    for number in range(3):
        yield Check(
            frozenset([first]), Finding(target, "wrong", first.pointer, "one", f"the {number}", "print(1)")
        )
    yield Check(frozenset([third]), Finding(target, "wrong", third.pointer, "two", "none", "print(2)"))
    yield Check(frozenset([second]), left="only the server knows the time")


def other(target: Target, count: int) -> Iterator[Check]:
    yield from (Check(frozenset([rule])) for rule in known(target)[1:3])


@pytest.fixture(autouse=True)
def families(monkeypatch: pytest.MonkeyPatch) -> dict[str, Family]:
    """Two quick families in place of the real ones; ctrl-C stays with pytest."""
    given: dict[str, Family] = {"fine": fine, "wrong": wrong}
    monkeypatch.setattr(package, "FAMILIES", given)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    monkeypatch.setenv("COLUMNS", "200")  # whatever pytest runs in
    return given


def test_all_is_fine(families: dict[str, Family], capsys: pytest.CaptureFixture[str]) -> None:
    del families["wrong"]
    assert verify([], cases=3) == 0
    told = capsys.readouterr().out
    assert all(name in told for name in VENDORS)
    assert told.splitlines()[-1].startswith("0 findings in ")


def test_the_table_has_cases_findings_and_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert verify(VENDORS[:1], cases=3) == 1
    row = next(line for line in capsys.readouterr().out.splitlines() if line.strip().startswith(VENDORS[0]))
    good, bad, exercised, seconds = (cell.strip() for cell in re.split("  +", row.strip())[1:])
    assert bad == "5, 4 wrong"
    total = int(good) + 2
    assert exercised == f"{total - 1}/{total}"
    assert seconds.endswith(" s")


def test_findings_of_a_rule_are_told_once_whole(capsys: pytest.CaptureFixture[str]) -> None:
    verify(VENDORS[:1], cases=3)
    told = capsys.readouterr().out
    shown = "  to see it, run by `PYTHONPATH=generated .venv/bin/python`:\n    print(1)\n"
    assert told.count(f"found:  the 0\n{shown}  and 2 more of this rule\n") == 1
    assert "the 1" not in told
    assert (
        "found:  none\n  to see it, run by `PYTHONPATH=generated .venv/bin/python`:\n    print(2)\n\n" in told
    )


def test_of_the_findings_of_a_rule_that_with_the_shortest_program_is_told(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    def random(target: Target, count: int) -> Iterator[Check]:
        for text in ("\U000e6d26", "{}", "long", "[]"):
            yield Check(finding=Finding(target, "wrong", "#/info", "one", text, f"print({text!r})"))

    families["wrong"] = random
    verify(VENDORS[:1], cases=3)
    told = capsys.readouterr().out
    assert told.count("found:  ") == told.count("found:  {}\n") == 1
    assert "  and 3 more of this rule\n" in told


def test_rules_that_nothing_exercised_are_named(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    del families["wrong"]
    verify(VENDORS[:1], cases=3)
    _, _, told = capsys.readouterr().out.partition("Rules that no case exercised:\n")
    first, second, end, *_ = told.splitlines()
    assert end == ""
    for line in (first, second):
        file, number, way, pointer = line.split(":")[0].strip(), *line.split(":")[1:], ""
        assert (ROOT / file).is_file()
        assert int(number) > 0
        assert "#/" in way + pointer


def test_rules_left_to_the_server_are_named_with_the_reason(capsys: pytest.CaptureFixture[str]) -> None:
    verify(VENDORS[:1], cases=3)
    _, _, told = capsys.readouterr().out.partition("Rules left to the server:\n")
    assert told.splitlines()[0].endswith(": only the server knows the time")


def test_a_family_without_a_case_proves_nothing(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    families["wrong"] = lambda target, count: iter(())
    assert verify(VENDORS[:1], cases=3) == 1
    told = capsys.readouterr().out
    assert "  wanted: a case\n  found:  no case could be made\n" in told
    assert "1 finding in " in told


def test_what_came_over_the_wire_cannot_act_on_the_terminal(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    def hostile(target: Target, count: int) -> Iterator[Check]:
        yield Check(finding=Finding(target, "wrong", "#", "one", "\x1b[2Jgone\ud800 [bold]", "print(1)"))

    families["wrong"] = hostile
    verify(VENDORS[:1], cases=3)
    assert r"\x1b[2Jgone\ud800 [bold]" in capsys.readouterr().out


@pytest.mark.parametrize("of", [1, 2, 3, 5, 7])
def test_the_parts_add_up_to_the_whole(of: int, families: dict[str, Family]) -> None:
    done: list[tuple[str, str]] = []

    def noted(name: str) -> Family:
        def family(target: Target, count: int) -> Iterator[Check]:
            done.append((str(target), name))
            yield Check()

        return family

    families.update({name: noted(name) for name in ("fine", "wrong", "more")})
    verify([], cases=3)
    whole, done[:] = list(done), []
    for number in range(1, of + 1):
        verify([], cases=3, shard=f"{number}/{of}")
    assert sorted(done) == sorted(whole)
    assert len(set(whole)) == len(whole) > 3


def untouched(report: str) -> set[str]:
    """The rules that the Markdown lists under the title that says that no case exercised them."""
    _, _, rest = report.partition("no case exercised")
    return {line for line in rest.partition("</details>")[0].splitlines() if line.startswith("- ")}


def test_what_every_part_leaves_untouched_is_what_the_whole_does(
    families: dict[str, Family], tmp_path: Path
) -> None:
    del families["wrong"]
    families["other"] = other
    found: list[set[str]] = []
    for shard in (None, "1/2", "2/2"):
        verify([], cases=3, shard=shard, report=tmp_path)
        told = (tmp_path / "summary.md").read_text("utf-8")
        assert ("of this part; what stands so in every part, none does" in told) is (shard is not None)
        found.append(untouched(told))
    whole, *parts = found
    assert whole
    assert set.intersection(*parts) == whole


def test_a_part_says_only_how_many_rules_it_left_untouched(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    del families["wrong"]
    verify(VENDORS[:1], cases=3, shard="1/1")
    lines = capsys.readouterr().out.partition("no case exercised:\n")[2].partition("\n\n")[0].splitlines()
    families["other"] = lambda target, count: iter([Check()])
    verify(VENDORS[:1], cases=3, shard="1/2")
    told = capsys.readouterr().out
    assert (
        f"No case of this part exercised {len(lines)} rules, which the reports (--report DIR) name." in told
    )
    assert not any(line in told for line in lines)


def test_a_part_with_nothing_to_do_says_so(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert verify(VENDORS[:1], cases=3, shard="9/9", report=tmp_path) == 0
    told = capsys.readouterr().out
    assert told.startswith("Part 9/9 has nothing to do: ")
    assert "operation  " not in told
    assert ": nothing to do\n" in (tmp_path / "summary.md").read_text("utf-8")


@pytest.mark.parametrize("text", ["", "2", "0/2", "3/2", "-1/2", "1/0", "a/b", "1/2/3", "1/2\n"])
def test_what_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(Problem, match="names no part of the work; write --shard 2/5 "):
        Shard.read(text)


def test_ctrl_c_tells_what_was_found_so_far(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(target: Target, count: int) -> Iterator[Check]:
        yield from wrong(target, count)
        raise KeyboardInterrupt

    families["wrong"] = stopped
    assert verify([], cases=3) == 130
    told = capsys.readouterr().out
    assert "found:  the 0" in told
    assert "4 findings in " in told
    assert f"incomplete after 1 of {2 * len(VENDORS)} steps: interrupted." in told
    assert "no case exercised" not in told


def test_ctrl_c_that_got_lost_is_heeded_after_the_case(
    families: dict[str, Family], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    handlers = []
    monkeypatch.setattr("signal.signal", lambda number, handler: handlers.append(handler))

    def losing(target: Target, count: int) -> Iterator[Check]:
        yield Check()
        with pytest.raises(KeyboardInterrupt):
            handlers[0]()
        while True:
            yield Check()

    families["fine"] = losing
    assert verify([], cases=3) == 130
    assert f"incomplete after 0 of {2 * len(VENDORS)} steps: interrupted." in capsys.readouterr().out


def test_a_fault_of_ours_is_not_hidden(families: dict[str, Family]) -> None:
    def faulty(target: Target, count: int) -> Iterator[Check]:
        yield Check()
        raise ZeroDivisionError

    families["fine"] = faulty
    with pytest.raises(ZeroDivisionError):
        verify([], cases=3)


def test_a_client_that_cannot_be_imported_is_a_finding_with_its_file_and_line(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for text, line in (("a = 1\nb = = 2\n", 2), ("\n\nraise KeyError(3)\n", 3)):
        file = tmp_path / "phone_number_apis" / f"at{line}.py"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

        def broken(*_: object, file: Path = file) -> None:
            runpy.run_path(str(file))

        monkeypatch.setattr(package, "targets", broken)
        with pytest.raises(Problem, match=r"the client cannot be imported: (Syntax|Key)Error: ") as met:
            verify(VENDORS[:1], cases=3)
        assert met.value.status == 1
        assert str(met.value).startswith(f"{file}:{line}: ")
        assert "; run `scripts/run generate`; if that is how it is made, " in str(met.value)


def test_a_client_that_a_hand_changed_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read, name = manifest._read, f"phone_number_apis/{VENDORS[0]}/errors.py"

    def other(folder: Path) -> Any:
        record = read(folder)
        record[VENDORS[0]]["files"] = {**record[VENDORS[0]]["files"], name: "another"}
        return record

    monkeypatch.setattr(manifest, "_read", other)
    verify(VENDORS[1:2], cases=3)
    assert capsys.readouterr().err == ""
    verify(VENDORS[:1], cases=3)
    said = "changed by hand; what is said of it holds until `scripts/run generate` replaces it."
    assert capsys.readouterr().err == f"warning: generated/{name}: {said}\n"


ENDLESS = """
import itertools, sys
from scripts import __main__
from scripts.harness.families import FAMILIES
from scripts.harness.findings import Check, Finding

def endless(target, count):
    yield Check(finding=Finding(target, "endless", "#", "an end", "none", "print(1)"))
    print("begun", file=sys.stderr, flush=True)
    yield from itertools.repeat(Check())

FAMILIES.clear()
FAMILIES["endless"] = endless
__main__.main()
"""


def test_the_command_ends_at_ctrl_c_with_what_it_found_and_status_130(tmp_path: Path) -> None:
    command = [sys.executable, "-c", ENDLESS, "verify", "--report", str(tmp_path)]
    child = subprocess.Popen(command, cwd=ROOT, stdout=-1, stderr=-1, text=True, preexec_fn=heeding_ctrl_c)
    assert child.stderr is not None
    assert child.stderr.readline() == "begun\n"
    child.send_signal(signal.SIGINT)
    told, errors = child.communicate(timeout=30)
    assert (child.returncode, errors) == (130, "interrupted; nothing was changed\n")
    assert "found:  none" in told
    ending = f"incomplete after 0 of {len(VENDORS)} steps: interrupted."
    assert ending in told
    assert ending in (tmp_path / "summary.md").read_text("utf-8")


def test_a_family_of_many_findings_tells_a_few_whole_and_some_in_a_line(
    families: dict[str, Family], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def many(target: Target, count: int) -> Iterator[Check]:
        for number in range(count):
            yield Check(finding=Finding(target, "many", f"#/info/x{number}", "one", "other", "print(1)"))

    families["many"] = many
    found: list[list[str]] = []
    for count in (5, 6, 20, 23):
        verify(VENDORS[:1], cases=count, report=tmp_path)
        told = capsys.readouterr().out
        found.append([line for line in told.splitlines() if "many of " in line or "--report" in line])
        assert told.count("found:  other\n  to see it, run by") == 5
        assert told.count("found:  the 0") == 1
        html = (tmp_path / "index.html").read_text("utf-8")
        assert sum(f"#/info/x{number}<" in html for number in range(count)) == count
    hint = "the reports (--report DIR) have all of them whole"
    assert [len(lines) for lines in found] == [5, 7, 21, 21]
    assert [lines[-1] for lines in found[1:]] == [hint, hint, f"and 3 findings more of many; {hint}"]
    for number, line in enumerate(found[-1][5:-1], 5):
        assert re.fullmatch(rf".*:[0-9]+: many of {VENDORS[0]} .*: #/info/x{number}: wanted: one", line)


@pytest.mark.parametrize("columns", [None, "70", "140"])
def test_where_there_is_no_terminal_lines_are_as_wide_as_they_are_or_as_columns_says(
    columns: str | None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    if columns:
        monkeypatch.setenv("COLUMNS", columns)
    verify([], cases=3)
    table = capsys.readouterr().out.partition("\n\nRules")[0].splitlines()
    assert not any(line.endswith(" ") for line in table)
    assert max(map(len, table)) <= int(columns or 200)
    assert any("AssignedAddOns.json" in line for line in table) is (columns != "70")


def test_what_is_being_done_fits_beside_a_bar() -> None:
    target: Any = (
        "twilio POST /2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers/{ResourceSid}/AssignedAddOns.json"
    )
    told = package._told(Outcome(target, "refusals", 1490), 60)
    assert len(told) in (59, 60)
    assert re.fullmatch(r"twilio POST .*….*/?AddOns\.json · refusals · 1,490 cases", told)
    assert package._told(Outcome(target, "refusals", 1490), 200).startswith(f"{target} · refusals")


@pytest.mark.parametrize("option", [{"allow_billable": True}, {"timeout": 3.0}])
def test_what_is_for_a_server_is_refused_without_one(option: dict[str, Any]) -> None:
    with pytest.raises(
        Problem, match=r"--(allow-billable|timeout) is for calls to a server.*give --base-url"
    ):
        verify([], cases=3, **option)


def test_a_client_that_is_stale_is_told_in_a_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    verify(VENDORS[:1], cases=3)
    assert capsys.readouterr().err == ""
    read = manifest._read
    other = {VENDORS[0]: {**read(ROOT / "generated")[VENDORS[0]], "overlay": "another"}}
    monkeypatch.setattr(manifest, "_read", lambda folder: read(folder) | other)
    verify(VENDORS[:1], cases=3)
    told = capsys.readouterr().err
    assert told == (
        f"warning: generated/ is stale for {VENDORS[0]} (overlay changed); run `scripts/run generate`.\n"
    )


def test_the_seed_of_the_command_is_that_of_the_cases(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "scripts", "verify", VENDORS[0], "--seed", "7", "--cases", "1"]
    environment = {**os.environ, "HARNESS_SEED": "3"}
    done = subprocess.run(
        [*command, "--shard", "9/9"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "seed 7" in done.stdout


def test_the_options_of_the_command_are_passed_on(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[object] = []

    def noted(names: list[str], **options: object) -> int:
        given.extend([names, options])
        return 130

    monkeypatch.setattr(package, "verify", noted)
    monkeypatch.setenv("HARNESS_SEED", "0")  # which the command sets
    arguments = ["a", "b", "--cases", "7", "--shard", "1/2", "--report", str(tmp_path), "--base-url", "u"]
    arguments += ["--timeout", "2.5"]
    done = CliRunner().invoke(app, ["verify", *arguments, "--allow-billable"])
    wanted = {"cases": 7, "report": tmp_path, "shard": "1/2", "base_url": "u", "allow_billable": True}
    wanted |= {"timeout": 2.5}
    assert (done.exit_code, given) == (130, [["a", "b"], wanted])
