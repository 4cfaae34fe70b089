"""What the opinion on a use plan says: what was audited, under which article, line by line, agreed or refused."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.cases.models import Act
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, Paragraph, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import PlanConclusion
from apps.subsidies.models import PerformanceTarget, UsePlan, UsePlanLine
from apps.subsidies.workflow.people import funding_of

HUNDRED = 100


def opinion(plan: UsePlan, act: Act, issuer: Organisation) -> DocumentContent:
    """使用方案审核意见 of the funder or the managing unit, ``issuer``; remedies where it refuses."""
    funding = funding_of(plan.case)
    audited = "、".join(funding.audited)
    agreed = plan.conclusion == PlanConclusion.AGREED
    after = (
        "请按审核同意的方案使用经费；需要调整的，通过平台报送调整方案。" if agreed else "请按上述意见修改后重新报送。"
    )
    sections = [
        Section(
            "一、审核的内容",
            (
                Paragraph(f"按{cite(funding.audit_article)}，由{funding.audited_by}审核{audited}。{_granted(plan)}"),
                *_method(plan),
                _lines(plan),
                *_targets(plan),
            ),
        ),
        Section("二、审核意见", (Paragraph(f"{plan.get_conclusion_display()}。{plan.opinion}"), Paragraph(after))),
    ]
    return DocumentContent(
        title=f"关于{plan.base.institution_name}\n{named(plan)}的审核意见",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"你单位报送的{plan.base.name}{named(plan)}（办件编号{plan.case.number}）收悉，经审核提出意见如下。"
            ),
            *sections,
        ),
        legal_basis=wording.legal_basis(rules_of(plan.case), act.articles),
        remedies=None if agreed else _remedies(plan, issuer),
    )


def named(plan: UsePlan) -> str:
    """The plan as letters name it."""
    what = "经费使用方案和绩效计划" if plan.award_id else f"{plan.year}年度专项经费使用方案"
    return what + (f"（第{plan.version}版，调整）" if plan.amends_id else "")


def target_words(target: PerformanceTarget) -> str:
    """The target in words, e.g. 不低于 12.5 门."""
    whole, part = divmod(target.target_hundredths, HUNDRED)
    number = f"{whole:,}" + (f".{part:02d}".rstrip("0") if part else "")
    return f"{target.get_direction_display()} {number} {target.unit}"


def _granted(plan: UsePlan) -> str:
    if plan.award is not None:
        return f"本方案为资助“{plan.award.title}”（办件编号{plan.award.case.number}，{yuan(plan.granted_fen)}）的使用方案。"
    given = f"于{chinese_date(plan.granted_on)}" if plan.granted_on else ""
    return f"专项经费{yuan(plan.granted_fen)}{given}以{plan.grant_document}下达。"


def _method(plan: UsePlan) -> tuple[Paragraph, ...]:
    return (Paragraph(f"使用办法：{plan.method}"),) if plan.method.strip() else ()


def _lines(plan: UsePlan) -> Table:
    labels = {code: label for code, label, _ in funding_of(plan.case).choices()}
    lines = list(UsePlanLine.objects.filter(case_id=plan.pk))
    rows = [
        (str(place), line.item, labels.get(line.category, line.category), line.purpose, yuan(line.amount_fen))
        for place, line in enumerate(lines, start=1)
    ]
    rows.append(("", "合计", "", "", yuan(sum(line.amount_fen for line in lines))))
    columns = ("序号", "支出项目", "用途类别", "用途说明", "金额")
    return Table(columns, tuple(rows), caption="支出项目", widths=(2, 5, 5, 6, 5))


def _targets(plan: UsePlan) -> tuple[Table, ...]:
    targets = list(PerformanceTarget.objects.filter(case_id=plan.pk))
    if not targets:
        return ()
    rows = tuple((str(place), one.goal, one.indicator, target_words(one)) for place, one in enumerate(targets, start=1))
    return (Table(("序号", "绩效目标", "指标", "目标值"), rows, caption="绩效计划", widths=(1, 4, 4, 3)),)


def _remedies(plan: UsePlan, issuer: Organisation) -> str:
    if issuer.pk == plan.case.authority_id:
        return wording.remedies(issuer)
    return f"对本意见有异议的，可以向{plan.case.authority.name}反映；修改后可以重新报送。"
