from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts import formatting, generator
from scripts import generate as module
from scripts.generate import check, edited
from scripts.vendors import chosen, discover
from tests.trees import INPUTS, MANIFEST, MODEL, OUTPUTS, Mutate, replace, snapshot, write


def test_check_finds_nothing_where_all_is_current(generated: Path) -> None:
    assert check([], generated) == []


def lines(root: Path, *names: str) -> dict[str, tuple[str, str]]:
    """What `check` says: the line and the rest, by file below the package."""
    found: dict[str, tuple[str, str]] = {}
    for told in check(list(names), root):
        file, line, rest = told.split(":", 2)
        found[file.removeprefix("generated/phone_number_apis/")] = line, rest
    return found


def line_of(root: Path, file: str, text: str) -> str:
    """The number of the first line of a generated file that holds a text, 1 where there is no such file."""
    path = root / "generated/phone_number_apis" / file
    told = path.read_text("utf-8").splitlines() if path.exists() else [text]
    return str(next(number for number, line in enumerate(told, 1) if text in line))


def because(state: str, reason: str) -> str:
    return f" {state} ({reason}); run `scripts/run generate`."


CAUSES: dict[str, tuple[Mutate, str, str, str]] = {
    "spec": (INPUTS["spec"], "acme/models/thing.py", "Its name.", because("stale", "spec")),
    "overlay": (INPUTS["overlay"], "acme/models/thing.py", "A thing.", because("stale", "overlay")),
    "hand edit": (OUTPUTS["edited"], "acme/models/thing.py", "A thing.", because("stale", "hand edit")),
    "missing": (OUTPUTS["deleted"], "acme/models/thing.py", "# Gen", because("missing", "hand edit")),
    "left over": (OUTPUTS["extra"], "acme/extra.py", "", because("left over", "hand edit")),
    "other manifest": (replace(MANIFEST, "{", "{ "), "manifest.json", "{", because("stale", "hand edit")),
    "no manifest": (OUTPUTS["manifest deleted"], "manifest.json", "{", because("missing", "hand edit")),
    "no JSON": (OUTPUTS["manifest no JSON"], "manifest.json", '"//"', because("stale", "hand edit")),
}


@pytest.mark.parametrize(("change", "file", "text", "told"), CAUSES.values(), ids=CAUSES)
def test_what_a_hand_changed_is_told_with_its_file(
    generated: Path, change: Mutate, file: str, text: str, told: str
) -> None:
    assert edited(chosen([], generated), generated) == ""
    change(generated)
    found = edited(chosen([], generated), generated)
    is_known = "hand edit" in told and file != "manifest.json"
    assert (f"/{file}: changed by hand; " in found) == is_known == bool(found)


@pytest.mark.parametrize(("change", "file", "text", "told"), CAUSES.values(), ids=CAUSES)
def test_a_stale_file_is_told_with_its_line_and_cause(
    generated: Path, change: Mutate, file: str, text: str, told: str
) -> None:
    at = line_of(generated, file, text)
    change(generated)
    assert lines(generated)[file] == (at, told)


def test_several_causes_are_told_together(generated: Path) -> None:
    INPUTS["overlay"](generated)
    replace(MODEL, "A thing.", "Any thing.")(generated)
    INPUTS["spec"](generated)
    assert lines(generated)["acme/models/thing.py"][1] == because("stale", "spec and overlay and hand edit")


def test_a_new_vendor_is_missing_because_of_its_spec(generated: Path) -> None:
    INPUTS["new vendor"](generated)
    found = lines(generated)
    assert {rest for file, (_, rest) in found.items() if file.startswith("beta/")} == {
        because("missing", "spec")
    }
    assert set(found) == {file for file in found if file.startswith("beta/")} | {"README.md", "manifest.json"}


def test_a_vendor_that_is_gone_is_left_over_because_of_its_spec(generated: Path) -> None:
    shutil.rmtree(generated / "specs/zeta")
    found = lines(generated)
    assert found["zeta/client.py"] == ("1", because("left over", "spec"))
    assert found["manifest.json"][1] == found["README.md"][1] == because("stale", "spec")


