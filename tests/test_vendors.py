from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from scripts.problem import Problem
from scripts.vendors import chosen, discover
from tests.trees import write


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree of two vendors, which is the working folder."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, {"specs/b2/openapi.yaml": "", "specs/a_1/openapi.yaml": "", "overlays/b2/020-x.yaml": ""})
    return tmp_path


def told(root: Path, *names: str) -> str:
    """What is said of a tree, or of names, that cannot be used."""
    with pytest.raises(Problem) as caught:
        chosen(list(names), root)
    return str(caught.value)


def test_the_vendors_are_the_folders_of_specs_by_name(root: Path) -> None:
    assert [vendor.name for vendor in discover(root)] == ["a_1", "b2"]


def test_a_vendor_knows_its_folders(root: Path) -> None:
    vendor = discover(root)[1]
    assert vendor.spec == root / "specs/b2/openapi.yaml"
    assert vendor.client == root / "generated/phone_number_apis/b2"


def test_overlays_are_in_the_order_of_their_names(root: Path) -> None:
    write(
        root, {f"overlays/b2/{name}": "" for name in ("100-a.yaml", "010-z.yaml", "README.md", ".030.yaml")}
    )
    assert [path.name for path in discover(root)[1].overlays] == ["010-z.yaml", "020-x.yaml", "100-a.yaml"]


def test_hidden_folders_and_files_are_none(root: Path) -> None:
    write(
        root, {"specs/.git/x": "", "specs/README.md": "", "overlays/.b/x.yaml": "", "overlays/b2/.x.yml": ""}
    )
    assert len(discover(root)) == 2


def test_all_vendors_are_chosen_where_none_is_named(root: Path) -> None:
    assert chosen([], root) == discover(root)


def test_vendors_are_chosen_once_in_the_order_named(root: Path) -> None:
    assert [vendor.name for vendor in chosen(["b2", "a_1", "b2"], root)] == ["b2", "a_1"]


def test_a_name_that_is_none_is_refused_with_those_that_are(root: Path) -> None:
    assert (
        told(root, "a_1", "../a_1")
        == "specs:1: there is no vendor `../a_1`; did you mean `a_1`? choose from a_1, b2."
    )
    assert told(root, "zzzz") == "specs:1: there is no vendor `zzzz`; choose from a_1, b2."


def test_a_tree_may_have_no_vendor_yet(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    assert chosen([], tmp_path) == ()
    assert "there is no vendor `acme`; write its spec." in told(tmp_path, "acme")


def test_a_folder_without_specs_is_no_tree(tmp_path: Path) -> None:
    assert told(tmp_path).endswith("specs:1: there is no such folder; name the tree that it lies in.")


@pytest.mark.parametrize("name", ["be-ta", "Beta", "1st", "_runtime", "import", "é", "a.b", "a b"])
@pytest.mark.parametrize("kind", ["specs", "overlays"])
def test_a_folder_that_could_be_no_package_is_refused(root: Path, name: str, kind: str) -> None:
    write(root, {f"{kind}/{name}/openapi.yaml": ""})
    assert told(root).startswith(
        f"{kind}/{name}:1: the folder name `{name}` cannot be that of a Python package;"
    )


@pytest.mark.parametrize("kind", ["specs", "overlays"])
def test_a_vendor_without_spec_is_refused(root: Path, kind: str) -> None:
    write(root, {f"{kind}/beta/README.md": ""})
    what = "the vendor `beta` has no spec; write specs/beta/openapi.yaml, or remove the folder."
    assert told(root) == f"{kind}/beta:1: {what}"


@pytest.mark.parametrize(
    "name", ["030-x.yml", "030-x.json", "030-x.YAML", "030-x.txt", "030-x", "more/030-x.yaml", "more.yaml/x"]
)
def test_an_overlay_that_would_not_be_applied_is_refused(root: Path, name: str) -> None:
    write(root, {f"overlays/b2/{name}": ""})
    what = "only files whose names end in .yaml are applied as overlays; rename, move or remove it."
    assert told(root) == f"overlays/b2/{name.split('/')[0]}:1: {what}"


@pytest.mark.parametrize("name", ["specs/beta.yaml", "overlays/010-x.yaml"])
def test_a_file_beside_the_folders_of_vendors_is_refused(root: Path, name: str) -> None:
    write(root, {name: ""})
    assert told(root) == f"{name}:1: not a folder; move or remove it: it would not be read."


@pytest.mark.parametrize("name", ["specs/loop", "overlays/loop", "overlays"])
@pytest.mark.parametrize("target", ["nowhere", "loop"])
def test_a_link_that_leads_nowhere_is_refused(root: Path, name: str, target: str) -> None:
    if name == "overlays":
        shutil.rmtree(root / name)
    (root / name).symlink_to(target)
    assert told(root).startswith(f"{name}:1: not a folder;")


def test_overlays_that_are_a_file_are_refused(root: Path) -> None:
    shutil.rmtree(root / "overlays")
    write(root, {"overlays": ""})
    assert told(root).startswith("overlays:1: not a folder;")


def test_a_vendor_whose_documents_nest_deeper_than_python_follows_is_refused(root: Path) -> None:
    said = r"^specs/b2/openapi\.yaml:1: .* nested too deeply; flatten them\.$"
    with pytest.raises(Problem, match=said), discover(root)[1].within_reach():
        raise RecursionError
