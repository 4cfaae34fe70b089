"""The audit of a use plan by whoever the text names: the funder (Shanghai 36) or the managing unit (national 33)."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import perform
from apps.documents.services import issue
from apps.subsidies.enums import PlanConclusion
from apps.subsidies.models import UsePlan
from apps.subsidies.services import plan_documents
from apps.subsidies.services.award_decisions import told_items
from apps.subsidies.services.cycles import unchanged_since


def return_for_correction(case: Case, actor: Actor, items: Sequence[str]) -> Act:
    """Send the plan back with what has to be changed, item by item. Raises Blocked where nothing is said."""
    told = told_items(items)

    def change(locked: Case, act: Act) -> None:
        _write(locked.pk, return_text="\n".join(told))

    return perform(case, "return_for_correction", actor, reason="；".join(told), data={"items": told}, change=change)


def propose_opinion(case: Case, actor: Actor, conclusion: str, opinion: str, *, version: int | None = None) -> Act:
    """Put an opinion forward for the head's signature. Raises Blocked without a conclusion or, refusing, without reasons."""
    problems = []
    if conclusion not in PlanConclusion.values:
        problems.append(Problem("conclusion_missing", "请选择同意或者不同意。", where="conclusion"))
    if not opinion.strip():
        problems.append(Problem("opinion_missing", "请填写审核意见；不同意的写明理由和须修改之处。", where="opinion"))
    if problems:
        raise Blocked(*problems)

    def change(locked: Case, act: Act) -> None:
        unchanged_since(locked, version)
        _write(locked.pk, conclusion=conclusion, opinion=opinion.strip())

    return perform(case, "propose_opinion", actor, data={"conclusion": conclusion}, change=change)


def sign_approval(case: Case, actor: Actor, reason: str = "") -> Act:
    """Agree with the plan; where it is an award's, its lines and tranches follow it from now on."""

    def change(locked: Case, act: Act) -> None:
        _write(locked.pk, approved_on=timezone.localdate(act.at))
        plan = _issue(locked, act, actor.organisation)
        if plan.award_id is not None:
            _apply(plan, act)

    return perform(case, "sign_approval", actor, reason=reason, change=change)


def sign_refusal(case: Case, actor: Actor, reason: str = "") -> Act:
    """Refuse the plan: it goes back to the institution with the reasons."""

    def change(locked: Case, act: Act) -> None:
        plan = _issue(locked, act, actor.organisation)
        _write(locked.pk, return_text=plan.opinion)

    return perform(case, "sign_refusal", actor, reason=reason, change=change)


def _issue(case: Case, act: Act, issuer: Organisation) -> UsePlan:
    plan = UsePlan.objects.select_related("case__authority", "base", "award__case", "award__cycle").get(pk=case.pk)
    content = plan_documents.opinion(plan, act, issuer)
    issue(case, act, "plan_audit_opinion", content, issuer=issuer, addressee=case.institution)
    return plan


def _apply(plan: UsePlan, act: Act) -> None:
    from apps.subsidies.services.plan_changes import apply_plan

    apply_plan(plan, act)


def _write(pk: int, **values: object) -> None:
    with scopes_disabled():  # by its own key; a join for the scope would compare in a subquery
        UsePlan.objects.filter(pk=pk).update(**values)
