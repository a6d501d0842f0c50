"""Every schema becomes the annotation that says the same in Python."""

from __future__ import annotations

from typing import Any

import pytest

from scripts.annotation import Type, literal, members, union
from scripts.contract import Contract
from scripts.fields import models
from scripts.models import Model
from scripts.problem import Problem
from scripts.schemas import Schemas
from scripts.values import Values

COMPONENTS: dict[str, Any] = {
    "Pet": {"type": "object", "properties": {"name": {"type": "string"}}},
    "node": {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/node"}}},
    "Text": {"type": "string"},
    "Tree": {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Tree"}},
    "Json": {
        "oneOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/components/schemas/Json"}}]
    },
    "Cat": {"type": "object", "properties": {"kind": {"const": "cat"}}},
    "Dog": {"type": "object", "properties": {"kind": {"const": "dog"}}},
    "Base": {
        "type": "object",
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"sub": "#/components/schemas/Sub"}},
    },
    "Sub": {"allOf": [{"$ref": "#/components/schemas/Base"}, {"properties": {"more": {"type": "integer"}}}]},
}


def ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def read(schema: Any, way: str = "request", **options: Any) -> tuple[Type, dict[str, Model]]:
    """The annotation of a schema, and the models behind it by name."""
    document = {"openapi": "3.1.0", "x-schema": schema, "components": {"schemas": COMPONENTS}}
    schemas = Schemas(Contract(document))
    schemas.register(schema, "Hint", way, **options)
    values = Values(schemas)
    return values.annotation(schema), {model.name: model for model in models(values)}


def fields(schema: Any, way: str = "request") -> dict[str, str]:
    """The fields of the model that a schema is: name → annotation and default."""
    kind, found = read(schema, way)
    return {f.name: f.annotation + (f" = {f.default}" if f.default else "") for f in found[kind.plain].fields}


@pytest.mark.parametrize(
    ("schema", "plain", "full"),
    [
        ({}, "Any", "Any"),
        (True, "Any", "Any"),
        ({"type": "string"}, "str", "str"),
        ({"type": "integer", "minimum": 0}, "int", "Annotated[int, Rules(minimum=0)]"),
        ({"type": "number", "multipleOf": 0.5}, "float", "Annotated[float, Rules(multiple_of=0.5)]"),
        ({"type": "boolean"}, "bool", "bool"),
        ({"type": "null"}, "None", "None"),
        ({"type": ["null", "string"], "minLength": 1}, "str | None", "Annotated[str | None, Rules(min_length=1)]"),
        ({"type": ["integer", "number"]}, "float", "float"),
        ({"type": "string", "pattern": r"^\d$"}, "str", r'Annotated[str, Rules(pattern=r"^\d$")]'),
        ({"type": "string", "format": "date"}, "date", "date"),
        ({"type": "string", "format": "date-time"}, "datetime", "datetime"),
        ({"type": "string", "format": "date-time-rfc-2822"}, "datetime",
         'Annotated[datetime, Rules(format="date-time-rfc-2822")]'),
        ({"type": "string", "format": "uuid"}, "str", "str"),
        ({"enum": ["a", "b"]}, 'Literal["a", "b"]', 'Literal["a", "b"]'),
        ({"type": ["string", "null"], "enum": ["a", None]}, 'Literal["a"] | None', 'Literal["a"] | None'),
        ({"type": "string", "enum": ["a", None]}, 'Literal["a"]', 'Literal["a"]'),
        ({"const": 1}, "Literal[1]", "Literal[1]"),
        ({"enum": [0.5]}, "float", "Annotated[float, Rules(enum=(0.5,))]"),
        ({"enum": [1, True]}, "Literal[1, True]", "Literal[1, True]"),
        ({"type": "array"}, "list[Any]", "list[Any]"),
        ({"items": {"type": "integer", "maximum": 5}, "minItems": 1}, "list[int]",
         "Annotated[list[Annotated[int, Rules(maximum=5)]], Rules(min_items=1)]"),
        ({"type": "object"}, "dict[str, Any]", "dict[str, Any]"),
        ({"additionalProperties": {"type": "integer"}}, "dict[str, int]", "dict[str, int]"),
        ({"type": "object", "additionalProperties": False}, "dict[str, Any]",
         "Annotated[dict[str, Any], Rules(max_properties=0)]"),
        (ref("Pet"), "Pet", "Pet"),
        ({**ref("Pet"), "description": "beside"}, "Pet", "Pet"),
        ({"allOf": [ref("Pet")], "description": "beside"}, "Pet", "Pet"),
        ({"anyOf": [ref("Pet"), {"type": "null"}]}, "Pet | None", "Pet | None"),
        ({"oneOf": [{"type": "string"}, {"type": "integer"}]}, "str | int", "str | int"),
        (ref("node"), "Node", "Node"),
        (ref("Base"), "Sub | Base", 'Annotated[Sub | Base, Discriminator("kind", {"sub": "Sub", "Base": "Base"})]'),
        ({"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": {"meow": "Cat"}}},
         "Cat | Dog", 'Annotated[Cat | Dog, Discriminator("kind", {"meow": "Cat", "Dog": "Dog"})]'),
        ({"type": "string", "format": "binary"}, "str", "str"),
        ({"type": ["object", "null"], "properties": {"a": {}}}, "Hint | None", "Hint | None"),
        (ref("Tree"), "Tree", "Tree"),
    ],
)  # fmt: skip
def test_the_annotation_says_what_the_schema_does(schema: Any, plain: str, full: str) -> None:
    kind, _ = read(schema)
    assert (kind.plain, kind.full) == (plain, full)


