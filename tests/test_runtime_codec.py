"""Values become JSON and come back as annotations say."""

from __future__ import annotations

import copy
import gc
import pickle
import sys
from datetime import date, datetime, timedelta, timezone, tzinfo
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Literal

import pytest
from attrs import define, field
from hypothesis import given
from hypothesis import strategies as st

from scripts.runtime.codec import codec
from scripts.runtime.mismatch import Mismatch
from scripts.runtime.model import Model
from scripts.runtime.rules import Access, Discriminator, Name, Open, Rules
from scripts.runtime.timestamps import RFC_2822, parse_datetime
from scripts.runtime.types import File
from scripts.runtime.unset import UNSET, Unset
from scripts.runtime.values import KEEP, Codec


@define(kw_only=True)
class Color(Model):
    """All its properties are documented."""

    red: Annotated[int, Name("R"), Rules(minimum=0, maximum=255)]
    alpha: Annotated[float | Unset | None, Name("A")] = UNSET
    additional_properties: Annotated[dict[str, Any], Rules(max_properties=0)] = field(factory=dict[str, Any])

    __rules__: ClassVar[Rules] = Rules(min_properties=1)


@define(kw_only=True)
class Node(Model):
    """A tree, with numbers besides."""

    value: str
    children: list[Node] | Unset = UNSET
    parent: Node | Unset | None = UNSET
    additional_properties: dict[str, int] = field(factory=dict[str, int])


@define(kw_only=True)
class Account(Model):
    """What only one side may send."""

    name: str | Unset = "nobody"
    id: Annotated[int | Unset, Access("read", required=True)] = UNSET
    secret: Annotated[str | Unset, Access("write", required=True)] = UNSET
    hint: Annotated[str | Unset, Access("write")] = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __rules__: ClassVar[Rules] = Rules(dependent_required={"hint": ["secret"]})


@define(kw_only=True)
class Cat(Model):
    species: Literal["cat"]
    lives: int | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Dog(Model):
    species: str
    lives: int | Unset = UNSET
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Failure(Model):
    error: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])

    __failure__: ClassVar[bool] = True


@define(kw_only=True)
class Remark(Model):
    error: str
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define(kw_only=True)
class Anyone(Model):
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])


@define
class Stranger:
    """An attrs class that is no model."""


class NoOffset(tzinfo):
    """A time zone that does not say what it is."""

    def utcoffset(self, dt: datetime | None) -> timedelta | None:
        return None

    dst = utcoffset

    def tzname(self, dt: datetime | None) -> str | None:
        return None


NOON = datetime(2016, 4, 7, 12, tzinfo=timezone(timedelta(hours=2)))
STAMP = Rules(format=RFC_2822)
PET = Annotated[Cat | Dog, Discriminator("species", {"cat": "Cat", "wolf": "Dog", "bird": "Bird"})]
ONE = Annotated[
    Annotated[int, Rules(multiple_of=3)] | Annotated[int, Rules(multiple_of=5)], Rules(one_of=True)
]
BEAST = Annotated[Cat | Dog, Rules(one_of=True)]
TOLD = Annotated[Cat | Dog, Rules(one_of=True), Discriminator("species", {"cat": "Dog"})]
"""Told apart by a discriminator, though a cat would be either."""
NULLS = Annotated[Annotated[str | None, Rules()] | Annotated[int | None, Rules()], Rules(one_of=True)]
KIN = Annotated[
    Annotated[Cat | Dog, Rules()] | Failure, Discriminator("error", {"a": "Cat", "b": "Dog", "c": "Failure"})
]
TIMES = Annotated[datetime | date, Rules(one_of=True)]
LEVEL = Annotated[Literal["low", "high"] | str, Open()]

