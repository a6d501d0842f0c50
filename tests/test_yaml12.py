from __future__ import annotations

import json
import re
import warnings
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scripts import yaml12
from scripts.dumping import dump
from scripts.marks import Map, Seq
from scripts.problem import Problem
from scripts.yaml12 import limited, read


def told(text: str) -> str:
    """What is said of a text that is not read, with its line."""
    with pytest.raises(Problem) as caught:
        read(text, "a.yaml")
    return f"{caught.value.line}: {caught.value.what}; {caught.value.todo}"


# Values


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None), ("~", None), ("null", None), ("true", True), ("False", False),
        ("yes", "yes"), ("NO", "NO"), ("on", "on"),
        ("12", 12), ("-7", -7), ("+7", 7), ("007", 7), ("0o17", 15), ("0x1F", 31), ("1" * 300, int("1" * 300)),
        ("1.5", 1.5), ("1e3", 1000.0), ("-.5", -0.5), ("1.", 1.0), ("6.02E+23", 6.02e23),
        ("1_000", "1_000"), ("0b11", "0b11"), ("12:30:45", "12:30:45"),
        ("2026-11-21", "2026-11-21"), ("2026-11-21T10:00:00Z", "2026-11-21T10:00:00Z"),
        ("'12'", "12"), ('"true"', "true"), ("=", "="), ("+61400000000", 61400000000),
    ],
)  # fmt: skip
def test_a_scalar_is_what_yaml_1_2_says(text: str, value: Any) -> None:
    found = read(f"a: {text}\n", "a.yaml")["a"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize("key", ["200", "1.0", "yes", "null", "0x1F", "2026-11-21", "true", "$ref"])
def test_a_key_is_the_text_that_is_written(key: str) -> None:
    assert read(f"{key}: 1\n'b': 2\n", "a.yaml") == {key: 1, "b": 2}


def test_two_halves_of_a_character_are_one_character() -> None:
    assert read('{"\\ud83d\\ude00": "\\uD83D\\uDE00!"}', "a.yaml") == {"😀": "😀!"}


def test_an_alias_gives_a_copy_at_the_place_of_the_original() -> None:
    document = read("a: &x\n  b: [1]\nc: *x\n", "a.yaml")
    assert document == {"a": {"b": [1]}, "c": {"b": [1]}}
    assert document["a"]["b"] is not document["c"]["b"]
    assert document["c"].lines == {"b": 2}


def test_an_anchor_may_be_given_again() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert read("[&a 1, *a, &a 2, *a]", "a.yaml") == [1, 1, 2, 2]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_value_knows_its_line(end: str) -> None:
    document = read(
        end.join(["a:", "  b: 1", "  c:", "  - x", "  - y: >", "      text", "d: {}", ""]), "a.yaml"
    )
    assert document.lines == {"a": 1, "d": 7}
    assert document["a"].lines == {"b": 2, "c": 3}
    assert document["a"]["c"].lines == [4, 5]


# What is refused


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("", None, "the document is empty"),
        ("# nothing\n", None, "the document is empty"),
        ("a: [\n", 2, "not YAML"),
        ("a: 1\n b: 2\n", 2, "not YAML"),
        ("a: 1\n\tb: 2\n", 2, "not YAML"),
        ("a: *b\n", 1, "not YAML (nothing is called `&b` before)"),
        ("a: 1\n---\nb: 2\n", 2, "not YAML"),
        ("a: 1\nb: \0\n", 2, "not YAML (the character U+0000)"),
        ("a: 1\na: 2\n", 2, "the key `a` is given twice, first on line 1"),
        ("{a: 1,\n'a': 2}", 2, "the key `a` is given twice, first on line 1"),
        ("200: 1\n'200': 2\n", 2, "the key `200` is given twice"),
        ("? [a]\n: 1\n", 1, "a key is not text"),
        ("a: &x {b: 1}\nc:\n  <<: *x\n", 3, "YAML 1.2 has no merge keys"),
        ("a: !!str 5\n", 1, "tags are not read"),
        ("a: 1\nb: !secret x\n", 2, "tags are not read"),
        ("%YAML 1.1\n---\na: no\n", 1, "directives are not read"),
        ("a: .inf\n", 1, "the number .inf does not exist in JSON"),
        ("a: -.INF\n", 1, "the number -.INF does not exist in JSON"),
        ("a:\n- .NaN\n", 2, "the number .NaN does not exist in JSON"),
        ("a: 1e999\n", 1, "the number 1e999 does not exist in JSON"),
        (f"a: {'1' * 400}\n", 1, "the number 111"),
        (f"a: {'1' * 5000}\n", 1, "the number 111"),
        (f"a: 0x{'f' * 5000}\n", 1, "the number 0xf"),
        ('a: "\\ud83d"\n', 1, "the text has half a character"),
        ('"\\ude00\\ud83d": 1\n', 1, "the text has half a character"),
    ],
)  # fmt: skip
def test_what_is_not_json_in_yaml_is_refused_at_its_line(text: str, line: int | None, what: str) -> None:
    assert told(text).startswith(f"{line}: {what}")


