"""Guards of inspections and sanctions: each returns what is missing, in Chinese with the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.utils import timezone

from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.bases.models import BaseStatus
from apps.cases.guards import text_in_force
from apps.cases.workflow.problems import Problem
from apps.inspections.enums import Grade, InspectionState, Verdict

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case
    from apps.inspections.models import InspectionItem

__all__ = ["base_ended", "base_has_ended", "base_is_live", "text_in_force"]

OVER = (InspectionState.CONCLUDED, InspectionState.DISCONTINUED)


# 检查考核工作


def campaign_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The plan of the campaign says what is looked at, at which bases and by when."""
    from apps.inspections.services.campaigns import campaign_problems

    return campaign_problems(case.campaign)


def every_inspection_over(case: Case, actor: Actor | None) -> list[Problem]:
    """Every chosen base has its result, also those whose inspection is still being opened."""
    from apps.inspections.services.launches import waiting_numbers

    problems = []
    campaign = case.campaign
    over = Count("pk", filter=Q(case__state__in=OVER))
    opened = campaign.inspections.aggregate(total=Count("pk"), over=over)
    waiting = opened["total"] - opened["over"]
    if waiting:
        problems.append(Problem("inspections_running", f"尚有 {waiting} 家基地的检查没有结果。"))
    unopened = len(waiting_numbers(campaign)) if opened["total"] < len(campaign.chosen) else 0
    if unopened:
        problems.append(Problem("inspections_unopened", f"尚有 {unopened} 家基地的检查正在建立，请稍后再办。"))
    return problems


def bulletin_complete(case: Case, actor: Actor | None) -> list[Problem]:
    problems = []
    if not case.campaign.bulletin.strip():
        problems.append(Problem("bulletin_missing", "请填写通报内容。", where="bulletin"))
    if case.campaign.publish_on is None:
        problems.append(Problem("publish_on_missing", "请填写公布日期。", where="publish_on"))
    return problems


def publication_not_backdated(case: Case, actor: Actor | None) -> list[Problem]:
    """A result is never published as of a day that is over."""
    day = case.campaign.publish_on
    if day is None or day >= timezone.localdate():
        return []
    return [Problem("publish_on_past", "公布日期已过，请退回重新拟定公布日期。", where="publish_on")]


def publication_day_reached(case: Case, actor: Actor | None) -> list[Problem]:
    day = case.campaign.publish_on
    if day is not None and timezone.localdate() >= day:
        return []
    return [Problem("not_due", "尚未到公布日期，结果不得公开。")]


# 检查考核


def self_assessment_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every item of the checklist is assessed by the base itself."""
    return [
        Problem("self_item_missing", f"“{item.label}”尚未自评。", (item.article,), f"item-{item.code}")
        for item in case.inspection.items.all()
        if not item.self_verdict
    ]


def self_assessment_overdue(case: Case, actor: Actor | None) -> list[Problem]:
    return _past(case, "self_assessment", "自评期限尚未届满。")


def answer_overdue(case: Case, actor: Actor | None) -> list[Problem]:
    return _past(case, "answer", "申辩期限尚未届满。")


def confirmation_overdue(case: Case, actor: Actor | None) -> list[Problem]:
    """Nobody goes on without the base's confirmation before it had its time to give it."""
    return _past(case, "visit_confirmation", "基地确认现场记录的期限尚未届满，请等待其确认或届满后再继续。")


def answer_given(case: Case, actor: Actor | None) -> list[Problem]:
    inspection = case.inspection
    if inspection.answer.strip() or any(item.answer.strip() for item in inspection.items.all()):
        return []
    return [Problem("answer_missing", "请填写申辩说明；没有异议的，也请写明“无异议”。", where="answer")]


def _past(case: Case, code: str, message: str) -> list[Problem]:
    clock = case.clocks.filter(code=code, state="running").first()
    if clock is not None and timezone.now() >= clock.due_at:
        return []
    return [Problem("not_due", message)]


def desk_review_complete(case: Case, actor: Actor | None) -> list[Problem]:
    return [
        Problem("desk_item_missing", f"“{item.label}”尚未审核材料。", (item.article,), f"item-{item.code}")
        for item in case.inspection.items.all()
        if not item.desk_verdict
    ]


