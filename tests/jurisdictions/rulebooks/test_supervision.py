"""What each text asks of a base after recognition, held literally."""

from __future__ import annotations

from typing import Any

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.supervision import ADDRESSEE_LABELS, CREDIT_LABELS, GROUND_LABELS, REQUIREMENT_LABELS

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
# inspector, evaluator, and the article under which results of each kind are published
INSPECTORS: dict[str, tuple[Any, ...]] = {
    "national_2013": ("managing_unit", "authority", {"evaluation": "27-1", "spot_check": "27-1"}),
    "shanghai_2020": ("commissioned", "authority", {"evaluation": "23-1", "spot_check": "23-1"}),
    "sichuan_draft": (
        "authority",
        "authority",
        {"regular": "22-1", "evaluation": "23-1", "spot_check": "22-1"},
    ),
    "weihai_2019": ("managing_unit", "authority", {}),
    "zibo_2025": ("managing_unit", None, {}),
}
NAME, CONTACT, OTHER = ("name", "机构名称"), ("contact", "联系方式"), ("other", "其他重要信息")
# article, particulars, reported_to, consent_by, filed_with, published
CHANGES: dict[str, tuple[Any, ...]] = {
    "national_2013": ("39", [NAME, CONTACT, OTHER], ("authority",), None, "人力资源社会保障部", True),
    "shanghai_2020": ("38", [NAME, CONTACT, OTHER], ("authority",), None, "市人力资源社会保障局", True),
    "sichuan_draft": ("34", [NAME, CONTACT, OTHER], ("authority",), "批准基地设立的部门", "人力资源社会保障厅", True),
    "weihai_2019": ("27", [NAME, ("affiliation", "隶属关系"), CONTACT, OTHER], ("authority",), None, None, False),
    "zibo_2025": ("31", [NAME, CONTACT, OTHER], ("managing_unit", "authority"), None, "市人力资源社会保障局", True),
}
# article, filed_with, kept_to, records, events_outside_plan, assessment_group
PLANS: dict[str, tuple[Any, ...]] = {
    "national_2013": ("22", "人力资源社会保障部", "23", "23", None, "13"),
    "shanghai_2020": ("20", "市人力资源社会保障局", "21", "21", None, None),
    "sichuan_draft": ("20", "批准基地设立的部门", "21", "21", None, None),
    "weihai_2019": ("16", "市人力资源和社会保障局", "17", "17", "16", None),
    "zibo_2025": ("19", "市人力资源社会保障局", "20", "20", None, None),
}
MINORITY_AND_BORDER = [("minority", "民族地区"), ("border", "边远地区")]
OLD_REVOLUTIONARY = ("old_revolutionary", "革命老区")
# article, favours
PUBLIC_BENEFITS: dict[str, tuple[Any, ...] | None] = {
    "national_2013": ("16", [OLD_REVOLUTIONARY, *MINORITY_AND_BORDER, ("poor", "贫困地区")]),
    "shanghai_2020": (
        "16",
        [
            ("private_enterprises", "民营企业"),
            ("grassroots", "基层单位"),
            ("major_projects", "涉及本市重大工程或重大任务的单位"),
        ],
    ),
    "sichuan_draft": ("15", [OLD_REVOLUTIONARY, *MINORITY_AND_BORDER, ("underdeveloped", "欠发达地区")]),
    "weihai_2019": None,
    "zibo_2025": ("12", []),
}
# article, no_raise, no_new_items, not_for_profit
FEES = {
    "national_2013": ("37", True, False, False),
    "shanghai_2020": ("31", False, False, True),
    "sichuan_draft": ("32", True, False, False),
    "weihai_2019": ("25", True, False, False),
    "zibo_2025": ("28", True, True, False),
}
CREDITS = {
    "national_2013": ("36", "hours", "学时"),
    "shanghai_2020": ("30", "hours", "学时"),
    "sichuan_draft": ("31", "hours", "学时"),
    "weihai_2019": ("16", "credits", "学分"),
    "zibo_2025": ("30", "hours", "学时"),
}


def _kept(article: str) -> list[tuple[str, str, str | None]]:
    return [
        ("notice", "培训通知", None),
        ("curriculum", "课程设置", None),
        ("attendance", "参训人员签到", article),
        ("certificates", "结业证书发放", None),
        ("evaluation", "培训效果评估", article),
    ]


