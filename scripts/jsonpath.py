"""JSONPath to the letter of RFC 9535, and never for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import regex  # type: ignore[import-untyped]  # it has no types for mypy
from iregexp_check import check as is_iregexp
from jsonpath_rfc9535 import JSONPathEnvironment, JSONPathSyntaxError, Parser
from jsonpath_rfc9535.filter_expressions import (
    ComparisonExpression,
    Expression,
    FilterExpressionLiteral,
    FilterQuery,
    FunctionExtension,
)
from jsonpath_rfc9535.function_extensions import Match
from jsonpath_rfc9535.function_extensions._pattern import map_re

if TYPE_CHECKING:
    from jsonpath_rfc9535.tokens import TokenStream

SECONDS = 2
"""Time that a pattern may take on a text."""


class _Parser(Parser):
    """The library's parser, but it refuses `!@.a == 1` and `@.a == 1 == 1`, as RFC 9535 does."""

    def parse_infix_expression(self, stream: TokenStream, left: Expression) -> Expression:
        """A comparison or a logical expression; `left` is its first part."""
        found = super().parse_infix_expression(stream, left)
        if isinstance(found, ComparisonExpression) and not (_is_value(found.left) and _is_value(found.right)):
            raise JSONPathSyntaxError("only values can be compared", token=found.token)
        return found


def _is_value(expression: Expression) -> bool:
    return isinstance(expression, FilterExpressionLiteral | FilterQuery | FunctionExtension)


class _Pattern(Match):
    """The function `match` or `search`, as `test` has it; raises `TimeoutError`, where the library's never ends."""

    def __init__(self, test: Callable[..., Any]) -> None:
        self.test = test

    def __call__(self, string: object, pattern: object) -> bool:
        """Whether the string fits; false where one of the two is no text, or the pattern no I-Regexp."""
        if not (isinstance(string, str) and isinstance(pattern, str) and is_iregexp(pattern)):
            return False
        try:
            return bool(self.test(map_re(pattern), string, timeout=SECONDS))
        except regex.error:  # a{2,1}
            return False


class _Environment(JSONPathEnvironment):
    parser_class = _Parser
    max_recursion_depth = 10_000  # of the document: Python's own limit comes first

    def setup_function_extensions(self) -> None:
        """The library's functions, but for two."""
        super().setup_function_extensions()
        self.function_extensions["match"] = _Pattern(regex.fullmatch)
        self.function_extensions["search"] = _Pattern(regex.search)


JSONPATH = _Environment()
"""Compiles a path; what it compiles finds nodes."""
