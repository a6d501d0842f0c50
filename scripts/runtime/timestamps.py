"""Dates and times as they stand in JSON: RFC 3339 and RFC 2822."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime, parsedate_to_datetime
from typing import Any, SupportsIndex

RFC_2822 = "date-time-rfc-2822"
"""The format name of `Thu, 07 Apr 2016 23:52:28 +0000`."""

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Timestamp(datetime):
    """An aware `datetime` that goes back out as it came in, to the letter."""

    text: str | None = None

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return (parse_datetime, (self.text,)) if self.text else super().__reduce_ex__(protocol)


def parse_datetime(text: str) -> datetime:
    """Read an RFC 3339 or RFC 2822 time; a leap second becomes second 59. Raises `ValueError` for anything else."""
    stamp = _rfc_3339(text) if _RFC_3339.fullmatch(text) else _rfc_2822(text)
    stamp.text = text
    return stamp


def format_time(value: datetime, form: str | None) -> str:
    """Write an aware time in RFC 3339, or in RFC 2822 where `form` says so."""
    if isinstance(value, Timestamp) and value.text:
        return value.text
    return format_datetime(value) if form == RFC_2822 else value.isoformat()


def parse_date(text: str) -> date:
    """Read a full-date of RFC 3339; raises `ValueError` for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _rfc_3339(text: str) -> Timestamp:
    match = _RFC_3339.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day, hour, minute, second = map(int, match.groups()[:6])
    fraction, zulu, sign, hours, minutes = match.groups()[6:]
    offset = (
        timedelta()
        if zulu
        else timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == "-" else 1)
    )
    microsecond = int((fraction or "")[:6].ljust(6, "0"))
    return Timestamp(year, month, day, hour, minute, min(second, 59), microsecond, tzinfo=timezone(offset))


def _rfc_2822(text: str) -> Timestamp:
    try:
        value = parsedate_to_datetime(text)
    except (TypeError, IndexError) as error:
        raise ValueError(text) from error
    zone = value.tzinfo or UTC
    return Timestamp.combine(value.date(), value.time(), zone)