BOTH_WAYS: list[tuple[Any, ...]] = [
    # annotation, value in Python, value in JSON
    (str, "é", "é"),
    (int, 10**30, 10**30),
    (float, 1.5, 1.5),
    (float, 1, 1),
    (bool, True, True),
    (None, None, None),
    (bytes, b"\0", b"\0"),
    (File, File(b"x"), File(b"x")),
    (datetime, NOON, "2016-04-07T12:00:00+02:00"),
    (Annotated[datetime, STAMP], NOON, "Thu, 07 Apr 2016 12:00:00 +0200"),
    (Annotated[datetime | None, STAMP], NOON, "Thu, 07 Apr 2016 12:00:00 +0200"),
    (date, date(2020, 2, 29), "2020-02-29"),
    (Literal["a", 1, True, None], 1, 1),
    (Literal["a", 1, True, None], True, True),
    (LEVEL, "low", "low"),
    (list[int], [1, 2], [1, 2]),
    (dict[str, list[date]], {"a b": [date(2020, 2, 29)]}, {"a b": ["2020-02-29"]}),
    (str | None, None, None),
    (int | str | Unset, "1", "1"),
    (Any, {"a": [1, None, 1.5, "x", False]}, {"a": [1, None, 1.5, "x", False]}),
    (Color, Color(red=1), {"R": 1}),
    (Color | None, Color(red=1, alpha=None), {"R": 1, "A": None}),
    (Node, Node(value="a", children=[Node(value="b")], parent=None, additional_properties={"n": 1}),
     {"value": "a", "children": [{"value": "b"}], "parent": None, "n": 1}),
    (PET, Cat(species="cat"), {"species": "cat"}),
    (PET, Dog(species="wolf"), {"species": "wolf"}),
    (ONE, 9, 9),
    (ONE, -10, -10),
    (BEAST, Dog(species="wolf"), {"species": "wolf"}),
    (TOLD, Dog(species="cat"), {"species": "cat"}),
    (NULLS, "a", "a"),
    (NULLS, 1, 1),
    (TIMES, NOON, "2016-04-07T12:00:00+02:00"),
    (TIMES, date(2020, 2, 29), "2020-02-29"),
    (Annotated[Annotated[str, Rules(min_length=1)] | Unset, Name("x")], "a", "a"),
    (Annotated[Color, Rules(max_properties=1)], Color(red=1), {"R": 1}),
    (Annotated[Annotated[str, Rules(min_length=1)] | Unset, Rules(max_length=1)], "a", "a"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "value", "json"), BOTH_WAYS)
def test_a_value_becomes_json_and_comes_back(annotation: Any, value: Any, json: Any) -> None:
    assert codec(annotation).encode(value) == json
    decoded = codec(annotation).decode(json)
    assert decoded == value
    assert type(decoded) is type(value) or isinstance(value, datetime)


