from __future__ import annotations

from pathlib import Path

import pytest

from scripts.contract import Contract, contract, enabled
from scripts.overlay import OverlayError
from scripts.problem import Problem
from scripts.vendors import discover
from tests.trees import SPEC, write

HEAD = 'overlay: 1.1.0\ninfo: {title: t, version: "1"}\n'
EXTENDS = "extends: ../../specs/acme/openapi.yaml\n"


def action(target: str, update: str) -> str:
    return f"actions: [{{target: {target}, update: {{{update}}}}}]\n"


def made(root: Path, *overlays: str) -> Contract:
    """The contract of a vendor with these overlays."""
    files = {f"overlays/acme/{number}.yaml": text for number, text in enumerate(overlays)}
    write(root, {"specs/acme/openapi.yaml": SPEC, **files})
    return contract(discover(root)[0])


def told(root: Path, *overlays: str) -> str:
    with pytest.raises(Problem) as caught:
        made(root, *overlays)
    return str(caught.value).removeprefix(f"{root}/")


def test_it_is_the_spec_with_its_overlays_in_order(tmp_path: Path) -> None:
    first, second = (HEAD + EXTENDS + action("$.info", f"title: {title}") for title in ("One", "Two"))
    assert made(tmp_path, first, second).document["info"] == {"title": "Two", "version": "1"}
    assert made(tmp_path, second, first).document["info"] == {"title": "One", "version": "1"}


def test_an_overlay_that_is_off_is_not_applied(tmp_path: Path) -> None:
    off = HEAD + EXTENDS + "x-enabled: false\n" + action("$.info", "title: New")
    assert made(tmp_path, off).document["info"]["title"] == "Things"


def test_an_overlay_that_is_on_is_applied(tmp_path: Path) -> None:
    on = HEAD + EXTENDS + "x-enabled: true\n" + action("$.info", "title: New")
    assert made(tmp_path, on).document["info"]["title"] == "New"


@pytest.mark.parametrize("flag", ["no", "0", "null", "{}"])
def test_an_overlay_is_either_on_or_off(tmp_path: Path, flag: str) -> None:
    said = told(tmp_path, HEAD + EXTENDS + f"x-enabled: {flag}\n" + action("$.info", "title: New"))
    assert said.startswith("overlays/acme/0.yaml:4: #/x-enabled: `x-enabled` is ")


@pytest.mark.parametrize("overlay", [{}, [], None, {"x-enabled": True}])
def test_whatever_does_not_say_that_it_is_off_is_on(overlay: object) -> None:
    assert enabled(overlay)


WRONG = [
    "../../specs/other/openapi.yaml", "../specs/acme/openapi.yaml", "openapi.yaml", "/openapi.yaml",
    "./../../specs/acme/openapi.yaml", "https://api.example/openapi.yaml", '"\\0"', "5", "[a]",
]  # fmt: skip


@pytest.mark.parametrize("extends", WRONG)
@pytest.mark.parametrize("flag", ["true", "false"])
def test_an_overlay_extends_the_spec_of_its_vendor(tmp_path: Path, extends: str, flag: str) -> None:
    overlay = HEAD + f"extends: {extends}\nx-enabled: {flag}\n" + action("$.info", "title: New")
    said = told(tmp_path, overlay)
    assert said.startswith("overlays/acme/0.yaml:3: #/extends: the overlay extends ")
    assert said.endswith("; write `extends: ../../specs/acme/openapi.yaml`.")


def test_an_overlay_says_what_it_extends(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + action("$.info", "title: New"))
    assert said.startswith("overlays/acme/0.yaml:1: #/extends: the overlay does not say what it extends;")


@pytest.mark.parametrize("text", ["title: Things\n", "[]\n", "extends: 5\n"])
def test_what_is_no_overlay_is_refused_as_that(tmp_path: Path, text: str) -> None:
    with pytest.raises(OverlayError, match=r"0\.yaml:1: overlay: the overlay (has no `overlay`|is an array)"):
        made(tmp_path, text)


