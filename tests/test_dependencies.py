"""Inter-parameter dependencies: what parses, what it means, and whether the Python for it means the same."""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given as cases
from hypothesis import settings
from hypothesis import strategies as st

from scripts.dependencies import Dependency, DependencyError, parse


def run(dependency: Dependency, given: Mapping[str, object]) -> Any:
    """What Python makes of the expression, with nothing but builtins and `given`."""
    return eval(dependency.expression(), {"given": given})


def bits(text: str) -> dict[str, object]:
    """The parameters named by the letters of a text, each given with some value."""
    return dict.fromkeys(text, 1)


# A hand-written truth table for each form: the dependency, the assignments it allows, those it forbids.
TRUTH: list[tuple[str, list[dict[str, object]], list[dict[str, object]]]] = [
    (
        "Or(a, b, c)",
        [bits("a"), bits("b"), bits("c"), bits("ab"), bits("ac"), bits("bc"), bits("abc")],
        [{}],
    ),
    (
        "OnlyOne(a, b, c)",
        [bits("a"), bits("b"), bits("c")],
        [{}, bits("ab"), bits("ac"), bits("bc"), bits("abc")],
    ),
    (
        "AllOrNone(a, b, c)",
        [{}, bits("abc")],
        [bits("a"), bits("b"), bits("c"), bits("ab"), bits("ac"), bits("bc")],
    ),
    (
        "ZeroOrOne(a, b, c)",
        [{}, bits("a"), bits("b"), bits("c")],
        [bits("ab"), bits("ac"), bits("bc"), bits("abc")],
    ),
    ("IF a THEN b", [{}, bits("b"), bits("ab")], [bits("a")]),
    (
        "a < b",
        [{}, {"a": 9}, {"b": 0}, {"a": 1, "b": 2}],
        [{"a": 2, "b": 2}, {"a": 3, "b": 2}],
    ),
    (
        "a + b * c <= 100",
        [{}, {"a": 101}, {"a": 50, "b": 60}, {"a": 10, "b": 9, "c": 10}, {"a": 100, "b": 0, "c": 5}],
        [{"a": 11, "b": 9, "c": 10}, {"a": 50, "b": 51, "c": 1}],
    ),
]


@pytest.mark.parametrize(("text", "allowed", "forbidden"), TRUTH, ids=[row[0] for row in TRUTH])
def test_each_form_allows_and_forbids_what_its_truth_table_says(
    text: str, allowed: list[dict[str, object]], forbidden: list[dict[str, object]]
) -> None:
    dependency = parse(text)
    for assignment in allowed:
        assert dependency.holds(assignment) is run(dependency, assignment) is True, assignment
    for assignment in forbidden:
        assert dependency.holds(assignment) is run(dependency, assignment) is False, assignment