REFUSED: list[tuple[Any, ...]] = [
    # annotation, value, the place and the rule
    (str, 1, "the value", "type: string"),
    (str, UNSET, "the value", "type: string"),
    (str, "a\ud800", "the value", "text without lone surrogates"),
    (int, 1.0, "the value", "type: integer"),
    (int, True, "the value", "type: integer"),
    (float, "1", "the value", "type: number"),
    (float, False, "the value", "type: number"),
    (float, float("nan"), "the value", "type: number"),
    (float, float("inf"), "the value", "type: number"),
    (bool, 1, "the value", "type: boolean"),
    (None, 0, "the value", "type: null"),
    (bytes, "x", "the value", "type: bytes"),
    (File, b"x", "the value", "type: File"),
    (File | bytes, "x", "the value", "type: File or type: bytes"),
    (datetime, "2016-04-07T12:00:00Z", "the value", "format: date-time (a datetime with its time zone)"),
    (datetime, datetime(2016, 4, 7), "the value", "format: date-time (a datetime with its time zone)"),
    (date, NOON, "the value", "format: date (a date)"),
    (date, "2020-02-29", "the value", "format: date (a date)"),
    (Literal["ä", 1], "b", "the value", 'enum: ["ä", 1]'),
    (Literal["a", 1], True, "the value", 'enum: ["a", 1]'),
    (Literal["a", 1], {1}, "the value", 'enum: ["a", 1]'),
    (LEVEL, "higher", "the value", 'enum: ["low", "high"]'),
    (list[int], {1}, "the value", "type: array"),
    (list[int], (1, "2"), "[1]", "type: integer"),
    (dict[str, int], [], "the value", "type: object"),
    (dict[str, int], {1: 1}, "the value", "names that are strings"),
    (dict[str, int], {"\udfff": 1}, "the value", "text without lone surrogates"),
    (dict[str, list[int]], {"a": [1, None]}, "a[1]", "type: integer"),
    (int | None, "1", "the value", "type: integer or type: null"),
    (list[int] | None, ["1"], "[0]", "type: integer"),
    (Annotated[str, Rules(min_length=2)], "a", "the value", "minLength: 2"),
    (Annotated[str | None, Rules(min_length=2)], "a", "the value", "minLength: 2"),
    (Annotated[str | Unset, Rules(min_length=2)], "a", "the value", "minLength: 2"),
    (Annotated[list[int], Rules(max_items=1)], [1, 2], "the value", "maxItems: 1"),
    (Annotated[datetime, Rules(pattern="Z$")], NOON, "the value", "pattern: Z$"),
    (Annotated[Annotated[str, Rules(min_length=1)], Rules(max_length=1)], "ab", "the value", "maxLength: 1"),
    (Annotated[Any, Rules(enum=(1, 2))], 3, "the value", "enum: [1, 2]"),
    (Any, {1}, "the value", "a JSON value"),
    (Any, Color, "the value", "a JSON value"),
    (Any, Stranger(), "the value", "a JSON value"),
    (Any, [NOON], "[0]", "a JSON value"),
    (Any, [UNSET], "[0]", "a JSON value"),
    (Any, {"a": float("nan")}, "a", "type: number"),
    (Any, {"a": ["\ud800"]}, "a[0]", "text without lone surrogates"),
    (Color, {"R": 1}, "the value", "type: Color"),
    (Color, Color(red=256), "R", "maximum: 255"),
    (Color, Color(red=UNSET), "R", "required"),  # type: ignore[arg-type]
    (Color, Color(red=1, additional_properties={"G": 1}), "the value", "additionalProperties: false"),
    (Node, Node(value="a", additional_properties={"n": "1"}), "n", "type: integer"),  # type: ignore[dict-item]
    (Node, Node(value="a", additional_properties={"value": 1}), "the value",
     "additional properties that are not documented ones"),
    (Node, Node(value="a", children=[Node(value="b"), Node(value=1)]),  # type: ignore[arg-type]
     "children[1].value", "type: string"),
    (Account, Account(), "secret", "required"),
    (Account, Account(secret="x", additional_properties={"a": {1}}), "a", "a JSON value"),
    (PET, Anyone(), "the value", "type: Cat or type: Dog"),
    (ONE, 15, "the value", "oneOf: not more than one of the schemas"),
    (ONE, 7, "the value", "multipleOf: 3 or multipleOf: 5"),
    (BEAST, Dog(species="cat"), "the value", "oneOf: not more than one of the schemas"),
    (BEAST, Cat(species="cat"), "the value", "oneOf: not more than one of the schemas"),
    (NULLS, None, "the value", "oneOf: not more than one of the schemas"),
    (Annotated[date | str, Rules(one_of=True)], date(2020, 2, 29), "the value", "oneOf: not more than one of the schemas"),
    (Annotated[Color, Rules(max_properties=1)], Color(red=1, alpha=1.0), "the value", "maxProperties: 1"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "value", "place", "rule"), REFUSED)
def test_a_value_that_breaks_a_rule_is_not_sent(annotation: Any, value: Any, place: str, rule: str) -> None:
    with pytest.raises(Mismatch) as caught:
        codec(annotation).encode(value)
    where = "" if place == "the value" else f"{place}: "
    assert str(caught.value).startswith((f"{where}expected {rule}, got ", f"{where}missing ({rule})"))


