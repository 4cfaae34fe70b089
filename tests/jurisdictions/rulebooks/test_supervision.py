"""What each text asks of a base after recognition, held literally."""

from __future__ import annotations

from typing import Any

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.supervision import ADDRESSEE_LABELS, REQUIREMENT_LABELS

DISORDER = ("disorderly_classes_fees_certificates",)
FILING_AND_DISORDER = ("plan_filing_violated", *DISORDER)
FAULTS = ("not_following_the_rules", "tasks_not_completed", "teaching_management_substandard")
FAILED = ("rectification_failed",)
# code, word, article, grounds, imposed_by, rectification_first
SANCTIONS: dict[str, list[tuple[Any, ...]]] = {
    "national_2013": [
        ("rectification", "责令限期整改", "27-2", FAULTS, "人力资源社会保障部", None),
        ("revocation", "取消", "27-2", FAILED, "人力资源社会保障部", True),
        ("accountability", "追究责任", "28", FILING_AND_DISORDER, "有关机关", None),
    ],
    "shanghai_2020": [
        ("rectification", "责令限期整改", "23-2", FAULTS, "市人力资源社会保障局", None),
        ("revocation", "取消", "23-2", FAILED, "市人力资源社会保障局", True),
        ("accountability", "追究责任", "24", FILING_AND_DISORDER, "有关机关", None),
    ],
    "sichuan_draft": [
        ("rectification", "督促整改", "23-2", ("evaluation_failed", "spot_check_failed"), "批准基地设立的部门", None),
        ("revocation", "取消", "23-2", FAILED, "批准基地设立的部门", True),
        ("accountability", "追究责任", "24", FILING_AND_DISORDER, "有关机关", None),
    ],
    "weihai_2019": [
        ("rectification", "责令限期整改", "19-2", FAULTS, "市人力资源和社会保障局", None),
        ("revocation", "撤销", "19-2", FAILED, "市人力资源和社会保障局", True),
        ("revocation", "撤销", "20", DISORDER, "市人力资源和社会保障局", False),
        ("credit_record", "失信记录", "20", DISORDER, "市人力资源和社会保障局", None),
        ("accountability", "追究责任", "20", DISORDER, "有关机关", None),
    ],
    "zibo_2025": [
        ("rectification", "责令限期整改", "23", FAULTS, "市人力资源社会保障局", None),
        ("revocation", "取消", "23", FAILED, "市人力资源社会保障局", True),
        ("revocation", "取消", "24", FILING_AND_DISORDER, "市人力资源社会保障局", False),
        ("accountability", "追究责任", "24", FILING_AND_DISORDER, "有关机关", None),
    ],
}
SIX_ITEMS = ["faculty", "funds", "facilities", "systems", "tasks", "effect_and_follow_up"]
# article, items, conducted_by, evaluated_by, spot_checks, published, use_of_results, commendation
INSPECTIONS: dict[str, tuple[Any, ...]] = {
    "national_2013": ("25", SIX_ITEMS, "26", "27-1", "27-1", "27-1", "27-1", "27-2"),
    "shanghai_2020": ("22", SIX_ITEMS, "23-1", "23-1", "23-1", "23-1", "23-1", "23-2"),
    "sichuan_draft": (
        "22-1",
        [
            "faculty",
            "facilities",
            "systems",
            "tasks",
            "annual_plan",
            "courseware",
            "credit",
            "public_platform",
            "fee_disclosure",
        ],
        "22-2",
        "23-1",
        "22-1",
        "22-1",
        "22-1",
        "23-2",
    ),
    "weihai_2019": (
        "18-2",
        ["faculty", "funds", "facilities", "systems", "tasks", "effect"],
        "18-1",
        "19-1",
        "19-1",
        None,
        "19-1",
        "19-2",
    ),
    "zibo_2025": ("21", SIX_ITEMS, "21", None, "22", None, "22", "23"),
}
# article, particulars, reported_to, consent_by, filed_with, published
CHANGES: dict[str, tuple[Any, ...]] = {
    "national_2013": ("39", 3, ("authority",), None, "人力资源社会保障部", True),
    "shanghai_2020": ("38", 3, ("authority",), None, "市人力资源社会保障局", True),
    "sichuan_draft": ("34", 3, ("authority",), "批准基地设立的部门", "人力资源社会保障厅", True),
    "weihai_2019": ("27", 4, ("authority",), None, None, False),
    "zibo_2025": ("31", 3, ("managing_unit", "authority"), None, "市人力资源社会保障局", True),
}
# article, filed_with, kept_to, records, events_outside_plan
PLANS: dict[str, tuple[Any, ...]] = {
    "national_2013": ("22", "人力资源社会保障部", "23", "23", None),
    "shanghai_2020": ("20", "市人力资源社会保障局", "21", "21", None),
    "sichuan_draft": ("20", "批准基地设立的部门", "21", "21", None),
    "weihai_2019": ("16", "市人力资源和社会保障局", "17", "17", "16"),
    "zibo_2025": ("19", "市人力资源社会保障局", "20", "20", None),
}
NAME_USES = {
    "national_2013": ("24", "managing_unit_consent"),
    "shanghai_2020": None,
    "sichuan_draft": ("21", "approved_and_filed"),
    "weihai_2019": ("17", "filed"),
    "zibo_2025": ("18", "managing_unit_consent"),
}
AUTHORITIES = {
    "national_2013": ("全国", "national", None, "人力资源社会保障部", "4", ("人力资源社会保障部办公厅",), "44"),
    "shanghai_2020": (
        "上海市",
        "provincial",
        "310000",
        "上海市人力资源和社会保障局",
        "4",
        ("上海市人力资源和社会保障局", "上海市财政局"),
        "41",
    ),
    "sichuan_draft": (
        "四川省",
        "provincial",
        "510000",
        "四川省人力资源和社会保障厅",
        "4",
        ("四川省人力资源和社会保障厅",),
        "38",
    ),
    "weihai_2019": (
        "威海市",
        "municipal",
        "371000",
        "威海市人力资源和社会保障局",
        "13",
        ("威海市人力资源和社会保障局",),
        "29",
    ),
    "zibo_2025": (
        "淄博市",
        "municipal",
        "370300",
        "淄博市人力资源和社会保障局",
        "4",
        ("淄博市人力资源和社会保障局",),
        "33",
    ),
}