# A dependency, an assignment, and whether the one holds for the other.
MEANINGS: list[tuple[str, dict[str, object], bool]] = [
    ("NOT Or(a, b)", {}, True),
    ("NOT Or(a, b)", {"a": 1}, False),
    # a value relation is false for a parameter that is not given, its negation true
    ("Or(a == 'x', b)", {}, False),
    ("Or(a == 'x', b)", {"a": "x"}, True),
    ("Or(a == 'x', b)", {"a": "y"}, False),
    ("Or(a = 'x'|'y', b)", {"a": "y"}, True),
    ("Or(a = 'x'|'y', b)", {"a": "z"}, False),
    ("Or(NOT a == 'x', b)", {}, True),
    ("Or(NOT a == 'x', b)", {"a": "x"}, False),
    ("Or(a == true, b)", {"a": True}, True),
    ("Or(a == true, b)", {"a": False}, False),
    ("Or(a == true, b)", {"a": 1}, False),
    ("Or(a == false, b)", {"a": False}, True),
    ("Or(a == false, b)", {}, False),
    ("Or(a >= 3, b)", {"a": 3}, True),
    ("Or(a >= 3, b)", {"a": 2.9}, False),
    ("Or(a > -1.5, b)", {"a": -1}, True),
    ("Or(a > -1.5, b)", {"a": -2}, False),
    ("Or(a == 9223372036854775807, b)", {"a": 2**63 - 1}, True),
    ("Or(a == 9223372036854775807, b)", {"a": 2**63 - 2}, False),
    ("Or(a != 3, b)", {}, False),
    ("Or(a != 3, b)", {"a": 4}, True),
    ("Or(a != 3, b)", {"a": 3}, False),
    # so are comparisons in a clause, though they allow a missing parameter where they stand alone
    ("Or(a <= b, c + d == 3)", {"a": 1}, False),
    ("Or(a <= b, c + d == 3)", {"a": 1, "b": 1}, True),
    ("Or(a <= b, c + d == 3)", {"a": 2, "b": 1, "c": 1, "d": 2}, True),
    ("IF a < b THEN c", {"a": 1}, True),
    ("IF a < b THEN c", {"a": 1, "b": 2}, False),
    ("IF c THEN a < b", {"c": 1, "a": 1}, False),
    # relations
    ("a > b", {"a": 1, "b": 1}, False),
    ("a >= b", {"a": 1, "b": 1}, True),
    ("a == b", {"a": 1, "b": 2}, False),
    ("a = b", {"a": 2, "b": 2}, True),
    ("a != b", {"a": 2, "b": 2}, False),
    # precedence: NOT before AND before OR; * and / before + and -, from left to right
    ("IF a OR b AND c THEN d", {"a": 1}, False),
    ("IF (a OR b) AND c THEN d", {"a": 1}, True),
    ("IF NOT a AND b THEN d", {}, True),
    ("IF NOT (a AND b) THEN d", {}, False),
    ("a - b - c == 1", {"a": 3, "b": 1, "c": 1}, True),
    ("a - (b - c) == 3", {"a": 3, "b": 1, "c": 1}, True),
    ("a / b * c == 6", {"a": 6, "b": 2, "c": 2}, True),
    ("a / (b * c) == 1.5", {"a": 6, "b": 2, "c": 2}, True),
    ("(a + b) * c > 5", {"a": 1, "b": 2, "c": 2}, True),
    ("a + b * c > 5", {"a": 1, "b": 2, "c": 2}, False),
    ("((a + b)) < 3", {"a": 1, "b": 2}, False),
    # nested forms
    ("IF a THEN NOT OnlyOne(b, c)", {"a": 1, "b": 1}, False),
    ("IF a THEN NOT OnlyOne(b, c)", {"a": 1, "b": 1, "c": 1}, True),
    ("AllOrNone(OnlyOne(a, b), ZeroOrOne(c, d))", {"c": 1, "d": 1}, True),
    ("AllOrNone(OnlyOne(a, b), ZeroOrOne(c, d))", {}, False),
    ("ZeroOrOne(a AND b, c AND d)", {"a": 1, "b": 1, "c": 1}, True),
    ("ZeroOrOne(a AND b, c AND d)", bits("abcd"), False),
    # LIKE
    ("Or(a LIKE 'x*', b)", {}, False),
    ("Or(a LIKE 'x*', b)", {"a": "x"}, True),
    ("Or(a LIKE 'x*', b)", {"a": "yx"}, False),
    ("Or(a LIKE 'x', b)", {"a": "x"}, True),
    ("Or(a LIKE 'x', b)", {"a": "xx"}, False),
    ("Or(a LIKE '*x', b)", {"a": "yx"}, True),
    ("Or(a LIKE 'xy*yz', b)", {"a": "xyz"}, False),
    ("Or(a LIKE 'xy*yz', b)", {"a": "xyyz"}, True),
    ("Or(a LIKE '*x*y*', b)", {"a": "-x-y-"}, True),
    ("Or(a LIKE '*x*y*', b)", {"a": "yx"}, False),
    ("Or(a LIKE 'x*y*', b)", {"a": "x-y"}, True),
    ("Or(a LIKE 'x*y*', b)", {"a": "y-x"}, False),
    ("Or(a LIKE '*x*y', b)", {"a": "y"}, False),
    ("Or(a LIKE '*x*y', b)", {"a": "-x-y"}, True),
    ("Or(a LIKE '*', b)", {"a": "line\nline"}, True),
    ("Or(a LIKE '', b)", {"a": ""}, True),
    ("Or(a LIKE 'x.z', b)", {"a": "xyz"}, False),
    ("Or(a LIKE '1*', b)", {"a": 12}, True),
]


@pytest.mark.parametrize(("text", "given", "expected"), MEANINGS)
def test_a_clause_means_what_the_language_says(text: str, given: dict[str, object], expected: bool) -> None:
    dependency = parse(text)
    assert dependency.holds(given) is expected
    assert run(dependency, given) is expected