UNREADABLE: list[tuple[Any, ...]] = [
    # annotation, JSON value, what is wrong
    (str, None, "expected type: string, got None"),
    (int, 1.5, "expected type: integer, got 1.5"),
    (int, True, "expected type: integer, got True"),
    (float, float("inf"), "expected type: number, got inf"),
    (datetime, "yesterday", "expected format: date-time, got 'yesterday'"),
    (datetime, 1460073148, "expected format: date-time, got 1460073148"),
    (Annotated[datetime, STAMP], "", f"expected format: {RFC_2822}, got ''"),
    (date, 0, "expected format: date, got 0"),
    (date, "29.2.2020", "expected format: date, got '29.2.2020'"),
    (Literal["a"], "b", "expected enum: [\"a\"], got 'b'"),
    (list[int], (1,), "expected type: array, got (1,)"),
    (list[int], [1, "x"], "[1]: expected type: integer, got 'x'"),
    (dict[str, int], [], "expected type: object, got []"),
    (dict[str, dict[str, int]], {"a.b": {"c": None}}, "['a.b'].c: expected type: integer, got None"),
    (int | str | None, [], "expected type: integer or type: string or type: null, got []"),
    (Color, [], "expected type: object, got []"),
    (Color, {}, "R: missing (required)"),
    (Node, {"value": "a", "children": [{"value": "b", "parent": {}}]},
     "children[0].parent.value: missing (required)"),
    (Node, {"value": "a", "n": "x"}, "n: expected type: integer, got 'x'"),
    (PET, {"species": "cat", "lives": "x"}, "lives: expected type: integer, got 'x'"),
    (PET, {}, "species: missing (required)"),
    (Cat | Failure, {"species": "cow"}, "species: expected enum: [\"cat\"], got 'cow'"),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "json", "message"), UNREADABLE)
def test_an_answer_of_another_type_is_not_read(annotation: Any, json: Any, message: str) -> None:
    with pytest.raises(Mismatch) as caught:
        codec(annotation).decode(json)
    assert message in str(caught.value)


LIBERAL: list[tuple[Any, ...]] = [
    # annotation, JSON value, what it is read as
    (int, 3.0, 3),
    (LEVEL, "unheard of", "unheard of"),
    (Annotated[str, Rules(max_length=1)], "too long", "too long"),
    (str, "\ud800", "\ud800"),
    (datetime, "Thu, 07 Apr 2016 12:00:00 +0200", NOON),
    (Color, {"R": 999, "more": [1]}, Color(red=999, additional_properties={"more": [1]})),
    (Account, {"id": 1}, Account(name=UNSET, id=1)),
    (PET, {"species": "cat", "lives": 9.0}, Cat(species="cat", lives=9)),
    (PET, {"species": "cow"}, Dog(species="cow")),
    (ONE, 15, 15),
    (BEAST, {"species": "cat"}, Cat(species="cat")),
    (NULLS, None, None),
    (KIN, {"species": "cat", "error": "b"}, Cat(species="cat", additional_properties={"error": "b"})),
    (KIN, {"species": "cat", "error": "c"}, Failure(error="c", additional_properties={"species": "cat"})),
    (PET, {"species": "bird"}, Dog(species="bird")),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "json", "value"), LIBERAL)
def test_an_answer_may_hold_what_a_request_may_not(annotation: Any, json: Any, value: Any) -> None:
    assert codec(annotation).decode(json) == value


def test_what_only_answers_carry_is_not_sent_and_what_only_requests_carry_is() -> None:
    account = Account(id=1, secret="x", additional_properties={"sub": Account(id=2, secret="y")})
    assert codec(Account).encode(account) == {
        "name": "nobody", "secret": "x", "sub": {"name": "nobody", "secret": "y"}
    }  # fmt: skip
    assert account.to_dict() == {
        "name": "nobody", "id": 1, "secret": "x", "sub": {"name": "nobody", "id": 2, "secret": "y"}
    }  # fmt: skip


def test_a_time_zone_without_an_offset_is_none() -> None:
    with pytest.raises(Mismatch, match="a datetime with its time zone"):
        codec(datetime).encode(NOON.replace(tzinfo=NoOffset()))


