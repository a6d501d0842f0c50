"""Every schema becomes the annotation that says the same in Python."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import jsonschema_rs
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scripts.annotation import Type, literal, members, union
from scripts.contract import Contract
from scripts.fields import models
from scripts.models import Model
from scripts.problem import Problem
from scripts.runtime import rules
from scripts.runtime.codec import codec
from scripts.runtime.mismatch import Mismatch
from scripts.schemas import Schemas
from scripts.values import Values

TEXT = {"type": "string"}
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
         "Cat | Dog", 'Annotated[Cat | Dog, Rules(one_of=True), Discriminator("kind", {"meow": "Cat", "Dog": "Dog"})]'),
        ({"oneOf": [{"type": "integer", "multipleOf": 3}, {"type": "number"}]}, "int | float",
         "Annotated[Annotated[int, Rules(multiple_of=3)] | float, Rules(one_of=True)]"),
        ({"oneOf": [{"type": ["string", "null"]}, {"type": ["integer", "null"]}]}, "str | int | None",
         "Annotated[Annotated[str | None, Rules()] | Annotated[int | None, Rules()], Rules(one_of=True)]"),
        ({"oneOf": [{"enum": ["a", "b"]}, {"enum": ["b", "c"]}]}, 'Literal["a", "b"] | Literal["b", "c"]',
         'Annotated[Literal["a", "b"] | Literal["b", "c"], Rules(one_of=True)]'),
        ({"oneOf": [{"const": "a"}, {"const": "b"}]}, 'Literal["a"] | Literal["b"]', 'Literal["a"] | Literal["b"]'),
        ({"oneOf": [{"type": "string"}, {}]}, "str | Any", "Annotated[str | Any, Rules(one_of=True)]"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "int | float", "int | float"),
        ({"type": "integer", "enum": [1.0, 2]}, "Literal[1, 2]", "Literal[1, 2]"),
        ({"type": "number", "enum": [1, 1.5]}, "float", "Annotated[float, Rules(enum=(1, 1.5))]"),
        ({"$defs": {"A": {}}, "$anchor": "a", "$schema": "https://json-schema.org/draft/2020-12/schema",
          "type": "string"}, "str", "str"),
        ({"type": "string", "format": "binary"}, "str", "str"),
        ({"type": ["object", "null"], "properties": {"a": {}}}, "Hint | None", "Hint | None"),
        (ref("Tree"), "Tree", "Tree"),
    ],
)  # fmt: skip
def test_the_annotation_says_what_the_schema_does(schema: Any, plain: str, full: str) -> None:
    kind, _ = read(schema)
    assert (kind.plain, kind.full) == (plain, full)


@pytest.mark.parametrize(
    ("schema", "full"),
    [
        ({"type": ["string", "null"], "enum": ["a", None]}, 'Annotated[Literal["a"] | str, Open()] | None'),
        ({"type": "number", "enum": [1, 2]}, "Annotated[Literal[1, 2] | float, Open()]"),
        ({"type": ["integer", "string"], "enum": [1]}, "Annotated[Literal[1] | int | str, Open()]"),
        ({"enum": [1, "a"]}, 'Annotated[Literal[1, "a"] | int | str, Open()]'),
        ({"type": ["number", "null"], "enum": [0.5, None]}, "Annotated[float | None, Rules(enum=(0.5, None))]"),
    ],
)  # fmt: skip
def test_an_enumeration_in_an_answer_stays_open(schema: Any, full: str) -> None:
    assert read(schema, "answer")[0].full == full


TYPE = st.sampled_from(["string", "integer", "number", "null", ["string", "null"], ["integer", "string"]])
RULED = st.fixed_dictionaries(
    {},
    optional={
        "type": TYPE,
        "minimum": st.integers(0, 3),
        "multipleOf": st.integers(2, 3),
        "maxLength": st.integers(0, 2),
    },
)
CONSTANTS = st.lists(st.sampled_from([0, 1, 2, 1.5, "a", "ab", None]), min_size=1, max_size=3, unique_by=repr)
SIMPLE = RULED | st.fixed_dictionaries({"enum": CONSTANTS}, optional={"type": TYPE})
CHOICE = st.lists(SIMPLE | st.lists(SIMPLE, min_size=1, max_size=2).map(lambda options: {"anyOf": options}),
                  min_size=1, max_size=3)  # fmt: skip


@given(CHOICE, st.sampled_from(["oneOf", "anyOf"]))
def test_a_client_sends_the_very_values_that_a_choice_allows(options: list[Any], keyword: str) -> None:
    schema = {keyword: options}
    try:
        made = codec(
            eval(read(schema)[0].full, vars(rules) | {"Any": Any, "Annotated": Annotated, "Literal": Literal})
        )
    except Problem:
        assume(False)
    values: list[Any] = [None, 0, 1, 2, 3, 6, 1.5, 2.5, "", "a", "ab", "abc", [], {}]
    for value in values:
        try:
            sent = made.encode(value) == value
        except Mismatch:
            sent = False
        assert sent is jsonschema_rs.is_valid(schema, value), value


def test_an_answer_may_fit_two_schemas_of_one_of() -> None:
    same = {"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string", "format": "email"}]}
    assert read(same, "answer")[0].full == "str"
    assert read({"oneOf": [ref("Cat"), ref("Dog")]}, "answer")[0].full == "Cat | Dog"


@pytest.mark.parametrize(
    ("schema", "full"),
    [
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, "list[Any]"),
        ({"type": "array", "prefixItems": [{"type": "string"}], "items": False}, "list[Any]"),
        ({"type": "object", "patternProperties": {"^x": {}}, "additionalProperties": TEXT}, "dict[str, Any]"),
        (
            {"type": "object", "patternProperties": {"^x": {}}, "additionalProperties": False},
            "dict[str, Any]",
        ),
    ],
)
def test_what_patterns_and_prefixes_speak_for_in_an_answer_may_be_anything(schema: Any, full: str) -> None:
    assert read(schema, "answer")[0].full == full
    assert read({**schema, "properties": {"a": {}}, "type": "object"}, "answer")[1]["Hint"].additional == (
        "dict[str, Any]"
    )


def test_who_extends_a_schema_that_extends_the_base_is_one_of_its_family() -> None:
    base = {"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": TEXT}}
    kin: dict[str, Any] = {
        "Animal": base,
        "Hound": {"allOf": [ref("Animal"), {"properties": {"age": {}}}]},
        "Puppy": {"allOf": [ref("Hound")], "properties": {}},
    }
    document = {"openapi": "3.1.0", "components": {"schemas": kin}}
    schemas = Schemas(Contract(document))
    schemas.register(ref("Animal"), "Hint", "answer")
    kinds = '{"Hound": "Hound", "Puppy": "Puppy", "Animal": "Animal"}'
    wanted = f'Annotated[Hound | Puppy | Animal, Discriminator("kind", {kinds})]'
    assert Values(schemas).annotation(ref("Animal")).full == wanted


def test_an_alias_of_a_base_is_the_base() -> None:
    base = {"type": "object", "discriminator": {"propertyName": "kind"}, "properties": {"kind": TEXT}}
    document = {
        "openapi": "3.1.0",
        "components": {"schemas": {"Animal": base, "Beast": {"allOf": [ref("Animal")]}}},
    }
    schemas = Schemas(Contract(document))
    schemas.register(ref("Beast"), "Hint", "answer")
    assert Values(schemas).annotation(ref("Beast")).plain == "Animal"


def test_a_discriminator_names_schemas_that_others_stand_beside() -> None:
    schema = {
        "type": "object",
        "properties": {"kind": TEXT},
        "required": ["kind"],
        "oneOf": [ref("Cat"), ref("Dog")],
        "discriminator": {"propertyName": "kind", "mapping": {"meow": "#/components/schemas/Cat"}},
    }
    kind, found = read(schema)
    assert 'Discriminator("kind", {"meow": "HintOption1", "Dog": "HintOption2"})' in kind.full
    assert found["HintOption1"].fields[0].annotation == 'Literal["cat"]'


def test_required_lists_beside_one_of_are_a_rule_of_each_schema() -> None:
    schema: dict[str, Any] = {
        "properties": {"a": {}, "b": {}},
        "oneOf": [{"properties": {"a": TEXT}}, {"properties": {"b": TEXT}}],
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
    }
    assert [model.rules for model in read(schema)[1].values()] == ['Rules(any_required=(("a",), ("b",)))'] * 2


@pytest.mark.parametrize(
    ("schema", "full"),
    [
        ({"type": "string", "format": "binary"}, "File"),
        ({"contentMediaType": "image/png"}, "File"),
        ({"type": ["string", "null"], "format": "binary"}, "File | None"),
        ({"type": ["string", "null"], "format": "binary", "maxLength": 9},
         "Annotated[File | None, Rules(max_length=9)]"),
    ],
)  # fmt: skip
def test_bytes_in_a_form_are_a_file(schema: Any, full: str) -> None:
    assert read(schema, binary=True)[0].full == full


@pytest.mark.parametrize("ways", [("request", "request"), ("request", "answer"), ("answer", "request")])
def test_bytes_cannot_be_a_file_here_and_text_there(ways: tuple[str, str]) -> None:
    schema = {"type": "object", "properties": {"a": {"type": "string", "format": "binary"}}}
    schemas = Schemas(Contract({"x-schema": schema}))
    first, second = ways
    schemas.register(schema, "Hint", first, binary=second == "answer")
    with pytest.raises(Problem, match="the bytes are a file in one media type and text in another"):
        schemas.register(schema, "Hint", second, binary=second != "answer")


def test_bytes_that_are_text_are_no_file() -> None:
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
        ({"type": "integer", "default": 2.0}, "2"),
        ({"type": "number", "default": 2.0}, "2.0"),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "string"}], "default": "now"}, '"now"'),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "string"}], "default": "2020-02-29"},
         'parse_date("2020-02-29")'),
        ({"allOf": [ref("Text"), {"minLength": 1}], "default": "a"}, '"a"'),
    ],
)  # fmt: skip
def test_a_default_is_written_as_python(schema: Any, default: str) -> None:
    assert fields({"properties": {"x": schema}})["x"].endswith(f" = {default}")


def test_what_only_one_way_carries_is_optional_and_marked() -> None:
    schema = {"properties": {"id": {"type": "string", "readOnly": True}}, "required": ["id"]}
    assert fields(schema) == {"id": 'Annotated[str | Unset, Access("read", required=True)] = UNSET'}


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


def test_models_may_hold_one_another_deeper_than_python_calls_functions() -> None:
    length = 2_000
    chain: dict[str, Any] = {
        f"S{i}": {"type": "object", "properties": {"a": ref(f"S{i + 1}")}} for i in range(length)
    }
    schemas = Schemas(Contract({"components": {"schemas": {**chain, f"S{length}": {"type": "object"}}}}))
    schemas.register(ref("S0"), "x", "request")
    assert [model.name for model in schemas.models.values()] == list(chain)
    assert models(Values(schemas))[0].imports == {"S1"}


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
        ({"properties": {"d": {"type": "integer", "default": "20"}}}, "the default '20' is not valid by its schema"),
        ({"properties": {"d": {"type": "boolean", "default": "true"}}}, "the default 'true' is not valid"),
        ({"properties": {"d": {"type": "string", "enum": ["a"], "default": "b"}}}, "the default 'b' is not valid"),
        ({"properties": {"d": {"allOf": [ref("Text"), {"maxLength": 1}], "default": "ab"}}}, "'ab' is not valid"),
        ({"properties": {"d": {"type": "array", "items": ref("Text"), "default": [1]}}}, "is not valid"),
        ({"enum": []}, "no value of `enum` or `const` is of the type"),
        ({"type": "string", "enum": [1, None]}, "no value of `enum` or `const` is of the type"),
        ({"type": "string", "const": 1}, "no value of `enum` or `const` is of the type"),
        ({"oneOf": [{"type": "string", "format": "uuid"}, {"type": "string", "format": "email"}]},
         "cannot tell two schemas of the `oneOf` apart"),
        ({"type": "array", "items": False}, "`items: false` allows no item"),
        ({"type": "object", "patternProperties": {"a": {}}}, "`patternProperties` cannot be checked"),
        ({"allOf": [{"type": "string"}, {"type": "integer"}]}, "says `type` twice"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_right_is_refused(schema: Any, said: str) -> None:
    with pytest.raises(Problem, match=said):
        read(schema)


def test_a_pattern_of_a_file_is_refused() -> None:
    with pytest.raises(Problem, match="`pattern` cannot be checked in a file"):
        read({"type": "string", "format": "binary", "pattern": "a"}, binary=True)


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