# A dependency and the Python that a client gets for it.
SOURCES = [
    ("Or(a, b)", '"a" in given or "b" in given'),
    ("OnlyOne(a, b)", '("a" in given) + ("b" in given) == 1'),
    ("ZeroOrOne(a, b)", '("a" in given) + ("b" in given) <= 1'),
    ("AllOrNone(a, b, c)", '("a" in given) == ("b" in given) == ("c" in given)'),
    ("IF a THEN b", '"a" not in given or "b" in given'),
    ("IF a AND b THEN c AND d", 'not ("a" in given and "b" in given) or "c" in given and "d" in given'),
    ("IF a THEN NOT b", '"a" not in given or "b" not in given'),
    ("IF NOT a THEN b", '"a" in given or "b" in given'),
    ("a < b", '"a" not in given or "b" not in given or given["a"] < given["b"]'),
    ("a + a < 5", '"a" not in given or given["a"] + given["a"] < 5'),
    ("NOT Or(a, b)", 'not ("a" in given or "b" in given)'),
    ("Or(a AND (b OR c), d)", '"a" in given and ("b" in given or "c" in given) or "d" in given'),
    ("Or((a AND b) AND c, d)", '"a" in given and "b" in given and "c" in given or "d" in given'),
    ("Or(a == 'x', b)", '"a" in given and given["a"] == "x" or "b" in given'),
    ("Or(a == 'x' AND b, c)", '"a" in given and given["a"] == "x" and "b" in given or "c" in given'),
    ("Or(a == 'x'|'y', b)", '"a" in given and given["a"] in ("x", "y") or "b" in given'),
    ("Or(a == true, b)", '"a" in given and given["a"] is True or "b" in given'),
    ("Or(a LIKE 'x*', b)", '"a" in given and str(given["a"]).startswith("x") or "b" in given'),
    ("Or(a LIKE '*x*', b)", '"a" in given and "x" in str(given["a"]) or "b" in given'),
    ("OnlyOne(a > 1, NOT b)", '("a" in given and given["a"] > 1) + ("b" not in given) == 1'),
    ("Or(['é'], b)", '"\'é\'" in given or "b" in given'),
    ("Or(a == '\\\\', b)", '"a" in given and given["a"] == "\\\\" or "b" in given'),
]


@pytest.mark.parametrize(("text", "source"), SOURCES)
def test_the_expression_is_readable_and_has_no_idle_parentheses(text: str, source: str) -> None:
    assert parse(text).expression() == source


def test_the_expression_reads_the_variable_it_is_told_to() -> None:
    assert parse("a < b").expression("sent") == '"a" not in sent or "b" not in sent or sent["a"] < sent["b"]'


# Random values for the parameters that the texts below name; any of them may be absent.
GIVEN = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys("abcd", st.integers(-3, 3)),
        **dict.fromkeys(["p", "X-My-Header"], st.text("xy.", max_size=5)),
        **dict.fromkeys(["t", "filter[on]"], st.booleans()),
    },
)
TEXTS = [
    *dict.fromkeys([row[0] for row in TRUTH] + [row[0] for row in MEANINGS]),
    "IF p LIKE 'x*y*x' THEN Or(a, b)",
    "IF p LIKE '*xy**.*y' THEN [filter[on]] == true",
    "OnlyOne([X-My-Header] LIKE '*x', p == 'x'|'y'|'', t == false)",
    "IF NOT (a AND (b OR NOT c)) AND t == true THEN a + b - (c - d) / (a * b) < 3 OR p",
    "AllOrNone(a AND b, NOT c OR d, a < b, a + b > 0)",
]
assert len(TEXTS) >= 30