def test_an_enumeration_in_an_answer_stays_open() -> None:
    kind, _ = read({"type": ["string", "null"], "enum": ["a", None]}, "answer")
    assert kind.full == 'Annotated[Literal["a"] | str, Open()] | None'


def test_bytes_in_a_form_are_a_file() -> None:
    for schema in ({"type": "string", "format": "binary"}, {"contentMediaType": "image/png"}):
        assert read(schema, binary=True)[0].plain == "File"
    assert (
        read({"type": "string", "contentMediaType": "a/b", "contentEncoding": "base64"}, binary=True)[0].plain
        == "str"
    )


def test_required_fields_come_first_and_the_others_may_be_unset() -> None:
    schema = {
        "properties": {"b": {"type": "string"}, "A": {"type": "integer", "minimum": 1}},
        "required": ["A"],
    }
    assert fields(schema) == {
        "a": 'Annotated[int, Rules(minimum=1), Name("A")]',
        "b": "str | Unset = UNSET",
    } or fields(schema) == {"a": 'Annotated[int, Name("A"), Rules(minimum=1)]', "b": "str | Unset = UNSET"}


@pytest.mark.parametrize(
    ("schema", "default"),
    [
        ({"type": "integer", "default": 3}, "3"),
        ({"type": "string", "default": 'a"b'}, '"a\\"b"'),
        ({"type": "boolean", "default": False}, "False"),
        ({"type": "string", "format": "date", "default": "2020-02-29"}, 'parse_date("2020-02-29")'),
        ({"type": "string", "format": "date-time", "default": "2020-02-29T00:00:00Z"}, 'parse_datetime("2020-02-29T00:00:00Z")'),
        ({"type": "array", "default": [1]}, "UNSET"),
    ],
)  # fmt: skip
def test_a_default_is_written_as_python(schema: Any, default: str) -> None:
    assert fields({"properties": {"x": schema}})["x"].endswith(f" = {default}")


def test_what_only_one_way_carries_is_optional_and_marked() -> None:
    schema = {"properties": {"id": {"type": "string", "readOnly": True}}, "required": ["id"]}
    assert fields(schema) == {"id": 'Annotated[str | Unset, Access("read")] = UNSET'}


def test_names_that_collide_are_told_apart_whatever_their_order() -> None:
    names = ["fooBar", "foo_bar", "foo-bar"]
    for order in (names, names[::-1]):
        found = fields({"properties": {name: {"type": "string"} for name in order}})
        assert set(found) == {"fooBar", "foo_bar", "foo_hyphen_minus_bar"}


def test_names_that_cannot_be_told_apart_are_refused() -> None:
    clash = {"x-python-name": "same", "type": "string"}
    with pytest.raises(Problem, match="`a` and `b` are both `same` in Python"):
        fields({"properties": {"a": clash, "b": {**clash}}})


@pytest.mark.parametrize("name", ["self", "field", "list", "to_dict", "additional_properties", "class"])
def test_names_that_the_class_needs_itself_get_an_underscore(name: str) -> None:
    assert list(fields({"properties": {name: {"type": "string"}}})) == [f"{name}_"]


def test_further_properties_are_typed_and_closed_as_the_schema_says() -> None:
    base = {"properties": {"a": {"type": "string"}}}
    assert read(base)[1]["Hint"].additional == "dict[str, Any]"
    assert (
        read({**base, "additionalProperties": {"type": "integer"}})[1]["Hint"].additional == "dict[str, int]"
    )
    closed = "Annotated[dict[str, Any], Rules(max_properties=0)]"
    assert read({**base, "additionalProperties": False})[1]["Hint"].additional == closed
    assert read({**base, "unevaluatedProperties": False})[1]["Hint"].additional == closed


