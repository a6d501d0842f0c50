"""Markdown keeps its form when it is wrapped."""

from __future__ import annotations

import pytest

from scripts.wrapping import wrapped

WIDTH = 20


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("One paragraph that is longer\nthan that", ["One paragraph that", "is longer than that"]),
        ("One.\n\n\nTwo.", ["One.", "", "", "Two."]),
        ("- an item that is too long\n  for it\n- another", ["- an item that is", "  too long for it", "- another"]),
        ("10. an item that is too long", ["10. an item that is", "    too long"]),
        ("  * an inner item, too long", ["  * an inner item,", "    too long"]),
        ("Items:\n- one\n- two", ["Items:", "- one", "- two"]),
        ("```\ncode   that is longer than it may be\n\nmore\n```\nText", [
            "```", "code   that is longer than it may be", "", "more", "```", "Text"]),
        ("~~~ python\nx =  1", ["~~~ python", "x =  1"]),
        ("    code   that is longer than that\ntext", ["    code   that is longer than that", "text"]),
        ("| a table | that is longer |\n|---|---|", ["| a table | that is longer |", "|---|---|"]),
        ("> a quotation that is longer\nText", ["> a quotation that is longer", "Text"]),
        ("# A heading that is longer\nText", ["# A heading that is longer", "Text"]),
        ("https://example.com/longer/than/that", ["https://example.com/longer/than/that"]),
        ("a-word-with-hyphens-in it", ["a-word-with-hyphens-in", "it"]),
        ("Blanks   \tinside", ["Blanks inside"]),
        ("", []),
        ("   ", [""]),
    ],
)  # fmt: skip
def test_text_is_wrapped_and_what_is_laid_out_by_hand_is_not(text: str, lines: list[str]) -> None:
    assert list(wrapped(text, WIDTH)) == lines
