"""Where the steps of annual plans are taken, and what their case page shows."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.selectors import details_open_to
from apps.cases.withheld import register_sending
from apps.cases.workflow.engine import rules_of
from apps.plans.enums import PlanState
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_decisions, plan_submission
from apps.plans.services.plan_forms import is_editable, may_fill_in
from apps.plans.services.plan_returns import rounds_of
from apps.plans.services.plan_terms import arrivals

KIND = CaseKind.ANNUAL_PLAN
register_sending(KIND, "", "submit", "resubmit")


def plan_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """Key facts of the plan, its days, its returns and the versions the reader may see."""
    plans = AnnualPlan.objects.select_related("base__managing_unit", "reviewed_by").prefetch_related("projects")
    plan = plans.get(pk=case.pk)
    plan.case = case
    case.annual_plan, case.base = plan, plan.base  # the guards of the steps on offer read them again
    projects = plan.projects.all()
    rules = rules_of(case)
    versions = details_open_to(AnnualPlan, actor).filter(base=plan.base_id, year=plan.year)
    listed = list(versions.select_related("case").defer("data").order_by("version"))
    latest = max((one.version for one in listed if one.case.state == PlanState.FILED), default=0)
    in_hand = any(one.case.closed_at is None for one in listed)
    return {
        "plan": plan,
        "projects": {"count": len(projects), "persons": sum(one.persons for one in projects)},
        "rulebook": rules,
        "days": arrivals(plan, rules),
        "rounds": rounds_of(plan),
        "versions": listed,
        "own": may_fill_in(plan, actor),
        "may_edit": is_editable(plan, actor),
        "may_amend": may_fill_in(plan, actor) and plan.version == latest and not in_hand,
    }


register_page(KIND, "record_own_review", "plans:plan_own_review")
register_page(KIND, "submit", "plans:plan_submit")
register_page(KIND, "resubmit", "plans:plan_submit")
register_page(KIND, "return_for_correction", "plans:plan_return")
register_page(KIND, "propose_unit_opinion", "plans:plan_opinion")
register_page(KIND, "sign_unit_opinion", "plans:plan_sign")
register_page(KIND, "sign_unit_refusal", "plans:plan_sign")
register_page(KIND, "file", "plans:plan_file")
register_plain(KIND, "acknowledge", "reopen", "drop", "send_back_unit_opinion", "discontinue")
register_service(KIND, "submit")(plan_submission.submit)
register_service(KIND, "resubmit")(plan_submission.resubmit)
register_service(KIND, "sign_unit_opinion")(plan_decisions.sign_unit_opinion)
register_service(KIND, "sign_unit_refusal")(plan_decisions.sign_unit_refusal)
register_service(KIND, "file")(plan_decisions.file_plan)
register_summary(KIND, "plans/annual/_case.html", plan_summary)
