"""Every name in OpenAPI has a name in Python, and names that differ stay apart."""

from __future__ import annotations

import itertools
import keyword
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts import names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("InstalledAddOnSid", ["Installed", "Add", "On", "Sid"]),
        ("HTTPServer", ["HTTP", "Server"]),
        ("phone_number", ["phone", "number"]),
        ("page[size]", ["page", "size"]),
        ("x-request-ID", ["x", "request", "ID"]),
        ("oauth2Token", ["oauth2", "Token"]),
        ("", []),
        ("+-$", []),
    ],
)
def test_words_end_where_case_or_punctuation_changes(text: str, found: list[str]) -> None:
    assert names.words(text) == found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("PropertySid", "property_sid"),
        ("numberBlockSid", "number_block_sid"),
        ("X-Request-ID", "x_request_id"),
        ("filter[name]", "filter_name"),
        ("a.b", "a_b"),
        ("class", "class_"),
        ("None", "none"),
        ("match", "match"),
        ("type", "type"),
        ("list", "list_"),
        ("date", "date_"),
        ("1st", "field_1st"),
        ("+1", "field_1"),
        ("@id", "id"),
        ("$filter", "filter"),
        ("_private", "private"),
        ("+", "plus_sign"),
        ("__", "low_line_low_line"),
        ("😀", "grinning_face"),
        ("\ue000", "ue000"),
        ("", "empty"),
        ("größe", "größe"),
        ("ﬁeld", "field"),
        ("m²", "m2"),
        ("a𐄇b", "a_b"),
    ],
)
def test_attributes_are_in_snake_case(text: str, name: str) -> None:
    assert names.snake(text) == name


@pytest.mark.parametrize(
    ("texts", "name"),
    [
        (["phone_number"], "PhoneNumber"),
        (["create-assigned-add-on", "request"], "CreateAssignedAddOnRequest"),
        (["APIKey"], "APIKey"),
        (["PHONE_NUMBER"], "PhoneNumber"),
        (["ID"], "ID"),
        (["CreatePet", "CreatePet", "Request"], "CreatePetRequest"),
        (["ListPets", "pets", "Item"], "ListPetsItem"),
        (["PetOwner", "pet_owner_name"], "PetOwnerName"),
        (["a", "A", "a"], "A"),
        (["2fa"], "Object2fa"),
        (["None"], "NoneObject"),
        (["response"], "ResponseObject"),
        (["Client"], "ClientObject"),
        (["Model"], "ModelObject"),
        (["class variable"], "ObjectClassVariable"),
        (["$$"], "DollarSign"),
        ([""], "Empty"),
    ],
)
def test_classes_are_in_pascal_case_and_repeat_no_words(texts: list[str], name: str) -> None:
    assert names.pascal(*texts) == name


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        (["a", "b"], ["a", "b"]),
        (["id", "ID"], ["id", "ID"]),
        (["Unset", "UNSET"], ["Unset_", "UNSET_"]),
        (["id", "@id"], ["id", "commercial_at_id"]),
        (["+1", "-1", "1"], ["plus_sign_1", "hyphen_minus_1", "field_1"]),
        (["a-b", "a_b", "a.b", "aB"], ["a_hyphen_minus_b", "a_b", "a_full_stop_b", "aB"]),
        (["class", "class_"], ["class_", "class_low_line"]),
        (["_a", "a", "a__"], ["low_line_a", "a", "a_low_line_low_line"]),
        (["some_name", "some_name!"], ["some_name", "some_name_exclamation_mark"]),
    ],
)
def test_names_that_collide_are_told_apart_whatever_their_order(given: list[str], chosen: list[str]) -> None:
    for order in itertools.permutations(range(len(given))):
        here = [given[index] for index in order]
        assert names.distinct(here, list(map(names.snake, here))) == [chosen[index] for index in order]


def test_a_wish_is_kept_where_it_collides_with_nothing() -> None:
    assert names.distinct(["Diaplan", "id", "ID"], ["dial_plan", "id", "id"]) == ["dial_plan", "id", "ID"]


@pytest.mark.parametrize(
    ("given", "chosen"),
    [
        (["to_dict"], ["to_dict_"]),
        (["to_dict", "toDict"], ["to_dict_", "toDict"]),
        (["self", "Self"], ["self_", "Self"]),
        (["to-dict", "to_dict"], ["to_hyphen_minus_dict", "to_dict_"]),
        (["to_dict", "to_dict_"], ["to_dict_", "to_dict_low_line"]),
    ],
)
def test_no_name_is_a_reserved_one(given: list[str], chosen: list[str]) -> None:
    assert names.distinct(given, list(map(names.snake, given)), {"to_dict", "self"}) == chosen


def test_names_that_cannot_be_told_apart_stay_the_same() -> None:
    assert names.distinct(["ﬁ", "fi"], ["fi", "fi"]) == ["fi", "fi"]


@given(st.text())
def test_any_text_has_a_name_that_python_takes_as_it_is(text: str) -> None:
    for name in (names.snake(text), names.pascal(text), names.spelled(text), names.identifier(text)):
        assert name.isidentifier()
        assert not keyword.iskeyword(name)
        assert not name.startswith("_")
        assert unicodedata.normalize("NFKC", name) == name
