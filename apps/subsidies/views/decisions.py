"""Pages on which an award is decided: return, proposal, exception to the cap, the finance side's review."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.enums import CaseKind
from apps.cases.models import Act, Case
from apps.cases.web import case_or_404
from apps.subsidies.forms.decisions import DecisionForm, ExceptionForm, OpinionForm, ReturnForm
from apps.subsidies.services import award_decisions, award_pages, cap_exceptions
from apps.subsidies.views.office_pages import step_page, version_of
from apps.subsidies.workflow.people import scheme_of


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def award_return(request: HttpRequest, number: str) -> HttpResponse:
    """Send an application back with what has to be changed."""
    case = _award(request, number)
    form = ReturnForm(request.POST or None)
    return step_page(
        request,
        case,
        ("return_for_correction",),
        form,
        lambda: award_decisions.return_for_correction(case, request.actor, form.lines()),
        template="awards/return.html",
        heading="退回修改",
        done="已退回单位修改。",
        data=award_pages.award_summary(case, request.actor),
    )


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def award_decision(request: HttpRequest, number: str) -> HttpResponse:
    """Propose what each line gets, or to decline, with reasons."""
    case = _award(request, number)
    award = case.award
    initial = {"conclusion": award.conclusion, "reasons": award.reasons, "version": case.version}
    form = DecisionForm(request.POST or None, lines=case.use_plan_lines.all(), initial=initial)

    def save() -> Act:
        values = form.cleaned_data
        proposal = award_decisions.Proposal(values["conclusion"], values["reasons"], form.sums())
        return award_decisions.propose(case, request.actor, proposal, version=version_of(form))

    return step_page(
        request,
        case,
        ("propose_decision",),
        form,
        save,
        template="awards/decision.html",
        heading="拟定资助决定",
        done="资助决定已拟定，请财务审核。",
        **_deciding(request, case),
    )


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def award_exception(request: HttpRequest, number: str) -> HttpResponse:
    """Record the document that allows more than the cap."""
    case = _award(request, number)
    found = cap_exceptions.exception_of(case.award)
    names = ("total_fen", "reason", "document_number", "document_date")
    initial: dict[str, Any] = {name: getattr(found, name) for name in names} if found is not None else {}
    form = ExceptionForm(request.POST or None, initial=initial | {"version": case.version})

    def save() -> Act:
        grounds = cap_exceptions.Grounds(**{name: form.cleaned_data[name] for name in names})
        files = request.FILES.getlist("file")
        return cap_exceptions.record(case, request.actor, grounds, files, version=version_of(form))

    return step_page(
        request,
        case,
        ("record_exception",),
        form,
        save,
        template="awards/exception.html",
        heading="登记超限额依据",
        done="超限额依据已登记；拟定决定后由财务和负责人先后签署。",
        files=cap_exceptions.files_of(case),
        **_deciding(request, case),
    )


@requires_role(Role.FINANCE_OFFICER)
@require_http_methods(["GET", "POST"])
def award_finance(request: HttpRequest, number: str) -> HttpResponse:
    """The finance side agrees with the proposed decision or sends it back, each with an opinion."""
    case = _award(request, number)
    form = OpinionForm(request.POST or None)
    back = request.POST.get("action") == "return"
    take = award_decisions.return_from_finance if back else award_decisions.agree_finance
    return step_page(
        request,
        case,
        ("agree_finance", "return_from_finance"),
        form,
        lambda: take(case, request.actor, form.cleaned_data["opinion"]),
        template="awards/finance.html",
        heading="财务审核",
        done="已退回经办人。" if back else "财务审核同意，请负责人签发。",
        **_deciding(request, case),
    )


def _award(request: HttpRequest, number: str) -> Case:
    return case_or_404(request, number, CaseKind.AWARD)


def _deciding(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What a decision is taken on: the application, the experts' result, the cap and what the cycle has left."""
    award = case.award
    return {
        "data": award_pages.award_summary(case, request.actor),
        "room": cap_exceptions.room_of(award),
        "scheme": scheme_of(case),
        "cycle_left_fen": award.cycle.budget_fen - award.cycle.granted_fen,
    }
