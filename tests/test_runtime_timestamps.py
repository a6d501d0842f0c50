"""Times and dates are read in both forms, and go back out as they came."""

from __future__ import annotations

import copy
import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scripts.runtime.timestamps import RFC_2822, Timestamp, format_time, parse_date, parse_datetime

READ = [
    ("2016-04-07T23:52:28Z", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("2016-04-07t23:52:28z", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("2016-04-07 23:52:28Z", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("2016-04-07T23:52:28.5Z", datetime(2016, 4, 7, 23, 52, 28, 500000, tzinfo=UTC)),
    ("2016-04-07T23:52:28.123456789Z", datetime(2016, 4, 7, 23, 52, 28, 123456, tzinfo=UTC)),
    ("2016-12-31T23:59:60Z", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
    ("2016-04-07T23:52:28+05:30", datetime(2016, 4, 7, 18, 22, 28, tzinfo=UTC)),
    ("2016-04-07T23:52:28-05:30", datetime(2016, 4, 8, 5, 22, 28, tzinfo=UTC)),
    ("2016-04-07T23:52:28-00:00", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC)),
    ("Thu, 07 Apr 2016 23:52:28 +0000", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("7 Apr 2016 23:52 GMT", datetime(2016, 4, 7, 23, 52, tzinfo=UTC)),
    ("thu, 07 apr 2016 23:52:28 -0130", datetime(2016, 4, 8, 1, 22, 28, tzinfo=UTC)),
    ("Thu, 07 Apr 2016 18:52:28 EST", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Thu,  7 Apr  2016 23:52:28  +0000", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Thu, 07 Apr 2016 23:52:28 +0000 (UTC)", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Thu, 07 Apr 16 23:52:28 GMT", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Tue, 07 Apr 70 23:52:28 GMT", datetime(1970, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Fri, 07 Apr 116 23:52:28 GMT", datetime(2016, 4, 7, 23, 52, 28, tzinfo=UTC)),
    ("Sat, 31 Dec 2016 23:59:60 UT", datetime(2016, 12, 31, 23, 59, 59, tzinfo=UTC)),
]

REFUSED = [
    "",
    "now",
    "1460073148",
    "2016-04-07",
    "2016-04-07T23:52:28",
    "2016-04-07T23:52Z",
    "2016-04-07T24:00:00Z",
    "2016-04-07T23:60:00Z",
    "2016-04-07T23:52:61Z",
    "2016-02-30T00:00:00Z",
    "2016-04-07T23:52:28+24:00",
    "2016-04-07T23:52:28+01:60",
    "2016-04-07T23:52:28.Z",
    "2016-04-07T23:52:28Z ",
    "201\uff16-04-07T23:52:28Z",
    "Thu, 07 Apr 2016 23:52:28",
    "Thu, 07 Foo 2016 23:52:28 GMT",
    "Thu, 31 Apr 2016 23:52:28 GMT",
]


@pytest.mark.parametrize(("text", "moment"), READ)
def test_a_time_is_read_and_goes_back_out_as_it_came(text: str, moment: datetime) -> None:
    read = parse_datetime(text)
    assert read == moment
    assert read.tzinfo is not None
    assert isinstance(read, Timestamp)
    assert read.text == text


@pytest.mark.parametrize(
    "zone", ["UT", "UTC", "GMT", "Z", "EST", "EDT", "CST", "CDT", "MST", "MDT", "PST", "PDT"]
)
def test_the_zones_of_rfc_2822_are_those_of_the_standard_library(zone: str) -> None:
    text = f"Thu, 07 Apr 2016 23:52:28 {zone}"
    assert parse_datetime(text) == parsedate_to_datetime(text)


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its text differs, and is for no reader
        parse_datetime(text)


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-1439, 1439))
def test_what_is_written_is_read_again(moment: datetime, minutes: int) -> None:
    try:
        local = moment.astimezone(timezone(timedelta(minutes=minutes)))
    except OverflowError:
        return
    assert parse_datetime(format_time(local)) == moment


@given(st.datetimes(datetime(1900, 1, 1), timezones=st.just(UTC)))
def test_rfc_2822_is_written_as_the_standard_library_reads_it(moment: datetime) -> None:
    written = format_time(moment, RFC_2822)
    assert parsedate_to_datetime(written) == parse_datetime(written) == moment.replace(microsecond=0)


def test_an_offset_of_whole_minutes_is_kept() -> None:
    moment = datetime(2016, 4, 7, 12, tzinfo=timezone(timedelta(hours=5, minutes=31)))
    assert format_time(moment) == "2016-04-07T12:00:00+05:31"
    assert format_time(moment, RFC_2822) == "Thu, 07 Apr 2016 12:00:00 +0531"


def test_an_offset_with_seconds_is_written_in_utc() -> None:
    moment = datetime(2016, 4, 7, 12, tzinfo=timezone(timedelta(seconds=30)))
    assert format_time(moment) == "2016-04-07T11:59:30+00:00"


@pytest.mark.parametrize(
    ("text", "form", "written"),
    [
        ("2016-04-07T23:52:28.1234567z", None, "2016-04-07T23:52:28.1234567z"),
        ("2016-12-31T23:59:60Z", None, "2016-12-31T23:59:60Z"),
        ("2016-04-07 23:52:28Z", None, "2016-04-07T23:52:28+00:00"),
        ("Thu, 7 Apr 2016 23:52:28 GMT", None, "2016-04-07T23:52:28+00:00"),
        ("Thu, 7 Apr 2016 23:52:28 GMT", RFC_2822, "Thu, 7 Apr 2016 23:52:28 GMT"),
        ("2016-04-07T23:52:28Z", RFC_2822, "Thu, 07 Apr 2016 23:52:28 +0000"),
    ],
)
def test_a_time_that_was_read_is_written_in_the_form_that_is_asked_for(
    text: str, form: str | None, written: str
) -> None:
    assert format_time(parse_datetime(text), form) == written


def test_a_time_keeps_its_text_where_it_is_copied_and_loses_it_where_it_is_changed() -> None:
    read = parse_datetime("2016-04-07T23:52:28.1234567Z")
    for same in (pickle.loads(pickle.dumps(read)), copy.deepcopy(read), copy.copy(read)):
        assert same == read
        assert format_time(same) == "2016-04-07T23:52:28.1234567Z"
    later = read + timedelta(days=1)
    assert format_time(later) == "2016-04-08T23:52:28.123456+00:00"
    assert format_time(pickle.loads(pickle.dumps(later))) == format_time(later)


def test_a_date_is_read() -> None:
    assert parse_date("2020-02-29") == date(2020, 2, 29)


@pytest.mark.parametrize(
    "text", ["", "2021-02-29", "20200229", "2020-W01-1", "2020-2-29", "2020-02-29T00:00:00Z"]
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- its text differs, and is for no reader
        parse_date(text)
