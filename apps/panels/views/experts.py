"""The pool of experts: list, add, change, take out, import."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases import exports
from apps.cases.paging import capped_page
from apps.cases.web import Problems
from apps.cases.workflow import Blocked
from apps.panels import selectors
from apps.panels.expert_sheet import COLUMNS, read_experts
from apps.panels.forms import ExpertForm, ImportForm, PoolFilterForm, ReasonForm
from apps.panels.models import ExpertProfile
from apps.panels.services import experts
from apps.panels.views.common import OFFICE, as_problems, page_number, problem, step_status

SORTS = {
    "name": ("user__name", "pk"),
    "-name": ("-user__name", "-pk"),
    "employer": ("employer_name", "pk"),
    "-employer": ("-employer_name", "-pk"),
}
HEAD = ("编号", *(label for _, label in COLUMNS), "状态")


@requires_role(*OFFICE)
@require_GET
def pool(request: HttpRequest) -> HttpResponse:
    """The pool with search, sorting, paging and export."""
    form = PoolFilterForm(request.GET)
    values = form.cleaned_data if form.is_valid() else {}
    found = selectors.search_pool(selectors.pool_of(request.actor), values)
    found = found.order_by(*SORTS.get(request.GET.get("sort", ""), ("-is_active", "pk")))
    if request.GET.get("format") == "xlsx":
        return exports.xlsx_response("experts", HEAD, [_cells(one) for one in found[: exports.MOST_ROWS]])
    context = {
        "heading": "专家库",
        "form": form,
        "page": capped_page(found, page_number(request)),
        "may_edit": request.actor.has(Role.AUTHORITY_OFFICER),
    }
    return render(request, "panels/experts.html", context)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form, problems = ExpertForm(request.POST or None), Problems()
    if request.method == "POST" and form.is_valid():
        try:
            expert = experts.add_expert(request.actor, form.details())
        except Blocked as error:
            problems = as_problems(error)
        else:
            messages.success(
                request, f"{expert.user.name}已入库。账号“{expert.user.username}”由安全管理员发放初始密码。"
            )
            return redirect("panels:experts")
    context = {"heading": "添加专家", "form": form, "problems": problems}
    return render(request, "panels/expert_form.html", context, status=step_status(request, problems, form))


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: int) -> HttpResponse:
    expert = _expert(request, pk)
    form = ExpertForm(request.POST or None, expert=expert)
    if request.method == "POST" and form.is_valid():
        experts.change_expert(request.actor, expert, form.details())
        messages.success(request, "已保存。")
        return redirect("panels:experts")
    context = {"heading": f"专家：{expert.user.name}", "form": form, "expert": expert, "reason_form": ReasonForm()}
    return render(request, "panels/expert_form.html", context, status=step_status(request, Problems(), form))


@requires_role(Role.AUTHORITY_OFFICER)
@require_POST
def activate(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the expert out of the pool for a reason, or put it back."""
    expert = _expert(request, pk)
    problems = Problems()
    reason_form = ReasonForm(request.POST)
    try:
        if expert.is_active:
            experts.deactivate_expert(request.actor, expert, request.POST.get("reason", ""))
        else:
            experts.reactivate_expert(request.actor, expert)
    except Blocked as error:
        problems = as_problems(error)
    else:
        messages.success(request, f"{expert.user.name}已{'出库' if expert.is_active else '恢复在库'}。")
        return redirect("panels:experts")
    context = {
        "heading": f"专家：{expert.user.name}",
        "form": ExpertForm(expert=expert),
        "expert": expert,
        "reason_form": reason_form,
        "problems": problems,
    }
    return render(request, "panels/expert_form.html", context, status=problems.status)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def import_experts(request: HttpRequest) -> HttpResponse:
    """Experts from an xlsx file: all of them, or none and every error by row and column."""
    form, problems = ImportForm(request.POST or None, request.FILES or None), Problems()
    if request.method == "POST" and form.is_valid():
        try:
            sheet = read_experts(form.cleaned_data["file"])
            if sheet.problems:
                raise Blocked(*sheet.problems)
            added = experts.import_experts(request.actor, sheet.experts)
        except Blocked as error:
            problems = Problems([*error.problems, problem("未导入任何专家，请改正后重新上传。")], error.status)
        else:
            messages.success(request, f"已导入 {len(added)} 位专家。")
            return redirect("panels:experts")
    context = {"heading": "批量导入专家", "form": form, "problems": problems, "columns": COLUMNS}
    return render(request, "panels/expert_import.html", context, status=step_status(request, problems, form))


@requires_role(Role.AUTHORITY_OFFICER)
@require_GET
def import_template(request: HttpRequest) -> HttpResponse:
    """An empty sheet with the columns' names."""
    return exports.xlsx_response("expert-template", [label for _, label in COLUMNS], [])


def _expert(request: HttpRequest, pk: int) -> ExpertProfile:
    return get_object_or_404(selectors.pool_of(request.actor), pk=pk)


def _cells(expert: ExpertProfile) -> tuple[object, ...]:
    return (
        expert.pk,
        expert.user.username,
        expert.user.name,
        expert.employer_name,
        expert.employer_code,
        "、".join(expert.fields),
        expert.title,
        expert.user.phone,
        "在库" if expert.is_active else "已出库",
    )
