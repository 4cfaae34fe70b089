"""Pages of acceptance for who judges: naming reviewers, their own page, the officer's conclusion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases.models import Act
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, run_step
from apps.cases.workflow import Problem
from apps.cases.workflow.engine import may
from apps.subsidies.forms.acceptances import ConclusionForm, OpinionForm, ReasonForm, ReviewerForm
from apps.subsidies.models import Acceptance, AcceptanceLine, AcceptanceReviewer
from apps.subsidies.services import acceptance_checks, acceptance_lists, acceptances
from apps.subsidies.services import acceptance_reviews as reviews
from apps.subsidies.views.acceptances import acceptance_or_404, frame, not_yours

REVIEWERS = (Role.EXPERT, Role.FUND_SUPERVISOR)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def acceptance_reviewers(request: HttpRequest, number: str) -> HttpResponse:
    """Who judges: named from the pool and from third parties; those tied to a side are listed with the reason."""
    acceptance = _office_or_404(request, number)
    case = acceptance.case
    candidates = reviews.candidates(case)
    releasing = request.POST.get("action") == "release"
    form = ReviewerForm(request.POST if request.method == "POST" and not releasing else None, candidates=candidates)
    reason = ReasonForm(request.POST if releasing else None, prefix="release")
    problems = Problems()
    if request.method == "POST":
        act: Act | None = None
        if releasing and reason.is_valid():
            row = get_object_or_404(_active(acceptance), pk=_number(request.POST.get("reviewer", "")))
            text = reason.cleaned_data["reason"]
            act, problems = run_step(request, lambda: reviews.release_reviewer(case, request.actor, row, text))
        elif not releasing and form.is_valid():
            user, organisation = form.chosen()
            act, problems = run_step(request, lambda: reviews.name_reviewer(case, request.actor, user, organisation))
        if act is not None:
            messages.success(request, f"已办理“{act.label}”。")
            return redirect("subsidies:acceptance_reviewers", number=number)
    step = "assign_reviewer"
    if request.method == "GET" and not may(case, step, request.actor):
        return redirect("cases:detail", number=number)
    context = frame(acceptance, "验收人员") | {
        "form": form,
        "reason_form": reason,
        "missing": problems,
        "rows": [row for row in acceptance_lists.review_rows(acceptance) if row["reviewer"].is_active],
        "former": acceptance.reviewers.filter(is_active=False).select_related("user"),
        "excluded": [one for one in candidates if one.conflicts],
        "may_start": may(case, "start_review", request.actor),
    }
    status = problems.status if problems else 422 if form.errors or reason.errors else 200
    return render(request, "subsidies/acceptances/reviewers.html", context, status=status)


def _active(acceptance: Acceptance) -> Any:
    return AcceptanceReviewer.objects.filter(acceptance=acceptance, is_active=True).select_related("user")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _office_or_404(request: HttpRequest, number: str) -> Acceptance:
    acceptance = acceptance_or_404(request, number)
    if acceptance.case.authority_id != request.actor.organisation.pk:
        raise Http404
    return acceptance


@requires_role(*REVIEWERS)
@require_GET
def acceptance_reviews(request: HttpRequest) -> HttpResponse:
    """The acceptances the person is asked to judge."""
    page = keyed_page(reviews.reviews_of(request.actor), request.GET.get("page"))
    done = set(
        AcceptanceReviewer.objects.filter(pk__in=[row.pk for row in page.rows], opinions__is_current=True).values_list(
            "pk", flat=True
        )
    )
    rows = [{"reviewer": row, "case": row.acceptance.case, "done": row.pk in done} for row in page.rows]
    return render(request, "subsidies/acceptances/reviews.html", {"page": page, "rows": rows})


@requires_role(*REVIEWERS)
@require_http_methods(["GET", "POST"])
def acceptance_opinion(request: HttpRequest, number: str) -> HttpResponse:
    """The reviewer's page: the report to read, and the opinion to give, once."""
    acceptance = acceptance_or_404(request, number)
    case = acceptance.case
    reviewer = reviews.own_review(acceptance, request.actor)
    if reviewer is None:
        raise Http404
    form = OpinionForm(request.POST or None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        act, problems = run_step(request, lambda: reviews.submit_opinion(case, request.actor, **form.cleaned_data))
        if act is not None:
            messages.success(request, "验收意见已提交。")
            return redirect("subsidies:acceptance_opinion", number=number)
    context = frame(acceptance, "验收意见") | {
        "form": form,
        "missing": problems,
        "reviewer": reviewer,
        "opinion": reviewer.opinions.filter(is_current=True).first(),
        "open": may(case, "submit_opinion", request.actor),
        "report": acceptance_lists.sent_report(acceptance, request.actor),
    }
    status = problems.status if problems else 422 if form.errors else 200
    return render(request, "subsidies/acceptances/opinion.html", context, status=status)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def acceptance_conclusion(request: HttpRequest, number: str) -> HttpResponse:
    """The officer's conclusion: what is recognised of each line, and why; the head signs."""
    acceptance = _office_or_404(request, number)
    case = acceptance.case
    if request.method == "GET" and not may(case, "propose_conclusion", request.actor):
        return redirect("cases:detail", number=number)
    lines = list(AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line"))
    form = ConclusionForm(request.POST or None, lines=lines, initial=_initial(acceptance, lines))
    problems = not_yours(case, "propose_conclusion", request) if request.method == "POST" else Problems()
    if request.method == "POST" and not problems and form.is_valid():
        act, problems = run_step(
            request,
            lambda: acceptances.propose_conclusion(
                case, request.actor, _proposal(form), version=form.cleaned_data["version"]
            ),
        )
        if act is not None:
            messages.success(request, "验收结论已报请签发。")
            return redirect("cases:detail", number=number)
        _beside_fields(form, problems)
    waiting = acceptance_checks.opinion_problems(acceptance)
    context = frame(acceptance, "拟定验收结论") | {
        "form": form,
        "missing": problems or waiting,
        "rows": [row for row in acceptance_lists.review_rows(acceptance) if row["reviewer"].is_active],
        "report": acceptance_lists.sent_report(acceptance, request.actor),
        "line_rows": [
            (row, accepted, remark, acceptance_checks.recognisable(row)) for row, accepted, remark in form.line_rows()
        ],
    }
    status = problems.status if problems else 422 if form.errors else 200
    return render(request, "subsidies/acceptances/conclusion.html", context, status=status)


def _beside_fields(form: ConclusionForm, problems: list[Problem]) -> None:
    for problem in problems:
        if problem.where in form.fields:
            form.add_error(problem.where, problem.message)


def _initial(acceptance: Acceptance, lines: list[AcceptanceLine]) -> dict[str, Any]:
    initial: dict[str, Any] = {
        "version": acceptance.case.version,
        "conclusion": acceptance.conclusion,
        "reasons": acceptance.reasons,
        "return_text": acceptance.return_text,
    }
    for row in lines:
        fen = acceptance_checks.recognisable(row) if row.accepted_fen is None else row.accepted_fen
        initial |= {f"accepted-{row.pk}": f"{fen // 100}.{fen % 100:02d}", f"remark-{row.pk}": row.remark}
    return initial


def _proposal(form: ConclusionForm) -> acceptances.Proposal:
    data = form.cleaned_data
    return acceptances.Proposal(data["conclusion"], data["reasons"], data["return_text"], form.sums(), form.remarks())
