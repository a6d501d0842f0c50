"""What the package of a vendor offers."""

from __future__ import annotations

import subprocess
import sys
from importlib import import_module

import pytest

from scripts.vendors import PACKAGE, ROOT, discover

VENDORS = [vendor.name for vendor in discover()]


@pytest.mark.parametrize("name", VENDORS)
def test_all_that_it_names_is_there(name: str) -> None:
    package = import_module(f"{PACKAGE}.{name}")
    wanted = {"AsyncClient", "Client", "Options", "Response", "UNSET", "errors", "models", "types"}
    assert wanted == set(package.__all__) == {each for each in wanted if hasattr(package, each)}


@pytest.mark.parametrize("name", VENDORS)
def test_models_are_imported_when_they_are_used(name: str) -> None:
    code = f"""
import sys
from {PACKAGE} import {name} as vendor
assert f"{{vendor.__name__}}.models" not in sys.modules
print(vendor.models.__name__)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT / "generated", capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == (f"{PACKAGE}.{name}.models\n", "")


def test_what_is_not_there_is_an_attribute_error() -> None:
    package = import_module(f"{PACKAGE}.{VENDORS[0]}")
    with pytest.raises(AttributeError, match=f"module '{PACKAGE}.{VENDORS[0]}' has no attribute 'modles'"):
        _ = package.modles
