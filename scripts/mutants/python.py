"""Small faults of the Python that a client consists of: as a wrong template would make them."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from typing import NamedTuple

from ..kinds import is_array

_FLIPPED: dict[type[ast.AST], str] = {
    ast.Eq: "!=", ast.NotEq: "==", ast.Lt: ">=", ast.GtE: "<", ast.Gt: "<=", ast.LtE: ">",
    ast.In: "not in", ast.NotIn: "in", ast.Is: "is not", ast.IsNot: "is",
}  # fmt: skip


class Edit(NamedTuple):
    """A small fault: what is put in the place of the bytes between `start` and `end` of a module."""

    operator: str
    line: int
    function: str
    start: int
    end: int
    old: str
    text: str
    keyword: str
    """The name of the argument that it is the value of."""
    within: range
    """The lines of the statement that it is in, without those of statements in that."""


def edits(source: str, *, fields: bool = False) -> Iterator[Edit]:
    """All small faults of a module; `fields` says that annotations of a class are read when it runs.

    Left out is what makes no difference when it runs, as only a type checker or a person reads it: docstrings,
    annotations, what is overloaded, `if TYPE_CHECKING`, type variables, `__all__`; and imports, without which
    a module either cannot be imported or is as good.
    """
    return _Module(source, fields).edits()


class _Module:
    """One module, with the places of its nodes in bytes."""

    def __init__(self, source: str, fields: bool) -> None:
        self.data, self.fields, self.function, self.within = source.encode(), fields, "", range(0)
        self.starts = [0]
        for line in self.data.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)
        self.tree = ast.parse(source)
        self.keywords = {
            id(node.value): node.arg for node in ast.walk(self.tree) if isinstance(node, ast.keyword)
        }

    def edits(self) -> Iterator[Edit]:
        """Those of all statements."""
        yield from self._block(self.tree.body)

    def _block(self, statements: list[ast.stmt]) -> Iterator[Edit]:
        for statement in statements:
            if not _is_for_readers(statement) and not self._is_annotation(statement):
                yield from self._statement(statement)

    def _is_annotation(self, node: ast.stmt) -> bool:
        return isinstance(node, ast.AnnAssign) and node.value is None and not self.fields

    def _statement(self, node: ast.stmt) -> Iterator[Edit]:
        self.within = _own_lines(node)
        first: ast.AST = (getattr(node, "decorator_list", None) or [node])[0]
        if not isinstance(node, ast.Pass):
            start = self._start(first) - (1 if first is not node else 0)  # with the @ of a decorator
            yield self._edit("statement deleted", node, "pass", start)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            outer, self.function = self.function, f"{self.function}.{node.name}".lstrip(".")
            yield from self._definition(node)
            self.function = outer
        elif isinstance(node, ast.AnnAssign):
            if self.fields:
                yield from self._expression(node.annotation)
            yield from self._expression(node.value) if node.value else ()
        else:
            for name, value in ast.iter_fields(node):
                if name in ("body", "orelse", "finalbody"):
                    yield from self._block(value)
                else:
                    yield from self._each(value)

    def _definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> Iterator[Edit]:
        for decorator in node.decorator_list:
            yield self._edit("decorator dropped", decorator, "", self._start(decorator) - 1)
            yield from self._expression(decorator)
        if isinstance(node, ast.ClassDef):
            yield from self._dropped("base class dropped", node.bases) if len(node.bases) > 1 else ()
        else:
            yield from self._each([each for each in (*node.args.defaults, *node.args.kw_defaults) if each])
        yield from self._block(node.body)

    def _each(self, value: object) -> Iterator[Edit]:
        for item in value if is_array(value) else [value]:
            if isinstance(item, ast.expr):
                yield from self._expression(item)
            elif isinstance(item, ast.withitem):
                yield from self._expression(item.context_expr)
            elif isinstance(item, ast.ExceptHandler):
                yield from self._block(item.body)

    def _expression(self, node: ast.expr) -> Iterator[Edit]:
        for found in _within(node):
            for operator in (_constants, _operators, _swapped):
                for text in operator(found):
                    yield self._edit(_NAMES[operator], found, text)
            if isinstance(found, ast.Call):
                yield from self._dropped("argument dropped", found.args)
                yield from self._dropped("keyword argument dropped", found.keywords)
            elif isinstance(found, ast.List | ast.Tuple | ast.Set):
                yield from self._dropped("item dropped", found.elts)
            elif isinstance(found, ast.Dict):
                yield from self._items(found)

    def _items(self, node: ast.Dict) -> Iterator[Edit]:
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                yield self._without("item dropped", self._start(key), self._end(value), key)

    def _dropped(self, operator: str, nodes: list[ast.expr] | list[ast.keyword]) -> Iterator[Edit]:
        for node in nodes:
            yield self._without(operator, self._start(node), self._end(node), node)

    def _without(self, operator: str, start: int, end: int, node: ast.AST) -> Edit:
        """Without what stands there, and the comma after it, or where there is none, before it."""
        if after := re.compile(rb"\s*,").match(self.data, end):
            end = after.end()
        elif before := re.search(rb",\s*$", self.data[:start]):
            start = before.start()
        return self._made(operator, node, start, end, "")

    def _edit(self, operator: str, node: ast.AST, text: str, start: int | None = None) -> Edit:
        begin = self._start(node) if start is None else start
        return self._made(operator, node, begin, self._end(node), text, self.keywords.get(id(node)) or "")

    def _made(self, operator: str, node: ast.AST, start: int, end: int, text: str, keyword: str = "") -> Edit:
        old = self.data[start:end].decode()
        return Edit(operator, _line(node), self.function, start, end, old, text, keyword, self.within)

    def _start(self, node: ast.AST) -> int:
        return self.starts[_line(node) - 1] + int(getattr(node, "col_offset", 0))

    def _end(self, node: ast.AST) -> int:
        return self.starts[getattr(node, "end_lineno", 1) - 1] + int(getattr(node, "end_col_offset", 0))


def _within(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions in an expression, itself first."""
    yield node
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.keyword):
            yield from (
                _within(child.value) if child.arg != "factory" else ()
            )  # which is called without its types
        elif isinstance(child, ast.expr):
            yield from _within(child)
        elif isinstance(child, ast.comprehension):
            for inner in (child.iter, *child.ifs):
                yield from _within(inner)


