"""The dependencies between an operation's parameters, in the language that IDL4OAS puts in `x-dependencies`.

A text such as `OnlyOne(phone_count, phone_number)` is parsed into a tree. The tree is read in three ways:
`Dependency.holds` evaluates it here, `Dependency.expression` writes it as Python source for a client, and
`Dependency.ways` are the signatures that it leaves.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from lark import Lark, Token, Tree, UnexpectedInput

Node = Tree[Token] | Token
Way = tuple[frozenset[str], frozenset[str]]
"""Parameters that are given, and parameters that are not; any other may be."""
_MOST_WAYS = 32

# A comparison that lacks a parameter holds where it stands alone (`limit`), but not within a clause (`test`).
_GRAMMAR = r"""
?start: dependency ";"?
?dependency: "IF" clause "THEN" clause -> implies
    | form
    | "NOT" form -> not
    | _comparison -> limit
?clause: conjunction | conjunction ("OR" conjunction)+ -> or
?conjunction: negation | negation ("AND" negation)+ -> and
?negation: atom | "NOT" atom -> not
?atom: NAME -> given
    | form
    | "(" clause ")"
    | (_comparison | _relation) -> test
?form: "Or" _clauses -> or
    | "OnlyOne" _clauses -> only_one
    | "AllOrNone" _clauses -> all_or_none
    | "ZeroOrOne" _clauses -> zero_or_one
_clauses: "(" clause ("," clause)+ ")"
_comparison: NAME (EQUAL | SIGN) NAME
    | calculation (EQUAL | SIGN) NUMBER
_relation: NAME (EQUAL | SIGN) NUMBER
    | NAME EQUAL (texts | true | false)
    | NAME LIKE TEXT
?texts: TEXT | TEXT ("|" TEXT)+
true: "true"
false: "false"
?calculation: sum | product | "(" calculation ")"
sum: (sum | product | factor) (PLUS | MINUS) (product | factor) -> calculation
product: (product | factor) (STAR | SLASH) factor -> calculation
?factor: NAME | "(" calculation ")"

NAME: /[^\W\d][\w.]*/ | /\[([^][]|\[[^][]*\])+\]/
NUMBER: /-?[0-9]{1,19}(\.[0-9]{1,15})?(?![\w.])/
TEXT: /'([^'\\]|\\['"\\])*'/ | /"([^"\\]|\\['"\\])*"/
SIGN: "<=" | ">=" | "!=" | "<" | ">"
EQUAL: "==" | "="
LIKE: "LIKE"
PLUS: "+"
MINUS: "-"
STAR: "*"
SLASH: "/"
%ignore /\s+/
"""


class DependencyError(ValueError):
    """A text is no dependency; the message says what was expected, what was found and at which character."""


@dataclass(frozen=True)
class Dependency:
    """A condition on which parameters a call gives, and on their values.

    `text` is what was parsed, on one line, evenly spaced and without a closing `;`.
    `names` are the parameters by their name on the wire, each once, in order of appearance.
    """

    text: str
    names: tuple[str, ...]
    tree: Tree[Token]

    def expression(self, given: str = "given") -> str:
        """Python source that is true when this holds for the mapping in the variable that `given` names."""
        return _write(self.tree, given)

    @property
    def is_of_presence(self) -> bool:
        """Whether only the presence of parameters counts, not their values."""
        return all(part.data not in ("test", "limit") for part in self.tree.iter_subtrees())

    @property
    def comparisons(self) -> list[tuple[str, str, Any]]:
        """What is compared with a constant: the parameter, the sign as Python has it, or LIKE, and the constant."""
        found: list[tuple[str, str, Any]] = []
        for part in self.tree.iter_subtrees():
            match part:
                case Tree("test", [Token("NAME") as name, sign, right]) if not _names(right):
                    found.append((_names(name)[0], _sign(sign, right), _constant(right)))
                case _:
                    pass
        return found

    @property
    def is_of_constants(self) -> bool:
        """Whether parameters are compared with nothing but constants, if with anything."""
        parts = [part for part in self.tree.iter_subtrees() if part.data in ("test", "limit")]
        return len(parts) == len(self.comparisons)

    def holds(self, given: Mapping[str, object]) -> bool:
        """Whether this holds for parameters by their name on the wire; one that is not given is absent."""
        return bool(_evaluate(self.tree, given))

    def ways(self, among: list[Way]) -> list[Way]:
        """What is left of ways where this, which is of presence, holds too; raises `OverflowError` for very many."""
        return _together(among, _ways(self.tree, True))


def parse(text: str) -> Dependency:
    """The one dependency that a text states, with or without a closing `;`; raises DependencyError."""
    parser = _grammar().parse_interactive(text)
    try:
        tokens = parser.exhaust_lexer()
        dependency = Dependency(_line(tokens), _names(*tokens), parser.feed_eof(Token("", "", len(text))))
        dependency.expression()
    except UnexpectedInput as error:
        expected = sorted({_label(terminal) for terminal in parser.accepts()})
        raise _error(" or ".join(expected), text, error.pos_in_stream or 0) from None
    except RecursionError:
        raise _error("less nesting", text, 0) from None
    return dependency


@cache
def _grammar() -> Any:  # lark leaves some of its own types open
    return Lark(_GRAMMAR, parser="lalr", lexer="basic")


def _error(expected: str, text: str, start: int) -> DependencyError:
    word = re.match(r"""-?[\w.]+|'[^']*'?|"[^"]*"?|\S""", text[start:])
    found = f"`{word[0]}`" if word else "the end"
    return DependencyError(f"expected {expected}, found {found} at character {start + 1}")


