"""Pages on which a managing unit and an authority return, judge, sign and file a plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.models import Act
from apps.cases.web import Problems, run_step
from apps.cases.workflow.engine import may
from apps.plans.enums import UnitConclusion
from apps.plans.forms.annual_plans import NoteForm, OpinionForm, ReturnForm
from apps.plans.models import AnnualPlan
from apps.plans.services import plan_decisions, plan_returns, plan_terms
from apps.plans.services.plan_documents import opinion_content
from apps.plans.services.plan_forms import load_sent
from apps.plans.views.annual_plan_pages import content, frame, plan_or_404, posted

Taking = Callable[[Any], Act]
ELSEWHERE = "本件现在不由您办理这一步，可能刚刚已由他人办理。"


@requires_role(Role.DEPARTMENT_OFFICER, Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def plan_return(request: HttpRequest, number: str) -> HttpResponse:
    """Send back item by item, each at its place in the plan."""
    plan = plan_or_404(request, number)
    form = ReturnForm(posted(request), places=plan_returns.places_of(plan))

    def take(values: dict[str, Any]) -> Act:
        return plan_returns.return_for_correction(plan.case, request.actor, form.items(), values["note"])

    return _step(request, plan, "return_for_correction", "退回修改", form, take, "return.html")


@requires_role(Role.DEPARTMENT_OFFICER)
@require_http_methods(["GET", "POST"])
def plan_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """The managing unit's officer drafts the opinion and puts it before the head."""
    plan = plan_or_404(request, number)
    form = OpinionForm(posted(request), initial={"conclusion": plan.unit_conclusion, "text": plan.unit_opinion})

    def take(values: dict[str, Any]) -> Act:
        return plan_decisions.propose_unit_opinion(plan.case, request.actor, values["conclusion"], values["text"])

    return _step(request, plan, "propose_unit_opinion", "拟定审核意见", form, take, "opinion.html")


@requires_role(Role.DEPARTMENT_HEAD)
@require_http_methods(["GET", "POST"])
def plan_sign(request: HttpRequest, number: str) -> HttpResponse:
    """The managing unit's head signs what was drafted, agreement or refusal."""
    plan = plan_or_404(request, number)
    agrees = plan.unit_conclusion == UnitConclusion.AGREED
    step = "sign_unit_opinion" if agrees else "sign_unit_refusal"

    def take(values: dict[str, Any]) -> Act:
        return plan_decisions.sign(plan.case, request.actor, values["reason"])

    extra = {
        "agrees": agrees,
        "may_send_back": may(plan.case, "send_back_unit_opinion", request.actor),
        "preview": opinion_content(plan.case, plan) if plan.unit_conclusion and plan.case.rulebook_key else None,
    }
    return _step(request, plan, step, "签署审核意见", NoteForm(posted(request)), take, "sign.html", extra)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def plan_file(request: HttpRequest, number: str) -> HttpResponse:
    """The authority's officer reads the plan and files it; the receipt follows."""
    plan = plan_or_404(request, number)

    def take(values: dict[str, Any]) -> Act:
        return plan_decisions.file_plan(plan.case, request.actor, values["reason"])

    return _step(request, plan, "file", "备案", NoteForm(posted(request)), take, "file.html")


def _step(
    request: HttpRequest,
    plan: AnnualPlan,
    step: str,
    heading: str,
    form: Any,
    take: Taking,
    template: str,
    extra: dict[str, Any] | None = None,
) -> HttpResponse:
    """One step on one page: the plan on one side, the form on the other; nothing typed is lost when it is refused."""
    number = plan.case.number
    if request.method == "GET" and not _may_read_step(request, plan, step):
        messages.warning(request, ELSEWHERE)
        return redirect("cases:detail", number=number)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: take(form.cleaned_data))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”，并记入办理记录。")
            return redirect("cases:detail", number=number)
    plan.case.refresh_from_db()
    sent = load_sent(plan)
    context = frame(request, plan, heading, sent.rules) | content(sent)
    context |= {
        "step_form": form,
        "problems": problems,
        "days": plan_terms.arrivals(plan, sent.rules),
        "rounds": plan_returns.rounds_of(plan),
        "may_return": may(plan.case, "return_for_correction", request.actor),
        "may_take": may(plan.case, step, request.actor),
        **(extra or {}),
    }
    status = 422 if request.method == "POST" and form.errors else problems.status
    return render(request, f"plans/annual/{template}", context, status=status)


def _may_read_step(request: HttpRequest, plan: AnnualPlan, step: str) -> bool:
    """Whoever drafted an opinion may read the page on which somebody else signs it."""
    if may(plan.case, step, request.actor):
        return True
    in_turn = plan.case.turn_organisation_id == request.actor.organisation.pk
    return step.startswith("sign_") and in_turn and plan.case.state == "unit_proposed"