def visit_recorded(case: Case, actor: Actor | None) -> list[Problem]:
    inspection = case.inspection
    problems = []
    if inspection.visit_on is None or not inspection.visitors.strip():
        problems.append(Problem("visit_missing", "请填写实地检查的日期和检查人员。", where="visit"))
    problems += [
        Problem("visit_item_missing", f"“{item.label}”尚无现场记录。", (item.article,), f"item-{item.code}")
        for item in inspection.items.all()
        if not item.visit_verdict
    ]
    return problems


def findings_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every item has a finding, and every adverse one says what is wrong."""
    problems = []
    for item in case.inspection.items.all():
        if not item.finding:
            problems.append(Problem("finding_missing", f"“{item.label}”尚无检查发现。", (item.article,), item.code))
        elif item.finding != "meets" and not item.finding_text.strip():
            problems.append(
                Problem("finding_text_missing", f"“{item.label}”须写明发现的问题。", (item.article,), item.code)
            )
    return problems


def verdicts_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every item is settled after the base's answer, none worse than it was told, and the grade follows from them."""
    inspection = case.inspection
    problems = [found for item in inspection.items.all() if (found := _verdict_problem(item))]
    if not inspection.grade or not inspection.grade_reasons.strip():
        problems.append(Problem("grade_missing", "请评定结果并写明理由。", where="grade"))
    verdicts = {item.verdict for item in inspection.items.all()}
    if inspection.grade == Grade.EXCELLENT and Verdict.FAILS in verdicts:
        problems.append(Problem("grade_too_high", "有检查内容不符合的，结果不能评为优秀。", where="grade"))
    if inspection.grade == Grade.FAILED and not verdicts & {Verdict.IMPROVE, Verdict.FAILS}:
        problems.append(Problem("grade_without_facts", "各项检查内容均符合的，结果不能评为不合格。", where="grade"))
    if inspection.commended and inspection.grade != Grade.EXCELLENT:
        problems.append(Problem("commended_not_excellent", "只有结果为优秀的可以列入宣传推广。", where="commended"))
    return problems


_SEVERITY = {Verdict.MEETS: 0, Verdict.IMPROVE: 1, Verdict.FAILS: 2}


def _verdict_problem(item: InspectionItem) -> Problem | None:
    """What is wrong with an item's verdict; one worse than the finding has not been put to the base."""
    if not item.verdict:
        return Problem("verdict_missing", f"“{item.label}”尚未认定。", (item.article,), item.code)
    if item.verdict != Verdict.MEETS and not item.verdict_text.strip():
        return Problem("verdict_text_missing", f"“{item.label}”须写明认定理由。", (item.article,), item.code)
    if item.finding and _SEVERITY[Verdict(item.verdict)] > _SEVERITY[Verdict(item.finding)]:
        return Problem(
            "not_heard",
            f"“{item.label}”的认定重于已告知基地的发现；请先补充检查发现并听取基地说明。",
            (item.article,),
            item.code,
        )
    return None


def adverse_needs_text_in_force(case: Case, actor: Actor | None) -> list[Problem]:
    """An adverse result is not signed under a text that is not in force."""
    return text_in_force(case, actor) if case.inspection.grade == "failed" else []


# 限期整改