def _article(provision: Any) -> str | None:
    return None if provision is None else provision.article


@pytest.mark.parametrize("key", SANCTIONS)
def test_sanctions(key: str) -> None:
    sanctions = registry.by_key(key).sanctions
    assert [
        (one.code, one.word, one.article, one.grounds, one.imposed_by, one.rectification_first) for one in sanctions
    ] == SANCTIONS[key]
    assert all(one.summary and one.term_days is None for one in sanctions)


@pytest.mark.parametrize("key", INSPECTIONS)
def test_inspection(key: str) -> None:
    one = registry.by_key(key).inspection
    provisions = (
        one.conducted_by,
        one.evaluated_by,
        one.spot_checks,
        one.published,
        one.use_of_results,
        one.commendation,
    )
    articles = tuple(_article(provision) for provision in provisions)
    assert (one.article, [item.code for item in one.items], *articles) == INSPECTIONS[key]
    assert all(item.label for item in one.items)
    assert all(provision.summary for provision in provisions if provision)


@pytest.mark.parametrize("key", CHANGES)
def test_change_of_particulars(key: str) -> None:
    one = registry.by_key(key).particulars_change
    change = (one.article, len(one.particulars), one.reported_to, one.consent_by, one.filed_with, one.published)
    assert change == CHANGES[key]
    assert ("隶属关系" in one.particulars) is (key == "weihai_2019")
    assert one.summary


@pytest.mark.parametrize("key", PLANS)
def test_annual_plan(key: str) -> None:
    one = registry.by_key(key).annual_plan
    articles = (one.kept_to.article, one.records.article, _article(one.events_outside_plan))
    assert (one.article, one.filed_with, *articles) == PLANS[key]
    assert len(one.contents) == 2
    assert one.title and one.summary and all(deadline.summary for deadline in one.deadlines)


@pytest.mark.parametrize("key", NAME_USES)
def test_use_of_the_name(key: str) -> None:
    one = registry.by_key(key).name_use
    assert (None if one is None else (one.article, one.rule)) == NAME_USES[key]


def test_only_weihai_files_each_project() -> None:
    filings = {one.key: one.class_filing for one in registry.all() if one.class_filing}
    assert list(filings) == ["weihai_2019"]
    filing = filings["weihai_2019"]
    assert filing is not None
    assert (filing.article, filing.working_days) == ("16", 5)
    assert filing.channel == "威海市专业技术人员继续教育服务平台"


@pytest.mark.parametrize("key", AUTHORITIES)
def test_authority_and_place(key: str) -> None:
    one = registry.by_key(key)
    place = (one.name, one.level, one.division, one.authority, one.authority_article, one.issued_by)
    assert (*place, one.in_force.article) == AUTHORITIES[key]