def test_what_an_overlay_breaks_is_said_at_its_line(tmp_path: Path) -> None:
    said = told(tmp_path, HEAD + EXTENDS + "actions:\n  - target: $.info\n    update:\n      version: 2\n")
    assert said == "overlays/acme/0.yaml:7: #/info/version: 2 is not text; put it in quotes."


def test_a_fault_that_an_overlay_would_mend_is_a_fault_of_the_spec(tmp_path: Path) -> None:
    mends = HEAD + EXTENDS + action("$.info", 'version: "2"')
    write(tmp_path, {"specs/acme/openapi.yaml": SPEC.replace('version: "1"', "version: 1")})
    write(tmp_path, {"overlays/acme/0.yaml": mends})
    with pytest.raises(Problem, match=r"specs/acme/openapi\.yaml:2: #/info/version: 1 is not text"):
        contract(discover(tmp_path)[0])


def test_overlays_cannot_nest_too_deeply(tmp_path: Path) -> None:
    deep, deeper = "[" * 60 + "{end: true}" + "]" * 60, "[" * 60 + "]" * 60
    first = f"actions:\n  - {{target: $, update: {{x-a: {deep}}}}}\n"
    second = f'  - {{target: "$..[?@.end]", update: {{x-a: {deeper}}}}}\n'
    what = "the document is more than 100 levels deep; write less, without aliases."
    assert told(tmp_path, HEAD + EXTENDS + first + second) == f"overlays/acme/0.yaml:6: {what}"


# Finding one's way


@pytest.fixture
def things(tmp_path: Path) -> Contract:
    """The contract of a spec with an overlay that adds a path item, by reference, and an extension."""
    overlay = """\
actions:
  - target: $
    update:
      paths:
        x-a: {get: {}}
        /things: {$ref: "#/components/pathItems/Things"}
      components:
        pathItems:
          Things:
            post:
              operationId: makeThing
              responses: {"200": {description: Done.}}
"""
    return made(tmp_path, HEAD + EXTENDS + overlay)


def test_operations_are_those_of_paths_in_their_order(things: Contract) -> None:
    found = [(path, method, operation["operationId"]) for path, method, _, operation in things.operations()]
    assert found == [("/things/{id}", "get", "getThing"), ("/things", "post", "makeThing")]


def test_an_operation_comes_with_its_path_item(things: Contract) -> None:
    for _, method, item, operation in things.operations():
        assert item[method] is operation


def test_a_document_may_have_no_paths() -> None:
    assert list(Contract({"openapi": "3.1.0", "webhooks": {"a": {"get": {}}}}).operations()) == []


def test_a_reference_is_resolved_and_anything_else_stays(things: Contract) -> None:
    thing = things.document["components"]["schemas"]["Thing"]
    assert things.resolve({"$ref": "#/components/schemas/Thing"}) is thing
    assert things.resolve(thing) is thing
    assert things.resolve(True) is True


def test_every_mapping_and_sequence_has_a_pointer(things: Contract) -> None:
    parameters = things.document["paths"]["/things/{id}"]["get"]["parameters"]
    assert things.pointers[id(things.document)] == "#"
    assert things.pointers[id(parameters)] == "#/paths/~1things~1{id}/get/parameters"
    assert things.pointers[id(parameters[0])] == "#/paths/~1things~1{id}/get/parameters/0"


def test_a_problem_of_a_node_is_where_the_node_came_from(things: Contract, tmp_path: Path) -> None:
    (_, _, _, get), (_, _, _, post) = things.operations()
    assert str(things.problem(get, "bad", "mend it")).startswith(
        f"{tmp_path}/specs/acme/openapi.yaml:6: #/paths/"
    )
    said = str(things.problem(post, "bad", "mend it")).removeprefix(f"{tmp_path}/")
    assert said == "overlays/acme/0.yaml:13: #/components/pathItems/Things/post: bad; mend it."


def test_a_problem_of_anything_else_is_one_of_the_document(things: Contract) -> None:
    assert "specs/acme/openapi.yaml:1: #: bad; mend it." in str(things.problem({}, "bad", "mend it"))
