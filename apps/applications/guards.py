"""Guards of the road: each returns what is missing, in Chinese with the article, and never a bare no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.applications.enums import ApplicationState, Conclusion, Stage
from apps.cases.clocks import end_of_day
from apps.cases.enums import ClockState
from apps.cases.guards import text_in_force
from apps.cases.workflow.engine import road_of
from apps.cases.workflow.problems import Problem
from apps.jurisdictions.rulebooks import registry

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.applications.models import Opinion
    from apps.cases.models import Case

OPINION_STAGES = {
    ApplicationState.EXAMINING: Stage.EXAMINATION,
    ApplicationState.EXAMINATION_PROPOSED: Stage.EXAMINATION,
    ApplicationState.RECOMMENDING: Stage.RECOMMENDATION,
    ApplicationState.RECOMMENDATION_PROPOSED: Stage.RECOMMENDATION,
}


def round_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """A round says what it is for, how it is scored and until when."""
    rnd = case.round
    problems = []
    if not rnd.rubric:
        problems.append(Problem("rubric_missing", "评分标准为空：请至少设置一项评分指标。", where="rubric"))
    elif sum(item["max_points"] for item in rnd.rubric) != 100:
        total = sum(item["max_points"] for item in rnd.rubric)
        problems.append(Problem("rubric_total", f"评分标准各项满分合计应为 100 分，现为 {total} 分。", where="rubric"))
    if rnd.closes_on < timezone.localdate():
        problems.append(Problem("window_past", "截止日期已过，请重新设定申报时间。", where="closes_on"))
    return problems


def window_open(case: Case, actor: Actor | None) -> list[Problem]:
    """Submissions are taken from 00:00 of the first day to 24:00 of the last, to the second."""
    rnd, now = case.application.round, timezone.now()
    if rnd.case.state not in ("published", "closed"):
        return [Problem("round_not_published", "该申报批次尚未发布，不能提交。")]
    batch = road_of(case).batch_article
    articles = (batch,) if batch else ()
    if now < rnd.opens_at:
        return [Problem("window_not_open", f"申报自 {rnd.opens_on:%Y-%m-%d} 零时开始，现在尚不能提交。", articles)]
    if now >= rnd.closes_at:
        return [
            Problem(
                "window_closed",
                f"本批次申报已于 {rnd.closes_on:%Y-%m-%d} 24 时截止，不能再提交。已填内容仍保留，可查看和打印。",
                articles,
            )
        ]
    return []


def window_over(case: Case, actor: Actor | None) -> list[Problem]:
    """The step waits for the end of the window."""
    rnd = case.round if case.kind == "round" else case.application.round
    if timezone.now() >= rnd.closes_at:
        return []
    return [Problem("window_still_open", f"申报至 {rnd.closes_on:%Y-%m-%d} 24 时截止，尚未到期。")]


def all_applications_closed(case: Case, actor: Actor | None) -> list[Problem]:
    """A round is finished when each of its applications is."""
    open_count = case.round.applications.filter(case__closed_at__isnull=True).count()
    return [Problem("applications_open", f"本批次还有 {open_count} 件申报未办结。")] if open_count else []


def form_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every section complete, each gap with its section and article."""
    from apps.applications.services.completeness import missing_items

    return missing_items(case.application)


def eligible(case: Case, actor: Actor | None) -> list[Problem]:
    """No condition of the text unmet. An earlier fraud or revocation is left to the intake, which refuses formally."""
    from apps.applications.services.self_check import evaluate_application

    evaluation = evaluate_application(case.application)
    return [
        Problem(f"not_met:{finding.code}", finding.message, tuple(finding.articles), where=f"condition:{finding.code}")
        for finding in evaluation.findings
        if finding.result == "not_met" and finding.code != "reapplication_bar"
    ]


def units_named(case: Case, actor: Actor | None) -> list[Problem]:
    """The departments the road needs are named, of the kind and rank the text asks for."""
    from apps.applications.services.recommenders import unit_problems

    return unit_problems(case.application, road_of(case))


SUBMISSION = (window_open, text_in_force, form_complete, eligible, units_named)
RESUBMISSION = (form_complete, eligible)


