"""Bodies are written and read as their media types say, compared with independent readers."""

from __future__ import annotations

import json
from email import message_from_bytes
from email.message import Message
from io import BytesIO, StringIO
from typing import Any
from urllib.parse import parse_qsl

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.runtime.media import FORM, MULTIPART, Encoding, essence, is_json, payload, read, write
from scripts.runtime.mismatch import Mismatch
from scripts.runtime.types import File

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)


def fields(value: dict[str, Any], **encodings: Encoding) -> list[tuple[str, str]]:
    content, media_type = write(FORM, value, encodings)
    assert media_type == FORM
    return parse_qsl(content.decode("ascii"), keep_blank_values=True, strict_parsing=bool(content))


def parts(value: dict[str, Any], **encodings: Encoding) -> list[Message]:
    content, media_type = write(MULTIPART, value, encodings)
    message = message_from_bytes(b"Content-Type: " + media_type.encode() + b"\r\n\r\n" + content)
    assert message.get_content_type() == MULTIPART
    return [part for part in message.walk() if not part.is_multipart()]


def told(part: Message) -> tuple[str, str | None, str | None, bytes]:
    """Name, file name, media type and content of a part."""
    name = part.get_param("name", header="content-disposition")
    return str(name), part.get_filename(), part["content-type"], bytes(part.get_payload(decode=True))


# JSON, text and bytes


@pytest.mark.parametrize("media_type", ["application/json", "application/vnd.x+json; v=1", "text/json"])
def test_json_is_compact_utf_8(media_type: str) -> None:
    assert write(media_type, {"a": ["é", None]}, {}) == ('{"a":["é",null]}'.encode(), media_type)


@pytest.mark.parametrize("value", [{"a": b"x"}, {"a": File(b"x")}, float("nan")])
def test_what_json_cannot_carry_is_refused(value: Any) -> None:
    with pytest.raises(Mismatch, match="a JSON value"):
        write("application/json", value, {})


@pytest.mark.parametrize(
    ("media_type", "written", "sent"),
    [
        ("text/plain", "é".encode(), "text/plain; charset=utf-8"),
        ("text/*", "é".encode(), "text/plain; charset=utf-8"),
        ("text/csv; header=present", "é".encode(), "text/csv; header=present; charset=utf-8"),
        ("text/plain; charset=ISO-8859-1", b"\xe9", "text/plain; charset=ISO-8859-1"),
        ('text/plain; Charset="utf-16-le"', b"\xe9\0", 'text/plain; Charset="utf-16-le"'),
        ("application/xml", "é".encode(), "application/xml"),
    ],
)
def test_text_is_written_in_its_charset(media_type: str, written: bytes, sent: str) -> None:
    assert write(media_type, "é", {}) == (written, sent)


@pytest.mark.parametrize("charset", ["ascii", "no-such-charset"])
def test_text_that_its_charset_cannot_carry_is_refused(charset: str) -> None:
    with pytest.raises(Mismatch, match=f"text in the charset {charset}"):
        write(f"text/plain; charset={charset}", "é", {})


@pytest.mark.parametrize(
    ("value", "allowed", "sent"),
    [
        (b"x", "application/pdf", "application/pdf"),
        (b"x", "*/*", "application/octet-stream"),
        (File(b"x"), "*/*", "application/octet-stream"),
        (File(BytesIO(b"x")), "application/pdf", "application/pdf"),
        (File(b"x", mime_type="image/png"), "image/*", "image/png"),
        (File(b"x", mime_type="IMAGE/PNG"), "image/jpeg, image/png", "IMAGE/PNG"),
        (File(b"x", mime_type="image/svg+xml; charset=utf-8"), "*/*", "image/svg+xml; charset=utf-8"),
    ],
)
def test_a_file_is_sent_with_a_media_type_that_the_contract_allows(
    value: Any, allowed: str, sent: str
) -> None:
    assert write(allowed, value, {}) == (b"x", sent)


@pytest.mark.parametrize(
    ("given", "allowed"),
    [
        (None, "image/*"),
        (None, "image/png, image/jpeg"),
        ("text/html", "image/*"),
        ("text/html", "application/pdf"),
        ("image/*", "image/*"),
        ("image/png\r\nX-Evil: 1", "*/*"),
        ("image/png; a=\r\n", "image/png"),
        ("nothing", "*/*"),
    ],
)
def test_a_file_with_another_media_type_or_none_to_choose_is_refused(given: str | None, allowed: str) -> None:
    with pytest.raises(Mismatch) as caught:
        write(allowed, File(b"x", mime_type=given), {})
    assert caught.value.rule == f"mime_type: {allowed}"


def test_a_file_opened_as_text_is_refused() -> None:
    with pytest.raises(Mismatch, match="expected a file opened in binary mode, got"):
        payload(File(StringIO("x")))  # type: ignore[arg-type] # this is the mistake


