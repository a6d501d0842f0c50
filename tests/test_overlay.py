"""Overlays: each folder of data/overlay is one behaviour, named by it."""

from __future__ import annotations

import json
from copy import copy
from itertools import chain
from pathlib import Path
from typing import Any, TypeGuard

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scripts.document import Map, Seq, copied, place
from scripts.overlay import OverlayError, apply
from scripts.problem import Problem
from scripts.yaml12 import read

CASES = Path(__file__).parent / "data" / "overlay"
APPLIED = sorted(path.parent for path in CASES.glob("*/output.yaml"))
REFUSED = sorted(path.parent for path in CASES.glob("*/error.txt"))


def load(path: Path) -> Any:
    """The value of a file, which may be a primitive too."""
    return read(path.read_text("utf-8"), str(path))


def plain(value: Any) -> Any:
    """The value as ordinary dicts and lists, without marks."""
    return json.loads(json.dumps(value))


def text(value: Any) -> str:
    """The value as JSON, which tells true from 1 and shows the order of properties."""
    return json.dumps(value, indent=1)


def applied(document: Any, changes: Any) -> Any:
    """The result, or None for a refusal."""
    try:
        return apply(document, changes)
    except OverlayError:
        return None


def overlay(*actions: dict[str, Any]) -> dict[str, Any]:
    """An overlay with these actions."""
    return {"overlay": "1.1.0", "info": {"title": "t", "version": "1"}, "actions": list(actions)}


def is_object(value: Any) -> TypeGuard[dict[str, Any]]:
    return isinstance(value, dict)


def is_array(value: Any) -> TypeGuard[list[Any]]:
    return isinstance(value, list)


def containers(value: Any) -> list[Any]:
    """All objects and arrays of the value, itself included."""
    inside = list(value.values()) if is_object(value) else value if is_array(value) else None
    return [] if inside is None else [value, *chain.from_iterable(containers(child) for child in inside)]


def keys(container: Any) -> list[Any]:
    """The names or indices of a container."""
    return sorted(container) if is_object(container) else [*range(len(container))]


def ids(*values: Any) -> list[int]:
    """The identity of each container of the values, marks included."""
    found = list(chain.from_iterable(containers(value) for value in values))
    return [id(each) for each in found] + [id(each.lines) for each in found if isinstance(each, Map | Seq)]


def marks(*values: Any) -> list[Any]:
    """The file and lines of each container of the values."""
    found = chain.from_iterable(containers(value) for value in values)
    return [(each.file, each.line, copy(each.lines)) for each in found if isinstance(each, Map | Seq)]


@pytest.mark.parametrize("folder", APPLIED, ids=lambda folder: folder.name)
@pytest.mark.parametrize("form", [copied, plain], ids=["marked", "plain"])
def test_an_overlay_gives_the_output_of_its_case(folder: Path, form: Any) -> None:
    result = apply(form(load(folder / "openapi.yaml")), form(load(folder / "overlay.yaml")))
    assert text(result) == text(load(folder / "output.yaml"))


@pytest.mark.parametrize("folder", REFUSED, ids=lambda folder: folder.name)
@pytest.mark.parametrize("form", [copied, plain], ids=["marked", "plain"])
def test_an_overlay_is_refused_with_the_message_of_its_case(folder: Path, form: Any) -> None:
    with pytest.raises(OverlayError) as caught:
        apply(form(load(folder / "openapi.yaml")), form(load(folder / "overlay.yaml")))
    assert (folder / "error.txt").read_text(encoding="utf-8").strip() in str(caught.value)


@pytest.mark.parametrize("folder", APPLIED + REFUSED, ids=lambda folder: folder.name)
def test_a_case_changes_neither_of_its_documents(folder: Path) -> None:
    document, changes = load(folder / "openapi.yaml"), load(folder / "overlay.yaml")
    before = text([document, changes]), marks(document, changes)
    result = applied(document, changes)
    assert (text([document, changes]), marks(document, changes)) == before
    assert set(ids(result)).isdisjoint(ids(document, changes))