def every_item_checked(case: Case, actor: Actor | None) -> list[Problem]:
    """The officer gave a verdict on every condition before drafting an opinion."""
    stage = OPINION_STAGES[ApplicationState(case.state)]
    conditions = {item.code: item for item in registry.by_key(case.rulebook_key).conditions}
    checked = set(case.application.checks.filter(stage=stage).values_list("item", flat=True))
    return [
        Problem("item_unchecked", f"“{item.title}”尚未作出核查结论。", tuple(item.articles), where=f"check:{code}")
        for code, item in conditions.items()
        if code not in checked and code in {f["code"] for f in case.application.evaluation.get("findings", [])}
    ]


def recheck_recorded(case: Case, actor: Actor | None) -> list[Problem]:
    """Where the text asks the recommender to recheck on site, the record is there."""
    for stage in road_of(case).recommendation:
        if stage.code == "recommendation" and stage.site_recheck:
            opinion = _opinion(case)
            recheck = opinion.recheck if opinion else {}
            if not (recheck.get("date") and recheck.get("persons") and recheck.get("findings")):
                return [
                    Problem(
                        "recheck_missing",
                        "尚未填写办学条件实地复查记录（日期、复查人员、复查情况）。",
                        (stage.article,),
                        "recheck",
                    )
                ]
    return []


def opinion_positive(case: Case, actor: Actor | None) -> list[Problem]:
    return _opinion_is(case, Conclusion.POSITIVE)


def opinion_negative(case: Case, actor: Actor | None) -> list[Problem]:
    return _opinion_is(case, Conclusion.NEGATIVE)


def recommender_qualified(case: Case, actor: Actor | None) -> list[Problem]:
    """At signature the recommender is still on the authority's list, of the rank the text asks for."""
    from apps.applications.services.recommenders import recommender_problems

    return recommender_problems(case.application, road_of(case))


def quota_left(case: Case, actor: Actor | None) -> list[Problem]:
    """The unit has a recommendation left in this round. The count itself is swapped when the step is taken."""
    application = case.application
    quota = application.round.quota
    if quota is None or application.recommender_id is None:
        return []
    row = application.round.quotas.filter(organisation_id=application.recommender_id).first()
    if row is None or row.used < quota:
        return []
    return [Problem("quota_used", f"本批次每个推荐单位限推荐 {quota} 家，贵单位已推荐 {row.used} 家，名额已用完。")]


def not_barred(case: Case, actor: Actor | None) -> list[Problem]:
    """An institution the text bars is refused, from the register and not from what it declares."""
    from apps.applications.services.self_check import register_bar

    return register_bar(case.application)


def not_corrected_before(case: Case, actor: Actor | None) -> list[Problem]:
    """Corrections are asked for once, all items together."""
    if case.acts.filter(name="request_correction").exists():
        return [Problem("corrected_before", "已一次性告知过补正，不得再次要求补正；请受理或作出不予受理决定。")]
    return []


def correction_overdue(case: Case, actor: Actor | None) -> list[Problem]:
    """The term for the corrections has passed."""
    clock = case.clocks.filter(code="correction", state=ClockState.RUNNING).first()
    if clock is not None and timezone.now() >= clock.due_at:
        return []
    return [Problem("correction_running", "补正期限尚未届满。")]


def refusal_reasoned(case: Case, actor: Actor | None) -> list[Problem]:
    refusal = getattr(case.application, "refusal", None)
    if refusal is None or not refusal.reasons.strip():
        return [Problem("refusal_reasons_missing", "不予受理决定须写明理由。", where="reasons")]
    return []


def review_steps_recorded(case: Case, actor: Actor | None) -> list[Problem]:
    """Each step the text asks of the review is on record."""
    review = road_of(case).review
    done = set(case.application.review_steps.values_list("duty", flat=True))
    return [
        Problem("review_step_missing", f"评审环节“{label}”尚无记录。", (review.article,), where=f"duty:{duty}")
        for duty, label in review.duties
        if duty not in done
    ]


def panel_resolved(case: Case, actor: Actor | None) -> list[Problem]:
    """The panel has voted on this application and its minutes are kept."""
    from apps.panels.services.resolutions import resolution_problems

    return resolution_problems(case)


def review_concluded(case: Case, actor: Actor | None) -> list[Problem]:
    if case.application.review_passed is None:
        article = road_of(case).review.article
        return [Problem("review_conclusion_missing", "尚未填写评审结论（通过或不通过）。", (article,), "passed")]
    return []


