"""Reports of a run as files: JUnit XML, Markdown and a page of HTML."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree as etree

import jinja2

from ..harness.findings import Finding
from ..problem import Problem
from ..problem import shown as path_shown
from .runs import Outcome, Run
from .runs import told as answers
from .tables import cells, counted, ending, headings, rules, shown, summary, told, verdict

_MOST = 50
"""Findings that the Markdown summary shows whole, as CI servers limit its size."""


def check(folder: Path) -> None:
    """Make the folder of reports; raises `Problem` where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        what = f"reports cannot be written: {error.strerror}"
        raise Problem(what, "name another folder", where=path_shown(folder)) from None


def write(run: Run, folder: Path) -> None:
    """Write the reports: `junit.xml`, `summary.md` and `index.html`."""
    for name, text in (("junit.xml", junit(run)), ("summary.md", markdown(run)), ("index.html", html(run))):
        (folder / name).write_text(text, "utf-8")


def junit(run: Run) -> str:
    """A suite for each operation, a case for each family; all findings of a case make one failure."""
    suites = etree.Element("testsuites", {"name": "verify", **_totals(run.outcomes, run.stopped)})
    for row in run.rows:
        suite = etree.SubElement(
            suites, "testsuite", {"name": shown(str(row.target)), **_totals(row.outcomes)}
        )
        properties = etree.SubElement(suite, "properties")
        said: dict[str, object] = {"seed": run.seed, "cases": run.cases, "shard": run.shard}
        for name, value in {**said, **({"answers": answers(row.answers)} if run.base_url else {})}.items():
            etree.SubElement(properties, "property", name=name, value=str(value))
        for outcome in row.outcomes:
            _add(suite, outcome)
    if run.stopped:
        suite = etree.SubElement(suites, "testsuite", {"name": "verify", **_totals([], run.stopped)})
        case = etree.SubElement(suite, "testcase", {"classname": "verify", "name": "all steps"})
        etree.SubElement(case, "error", type="incomplete", message=shown(ending(run))[:300])
    etree.indent(suites)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{etree.tostring(suites, encoding="unicode")}\n'


def markdown(run: Run) -> str:
    """The table, the findings, and folded the rules by what became of them."""
    return "\n".join(_markdown(run)) + "\n"


def html(run: Run) -> str:
    """One page that needs nothing else."""
    folder = jinja2.FileSystemLoader(Path(__file__).parent)
    environment = jinja2.Environment(
        loader=folder, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters["shown"] = shown
    page = environment.get_template("report.html.jinja")
    rows, findings = [cells(run, row) for row in run.rows], _findings(run)
    return page.render(
        verdict=verdict(run),
        summary=summary(run),
        headings=headings(run),
        rows=rows,
        rules=rules(run),
        findings=findings,
    )


def _findings(run: Run) -> list[tuple[Finding, int]]:
    return [each for row in run.rows for each in row.findings]


def _totals(outcomes: Sequence[Outcome], stopped: str = "") -> dict[str, str]:
    """The attributes of a suite; in the words of JUnit, a family is a test, and an end that came early an error."""
    failures, errors = sum(bool(outcome.findings) for outcome in outcomes), int(bool(stopped))
    numbers = {"tests": len(outcomes) + errors, "failures": failures, "errors": errors, "skipped": 0}
    seconds = sum(outcome.seconds for outcome in outcomes)
    return {**{name: str(number) for name, number in numbers.items()}, "time": f"{seconds:.3f}"}


def _add(suite: etree.Element, outcome: Outcome) -> None:
    where = {"classname": shown(str(outcome.target)), "name": outcome.family}
    numbers = {"assertions": str(outcome.cases), "time": f"{outcome.seconds:.3f}"}
    case = etree.SubElement(suite, "testcase", where | numbers)
    if not outcome.findings:
        return
    said = list(outcome.findings.values())
    message = f"{counted(outcome.count, 'finding')}, first {said[0][0].rule}: {said[0][0].found}"
    failure = etree.SubElement(case, "failure", type="finding", message=shown(message)[:300])
    failure.text = "\n\n".join(told(*each) for each in said)


def _markdown(run: Run) -> Iterator[str]:
    yield from (f"## Clients against their contracts: {verdict(run)}", "", f"{summary(run)}.", "")
    yield _line(headings(run))
    yield _line(("---", *("---:" for _ in headings(run)[1:])))
    for row in run.rows:
        yield _line(cells(run, row))
    findings = _findings(run)
    for finding, count in findings[:_MOST]:
        text = told(finding, count)
        fence = "`" * max(3, *(len(each) + 1 for each in re.findall("`+", text)), 3)
        yield from ("", f"### {_inline(f'{finding.target}: {finding.family}')}", "", fence, text, fence)
    if len(findings) > _MOST:
        yield from (
            "",
            f"And {counted(len(findings) - _MOST, 'finding')} more, which the other reports have.",
        )
    for title, lines in rules(run).items():
        yield from ("", f"<details><summary>{title}: {len(lines)}</summary>", "")
        yield from (f"- {_inline(line)}" for line in lines)
        yield from ("", "</details>")


def _line(texts: Iterable[str]) -> str:
    return f"| {' | '.join(map(_inline, texts))} |"


def _inline(text: str) -> str:
    """Text that stands in Markdown as it is."""
    return re.sub(r"([\\`*_{}\[\]<>|#~&])", r"\\\1", " ".join(text.split()))