def test_models_are_named_for_what_they_are() -> None:
    inner = {"type": "object", "properties": {"x": {"type": "string"}}}
    schema = {
        "properties": {
            "hint": inner,
            "list_of": {"type": "array", "items": {**inner}},
            "titled": {**inner, "title": "a nice name"},
            "long": {**inner, "title": "a title that is a whole sentence of its own"},
            "pet": ref("Pet"),
            "choice": {"oneOf": [{**inner, "title": "Pet"}, {**inner}]},
        }
    }
    _, found = read(schema)
    assert set(found) == {
        "Hint", "Hint2", "HintListOfItem", "ANiceName", "HintLong", "Pet", "Pet2", "HintChoiceOption2"
    } or set(found) == {
        "Hint", "Hint2", "HintListOfItem", "aNiceName", "HintLong", "Pet", "Pet2", "HintChoiceOption2"
    }  # fmt: skip


def test_a_component_keeps_its_name_from_inline_schemas() -> None:
    schema = {"properties": {"a": {"title": "Pet", "properties": {"z": {}}}, "b": ref("Pet")}}
    _, found = read(schema)
    assert [f.name for f in found["Pet"].fields] == ["name"]


def test_a_map_of_itself_is_a_model_without_fields() -> None:
    _, found = read(ref("Tree"))
    assert (found["Tree"].fields, found["Tree"].additional) == ([], "dict[str, Tree]")


def test_all_of_is_one_model() -> None:
    found = fields(
        {"allOf": [ref("Pet"), {"required": ["name"], "properties": {"age": {"type": "integer"}}}]}
    )
    assert found == {"name": "str", "age": "int | Unset = UNSET"}


def test_what_stands_beside_a_choice_holds_for_each_option() -> None:
    schema = {
        "type": "object",
        "properties": {"id": {"type": "integer"}},
        "required": ["id"],
        "oneOf": [{"title": "A", "properties": {"a": {}}}, {"title": "B", "properties": {"b": {}}}],
    }
    kind, found = read(schema)
    assert kind.plain == "A | B"
    assert [f.name for f in found["A"].fields] == ["id", "a"]


def test_a_choice_of_required_lists_is_a_rule_of_the_model() -> None:
    schema = {"properties": {"a": {}, "b": {}}, "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}
    kind, found = read(schema)
    assert kind.plain == "Hint"
    assert found["Hint"].rules == 'Rules(any_required=(("a",), ("b",)))'


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"type": ["object", "string"], "properties": {"a": {}}}, "an object with properties or something else"),
        (ref("Json"), "holds itself with no object in between"),
        ({"not": {"type": "string"}}, "the keyword `not` cannot be checked"),
        ({"type": "string", "pattern": r"\p{L}"}, "is none that Python's `re` can check"),
        (False, "allows no value"),
        ({"oneOf": [ref("Cat"), ref("Dog")], "discriminator": {"propertyName": "kind", "mapping": {"x": "Pet"}}},
         "which is none of the choices"),
        ({"properties": {"d": {"type": "string", "format": "date", "default": "tomorrow"}}}, "is no date"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "says `type` twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_right_is_refused(schema: Any, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read(schema)


def test_an_answer_may_have_rules_that_a_client_cannot_check() -> None:
    assert read({"type": "string", "not": {"const": "x"}}, "answer")[0].plain == "str"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ('say "hi"', '"say \\"hi\\""'),
        ("a\\b", r'r"a\b"'),
        ("line\nbreak", '"line\\nbreak"'),
        ("\u202e\u200b\x7f", '"\\u202e\\u200b\\u007f"'),
        ("\ud800", '"\\ud800"'),
        ("é😀", '"é😀"'),
        ({"a": [1, None]}, '{"a": [1, None]}'),
        ((1,), "(1,)"),
        (("a", True), '("a", True)'),
    ],
)
def test_a_literal_reads_back_as_the_value(value: Any, text: str) -> None:
    assert literal(value) == text
    assert eval(text) == value


def test_unions_are_split_outside_brackets_and_strings() -> None:
    text = 'dict[str, int | None] | Literal["a | b", "]"] | None'
    assert members(text) == ["dict[str, int | None]", 'Literal["a | b", "]"]', "None"]
    assert union("None | int", "str | int | Unset") == "int | str | None | Unset"