CALCULATIONS = st.recursive(
    st.sampled_from("abcd"),
    lambda part: (
        st.builds("{} {} {}".format, part, st.sampled_from("+-*/"), part)
        | st.builds("({} {} {})".format, part, st.sampled_from("+-*/"), part)
    ),
    max_leaves=5,
).filter(lambda text: len(text) > 1)
RELATIONS = st.sampled_from(["<", ">", "<=", ">=", "==", "=", "!="])
ATOMS = (
    st.sampled_from(["a", "b", "[filter[on]]", "t == true", "p == 'x'|'y'", 'p = "x"', "a >= -1.5"])
    | st.builds("p LIKE '{}'".format, st.text("xy*", max_size=6))
    | st.builds("{} {} {}".format, st.sampled_from("abcd"), RELATIONS, st.sampled_from("abcd"))
    | st.builds("{} {} {}".format, CALCULATIONS, RELATIONS, st.integers(-9, 9))
)
FORMS = st.sampled_from(["Or", "OnlyOne", "AllOrNone", "ZeroOrOne"])
CLAUSES = st.recursive(
    ATOMS,
    lambda part: (
        st.builds("{} AND {}".format, part, part)
        | st.builds("{} OR {}".format, part, part)
        | st.builds("({})".format, part)
        | st.builds("NOT ({})".format, part)
        | st.builds("{}({}, {}, {})".format, FORMS, part, part, part)
    ),
    max_leaves=8,
)
DEPENDENCIES = st.builds("IF {} THEN {}".format, CLAUSES, CLAUSES)


def outcome(call: Callable[[], Any]) -> Any:
    """What a call returns, or that it divided by zero."""
    try:
        return call()
    except ZeroDivisionError as error:
        return type(error)


@pytest.mark.parametrize("text", TEXTS)
@settings(deadline=None, max_examples=40)
@cases(given=GIVEN)
def test_the_expression_and_the_tree_agree(text: str, given: dict[str, object]) -> None:
    dependency = parse(text)
    assert outcome(lambda: run(dependency, given)) is outcome(lambda: dependency.holds(given))


@settings(deadline=None)
@cases(text=DEPENDENCIES, given=GIVEN)
def test_the_expression_and_the_tree_of_any_dependency_agree(text: str, given: dict[str, object]) -> None:
    dependency = parse(text)
    assert outcome(lambda: run(dependency, given)) is outcome(lambda: dependency.holds(given))


def pairs(source: str) -> list[tuple[int, int]]:
    """Where each parenthesis opens and closes."""
    found: list[tuple[int, int]] = []
    opened: list[int] = []
    for i, character in enumerate(source):
        if character == "(":
            opened.append(i)
        elif character == ")":
            found.append((opened.pop(), i))
    return found


def meaning(source: str) -> str:
    """The syntax tree of a Python expression, or nothing where it is none."""
    try:
        return ast.dump(ast.parse(source, mode="eval"))
    except SyntaxError:
        return ""


@settings(deadline=None)
@cases(text=DEPENDENCIES)
def test_no_parentheses_can_be_left_out_of_an_expression(text: str) -> None:
    source = parse(text).expression()
    for left, right in pairs(source):
        without = source[:left] + source[left + 1 : right] + source[right + 1 :]
        assert meaning(without) != meaning(source), without


@settings(deadline=None)
@cases(text=DEPENDENCIES)
def test_the_normalised_text_means_the_same_and_stays_as_it_is(text: str) -> None:
    dependency = parse(text)
    again = parse(dependency.text)
    assert (again.text, again.expression()) == (dependency.text, dependency.expression())


@pytest.mark.parametrize(
    ("text", "normalised"),
    [
        ("  Or ( a,b ) ; ", "Or(a, b)"),
        ("a<b;", "a < b"),
        ("a+b*(c-d)<=-1", "a + b * (c - d) <= -1"),
        ("IF p='x' | \"y\"\n  THEN NOT(q)", "IF p == 'x'|\"y\" THEN NOT (q)"),
        ("AllOrNone([X-A],[b[c]]=true)", "AllOrNone([X-A], [b[c]] == true)"),
    ],
)
def test_the_text_is_spaced_evenly_and_loses_its_semicolon(text: str, normalised: str) -> None:
    assert parse(text).text == normalised


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("OnlyOne(b, a, b)", ("b", "a")),
        ("IF z == 'q' THEN Or(y.y, x < w, v + u < 1)", ("z", "y.y", "x", "w", "v", "u")),
        (
            "Or([X-My-Header], [filter.name], [filter[name]], [ids[]])",
            ("X-My-Header", "filter.name", "filter[name]", "ids[]"),
        ),
        ("Or([IF], [a b], été, IFx, OnlyOnes, OR.a)", ("IF", "a b", "été", "IFx", "OnlyOnes", "OR.a")),
    ],
)
def test_names_are_listed_once_in_order_of_appearance_without_brackets(
    text: str, names: tuple[str, ...]
) -> None:
    assert parse(text).names == names


