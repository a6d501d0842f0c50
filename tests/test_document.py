from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from scripts import document
from scripts.document import load, problem
from scripts.problem import Problem


def told(path: Path) -> str:
    """What is said of a document that cannot be read."""
    with pytest.raises(Problem) as caught:
        load(path)
    return str(caught.value)


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "a.yaml"


def test_values_know_the_file_as_a_person_would_type_it(path: Path) -> None:
    path.write_text("info:\n  title: Things\n")
    loaded = load(path)
    assert loaded == {"info": {"title": "Things"}}
    assert (loaded["info"].file, loaded["info"].lines) == ("a.yaml", {"title": 2})


def test_json_is_read_too(path: Path) -> None:
    path.write_text('{"a": [1, 2.5, true, null, "\\ud83d\\ude00\\/"]}')
    assert load(path) == {"a": [1, 2.5, True, None, "😀/"]}


def test_a_byte_order_mark_is_no_part_of_the_document(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbfopenapi: 3.1.0\n")
    assert load(path) == {"openapi": "3.1.0"}


def folder(path: Path) -> None:
    path.mkdir()


def circle(path: Path) -> None:
    path.symlink_to(path)


def pipe(path: Path) -> None:
    os.mkfifo(path)


@pytest.mark.parametrize(
    ("make", "what"),
    [
        (
            lambda path: None,
            "cannot be read (No such file or directory); check the path and its permissions.",
        ),
        (circle, "cannot be read (Too many levels of symbolic links); check the path and its permissions."),
        (folder, "not a file; put the document there."),
        (pipe, "not a file; put the document there."),
    ],
    ids=["nothing", "circle of links", "folder", "pipe"],
)
def test_what_is_no_file_is_refused(path: Path, make: Callable[[Path], None], what: str) -> None:
    make(path)
    assert told(path) == f"a.yaml:1: {what}"


def test_a_large_file_is_refused_unread(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with path.open("wb") as file:
        file.truncate(document.LARGEST_FILE + 1)
    monkeypatch.delattr(Path, "read_bytes")
    assert told(path).startswith("a.yaml:1: the file has 3,000,001 bytes, more than 3,000,000; ")


def test_a_file_of_another_encoding_is_refused_at_its_line(path: Path) -> None:
    path.write_bytes("info:\r\n  title: Café\r\n".encode("latin-1"))
    assert told(path) == "a.yaml:2: not UTF-8 (byte 0xe9); save the file as UTF-8."


def test_a_fault_in_the_text_is_said_with_the_file(path: Path) -> None:
    path.write_text("a: 1\na: 2\n")
    assert told(path) == "a.yaml:2: the key `a` is given twice, first on line 1; keep one of them."


@pytest.mark.parametrize("text", ["hello", "null", "~", "42", "---\n", "'[]'"])
def test_a_single_value_is_refused(path: Path, text: str) -> None:
    path.write_text(text)
    assert told(path) == "a.yaml:1: the document is a single value; write an OpenAPI or Overlay document."


def test_a_problem_of_a_document_is_at_the_place_of_its_pointer(path: Path) -> None:
    path.write_text("paths:\n  /a:\n    get: 5\n")
    said = problem(load(path), "#/paths/~1a/get", "not an operation", "write one")
    assert str(said) == "a.yaml:3: #/paths/~1a/get: not an operation; write one."
