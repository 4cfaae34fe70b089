"""Which text governs on each day from 2013 to 2030, with no day left out and none claimed twice."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.periods import STATUS_LABELS, Period

DAYS = [date(2013, 1, 1) + timedelta(days=number) for number in range((date(2030, 12, 31) - date(2013, 1, 1)).days + 1)]
CHANGES = {
    "national": [(date(2013, 1, 1), "in_force")],
    "shanghai": [(date(2013, 1, 1), "not_yet_in_force"), (date(2020, 6, 2), "in_force")],
    "sichuan": [(date(2013, 1, 1), "draft")],
    "weihai": [
        (date(2013, 1, 1), "not_yet_in_force"),
        (date(2019, 12, 18), "in_force"),
        (date(2024, 12, 18), "lapsed"),
    ],
    "zibo": [(date(2013, 1, 1), "not_yet_in_force"), (date(2025, 5, 10), "in_force")],
}


@pytest.mark.parametrize("jurisdiction", CHANGES)
def test_status_changes_on_exactly_the_days_of_the_text(jurisdiction: str) -> None:
    statuses = [(day, registry.rulebook(jurisdiction, day).status(day)) for day in DAYS]
    changes = [statuses[0]] + [later for earlier, later in pairwise(statuses) if earlier[1] != later[1]]
    assert changes == CHANGES[jurisdiction]


@pytest.mark.parametrize("jurisdiction", CHANGES)
def test_every_day_has_one_governing_text_and_at_most_one_in_force(jurisdiction: str) -> None:
    versions = registry.versions(jurisdiction)
    for day in DAYS:
        in_force = [version for version in versions if version.status(day) == "in_force"]
        assert len(in_force) <= 1
        governing = registry.rulebook(jurisdiction, day)
        assert governing in versions
        assert not in_force or governing is in_force[0]


def test_days_walked_have_no_gap() -> None:
    assert len(DAYS) == 6574
    assert all(later - earlier == timedelta(days=1) for earlier, later in pairwise(DAYS))


def test_period_bounds_are_both_in_force() -> None:
    period = Period(start=date(2020, 1, 1), end=date(2020, 12, 31), article="9")
    assert [period.status(day) for day in (date(2019, 12, 31), date(2020, 1, 1), date(2020, 12, 31))] == [
        "not_yet_in_force",
        "in_force",
        "in_force",
    ]
    assert period.status(date(2021, 1, 1)) == "lapsed"


def test_unknown_start_is_bounded_by_the_year_of_the_document_and_not_invented() -> None:
    period = registry.by_key("national_2013").in_force
    assert period.start is None
    assert period.not_before == date(2013, 1, 1)
    assert "未载发布日期" in period.note


def test_period_without_bounds_is_always_in_force() -> None:
    period = Period(start=None, end=None, article="9")
    assert period.status(date.min) == "in_force"
    assert period.status(date.max) == "in_force"


def test_periods_that_touch_on_one_day_overlap() -> None:
    first = Period(start=date(2020, 1, 1), end=date(2020, 6, 30), article="9")
    second = Period(start=date(2020, 6, 30), end=None, article="9")
    assert first.overlaps(second)
    assert second.overlaps(first)


def test_periods_that_follow_on_the_next_day_do_not_overlap() -> None:
    first = Period(start=date(2020, 1, 1), end=date(2020, 6, 30), article="9")
    second = Period(start=date(2020, 7, 1), end=None, article="9")
    assert not first.overlaps(second)
    assert not second.overlaps(first)


def test_a_draft_overlaps_nothing() -> None:
    final = Period(start=date(2020, 1, 1), end=None, article="9")
    draft = Period(start=None, end=None, article="9", draft=True)
    assert not final.overlaps(draft)
    assert not draft.overlaps(final)


def test_amended_text_governs_from_its_first_day() -> None:
    old = registry.by_key("weihai_2019")
    new = replace(old, key="weihai_2027", in_force=Period(start=date(2027, 1, 1), end=None, article="29"))
    draft = replace(old, key="weihai_draft", in_force=Period(start=None, end=None, article="29", draft=True))
    assert registry.governing((new, draft, old), date(2019, 1, 1)) is draft
    assert registry.governing((new, old), date(2019, 1, 1)) is old
    assert registry.governing((new, draft, old), date(2024, 12, 17)) is old
    assert registry.governing((new, draft, old), date(2026, 12, 31)) is old
    assert registry.governing((new, draft, old), date(2027, 1, 1)) is new


def test_last_text_to_lapse_governs_after_several_have_lapsed() -> None:
    old = registry.by_key("weihai_2019")
    older = replace(old, key="weihai_2010", in_force=Period(start=date(2010, 1, 1), end=date(2015, 1, 1), article="29"))
    assert registry.governing((older, old), date(2026, 1, 1)) is old
    assert registry.governing((old, older), date(2026, 1, 1)) is old
    assert registry.governing((old, older), date(2016, 1, 1)) is older


def test_texts_in_force_on_the_same_day_are_refused() -> None:
    old = registry.by_key("weihai_2019")
    new = replace(old, key="weihai_2024", in_force=Period(start=date(2024, 12, 17), end=None, article="29"))
    with pytest.raises(ValueError, match="weihai_2019 and weihai_2024"):
        registry.check_no_overlap((old, new))
    registry.check_no_overlap((old, replace(new, in_force=Period(start=date(2024, 12, 18), end=None, article="29"))))
    registry.check_no_overlap((old, replace(new, jurisdiction="elsewhere")))


def test_every_status_has_a_label() -> None:
    assert STATUS_LABELS == {
        "in_force": "施行中",
        "lapsed": "已失效",
        "draft": "征求意见稿",
        "not_yet_in_force": "尚未施行",
    }