def _label(terminal: str) -> str:
    """What an error message calls a terminal of the grammar."""
    labels = {"NAME": "a parameter", "NUMBER": "a number", "TEXT": "a quoted text", "$END": "the end"}
    labels |= {"SIGN": "a comparison", "EQUAL": "a comparison"}
    labels |= dict.fromkeys(("PLUS", "MINUS", "STAR", "SLASH"), "an operator")
    return labels.get(terminal) or f"`{_grammar().get_terminal(terminal).pattern.value}`"


def _line(tokens: list[Token]) -> str:
    """The tokens on one line, with a space wherever a person would put one."""
    line, last = "", "("
    for token in tokens:
        word = "==" if token.type == "EQUAL" else str(token)
        call = word == "(" and last in ("Or", "OnlyOne", "AllOrNone", "ZeroOrOne")
        line += word if call or last in ("(", "|") or word in (")", ",", "|", ";") else f" {word}"
        last = word
    return line.removesuffix(";")


def _names(*nodes: Node) -> tuple[str, ...]:
    """The parameters that tokens and trees name, each once."""
    names: dict[str, None] = {}
    for node in nodes:
        if isinstance(node, Tree):
            names |= dict.fromkeys(_names(*node.children))
        elif node.type == "NAME":
            names[node[1:-1] if node.startswith("[") else str(node)] = None
    return tuple(names)


def _constant(node: Node) -> str | float | tuple[str, ...]:
    match node:
        case Tree("texts", texts):
            return tuple(str(_constant(text)) for text in texts)
        case Tree(word):
            return word == "true"
        case Token("TEXT"):
            return re.sub(r"\\(.)", r"\1", node[1:-1])
        case _:
            return float(node) if "." in node else int(node)


def _sign(sign: Node, right: Node) -> str:
    """A sign as Python spells it before that right side; LIKE is the one that Python lacks."""
    special = {"texts": "in", "true": "is", "false": "is"}
    return special.get(right.data if isinstance(right, Tree) else "", "==" if sign == "=" else str(sign))


_APPLY: dict[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
    "==": operator.eq,
    "!=": operator.ne,
    "is": operator.is_,
    "in": lambda value, texts: value in texts,
    "LIKE": lambda value, pattern: re.fullmatch(re.escape(pattern).replace(r"\*", "(?s:.*)"), str(value)),
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": lambda left, right: left / right,
}


def _evaluate(node: Node, given: Mapping[str, object]) -> Any:
    match node:
        case Tree("given", [name]):
            return _names(name)[0] in given
        case Tree("not", [part]):
            return not _evaluate(part, given)
        case Tree("and", parts):
            return all(_evaluate(part, given) for part in parts)
        case Tree("or", parts):
            return any(_evaluate(part, given) for part in parts)
        case Tree("implies", [condition, consequence]):
            return not _evaluate(condition, given) or _evaluate(consequence, given)
        case Tree("only_one" | "zero_or_one" | "all_or_none" as form, parts):
            counts = {"only_one": (1,), "zero_or_one": (0, 1), "all_or_none": (0, len(parts))}
            return sum(bool(_evaluate(part, given)) for part in parts) in counts[form]
        case Tree("test" | "limit" as kind) if not given.keys() >= {*_names(node)}:
            return kind == "limit"
        case Tree("test" | "limit" | "calculation", [left, sign, right]):
            return _APPLY[_sign(sign, right)](_evaluate(left, given), _evaluate(right, given))
        case Token("NAME"):
            return given[_names(node)[0]]
        case _:
            return _constant(node)


def _together(*groups: list[Way]) -> list[Way]:
    """The ways in which several conditions hold."""
    found: list[Way] = [(frozenset(), frozenset())]
    for group in groups:
        pairs = [(given | more, absent | less) for given, absent in found for more, less in group]
        found = _widest([(given, absent) for given, absent in pairs if not given & absent])
    return found


def _ways(node: Node, wanted: bool) -> list[Way]:
    """The ways in which a tree holds, or does not."""
    match node:
        case Tree("given", [name]):
            one, none = frozenset(_names(name)), frozenset[str]()
            return [(one, none) if wanted else (none, one)]
        case Tree("not", [part]):
            return _ways(part, not wanted)
        case Tree("and" | "or" as word, parts):
            found = [_ways(part, wanted) for part in parts]
            return (
                _together(*found)
                if (word == "and") is wanted
                else _widest([way for each in found for way in each])
            )
        case _:
            return _ways(_spelled_out(node), wanted)


