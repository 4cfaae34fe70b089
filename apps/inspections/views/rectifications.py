"""Pages of rectification: the list, the order, progress and report, re-inspection, conclusion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Case
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, case_or_404, run_step
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.inspections.forms.sanctions import (
    ConclusionForm,
    OrderForm,
    OrderItems,
    ProgressForm,
    RecheckForm,
    RectificationFilter,
)
from apps.inspections.services import rectifications, sanction_files, sanction_lists, sanction_rechecks
from apps.inspections.services.sanction_effects import rules_today
from apps.inspections.services.sanction_grounds import rectification_sanction
from apps.inspections.views import sanction_steps as steps

EXPORTED = (
    "办件编号",
    "基地编号",
    "建设单位",
    "状态",
    "整改期限",
    "是否逾期",
    "延期次数",
    "整改事项",
    "已完成",
    "当前办理",
)


@acting
@require_GET
def rectification_list(request: HttpRequest) -> HttpResponse:
    """Rectifications with their due dates, running ones unless another state is asked for."""
    form = RectificationFilter(request.GET)
    found = sanction_lists.rectifications_of(request.actor, form.values(), request.GET.get("sort", ""))
    listed = keyed_page(found, request.GET.get("page"))
    rows = [sanction_lists.row(one) for one in listed.rows]
    context = {"form": form, "page": listed, "rows": rows, "filtered": bool(form.values())}
    return render(request, "inspections/sanctions/rectification_list.html", context)


@acting
@require_GET
def rectification_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    values = RectificationFilter(request.GET).values()
    found = sanction_lists.rectifications_of(request.actor, values, request.GET.get("sort", ""))
    rows = [_cells(sanction_lists.row(one)) for one in found[:MOST_ROWS]]
    return xlsx_response("rectifications", EXPORTED, rows)


def _cells(row: dict[str, Any]) -> list[object]:
    overdue = "是" if row["overdue"] else "否"
    names = ("number", "base", "institution", "state", "due")
    return [*(row[name] for name in names), overdue, row["extended"], row["items"], row["done"], row["turn"]]


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def rectification_new(request: HttpRequest, number: str) -> HttpResponse:
    """Draft an order for a base, from a concluded inspection where one is named in the address."""
    base = steps.own_base_or_404(request, number)
    chosen = request.GET.get("inspection", "")
    offered = rectifications.inspections_to_follow(base)
    inspection = next((one for one in offered if one.case.number == chosen), None)
    sanction = rectification_sanction(rules_today(base))
    start = rectifications.drafted_from(inspection) if inspection else None
    form = OrderForm(request.POST or None, sanction=sanction, initial=_initial(start))
    items = OrderItems(request.POST or None, prefix="items", initial=_initial_items(start))
    problems = Problems()
    if request.method == "POST" and form.is_valid() & items.is_valid():
        try:
            made = rectifications.open_order(base, request.actor, _order(form, items), inspection=inspection)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            return _saved_with_files(request, made.case)
    return _order_page(request, base, form, items, problems, inspection=inspection, inspections=offered)


def _saved_with_files(request: HttpRequest, case: Case) -> HttpResponse:
    problems = steps.take_files(request, case, {"facts-file": "facts"})
    if problems or steps.removed(request) is not None:
        for problem in problems:
            messages.error(request, problem.message)
        return redirect("inspections:rectification_order", number=case.number)
    messages.success(request, "整改通知已保存为草稿，请核对后报请签发。")
    return redirect("cases:detail", number=case.number)


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def rectification_order(request: HttpRequest, number: str) -> HttpResponse:
    """Change the draft of an order."""
    case = case_or_404(request, number, CaseKind.RECTIFICATION)
    rectification = case.rectification
    sanction = rectification_sanction(rules_of(case))
    start = rectifications.Order(
        rectification.grounds,
        rectification.facts,
        rectification.term_days,
        [
            rectifications.Item(item.requirement, item.article, item.inspection_item_id)
            for item in rectification.items.all()
        ],
    )
    form = OrderForm(request.POST or None, sanction=sanction, initial=_initial(start) | {"version": case.version})
    items = OrderItems(request.POST or None, prefix="items", initial=_initial_items(start))
    if request.method != "POST":
        closed = steps.not_now(request, case, "edit")
        if closed:
            return closed
    problems = Problems()
    if request.method == "POST" and form.is_valid() & items.is_valid():
        order, version = _order(form, items), steps.version_of(form)
        act, problems = run_step(
            request, lambda: rectifications.edit_order(case, request.actor, order, version=version)
        )
        if act is not None:
            return _saved_with_files(request, case)
    return _order_page(request, rectification.base, form, items, problems, case=case)


def _initial(order: rectifications.Order | None) -> dict[str, Any]:
    if order is None:
        return {"term_days": 30}
    return {"grounds": list(order.grounds), "facts": order.facts, "term_days": order.term_days}


def _initial_items(order: rectifications.Order | None) -> list[dict[str, Any]]:
    items = order.items if order else ()
    return [
        {"requirement": item.requirement, "article": item.article, "inspection_item": item.inspection_item}
        for item in items
    ]


def _order(form: OrderForm, items: Any) -> rectifications.Order:
    filled = [one.cleaned_data for one in items if one.cleaned_data and not one.cleaned_data.get("DELETE")]
    return rectifications.Order(
        form.cleaned_data["grounds"],
        form.cleaned_data["facts"],
        form.cleaned_data["term_days"],
        [
            rectifications.Item(one["requirement"], one.get("article") or "", one.get("inspection_item"))
            for one in filled
        ],
    )


def _order_page(
    request: HttpRequest,
    base: Base,
    form: OrderForm,
    items: Any,
    problems: Problems,
    *,
    case: Case | None = None,
    **context: Any,
) -> HttpResponse:
    status = problems.status if problems else (422 if form.errors or items.total_error_count() else 200)
    rulebook = rules_of(case) if case else rules_today(base)
    values = {
        "case": case,
        "base": base,
        "form": form,
        "items": items,
        "missing": problems,
        "rulebook": rulebook,
        "sanction": rectification_sanction(rulebook),
        "files": sanction_files.files_of(case, "facts") if case else [],
        "sandbox": base.is_sandbox,
        **context,
    }
    return render(request, "inspections/sanctions/order.html", values, status=status if form.is_bound else 200)


@requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def rectification_progress(request: HttpRequest, number: str) -> HttpResponse:
    """Progress and evidence by item, and the report; the head submits it from here."""
    case = case_or_404(request, number, CaseKind.RECTIFICATION)
    rectification = case.rectification
    items = list(rectification.items.all())
    initial = {"report": rectification.report, "version": case.version}
    form = ProgressForm(request.POST or None, items=items, initial=initial)
    if request.method != "POST":
        closed = steps.not_now(request, case, "record_progress")
        if closed:
            return closed
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        problems = _save_progress(request, case, form)
        if not problems and request.POST.get("action") == "submit":
            act, problems = run_step(request, lambda: rectifications.submit_report(case, request.actor))
            if act is not None:
                messages.success(request, "整改报告已提交，等待复查。")
                return redirect("cases:detail", number=number)
        elif not problems:
            messages.success(request, "已保存。")
            return redirect("inspections:rectification_progress", number=number)
    return steps.page(
        request,
        "progress.html",
        case,
        "整改情况和报告",
        problems,
        form,
        rectification=rectification,
        rows=_rows(form, case),
        may_submit=may(case, "submit_report", request.actor),
    )


def _save_progress(request: HttpRequest, case: Case, form: ProgressForm) -> Problems:
    """Save, then file the evidence of each item; what was saved stays when a file is refused."""
    data = form.cleaned_data
    progress = {
        item.pk: rectifications.Progress(data[f"progress-{item.pk}"], data[f"done-{item.pk}"]) for item in form.items
    }
    act, problems = run_step(
        request,
        lambda: rectifications.record_progress(
            case, request.actor, progress, data["report"], version=steps.version_of(form)
        ),
    )
    if act is not None:
        places = {f"file-{item.pk}": sanction_files.purpose_of(item.pk) for item in form.items}
        problems = steps.take_files(request, case, places)
        data_now = form.data.copy()
        data_now["version"] = str(case.version)
        form.data = data_now
    return problems


def _rows(form: Any, case: Case) -> list[dict[str, Any]]:
    """Every item with its fields and its evidence. One query for the files of all."""
    files = sanction_files.files_of(case)
    return [
        {
            "item": item,
            "fields": fields,
            "files": [one for one in files if one["purpose"] == sanction_files.purpose_of(item.pk)],
        }
        for item, fields in form.rows()
    ]


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def rectification_recheck(request: HttpRequest, number: str) -> HttpResponse:
    """The re-inspection, item by item beside what the base reported."""
    case = case_or_404(request, number, CaseKind.RECTIFICATION)
    rectification = case.rectification
    initial = {
        "rechecked_on": rectification.rechecked_on,
        "recheck": rectification.recheck,
        "version": case.version,
    }
    form = RecheckForm(request.POST or None, items=rectification.items.all(), initial=initial)

    def save() -> Any:
        data = form.cleaned_data
        return sanction_rechecks.record_recheck(
            case,
            request.actor,
            rechecked_on=data["rechecked_on"],
            recheck=data["recheck"],
            verdicts={item.pk: (data[f"verdict-{item.pk}"], data[f"text-{item.pk}"].strip()) for item in form.items},
            version=steps.version_of(form),
        )

    return steps.step_page(
        request,
        case,
        "record_recheck",
        form,
        save,
        template="recheck.html",
        heading="记录复查",
        done="复查已记录，请拟定结论。",
        places={"recheck-file": "recheck"},
        rectification=rectification,
        rows=_rows(form, case),
        files=sanction_files.files_of(case, "recheck"),
    )


@requires_role(Role.AUTHORITY_OFFICER)
@require_http_methods(["GET", "POST"])
def rectification_conclusion(request: HttpRequest, number: str) -> HttpResponse:
    """Propose to lift, to extend, or that the rectification failed."""
    case = case_or_404(request, number, CaseKind.RECTIFICATION)
    rectification = case.rectification
    initial = {name: getattr(rectification, name) for name in ("conclusion", "conclusion_text", "extended_to")}
    form = ConclusionForm(request.POST or None, initial=initial | {"version": case.version})

    def save() -> Any:
        data = form.cleaned_data
        return sanction_rechecks.propose_conclusion(
            case,
            request.actor,
            conclusion=data["conclusion"],
            text=data["conclusion_text"],
            extended_to=data["extended_to"],
            version=steps.version_of(form),
        )

    return steps.step_page(
        request,
        case,
        "propose_conclusion",
        form,
        save,
        template="conclusion.html",
        heading="拟定复查结论",
        done="结论已拟定，请负责人签发。",
        rectification=rectification,
        items=rectification.items.all(),
    )