# code, label, article that asks for it
ARCHIVES: dict[str, list[tuple[str, str, str | None]]] = {
    "national_2013": _kept("23"),
    "shanghai_2020": _kept("21"),
    "sichuan_draft": [
        *_kept("21")[:-1],
        ("course_evaluation", "课程质量评估", "21"),
        ("evaluation", "综合质量评估", "21"),
    ],
    "weihai_2019": [(code, label, "17") for code, label, _ in _kept("17")],
    "zibo_2025": _kept("20"),
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


@pytest.mark.parametrize("key", INSPECTORS)
def test_who_inspects_and_what_is_published(key: str) -> None:
    one = registry.by_key(key).inspection
    under = {kind: _article(one.publication(kind)) for kind in ("regular", "evaluation", "spot_check")}
    published = {kind: article for kind, article in under.items() if article is not None}
    assert (one.inspector, one.evaluator, published) == INSPECTORS[key]
    assert one.published_kinds == tuple(published)
    assert (one.evaluator is None) is (one.evaluated_by is None)


def test_only_one_text_publishes_evaluations_under_an_article_of_their_own() -> None:
    own = {one.key: _article(one.inspection.evaluation_published) for one in registry.all()}
    assert {key: article for key, article in own.items() if article} == {"sichuan_draft": "23-1"}


@pytest.mark.parametrize("key", PUBLIC_BENEFITS)
def test_whom_training_for_the_public_good_favours(key: str) -> None:
    one = registry.by_key(key).public_benefit
    assert (None if one is None else (one.article, list(one.favours))) == PUBLIC_BENEFITS[key]
    assert one is None or one.summary


@pytest.mark.parametrize("key", FEES)
def test_what_is_forbidden_about_fees(key: str) -> None:
    one = registry.by_key(key).fees
    assert (one.article, one.no_raise, one.no_new_items, one.not_for_profit) == FEES[key]
    assert one.summary


@pytest.mark.parametrize("key", CREDITS)
def test_what_training_is_counted_in(key: str) -> None:
    one = registry.by_key(key).credit
    assert (one.article, one.unit, one.label) == CREDITS[key]
    assert one.summary


def test_a_unit_the_text_does_not_name_is_called_a_convention() -> None:
    assert [one.key for one in registry.all() if "本系统约定" in one.credit.summary] == ["national_2013"]


@pytest.mark.parametrize("key", ARCHIVES)
def test_what_is_kept_of_each_project(key: str) -> None:
    kept = registry.by_key(key).archive
    assert [(one.code, one.label, one.basis_article) for one in kept] == ARCHIVES[key]


def test_what_is_kept_by_the_article_that_asks() -> None:
    assert registry.by_key("sichuan_draft").archive_by_article() == {
        None: ("培训通知", "课程设置", "结业证书发放"),
        "21": ("参训人员签到", "课程质量评估", "综合质量评估"),
    }
    assert registry.by_key("weihai_2019").archive_by_article() == {
        "17": ("培训通知", "课程设置", "参训人员签到", "结业证书发放", "培训效果评估"),
    }


@pytest.mark.parametrize("key", CHANGES)
def test_change_of_particulars(key: str) -> None:
    one = registry.by_key(key).particulars_change
    particulars = [(particular.code, particular.label) for particular in one.particulars]
    change = (one.article, particulars, one.reported_to, one.consent_by, one.filed_with, one.published)
    assert change == CHANGES[key]
    assert one.summary


@pytest.mark.parametrize("key", PLANS)
def test_annual_plan(key: str) -> None:
    one = registry.by_key(key).annual_plan
    reported = (_article(one.events_outside_plan), _article(one.assessment_group))
    articles = (one.kept_to.article, one.records.article, *reported)
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


def test_text_without_special_funds_names_the_article_that_comes_nearest() -> None:
    notes = {one.key: one.funding_note.article for one in registry.all() if one.funding_note}
    assert notes == {"sichuan_draft": "28", "weihai_2019": "22", "zibo_2025": "26"}


def test_permitted_uses_have_a_code_a_name_and_an_article() -> None:
    choices = {one.key: one.funding.choices() for one in registry.all() if one.funding}
    assert choices["national_2013"] == (
        ("expert_teaching", "专家授课", "33"),
        ("teacher_training", "师资培训", "33"),
        ("courseware", "教材课件开发", "33"),
        ("database", "数据库开发", "33"),
        ("research", "课题研究", "33"),
    )
    assert [(code, article) for code, _, article in choices["shanghai_2020"]] == [
        ("facilities", "34(1)"),
        ("training_projects", "34(2)"),
        ("system_building", "34(3)"),
        ("other_approved", "34(4)"),
    ]


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


def test_every_ground_has_plain_words_and_no_word_is_idle() -> None:
    used = {ground for one in registry.all() for sanction in one.sanctions for ground in sanction.grounds}
    assert set(GROUND_LABELS) == used
    assert GROUND_LABELS == {
        "not_following_the_rules": "未按办法办学",
        "tasks_not_completed": "未完成继续教育任务",
        "teaching_management_substandard": "教学管理不达标",
        "evaluation_failed": "评估不合格",
        "spot_check_failed": "抽查不合格",
        "rectification_failed": "整改期满仍不达标",
        "plan_filing_violated": "违反年度计划备案规定",
        "disorderly_classes_fees_certificates": "乱办班、乱收费、乱发证",
    }


def test_what_an_inspection_looks_at_is_called_the_same_in_every_text() -> None:
    labels = {(item.code, item.label) for one in registry.all() for item in one.inspection.items}
    assert labels == {
        ("faculty", "师资队伍建设"),
        ("funds", "经费使用"),
        ("facilities", "设施配套"),
        ("systems", "制度执行"),
        ("tasks", "继续教育任务完成"),
        ("effect", "培训效果"),
        ("effect_and_follow_up", "培训效果及后续跟踪"),
        ("annual_plan", "年度计划执行"),
        ("courseware", "课件更新"),
        ("credit", "信用"),
        ("public_platform", "公共服务平台建设"),
        ("fee_disclosure", "收费标准公开"),
    }


def test_labels() -> None:
    assert CREDIT_LABELS == {"hours": "学时", "credits": "学分"}
    assert ADDRESSEE_LABELS == {"managing_unit": "管理（指导）单位", "authority": "综合管理部门"}
    assert REQUIREMENT_LABELS == {
        "managing_unit_approval": "管理单位审核同意",
        "managing_unit_consent": "管理单位同意",
        "institution_review": "建设单位审核",
    }
