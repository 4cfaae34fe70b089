"""The words in which a rulebook states what a base owes once it is recognised."""

from __future__ import annotations

from .supervision import (
    ArchiveItem,
    CreditUnit,
    Fees,
    InspectionItem,
    Particular,
    ParticularCode,
    PublicBenefit,
    TrainingCredit,
)

_INSPECTED = {
    "faculty": "师资队伍建设",
    "funds": "经费使用",
    "facilities": "设施配套",
    "systems": "制度执行",
    "tasks": "继续教育任务完成",
    "effect": "培训效果",
    "effect_and_follow_up": "培训效果及后续跟踪",
    "annual_plan": "年度计划执行",
    "courseware": "课件更新",
    "credit": "信用",
    "public_platform": "公共服务平台建设",
    "fee_disclosure": "收费标准公开",
}
_FAVOURED = {
    "old_revolutionary": "革命老区",
    "minority": "民族地区",
    "border": "边远地区",
    "poor": "贫困地区",
    "underdeveloped": "欠发达地区",
    "private_enterprises": "民营企业",
    "grassroots": "基层单位",
    "major_projects": "涉及本市重大工程或重大任务的单位",
}
_PARTICULARS: dict[ParticularCode, str] = {
    "name": "机构名称",
    "affiliation": "隶属关系",
    "contact": "联系方式",
    "other": "其他重要信息",
}
_KEPT = {
    "notice": "培训通知",
    "curriculum": "课程设置",
    "attendance": "参训人员签到",
    "certificates": "结业证书发放",
    "course_evaluation": "课程质量评估",
    "evaluation": "培训效果评估",
}
_CUSTOMARY = ("notice", "curriculum", "attendance", "certificates", "evaluation")


def looks_at(*codes: str) -> tuple[InspectionItem, ...]:
    """State what an inspection looks at, in the order of the text."""
    return tuple(InspectionItem(code, _INSPECTED[code]) for code in codes)


def particulars(*codes: ParticularCode) -> tuple[Particular, ...]:
    """State the particulars whose change is reported, in the order of the text."""
    return tuple(Particular(code, _PARTICULARS[code]) for code in codes)


def open_to_all(article: str, *, favours: tuple[str, ...] = (), summary: str) -> PublicBenefit:
    """State that training for the public good is open to all alike, and whom the text favours, in its order."""
    return PublicBenefit(article, tuple((code, _FAVOURED[code]) for code in favours), summary)


def fees(
    article: str,
    *,
    no_raise: bool = False,
    no_new_items: bool = False,
    not_for_profit: bool = False,
    summary: str,
) -> Fees:
    """State what the text forbids about fees; what is left out it does not forbid."""
    return Fees(article, no_raise, no_new_items, not_for_profit, summary)


def counted_in(unit: CreditUnit, *, article: str, summary: str) -> TrainingCredit:
    """State what training is counted in."""
    return TrainingCredit(article, unit, summary)


def archive(article: str, *asked: str, called: dict[str, str] | None = None) -> tuple[ArchiveItem, ...]:
    """State what is kept of each training project: the customary items, with the article for those it asks for.

    `called` names the items that the text has its own word for.
    """
    labels = _KEPT | (called or {})
    return tuple(
        ArchiveItem(code, label, article if code in asked else None)
        for code, label in labels.items()
        if code in asked or code in _CUSTOMARY
    )
