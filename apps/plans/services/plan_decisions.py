"""What the managing unit and the authority do with a plan: opinion, signature, acknowledgement, filing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.cases.enums import PartyRole
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import add_party, perform
from apps.documents.services import issue
from apps.jurisdictions.rulebooks import registry
from apps.plans.enums import UnitConclusion
from apps.plans.models import AnnualPlan
from apps.plans.services.plan_documents import opinion_content, receipt_content
from apps.plans.services.plan_submission import record_arrival

LONGEST_OPINION = 4000


def propose_unit_opinion(case: Case, actor: Actor, conclusion: str, text: str) -> Act:
    """Put the managing unit's opinion before its head: ``conclusion`` a UnitConclusion, ``text`` the opinion.

    Raises Blocked without a conclusion, or without reasons for a refusal; else as perform().
    """
    problems = []
    if conclusion not in UnitConclusion.values:
        problems.append(Problem("conclusion_missing", "请选择意见：同意或不同意。", where="conclusion"))
    if not text.strip():
        problems.append(Problem("opinion_missing", "请写明意见；不同意的须逐条写明理由。", where="text"))
    elif len(text) > LONGEST_OPINION:
        problems.append(Problem("opinion_long", f"意见最多 {LONGEST_OPINION} 字。", where="text"))
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        _update(locked.pk, unit_conclusion=conclusion, unit_opinion=text.strip())

    return perform(case, "propose_unit_opinion", actor, data={"conclusion": conclusion}, change=change)


def sign_unit_opinion(case: Case, actor: Actor, reason: str = "") -> Act:
    """The head signs the agreement: the plan goes to the authority, the opinion to both. Raises as perform()."""

    def change(locked: Case, act: Act) -> None:
        record_arrival(locked, act)
        _issue_opinion(locked, act, actor)

    return perform(case, "sign_unit_opinion", actor, reason=reason, change=change)


def sign_unit_refusal(case: Case, actor: Actor, reason: str = "") -> Act:
    """The head signs the refusal: the plan goes back to the institution with the reasons. Raises as perform()."""
    return perform(
        case,
        "sign_unit_refusal",
        actor,
        reason=reason,
        change=lambda locked, act: _issue_opinion(locked, act, actor),
    )


def sign(case: Case, actor: Actor, reason: str = "") -> Act:
    """Sign what the officer proposed, agreement or refusal."""
    agreed = case.annual_plan.unit_conclusion == UnitConclusion.AGREED
    return (sign_unit_opinion if agreed else sign_unit_refusal)(case, actor, reason)


def _issue_opinion(case: Case, act: Act, actor: Actor) -> None:
    plan = _plan(case)
    told = [case.authority] if plan.unit_conclusion == UnitConclusion.AGREED else []
    content = opinion_content(case, plan)
    issue(
        case,
        act,
        "plan_opinion",
        content,
        issuer=actor.organisation,
        addressee=case.institution,
        deliver_to=[actor.organisation, *told],
    )


def file_plan(case: Case, actor: Actor, reason: str = "") -> Act:
    """File the plan and issue the receipt to the institution and the managing unit. Raises as perform()."""

    def change(locked: Case, act: Act) -> None:
        _update(locked.pk, filed_on=timezone.localdate(act.at))
        plan = _plan(locked)
        unit = plan.base.managing_unit
        if unit is not None:
            add_party(locked, unit.pk, PartyRole.MANAGING_UNIT, active=True)
        issue(
            locked,
            act,
            "plan_receipt",
            receipt_content(locked, plan, registry.by_key(locked.rulebook_key)),
            issuer=actor.organisation,
            addressee=locked.institution,
            deliver_to=[unit] if unit else [],
        )

    return perform(case, "file", actor, reason=reason, change=change)


def _plan(case: Case) -> AnnualPlan:
    return AnnualPlan.objects.select_related("base__managing_unit").get(pk=case.pk)


def _update(pk: int, **values: Any) -> None:
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        AnnualPlan.objects.filter(pk=pk).update(**values)
