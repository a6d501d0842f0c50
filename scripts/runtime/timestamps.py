"""Dates and times as they stand in JSON: RFC 3339 and RFC 2822."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from typing import Any, SupportsIndex

RFC_2822 = "date-time-rfc-2822"
"""The format name of `Thu, 07 Apr 2016 23:52:28 +0000`."""

_RFC_3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):([0-5]\d|60)(?:\.(\d+))?(?:[Zz]|([+-])(\d\d):([0-5]\d))",
    re.ASCII,
)
_RFC_2822 = re.compile(
    r"(?:[a-z]{3}, *)?(\d\d?) +([a-z]{3}) +(\d{2,4}) +(\d\d):(\d\d)(?::([0-5]\d|60))?"
    r" +(?:([+-])(\d\d)([0-5]\d)|([a-z]+))(?: *\([^()]*\))?",
    re.ASCII | re.IGNORECASE,
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_ZONES = {"edt": 4, "est": 5, "cdt": 5, "cst": 6, "mdt": 6, "mst": 7, "pdt": 7, "pst": 8}
"""Hours behind UTC of the zones that RFC 2822 names; it takes all other names for UTC."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Timestamp(datetime):
    """An aware `datetime` that goes back out as it came in, to the letter."""

    text: str | None = None

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        return (parse_datetime, (self.text,)) if self.text else super().__reduce_ex__(protocol)


def parse_datetime(text: str) -> datetime:
    """Read an RFC 3339 or RFC 2822 time; a leap second becomes second 59. Raises `ValueError` for others."""
    if match := _RFC_3339.fullmatch(text):
        stamp = _rfc_3339(match)
    elif match := _RFC_2822.fullmatch(text):
        stamp = _rfc_2822(match)
    else:
        raise ValueError(text)
    stamp.text = text
    return stamp


def format_time(value: datetime, form: str | None = None) -> str:
    """Write an aware time in RFC 3339, or in RFC 2822 where `form` says so; one that was read, as it was."""
    text = value.text if isinstance(value, Timestamp) else None
    if text and (_RFC_2822.fullmatch(text) if form == RFC_2822 else _is_strict(text)):
        return text
    if (value.utcoffset() or timedelta()) % timedelta(minutes=1):
        value = value.astimezone(UTC)  # neither form has seconds in its offset
    return format_datetime(value) if form == RFC_2822 else value.isoformat()


def parse_date(text: str) -> date:
    """Read a full-date of RFC 3339; raises `ValueError` for anything else."""
    if not _DATE.fullmatch(text):
        raise ValueError(text)
    return date.fromisoformat(text)


def _is_strict(text: str) -> bool:
    """Whether it is RFC 3339 without the blank that some write for the `T`."""
    return " " not in text and _RFC_3339.fullmatch(text) is not None


def _rfc_3339(match: re.Match[str]) -> Timestamp:
    year, month, day, hour, minute, second, fraction, *zone = match.groups()
    microsecond = int(fraction[:6].ljust(6, "0")) if fraction else 0
    return _stamp((year, month, day, hour, minute, second), microsecond, _offset(*zone))


def _rfc_2822(match: re.Match[str]) -> Timestamp:
    day, name, year, hour, minute, second, *zone, zone_name = match.groups()
    month = _MONTHS.index(name.lower()) + 1
    year = int(year) + {2: 2000 if int(year) < 50 else 1900, 3: 1900}.get(
        len(year), 0
    )  # as RFC 2822 reads short ones
    offset = _offset(*zone) if zone_name is None else timedelta(hours=-_ZONES.get(zone_name.lower(), 0))
    return _stamp((year, month, day, hour, minute, second or 0), 0, offset)


def _offset(sign: str | None, hours: str, minutes: str) -> timedelta:
    if sign is None:
        return timedelta()
    behind = 60 * int(hours) + int(minutes)
    return timedelta(minutes=-behind if sign == "-" else behind)


def _stamp(fields: tuple[str | int, ...], microsecond: int, offset: timedelta) -> Timestamp:
    year, month, day, hour, minute, second = map(int, fields)
    return Timestamp(year, month, day, hour, minute, min(second, 59), microsecond, timezone(offset))
