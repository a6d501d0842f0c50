from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts import generate as module
from scripts import generator
from scripts.generate import generate
from scripts.problem import Problem
from tests.trees import snapshot

TEMPLATES = sorted(path.name for path in generator.TEMPLATES.glob("*.jinja"))


@pytest.fixture
def templates(tree: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the templates, which is used."""
    copy = tree / "templates"
    shutil.copytree(generator.TEMPLATES, copy)
    monkeypatch.setattr(generator, "TEMPLATES", copy)
    return copy


def refused(tree: Path) -> str:
    """What is said of the templates, when nothing else happens."""
    before = snapshot(tree)
    with pytest.raises(Problem) as raised:
        generate([], tree)
    assert snapshot(tree) == before
    return str(raised.value)


def append(template: Path, text: str) -> str:
    """Add a last line; gives the place where it stands."""
    lines = [*template.read_text("utf-8").splitlines(), text]
    template.write_text("\n".join(lines) + "\n", "utf-8")
    return f"templates/{template.name}:{len(lines)}"


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_is_used_and_none_is_replaced_by_a_stock_one(
    tree: Path, templates: Path, name: str
) -> None:
    (templates / name).unlink()
    told = refused(tree)
    assert told.startswith("templates/")
    assert f"(TemplateNotFound: '{name}' not found in search path" in told


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("{% if %}", "TemplateSyntaxError: Expected an expression"),
        ("{{ clent.title }}", "UndefinedError: 'clent' is undefined"),
        ("{{ client.titel }}", "UndefinedError: 'scripts.lowering.Client object' has no attribute 'titel'"),
        ("{{ client.title | no_filter }}", "TemplateAssertionError: No filter named 'no_filter'"),
        ("{{ client.title + 1 }}", "TypeError: "),
        ("{{ 1 | docstring }}", "TypeError: "),
    ],
)
def test_a_template_that_fails_is_named_with_the_line(
    tree: Path, templates: Path, line: str, said: str
) -> None:
    at = append(templates / "client.py.jinja", line)
    told = refused(tree)
    assert told.startswith(f"{at}: the template fails ({said}")
    assert told.endswith("mend it.")


def test_an_included_template_that_fails_is_the_one_named(tree: Path, templates: Path) -> None:
    at = append(templates / "header.jinja", "{{ 1 / 0 }}")
    assert refused(tree) == f"{at}: the template fails (ZeroDivisionError: division by zero); mend it."


def test_a_template_that_gives_no_python_is_named_with_the_line(tree: Path, templates: Path) -> None:
    at = append(templates / "model.py.jinja", "def broken(:")
    told = refused(tree)
    assert told.startswith(f"{at}: gives thing.py the line ")
    assert "`def broken(:`, which is not Python (invalid syntax)" in told


def test_a_line_that_is_made_up_while_rendering_is_told_as_it_came_out(tree: Path, templates: Path) -> None:
    append(templates / "types.py.jinja", "{{ client.vendor }} broken")
    told = refused(tree)
    assert told.startswith("templates/types.py.jinja:1: gives types.py the line ")
    assert "`acme broken`" in told


def test_a_runtime_module_that_is_no_python_is_named_with_the_line(
    tree: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    runtime = tree / "runtime"
    shutil.copytree(module.RUNTIME, runtime)
    monkeypatch.setattr(module, "RUNTIME", runtime)
    lines = (runtime / "unset.py").read_text("utf-8").splitlines()
    (runtime / "unset.py").write_text("\n".join([*lines, "class:"]), "utf-8")
    assert refused(tree).startswith(f"runtime/unset.py:{len(lines) + 1}: gives unset.py the line ")