def test_titles_and_documents() -> None:
    assert {one.key: (one.jurisdiction, one.title, one.document, one.draft) for one in registry.all()} == {
        "national_2013": ("national", "国家级专业技术人员继续教育基地管理办法", "人社厅发〔2013〕53号", False),
        "shanghai_2020": ("shanghai", "上海市专业技术人员继续教育基地管理办法", "沪人社专〔2020〕216号", False),
        "sichuan_draft": ("sichuan", "四川省专业技术人员继续教育基地管理办法（征求意见稿）", None, True),
        "weihai_2019": ("weihai", "威海市专业技术人员继续教育基地管理办法", "威人社发〔2019〕44号", False),
        "zibo_2025": ("zibo", "淄博市专业技术人员继续教育基地管理办法", "淄人社发〔2025〕5号", False),
    }


def test_only_shanghai_shows_that_no_term_is_stated() -> None:
    notes = {one.key: one.term_note for one in registry.all() if one.term_note}
    assert notes == {"shanghai_2020": "文本未载有效期，现行效力以市人力资源社会保障局确认为准"}


def test_money() -> None:
    national, shanghai = registry.by_key("national_2013").funding, registry.by_key("shanghai_2020").funding
    assert national is not None and shanghai is not None
    assert (national.article, national.audit_article, national.matching_funds_article) == ("33", "33", "34")
    assert national.uses == ("专家授课", "师资培训", "教材课件开发", "数据库开发", "课题研究")
    assert national.audited == ("使用办法", "使用方案")
    assert national.matching_funds_by == ("建设单位", "管理单位")
    assert len(shanghai.uses) == 4
    assert shanghai.audited == ("使用方案", "绩效计划")
    assert (national.audited_by, national.scheme, national.supervision) == ("管理单位", None, None)
    assert (shanghai.article, shanghai.audit_article, shanghai.matching_funds_article) == ("32", "36", "33")
    assert shanghai.matching_funds_by == ("建设单位", "指导单位")
    assert _article(shanghai.supervision) == "37"
    assert [one.key for one in registry.all() if one.funding is None] == ["sichuan_draft", "weihai_2019", "zibo_2025"]


def test_preferences_state_what_is_a_convention_of_the_product() -> None:
    conventions = {one.code: one.convention for rulebook in registry.all() for one in rulebook.preferences}
    assert set(conventions) == {"regional_or_industry_base", "knowledge_renewal", "municipal_or_industry_base"}
    assert "本系统约定满3年" in conventions["knowledge_renewal"]


def test_every_condition_is_titled_and_says_where_it_is_answered() -> None:
    for rulebook in registry.all():
        for condition in rulebook.conditions:
            assert condition.title and condition.summary and condition.section and condition.facts
            assert rulebook.condition(condition.code) is condition
    sections = {one.code: one.section for one in registry.by_key("sichuan_draft").conditions}
    assert sections == {
        "institution_type": "particulars",
        "independent_legal_person": "particulars",
        "training_qualification": "particulars",
        "registered_in_province": "particulars",
        "experience": "training",
        "faculty": "faculty",
        "full_time_teachers": "faculty",
        "part_time_teachers": "faculty",
        "policy_research_staff": "faculty",
        "online_teaching_staff": "faculty",
        "management_body": "management",
        "management_staff": "management",
        "management_systems": "management",
        "matching_funds": "funds",
        "facilities": "facilities",
        "practice_site": "facilities",
        "remote_education": "remote_education",
        "annual_trainees": "training",
        "credit_record": "record",
        "training_record": "record",
        "reapplication_bar": "record",
    }
    with pytest.raises(KeyError):
        registry.by_key("weihai_2019").condition("remote_education")


def test_a_condition_is_answered_in_the_same_section_in_every_text() -> None:
    sections: dict[str, set[str]] = {}
    for rulebook in registry.all():
        for one in rulebook.conditions:
            sections.setdefault(one.code, set()).add(one.section)
    assert {code: found for code, found in sections.items() if len(found) > 1} == {}


def test_conditions_left_to_the_experts() -> None:
    assert {one.key: one.findings_for_experts for one in registry.all()} == {
        "national_2013": ("institution_type", "experience", "faculty"),
        "shanghai_2020": ("institution_type", "experience", "faculty"),
        "sichuan_draft": ("experience", "faculty"),
        "weihai_2019": ("experience", "faculty"),
        "zibo_2025": ("institution_type", "experience", "faculty"),
    }


def test_labels() -> None:
    assert ADDRESSEE_LABELS == {"managing_unit": "管理（指导）单位", "authority": "综合管理部门"}
    assert REQUIREMENT_LABELS == {
        "managing_unit_approval": "管理单位审核同意",
        "managing_unit_consent": "管理单位同意",
        "institution_review": "建设单位审核",
    }
