"""The parts of an `allOf` become one schema that allows what all of them allow."""

from __future__ import annotations

from typing import Any

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scripts.merging import merged
from scripts.problem import Problem

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


def whole(*parts: Any) -> Any:
    return merged(list(parts), Problem)


def properties(**nodes: Any) -> dict[str, Any]:
    return {"properties": nodes}


@pytest.mark.parametrize(
    ("parts", "one"),
    [
        ([], {}),
        ([True, {}], {}),
        ([TEXT, {"minLength": 1}], {"type": "string", "minLength": 1}),
        ([{"description": "a"}, {"description": "b"}], {"description": "b"}),
        ([{"default": 1, "example": 1}, {"default": 2}], {"default": 2, "example": 1}),
        ([{"x-python-name": "a"}, {"x-python-name": "b"}], {"x-python-name": "b"}),
        ([{"type": ["string", "null"]}, TEXT], TEXT),
        ([{"type": "number"}, {"type": "integer"}], NUMBER),
        ([{"type": ["integer", "number"]}, {"type": "integer"}], NUMBER),
        ([{"type": ["number", "string"]}, {"type": ["integer", "boolean"]}], NUMBER),
        ([{"type": ["null", "string"]}, {"type": ["string", "null"]}], {"type": ["null", "string"]}),
        ([{"minimum": 1, "maximum": 9}, {"minimum": 2, "maximum": 12}], {"minimum": 2, "maximum": 9}),
        ([{"minLength": 1, "maxLength": 9}, {"minLength": 0}], {"minLength": 1, "maxLength": 9}),
        ([{"multipleOf": 4}, {"multipleOf": 6}], {"multipleOf": 12}),
        ([{"uniqueItems": True}, {"uniqueItems": False}], {"uniqueItems": True}),
        ([{"readOnly": False}, {"readOnly": True}], {"readOnly": True}),
        ([{"enum": [1, "a", True, None]}, {"enum": [None, True, "a"]}], {"enum": ["a", True, None]}),
        ([{"required": ["a", "b"]}, {"required": ["b", "c"]}], {"required": ["a", "b", "c"]}),
        ([{"pattern": "a"}, {"pattern": "a"}], {"pattern": "a"}),
        ([{"items": TEXT}, {"items": {"minLength": 1}}], {"items": {"allOf": [TEXT, {"minLength": 1}]}}),
        ([{"items": TEXT}, {"items": True}], {"items": TEXT}),
        ([{"items": TEXT}, {"items": False}], {"items": False}),
        ([properties(a=TEXT), properties(b=NUMBER)], properties(a=TEXT, b=NUMBER)),
        ([properties(a=TEXT), properties(a={"minLength": 1})], properties(a={"allOf": [TEXT, {"minLength": 1}]})),
        ([properties(a=True), properties(a=TEXT)], properties(a=TEXT)),
        ([{"additionalProperties": True}, {"additionalProperties": TEXT}], {"additionalProperties": TEXT}),
        ([{"additionalProperties": False}, {"additionalProperties": TEXT}], {"additionalProperties": False}),
        ([{"additionalProperties": TEXT}, properties(a={"minLength": 1})],
         {"additionalProperties": TEXT, **properties(a={"allOf": [TEXT, {"minLength": 1}]})}),
        ([{"additionalProperties": TEXT, **properties(a=NUMBER)}, properties(a={"minimum": 1})],
         {"additionalProperties": TEXT, **properties(a={"allOf": [NUMBER, {"minimum": 1}]})}),
        ([{"additionalProperties": False, "patternProperties": {"a": NUMBER}}, properties(a=NUMBER)],
         {"additionalProperties": False, "patternProperties": {"a": NUMBER}, **properties(a=NUMBER)}),
        ([{"$defs": {"a": TEXT}}, {"$defs": {"a": NUMBER}}], {"$defs": {"a": NUMBER}}),
    ],
)  # fmt: skip
def test_parts_are_one(parts: list[Any], one: Any) -> None:
    assert whole(*parts) == one


@pytest.mark.parametrize(
    ("parts", "told"),
    [
        ([TEXT, False], "allOf holds the schema `false`, which allows no value"),
        ([TEXT, NUMBER], "allOf says `type` twice, as 'string' and as 'integer'"),
        ([{"type": ["number", "integer"]}, TEXT], "allOf says `type` twice"),
        ([{"enum": [1]}, {"enum": [True]}], "allOf says `enum` twice, as [1] and as [True]"),
        ([{"pattern": "a"}, {"pattern": "b"}], "allOf says `pattern` twice, as 'a' and as 'b'"),
        ([{"const": 1}, {"const": True}], "allOf says `const` twice"),
        ([{"multipleOf": 0.5}, {"multipleOf": 2}], "allOf says `multipleOf` twice"),
        ([{"oneOf": [TEXT]}, {"oneOf": [NUMBER]}], "allOf says `oneOf` twice"),
        ([{"not": TEXT}, {"not": NUMBER}], "allOf says `not` twice"),
        (
            [{"additionalProperties": False}, properties(a=TEXT)],
            "is closed by `additionalProperties: false`, which f",
        ),
    ],
)
def test_parts_that_cannot_be_one_are_refused(parts: list[Any], told: str) -> None:
    with pytest.raises(Problem) as raised:
        whole(*parts)
    assert told in str(raised.value)


def test_the_parts_are_left_as_they_were() -> None:
    one, other = properties(a=TEXT), properties(b=NUMBER)
    whole(one, other)["properties"]["c"] = TEXT
    assert (one, other) == (properties(a=TEXT), properties(b=NUMBER))


SCHEMAS = st.fixed_dictionaries(
    {},
    optional={
        "type": st.sampled_from(["object", "integer", "number", ["number", "null"], ["integer", "object"]]),
        "minimum": st.integers(0, 3),
        "maximum": st.integers(1, 4),
        "multipleOf": st.integers(1, 3),
        "enum": st.lists(st.sampled_from([0, 1, 2, 1.5, True, None]), min_size=1, max_size=4, unique_by=repr),
        "required": st.lists(st.sampled_from("ab"), unique=True),
        "properties": st.dictionaries(
            st.sampled_from("ab"), st.sampled_from([True, {}, NUMBER, {"minimum": 2}])
        ),
        "additionalProperties": st.sampled_from([True, False, NUMBER, {"maximum": 3}]),
        "maxProperties": st.integers(0, 2),
    },
)
VALUES = [
    None,
    True,
    0,
    1,
    1.5,
    2,
    3,
    4,
    {},
    {"a": 1},
    {"a": 2, "b": 1},
    {"b": 3, "c": 1},
    {"c": True},
    {"a": 1.5},
]


@given(st.lists(SCHEMAS, min_size=1, max_size=3))
def test_the_one_allows_the_very_values_that_all_parts_allow(parts: list[dict[str, Any]]) -> None:
    try:
        one = whole(*parts)
    except Problem:
        assume(False)
    wanted = [all(jsonschema_rs.is_valid(part, value) for part in parts) for value in VALUES]
    assert [jsonschema_rs.is_valid(one, value) for value in VALUES] == wanted
