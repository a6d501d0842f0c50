from __future__ import annotations

import re
from typing import Any

import pytest

from scripts.extensions import check
from scripts.lint import documents
from scripts.objects import walk
from scripts.problem import Problem
from scripts.vendors import ROOT

JWT = {
    "argument": "credentials", "extra": "acme", "algorithm": "RS256", "fields": {"pem": "string"}, "key": "pem",
    "claims": {"iss": "a"}, "lifetime": 3600,
}  # fmt: skip
FORMS: dict[str, tuple[list[Any], list[Any], str]] = {
    "x-failure": ([True, False], ["true", "yes", 1, None, {}], "true or false"),
    "x-python-name": (["a", "dial_plan", "Dial2"], ["class", "a b", "2a", "", 5, None], "a name in Python"),
    "x-dependencies": ([[], ["Or(a, b)"]], ["Or(a, b)", [5], {}, None], "a list of texts"),
    "x-credentials": (
        [{}, {"token": "token"}],
        [[], "token", {"token": "a b"}, None],
        "a map to names in Python",
    ),
    "x-ask": (["", "Is it so?"], [5, None, {}], "a text"),
    "x-environment": ([{}, {"token": "TOKEN"}], [[], {"token": 5}, None], "a map to texts"),
    "x-error": (
        [{}, {"code": "/error/code", "authentication": [100, "a"]}],
        [[], {"cod": "/a"}, {"code": "a"}, {"code": 5}, {"authentication": 100}, {"authentication": [None]}],
        "a map of error fields",
    ),
    "x-jwt": (
        [JWT, {**JWT, "renewAt": "/code", "renewOn": [455], "leeway": 5, "header": {"kid": "{id}"}}],
        [
            {},
            {**JWT, "key": "other"},
            {**JWT, "lifetime": 5},
            {**JWT, "more": 1},
            {**JWT, "fields": {"pem": "number"}},
        ],
        "a description of tokens",
    ),
}
SAME = {
    "x-billable": "x-failure", "x-idempotent": "x-failure", "x-not-processed": "x-failure",
    "x-allowed-roles": "x-dependencies", "x-python-method": "x-python-name",
}  # fmt: skip


def checked(name: str, value: Any) -> None:
    document = {"paths": {"/a": {"get": {name: value}}}}
    check(document, list(walk(document)))


@pytest.mark.parametrize("name", [*FORMS, *SAME])
def test_an_extension_may_hold_what_it_is_for(name: str) -> None:
    for value in FORMS[SAME.get(name, name)][0]:
        checked(name, value)


@pytest.mark.parametrize("name", [*FORMS, *SAME])
def test_an_extension_that_holds_something_else_is_refused(name: str) -> None:
    _, wrong, form = FORMS[SAME.get(name, name)]
    for value in wrong:
        with pytest.raises(Problem) as caught:
            checked(name, value)
        assert str(caught.value) == f"#/paths/~1a/get/{name}: `{name}` is {value!r}, not {form}; correct it."


def test_the_readme_of_specs_explains_every_extension_and_no_other() -> None:
    told = re.findall(r"^\| `(x-[a-z-]+)", (ROOT / "specs/README.md").read_text("utf-8"), re.MULTILINE)
    assert sorted(told) == sorted(documents.EXTENSIONS)
    assert {*FORMS, *SAME} <= documents.EXTENSIONS.keys()


def test_other_extensions_may_hold_anything() -> None:
    checked("x-vendor", {"x-failure": 5})
    checked("example", {"x-failure": 5})
