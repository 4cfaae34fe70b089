"""Every article of every text is carried by the rulebook or listed as not modelled, with its reason."""

from __future__ import annotations

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.outline import Article, with_implementers

# How many articles each text has, and the items or paragraphs of those that have some.
STRUCTURE: dict[str, tuple[int, dict[int, list[str]]]] = {
    "national_2013": (
        44,
        {
            8: ["8", "8(1)", "8(2)", "8(3)", "8(4)", "8(5)"],
            9: ["9", "9(1)", "9(2)", "9(3)", "9(4)"],
            27: ["27-1", "27-2"],
        },
    ),
    "shanghai_2020": (
        41,
        {
            2: ["2-1", "2-2", "2-3"],
            8: ["8", "8(1)", "8(2)", "8(3)", "8(4)", "8(5)"],
            9: ["9(1)", "9(2)", "9(3)", "9(4)"],
            23: ["23-1", "23-2"],
            34: ["34(1)", "34(2)", "34(3)", "34(4)"],
            35: ["35(1)", "35(2)", "35(3)", "35(4)"],
        },
    ),
    "sichuan_draft": (
        38,
        {
            8: ["8", "8(1)", "8(2)", "8(3)", "8(4)", "8(5)", "8(6)", "8(7)"],
            10: ["10(1)", "10(2)", "10(3)"],
            22: ["22-1", "22-2"],
            23: ["23-1", "23-2"],
            28: ["28", "28(1)", "28(2)", "28(3)"],
        },
    ),
    "weihai_2019": (
        29,
        {
            4: ["4", "4(1)", "4(2)", "4(3)", "4(4)"],
            5: ["5", "5(1)", "5(2)", "5(3)", "5(4)"],
            18: ["18-1", "18-2"],
            19: ["19-1", "19-2"],
        },
    ),
    "zibo_2025": (33, {8: ["8", "8(1)", "8(2)", "8(3)", "8(4)", "8(5)"], 9: ["9", "9(1)", "9(2)", "9(3)"]}),
}
NOT_MODELLED = {
    "national_2013": "1 2 3 6 7 9(1) 11 12 14 15 17 18 19 20 21 30 31 32 35 38 40 41 42 43",
    "shanghai_2020": "1 2-1 2-2 2-3 3 6 7 11 12 13 14 15 17 18 19 26 27 28 29 39 40",
    "sichuan_draft": "1 2 5 6 7 11 12 13 14 16 17 18 19 25 26 27 28(1) 28(2) 28(3) 29 30 33 35 36 37",
    "weihai_2019": "1 2 4 5 6 7 8 9 10 11 12 15 21 23 24 26 28",
    "zibo_2025": "1 2 3 6 8 11 13 14 15 16 17 27 29 32",
}


@pytest.mark.parametrize("key", STRUCTURE)
def test_every_article_item_and_paragraph_is_listed_in_order(key: str) -> None:
    last, parts = STRUCTURE[key]
    expected = [one for number in range(1, last + 1) for one in parts.get(number, [str(number)])]
    rulebook = registry.by_key(key)
    assert [article.article for article in rulebook.articles] == expected
    assert rulebook.last_article == last


@pytest.mark.parametrize("key", STRUCTURE)
def test_articles_that_are_not_modelled_are_exactly_those_with_a_reason(key: str) -> None:
    rulebook = registry.by_key(key)
    assert [article.article for article in rulebook.not_modelled] == NOT_MODELLED[key].split()
    for article in rulebook.articles:
        assert bool(article.implemented_by) != bool(article.not_modelled), article
        assert article.summary


def test_article_names_the_parts_that_rest_on_it() -> None:
    articles = {article.article: article.implemented_by for article in registry.by_key("zibo_2025").articles}
    assert articles["4"] == ("authority",)
    assert articles["7"] == ("conditions.institution_type", "conditions.experience")
    assert articles["9(2)"] == (
        "road.recommendation.recommendation",
        "road.recommenders.district_hr",
        "road.recommenders.municipal_department",
        "road.submitted_to",
    )
    assert articles["19"] == ("annual_plan", "annual_plan.deadlines.plan_filing")
    assert articles["24"] == ("sanctions.revocation", "sanctions.accountability")
    assert articles["33"] == ("in_force",)


def test_what_is_kept_rests_on_the_article_that_asks_for_it() -> None:
    articles = {article.article: article.implemented_by for article in registry.by_key("national_2013").articles}
    assert articles["13"] == ("annual_plan.assessment_group",)
    assert articles["16"] == ("public_benefit",)
    assert articles["23"] == (
        "annual_plan.kept_to",
        "annual_plan.records",
        "archive.attendance.basis",
        "archive.evaluation.basis",
    )
    assert articles["36"] == ("credit",)
    assert articles["37"] == ("fees",)


def test_tranches_rest_on_their_own_articles() -> None:
    articles = {article.article: article.implemented_by for article in registry.by_key("shanghai_2020").articles}
    assert articles["32"] == ("funding", "funding.scheme.cap")
    assert articles["34(1)"] == ("funding.scheme.uses.facilities",)
    assert articles["37"] == ("funding.scheme", "funding.supervision")


def test_article_without_part_or_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="article 2 must be either"):
        with_implementers([Article("1", "一"), Article("2", "二")], [("1", "road")])


def test_article_with_both_part_and_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="article 1 must be either"):
        with_implementers([Article("1", "一", not_modelled="无")], [("1", "road")])


def test_part_that_cites_an_article_not_listed_is_refused() -> None:
    with pytest.raises(ValueError, match=r"cited but not listed: \['9'\]"):
        with_implementers([Article("1", "一")], [("1", "road"), ("9", "road")])


def test_part_named_twice_is_shown_once() -> None:
    listed = with_implementers([Article("1", "一")], [("1", "road"), ("1", "road"), ("1", "plan")])
    assert listed[0].implemented_by == ("road", "plan")
