from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.marks import Line, Map, Seq, copied, drop, keys_of, place, plain, pointer, put, step
from scripts.yaml12 import read

TEXT = """\
info:
  title: Things
tags:
  - name: a
  -
    name: b
"""


@pytest.fixture
def document() -> Any:
    return read(TEXT, "a.yaml")


@given(st.lists(st.text() | st.text("~/01", max_size=4), max_size=4))
def test_a_pointer_leads_back_to_its_keys(keys: list[str]) -> None:
    assert keys_of(pointer(*keys)) == keys


def test_a_pointer_escapes_what_has_a_meaning_in_it() -> None:
    assert pointer("paths", "/a~b", 0) == "#/paths/~1a~0b/0"


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ([], 1),
        (["info"], 1),
        (["info", "title"], 2),
        (["tags"], 3),
        (["tags", 0], 4),
        (["tags", "1", "name"], 6),
    ],
)
def test_the_place_of_a_value_is_the_line_of_its_key(document: Any, keys: list[Any], line: int) -> None:
    assert place(document, keys) == ("a.yaml", line)


@pytest.mark.parametrize("keys", [["info", "version"], ["info", "title", "x"]])
def test_the_place_of_what_is_missing_is_what_it_is_missing_in(document: Any, keys: list[str]) -> None:
    assert place(document, keys) == place(document, keys[:-1])


@pytest.mark.parametrize("key", ["-1", "2", "01", " 1", "x", "\u0661", "9" * 5000])
def test_only_an_index_leads_into_a_sequence(document: Any, key: str) -> None:
    with pytest.raises(LookupError):
        step(document["tags"], key)
    assert place(document, ["tags", key]) == ("a.yaml", 3)


def test_a_value_from_another_file_has_its_place_there(document: Any) -> None:
    put(document["info"], "title", "New", Line("b.yaml", 9))
    put(document["tags"], 2, read("name: c", "c.yaml"), Line("c.yaml", 1))
    assert place(document, ["info", "title"]) == ("b.yaml", 9)
    assert place(document, ["tags", 2]) == ("c.yaml", 1)
    assert place(document, ["tags", 1]) == ("a.yaml", 6)


def test_a_value_put_without_a_line_has_that_of_its_container(document: Any) -> None:
    put(document["info"], "version", "1", None)
    put(document["tags"], 2, "c", None)
    assert place(document, ["info", "version"]) == ("a.yaml", 2)
    assert place(document, ["tags", 2]) == ("a.yaml", 4)


def test_a_value_that_was_set_without_a_mark_has_the_place_of_its_container(document: Any) -> None:
    document["info"]["version"] = "1"
    assert place(document, ["info", "version"]) == ("a.yaml", 2)


def test_a_value_in_plain_containers_has_no_place() -> None:
    document = {"tags": [{"name": "a"}]}
    put(document, "info", {}, None)
    put(document["tags"], 1, {"name": "b"}, None)
    assert document == {"tags": [{"name": "a"}, {"name": "b"}], "info": {}}
    assert place(document, ["tags", 1]) == (None, None)


def test_what_is_dropped_takes_its_mark_along(document: Any) -> None:
    drop(document["tags"], 0)
    drop(document, "info")
    assert document == {"tags": [{"name": "b"}]}
    assert place(document, ["tags", 0]) == ("a.yaml", 6)
    assert document.lines == {"tags": 3}


def test_a_copy_is_equal_and_shares_nothing(document: Any) -> None:
    new = copied(document)
    put(new["tags"][0], "name", "z", Line("b.yaml", 1))
    put(new["tags"], 2, "c", Line("b.yaml", 2))
    assert plain(document) == {"info": {"title": "Things"}, "tags": [{"name": "a"}, {"name": "b"}]}
    assert place(document, ["tags", 0, "name"]) == ("a.yaml", 4)
    assert place(copied(new), ["tags", 2]) == ("b.yaml", 2)


def test_a_copy_of_plain_values_is_plain() -> None:
    value = {"a": [1, {"b": None}]}
    new = copied(value)
    assert (new, type(new), type(new["a"])) == (value, dict, list)
    assert new["a"] is not value["a"]


def test_plain_values_are_ordinary_dicts_and_lists(document: Any) -> None:
    value = plain(document)
    assert (type(value), type(value["tags"]), type(value["tags"][0])) == (dict, list, dict)
    assert isinstance(document, Map)
    assert isinstance(document["tags"], Seq)
