"""A person's records across bases, and a number in full: both asked by POST with a reason, both recorded."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from apps.accounts.decorators import forbidden, requires_role
from apps.cases.web import Problems
from apps.cases.workflow import WorkflowError
from apps.plans.forms.records import ReasonForm, TraineeSearchForm
from apps.plans.services import records, trainees
from apps.plans.services.identity import IdentityInvalid
from apps.plans.services.statistics import unit_of
from apps.plans.services.totals import tenths_text
from apps.plans.views.records import frame, project_case, record_or_404, sent


@requires_role(*trainees.SEARCHERS)
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """A trainee's records by the full number. The number is in no address, no log and not in the answer."""
    form = TraineeSearchForm(*sent(request))
    found = None
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            found = trainees.search_trainee(request.actor, given["kind"], given["number"], given["reason"])
        except IdentityInvalid as error:
            form.add_error("number", str(error))
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
    for record in found or ():
        record.value_text = f"{tenths_text(record.value_tenths)} {unit_of(record.jurisdiction_id)}"
    status = problems.status if problems else 422 if form.is_bound and not form.is_valid() else 200
    context = {"heading": "学员培训记录查询", "form": form, "found": found, "problems": problems}
    context["most"] = trainees.MOST_SHOWN
    return render(request, "plans/records/search.html", context, status=status)


@requires_role(*records.VIEWERS)
@require_http_methods(["GET", "POST"])
def identity_number(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One identity number in full, shown once after a reason was given."""
    case = project_case(request, number)
    record = record_or_404(case, pk)
    if not records.may_see_numbers(case, request.actor):
        return forbidden(request, "只有举办单位和本级认定机关的工作人员可以查看完整证件号码。")
    form = ReasonForm(*sent(request))
    full, problems = "", Problems()
    if request.method == "POST" and form.is_valid():
        try:
            full = records.reveal_number(record, request.actor, form.cleaned_data["reason"])
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
    status = problems.status if problems else 422 if form.is_bound and not form.is_valid() else 200
    context = frame(case, request, "查看完整证件号码", record=record, form=form, full=full, problems=problems)
    context["views"] = record.identity_views.select_related("user", "organisation")[:20]
    return render(request, "plans/records/identity.html", context, status=status)
