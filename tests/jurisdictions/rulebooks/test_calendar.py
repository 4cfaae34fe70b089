"""Working days as announced, and the refusal to guess where nothing has been announced."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from chinese_calendar import constants

from apps.jurisdictions.rulebooks import calendar, registry
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing, InputError

WEIHAI = registry.by_key("weihai_2019")


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (date(2026, 9, 24), True),  # Thursday before Mid-Autumn
        (date(2026, 9, 25), False),  # Mid-Autumn
        (date(2026, 9, 26), False),  # Saturday
        (date(2026, 9, 28), True),  # plain Monday
        (date(2026, 10, 7), False),  # last day of National Day
        (date(2026, 10, 8), True),
        (date(2026, 10, 10), True),  # Saturday worked in exchange
        (date(2018, 12, 31), False),  # Monday off by the announcement for 2019
        (date(2018, 12, 29), True),  # Saturday worked in exchange for it
        (date(2026, 3, 7), False),  # plain Saturday
        (date(2026, 3, 8), False),  # plain Sunday
        (date(2026, 3, 6), True),  # plain Friday
    ],
)
def test_is_workday(day: date, expected: bool) -> None:
    assert calendar.is_workday(day) is expected


def test_seed_covers_whole_years() -> None:
    years = calendar.seeded().years
    assert min(years) == 2004
    assert max(years) == max(constants.holidays).year
    assert {2013, 2026} <= years
    assert len(years) == max(years) - min(years) + 1


def test_year_without_announcement_is_an_error() -> None:
    year = max(calendar.seeded().years) + 1
    with pytest.raises(CalendarDataMissing, match=f"{year}年") as caught:
        calendar.is_workday(date(year, 3, 2))
    assert caught.value.year == year
    assert caught.value.field == "calendar"
    with pytest.raises(CalendarDataMissing):
        calendar.is_workday(date(2003, 12, 31))


def test_next_workday_is_the_day_itself_when_worked() -> None:
    assert calendar.next_workday(date(2026, 10, 10)) == date(2026, 10, 10)
    assert calendar.next_workday(date(2026, 10, 1)) == date(2026, 10, 8)


def test_workdays_before_does_not_count_the_day_itself() -> None:
    assert calendar.workdays_before(date(2026, 10, 9), 2) == [date(2026, 10, 8), date(2026, 9, 30)]
    assert calendar.workdays_before(date(2026, 10, 9), 0) == []


def test_counting_back_into_a_year_without_data_is_an_error() -> None:
    only_2026 = calendar.Calendar(frozenset({2026}), frozenset(), frozenset())
    with pytest.raises(CalendarDataMissing, match="2025年"):
        only_2026.workdays_before(date(2026, 1, 5), 3)
    first_year = calendar.Calendar(frozenset({1}), frozenset(), frozenset())
    with pytest.raises(CalendarDataMissing):
        first_year.workdays_before(date.min, 1)


def test_announcement_adds_a_year_and_reaches_into_the_december_before() -> None:
    year = max(calendar.seeded().years) + 1
    new_year, eve = date(year, 1, 1), date(year - 1, 12, 31)
    extended = calendar.with_announcement(year, holidays=[new_year, eve], workdays=[date(year, 1, 2)])
    assert year in extended.years
    assert year not in calendar.seeded().years
    assert [extended.is_workday(day) for day in (new_year, eve, date(year, 1, 2))] == [False, False, True]


def test_later_announcement_replaces_the_earlier_one_of_its_year() -> None:
    table = calendar.Calendar(frozenset({2026}), frozenset({date(2026, 2, 2)}), frozenset({date(2026, 2, 7)}))
    corrected = table.with_announcement(2026, holidays=[date(2026, 2, 3)], workdays=[date(2026, 2, 8)])
    days = [date(2026, 2, 2), date(2026, 2, 3), date(2026, 2, 7), date(2026, 2, 8)]
    assert [table.is_workday(day) for day in days] == [False, True, True, False]
    assert [corrected.is_workday(day) for day in days] == [True, False, False, True]


def test_announcement_overrules_what_an_earlier_year_said_of_december() -> None:
    table = calendar.Calendar(frozenset({2025}), frozenset({date(2025, 12, 29)}), frozenset({date(2025, 12, 28)}))
    later = table.with_announcement(2026, holidays=[date(2025, 12, 28)], workdays=[date(2025, 12, 29)])
    assert later.is_workday(date(2025, 12, 29))
    assert not later.is_workday(date(2025, 12, 28))


def test_announcement_that_contradicts_itself_is_refused() -> None:
    with pytest.raises(ValueError, match="2027-01-02"):
        calendar.with_announcement(2027, holidays=[date(2027, 1, 2)], workdays=[date(2027, 1, 2)])


@pytest.mark.parametrize("day", [date(2026, 11, 30), date(2028, 1, 1)])
def test_announcement_with_days_of_another_year_is_refused(day: date) -> None:
    with pytest.raises(ValueError, match=r"不属于2027年"):
        calendar.with_announcement(2027, holidays=[day], workdays=[])


def test_announcement_may_begin_in_december() -> None:
    extended = calendar.with_announcement(2027, holidays=[date(2026, 12, 1)], workdays=[date(2027, 12, 31)])
    assert not extended.is_workday(date(2026, 12, 1))


def test_class_deadline_takes_an_imported_calendar() -> None:
    extended = calendar.with_announcement(2027, holidays=[date(2027, 1, 1)], workdays=[])
    answer = WEIHAI.class_deadline(date(2027, 1, 8), extended)
    assert answer["counted"] == ["2027-01-07", "2027-01-06", "2027-01-05", "2027-01-04", "2026-12-31"]
    assert answer["latest_filing"] == "2026-12-31"


def test_class_deadline_in_a_year_without_data_is_an_error_even_if_counted_days_have_data() -> None:
    year = max(calendar.seeded().years) + 1
    with pytest.raises(CalendarDataMissing, match=f"{year}年"):
        WEIHAI.class_deadline(date(year, 1, 1))


def test_other_texts_need_no_calendar_for_a_class() -> None:
    for key in ("national_2013", "shanghai_2020", "sichuan_draft", "zibo_2025"):
        assert registry.by_key(key).class_deadline(date(2199, 1, 1)) == {"latest_filing": None}


def test_every_class_deadline_of_a_year_is_five_workdays_back() -> None:
    for number in range(365):
        start = date(2025, 1, 1) + timedelta(days=number)
        answer = WEIHAI.class_deadline(start)
        latest = date.fromisoformat(answer["latest_filing"])
        between = [latest + timedelta(days=step) for step in range((start - latest).days)]
        worked = [day for day in between if calendar.is_workday(day)]
        assert len(worked) == 5
        assert [day.isoformat() for day in reversed(worked)] == answer["counted"]


def test_publicity_takes_an_imported_calendar() -> None:
    extended = calendar.with_announcement(2027, holidays=[date(2027, 3, 8)], workdays=[])
    assert WEIHAI.publicity(date(2027, 3, 3), None, extended)["last_day"] == "2027-03-09"
    assert WEIHAI.deadlines(2027, extended)[0].get("rest_day") is None


@pytest.mark.parametrize("days", [4, 0, -1, 3661, True, 5.0, "5"])
def test_notice_shorter_than_the_text_or_of_no_whole_number_is_refused(days: object) -> None:
    with pytest.raises(InputError, match="--days：应为5至3660的整数天数"):
        WEIHAI.publicity(date(2026, 3, 2), days)  # type: ignore[arg-type]


def test_notice_needs_days_where_the_text_prescribes_none() -> None:
    with pytest.raises(InputError, match="--days：本办法未规定公示天数"):
        registry.by_key("zibo_2025").publicity(date(2026, 3, 2))
    with pytest.raises(InputError, match="--days：应为1至3660的整数天数"):
        registry.by_key("zibo_2025").publicity(date(2026, 3, 2), 0)


def test_longest_notice_is_allowed() -> None:
    with pytest.raises(CalendarDataMissing):
        WEIHAI.publicity(date(2026, 3, 2), 3660)
    assert WEIHAI.publicity(date(2016, 2, 29), 3660)["last_day"] == "2026-03-09"


@pytest.mark.parametrize("start", [date.max, date(9999, 12, 26), date(9990, 1, 1)])
def test_notice_at_the_end_of_time_is_an_error_and_no_traceback(start: date) -> None:
    with pytest.raises(CalendarDataMissing):
        WEIHAI.publicity(start)


def test_notice_moves_only_when_its_last_day_is_a_day_of_rest() -> None:
    for number in range(365):
        start = date(2025, 1, 1) + timedelta(days=number)
        answer = WEIHAI.publicity(start)
        plain, last = start + timedelta(days=5), date.fromisoformat(answer["last_day"])
        skipped = [plain + timedelta(days=step) for step in range((last - plain).days)]
        assert calendar.is_workday(last)
        assert not any(calendar.is_workday(day) for day in skipped)
        assert date.fromisoformat(answer["decide_from"]) == last + timedelta(days=1)


def test_deadlines_of_a_year_without_data_are_an_error() -> None:
    with pytest.raises(CalendarDataMissing, match="2031年"):
        registry.by_key("national_2013").deadlines(2031)