def test_an_open_file_is_read_to_its_end() -> None:
    data = bytes(range(256)) * 1000
    assert write("*/*", File(BytesIO(data)), {}) == (data, "application/octet-stream")
    content, _ = write(MULTIPART, {"a": File(BytesIO(data), "a.bin")}, {})
    assert data in content


# Forms


@given(st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=3), max_size=4))
def test_a_form_can_be_read_back(value: dict[str, Any]) -> None:
    wanted = [
        (name, text) for name, item in value.items() for text in (item if isinstance(item, list) else [item])
    ]
    assert fields(value) == wanted


def test_a_form_holds_primitives_as_text_and_objects_as_json() -> None:
    value = {"n": 1.5, "t": True, "z": None, "o": {"a": ["é"]}, "l": [{"b": 1}, [2]], "e": []}
    assert fields(value) == [
        ("n", "1.5"), ("t", "true"), ("z", "null"), ("o", '{"a":["é"]}'), ("l", '{"b":1}'), ("l", "[2]"),
    ]  # fmt: skip


def test_an_encoding_object_rules_how_a_field_is_written() -> None:
    value = {"a": ["1", "2"], "d": {"x y": "&"}, "j": ["é"], "s": "text", "p": ["1|2", "3"]}
    encodings = {
        "a": Encoding(style="form", explode=False),
        "d": Encoding(style="deepObject"),
        "j": Encoding("application/json"),
        "s": Encoding("application/vnd.x+json"),
        "p": Encoding("text/plain"),
    }
    assert fields(value, **encodings) == [
        ("a", "1,2"), ("d[x y]", "&"), ("j", '["é"]'), ("s", '"text"'), ("p", "1|2"), ("p", "3"),
    ]  # fmt: skip


SPREAD = Encoding(style="form")


@pytest.mark.parametrize("write", [fields, parts])
@pytest.mark.parametrize(
    ("value", "encodings", "clash"),
    [
        ({"b": 1, "o": {"b": 2}}, {"o": SPREAD}, "o: expected .* got \\['b'\\]"),
        ({"o": {"b": 2}, "b": 1}, {"o": SPREAD}, "o: expected .* got \\['b'\\]"),
        ({"o": {"x": 1}, "p": {"x": 2}}, {"o": SPREAD, "p": SPREAD}, "p: expected .* got \\['x'\\]"),
        ({"d": {"x": 1}, "d[x]": 2}, {"d": Encoding(style="deepObject")}, "d: expected .*, got \\['d\\[x"),
    ],
)
def test_a_property_cannot_pass_for_another_field(
    write: Any, value: Any, encodings: dict[str, Encoding], clash: str
) -> None:
    with pytest.raises(Mismatch, match=clash):
        write(value, **encodings)


def test_fields_that_have_names_of_their_own_stand_side_by_side() -> None:
    value = {"o": {"o": 1, "x": 2}, "a": ["1", "2"], "d": {"x": 3}}
    encodings = {"o": SPREAD, "a": SPREAD, "d": Encoding(style="deepObject")}
    assert fields(value, **encodings) == [("o", "1"), ("x", "2"), ("a", "1"), ("a", "2"), ("d[x]", "3")]


@pytest.mark.parametrize("write", [fields, parts])
@pytest.mark.parametrize("value", [{"a": 1}, [["b"]]])
def test_an_object_is_sent_as_json_or_not_at_all(write: Any, value: Any) -> None:
    for content_type in ("application/xml", "text/*", "text/plain, text/csv"):
        with pytest.raises(Mismatch, match=r"a: expected a primitive, to be sent as"):
            write({"a": value}, a=Encoding(content_type))


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("*/*", "application/json"),
        ("application/*", "application/json"),
        ("application/xml, application/problem+json", "application/problem+json"),
        ("application/json; v=1", "application/json; v=1"),
    ],
)
def test_an_object_has_a_media_type_that_its_encoding_allows(content_type: str, sent: str) -> None:
    (part,) = parts({"a": {"b": 1}}, a=Encoding(content_type))
    assert told(part) == ("a", None, sent, b'{"b":1}')


def test_reserved_characters_in_a_form_are_left_where_that_is_allowed() -> None:
    encodings = {"a": Encoding(style="form", allow_reserved=True)}
    assert write(FORM, {"a": "x/y&z", "b": "x/y"}, encodings) == (b"a=x/y%26z&b=x%2Fy", FORM)


def test_an_empty_form_is_empty() -> None:
    assert write(FORM, {}, {}) == (b"", FORM)


@pytest.mark.parametrize("media_type", [FORM, MULTIPART])
def test_a_form_that_is_null_is_refused(media_type: str) -> None:
    with pytest.raises(Mismatch, match="expected type: object, got None"):
        write(media_type, None, {})


