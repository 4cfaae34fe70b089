"""The road to recognition of each text, held literally."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.roads import RANK_LABELS

FOUR_DUTIES = (("examine", "审核"), ("argue", "论证"), ("visit", "考察"), ("review", "评审"))
# code, by, article, site_recheck, signs_opinion
STAGES: dict[str, list[tuple[Any, ...]]] = {
    "national_2013": [("recommendation", ("hr_department", "industry_personnel_department"), "9(3)", False, True)],
    "shanghai_2020": [("recommendation", ("municipal_department", "district_hr"), "9(3)", False, True)],
    "sichuan_draft": [],
    "weihai_2019": [
        ("recommendation", ("competent_department", "district_hr", "enterprise_or_university"), "5(2)", False, True)
    ],
    "zibo_2025": [
        ("examination", ("competent_department",), "9(1)", False, False),
        ("recommendation", ("district_hr", "municipal_department"), "9(2)", True, True),
    ],
}
FACTS: dict[str, dict[str, Any]] = {
    "national_2013": {
        "base_name": "国家级专业技术人员继续教育基地",
        "application_form_title": "国家级专业技术人员继续教育基地申报表",
        "application_form_article": "9(3)",
        "application_form_named": True,
        "levels": ("national",),
        "batch_article": "9",
        "recommender_rank": {"code": "deputy_provincial", "article": "9(3)", "label": "副省（部）级以上（含）"},
        "recommender_title": "管理单位",
        "recommender_title_article": "5",
        "direct_application": None,
        "submitted_to_article": "9(3)",
        "publicity": None,
        "recognition_article": "9(4)",
        "announcement": {"article": "10", "label": "统一公布"},
        "plaque": {"text": "国家级专业技术人员继续教育基地", "word": "匾牌", "article": "10"},
        "lower_bases": (),
        "delegated_service": None,
    },
    "shanghai_2020": {
        "base_name": "上海市专业技术人员继续教育基地",
        "application_form_title": "上海市专业技术人员继续教育基地申报表",
        "application_form_article": "9(3)",
        "application_form_named": True,
        "levels": ("provincial",),
        "batch_article": "9(1)",
        "recommender_rank": None,
        "recommender_title": "指导单位",
        "recommender_title_article": "5",
        "direct_application": None,
        "submitted_to_article": "9(3)",
        "publicity": None,
        "recognition_article": "9(4)",
        "announcement": {"article": "10", "label": "公布"},
        "plaque": None,
        "lower_bases": (),
    },
    "sichuan_draft": {
        "base_name": "四川省专业技术人员继续教育基地",
        "application_form_title": "四川省专业技术人员继续教育基地申报表",
        "application_form_article": "10(1)",
        "application_form_named": True,
        "levels": ("provincial", "regional", "industry"),
        "batch_article": "3",
        "recommender_rank": None,
        "recommender_title": None,
        "recommender_title_article": None,
        "direct_application": None,
        "submitted_to_article": "10(1)",
        "publicity": None,
        "recognition_article": "10(2)",
        "announcement": {"article": "10(2)", "label": "公布"},
        "plaque": None,
        "delegated_service": None,
    },
    "weihai_2019": {
        "base_name": "威海市专业技术人员继续教育基地",
        "application_form_title": "威海市专业技术人员继续教育基地申报表",
        "application_form_article": "5(1)",
        "application_form_named": True,
        "levels": ("municipal",),
        "batch_article": None,
        "recommender_rank": None,
        "recommender_title": "管理单位",
        "recommender_title_article": "14",
        "direct_application": None,
        "reapplication_bar": None,
        "submitted_to_article": "5(2)",
        "recognition_article": "5(4)",
        "announcement": {"article": "5(4)", "label": "发文公布"},
        "plaque": {"text": "威海市专业技术人员继续教育基地", "word": "匾牌", "article": "5(4)"},
        "lower_bases": (),
        "delegated_service": None,
    },
    "zibo_2025": {
        "base_name": "淄博市专业技术人员继续教育基地",
        "application_form_title": "淄博市专业技术人员继续教育基地申报表",
        "application_form_article": "9(1)",
        "application_form_named": False,
        "levels": ("municipal",),
        "batch_article": "9",
        "recommender_rank": None,
        "recommender_title": "管理单位",
        "recommender_title_article": "5",
        "reapplication_bar": None,
        "submitted_to_article": "9(2)",
        "publicity": None,
        "recognition_article": "9(3)",
        "announcement": {"article": "10", "label": "统一公布"},
        "plaque": {"text": "淄博市专业技术人员继续教育基地", "word": "牌匾", "article": "10"},
        "lower_bases": (),
        "delegated_service": None,
    },
}
REVIEWS = {
    "national_2013": ("专家评审委员会", "required", FOUR_DUTIES, "9(4)"),
    "shanghai_2020": ("专家评审委员会", "required", FOUR_DUTIES, "9(4)"),
    "sichuan_draft": ("人力资源社会保障厅组织的评审", "optional", FOUR_DUTIES, "10(2)"),
    "weihai_2019": ("专家评审委员会", "required", (("review", "综合评审"),), "5(3)"),
    "zibo_2025": ("专家评审委员会", "required", FOUR_DUTIES, "9(3)"),
}
UNIT_LABELS = {
    "national_2013": {
        "hr_department": ("地方人力资源社会保障部门", "9(3)"),
        "industry_personnel_department": ("行业主管部门人事部门", "9(3)"),
    },
    "shanghai_2020": {
        "municipal_department": ("市属行业主管部门", "9(3)"),
        "district_hr": ("区人力资源社会保障局", "9(3)"),
    },
    "sichuan_draft": {},
    "weihai_2019": {
        "competent_department": ("主管部门（市直部门、单位）", "5(2)"),
        "district_hr": ("区市人力资源和社会保障部门", "5(2)"),
        "enterprise_or_university": ("驻威高校等企事业单位", "14"),
    },
    "zibo_2025": {
        "competent_department": ("主管部门", "9(1)"),
        "district_hr": ("区县人力资源社会保障部门", "9(2)"),
        "municipal_department": ("市直主管部门", "9(2)"),
    },
}
BARS = {
    "national_2013": ("29", "own_bases"),
    "shanghai_2020": ("25", "own_bases"),
    "sichuan_draft": ("24", "whole_province"),
}


@pytest.mark.parametrize("key", FACTS)
def test_road_is_the_one_of_the_text(key: str) -> None:
    road = asdict(registry.by_key(key).road)
    assert {name: road[name] for name in FACTS[key]} == FACTS[key]


@pytest.mark.parametrize("key", STAGES)
def test_recommendation_stages(key: str) -> None:
    road = registry.by_key(key).road
    stages = [(one.code, one.by, one.article, one.site_recheck, one.signs_opinion) for one in road.recommendation]
    assert stages == STAGES[key]
    assert all(stage.label and stage.summary for stage in road.recommendation)


@pytest.mark.parametrize("key", REVIEWS)
def test_review(key: str) -> None:
    review = registry.by_key(key).road.review
    assert (review.body_label, review.panel, review.duties, review.article) == REVIEWS[key]


@pytest.mark.parametrize("key", UNIT_LABELS)
def test_recommenders_have_the_names_of_the_text(key: str) -> None:
    road = registry.by_key(key).road
    assert {one.unit: (one.label, one.article) for one in road.recommenders} == UNIT_LABELS[key]
    for stage in road.recommendation:
        for unit in stage.by:
            assert road.unit_label(unit) == UNIT_LABELS[key][unit][0]


def test_unit_a_text_does_not_know_has_no_label() -> None:
    with pytest.raises(KeyError):
        registry.by_key("sichuan_draft").road.unit_label("district_hr")


@pytest.mark.parametrize("key", STAGES)
def test_bar_and_refusal_article(key: str) -> None:
    road = registry.by_key(key).road
    if key not in BARS:
        assert road.reapplication_bar is None
        assert road.refusal_article is None
        return
    assert road.reapplication_bar is not None
    assert (road.reapplication_bar.article, road.reapplication_bar.scope) == BARS[key]
    assert road.reapplication_bar.grounds == ("fraud", "revocation")
    assert road.refusal_article == BARS[key][0]


def test_intake_rests_on_the_article_by_which_the_file_arrives() -> None:
    assert {one.key: one.road.intake_article for one in registry.all()} == {
        "national_2013": "9(3)",
        "shanghai_2020": "9(3)",
        "sichuan_draft": "10(1)",
        "weihai_2019": "5(2)",
        "zibo_2025": "9(2)",
    }


def test_only_weihai_prescribes_a_public_notice() -> None:
    notices = {one.key: one.road.publicity for one in registry.all()}
    assert [key for key, notice in notices.items() if notice is not None] == ["weihai_2019"]
    assert notices["weihai_2019"] is not None
    assert (notices["weihai_2019"].min_days, notices["weihai_2019"].article) == (5, "5(3)")


def test_only_zibo_takes_direct_applications() -> None:
    direct = {one.key: one.road.direct_application for one in registry.all()}
    assert [key for key, one in direct.items() if one is not None] == ["zibo_2025"]
    assert direct["zibo_2025"] is not None
    assert direct["zibo_2025"].levels == ("national", "provincial")
    assert (direct["zibo_2025"].division_prefix, direct["zibo_2025"].article) == ("3703", "25")


def test_only_sichuan_has_lower_bases() -> None:
    lower = {one.key: one.road.lower_bases for one in registry.all() if one.road.lower_bases}
    assert list(lower) == ["sichuan_draft"]
    assert [asdict(one) for one in lower["sichuan_draft"]] == [
        {
            "level": "regional",
            "label": "区域性基地",
            "base_name": "区域性专业技术人员继续教育基地",
            "recognised_by": "县级以上人力资源社会保障行政部门",
            "article": "10(3)",
            "filed_with": "人力资源社会保障厅",
        },
        {
            "level": "industry",
            "label": "行业性基地",
            "base_name": "行业性专业技术人员继续教育基地",
            "recognised_by": "有关行业主管部门",
            "article": "10(3)",
            "filed_with": "人力资源社会保障厅",
        },
    ]


def test_only_shanghai_delegates_service_work() -> None:
    delegated = {one.key: one.road.delegated_service for one in registry.all() if one.road.delegated_service}
    assert list(delegated) == ["shanghai_2020"]
    service = delegated["shanghai_2020"]
    assert service is not None
    assert (service.article, service.label) == ("4", "专业（行业）协会")
    assert "不作决定" in service.summary


def test_rank_has_a_label() -> None:
    assert RANK_LABELS == {"deputy_provincial": "副省（部）级"}


@pytest.mark.parametrize(
    ("level", "name", "body"),
    [
        ("regional", "区域性专业技术人员继续教育基地", "县级以上人力资源社会保障行政部门组织的评审"),
        ("industry", "行业性专业技术人员继续教育基地", "有关行业主管部门组织的评审"),
    ],
)
def test_lower_bases_are_reviewed_recognised_and_announced_on_their_own_article(
    level: str, name: str, body: str
) -> None:
    whole = registry.by_key("sichuan_draft").road
    road = whole.at_level(level)
    assert (road.review.article, road.recognition_article, road.announcement.article) == ("10(3)", "10(3)", "10(3)")
    assert (road.base_name, road.review.body_label) == (name, body)
    assert (road.review.duties, road.announcement.label) == (FOUR_DUTIES, "公布")
    assert (road.submitted_to_article, road.lower_bases) == ("10(1)", whole.lower_bases)


def test_road_is_the_same_at_every_other_level() -> None:
    for rulebook in registry.all():
        for level in ("national", "provincial", "municipal", None):
            assert rulebook.road.at_level(level) is rulebook.road
