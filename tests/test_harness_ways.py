"""Cases are made so that dependencies hold, and broken in every way; none has to be thrown away."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.contract import Contract
from scripts.harness.called import Called, called
from scripts.harness.cases import requests
from scripts.harness.generation import values
from scripts.harness.ways import broken_ways, ways
from scripts.harness.wholes import request

WORD = {"type": "string", "enum": ["x", "y", "z"]}
TEXT = {"type": "string"}
NUMBER = {"type": "integer", "minimum": 0, "maximum": 20}
FLAG = {"type": "boolean"}


def operation(*dependencies: str, **schemas: Any) -> Called:
    node = {
        "parameters": [{"name": name, "in": "query", "schema": schema} for name, schema in schemas.items()],
        "responses": {"204": {"description": "Done."}},
        "x-dependencies": list(dependencies),
    }
    document = {
        "openapi": "3.1.0",
        "info": {"title": "T", "version": "1"},
        "servers": [{"url": "https://api.test"}],
        "paths": {"/x": {"get": node}},
    }
    return next(iter(called(Contract(document))))


CASES: list[tuple[Called, str]] = [
    (
        operation("IF word == 'x' THEN number >= 10;", word=WORD, number=NUMBER),
        "all of one kind or the other",
    ),
    (operation("IF word == 'x'|'y' THEN NOT flag == true;", word=WORD, flag=FLAG), "a list"),
    (operation("IF text LIKE 'a.*' THEN number < 3;", text=TEXT, number=NUMBER), "a pattern"),
    (operation("Or(number <= 2, number > 18);", number=NUMBER), "two comparisons of one"),
    (operation("IF number != 5 THEN word;", word=WORD, number=NUMBER), "no equality"),
    (operation("ZeroOrOne(a, b);", "IF b THEN word == 'z';", a=FLAG, b=FLAG, word=WORD), "two dependencies"),
]


@pytest.mark.parametrize("made", [each for each, _ in CASES], ids=[name for _, name in CASES])
def test_every_value_that_is_made_fulfils_the_dependencies(made: Called) -> None:
    found = ways(made)
    assert len(found) > 1
    for way in found:
        for _, value in values(made.contract, request(made, None, way), [], 5, "request"):
            given = {key.partition(" ")[2]: each for key, each in value["parameters"].items()}
            assert all(each.holds(given) for each in made.dependencies), given
    assert len(requests(made, 5)) > len(found)


@pytest.mark.parametrize("made", [each for each, _ in CASES], ids=[name for _, name in CASES])
def test_every_dependency_is_broken_alone(made: Called) -> None:
    found = broken_ways(made)
    assert {index for index, _ in found} == set(range(len(made.dependencies)))
    for index, way in found:
        given = {name: kind and kind.example for name, kind in way.given.items()}
        holding = [each.holds(given) for each in made.dependencies]
        assert holding == [number != index for number in range(len(holding))]


def test_where_two_parameters_are_compared_the_values_tell() -> None:
    made = operation("a < b;", a=NUMBER, b=NUMBER)
    for case in requests(made, 5):
        given = {name: value for (_, name), value in case.parameters.items()}
        assert made.dependencies[0].holds(given)
    assert any(len(case.parameters) == 2 for case in requests(made, 5))


def test_kinds_that_no_value_is_of_are_left_out() -> None:
    made = operation("IF number > 30 THEN flag;", number=NUMBER, flag=FLAG)
    assert broken_ways(made) == []
    assert len(ways(made)) == 4
