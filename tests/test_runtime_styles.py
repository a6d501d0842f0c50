"""Parameters are written as OpenAPI's style table says, compared with an RFC 6570 expansion of our own."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.runtime import styles
from scripts.runtime.mismatch import Mismatch

COLORS = ["blue", "black", "brown"]
RGB = {"R": 100, "G": 200, "B": 150}

QUERY: list[tuple[Any, ...]] = [
    # style, explode, value, the parts on the wire of a parameter named `color`
    ("form", True, "", ["color="]),
    ("form", True, "blue", ["color=blue"]),
    ("form", False, "blue", ["color=blue"]),
    ("form", True, COLORS, ["color=blue", "color=black", "color=brown"]),
    ("form", False, COLORS, ["color=blue,black,brown"]),
    ("form", True, RGB, ["R=100", "G=200", "B=150"]),
    ("form", False, RGB, ["color=R,100,G,200,B,150"]),
    ("spaceDelimited", False, COLORS, ["color=blue%20black%20brown"]),
    ("spaceDelimited", False, RGB, ["color=R%20100%20G%20200%20B%20150"]),
    ("pipeDelimited", False, COLORS, ["color=blue%7Cblack%7Cbrown"]),
    ("pipeDelimited", False, RGB, ["color=R%7C100%7CG%7C200%7CB%7C150"]),
    ("deepObject", True, RGB, ["color%5BR%5D=100", "color%5BG%5D=200", "color%5BB%5D=150"]),
    ("form", True, [], []),
    ("form", False, [], []),
    ("form", True, {}, []),
    ("form", False, {}, []),
    ("deepObject", True, {}, []),
    ("form", True, [""], ["color="]),
    ("form", False, [""], ["color="]),
    ("form", True, True, ["color=true"]),
    ("form", True, None, ["color=null"]),
    ("deepObject", True, None, ["color=null"]),
    ("form", True, 1.5, ["color=1.5"]),
    ("form", True, 1e22, ["color=1e%2B22"]),
]

PATH: list[tuple[Any, ...]] = [
    # style, explode, value, what stands in the path
    ("simple", False, "blue", "blue"),
    ("simple", False, COLORS, "blue,black,brown"),
    ("simple", True, COLORS, "blue,black,brown"),
    ("simple", False, RGB, "R,100,G,200,B,150"),
    ("simple", True, RGB, "R=100,G=200,B=150"),
    ("label", False, "", "."),
    ("label", False, "blue", ".blue"),
    ("label", False, COLORS, ".blue,black,brown"),
    ("label", True, COLORS, ".blue.black.brown"),
    ("label", False, RGB, ".R,100,G,200,B,150"),
    ("label", True, RGB, ".R=100.G=200.B=150"),
    ("matrix", False, "", ";color"),
    ("matrix", False, "blue", ";color=blue"),
    ("matrix", False, COLORS, ";color=blue,black,brown"),
    ("matrix", True, COLORS, ";color=blue;color=black;color=brown"),
    ("matrix", False, RGB, ";color=R,100,G,200,B,150"),
    ("matrix", True, RGB, ";R=100;G=200;B=150"),
    ("matrix", True, {"R": ""}, ";R"),
    *((style, explode, [], "") for style in ("simple", "label", "matrix") for explode in (False, True)),
    *((style, explode, {}, "") for style in ("simple", "label", "matrix") for explode in (False, True)),
]  # fmt: skip

HEADER: list[tuple[Any, ...]] = [
    # explode, value, the header
    (False, "blue", "blue"),
    (False, "light blue, or not", "light blue, or not"),
    (False, COLORS, "blue,black,brown"),
    (True, COLORS, "blue,black,brown"),
    (False, RGB, "R,100,G,200,B,150"),
    (True, RGB, "R=100,G=200,B=150"),
    (True, {"query": "a=b"}, "query=a=b"),
    (False, [], ""),
    (False, None, "null"),
]


@pytest.mark.parametrize(("style", "explode", "value", "wire"), QUERY)
def test_a_query_parameter_or_cookie_is_written_as_its_style_says(
    style: str, explode: bool, value: Any, wire: list[str]
) -> None:
    assert styles.joined(styles.pairs("color", value, style, explode)) == wire


@pytest.mark.parametrize(("style", "explode", "value", "wire"), PATH)
def test_a_path_parameter_is_written_as_its_style_says(
    style: str, explode: bool, value: Any, wire: str
) -> None:
    assert styles.segment("color", value, style, explode) == wire


@pytest.mark.parametrize(("explode", "value", "wire"), HEADER)
def test_a_header_is_written_as_the_simple_style_says(explode: bool, value: Any, wire: str) -> None:
    assert styles.header(value, explode) == wire


# An independent RFC 6570: for each operator its prefix, separator, and what follows a name without a value.
OPERATORS = {
    "form": ("?", "&", "="),
    "simple": ("", ",", None),
    "label": (".", ".", None),
    "matrix": (";", ";", ""),
}
UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def expanded(name: str, value: Any, style: str, explode: bool) -> str:
    """`{name}` or `{name*}` with the operator of the style; nothing for an undefined value."""
    prefix, separator, nothing = OPERATORS[style]

    def named(key: str, text: str) -> str:
        if nothing is None:
            return text
        return literal(key) + (f"={text}" if text else nothing)

    if isinstance(value, str):
        parts = [named(name, literal(value))]
    elif explode and isinstance(value, list):
        parts = [named(name, literal(item)) for item in value]
    elif explode:
        always = [f"{literal(key)}={literal(item)}" for key, item in value.items()]
        parts = always if nothing is None else [named(key, literal(item)) for key, item in value.items()]
    else:
        flat = value if isinstance(value, list) else [text for pair in value.items() for text in pair]
        parts = [named(name, ",".join(map(literal, flat)))] if flat else []
    return prefix + separator.join(parts) if parts else ""


def literal(text: str) -> str:
    return "".join(chr(byte) if chr(byte) in UNRESERVED else f"%{byte:02X}" for byte in text.encode())


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["", "a,b", "a=b&c", "100%", "%2F", "../x", "a b+c", "é", "😀", ";x", "[y]", "|"]
)
NAMES = TEXTS.filter(bool)
VALUES = TEXTS | st.lists(TEXTS, max_size=4) | st.dictionaries(NAMES, TEXTS, max_size=4)


@given(name=NAMES, value=VALUES, explode=st.booleans(), style=st.sampled_from(["simple", "label", "matrix"]))
def test_a_path_parameter_is_an_rfc_6570_expansion(name: str, value: Any, explode: bool, style: str) -> None:
    whole = expanded(name, value, style, explode)
    if style == "label" and explode and not isinstance(value, str) and whole.count(".") > len(value):
        with pytest.raises(Mismatch, match="no item with the delimiter of the style label"):
            styles.segment(name, value, style, explode)
    else:
        assert styles.segment(name, value, style, explode) == whole


@pytest.mark.parametrize("value", [["a.b", 1.5], {"x": 1.5}, {"a.b": "c"}])
def test_a_label_that_could_not_be_told_apart_is_refused(value: Any) -> None:
    with pytest.raises(Mismatch, match="no item with the delimiter of the style label"):
        styles.segment("x", value, "label", True)
    assert styles.segment("x", value, "label", False).startswith(".")
    assert styles.segment("x", "a.b", "label", True) == ".a.b"


@given(name=NAMES, value=VALUES, explode=st.booleans())
def test_a_form_parameter_is_an_rfc_6570_expansion(name: str, value: Any, explode: bool) -> None:
    parts = styles.joined(styles.pairs(name, value, "form", explode))
    assert ("?" + "&".join(parts) if parts else "") == expanded(name, value, "form", explode)


@given(
    name=NAMES,
    items=st.lists(TEXTS, min_size=1, max_size=4),
    style=st.sampled_from(["spaceDelimited", "pipeDelimited"]),
)
def test_a_delimited_array_can_be_read_back_or_is_refused(name: str, items: list[str], style: str) -> None:
    delimiter = {"spaceDelimited": " ", "pipeDelimited": "|"}[style]
    if any(delimiter in item for item in items):
        with pytest.raises(Mismatch, match=f"no item with the delimiter of the style {style}"):
            styles.pairs(name, items, style, False)
    else:
        (part,) = styles.joined(styles.pairs(name, items, style, False))
        key, _, value = part.partition("=")
        assert (unquote(key), unquote(value).split(delimiter)) == (name, items)


@given(name=NAMES, value=st.dictionaries(NAMES, TEXTS, max_size=4))
def test_a_deep_object_can_be_read_back(name: str, value: dict[str, str]) -> None:
    parts = [part.partition("=") for part in styles.joined(styles.pairs(name, value, "deepObject", True))]
    read = {unquote(key).removeprefix(f"{name}[").removesuffix("]"): unquote(item) for key, _, item in parts}
    assert read == value


@given(value=VALUES, explode=st.booleans())
def test_allow_reserved_leaves_characters_but_means_the_same(value: Any, explode: bool) -> None:
    plain = styles.joined(styles.pairs("q", value, "form", explode))
    reserved = styles.joined(styles.pairs("q", value, "form", explode, allow_reserved=True))
    keeps_delimiter = explode or isinstance(value, str)
    parts = [part if keeps_delimiter else part.replace(",", "\0") for part in plain]
    assert [unquote(part) for part in parts] == [
        unquote(part if keeps_delimiter else part.replace(",", "\0")) for part in reserved
    ]
    assert not set("#&+ []") & set("".join(reserved))
    assert all(part.count("=") == 1 for part in reserved)


def test_allow_reserved_leaves_a_url_legible() -> None:
    written = styles.joined(
        styles.pairs("next", "https://a.test/b?c=d&e,f", "form", True, allow_reserved=True)
    )
    assert written == ["next=https://a.test/b?c%3Dd%26e,f"]


ITEMS = st.text(st.characters(max_codepoint=0xFF, exclude_characters=","), max_size=5)


@given(value=st.lists(ITEMS, max_size=4) | st.dictionaries(ITEMS, ITEMS, max_size=3), explode=st.booleans())
def test_a_header_can_be_read_back_or_is_refused(value: Any, explode: bool) -> None:
    try:
        written = styles.header(value, explode)
    except Mismatch:
        return
    items = written.split(",") if written else []
    assert [item.strip(" \t") for item in items] == items
    if isinstance(value, list):
        assert items == value
    elif explode:
        assert {key: item for key, _, item in (part.partition("=") for part in items)} == value
    else:
        assert dict(zip(items[::2], items[1::2], strict=True)) == value


@pytest.mark.parametrize(
    ("explode", "value"),
    [
        (False, ["a,b"]),
        (False, [""]),
        (False, [" a", "b"]),
        (False, ["a", "b\t"]),
        (False, {"a,b": "c"}),
        (True, {"a": "b,c"}),
        (True, {"a=b": "c"}),
    ],
)
def test_a_header_that_could_not_be_told_apart_is_refused(explode: bool, value: Any) -> None:
    with pytest.raises(Mismatch, match="items that a header can tell apart"):
        styles.header(value, explode)


@pytest.mark.parametrize("nested", [[["a"]], {"a": {}}, [b"bytes"]])
def test_a_nested_value_has_no_form(nested: Any) -> None:
    with pytest.raises(Mismatch, match="a primitive"):
        styles.pairs("x", nested, "form", True)


def test_fields_keep_names_and_values_as_they_are() -> None:
    assert styles.fields("a b", ["1 2", "é"], "pipeDelimited", False) == [("a b", "1 2|é")]
    assert styles.fields("a b", {"c d": "&"}, "deepObject", True) == [("a b[c d]", "&")]


def test_a_name_belongs_to_who_claims_it_first() -> None:
    owners = {"a": "a"}
    assert styles.claim(owners, "a", [("a", "1"), ("a", "2"), ("b", "3")]) == []
    assert styles.claim(owners, "c", [("b", "4"), ("c", "5"), ("a", "6")]) == ["b", "a"]


def test_json_is_compact_and_keeps_its_characters_where_it_may() -> None:
    assert styles.as_json({"a": ["é", 1, None]}) == '{"a":["é",1,null]}'
    assert styles.as_json({"é": [1, 2]}, ascii_only=True) == '{"\\u00e9":[1,2]}'


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x", 10**5000], ids=type)
def test_what_json_cannot_carry_is_refused(value: Any) -> None:
    for ascii_only in (False, True):
        with pytest.raises(Mismatch, match="a JSON value"):
            styles.as_json(value, ascii_only=ascii_only)


def test_json_that_holds_itself_is_refused() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(Mismatch, match="a JSON value"):
        styles.as_json(value)
