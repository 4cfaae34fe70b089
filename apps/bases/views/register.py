"""Pages of the register: the public ones, and the authority's own records about institutions."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_POST

from apps.accounts.decorators import public, requires_role
from apps.accounts.enums import Role
from apps.bases import records, register
from apps.bases.filters import BaseFilter
from apps.bases.forms.records import RecordForm, WithdrawalForm
from apps.bases.models import Base
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import capped_page
from apps.cases.workflow import Problem, WorkflowError
from apps.jurisdictions.models import Jurisdiction


def address(name: str, **values: str) -> str:
    """The address of a page of another app, or nothing where the site has no such page."""
    try:
        return reverse(name, kwargs=values)
    except NoReverseMatch:
        return ""


SORTS = {
    "-recognised_on": ("-recognised_on", "-id"),
    "recognised_on": ("recognised_on", "id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
}

EXPORTED = (
    "编号",
    "建设单位",
    "统一社会信用代码",
    "级别",
    "领域",
    "行政区划代码",
    "认定机关",
    "认定日期",
    "状态",
)


@public
def register_list(request: HttpRequest) -> HttpResponse:
    """The register with search, filters in the address, sorting and paging."""
    found, bases = _found(request)
    context = {
        "filter": found,
        "page": capped_page(bases, request.GET.get("page"), searched=bool(request.GET.get("q"))),
    }
    return render(request, "bases/register.html", context)


@public
def register_export(request: HttpRequest) -> HttpResponse:
    """The bases that the same filters leave, as a spreadsheet of at most MOST_ROWS rows."""
    _, bases = _found(request)
    rows = [
        (
            base.number,
            base.institution_name,
            base.credit_code,
            base.level_label,
            base.field,
            base.division,
            base.authority.name,
            base.recognised_on.isoformat(),
            base.public_status_label,
        )
        for base in bases[:MOST_ROWS]
    ]
    return xlsx_response("bases", EXPORTED, rows)


def _found(request: HttpRequest) -> tuple[BaseFilter, QuerySet[Base]]:
    jurisdictions = list(Jurisdiction.objects.values_list("code", "name"))
    found = BaseFilter(request.GET, queryset=register.public_bases(), jurisdictions=jurisdictions)
    bases = found.qs if found.is_valid() else register.public_bases().none()
    return found, bases.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["-recognised_on"]))


@public
def base_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One base's public particulars and history, with its fees where they are published."""
    base = get_object_or_404(register.public_base(number))
    context = {"base": base, "fees_url": address("plans:fee_schedule", number=number)}
    return render(request, "bases/detail.html", context)


@requires_role(Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
def record_list(request: HttpRequest) -> HttpResponse:
    """The facts the authority has recorded about institutions."""
    context = {
        "page": capped_page(records.records_of(request.actor), request.GET.get("page")),
        "may_propose": Role.AUTHORITY_OFFICER in request.actor.roles,
        "may_confirm": Role.AUTHORITY_HEAD in request.actor.roles,
    }
    return render(request, "bases/records.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
def record_create(request: HttpRequest) -> HttpResponse:
    form = RecordForm(request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        details = dict(form.cleaned_data)
        institution = records.institution_by_code(details.pop("credit_code"))
        try:
            records.propose(request.actor, institution, details)
        except WorkflowError as error:
            problems = list(error.problems)
        else:
            messages.success(request, "已登记，请负责人确认后生效。")
            return redirect("bases:records")
    context = {"form": form, "missing": problems}
    return render(request, "bases/record_form.html", context, status=422 if problems else 200)


@require_POST
@requires_role(Role.AUTHORITY_HEAD)
def record_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(records.records_of(request.actor), pk=pk)
    try:
        records.confirm(request.actor, record)
    except WorkflowError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, "记录已确认，自即时起用于资格审核。")
    return redirect("bases:records")


@requires_role(Role.AUTHORITY_HEAD)
def record_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    record = get_object_or_404(records.records_of(request.actor), pk=pk)
    form = WithdrawalForm(request.POST or None)
    problems: list[Problem] = []
    if request.method == "POST" and form.is_valid():
        try:
            records.withdraw(request.actor, record, form.cleaned_data["reason"])
        except WorkflowError as error:
            problems = list(error.problems)
        else:
            messages.success(request, "记录已撤销；原记录仍可查阅。")
            return redirect("bases:records")
    context = {"form": form, "record": record, "missing": problems}
    return render(request, "bases/record_withdraw.html", context, status=422 if problems else 200)