def test_rules_on_an_object_see_what_is_sent() -> None:
    with pytest.raises(Mismatch, match=r"secret: missing \(required\)"):
        codec(Account).encode(Account(hint="h"))
    with pytest.raises(Mismatch, match="minProperties: 2"):
        codec(Annotated[Account, Rules(min_properties=2)]).encode(Account(name=UNSET, id=1, secret="x"))


@pytest.mark.parametrize(
    ("annotation", "json"),
    [
        (Color, {"R": 999, "more": {"a": [1]}}),
        (Node, {"value": "\ud800", "children": []}),
        (dict[str, LEVEL], {"a": "unheard of"}),
        (dict[str, datetime], {"a": "Thu, 7 Apr 2016 12:00:00 GMT"}),
        (dict[str, Annotated[datetime, STAMP]], {"a": "2016-04-07t12:00:00.1234567z"}),
    ],
)
def test_to_dict_gives_an_answer_back_unchanged(annotation: Any, json: Any) -> None:
    made = codec(annotation)
    assert made.encode(made.decode(json), KEEP) == json


def test_to_dict_keeps_what_no_rule_allows() -> None:
    odd = object()
    assert Anyone(additional_properties={"a": [odd, 1.0], "b": Color(red=1)}).to_dict() == {
        "a": [odd, 1.0], "b": {"R": 1}
    }  # fmt: skip


def test_an_answer_lacks_nothing_that_only_answers_carry() -> None:
    with pytest.raises(Mismatch, match=r"id: missing \(required\)"):
        codec(Account).decode({"name": "a", "secret": "x"})
    assert codec(Account).decode({"id": 1}).id == 1


def test_from_dict_takes_any_mapping_and_names_the_place_of_an_error() -> None:
    read = Node.from_dict(MappingProxyType({"value": "a", "parent": MappingProxyType({"value": "b"})}))
    assert read == Node(value="a", parent=Node(value="b"))
    with pytest.raises(ValueError, match=r"children\[0\].value: expected type: string, got 1"):
        Node.from_dict({"value": "a", "children": [{"value": 1}]})


def test_a_time_that_was_read_is_sent_in_the_form_of_the_contract() -> None:
    moment = parse_datetime("Thu, 07 Apr 2016 12:00:00 GMT")
    assert codec(datetime).encode(moment) == "2016-04-07T12:00:00+00:00"
    assert codec(Annotated[datetime, STAMP]).encode(moment) == "Thu, 07 Apr 2016 12:00:00 GMT"


def test_an_unknown_value_of_an_open_enumeration_is_kept_and_not_sent() -> None:
    read = codec(dict[str, LEVEL]).decode({"a": "unheard of"})
    assert read == {"a": "unheard of"}
    with pytest.raises(Mismatch, match="a: expected enum"):
        codec(dict[str, LEVEL]).encode(read)


UNIONS: list[tuple[Any, ...]] = [
    # annotation, JSON value, the class that fits best
    (Dog | Cat, {"species": "cat"}, Dog),
    (Cat | Dog, {"species": "cat"}, Cat),
    (Anyone | Cat, {"species": "cat"}, Cat),
    (dict[str, Any] | Cat, {"species": "cat"}, Cat),
    (dict[str, Any] | Cat, {"species": "cow"}, dict),
    (Color | Anyone, {"R": 1}, Color),
    (Color | Anyone, {"R": 999}, Anyone),
    (Color | Anyone, {"R": 1, "more": 1}, Anyone),
    (Anyone | Failure, {"error": "x"}, Failure),
    (Remark | Failure, {"error": "x"}, Failure),
    (Failure | Remark, {"error": "x"}, Failure),
    (Anyone | (Cat | Failure), {"error": "x"}, Failure),
    (Cat | Failure, {"species": "cat", "error": "x"}, Failure),
    (Cat | Failure, {"species": "cat"}, Cat),
    (datetime | str, "2016-04-07T12:00:00Z", datetime),
    (datetime | str, "today", str),
    (int | float, 1.0, int),
    (int | float, 1.5, float),
    (bool | int | None, True, bool),
]  # fmt: skip


