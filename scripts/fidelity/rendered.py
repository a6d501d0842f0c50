"""A rendered operation: its module, and what is written in it."""

from __future__ import annotations

import ast
import inspect
from functools import cached_property
from types import ModuleType
from typing import Any, get_type_hints

from . import prose

CALLS = {"sync": "client.call", "sync_detailed": "client.send", "asyncio": "client.call_async",
         "asyncio_detailed": "client.send_async"}  # fmt: skip
"""The functions of each operation, and what each calls."""


class Rendered:
    """The module of one operation; `operation` is its description of what goes over the wire."""

    def __init__(self, module: ModuleType) -> None:
        self.module, self.operation = module, module.OPERATION
        self.doc = module.sync.__doc__ or ""
        self.arguments = inspect.signature(module.sync).parameters
        self.hints = get_type_hints(module.sync)

    @property
    def sent(self) -> list[str]:
        """The arguments that are sent, in the order of the operation's parameters."""
        return [argument for argument in self.handed["sync_detailed"][1:] if "=" not in argument]

    @cached_property
    def handed(self) -> dict[str, list[str]]:
        """The arguments that each function hands on, as they are written."""
        tree = ast.parse(inspect.getsource(self.module))
        functions = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
        calls = [(f.name, call) for f in functions for call in ast.walk(f) if isinstance(call, ast.Call)]
        return {
            name: [ast.unparse(node) for node in (*call.args, *call.keywords)]
            for name, call in calls
            if ast.unparse(call.func) == CALLS.get(name)
        }

    @cached_property
    def told(self) -> dict[str, str]:
        """What the docstring tells of each argument."""
        return dict(prose.section(self.doc, "Args"))


def sent(module: Any) -> list[str]:
    """The arguments that an operation sends, in the order of its parameters."""
    return Rendered(module).sent
