"""Times and dates in JSON, read without a client."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

TIMES = ("date-time", "date-time-rfc-2822")
"""The formats of a time."""


def moment(text: str) -> datetime | None:
    """The instant of an RFC 3339 or RFC 2822 time; None where it is none."""
    try:
        found = datetime.fromisoformat(text.upper().replace(" ", "T", 1).replace(":60", ":59"))
        return found if found.tzinfo else None
    except ValueError:
        pass
    try:
        found = parsedate_to_datetime(text)
        year = re.search(
            r"[A-Za-z]{3} +(\d{2,4}) ", text
        )  # of which parsedate_to_datetime takes 0008 for 2008
        found = found.replace(year=_year(year[1])) if year else found
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _year(digits: str) -> int:
    """A year as RFC 2822 reads it: two digits from 1950 on, three from 1900."""
    century = {2: 2000 if int(digits) < 50 else 1900, 3: 1900}.get(len(digits), 0)
    return int(digits) + century


def day(text: str) -> date | None:
    """The date that a text of RFC 3339 names; None where it is none. Python knows other forms than that."""
    try:
        return date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else None
    except ValueError:
        return None


def is_moment(text: str) -> bool:
    """Whether a text is a time, in either form."""
    return moment(text) is not None


def is_day(text: str) -> bool:
    """Whether a text is a date."""
    return day(text) is not None


def is_rfc_2822(text: str) -> bool:
    """Whether a text is a time of RFC 2822."""
    return not text[:4].isdecimal() and is_moment(text)
