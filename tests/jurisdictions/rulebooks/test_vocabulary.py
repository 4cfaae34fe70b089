"""The messages of each kind of condition: what was found, what is asked, and the article."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.findings import OUTCOME_LABELS, RESULT_LABELS
from apps.jurisdictions.rulebooks.vocabulary import at_least, holds

ON = date(2026, 3, 2)
ALL_EIGHT = "第八条第（二）项要求8项制度"
TYPES = "第九条所列为高等院校、科研院所、教育培训机构、协会（学会）、大中型企业、企业集团"
SITE = "第八条第（三）项对专业性强的领域要求有实训场所或实训合作单位"
FUNDS = "第八条第（三）项要求安排配套经费，未规定数额"
BAR = "第二十四条规定申报中弄虚作假或被取消资格的不再受理"
FRAUD = {"prior_fraud": [{"jurisdiction": "sichuan", "date": "2024-05-06"}]}
REVOKED = {"prior_revocations": [{"jurisdiction": "sichuan", "level": "industry", "date": "2024-07-08"}]}


def message(key: str, code: str, facts: dict[str, Any]) -> str:
    findings = registry.by_key(key).evaluate(facts, ON).findings
    return next(one.message for one in findings if one.code == code)


@pytest.mark.parametrize(
    ("key", "code", "facts", "expected"),
    [
        ("zibo_2025", "annual_trainees", {}, "未填每年培训专业技术人才，第八条第（五）项要求不少于500名。"),
        ("zibo_2025", "annual_trainees", {"annual_trainees": 499}, "每年培训专业技术人才499名，第八条第（五）项要求不少于500名，尚缺1名。"),
        ("zibo_2025", "annual_trainees", {"annual_trainees": 0}, "每年培训专业技术人才0名，第八条第（五）项要求不少于500名，尚缺500名。"),
        ("zibo_2025", "annual_trainees", {"annual_trainees": 500}, "每年培训专业技术人才500名，第八条第（五）项要求不少于500名，已达到。"),
        ("shanghai_2020", "annual_trainees", {"annual_attendances": 1400}, "每年培训专业技术人才人次1400人次，第八条第（五）项要求不少于1500人次，尚缺100人次。"),
        ("zibo_2025", "management_body", {}, "未填继续教育管理机构，第八条第（二）项要求具备。"),
        ("zibo_2025", "management_body", {"management_body": False}, "没有继续教育管理机构，第八条第（二）项要求具备。"),
        ("zibo_2025", "management_body", {"management_body": True}, "有继续教育管理机构，第八条第（二）项要求具备，已符合。"),
        ("zibo_2025", "experience", {"training_projects_held": 2}, "已举办培训项目共2项，是否满足第七条的要求由专家评判。"),
        ("zibo_2025", "experience", {"training_projects_held": 0}, "已举办培训项目共0项，第七条对数量未作规定，至少要有1项。"),
        ("zibo_2025", "faculty", {"full_time_teachers": 0}, "未填齐专职教师、兼职教师，第八条第（一）项对数量未作规定，至少要有1人。"),
        ("zibo_2025", "management_staff", {"part_time_managers": 2}, "专职管理人员、兼职管理人员共2人，第八条第（二）项对数量未作规定，至少要有1人，已符合。"),
        ("zibo_2025", "management_systems", {}, f"未填成文管理制度，{ALL_EIGHT}。"),
        ("zibo_2025", "management_systems", {"management_systems": ["teaching_organization", "trainee_assessment", "teaching_research", "training_registration", "training_funds", "logistics"]}, f"缺少培训效果评估、跟踪反馈制度，{ALL_EIGHT}。"),
        ("weihai_2019", "management_systems", {"management_systems": ["teaching_organization", "trainee_assessment", "training_registration", "training_funds", "logistics", "effect_evaluation"]}, "所要求的制度均已成文，第四条第（二）项要求6项制度，已符合。"),
        ("zibo_2025", "matching_funds", {}, f"未填基地配套经费，{FUNDS}。"),
        ("zibo_2025", "matching_funds", {"matching_funds_fen": 0}, f"基地配套经费为0元，{FUNDS}。"),
        ("zibo_2025", "matching_funds", {"matching_funds_fen": 123456705}, f"基地配套经费1,234,567.05元，{FUNDS}，已符合。"),
        ("zibo_2025", "facilities", {"fixed_classrooms": 0}, "缺少固定教室，第八条第（三）项要求同时具备固定教室、教学设备、专业图书资料。"),
        ("zibo_2025", "facilities", {"fixed_classrooms": 1}, "未填教学设备、专业图书资料，第八条第（三）项要求同时具备固定教室、教学设备、专业图书资料。"),
        ("zibo_2025", "facilities", {"fixed_classrooms": 1, "teaching_equipment": True, "library_materials": True}, "各项齐备，第八条第（三）项要求同时具备固定教室、教学设备、专业图书资料，已符合。"),
        ("zibo_2025", "practice_site", {"practice_site": "own"}, f"自有实训场所，{SITE}，已符合。"),
        ("zibo_2025", "practice_site", {}, f"未填是否属于需要实训的领域，{SITE}。"),
        ("zibo_2025", "practice_site", {"specialised_field": True}, f"未填实训场所或实训合作单位，{SITE}。"),
        ("zibo_2025", "practice_site", {"specialised_field": True, "practice_site": "none"}, f"没有实训场所或实训合作单位，{SITE}。"),
        ("sichuan_draft", "institution_type", {}, f"未填单位类型，{TYPES}。"),
        ("sichuan_draft", "institution_type", {"institution_type": "university"}, f"单位类型为高等院校，{TYPES}，已符合。"),
        ("sichuan_draft", "institution_type", {"institution_type": "other_social_organization"}, f"单位类型为其他社会组织，{TYPES}，不在可以申报的范围。"),
        ("sichuan_draft", "institution_type", {"institution_type": "enterprise"}, f"单位类型为企业，未填企业规模，{TYPES}。"),
        ("sichuan_draft", "institution_type", {"institution_type": "enterprise", "enterprise_scale": "medium"}, f"单位类型为中型企业，{TYPES}，已符合。"),
        ("sichuan_draft", "institution_type", {"institution_type": "enterprise", "enterprise_scale": "small"}, f"单位类型为小型企业，{TYPES}，不在可以申报的范围。"),
        ("zibo_2025", "institution_type", {"institution_type": "other_social_organization"}, "单位类型为其他社会组织，第七条所列为高等院校、科研院所、协会（学会）、企业、企业集团、教育培训机构，不在所列范围，由专家评判。"),
        ("sichuan_draft", "registered_in_province", {}, "未填登记地区划代码，第八条第（一）项要求在本省依法登记。"),
        ("sichuan_draft", "registered_in_province", {"registered_division": "510104"}, "登记地区划代码510104，第八条第（一）项要求在本省依法登记，已符合。"),
        ("sichuan_draft", "registered_in_province", {"registered_division": "500101"}, "登记地区划代码500101，第八条第（一）项要求在本省依法登记，不在该范围。"),
        ("sichuan_draft", "credit_record", {}, "未填失信等不良记录，第八条第（七）项要求没有此类记录。"),
        ("sichuan_draft", "credit_record", {"credit_violations": 2}, "有失信等不良记录2条，第八条第（七）项要求没有此类记录。"),
        ("sichuan_draft", "credit_record", {"credit_violations": 0}, "没有失信等不良记录，第八条第（七）项要求没有此类记录，已符合。"),
        ("sichuan_draft", "reapplication_bar", {}, f"未查明以往申报和基地记录，{BAR}。"),
        ("sichuan_draft", "reapplication_bar", {"prior_fraud": [], "prior_revocations": []}, f"没有应不予受理的记录，{BAR}，不受限制。"),
        ("sichuan_draft", "reapplication_bar", FRAUD | REVOKED, f"有2024-05-06认定申报弄虚作假、2024-07-08取消行业性基地资格的记录，{BAR}。"),
    ],
)  # fmt: skip
def test_message(key: str, code: str, facts: dict[str, Any], expected: str) -> None:
    assert message(key, code, facts) == expected


def test_bar_lists_what_bars() -> None:
    finding = registry.by_key("sichuan_draft").evaluate(FRAUD | REVOKED, ON).findings[-1]
    assert finding.actual == [
        {"ground": "fraud", "jurisdiction": "sichuan", "date": "2024-05-06"},
        {"ground": "revocation", "jurisdiction": "sichuan", "level": "industry", "date": "2024-07-08"},
    ]
    assert finding.required == []


def test_bar_that_is_unknown_shows_no_record() -> None:
    finding = registry.by_key("sichuan_draft").evaluate({"prior_fraud": []}, ON).findings[-1]
    assert (finding.result, finding.actual, finding.required) == ("unknown", None, [])


def test_unknown_findings_show_what_is_known_of_their_parts() -> None:
    findings = {one.code: one for one in registry.by_key("zibo_2025").evaluate({"fixed_classrooms": 2}, ON).findings}
    assert findings["facilities"].actual == {
        "fixed_classrooms": 2,
        "teaching_equipment": None,
        "library_materials": None,
    }
    unanswered = [code for code, one in findings.items() if code not in ("facilities", "remote_education")]
    assert all(findings[code].actual is None and findings[code].result == "unknown" for code in unanswered)


def test_unknown_practice_site_shows_what_was_answered() -> None:
    facts = {"practice_site": "none"}
    findings = {one.code: one for one in registry.by_key("zibo_2025").evaluate(facts, ON).findings}
    assert findings["practice_site"].actual == "none"


def test_lacking_staff_are_shown_as_zero() -> None:
    facts = {"full_time_teachers": 0, "part_time_teachers": 0}
    findings = {one.code: one for one in registry.by_key("zibo_2025").evaluate(facts, ON).findings}
    assert (findings["faculty"].actual, findings["faculty"].required) == (0, 1)


def test_enterprise_of_unknown_scale_is_shown_as_declared() -> None:
    finding = registry.by_key("weihai_2019").evaluate({"institution_type": "enterprise"}, ON).findings[0]
    assert (finding.result, finding.actual) == ("unknown", "enterprise")


def test_condition_reads_the_fact_of_its_own_name_unless_told() -> None:
    own = at_least("full_time_teachers", minimum=8, article="8(2)")
    assert (own.facts, own.title, own.summary) == (("full_time_teachers",), "专职教师", "专职教师至少8人")
    other = at_least(
        "annual_trainees", fact="annual_attendances", minimum=9, article="8", title="规模", summary="九人次"
    )
    assert (other.facts, other.title, other.summary) == (("annual_attendances",), "规模", "九人次")
    levelled = at_least("annual_trainees", minimum=9, article="8", base_level="provincial")
    assert levelled.facts == ("base_level", "annual_trainees")
    assert holds("management_body", article="8", summary="有").title == "继续教育管理机构"
    assert (
        holds("faculty_conduct", fact="faculty_conduct_pledge", article="8", summary="有", title="要求").title == "要求"
    )


def test_every_result_and_outcome_has_a_label() -> None:
    assert RESULT_LABELS == {
        "met": "符合",
        "not_met": "不符合",
        "unknown": "材料不足",
        "for_experts": "由专家评判",
    }
    assert OUTCOME_LABELS == {
        "not_in_force": "办法未在施行",
        "ineligible": "不符合基本条件",
        "incomplete": "尚缺材料",
        "eligible": "符合基本条件",
    }
