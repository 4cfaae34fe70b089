"""第三方监管: who looks after an award, what they see of it, and what they report (Shanghai 37).

The assignment is the permission on the award's case. The cases of its business follow from it: each from the moment
both sides have it, so that neither the institution's drafts nor the authority's are seen. Nothing is to be shared by
hand, and an assignment that has ended opens nothing any more.
"""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.cases.attachments import attach
from apps.cases.models import Act, Attachment, Case, CaseParty
from apps.cases.workflow import Blocked, NotPermitted, Problem
from apps.cases.workflow.engine import perform
from apps.subsidies.models import (
    Acceptance,
    Award,
    FundPayment,
    FundRecovery,
    SpendingReport,
    SupervisionReport,
    SupervisorAssignment,
    UsePlan,
)
from apps.subsidies.services.acceptance_access import grant, revoke
from apps.subsidies.services.supervisors import people_of_third_parties, ties_of

REPORT_FILES = "supervision:"
BUSINESS = (UsePlan, FundPayment, Acceptance, SpendingReport, FundRecovery)
"""What an award's money goes through: each model's key is its case's."""


def supervised_business(actor: Actor) -> Q:
    """The cases of the business of the awards assigned to the actor, as a condition on cases."""
    awards = own_assignments(actor).values("award")
    with scopes_disabled():  # the cases around it are scoped; further joins to the case would only cost time
        parts = [model._default_manager.filter(award__in=awards).values("pk") for model in BUSINESS]
        active = CaseParty.objects.filter(case=OuterRef("pk"), active=True)
    condition = Q(pk__in=awards)
    for part in parts:
        condition |= Q(pk__in=part)
    return (
        condition
        & Exists(active.filter(organisation=OuterRef("institution")))
        & Exists(active.filter(organisation=OuterRef("authority")))
    )


def own_assignments(actor: Actor) -> QuerySet[SupervisorAssignment]:
    """The actor's assignments in force, held in the organisation acted for, of awards that are not closed."""
    if not actor.has(Role.FUND_SUPERVISOR):
        return SupervisorAssignment.objects.none()
    mine = SupervisorAssignment.objects.filter(user=actor.user, organisation=actor.organisation, ended_at__isnull=True)
    return mine.filter(award__case__closed_at__isnull=True)


def business_of(award: Award, actor: Actor) -> QuerySet[Case]:
    """The cases of the award's business that the supervisor may open, newest first."""
    from apps.cases.selectors import readable_cases

    condition = Q(pk__in=[])
    for model in BUSINESS:
        condition |= Q(pk__in=model._default_manager.filter(award=award).values("pk"))
    return readable_cases(actor).filter(condition).select_related("turn_organisation").order_by("-pk")


def available(case: Case) -> list[tuple[Membership, list[str]]]:
    """Everybody who could supervise the award of ``case`` and does not yet, with what ties them to its sides."""
    assigned = set(case.award.supervisors.filter(ended_at__isnull=True).values_list("user_id", flat=True))
    people = [one for one in people_of_third_parties(case.authority) if one.user_id not in assigned]
    ties = ties_of(people, case)
    return [(one, ties[one.pk]) for one in people]


def assign(case: Case, actor: Actor, person: Membership, task: str) -> Act:
    """Commission a person of a third party with the supervision of an award.

    Raises Blocked for anybody who is not available or is tied to one of its sides.
    """

    def change(locked: Case, act: Act) -> None:
        found = next(((one, ties) for one, ties in available(locked) if one.pk == person.pk), None)
        if found is None:
            message = "此人不是本辖区第三方机构的有效监管人员，或者已在监管本项资助。"
            raise Blocked(Problem("not_available", message, where="person"))
        if found[1]:
            raise Blocked(Problem("must_abstain", f"{person.user.name}须回避：{'；'.join(found[1])}。", where="person"))
        if not task.strip():
            raise Blocked(Problem("task_missing", "请写明委托事项。", where="task"))
        SupervisorAssignment.objects.create(
            award=locked.award,
            user_id=person.user_id,
            organisation_id=person.organisation_id,
            task=task.strip(),
            begun_at=act.at,
        )
        grant(locked.pk, person.user_id)

    return perform(case, "assign_supervisor", actor, data={"user": person.user_id}, change=change)


def end(case: Case, actor: Actor, assignment: SupervisorAssignment, reason: str) -> Act:
    """End an assignment, for a reason: access ends at once, what was reported stays."""

    def change(locked: Case, act: Act) -> None:
        if assignment.award_id != locked.pk or not _end(assignment):
            raise Blocked(Problem("ended", "这项委托已经结束。"))

    return perform(case, "end_supervision", actor, reason=reason, data={"user": assignment.user_id}, change=change)


def end_all(award: Award) -> None:
    """End every assignment to an award that is settled or terminated. Call inside perform()'s change."""
    for assignment in SupervisorAssignment.objects.filter(award=award, ended_at__isnull=True):
        _end(assignment)


def _end(assignment: SupervisorAssignment) -> bool:
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        ended = SupervisorAssignment.objects.filter(pk=assignment.pk, ended_at__isnull=True).update(
            ended_at=timezone.now()
        )
    if ended:
        revoke(assignment.award_id, assignment.user_id)
    return bool(ended)


def record(
    case: Case, actor: Actor, *, text: str, has_concerns: bool, upload: UploadedFile[Any] | None = None
) -> SupervisionReport:
    """Report on the award, with a file where there is one. Neither is open to the institution.

    Raises NotPermitted for anybody who does not supervise it, Blocked without a text, AttachmentRefused for the file.
    """
    made: list[SupervisionReport] = []

    def change(locked: Case, act: Act) -> None:
        if not own_assignments(actor).filter(award=locked.pk).exists():
            raise NotPermitted(Problem("not_assigned", "您没有受托监管本项资助。"))
        if not text.strip():
            raise Blocked(Problem("text_missing", "请写明监管情况。", where="text"))
        report = SupervisionReport.objects.create(
            award=locked.award, act=act, text=text.strip(), has_concerns=has_concerns
        )
        if upload is not None:
            attach(locked, upload, f"{REPORT_FILES}{report.pk}", actor.user, internal=True)
        made.append(report)

    perform(case, "record_supervision", actor, data={"has_concerns": has_concerns}, change=change)
    return made[0]


def reports_of(award: Award, actor: Actor) -> list[tuple[SupervisionReport, list[Attachment]]]:
    """The reports the actor may read, newest first: all of them for the authority, their own for a supervisor."""
    found = SupervisionReport.objects.filter(award=award).select_related("act__actor", "act__organisation")
    if actor.organisation.pk != award.case.authority_id:
        found = found.filter(act__actor=actor.user, act__organisation=actor.organisation)
    files: dict[str, list[Attachment]] = {}
    for one in Attachment.objects.filter(
        case=award.pk, purpose__startswith=REPORT_FILES, removed_at__isnull=True
    ).select_related("uploaded_by"):
        files.setdefault(one.purpose, []).append(one)
    return [(one, files.get(f"{REPORT_FILES}{one.pk}", [])) for one in found.order_by("-pk")]
