"""What there is to say of a client that is not as its contract."""

from __future__ import annotations

from typing import Any

from ..contract import Contract
from ..problem import Problem

_TODO = "mend the templates or the lowering"


def lost(contract: Contract, node: Any, what: str) -> Problem:
    """The problem that the client lacks something of the contract."""
    return contract.problem(node, f"the client loses {what}", _TODO)


def added(contract: Contract, node: Any, what: str) -> Problem:
    """The problem that the client has something that the contract does not have."""
    return contract.problem(node, f"the client adds {what}", _TODO)
