"""Pages on which an authority draws up, publishes and follows its rounds."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from apps.accounts.decorators import acting, forbidden, requires_role
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Organisation
from apps.applications import selectors
from apps.applications.forms.rounds import RecommenderForm, RoundForm, RubricFormSet, rubric_initial
from apps.applications.models import Round
from apps.applications.services import rounds
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import case_or_404
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks.roads import Road
from apps.jurisdictions.standing import Standing, standing

OFFICE = (Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)


@acting
@requires_role(*OFFICE)
def round_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(selectors.authority_rounds(request.actor), 25).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "standing": _standing(request),
        "may_create": Role.AUTHORITY_OFFICER in request.actor.roles and bool(request.actor.organisation.levels),
    }
    return render(request, "applications/rounds/list.html", context)


@acting
@requires_role(Role.AUTHORITY_OFFICER)
def round_create(request: HttpRequest) -> HttpResponse:
    found = _standing(request)
    form, rubric = _forms(request, found.rulebook.road, None)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid() & rubric.is_valid():
        values = {**form.cleaned_data, "rubric": rubric.rows()}
        sandbox = values.pop("sandbox")
        if not found.in_force and not sandbox:
            form.add_error(
                "sandbox", "所依据的文本现未生效，只能设演练批次；或先由法制审核人登记延期或正式印发的文件。"
            )
        else:
            try:
                rnd = rounds.draw_up(request.actor, values, sandbox=sandbox)
            except WorkflowError as error:
                problems = list(error.problems)
            else:
                messages.success(request, f"已设立批次“{rnd.title}”。请核对后报请发布。")
                return redirect("applications:round_detail", number=rnd.case.number)
    context = {"form": form, "rubric": rubric, "standing": found, "missing": problems, "heading": "设立申报批次"}
    return render(request, "applications/rounds/form.html", context)


@acting
@requires_role(Role.AUTHORITY_OFFICER)
def round_edit(request: HttpRequest, number: str) -> HttpResponse:
    case = _own_case(request, number)
    found = _standing(request)
    form, rubric = _forms(request, found.rulebook.road, case.round)
    problems: list[Any] = []
    if request.method == "POST" and form.is_valid() & rubric.is_valid():
        try:
            rounds.edit(case, request.actor, {**form.cleaned_data, "rubric": rubric.rows()})
        except WorkflowError as error:
            problems = list(error.problems)
        else:
            messages.success(request, "批次已修改。")
            return redirect("applications:round_detail", number=case.number)
    context = {
        "form": form,
        "rubric": rubric,
        "standing": found,
        "missing": problems,
        "case": case,
        "heading": "修改批次",
    }
    return render(request, "applications/rounds/form.html", context)


@acting
@requires_role(*OFFICE)
def round_detail(request: HttpRequest, number: str) -> HttpResponse:
    case = _own_case(request, number)
    page = Paginator(selectors.round_applications(case.round), 50).get_page(request.GET.get("page"))
    context = {
        "case": case,
        "round": case.round,
        "page": page,
        "today": timezone.localdate(),
        "may_give_notice": request.actor.has(Role.AUTHORITY_OFFICER),
    }
    return render(request, "applications/rounds/detail.html", context)


@acting
@requires_role(*OFFICE)
def recommender_list(request: HttpRequest) -> HttpResponse:
    road = _standing(request).rulebook.road
    units = Organisation.objects.filter(
        kind=OrganisationKind.DEPARTMENT, jurisdiction_id=request.actor.organisation.jurisdiction_id
    ).order_by("-is_active", "name")
    labels = {item.unit: item.label for item in road.recommenders}
    rows = [(unit, "、".join(labels.get(kind, kind) for kind in unit.recommender_types)) for unit in units]
    return render(request, "applications/rounds/recommenders.html", {"rows": rows, "road": road})


@acting
@requires_role(Role.AUTHORITY_OFFICER)
def recommender_edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    if request.actor.organisation.superior_id is not None:
        return forbidden(request, "推荐单位名单由本管辖综合管理部门维护，下级机关不能修改。")
    jurisdiction = request.actor.organisation.jurisdiction_id
    unit = (
        get_object_or_404(Organisation, pk=pk, kind=OrganisationKind.DEPARTMENT, jurisdiction_id=jurisdiction)
        if pk
        else None
    )
    form = RecommenderForm(
        request.POST or None, instance=unit, road=_standing(request).rulebook.road, jurisdiction=jurisdiction
    )
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, f"推荐单位“{saved.name}”已保存。")
        return redirect("applications:recommenders")
    return render(request, "applications/rounds/recommender_form.html", {"form": form, "unit": unit})


def _standing(request: HttpRequest) -> Standing:
    return standing(request.actor.organisation.jurisdiction_id, timezone.localdate())


def _own_case(request: HttpRequest, number: str) -> Case:
    return case_or_404(request, number, CaseKind.ROUND)


def _forms(request: HttpRequest, road: Road, rnd: Round | None) -> tuple[RoundForm, Any]:
    data = request.POST if request.method == "POST" else None
    initial = {name: getattr(rnd, name) for name in RoundForm.base_fields if hasattr(rnd, name)} if rnd else None
    form = RoundForm(
        data, initial=initial, levels=request.actor.organisation.levels, road=road, editing=rnd is not None
    )
    return form, RubricFormSet(data, initial=rubric_initial(rnd), prefix="rubric")
