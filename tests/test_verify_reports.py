"""The reports of `verify`: what CI servers, people and browsers get to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import suppress
from html import escape
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest

from scripts import verify as package
from scripts.harness.calls import Target
from scripts.harness.findings import Check, Family, Finding
from scripts.harness.rules import rules
from scripts.problem import Problem
from scripts.vendors import discover
from scripts.verify import verify
from tests.test_verify_server import target_of

HOSTILE = "\x00\x1b[31m\ud800 ]]> </pre><script>alert(1)</script> ``` | *_a_* &amp; é"
SHOWN = HOSTILE.replace("\x00", r"\x00").replace("\x1b", r"\x1b").replace("\ud800", r"\ud800")
PROGRAM = f"import httpx\n\nprint({HOSTILE!r})"
VENDOR = discover()[0].name


def fine(target: Target, count: int) -> Iterator[Check]:
    yield Check()


def wrong(target: Target, count: int) -> Iterator[Check]:
    first, second, *_ = sorted(rules(target.operation))
    yield Check(frozenset([first]), Finding(target, "wrong", first.pointer, HOSTILE, HOSTILE, PROGRAM))
    yield Check(frozenset([first]), Finding(target, "wrong", first.pointer, "one", "again", PROGRAM))
    yield Check(frozenset([second]), left=HOSTILE)


def nothing(target: Target, count: int) -> Iterator[Check]:
    yield from ()


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    families: dict[str, Family] = {"fine": fine, "wrong": wrong, "nothing": nothing}
    monkeypatch.setattr(package, "FAMILIES", families)
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    made = tmp_path / "made" / "for it"
    assert verify([VENDOR], cases=3, report=made) == 1
    return made


class Page(HTMLParser):
    """The elements of a page; fails where they are not nested as they should be."""

    VOID = ("meta", "link", "br", "hr", "img", "input")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: dict[str, list[str]] = {}
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open:
            self.texts.setdefault(self.open[-1], []).append(data)


def test_junit_has_a_case_for_each_operation_and_family(folder: Path) -> None:
    suites = etree.parse(folder / "junit.xml").getroot()
    operations = len(list(suites))
    assert (suites.tag, suites.get("tests"), suites.get("failures")) == (
        "testsuites",
        str(3 * operations),
        str(2 * operations),
    )
    for suite in suites:
        assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("3", "2", "0")
        assert float(suite.get("time", "")) >= 0
        said = {each.get("name"): each.get("value") for each in suite.iter("property")}
        assert said == {"seed": "0", "cases": "3", "shard": "1/1"}
        cases = suite.findall("testcase")
        assert [case.get("name") for case in cases] == ["fine", "wrong", "nothing"]
        assert [case.get("assertions") for case in cases] == ["1", "3", "0"]
        assert {case.get("classname") for case in cases} == {suite.get("name")}
        assert [len(case.findall("failure")) for case in cases] == [0, 1, 1]


def test_a_failure_in_junit_has_a_message_and_the_finding_whole(folder: Path) -> None:
    _, found, empty = etree.parse(folder / "junit.xml").iter("testcase")
    failure = found.find("failure")
    assert failure is not None
    assert failure.get("message", "").startswith("2 findings, first #/")
    assert SHOWN in failure.get("message", "")
    shown = "  to see it, run by `PYTHONPATH=generated .venv/bin/python`:\n    import httpx"
    assert f"  wanted: {SHOWN}\n  found:  {SHOWN}\n{shown}" in (failure.text or "")
    assert "and 1 more of this rule" in (failure.text or "")
    (message,) = (each.get("message", "") for each in empty)
    assert re.fullmatch("1 finding, first #/.*: no case could be made", message)


def test_markdown_has_table_findings_and_rules(folder: Path) -> None:
    text = (folder / "summary.md").read_text("utf-8")
    lines = text.splitlines()
    assert lines[0] == "## Clients against their contracts: 3 findings"
    table = [line for line in lines if line.startswith("| ")]
    assert table[0] == "| operation | fine | wrong | nothing | rules | time |"
    assert {len(re.findall(r"(?<!\\)\|", line)) for line in table} == {7}
    assert "| 1 | 3, 2 wrong | 0, 1 wrong |" in table[2]
    fences = [line for line in lines if re.fullmatch("`{3,}", line)]
    assert fences == ["`" * 4] * 2 + ["`" * 3] * 2
    assert text.count("<details>") == text.count("</details>") == 3


def listed(text: str, title: str) -> list[str]:
    """What the Markdown lists under a title, as it is shown."""
    _, _, rest = text.partition(f"<summary>{title}: ")
    return [
        re.sub(r"\\(.)", r"\1", line)
        for line in rest.partition("</details>")[0].splitlines()
        if line.startswith("- ")
    ]


def test_each_rule_is_listed_by_what_became_of_it(folder: Path) -> None:
    text, page = (folder / "summary.md").read_text("utf-8"), (folder / "index.html").read_text("utf-8")
    titles = ("Rules that no case exercised", "Rules left to the server", "Rules that were exercised")
    untouched, left, exercised = (listed(text, title) for title in titles)
    operation = target_of(discover()[0]).operation
    assert (len(left), len(exercised)) == (1, 1)
    assert len(untouched) == len(rules(operation)) - 2
    first = min(rules(operation))
    assert exercised[0].endswith(f": {first.way} {first.pointer}")
    assert f": {first.way} {first.pointer}</code>" in page.partition(titles[2])[2]
    for title in titles:
        assert f">{title}</h2>" in page


def stopped(target: Target, count: int) -> Iterator[Check]:
    yield Check()
    raise KeyboardInterrupt


def lost(target: Target, count: int) -> Iterator[Check]:
    yield from ()
    raise Problem("the server cannot be reached: <refused>", "start it")


@pytest.mark.parametrize(
    ("family", "why"), [(stopped, "interrupted"), (lost, "the server cannot be reached: <refused>")]
)
def test_a_run_that_was_stopped_says_so_everywhere(
    family: Family, why: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(package, "FAMILIES", {"fine": fine, "other": family})
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    with suppress(Problem):
        assert verify([VENDOR], cases=3, report=tmp_path) == 130
    text, page = ((tmp_path / name).read_text("utf-8") for name in ("summary.md", "index.html"))
    told = f"incomplete after 1 of 2 steps: {why}"
    assert text.startswith("## Clients against their contracts: incomplete, 0 findings so far\n")
    assert told in re.sub(r"\\(.)", r"\1", text)
    assert '<span class="bad">incomplete, 0 findings so far</span>' in page
    assert escape(told) in page
    suites = etree.parse(tmp_path / "junit.xml").getroot()
    assert [suites.get(name) for name in ("tests", "failures", "errors")] == ["3", "0", "1"]
    assert [error.get("message") for error in suites.iter("error")] == [told]


def test_markdown_shows_at_most_fifty_findings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def many(target: Target, count: int) -> Iterator[Check]:
        for number in range(53):
            yield Check(finding=Finding(target, "many", f"#/info/x{number}", "one", "other", PROGRAM))

    monkeypatch.setattr(package, "FAMILIES", {"many": many})
    monkeypatch.setattr("signal.signal", lambda number, handler: None)
    assert verify([VENDOR], cases=3, report=tmp_path) == 1
    text = (tmp_path / "summary.md").read_text("utf-8")
    assert text.count("\n### ") == 50
    assert "And 3 findings more, " in text
    assert (tmp_path / "index.html").read_text("utf-8").count("<article") == 53


def test_the_page_is_well_formed_and_needs_nothing_else(folder: Path) -> None:
    page = Page((folder / "index.html").read_text("utf-8"))
    tags = [tag for tag, _ in page.elements]
    assert not {"script", "link", "img", "iframe", "object"} & {*tags}
    assert not any(name.startswith("on") or name == "src" for _, attrs in page.elements for name in attrs)
    assert all((attrs["href"] or "").startswith("#") for tag, attrs in page.elements if "href" in attrs)
    assert "url(" not in "".join(page.texts["style"])
    assert "prefers-color-scheme: dark" in "".join(page.texts["style"])


def test_the_page_can_be_read_without_eyes_or_mouse(folder: Path) -> None:
    page = Page((folder / "index.html").read_text("utf-8"))
    by_tag = [(tag, attrs) for tag, attrs in page.elements]
    identifiers = [attrs["id"] for _, attrs in by_tag if "id" in attrs]
    assert len(identifiers) == len(set(identifiers))
    for _, attrs in by_tag:
        assert attrs.get("aria-labelledby", identifiers[0]) in identifiers
    assert by_tag[0] == ("html", {"lang": "en"})
    assert all(attrs.get("scope") in ("col", "row") for tag, attrs in by_tag if tag == "th")
    assert all(attrs.get("tabindex") == "0" for tag, attrs in by_tag if tag == "pre")
    assert [tag for tag, _ in by_tag if re.fullmatch("h[1-6]", tag)][:3] == ["h1", "h2", "h3"]


def test_the_page_shows_a_finding_as_it_is(folder: Path) -> None:
    page = Page((folder / "index.html").read_text("utf-8"))
    assert page.texts["dd"].count(SHOWN) == 2
    assert PROGRAM in page.texts["code"]
    assert "1 of this rule" in page.texts["dd"]


@pytest.mark.parametrize("inside", ["file", "file/folder"])
def test_a_folder_that_cannot_be_written_is_said_before_anything_is_run(
    inside: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    run: list[str] = []

    def noted(target: Target, count: int) -> Iterator[Check]:
        run.append(str(target))
        yield Check()

    monkeypatch.setattr(package, "FAMILIES", {"noted": noted})
    with pytest.raises(Problem, match=r"/file(/folder)?: reports cannot be written: .*; name another folder"):
        verify([VENDOR], cases=3, report=tmp_path / inside)
    assert run == []
