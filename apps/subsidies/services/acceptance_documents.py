"""验收报告: what was to be achieved and was, who judged it and how, what is recognised, and what follows."""

from __future__ import annotations

from collections import Counter

from django.utils import timezone

from apps.cases.models import Act
from apps.cases.workflow.engine import rules_of
from apps.documents import wording
from apps.documents.rendering import DocumentContent, NumberedList, Paragraph, Section, Table
from apps.jurisdictions.rulebooks.citations import chinese_number, cite
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import AcceptanceConclusion
from apps.subsidies.models import Acceptance, AcceptanceLine, AcceptanceOpinion, AcceptanceResult
from apps.subsidies.services.acceptance_checks import recognisable
from apps.subsidies.services.acceptance_content import falls_short, number, wanted
from apps.subsidies.workflow.people import scheme_of


def report_content(acceptance: Acceptance, act: Act) -> DocumentContent:
    """The report's content from the records as they stand; with remedies where it goes against the institution."""
    case = acceptance.case
    rows = list(AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line"))
    accepted = acceptance.conclusion == AcceptanceConclusion.ACCEPT
    adverse = not accepted or any((row.accepted_fen or 0) < recognisable(row) for row in rows)
    sections = (
        Section("验收项目", (_lines(rows, accepted),)),
        Section("绩效目标完成情况", (Paragraph(acceptance.summary), _results(acceptance))),
        Section("验收意见", (_opinions(acceptance), _members(acceptance))),
        Section("结论", (Paragraph(acceptance.reasons), *map(Paragraph, _conclusion(acceptance, rows)))),
    )
    return DocumentContent(
        title=f"关于{acceptance.award.base.institution_name}\n“{acceptance.award.title}”的验收报告",
        date=timezone.localdate(act.at),
        body=(
            Paragraph(
                f"你单位“{acceptance.award.title}”（资助办件{acceptance.award.case.number}，"
                f"{acceptance.award.cycle.title}）的验收申请（办件编号{case.number}），现已验收完毕，报告如下。"
            ),
            *(
                Section(f"{chinese_number(place)}、{section.heading}", section.blocks)
                for place, section in enumerate(sections, start=1)
            ),
        ),
        legal_basis=wording.legal_basis(rules_of(case), act.articles),
        remedies=wording.remedies(case.authority) if adverse else None,
    )


def _lines(rows: list[AcceptanceLine], accepted: bool) -> Table:
    told = [
        (
            row.line.item,
            yuan(row.line.amount_fen),
            yuan(row.spent_fen),
            yuan(row.accepted_fen or 0) if accepted else "—",
            row.remark or "—",
        )
        for row in rows
    ]
    total = (
        "合计",
        yuan(sum(row.line.amount_fen for row in rows)),
        yuan(sum(row.spent_fen for row in rows)),
        yuan(sum(row.accepted_fen or 0 for row in rows)) if accepted else "—",
        "—",
    )
    return Table(
        ("项目", "方案金额", "实际支出", "核定金额", "核定说明"),
        (*told, total),
        caption="验收项目和金额",
        widths=(4, 5, 5, 5, 4),
    )


def _results(acceptance: Acceptance) -> Table:
    results = AcceptanceResult.objects.filter(acceptance=acceptance).select_related("target")
    return Table(
        ("指标", "目标", "完成", "是否达到", "说明"),
        tuple(
            (
                one.target.indicator,
                wanted(one.target),
                f"{number(one.achieved_hundredths)} {one.target.unit}",
                "未达到" if falls_short(one.target, one.achieved_hundredths) else "达到",
                one.explanation or "—",
            )
            for one in results
        ),
        caption="绩效指标",
        widths=(5, 5, 4, 3, 6),
    )


def _opinions(acceptance: Acceptance) -> NumberedList:
    """The opinions without their authors: who judged stands below, who said what stays with the authority."""
    found = AcceptanceOpinion.objects.filter(reviewer__acceptance=acceptance, is_current=True)
    return NumberedList(tuple(f"{one.get_conclusion_display()}：{one.text}" for one in found.order_by("pk")))


def _members(acceptance: Acceptance) -> Paragraph:
    reviewers = acceptance.reviewers.filter(is_active=True).select_related("user", "organisation")
    names = "；".join(f"{one.user.name}（{one.capacity or one.organisation.name}）" for one in reviewers)
    current = AcceptanceOpinion.objects.filter(reviewer__acceptance=acceptance, is_current=True)
    counted = Counter(current.values_list("conclusion", flat=True))
    votes = "，".join(f"{label}{counted[code]}人" for code, label in AcceptanceConclusion.choices if counted[code])
    return Paragraph(f"验收人员：{names}。意见汇总：{votes}。")


def _conclusion(acceptance: Acceptance, rows: list[AcceptanceLine]) -> tuple[str, ...]:
    article = cite(scheme_of(acceptance.case).paid_under)
    if acceptance.conclusion != AcceptanceConclusion.ACCEPT:
        return (
            "上述项目未通过验收。",
            f"验收后拨付的款项暂不拨付（{article}）。整改完善后，可以通过平台再次申请验收。",
        )
    total = sum(row.accepted_fen or 0 for row in rows)
    told = [f"上述项目通过验收，核定金额合计{yuan(total)}；验收后拨付的款项可以申请拨付（{article}）。"]
    over = sum(max(row.line.paid_fen - (row.accepted_fen or 0), 0) for row in rows)
    if over:
        told.append(f"已经拨付的款项超过核定金额{yuan(over)}，超出部分应当缴回，由本机关另行通知。")
    return tuple(told)
