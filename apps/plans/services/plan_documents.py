"""What the opinion on a plan and the receipt of its filing say."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone

from apps.accounts.models import Organisation
from apps.cases.models import Case
from apps.documents.rendering import Annex, DocumentContent, Paragraph, Particulars, Section, Table
from apps.documents.rendering.text import chinese_date
from apps.documents.wording import legal_basis, named
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.plans.enums import UnitConclusion
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_terms
from apps.plans.services.plan_tables import decimal_text


def opinion_content(case: Case, plan: AnnualPlan) -> DocumentContent:
    """The managing unit's signed opinion: agreement, or refusal with its reasons and what to do about it."""
    rules = registry.by_key(case.rulebook_key)
    agreed = plan.unit_conclusion == UnitConclusion.AGREED
    word = "同意" if agreed else "不同意"
    received = Paragraph(f"你单位报送的{_plan_name(plan)}（办件编号{case.number}）收悉。经审核，现提出意见如下。")
    after = (
        f"本计划由平台转报{case.authority.name}备案，备案情况以备案回执为准。"
        if agreed
        else "请按上述意见修改后重新报送。报送期限不因退回修改而改变。"
    )
    return DocumentContent(
        title=f"关于{plan.base.name}{_plan_name(plan)}的审核意见",
        date=timezone.localdate(),
        body=(
            received,
            Section("一、计划情况", (_particulars(case, plan),)),
            Section("二、审核意见", (Paragraph(f"{word}。{plan.unit_opinion}"), Paragraph(after))),
        ),
        legal_basis=legal_basis(rules, (rules.annual_plan.article,)),
        remedies=None if agreed else _against_opinion(case.authority),
    )


def receipt_content(case: Case, plan: AnnualPlan, rules: Rulebook) -> DocumentContent:
    """The authority's receipt: what was filed, when, how late, on which article. It acknowledges, it does not approve."""
    article = cite(rules.annual_plan.article)
    blocks = [
        Paragraph(f"你单位报送的{_plan_name(plan)}（办件编号{case.number}）已备案。依据：{named(rules)}{article}。"),
        Section("一、备案内容", (_particulars(case, plan), Paragraph(_what_was_filed(plan)))),
        Section("二、报送日期", tuple(Paragraph(line) for line in _dates(case, plan, rules))),
        Section(
            "三、说明",
            (
                Paragraph("本回执确认收到并备案上述计划，不构成对计划内容的批准或者评价。"),
                Paragraph(
                    f"{rules.annual_plan.kept_to.summary}（{cite(rules.annual_plan.kept_to.article)}）。计划需要调整的，请通过平台办理调整并重新备案。"
                ),
            ),
        ),
    ]
    return DocumentContent(
        title=f"关于{plan.base.name}{_plan_name(plan)}的备案回执",
        date=timezone.localdate(),
        body=tuple(blocks),
        annexes=(Annex(f"{plan.year}年度培训项目表", (_projects(plan),)),),
    )


def _plan_name(plan: AnnualPlan) -> str:
    return f"{plan.year}年度计划" + (f"（第{plan.version}版，调整）" if plan.amends_id else "")


def _particulars(case: Case, plan: AnnualPlan) -> Particulars:
    projects = list(plan.projects.all())
    rows = [
        ("基地名称", plan.base.name),
        ("基地编号", plan.base.number),
        ("建设单位", plan.base.institution_name),
        ("计划年度", f"{plan.year}年" + (f"，第{plan.version}版" if plan.amends_id else "")),
        ("培训项目", f"{len(projects)}个，计划培训{sum(project.persons for project in projects)}人"),
        ("总学时", decimal_text(sum(project.hours_tenths for project in projects), 1)),
    ]
    if plan.amends_id:
        rows.append(("调整理由", plan.amendment_reason))
    return Particulars(tuple(rows))


def _what_was_filed(plan: AnnualPlan) -> str:
    if plan.amends_id:
        return f"备案材料：{plan.year}年度计划（调整后，项目见附件）；{plan.year - 1}年计划执行总结沿用原备案内容。"
    lines = plan.executions.count()
    summary = f"{plan.year - 1}年计划执行总结" + (f"（{lines}个项目）" if lines else "")
    return f"备案材料：{summary}和{plan.year}年度计划（{plan.projects.count()}个项目，见附件）。"


def _dates(case: Case, plan: AnnualPlan, rules: Rulebook) -> list[str]:
    filed = f"备案日期：{_day(plan.filed_on or timezone.localdate())}。"
    if plan.amends_id:
        return [f"报备案日期：{_day(plan.reported_on)}。", filed]
    lines = []
    for day in plan_terms.plan_days(rules, plan.year):
        first, late = (
            (plan.submitted_on, plan.submitted_late_days)
            if day.code == plan_terms.REVIEW
            else (plan.reported_on, plan.filed_late_days)
        )
        what = "首次报送管理单位" if day.code == plan_terms.REVIEW else "首次报备案"
        lines.append(f"{what}：{_day(first)}；{_against(plan, day, late)}。")
    return [*lines, filed]


def _against(plan: AnnualPlan, day: plan_terms.PlanDay, late: int | None) -> str:
    if not plan_terms.binds_base(day.due, plan.base):
        return f"{cite(day.articles[0])}规定的{_day(day.due)}在基地认定之前，不计期限"
    if late is None:
        return "报送时所依据的文件未在施行，不计期限"
    due = f"{cite(day.articles[0])}规定的期限为{_day(day.due)}"
    return f"{due}，{plan_terms.lateness_words(late).replace(' ', '')}"


def _projects(plan: AnnualPlan) -> Table:
    rows = tuple(
        (
            str(number),
            project.name,
            project.get_subject_kind_display(),
            decimal_text(project.hours_tenths, 1),
            str(project.persons),
            f"{project.starts_on.isoformat()}至{project.ends_on.isoformat()}",
            decimal_text(project.fee_fen, 2) if project.fee_fen else "不收费",
        )
        for number, project in enumerate(plan.projects.all(), start=1)
    )
    columns = ("序号", "项目名称", "科目", "学时", "人数", "起止日期", "收费（元/人）")
    return Table(columns, rows, widths=(1, 5, 2, 1, 1, 3, 2))


def _day(day: dt.date | None) -> str:
    return chinese_date(day) if day else "未记录"


def _against_opinion(authority: Organisation) -> str:
    """What to do against a managing unit's opinion, which is not the authority's decision."""
    phone = f"（联系电话：{authority.phone}）" if authority.phone else ""
    return (
        f"本意见是备案前的审核意见，不是备案机关的决定。对本意见有异议的，可以向{authority.name}{phone}反映；"
        "修改后可以重新报送。"
    )