def test_a_quoted_merge_key_is_a_key() -> None:
    assert read("'<<': 1\n", "a.yaml") == {"<<": 1}


TOO_DEEP = "the document is more than 100 levels deep"
TOO_MANY = "the document has more than 200,000 values"


def laughs(levels: int) -> str:
    """Sequences, each of ten aliases to the one before."""
    lines = [f"- &a{n + 1} [{', '.join([f'*a{n}'] * 10)}]\n" for n in range(levels)]
    return "- &a0 lol\n" + "".join(lines)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (laughs(9), TOO_MANY),
        ("a: &a\n  b: *a\n", TOO_DEEP),
        ("&a [*a, *a]", TOO_DEEP),
        (f"&a [{'*a,' * 5000}]", TOO_MANY),
        ("[" * 101 + "]" * 101, TOO_DEEP),
        ("".join(f"{' ' * n}a:\n" for n in range(200)), TOO_DEEP),
        ("- " * 500_000, TOO_DEEP),
        ("? " * 500_000, "a key is not text"),
        ("[" * 1_000_000, TOO_DEEP),
        ("{a: " * 250_000, TOO_DEEP),
        ("- &a\n" + "".join(f"- &a{n} [*a{n - 1}]\n" if n else "- &a0 []\n" for n in range(150)), TOO_DEEP),
        ("!" * 1_000_000, "tags are not read"),
        ("%" * 1_000_000, "directives are not read"),
    ],
)  # fmt: skip
def test_what_would_take_long_is_refused_at_once(text: str, what: str) -> None:
    assert what in told(text)


def test_what_people_write_is_not_too_much() -> None:
    assert read("[" * 100 + "]" * 100, "a.yaml")
    assert len(read(laughs(4), "a.yaml")[4]) == 10


def test_composing_stops_where_there_are_too_many_values(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml12, "MOST_VALUES", 10)
    assert read("[1,2,3,4,5,6,7,8,9]", "a.yaml")
    assert told("[1,2,3,4,\n5,6,7,8,9,\n10, [").startswith("3: the document has more than 10 values")


def test_a_document_put_together_is_limited_too() -> None:
    deep = Map("b.yaml", 3)
    value: Any = deep
    for _ in range(100):
        value = [value]
    with pytest.raises(Problem) as caught:
        limited(value)
    assert str(caught.value) == f"b.yaml:3: {TOO_DEEP}; write less, without aliases."
    limited(value[0])


PIECES = st.sampled_from(
    [*"[]{},:-?&*!|>'\"%@`#~ \n\t\\a1.e=", "\n  ", "- ", ": ", "---\n", "...\n", "\ufeff", "\x85", "😀", "\\u",
     "\\ud83d", "<<: ", "*a ", "&a ", "!!int ", "0x", "1e9", "\r\n", "|2", ">-", ".inf", "null"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    line: int | None = None
    try:
        json.dumps(read(text, "a.yaml"), allow_nan=False).encode()
    except Problem as problem:
        line = problem.line
    assert 1 <= (line or 1) <= len(text) + 1


def outcome(text: str) -> Any:
    """What comes of reading a text: the value and all lines, or None where it is refused."""

    def lines(value: Any) -> Any:
        inner = value.values() if isinstance(value, Map) else value if isinstance(value, Seq) else ()
        return [getattr(value, "line", None), getattr(value, "lines", None), *map(lines, inner)]

    try:
        value = read(text, "a.yaml")
    except Problem:
        return None
    return json.dumps(value), lines(value)


@given(
    st.lists(PIECES.filter(lambda piece: piece not in ("---\n", "...\n", "\ufeff")), max_size=30).map("".join)
)
def test_the_faster_library_reads_what_the_other_reads(text: str) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(yaml12, "_NEWER_BREAKS", re.compile(""))
        expected = outcome(text)
    assert expected is None or outcome(text) == expected


# Writing

VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | st.text() | st.lists(PIECES, max_size=6).map("".join),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
DOCUMENTS: Any = st.dictionaries(st.text(max_size=9), VALUES, max_size=4)


@given(DOCUMENTS)
def test_what_is_written_is_read_again_as_it_was(document: Any) -> None:
    assert json.dumps(read(dump(document), "a.yaml")) == json.dumps(document)


@given(DOCUMENTS)
def test_yaml_1_1_reads_the_same(document: Any) -> None:
    yaml: Any = YAML(typ="safe", pure=True)
    yaml.version = (1, 1)
    assert json.dumps(yaml.load(StringIO(dump(document)))) == json.dumps(document)


@pytest.mark.parametrize(
    "text", ["NO", "y", "12", "1e3", "2026-11-21", "12:30", "+61400000000", "~", "0o7", "_"]
)
def test_text_that_could_be_something_else_is_quoted(text: str) -> None:
    assert dump([text]) == f'- "{text}"\n'


def test_what_was_read_is_written_in_its_order() -> None:
    text = "b: 1\na:\n- c: Some words\n- []\n"
    assert dump(read(text, "a.yaml")) == text


def test_a_value_that_stands_twice_is_written_twice() -> None:
    value = {"a": 1}
    assert dump([value, value]) == "- a: 1\n- a: 1\n"
