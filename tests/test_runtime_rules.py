"""Rules are checked as JSON Schema has it; compared with a JSON Schema validator."""

from __future__ import annotations

from copy import copy
from io import BytesIO
from typing import Annotated, Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.runtime.assertions import comparable, compiled, same
from scripts.runtime.mismatch import Mismatch
from scripts.runtime.rules import NO_RULES, Access, Discriminator, Name, Open, Rules
from scripts.runtime.types import File


def broken(rules: Rules, value: Any) -> list[str]:
    return [str(assertion) for assertion in rules.assertions() if assertion.is_broken(value)]


TABLE: list[tuple[Any, ...]] = [
    # rules, the keyword, values that keep them, values that break them
    (Rules(minimum=1), "minimum: 1", [1, 1.5, "", True, None], [0, 0.9]),
    (Rules(maximum=1.5), "maximum: 1.5", [1.5, -1], [1.6, 2]),
    (Rules(exclusive_minimum=1), "exclusiveMinimum: 1", [1.1], [1, 1.0]),
    (Rules(exclusive_maximum=1), "exclusiveMaximum: 1", [0], [1]),
    (Rules(multiple_of=3), "multipleOf: 3", [0, 9, -3, 9.0], [1, 4.5]),
    (Rules(multiple_of=0.1), "multipleOf: 0.1", [0.3, 1.1, 2, 1e22], [0.35]),
    (Rules(min_length=2), "minLength: 2", ["ab", "😀😀", 1], ["a", "😀"]),
    (Rules(max_length=2), "maxLength: 2", ["", "😀😀"], ["abc"]),
    (Rules(pattern="^[0-9]+$"), "pattern: ^[0-9]+$", ["12", 1], ["", "1\n", "1a"]),
    (Rules(enum=(1, "1", None)), 'enum: [1, "1", null]', [1, 1.0, "1", None], [True, 2]),
    (Rules(min_items=1), "minItems: 1", [[0], {}], [[]]),
    (Rules(max_items=1), "maxItems: 1", [[0]], [[0, 0]]),
    (Rules(unique_items=True), "uniqueItems: true", [[1, "1", True, [1], {"a": 1}]],
     [[1, 1.0], [{"a": 1, "b": 2}, {"b": 2.0, "a": 1}], [[], []]]),
    (Rules(unique_items=False), "uniqueItems: false", [[1, 1]], []),
    (Rules(min_properties=1), "minProperties: 1", [{"a": 1}, []], [{}]),
    (Rules(max_properties=0), "maxProperties: 0", [{}], [{"a": 1}]),
    (Rules(any_required=[["a"], ["b", "c"]]), 'anyOf: [{"required": ["a"]}, {"required": ["b", "c"]}]',
     [{"a": 1}, {"b": 1, "c": 1}, {"a": 1, "b": 1, "c": 1}, "text"], [{}, {"b": 1}]),
    (Rules(one_required=(("a",), ("b",))), 'oneOf: [{"required": ["a"]}, {"required": ["b"]}]',
     [{"a": 1}, {"b": 1}, "text"], [{}, {"a": 1, "b": 1}]),
    (Rules(dependent_required={"a": ["b"], "b": []}), 'dependentRequired: {"a": ["b"], "b": []}',
     [{}, {"b": 1}, {"a": 1, "b": 1}, 1], [{"a": 1}]),
]  # fmt: skip


@pytest.mark.parametrize(("rules", "rule", "good", "bad"), TABLE)
def test_a_rule_holds_for_good_values_and_what_it_does_not_concern(
    rules: Rules, rule: str, good: list[Any], bad: list[Any]
) -> None:
    assert [broken(rules, value) for value in good] == [[]] * len(good)
    assert [broken(rules, value) for value in bad] == [[rule]] * len(bad)


@pytest.mark.parametrize(("rules", "rule", "good", "bad"), TABLE)
def test_a_json_schema_validator_agrees(rules: Rules, rule: str, good: list[Any], bad: list[Any]) -> None:
    keyword, _, _ = rule.partition(": ")
    limit: Any = next(limit for limit in vars(rules).values() if limit is not None)
    if keyword in ("anyOf", "oneOf"):
        limit = [{"type": "object", "required": list(names)} for names in limit]
        good = [value for value in good if isinstance(value, dict)]
    validator = jsonschema_rs.Draft202012Validator({keyword: limit})
    assert all(validator.is_valid(value) for value in good)
    assert not any(validator.is_valid(value) for value in bad)


class Pipe(BytesIO):
    """A file that cannot be rewound."""

    def seekable(self) -> bool:
        return False


def test_the_length_of_a_file_is_that_of_what_is_left_to_read() -> None:
    rules, stream = Rules(min_length=2, max_length=3), BytesIO(b"abcde")
    stream.seek(2)
    assert [broken(rules, value) for value in (b"abc", File(b"ab"), File(stream))] == [[], [], []]
    assert broken(rules, File(b"abcd", "x.txt")) == ["maxLength: 3"]
    assert broken(rules, b"a") == ["minLength: 2"]
    assert stream.read() == b"cde"
    with pytest.raises(
        Mismatch, match="expected a file of known length: bytes, or one that can be rewound, got"
    ):
        broken(rules, File(Pipe(b"ab")))


def test_all_broken_rules_are_told() -> None:
    assert broken(Rules(min_length=3, pattern="^a"), "b") == ["minLength: 3", "pattern: ^a"]


def test_no_rules_and_a_format_assert_nothing() -> None:
    assert NO_RULES.assertions() == Rules(format="date-time-rfc-2822").assertions() == []


@pytest.mark.parametrize(
    ("pattern", "text", "matches"),
    [
        ("^a$", "a\n", False),
        (r"^\$$", "$", True),
        ("^[$]$", "$", True),
        (r"^[\]$]+$", "]$", True),
        (r"^\d$", "٣", False),
        (r"^\w$", "é", False),
        ("b", "abc", True),
    ],
)
def test_a_pattern_means_what_json_schema_means(pattern: str, text: str, matches: bool) -> None:
    assert bool(compiled(pattern).search(text)) is matches
    assert jsonschema_rs.Draft202012Validator({"pattern": pattern}).is_valid(text) is matches


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, 0.5, "", "1", "true"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=4,
)  # fmt: skip


@given(one=JSON, other=JSON)
def test_values_are_the_same_where_json_schema_has_them_so(one: Any, other: Any) -> None:
    assert same(one, other) is jsonschema_rs.Draft202012Validator({"const": one}).is_valid(other)
    assert same(one, other) is (comparable(one) == comparable(other))


@given(value=JSON)
def test_what_is_comparable_can_be_hashed(value: Any) -> None:
    assert same(value, value)
    assert hash(comparable(value)) == hash(comparable(value))


def test_no_two_marks_are_equal_as_typing_keeps_one_annotation_for_equal_ones() -> None:
    for mark in (Open(), Name("a"), Access("read"), Discriminator("a", {}), Rules(minimum=0)):
        assert mark != copy(mark)
        assert (Annotated[float, mark] | None) != (Annotated[float, copy(mark)] | None)
    marks = [Annotated[float, Rules(enum=(limit,))].__metadata__[0].enum for limit in (True, 1, 1.0)]
    assert [type(one) for (one,) in marks] == [bool, int, float]


def test_an_integer_too_long_to_be_written_is_a_multiple_all_the_same() -> None:
    assert broken(Rules(multiple_of=0.5), 10**5000) == []
    assert broken(Rules(multiple_of=0.3), 10**5000) == ["multipleOf: 0.3"]