@pytest.mark.parametrize("folder", APPLIED, ids=lambda folder: folder.name)
def test_every_value_of_a_result_has_a_line(folder: Path) -> None:
    for container in containers(apply(load(folder / "openapi.yaml"), load(folder / "overlay.yaml"))):
        assert keys(container.lines) == keys(container)


def test_there_are_cases_of_both_kinds() -> None:
    assert len(APPLIED) >= 30
    assert len(REFUSED) >= 30
    assert set(CASES.iterdir()) == {*APPLIED, *REFUSED}


# Messages


def test_a_refusal_names_file_line_and_action(tmp_path: Path) -> None:
    path = tmp_path / "010-names.yaml"
    path.write_text(
        "overlay: 1.1.0\n"
        "info: {title: t, version: '1'}\n"
        "actions:\n"
        "  - target: $.info\n"
        "    update: {}\n"
        "  - description: Why\n"
        "    target: $.paths.*\n"
        "    remove: true\n"
    )
    with pytest.raises(Problem) as caught:
        apply({"info": {}, "paths": {}}, load(path))
    what = "the target matches nothing; correct the path, or say `x-optional: true`."
    assert str(caught.value) == f"{path}:6: action 2 (target $.paths.*): {what}"
    assert (caught.value.file, caught.value.line) == (str(path), 6)


def test_a_refusal_of_the_form_names_the_line_of_the_field(tmp_path: Path) -> None:
    path = tmp_path / "overlay.yaml"
    path.write_text("overlay: 1.1.0\ninfo:\n  title: t\n  version: '1'\n  name: n\nactions: []\n")
    with pytest.raises(OverlayError) as caught:
        apply({}, load(path))
    assert str(caught.value).startswith(f"{path}:5: overlay: `info` has an unknown field `name`;")


def test_a_refusal_of_an_unmarked_overlay_names_no_file() -> None:
    with pytest.raises(OverlayError) as caught:
        apply({}, overlay({"target": "$.a", "remove": True}))
    assert str(caught.value).startswith("action 1 (target $.a): the target matches nothing;")


def test_every_action_is_checked_before_the_first_is_applied() -> None:
    broken = overlay({"target": "$.a", "remove": True}, {"target": "$[", "remove": True})
    with pytest.raises(OverlayError, match="action 2"):
        apply({}, broken)


def nested(levels: int) -> Any:
    """An object in an object, and so on; the innermost is a string."""
    value: Any = "bottom"
    for _ in range(levels):
        value = {"a": value}
    return value


def test_a_document_nested_too_deeply_is_refused() -> None:
    with pytest.raises(OverlayError, match=r"^overlay: the document is nested too deeply; flatten it"):
        apply(nested(100_000), overlay({"target": "$.a", "update": {}}))


def test_a_path_nested_too_deeply_is_refused() -> None:
    target = "$[?" + "(" * 5000 + "@.a" + ")" * 5000 + "]"
    with pytest.raises(OverlayError, match=r"^action 2 .*: `target` is nested too deeply; flatten it"):
        apply({}, overlay({"target": "$"}, {"target": target, "update": {}}))


def test_an_update_nested_too_deeply_is_refused() -> None:
    said = "^action 2 .*: the document or the action is nested too deeply; flatten it"
    with pytest.raises(OverlayError, match=said):
        apply({}, overlay({"target": "$"}, {"target": "$", "update": nested(100_000)}))


@pytest.mark.parametrize("function", ["match", "search"])
def test_a_pattern_that_takes_for_ever_is_refused(function: str) -> None:
    action = {"target": f"$[?{function}(@, '(a|aa)+b')]", "remove": True}
    with pytest.raises(OverlayError, match=r"^action 1 .*: a pattern takes more than 2 seconds;"):
        apply(["a" * 60], overlay(action))


def test_a_pattern_that_is_none_fits_nothing() -> None:
    unchanged = overlay({"target": "$[?search(@, 'a{2,1}')]", "remove": True, "x-optional": True})
    assert apply(["a"], unchanged) == ["a"]


