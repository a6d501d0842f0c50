"""The methods of the clients, beside the operations that they call."""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple, get_type_hints

from . import hints, prose
from .faults import lost
from .models import Model
from .rendered import Rendered
from .values import Values

_CALLS = {False: "call", True: "call_async"}
_OWN = {"self", "timeout", "headers"}


class Method(NamedTuple):
    """A method of a class in `resources`, and what is written in it."""

    module: ModuleType
    function: Any
    node: ast.FunctionDef | ast.AsyncFunctionDef

    @property
    def is_async(self) -> bool:
        """Whether it is for asyncio."""
        return isinstance(self.node, ast.AsyncFunctionDef)

    @property
    def doc(self) -> str:
        """What its docstring says."""
        return self.function.__doc__ or ""

    @property
    def handed(self) -> list[str]:
        """The arguments of the call that it ends in, as they are written; the operation is the first."""
        call = next(node for node in ast.walk(self.node.body[-1]) if isinstance(node, ast.Call))
        is_call = isinstance(call.func, ast.Attribute) and call.func.attr == _CALLS[self.is_async]
        return [ast.unparse(part) for part in (*call.args, *call.keywords)] if is_call else []

    @property
    def properties(self) -> dict[str, str]:
        """The attributes of the body's model, and the arguments that they are given."""
        made = [node.value for node in self.node.body if isinstance(node, ast.Assign)]
        keywords = [keyword for call in made if isinstance(call, ast.Call) for keyword in call.keywords]
        return {keyword.arg or "": ast.unparse(keyword.value) for keyword in keywords}


def methods(folder: Path, package: str) -> dict[int, list[Method]]:
    """The methods of each operation, by its identity."""
    found: dict[int, list[Method]] = {}
    for path in sorted((folder / "resources").glob("*.py")):
        module = importlib.import_module(f"{package}.resources.{path.stem}")
        for method in _methods(module):
            operation = getattr(module, method.handed[0], None) if method.handed else None
            found.setdefault(id(operation), []).append(method)
    return found


def _methods(module: ModuleType) -> Iterator[Method]:
    for found in ast.parse(inspect.getsource(module)).body:
        cls = getattr(module, found.name) if isinstance(found, ast.ClassDef) else None
        for node in found.body if isinstance(found, ast.ClassDef) else ():
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                continue
            if node.name != "__init__" and not node.decorator_list:
                yield Method(module, getattr(cls, node.name), node)


def check_methods(values: Values, node: Any, found: Rendered, known: list[Method]) -> None:
    """Raise a `Problem` where the methods of an operation take or hand on other things than its functions."""
    for method in known:
        what = f"of the method `{method.function.__qualname__}`"
        arguments = inspect.signature(method.function).parameters
        said = get_type_hints(method.function)
        properties = method.properties
        body = ["body"] if "body" in found.arguments and not properties else []
        kept = [name for name in found.arguments if name not in ("client", "body", "content_type")]
        kept += [name for name in ("body", "content_type") if name in found.arguments and body]
        for name in kept:
            same = name in arguments and arguments[name].default == found.arguments[name].default
            if not same or not hints.same(hints.types(said[name]), hints.types(found.hints[name])):
                raise lost(values.contract, node, f"the argument `{name}` {what}")
        if properties:
            _check_properties(values, node, found, method, what)
        if extra := sorted(arguments.keys() - {*kept, *properties.values(), *_OWN}):
            raise lost(values.contract, node, f"the meaning of the argument `{extra[0]}` {what}")
        wanted = [
            *found.sent,
            *(f"{name}={name}" for name in ("content_type", "timeout", "headers") if name in arguments),
        ]
        given = [each for each in method.handed[1:] if each not in ("body=body", "body=given(body)")]
        if given != wanted or ("body" in found.arguments) != (len(given) + 1 < len(method.handed)):
            raise lost(values.contract, node, f"an argument on its way {what}")


def _check_properties(values: Values, node: Any, found: Rendered, method: Method, what: str) -> None:
    """Each property of the body that may be sent is an argument, as required and of the same type, and described."""
    (cls,) = found.operation.body.types.values()
    model = Model(cls)
    arguments = inspect.signature(method.function).parameters
    said, told = get_type_hints(method.function), dict(prose.section(method.doc, "Args"))
    sendable = [
        name
        for name in model.attributes.values()
        if not any(mark.only == "read" for mark in hints.marks(model.hints[name], "Access"))
    ]
    if sorted(sendable) != sorted(method.properties):
        raise lost(values.contract, node, f"a property of the body {what}")
    for name, argument in method.properties.items():
        same = argument in arguments and hints.same(
            hints.types(said[argument]), hints.types(model.hints[name])
        )
        same = same and hints.is_given(arguments[argument].default) == hints.is_given(model.defaults[name])
        if not same or not (method.is_async or prose.says(told.get(argument, ""), model.docs.get(name, ""))):
            raise lost(values.contract, node, f"the property `{name}` of the body {what}")