def order_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The order names its ground and facts, has items, and a term set by the officer."""
    from apps.inspections.services.rectifications import order_problems

    return order_problems(case.rectification)


def report_complete(case: Case, actor: Actor | None) -> list[Problem]:
    rectification = case.rectification
    problems = [
        Problem("item_not_reported", f"第 {item.position} 项尚未填写整改情况。", where=f"item-{item.pk}")
        for item in rectification.items.all()
        if not item.progress.strip()
    ]
    if not rectification.report.strip():
        problems.append(Problem("report_missing", "请填写整改报告。", where="report"))
    return problems


def rectification_overdue(case: Case, actor: Actor | None) -> list[Problem]:
    return _past(case, "rectification", "整改期限尚未届满。")


def term_runs(case: Case, actor: Actor | None) -> list[Problem]:
    """A report is given back only while there is time left to put things right."""
    due_on = case.rectification.due_on
    if due_on is not None and timezone.localdate() <= due_on:
        return []
    return [Problem("term_over", "整改期限已届满，不能再退回；请复查后拟定结论，需要时可以延长期限。")]


def recheck_recorded(case: Case, actor: Actor | None) -> list[Problem]:
    rectification = case.rectification
    problems = [
        Problem("recheck_item_missing", f"第 {item.position} 项尚未复查。", where=f"item-{item.pk}")
        for item in rectification.items.all()
        if not item.verdict
    ]
    if rectification.rechecked_on is None or not rectification.recheck.strip():
        problems.append(Problem("recheck_missing", "请填写复查日期和复查情况。", where="recheck"))
    return problems


def extension_ahead(case: Case, actor: Actor | None) -> list[Problem]:
    """An extension ends after the term it extends, and not before today."""
    rectification = case.rectification
    until = rectification.extended_to
    if until is not None and until > timezone.localdate() and until > rectification.due_on:
        return []
    return [Problem("extension_past", "延长后的最后一日须晚于原期限，也须晚于今天；请退回重拟。", where="extended_to")]


# 取消（撤销）资格


def ground_allows_revocation(case: Case, actor: Actor | None) -> list[Problem]:
    """Without a rectification that failed, only where the text revokes directly."""
    from apps.inspections.services.sanction_grounds import ground_problems

    return ground_problems(case.revocation)


def notice_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The notice states the facts, the grounds, and how long the base may answer."""
    from apps.inspections.services.sanction_grounds import notice_problems

    return notice_problems(case.revocation)


def statement_written(case: Case, actor: Actor | None) -> list[Problem]:
    if case.revocation.statement.strip():
        return []
    return [Problem("statement_missing", "请填写陈述申辩意见；没有意见的，请选择放弃陈述申辩。", where="statement")]


def hearing_expired(case: Case, actor: Actor | None) -> list[Problem]:
    return _past(case, "hearing", "陈述申辩期限尚未届满。")


def statement_answered(case: Case, actor: Actor | None) -> list[Problem]:
    """The decision answers what the base has said, and a hearing it asked for has been held."""
    revocation = case.revocation
    problems = []
    stated = revocation.stated_on is not None and revocation.statement.strip()
    if stated and not revocation.answer_to_statement.strip():
        problems.append(
            Problem("answer_missing", "基地已陈述申辩，请写明意见采纳情况及理由。", where="answer_to_statement")
        )
    if revocation.wants_hearing and not revocation.hearing_record.strip():
        problems.append(Problem("hearing_missing", "基地要求听证，请先记录听取意见的情况。", where="hearing_record"))
    if not revocation.conclusion or not revocation.reasons.strip():
        problems.append(Problem("reasons_missing", "请写明拟定结论和理由。", where="reasons"))
    return problems


def aftermath_settled(case: Case, actor: Actor | None) -> list[Problem]:
    """The plaque is accounted for, and every running case of the base is settled by a decision of its own."""
    from apps.inspections.services.aftermath import aftermath_problems

    return aftermath_problems(case.revocation)


def still_revoked(case: Case, actor: Actor | None) -> list[Problem]:
    if case.restoration.revocation.base.status == BaseStatus.REVOKED:
        return []
    return [Problem("not_revoked", "该基地目前不是取消（撤销）状态，无须恢复。")]


def level_is_free(case: Case, actor: Actor | None) -> list[Problem]:
    """An institution has one live base of a level; one recognised meanwhile stands in the way of the old one."""
    from apps.inspections.services.restorations import level_problems

    return level_problems(case.restoration)


def instrument_filed(case: Case, actor: Actor | None) -> list[Problem]:
    """What overturned the revocation is on file."""
    if case.attachments.filter(purpose="instrument", removed_at__isnull=True).exists():
        return []
    return [Problem("instrument_missing", "请上传据以恢复的文书（复议决定、判决或本机关的纠正决定）。", where="file")]