def _is_for_readers(node: ast.stmt) -> bool:
    """Whether a statement is for people and type checkers only, or an import."""
    if isinstance(node, ast.Import | ast.ImportFrom):
        return True
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return True
    if isinstance(node, ast.Assign):
        is_variable = isinstance(node.value, ast.Call) and ast.unparse(node.value.func) in (
            "TypeVar",
            "ParamSpec",
        )
        return is_variable or ast.unparse(node.targets[0]) == "__all__"
    return any(ast.unparse(each) == "overload" for each in getattr(node, "decorator_list", ()))


def _constants(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Name) and node.id == "UNSET":
        yield "None"
    if not isinstance(node, ast.Constant) or node.value is ...:
        return
    value = node.value
    if isinstance(value, bool):
        yield repr(not value)
    elif isinstance(value, int | float):
        yield repr(value + 1)
    elif isinstance(value, str):
        yield repr(f"{value}X")
    elif value is None:
        yield "''"


def _operators(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Compare) and len(node.ops) == 1:
        left, right = ast.unparse(node.left), ast.unparse(node.comparators[0])
        yield f"({left} {_FLIPPED[type(node.ops[0])]} {right})"
    elif isinstance(node, ast.BoolOp):
        sign = " or " if isinstance(node.op, ast.And) else " and "
        yield f"({sign.join(f'({ast.unparse(value)})' for value in node.values)})"
    elif isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
        yield f"({ast.unparse(node.operand)})"
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Sub):
        sign = "-" if isinstance(node.op, ast.Add) else "+"
        yield f"({ast.unparse(node.left)} {sign} {ast.unparse(node.right)})"
    elif isinstance(node, ast.Await):
        yield ast.unparse(node.value)
    elif isinstance(node, ast.IfExp):
        yield f"({ast.unparse(node.orelse)} if {ast.unparse(node.test)} else {ast.unparse(node.body)})"


def _swapped(node: ast.expr) -> Iterator[str]:
    """The call or list with two neighbours swapped, or two keywords with each other's values."""
    if isinstance(node, ast.Call):
        function = ast.unparse(node.func)
        given, named = [ast.unparse(each) for each in node.args], [each.arg for each in node.keywords]
        values = [ast.unparse(each.value) for each in node.keywords]
        rest = [*map(ast.unparse, node.keywords)]
        yield from (f"{function}({', '.join([*other, *rest])})" for other in _neighbours(given))
        for other in _neighbours(values):
            pairs = [
                f"{name}={value}" if name else f"**{value}" for name, value in zip(named, other, strict=True)
            ]
            yield f"{function}({', '.join([*given, *pairs])})"
    elif isinstance(node, ast.List):
        yield from (f"[{', '.join(other)}]" for other in _neighbours([*map(ast.unparse, node.elts)]))
    elif isinstance(node, ast.Dict) and all(node.keys):
        keys = [ast.unparse(key) for key in node.keys if key]
        for other in _neighbours([*map(ast.unparse, node.values)]):
            yield f"{{{', '.join(f'{key}: {value}' for key, value in zip(keys, other, strict=True))}}}"


def _neighbours(items: list[str]) -> Iterator[list[str]]:
    for index, (one, other) in enumerate(pairwise(items)):
        if one != other:
            yield [*items[:index], other, one, *items[index + 2 :]]


_NAMES: dict[Callable[[ast.expr], Iterator[str]], str] = {
    _constants: "constant changed", _operators: "comparison flipped", _swapped: "argument swapped",
}  # fmt: skip


def edited(source: str, edit: Edit) -> str:
    """The module with the fault in it."""
    data = source.encode()
    return (data[: edit.start] + edit.text.encode() + data[edit.end :]).decode()


def _line(node: ast.AST) -> int:
    return int(getattr(node, "lineno", 1))


def _own_lines(node: ast.stmt) -> range:
    """The lines of a statement, without those of statements in it."""
    first: ast.AST = (getattr(node, "decorator_list", None) or [node])[0]
    inner: list[ast.stmt] = getattr(node, "body", [])
    end = _line(inner[0]) if inner else int(node.end_lineno or node.lineno) + 1
    return range(_line(first), max(end, node.lineno + 1))
