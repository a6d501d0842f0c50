"""The methods of clients: the overloads that dependencies between parameters make of them."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.contract import Contract
from scripts.dependencies import parse
from scripts.lowering import client
from scripts.methods import Method
from scripts.problem import Problem

NAMES = "abcdefg"


def method(*dependencies: str, required: str = "", **schemas: Any) -> Method:
    """The method of an operation with the parameters `a` to `g`."""
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "schema": schemas.get(name, {"type": "integer"}),
        }
        for name in NAMES
    ]
    node = {"operationId": "get", "parameters": parameters, "x-dependencies": [*dependencies]}
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Things", "version": "1"},
        "servers": [{"url": "https://things.example"}],
        "paths": {"/": {"get": {**node, "responses": {"204": {"description": "Done."}}}}},
    }
    return client("things", Contract(document)).tags[0].methods[0]


def ways(made: Method) -> list[str]:
    """The arguments of each overload in alphabetical order: in capitals those that must be given."""
    letters = [[way[0] if "=" in way else way[0].upper() for way in each] for each in made.overloads]
    return ["".join(sorted(each, key=str.lower)) for each in letters]


@pytest.mark.parametrize(
    ("dependencies", "required", "found"),
    [
        ([], "", []),
        (["OnlyOne(a, b)"], "", ["Acdefg", "Bcdefg"]),
        (["OnlyOne(a, b, c, d, e, f)"], "", ["Ag", "Bg", "Cg", "Dg", "Eg", "Fg"]),
        (["AllOrNone(a, b, c, d, e, f, g)"], "", ["ABCDEFG", ""]),
        (["ZeroOrOne(a, b)"], "", ["acdefg", "bcdefg"]),
        (["Or(a, b)", "Or(a, b)"], "", ["Abcdefg", "aBcdefg"]),
        (["IF a THEN b"], "", ["bcdefg", "aBcdefg"]),
        (["OnlyOne(a, b)", "OnlyOne(c, d)"], "", ["ACefg", "ADefg", "BCefg", "BDefg"]),
        (["Or(a, AllOrNone(b, c))"], "c", ["AbCdefg", "aBCdefg"]),
    ],
)  # fmt: skip
def test_the_ways_to_fulfil_dependencies_are_overloads(
    dependencies: list[str], required: str, found: list[str]
) -> None:
    made = method(*dependencies, required=required)
    assert ways(made) == found
    assert made.untyped == []


@pytest.mark.parametrize(
    ("dependencies", "count", "untyped"),
    [
        (["OnlyOne(a, b, c, d, e, f, g)"], 0, ["OnlyOne(a, b, c, d, e, f, g)"]),
        (["OnlyOne(a, b)", "OnlyOne(c, d)", "OnlyOne(e, f)"], 4, ["OnlyOne(e, f)"]),
        (["OnlyOne(a, b)", "IF a == 1 THEN c"], 2, ["IF a == 1 THEN c"]),
        (["NOT OnlyOne(Or(a, b), Or(c, d), Or(e, f), AllOrNone(a, c, e))", "Or(a, b)"], 2, ["NOT OnlyOne(Or(a, b), Or(c, d), Or(e, f), AllOrNone(a, c, e))"]),
    ],
)  # fmt: skip
def test_what_would_be_more_overloads_than_can_be_read_is_left_to_the_call(
    dependencies: list[str], count: int, untyped: list[str]
) -> None:
    made = method(*dependencies)
    assert len(made.overloads) == count
    assert [dependency.text for dependency in made.untyped] == untyped


def test_what_is_one_way_for_want_of_another_is_left_to_the_call() -> None:
    made = method("OnlyOne(a, b)", required="a")
    assert made.overloads == []
    assert [dependency.text for dependency in made.untyped] == ["OnlyOne(a, b)"]


def test_the_default_of_a_parameter_that_others_depend_on_is_told_and_not_sent() -> None:
    made = method("OnlyOne(a, b)", a={"type": "integer", "default": 5}, c={"type": "integer", "default": 6})
    keywords = {keyword.name: keyword for keyword in made.keywords}
    assert (keywords["a"].default, keywords["a"].description) == ("UNSET", "Default: 5.")
    assert keywords["c"].default == "6"


def test_dependencies_that_no_call_can_fulfil_are_refused() -> None:
    with pytest.raises(Problem, match=r"x-dependencies: no call fulfils `OnlyOne\(a, b\)`"):
        method("OnlyOne(a, b)", required="ab")


def wider(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Clauses of presence, made of others."""
    two = [f"{form}({{}}, {{}})" for form in ("Or", "OnlyOne", "AllOrNone", "ZeroOrOne")]
    two += ["({} AND {})", "({} OR {})", "OnlyOne({}, {}, a)", "AllOrNone({}, {}, b)", "ZeroOrOne(c, {}, {})"]
    return st.one_of(
        [st.builds(form.format, inner, inner) for form in two] + [st.builds("NOT ({})".format, inner)]
    )


CLAUSES = st.recursive(st.sampled_from("abcd"), wider, max_leaves=6)


@given(st.builds("IF {} THEN {}".format, CLAUSES, CLAUSES))
def test_the_ways_allow_just_what_the_dependency_does(text: str) -> None:
    dependency = parse(text)
    try:
        found = dependency.ways([(frozenset(), frozenset())])
    except OverflowError:
        return
    for chosen in product((False, True), repeat=4):
        held = {name for name, is_given in zip("abcd", chosen, strict=True) if is_given}
        allowed = any(given <= held and not absent & held for given, absent in found)
        assert allowed == dependency.holds(dict.fromkeys(held, 1))