def test_what_a_field_cannot_carry_is_refused_by_its_name() -> None:
    with pytest.raises(Mismatch) as caught:
        fields({"a": ["1|2", "3"]}, a=Encoding(style="pipeDelimited", explode=False))
    assert caught.value.place == ("a",)
    with pytest.raises(Mismatch) as caught:
        parts({"a": File(b"x", mime_type="text/html")}, a=Encoding("image/png"))
    assert caught.value.place == ("a",)


# Multipart


def test_a_multipart_body_holds_text_json_and_files() -> None:
    value = {
        "text": "é",
        "number": 1.0,
        "object": {"a": "é"},
        "list": ["x", ["y"]],
        "bytes": b"\0\r\n",
        "files": [File(BytesIO(b"1"), "a b.txt", "text/plain"), File(b"2")],
        "none": [],
    }
    assert [told(part) for part in parts(value)] == [
        ("text", None, None, "é".encode()),
        ("number", None, None, b"1.0"),
        ("object", None, "application/json", '{"a":"é"}'.encode()),
        ("list", None, None, b"x"),
        ("list", None, "application/json", b'["y"]'),
        ("bytes", "upload", "application/octet-stream", b"\0\r\n"),
        ("files", "a b.txt", "text/plain", b"1"),
        ("files", "upload", "application/octet-stream", b"2"),
    ]


def test_an_encoding_object_rules_how_a_part_is_written() -> None:
    value = {"j": ["x"], "c": "1;2", "w": "x", "f": b"x", "a": ["1", "2"], "d": {"x": "1", "y": "&"}}
    encodings = {
        "j": Encoding("application/json"),
        "c": Encoding("text/csv"),
        "w": Encoding("text/plain, text/html"),
        "f": Encoding("image/png"),
        "a": Encoding(style="spaceDelimited", explode=False),
        "d": Encoding(style="deepObject"),
    }
    assert [told(part) for part in parts(value, **encodings)] == [
        ("j", None, "application/json", b'["x"]'),
        ("c", None, "text/csv", b"1;2"),
        ("w", None, None, b"x"),
        ("f", "upload", "image/png", b"x"),
        ("a", None, None, b"1 2"),
        ("d[x]", None, None, b"1"),
        ("d[y]", None, None, b"&"),
    ]


def test_a_multipart_body_without_parts_is_still_one() -> None:
    content, media_type = write(MULTIPART, {}, {})
    assert (content, media_type) == (b"--none--\r\n", "multipart/form-data; boundary=none")


@pytest.mark.parametrize("name", ['a"b', "a\r\nX-Evil: 1", "a;b", "é"])
def test_names_of_parts_and_files_cannot_leave_their_header(name: str) -> None:
    content, media_type = write(MULTIPART, {name: File(b"x", name)}, {})
    head, _, rest = content.partition(b"\r\n\r\n")
    boundary = media_type.partition("boundary=")[2].encode()
    assert rest == b"x\r\n--" + boundary + b"--\r\n"
    assert len(head.split(b"\r\n")) == 3
    assert head.count(b'"') == 4


def test_a_file_name_that_utf_8_cannot_carry_is_refused() -> None:
    with pytest.raises(Mismatch, match="a: expected text without lone surrogates"):
        parts({"a": File(b"x", "\udc80.txt")})


# Answers


def answer(content: bytes, media_type: str = "application/json") -> httpx.Response:
    return httpx.Response(200, content=content, headers={"content-type": media_type})


JSON = st.recursive(
    st.none() | st.integers() | TEXTS, lambda inner: st.dictionaries(TEXTS, inner), max_leaves=4
)


@given(JSON)
def test_json_is_read(value: Any) -> None:
    content = json.dumps(value).encode()
    assert read("application/json", answer(content)) == value
    assert read("application/x+json", answer(b"\xef\xbb\xbf" + content)) == value


NO_JSON = [
    b"", b"<html>", b'{"a":', b"{'a': 1}", b"[NaN]", b"-Infinity", b'"\xe9"', b"1" * 5000, b"[" * 100_000,
]  # fmt: skip


@pytest.mark.parametrize("content", NO_JSON, ids=lambda content: repr(content[:9]))
def test_what_is_no_json_is_told_in_short(content: bytes) -> None:
    with pytest.raises(Mismatch, match="valid JSON") as caught:
        read("application/json", answer(content))
    assert caught.value.value == content[:200]


def test_text_is_read_in_its_charset_and_bytes_as_they_are() -> None:
    assert read("text/plain", answer(b"\xe9", "text/plain; charset=latin-1")) == "é"
    assert read("text/*", answer("é".encode(), "text/csv")) == "é"
    assert read("image/png", answer(b"\xe9", "image/png")) == b"\xe9"


def test_media_types_are_compared_without_case_and_parameters() -> None:
    assert essence(" Application/JSON ; charset=utf-8") == "application/json"
    kinds = ["Application/JSON;a=b", "a/b+JSON", "text/json", "json", "text/plain"]
    assert [is_json(kind) for kind in kinds] == [True, True, True, False, False]
