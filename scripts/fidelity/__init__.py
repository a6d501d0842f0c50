"""Whether a rendered client holds everything that its contract says.

Reads the contract on one side, imports the rendered package on the other, and shares nothing with what
rendered it but the runtime. What is missing, weaker or other than in the contract is an error that names it.

`schema` and `cases` read the contract; `rendered`, `hints` and `prose` read the client; the others compare:
`operations` (with `requests` and `answers`) and `client`, down to `values` and `models`.
"""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path

from ..contract import Contract
from ..problem import Problem
from .client import check_client
from .operations import check_operations
from .rendered import sent

__all__ = ["sent", "verify"]

_ALIAS = "_rendered_clients"


def verify(package: Path, contracts: Mapping[str, Contract]) -> None:
    """Raise a `Problem` for the first thing of a contract that its rendered client in `package` lacks."""
    for vendor, contract in contracts.items():
        try:
            with _imported(package) as root:
                check_operations(contract, package / vendor, f"{root}.{vendor}")
                check_client(contract, f"{root}.{vendor}")
        except Problem:
            raise
        except Exception as error:
            what = f"the rendered client cannot be read ({type(error).__name__}: {error})"
            raise contract.problem(contract.document, what, "mend the templates") from error


@contextmanager
def _imported(package: Path) -> Generator[str]:
    """The package under a name of its own, for as long as it is looked at."""
    spec = importlib.util.spec_from_file_location(
        _ALIAS, package / "__init__.py", submodule_search_locations=[str(package)]
    )
    if spec is None or spec.loader is None:  # pragma: no cover -- a path to a file always has a loader
        raise ImportError(str(package))
    before, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        module = sys.modules[_ALIAS] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield _ALIAS
    finally:
        sys.dont_write_bytecode = before
        for name in [name for name in sys.modules if name == _ALIAS or name.startswith(_ALIAS + ".")]:
            del sys.modules[name]