def _spelled_out(node: Node) -> Tree[Token]:
    """A predefined form, in nothing but `and`, `or` and `not`."""
    assert isinstance(node, Tree)
    parts = node.children
    nots: list[Node] = [Tree("not", [part]) for part in parts]
    if node.data == "implies":
        return Tree("or", [nots[0], parts[1]])
    if node.data == "all_or_none":
        return _any_of([parts, nots])
    own = parts if node.data == "only_one" else []
    ways = [[*nots[:i], *own[i : i + 1], *nots[i + 1 :]] for i in range(len(nots))]
    return _any_of(ways)


def _any_of(ways: list[list[Node]]) -> Tree[Token]:
    return Tree("or", [Tree("and", way) for way in ways])


def _widest(ways: list[Way]) -> list[Way]:
    """The ways without those that another one allows too."""
    found = list(dict.fromkeys(ways))
    kept = [
        way for way in found if not any(way is not w and w[0] <= way[0] and w[1] <= way[1] for w in found)
    ]
    if len(kept) > _MOST_WAYS:
        raise OverflowError
    return kept


_OR, _AND, _NOT, _COMPARISON, _SUM, _PRODUCT, _ATOM = range(7)  # how tightly they bind in Python
_LEVELS = {"or": _OR, "and": _AND, "+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT}


def _write(node: Node, given: str, least: int = _OR) -> str:
    """Python source, in parentheses where it binds less tightly than its place asks for."""
    source, level = _source(node, given)
    return f"({source})" if level < least else source


def _source(node: Node, given: str) -> tuple[str, int]:
    """Python source, and how tightly it binds."""
    match node:
        case Tree("given", [name]):
            return f"{_literal(*_names(name))} in {given}", _COMPARISON
        case Tree("not", [Tree("given", [name])]):
            return f"{_literal(*_names(name))} not in {given}", _COMPARISON
        case Tree("not", [Tree("not", [part])]):
            return _source(part, given)
        case Tree("not", [part]):
            return f"not {_write(part, given, _NOT)}", _NOT
        case Tree("and" | "or" as word, parts):
            return f" {word} ".join(_write(part, given, _LEVELS[word]) for part in parts), _LEVELS[word]
        case Tree("implies", [condition, consequence]):
            return f"{_write(Tree('not', [condition]), given)} or {_write(consequence, given)}", _OR
        case Tree("all_or_none", parts):
            return " == ".join(_write(part, given, _SUM) for part in parts), _COMPARISON
        case Tree("only_one" | "zero_or_one" as form, parts):
            count = " + ".join(_write(part, given, _SUM) for part in parts)
            return f"{count} {'== 1' if form == 'only_one' else '<= 1'}", _COMPARISON
        case Tree("test" | "limit" as kind, [left, sign, right]):
            word, test, level = ("and", "in", _AND) if kind == "test" else ("or", "not in", _OR)
            known = [f"{_literal(name)} {test} {given}" for name in _names(node)]
            return f" {word} ".join([*known, _comparison(left, _sign(sign, right), right, given)]), level
        case Tree("calculation", [left, Token(value=sign), right]):
            level = _LEVELS[sign]
            return f"{_write(left, given, level)} {sign} {_write(right, given, level + 1)}", level
        case Token("NAME"):
            return f"{given}[{_literal(*_names(node))}]", _ATOM
        case _:
            return _literal(_constant(node)), _ATOM


def _comparison(left: Node, sign: str, right: Node, given: str) -> str:
    if sign == "LIKE":
        return _like(f"str({_write(left, given)})", str(_constant(right)))
    return f"{_write(left, given)} {sign} {_write(right, given)}"


def _like(text: str, pattern: str) -> str:
    """Python source for LIKE: the pieces between the `*` occur in their order, the outer ones at the ends."""
    first, *rest = re.split(r"\*+", pattern)
    if not rest:
        return f"{text} == {_literal(first)}"
    *inner, last = rest
    tests: list[str] = []
    if first:
        tests.append(f"{text}.startswith({_literal(first)})")
        text += f"[{len(first)}:]"
    text += "".join(f".partition({_literal(piece)})[2]" for piece in (inner if last else inner[:-1]))
    if last:
        tests.append(f"{text}.endswith({_literal(last)})")
    elif inner:
        tests.append(f"{_literal(inner[-1])} in {text}")
    return " and ".join(tests) or "True"


def _literal(value: str | float | tuple[str, ...]) -> str:
    """A Python literal as ruff would write it, safe in any source file."""
    if isinstance(value, tuple):
        return f"({', '.join(map(_literal, value))})"
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)
    return text.encode("utf-8", "backslashreplace").decode()