@pytest.mark.parametrize(
    ("owner", "name", "file", "stale"),
    [
        (generator, "TEMPLATES", "types.py.jinja", "acme/types.py"),
        (module, "RUNTIME", "unset.py", "_runtime/unset.py"),
    ],
    ids=["template", "runtime"],
)
def test_another_template_or_runtime_is_the_cause_template(
    generated: Path, monkeypatch: pytest.MonkeyPatch, owner: Any, name: str, file: str, stale: str
) -> None:
    copy = shutil.copytree(getattr(owner, name), generated / "copy")
    (copy / file).write_text((copy / file).read_text("utf-8") + "\nMORE = 1\n", "utf-8")
    monkeypatch.setattr(owner, name, copy)
    found = lines(generated)
    assert found[stale][1] == found["manifest.json"][1] == because("stale", "template")


STALE: dict[str, tuple[Mutate, str]] = {
    "nothing": (lambda root: None, ""),
    "hand edit": (OUTPUTS["edited"], ""),
    "spec": (INPUTS["spec"], "acme (spec changed)"),
    "overlay": (INPUTS["overlay"], "acme (overlay changed)"),
    "new overlay": (INPUTS["new overlay"], "acme (overlay changed)"),
    "no record": (
        OUTPUTS["manifest deleted"],
        "acme, zeta (spec and overlay and template and generator changed)",
    ),
}


@pytest.mark.parametrize(("change", "told"), STALE.values(), ids=STALE)
def test_clients_made_before_a_change_are_told_without_making_them_anew(
    generated: Path, monkeypatch: pytest.MonkeyPatch, change: Mutate, told: str
) -> None:
    change(generated)
    monkeypatch.setattr(module, "_render", None)
    line = f"generated/ is stale for {told}; run `scripts/run generate`." if told else ""
    assert module.outdated(discover(generated), generated) == line
    assert module.outdated(chosen(["zeta"], generated), generated) == (
        line if "zeta" in told else ""
    ).replace("acme, ", "")


def test_another_runtime_makes_the_clients_of_all_stale(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = shutil.copytree(module.RUNTIME, generated / "copy")
    write(generated, {"copy/unset.py": ""})
    monkeypatch.setattr(module, "RUNTIME", copy)
    for names in (["acme"], ["acme", "zeta"]):
        told = module.outdated(chosen(names, generated), generated)
        assert told.startswith(f"generated/ is stale for {', '.join(names)} (template changed)")


def test_another_version_of_the_generator_is_the_cause_generator(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(generator, "VERSION", "99")
    at = line_of(generated, "manifest.json", '"generator"')
    assert lines(generated) == {"manifest.json": (at, because("stale", "generator"))}


def test_other_scripts_are_the_cause_generator(generated: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SCRIPTS", generated)
    INPUTS["spec"](generated)
    assert lines(generated)["acme/models/thing.py"][1] == because("stale", "spec and generator")
    assert lines(generated)["manifest.json"][1] == because("stale", "spec and generator")


def test_another_way_of_rendering_is_the_cause_generator(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(formatting, "_STYLE", ("--line-length=60", "--target-version=py311", "."))
    assert lines(generated)["acme/api/things/get_thing.py"][1] == because("stale", "generator")


def test_only_the_named_vendors_are_checked(generated: Path) -> None:
    replace("specs/zeta/openapi.yaml", "Its name.", "The name.")(generated)
    assert lines(generated, "acme") == {}
    assert "zeta/openapi.yaml" in lines(generated, "zeta")


@pytest.mark.parametrize("change", [*INPUTS.values(), *OUTPUTS.values()], ids=[*INPUTS, *OUTPUTS])
def test_check_finds_every_change_and_writes_nothing(generated: Path, change: Mutate) -> None:
    change(generated)
    before = snapshot(generated)
    assert check([], generated) != []
    assert snapshot(generated) == before


def test_check_writes_nothing_where_nothing_was_ever_generated(tree: Path) -> None:
    before = snapshot(tree)
    assert all(because("missing", "hand edit") in line for line in check([], tree))
    assert snapshot(tree) == before


def test_the_manifest_says_what_each_part_was_made_from(generated: Path) -> None:
    record = json.loads((generated / MANIFEST).read_bytes())
    assert set(record) == {"//", "_shared", "acme", "zeta"}
    assert set(record["acme"]) == {"files", "generator", "overlay", "spec", "template"}
    assert record["acme"]["template"] == record["zeta"]["template"] != record["_shared"]["template"]
