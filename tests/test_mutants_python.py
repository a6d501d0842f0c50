"""Each operator puts one small fault into Python; what only people and type checkers read is left alone."""

from __future__ import annotations

import ast

import pytest

from scripts.mutants.python import edited, edits


def made(source: str, operator: str = "", *, fields: bool = False) -> list[str]:
    return [
        edited(source, edit)
        for edit in edits(source, fields=fields)
        if not operator or edit.operator == operator
    ]


@pytest.mark.parametrize(
    ("operator", "source", "mutants"),
    [
        ("statement deleted", "f()\nx = 1\n", ["pass\nx = 1\n", "f()\npass\n"]),
        ("statement deleted", "if a:\n    f()\n", ["pass\n", "if a:\n    pass\n"]),
        ("statement deleted", "@a\ndef f():\n    return g()\n", ["pass\n", "@a\ndef f():\n    pass\n"]),
        ("statement deleted", "with a:\n    pass\n", ["pass\n"]),
        ("constant changed", "f(1, 'a', True)\n", ["f(2, 'a', True)\n", "f(1, 'aX', True)\n", "f(1, 'a', False)\n"]),
        ("constant changed", "def f(a=UNSET, *, b=None): f()\n",
         ["def f(a=None, *, b=None): f()\n", "def f(a=UNSET, *, b=''): f()\n"]),
        ("constant changed", "é = 'é'\n", ["é = 'éX'\n"]),
        ("constant changed", "f(lambda g: ('a' in g))\n", ["f(lambda g: ('aX' in g))\n"]),
        ("comparison flipped", "f(a == b)\n", ["f((a != b))\n"]),
        ("comparison flipped", "f(a in b)\n", ["f((a not in b))\n"]),
        ("comparison flipped", "f(a and b)\n", ["f(((a) or (b)))\n"]),
        ("comparison flipped", "f(not a)\n", ["f((a))\n"]),
        ("comparison flipped", "f(a + b)\n", ["f((a - b))\n"]),
        ("comparison flipped", "f(a if b else c)\n", ["f((c if b else a))\n"]),
        ("comparison flipped", "async def f(): return await g()\n", ["async def f(): return g()\n"]),
        ("argument swapped", "f(a, b, c)\n", ["f(b, a, c)\n", "f(a, c, b)\n"]),
        ("argument swapped", "f(a=b, c=d)\n", ["f(a=d, c=b)\n"]),
        ("argument swapped", "f([a, b])\n", ["f([b, a])\n"]),
        ("argument swapped", "f({1: a, 2: b})\n", ["f({1: b, 2: a})\n"]),
        ("argument swapped", "f(a, a)\n", []),
        ("argument dropped", "f(a, b)\n", ["f( b)\n", "f(a)\n"]),
        ("keyword argument dropped", "f(a, b=c)\n", ["f(a)\n"]),
        ("item dropped", "f({1: a, 2: [b]})\n", ["f({ 2: [b]})\n", "f({1: a})\n", "f({1: a, 2: []})\n"]),
        ("decorator dropped", "@a\ndef f(): g()\n", ["\ndef f(): g()\n"]),
        ("base class dropped", "class A(B, C):\n    x = 1\n", ["class A( C):\n    x = 1\n", "class A(B):\n    x = 1\n"]),
        ("base class dropped", "class A(B):\n    x = 1\n", []),
    ],
)  # fmt: skip
def test_the_operator_makes_these_mutants(operator: str, source: str, mutants: list[str]) -> None:
    assert made(source, operator) == mutants


@pytest.mark.parametrize(
    "source",
    [
        '"""A docstring."""\n',
        "import a\nfrom b import c\n",
        "if TYPE_CHECKING:\n    x = 1\n",
        "__all__ = ['a']\n",
        "T = TypeVar('T')\n",
        "@overload\ndef f(a: int) -> int: ...\n",
        "pass\n",
    ],
)
def test_what_makes_no_difference_when_it_runs_is_left_alone(source: str) -> None:
    assert made(source) == []


def test_annotations_are_left_alone_but_where_they_are_read() -> None:
    function = "def f(a: Literal[1]) -> Literal[2]:\n    pass\n"
    model = "class A:\n    a: Annotated[str, Name(1)]\n"
    assert made(function, "constant changed") == made(model, "constant changed") == []
    assert made("class A:\n    a: int\n", "statement deleted") == ["pass\n"]
    assert made(model, "constant changed", fields=True) == ["class A:\n    a: Annotated[str, Name(2)]\n"]


def test_every_mutant_is_python_and_another_one() -> None:
    source = "def f(a, *, b=1):\n    '''Told.'''\n    return g(\n        a,\n        b=[1, (2)],\n        **{'c': a < 'é'},\n    )\n"
    mutants = made(source)
    assert (
        len({ast.unparse(ast.parse(mutant)) for mutant in mutants} | {ast.unparse(ast.parse(source))})
        == len(mutants) + 1
    )


def test_a_mutant_knows_its_line_and_function() -> None:
    source = "x = f\nclass A:\n    def g(self):\n        return 1\n"
    assert [
        (edit.line, edit.function, edit.old) for edit in edits(source) if edit.operator == "constant changed"
    ] == [(4, "A.g", "1")]


def test_a_mutant_knows_the_lines_of_its_statement_alone() -> None:
    source = "x = 1\nclass A:\n    y = 2\n    def g(self, z=3):\n        if (\n            4\n        ):\n            return (\n                5\n            )\n"
    assert [edit.old + str([*edit.within]) for edit in edits(source) if edit.operator == "constant changed"] == [
        "1[1]", "2[3]", "3[4]", "4[5, 6, 7]", "5[8, 9, 10]"
    ]  # fmt: skip