def review_passed(case: Case, actor: Actor | None) -> list[Problem]:
    if case.application.review_passed:
        return []
    return [Problem("review_not_passed", "该申报未通过评审，不列入公示。", _publicity(case))]


def notice_over(case: Case, actor: Actor | None) -> list[Problem]:
    """The notice that carries this application has run its days."""
    entry = case.application.notice_entries.select_related("notice").order_by("-pk").first()
    return _notice_running(entry.notice if entry else None, _publicity(case))


def objections_answered(case: Case, actor: Actor | None) -> list[Problem]:
    count = case.application.objections.filter(case__closed_at__isnull=True).count()
    message = f"还有 {count} 件异议尚未核查答复，不得作出决定。"
    return [Problem("objections_open", message, _publicity(case))] if count else []


def notice_period_over(case: Case, actor: Actor | None) -> list[Problem]:
    return _notice_running(case.public_notice, _publicity(case))


def notice_objections_answered(case: Case, actor: Actor | None) -> list[Problem]:
    count = case.public_notice.objections.filter(case__closed_at__isnull=True).count()
    return [Problem("objections_open", f"还有 {count} 件异议尚未核查答复。", _publicity(case))] if count else []


def notice_complete(case: Case, actor: Actor | None) -> list[Problem]:
    if case.public_notice.entries.exists():
        return []
    return [Problem("notice_empty", "公示名单为空：请先选择拟公示的申报单位。", where="entries")]


def notice_held_where_required(case: Case, actor: Actor | None) -> list[Problem]:
    """Where the text asks for a public notice, an application that passed the review has been on one."""
    publicity = road_of(case).publicity
    application = case.application
    if publicity is None or not application.review_passed or case.state != ApplicationState.REVIEWED:
        return []
    return [
        Problem(
            "notice_required", f"评审结果须先公示不少于 {publicity.min_days} 天，方可作出决定。", (publicity.article,)
        )
    ]


def decision_reasoned(case: Case, actor: Actor | None) -> list[Problem]:
    decision = getattr(case.application, "decision", None)
    if decision is None:
        return [Problem("decision_missing", "尚未填写决定的结论与理由。", where="decision")]
    problems = []
    if not decision.reasons.strip():
        problems.append(Problem("decision_reasons_missing", "决定须写明理由。", where="reasons"))
    if not decision.articles:
        problems.append(Problem("decision_articles_missing", "决定须写明依据的条款。", where="articles"))
    return problems


def decision_positive(case: Case, actor: Actor | None) -> list[Problem]:
    return _decision_is(case, Conclusion.POSITIVE)


def decision_negative(case: Case, actor: Actor | None) -> list[Problem]:
    return _decision_is(case, Conclusion.NEGATIVE)


def objection_investigated(case: Case, actor: Actor | None) -> list[Problem]:
    if case.acts.filter(name="investigate").exists():
        return []
    return [Problem("not_investigated", "须先记录核查情况，再拟定答复。", where="investigation")]


def _opinion(case: Case) -> Opinion | None:
    stage = OPINION_STAGES[ApplicationState(case.state)]
    return case.application.opinions.filter(stage=stage).first()


def _opinion_is(case: Case, conclusion: str) -> list[Problem]:
    opinion = _opinion(case)
    if opinion is None:
        return [Problem("opinion_missing", "经办人尚未拟定意见。")]
    if opinion.conclusion != conclusion:
        return [
            Problem("opinion_differs", f"经办人拟定的结论是“{Conclusion(opinion.conclusion).label}”，与本步骤不符。")
        ]
    return []


def _decision_is(case: Case, conclusion: str) -> list[Problem]:
    decision = getattr(case.application, "decision", None)
    if decision is not None and decision.conclusion == conclusion:
        return []
    return [Problem("decision_differs", "拟定的决定结论与本步骤不符。")]


def _publicity(case: Case) -> tuple[str, ...]:
    publicity = road_of(case).publicity
    return (publicity.article,) if publicity else ()


def _notice_running(notice, articles: tuple[str, ...]) -> list[Problem]:
    if notice is None or notice.last_day is None:
        return [Problem("notice_missing", "尚未发布公示。", articles)]
    if timezone.now() >= end_of_day(notice.last_day):
        return []
    return [Problem("notice_running", f"公示至 {notice.last_day:%Y-%m-%d} 24 时结束，尚未期满。", articles)]