@pytest.mark.parametrize("name", ['"', "\\", "'", "\n", "\0", "{given}", "\u2028", "\ud800", "🎈", '");x("'])
def test_any_name_and_any_text_is_a_safe_python_literal(name: str) -> None:
    written = name.replace("\\", "\\\\").replace("'", "\\'")
    dependency = parse(f"OnlyOne([{name}] == '{written}', b)")
    assert dependency.names == (name, "b")
    assert dependency.expression().encode()
    assert run(dependency, {name: name}) is dependency.holds({name: name}) is True
    assert run(dependency, {name: name + "-"}) is dependency.holds({name: name + "-"}) is False


def test_a_quote_is_escaped_by_a_backslash_in_either_quotes() -> None:
    assert parse(r"""Or(a == 'it\'s "it"', b)""").holds({"a": """it's "it\""""})
    assert parse(r"""Or(a == "it's \"it\"", b)""").holds({"a": """it's "it\""""})


START = "`(` or `AllOrNone` or `NOT` or `OnlyOne` or `Or` or `ZeroOrOne` or a parameter"
FORM = "`AllOrNone` or `OnlyOne` or `Or` or `ZeroOrOne`"
OPERATOR = "a comparison or an operator"
VALUE = "`false` or `true` or a number or a parameter or a quoted text"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", f"expected {START.replace('`NOT`', '`IF` or `NOT`')}, found the end at character 1"),
        # a predefined form has at least two parts, keywords are case sensitive
        ("Or(a)", "expected `,`, found `)` at character 5"),
        ("Or(a,)", f"expected {START}, found `)` at character 6"),
        ("Or(a, b", "expected `)` or `,`, found the end at character 8"),
        ("or(a, b)", f"expected {OPERATOR}, found `(` at character 3"),
        ("Or(AND, b)", f"expected {START}, found `AND` at character 4"),
        ("Or(a, IF b THEN c)", f"expected {START}, found `IF` at character 7"),
        ("IF a b", f"expected `AND` or `LIKE` or `OR` or `THEN` or {OPERATOR}, found `b` at character 6"),
        # a text is one dependency
        ("Or(a, b) Or(c, d)", "expected `;` or the end, found `Or` at character 10"),
        ("Or(a, b);;", "expected the end, found `;` at character 10"),
        ("Or(a, b)  # why", "expected `;` or the end, found `#` at character 11"),
        # a clause is no dependency, nor is a condition on one parameter
        ("a AND b", f"expected {OPERATOR}, found `AND` at character 3"),
        ("a == 'x'", "expected a parameter, found `'x'` at character 6"),
        ("a <= 3", "expected a parameter, found `3` at character 6"),
        ("NOT a < b", f"expected {FORM}, found `a` at character 5"),
        ("IF a", "expected `THEN`, found the end at character 5"),
        # a comparison is of two parameters, or of a calculation with a number
        ("a + b <= c", "expected a number, found `c` at character 10"),
        ("a < b < c", "expected `;` or the end, found `<` at character 7"),
        ("a + 2 < 3", "expected `(` or a parameter, found `2` at character 5"),
        ("a ~ b", f"expected {OPERATOR}, found `~` at character 3"),
        # values
        ("Or(a, b != 'x')", "expected a number or a parameter, found `'x'` at character 12"),
        ("Or(a, b == 'x'|c)", "expected a quoted text, found `c` at character 16"),
        ("Or(a, b LIKE c)", "expected a quoted text, found `c` at character 14"),
        ("Or(a, b == 'x)", f"expected {VALUE}, found `'x)` at character 12"),
        ("Or(a, b == 'x\\n')", f"expected {VALUE}, found `'x\\n'` at character 12"),
        ("Or(a, b == 1e5)", f"expected {VALUE}, found `1e5` at character 12"),
        (
            "Or(a, b == 12345678901234567890)",
            f"expected {VALUE}, found `12345678901234567890` at character 12",
        ),
        ("Or([], b)", f"expected {START}, found `[` at character 4"),
    ],
)
def test_a_mistake_is_told_with_what_was_expected_what_was_found_and_where(text: str, message: str) -> None:
    with pytest.raises(DependencyError) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("text", [f"IF {'NOT (' * 5000}a{')' * 5000} THEN b", f"{'a + ' * 5000}b < 3"])
def test_nesting_that_is_too_deep_is_refused(text: str) -> None:
    with pytest.raises(DependencyError, match="expected less nesting"):
        parse(text)


def test_an_error_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="expected"):
        parse("Or")