TOO_MUCH = {
    "an array copied onto itself": (["a"], [{"target": "$", "copy": "$"}] * 60, "action 18"),
    "a large value for many targets": (
        {str(n): {} for n in range(40_000)},
        [{"target": "$.*", "update": {str(n): n for n in range(30_000)}}],
        "action 1",
    ),
}


@pytest.mark.parametrize(("document", "actions", "action"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_document_that_gets_too_large_is_refused(document: Any, actions: list[Any], action: str) -> None:
    with pytest.raises(OverlayError, match=f"^{action} .*: the document gets more than 200,000 values;"):
        apply(document, overlay(*actions))


def test_an_index_too_long_to_be_a_number_is_refused() -> None:
    with pytest.raises(OverlayError, match="not an RFC 9535 JSONPath"):
        apply({}, overlay({"target": f"$[{'1' * 5000}]", "remove": True}))


def test_a_path_reaches_a_hundred_and_fifty_levels_down() -> None:
    result = apply(nested(150), overlay({"target": "$..[?@ == 'bottom']", "update": "top"}))
    assert text(result) == text(nested(150)).replace("bottom", "top")


# Where values come from


DOCUMENT = """\
info:
  title: Numbers
  contact:
    name: Support
tags:
  - numbers
  - blocks
servers:
  - url: https://example.com
"""
OVERLAY = """\
overlay: 1.1.0
info:
  title: Provenance
  version: '1'
actions:
  - target: $
    update:
      info:
        title: Blocks
        license:
          name: MIT
      tags:
        - ports
        - name: plans
          x-n: 1
  - target: $.info.contact.name
    update: Help
  - target: $.servers
    update:
      description: new
  - target: $.tags[0]
    remove: true
  - target: $.info
    copy: $.servers[0]
"""


def lines(document: Any, *where: str | int) -> tuple[str, int | None]:
    file, line = place(document, list(where))
    return Path(str(file)).name, line


@pytest.fixture
def result(tmp_path: Path) -> Any:
    """The document above with the overlay above."""
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    (tmp_path / "overlay.yaml").write_text(OVERLAY)
    return apply(load(tmp_path / "openapi.yaml"), load(tmp_path / "overlay.yaml"))


@pytest.mark.parametrize(
    ("where", "line"),
    [(("info",), 1), (("info", "contact"), 3), (("tags",), 5), (("tags", 0), 7), (("servers", 0, "url"), 9)],
)
def test_what_the_overlay_leaves_alone_keeps_its_place(
    result: Any, where: list[str | int], line: int
) -> None:
    assert lines(result, *where) == ("openapi.yaml", line)


def test_what_is_inside_a_new_object_is_in_the_overlay(result: Any) -> None:
    assert lines(result, "info", "license", "name") == ("overlay.yaml", 11)
    assert lines(result, "tags", 2, "x-n") == ("overlay.yaml", 15)
    assert lines(result, "servers", 1, "description") == ("overlay.yaml", 20)


@pytest.mark.parametrize(
    ("where", "line"),
    [
        (("info", "title"), 9),
        (("info", "license"), 10),
        (("info", "contact", "name"), 17),
        (("tags", 1), 13),
        (("tags", 2), 14),
        (("servers", 1), 19),
    ],
)
def test_a_new_value_of_an_old_object_or_array_is_in_the_overlay(
    result: Any, where: list[str | int], line: int
) -> None:
    assert lines(result, *where) == ("overlay.yaml", line)


def test_a_second_overlay_leaves_the_places_of_the_first(result: Any) -> None:
    again = apply(result, overlay({"target": "$.tags[2]", "copy": "$.info"}))
    assert lines(again, "info", "title") == ("overlay.yaml", 9)
    assert lines(again, "tags", 2, "title") == ("overlay.yaml", 9)
    assert lines(again, "tags", 2, "contact", "name") == ("overlay.yaml", 17)


def test_a_copied_property_keeps_the_place_it_was_copied_from(result: Any) -> None:
    assert lines(result, "info", "url") == ("openapi.yaml", 9)


def test_a_copied_item_keeps_the_place_it_was_copied_from(result: Any) -> None:
    again = apply(result, overlay({"target": "$.tags", "copy": "$.info.contact"}))
    assert lines(again, "tags", 3) == ("openapi.yaml", 3)


def test_a_value_without_a_line_gets_that_of_its_container(tmp_path: Path) -> None:
    (tmp_path / "openapi.yaml").write_text(DOCUMENT)
    changes = overlay({"target": "$", "update": {"info": {"title": "Blocks"}, "tags": ["ports"]}})
    result = apply(load(tmp_path / "openapi.yaml"), changes)
    assert lines(result, "info", "title") == ("openapi.yaml", 2)
    assert lines(result, "tags", 2) == ("openapi.yaml", 6)


# For any document

NAMES = st.sampled_from(["a", "b", "c"])
VALUES: Any = st.recursive(
    st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["x", "y"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=12,
)
OBJECTS: Any = st.dictionaries(NAMES, VALUES, max_size=3)
PATHS = st.sampled_from(
    ["$", "$.a", "$.*", "$..a", "$..*", "$..[0]", "$..[-1, 0]", "$.a.b", "$..[?@.a]", "$..[?@ == 1]"]
)
ACTIONS: Any = st.one_of(
    st.fixed_dictionaries({"target": PATHS, "update": VALUES}),
    st.fixed_dictionaries({"target": PATHS, "copy": PATHS}),
    st.fixed_dictionaries({"target": PATHS, "remove": st.just(True)}),
).map(lambda action: {**action, "x-optional": True})


@settings(deadline=None)
@given(document=VALUES, actions=st.lists(ACTIONS, min_size=1, max_size=4))
def test_no_overlay_changes_its_arguments_or_shares_with_them(document: Any, actions: list[Any]) -> None:
    changes = overlay(*actions)
    before = text([document, changes])
    found = ids(applied(document, changes))
    assert text([document, changes]) == before
    assert set(found).isdisjoint(ids(document, changes))
    assert len(found) == len(set(found))


def merged(old: Any, new: Any) -> Any:
    """What the specification makes of two values; ValueError if they are incompatible."""
    if is_object(old) and is_object(new):
        return old | new | {key: merged(old[key], new[key]) for key in old if key in new}
    if is_array(old) and is_array(new):
        return old + new
    if isinstance(old, dict | list) or isinstance(new, dict | list):
        raise ValueError
    return new


@settings(deadline=None)
@given(document=OBJECTS, value=OBJECTS)
def test_an_update_of_the_root_is_a_recursive_merge(document: Any, value: Any) -> None:
    changes = overlay({"target": "$", "update": value})
    try:
        expected = merged(document, value)
    except ValueError:
        with pytest.raises(OverlayError, match="cannot be merged"):
            apply(document, changes)
    else:
        assert text(apply(document, changes)) == text(expected)


@settings(deadline=None)
@given(document=OBJECTS, source=OBJECTS)
def test_a_copy_does_what_an_update_with_the_same_value_does(document: Any, source: Any) -> None:
    document = {"source": source, "target": document}
    by_copy = overlay({"target": "$.target", "copy": "$.source"})
    by_update = overlay({"target": "$.target", "update": source})
    try:
        expected = apply(document, by_update)
    except OverlayError:
        with pytest.raises(OverlayError):
            apply(document, by_copy)
    else:
        assert text(apply(document, by_copy)) == text(expected)


def pruned(value: Any) -> Any:
    """The value without the property `a` of any object, and without null in any array."""
    if is_object(value):
        return {key: pruned(child) for key, child in value.items() if key != "a" and child is not None}
    if is_array(value):
        return [pruned(child) for child in value if child is not None]
    return value


@settings(deadline=None)
@given(document=VALUES)
def test_remove_takes_all_that_is_selected_and_nothing_else(document: Any) -> None:
    changes = overlay({"target": "$..['a', ?@ == null]", "remove": True, "x-optional": True})
    assert text(apply(document, changes)) == text(pruned(document))