@pytest.mark.parametrize(("annotation", "json", "kind"), UNIONS)
def test_the_member_of_a_union_reads_that_takes_the_fewest_liberties(
    annotation: Any, json: Any, kind: type
) -> None:
    assert isinstance(codec(annotation).decode(json), kind)


def test_properties_deep_in_an_answer_count_too() -> None:
    read = codec(list[Anyone] | list[Cat]).decode([{"species": "cat"}])
    assert read == [Cat(species="cat")]


def test_a_value_of_no_json_type_is_tried_on_every_member() -> None:
    assert codec(Cat | None).decode(MappingProxyType({"species": "cat"})) == Cat(species="cat")


def test_a_deep_answer_of_a_recursive_union_is_read_in_reasonable_time() -> None:
    json: dict[str, Any] = {"value": "leaf"}
    for _ in range(60):
        json = {"value": "a", "parent": json}
    assert codec(Node | Anyone).decode(json).to_dict() == json


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON)
def test_any_json_value_is_taken_as_it_is(value: Any) -> None:
    assert codec(Any).encode(value) == value
    assert codec(Any).decode(value) is value


@given(JSON)
def test_undocumented_properties_are_kept(value: Any) -> None:
    assert Anyone.from_dict({"a": value}).to_dict() == {"a": value}


def test_annotations_are_resolved_in_their_module_before_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A model `Date` has a module `date`, which must not hide the type `date` in other modules."""
    package = tmp_path / "some_models"
    package.mkdir()
    head = """from __future__ import annotations
from datetime import date
from typing import TYPE_CHECKING, Any
from attrs import define, field
from scripts.runtime.model import Model
if TYPE_CHECKING:
    from .date import Date
@define(kw_only=True)
class {}(Model):
    additional_properties: dict[str, Any] = field(factory=dict[str, Any])
"""
    (package / "__init__.py").write_text("from .date import Date\nfrom .holder import Holder\n")
    (package / "date.py").write_text(head.format("Date") + "    day: date\n")
    (package / "holder.py").write_text(head.format("Holder") + "    one: Date\n    other: date\n")
    monkeypatch.syspath_prepend(tmp_path)
    from some_models import Holder  # type: ignore[import-not-found]

    json = {"one": {"day": "2020-02-29"}, "other": "2020-03-01"}
    assert Holder.from_dict(json).to_dict() == json
    for name in [name for name in sys.modules if name.startswith("some_models")]:
        monkeypatch.delitem(sys.modules, name)


def test_unset_is_false_and_stays_the_one_and_only() -> None:
    assert not UNSET
    assert repr(UNSET) == "UNSET"
    assert copy.deepcopy(UNSET) is UNSET
    assert pickle.loads(pickle.dumps(UNSET)) is UNSET
    assert codec(Color).encode(pickle.loads(pickle.dumps(Color(red=1)))) == {"R": 1}


def test_a_mismatch_can_be_pickled_and_told_even_where_the_value_cannot() -> None:
    error = pickle.loads(pickle.dumps(Mismatch(("a", 0), "type: string", 1)))
    assert (error.place, error.rule, error.value) == (("a", 0), "type: string", 1)
    assert str(Mismatch((), "maximum: 1", 10**5000)) == "expected maximum: 1, got a value of type int"


@pytest.mark.parametrize("value", [{"a": {"b": 1}}, {"a": None}])
def test_reading_a_union_leaves_nothing_to_the_garbage_collector(value: Any) -> None:
    made = codec(dict[str, dict[str, str] | dict[str, bool]] | dict[str, dict[str, int] | None])
    gc.disable()
    gc.freeze()  # all that is there before, which takes long to look at
    try:
        assert min(_garbage(made, value) for _ in range(3)) == 0  # what else ends may leave some once
    finally:
        gc.unfreeze()
        gc.enable()


def _garbage(made: Codec, value: Any) -> int:
    """How many objects only the garbage collector takes after a value was read."""
    made.decode(value)
    gc.collect()
    made.decode(value)
    return gc.collect()
