"""评审决议: averages and votes per subject, minutes, the chair's signature, and the conclusion of each review."""

from __future__ import annotations

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from apps.accounts.actors import Actor
from apps.cases import clocks
from apps.cases.attachments import attach
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem, WorkflowError
from apps.cases.workflow.engine import perform
from apps.panels import guards
from apps.panels.models import PanelItem, Resolution
from apps.panels.services.access import refresh_access
from apps.panels.services.panels import SCORING_CLOCK
from apps.panels.services.resolution_document import issue_resolution
from apps.panels.services.subjects import Conclusion, kind_of_panel, kind_of_subject
from apps.panels.sitting import Sitting


def resolution_problems(case: Case) -> list[Problem]:
    """What keeps a subject's review from being concluded: no resolution yet, or none that the chair signed."""
    return guards.subject_resolved(case)


def record_resolution(
    case: Case,
    actor: Actor,
    subject: Case,
    *,
    votes_for: int,
    votes_against: int,
    votes_abstain: int,
    reasons: str,
) -> Act:
    """Record the panel's vote on one subject; a later record replaces the earlier until the chair signs.

    It passes when the average of the sheets is not below the occasion's pass mark and more than half of the votes cast
    (abstentions counted) are in favour. Raises Blocked when the votes do not fit the members who may judge it.
    """

    def change(case: Case, act: Act) -> None:
        sitting = Sitting(case.panel)
        votes = (votes_for, votes_against, votes_abstain)
        problems = _vote_problems(sitting, subject, votes, reasons)
        if problems:
            raise Blocked(*problems)
        totals = [sheet.total or 0 for sheet in sitting.submitted(subject)]
        Resolution.objects.update_or_create(
            panel=case.panel,
            subject=subject,
            defaults={
                "votes_for": votes_for,
                "votes_against": votes_against,
                "votes_abstain": votes_abstain,
                "points_sum": sum(totals),
                "sheet_count": len(totals),
                "average_hundredths": average_hundredths(sum(totals), len(totals)),
                "passed": has_passed(sum(totals), len(totals), case.panel.pass_points, votes_for, sum(votes)),
                "reasons": reasons.strip(),
                "recorded_by": actor.user,
            },
        )

    data = {
        "subject": subject.number,
        "votes": {"for": votes_for, "against": votes_against, "abstain": votes_abstain},
        "reasons": reasons.strip(),
    }
    return perform(case, "record_resolution", actor, data=data, change=change)


def average_hundredths(points: int, sheets: int) -> int:
    """The average in hundredths of a point, halves rounded up. Raises ZeroDivisionError without sheets."""
    return (points * 200 + sheets) // (sheets * 2)


def has_passed(points: int, sheets: int, pass_points: int, votes_for: int, votes_cast: int) -> bool:
    """Whether the average reaches the pass mark and more than half of the votes cast are in favour; whole numbers."""
    return sheets > 0 and points >= pass_points * sheets and votes_for * 2 > votes_cast


def file_minutes(case: Case, actor: Actor, upload: UploadedFile) -> Act:
    """File the minutes of the meeting. Raises AttachmentRefused when the file cannot be accepted."""
    with transaction.atomic():
        attachment = attach(case, upload, guards.MINUTES, actor.user)
        data = {"minutes": attachment.name, "sha256": attachment.sha256}
        return perform(case, "record_resolution", actor, data=data)


def sign_resolution(case: Case, actor: Actor) -> Act:
    """The chair signs: one document for all subjects of the panel, and every file closes to the experts."""

    def change(case: Case, act: Act) -> None:
        clocks.end_clock(case, SCORING_CLOCK)
        issue_resolution(case, act, Sitting(case.panel))
        refresh_access(case.panel)

    return perform(case, "sign_resolution", actor, change=change)


def conclude(case: Case, actor: Actor) -> Act:
    """Conclude the review of one subject (``case`` is the subject's) as the signed resolution says."""

    def change(case: Case, act: Act) -> None:
        resolution = (
            Resolution.objects.filter(subject_id=case.pk, panel__case__state="resolved").order_by("-pk").first()
        )
        if resolution is None:
            raise Blocked(*resolution_problems(case))
        conclusion = Conclusion(resolution.passed, resolution.average_hundredths, resolution.reasons)
        kind_of_subject(case).store_conclusion(case, conclusion)

    return perform(case, "conclude_review", actor, change=change)


def conclude_all(case: Case, actor: Actor) -> tuple[list[Act], list[Problem]]:
    """Conclude the review of every subject of the panel's ``case`` still in review; each on its own.

    Returns the acts taken and the problems of those that could not be concluded yet, named by subject.
    """
    acts, problems = [], []
    reviewing = kind_of_panel(case.panel).reviewing
    items = PanelItem.objects.filter(panel=case.panel, is_active=True).select_related("subject")
    for item in items:
        subject = item.subject
        if subject.state != reviewing:
            continue
        try:
            acts.append(conclude(subject, actor))
        except WorkflowError as error:
            problems += [
                Problem(problem.code, f"“{subject.title}”：{problem.message}", problem.articles, problem.where)
                for problem in error.problems
            ]
    return acts, problems


def _vote_problems(sitting: Sitting, subject: Case, votes: tuple[int, int, int], reasons: str) -> list[Problem]:
    problems, word = [], sitting.kind.words.subject
    if subject.pk not in {one.pk for one in sitting.subjects}:
        return [Problem("not_on_panel", f"该{word}不在本委员会评审范围内。", where="subject")]
    able, cast = len(sitting.able(subject)), sum(votes)
    if min(votes) < 0:
        problems.append(Problem("votes_negative", "票数不能为负数。", where="votes_for"))
    if cast > able:
        problems.append(
            Problem("votes_too_many", f"可参加表决的专家为 {able} 人，所填票数合计 {cast} 票。", where="votes_for")
        )
    if cast < sitting.panel.quorum:
        problems.append(
            Problem(
                "votes_below_quorum",
                f"参加表决的应不少于 {sitting.panel.quorum} 人，所填票数合计 {cast} 票。",
                where="votes_for",
            )
        )
    if not sitting.submitted(subject):
        problems.append(Problem("no_scores", f"该{word}没有有效评分，不能形成决议。", where="subject"))
    if not reasons.strip():
        problems.append(Problem("reasons_missing", "请填写评审意见（理由）。", where="reasons"))
    return problems
