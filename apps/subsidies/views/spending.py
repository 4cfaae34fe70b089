"""Spending reports: lists, opening one, its vouchers and their examination, the conclusion."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import Role
from apps.bases.selectors import visible_bases
from apps.cases import selectors
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Case
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, case_or_404, run_step, state_label
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import SpendingState
from apps.subsidies.forms.spending import MarkForm, OpinionForm, ReportFilter, RowFilter
from apps.subsidies.models import Award, SpendingReport, SpendingRow
from apps.subsidies.services import spending, spending_lists
from apps.subsidies.services.recovery_checks import may_demand
from apps.subsidies.services.spending_checks import balances, check_problems, disallowing_articles, first_day
from apps.subsidies.workflow.people import funding_of

LISTED = (
    "办件编号",
    "单位",
    "基地编号",
    "项目",
    "期间开始",
    "期间结束",
    "最终报告",
    "列支（元）",
    "不予认可（元）",
    "状态",
    "当前办理",
)
VOUCHERS = (
    "序号",
    "日期",
    "凭证号",
    "支出项目",
    "收款方",
    "内容",
    "金额（元）",
    "扫描件",
    "不予认可（元）",
    "依据",
    "理由",
)
editors = requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@acting
@require_GET
def spending_list(request: HttpRequest) -> HttpResponse:
    """Spending reports, those under way unless another state is asked for."""
    form = ReportFilter(request.GET)
    values = form.values()
    listed = keyed_page(
        spending_lists.reports_of(request.actor, values, request.GET.get("sort", "")), request.GET.get("page")
    )
    rows = [spending_lists.report_row(one, request.actor) for one in listed.rows]
    context = {"form": form, "page": listed, "rows": rows, "filtered": bool(values)}
    return render(request, "subsidies/spending/list.html", context)


@acting
@require_GET
def spending_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    found = spending_lists.reports_of(request.actor, ReportFilter(request.GET).values(), request.GET.get("sort", ""))
    rows = [spending_lists.report_row(one, request.actor) for one in found[:MOST_ROWS]]
    names = ("number", "institution", "base", "title", "from_on", "until_on")
    cells = [
        [
            *(row[name] for name in names),
            "是" if row["final"] else "否",
            _yuan(row["reported"]),
            "" if row["refused"] is None else _yuan(row["refused"]),
            row["state"],
            row["turn"],
        ]
        for row in rows
    ]
    return xlsx_response("spending-reports", LISTED, cells)


def _yuan(fen: int) -> str:
    return yuan(fen).removesuffix("元")


@acting
@require_GET
def spending_of_base(request: HttpRequest, number: str) -> HttpResponse:
    """The base's awards under which money was paid, and the reports on each."""
    base = get_object_or_404(visible_bases(request.actor), number=number)
    reports = selectors.details_open_to(SpendingReport, request.actor).filter(award__base=base)
    by_award: dict[int, list[SpendingReport]] = {}
    for report in reports.select_related("case").order_by("-case_id"):
        by_award.setdefault(report.award_id, []).append(report)
    awards = [
        {
            "award": award,
            "reports": [(one, SpendingState(one.case.state).label) for one in by_award.get(award.pk, [])],
            "may_report": spending.may_report(award, request.actor),
            "may_demand": may_demand(award, request.actor),
        }
        for award in spending_lists.awards_of_base(base, request.actor)
    ]
    return render(request, "subsidies/spending/base.html", {"base": base, "awards": awards})


@editors
@require_http_methods(["GET", "POST"])
def spending_new(request: HttpRequest, number: str) -> HttpResponse:
    """Open a report on the award ``number``, after a look at what was paid."""
    cases = selectors.readable_cases(request.actor).filter(kind=CaseKind.AWARD, institution=request.actor.organisation)
    award = get_object_or_404(
        Award.objects.select_related("case", "base", "cycle"), case__in=cases, case__number=number
    )
    problems = Problems(spending.opening_problems(award))
    if request.method == "POST":
        try:
            report = spending.open_report(award, request.actor)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            return redirect("subsidies:spending_edit", number=report.case.number)
    earliest, bound = first_day(award)
    context = {
        "award": award,
        "base": award.base,
        "lines": balances(award, SpendingReport(pk=0), []),
        "missing": problems,
        "open": spending.may_report(award, request.actor),
        "earliest": earliest,
        "bound": bound,
        "rulebook": rules_of(award.case),
        "article": funding_of(award.case).audit_article,
    }
    return render(request, "subsidies/spending/new.html", context, status=problems.status if problems else 200)


def shows_marks(case: Case, request: HttpRequest) -> bool:
    """What was refused is the office's own until the conclusion is signed; then everybody in the case reads it."""
    return case.authority_id == request.actor.organisation.pk or case.state == SpendingState.ACCEPTED


@acting
@require_http_methods(["GET", "POST"])
def spending_rows(request: HttpRequest, number: str) -> HttpResponse:
    """The vouchers as sent; finance marks on this page what is not recognised."""
    case = case_or_404(request, number, CaseKind.SPENDING_REPORT)
    report = case.spending_report
    told, marking = shows_marks(case, request), may(case, "check_rows", request.actor)
    filters = RowFilter(request.GET, report.award.lines.all())
    found = spending_lists.vouchers_of(report, filters.values(), request.GET.get("sort", ""), told=told)
    articles = disallowing_articles(report)
    problems = Problems()
    if request.method == "POST":
        posted = _posted_rows(request, report)
        forms = [MarkForm(request.POST, row=row, articles=articles) for row in posted]
        valid = [form.is_valid() for form in forms]
        if all(valid):
            marks = {form.row.pk: form.mark() for form in forms}
            version = request.POST.get("version", "")
            seen = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
            saved: list[bool] = []
            _, problems = run_step(request, lambda: _check(case, request, marks, seen, saved))
            if not problems:
                messages.success(request, "核对结果已保存。" if saved else "没有改动，核对结果与原来一致。")
                return redirect(request.get_full_path())
        return _rows_page(request, case, filters, None, forms, problems, status=problems.status if problems else 422)
    page = keyed_page(found, request.GET.get("page"))
    rows = page.rows
    forms = [MarkForm(row=row, articles=articles) for row in rows] if marking else []
    return _rows_page(request, case, filters, page, forms, problems, rows=rows)


def _check(case: Case, request: HttpRequest, marks: Any, version: int | None, saved: list[bool]) -> Any:
    act = spending.check_rows(case, request.actor, marks, version=version)
    saved.extend([True] if act is not None else [])
    return act


def _posted_rows(request: HttpRequest, report: SpendingReport) -> list[SpendingRow]:
    """The report's vouchers that the page carried, in its order; others are passed over."""
    asked = [int(text) for text in request.POST.getlist("row") if text.isascii() and text.isdigit() and len(text) < 16]
    found = {row.pk: row for row in report.rows.filter(pk__in=asked[:100]).select_related("line", "attachment")}
    return [found[pk] for pk in asked if pk in found]


def _rows_page(
    request: HttpRequest,
    case: Case,
    filters: RowFilter,
    page: Any,
    forms: list[MarkForm],
    problems: Problems,
    *,
    rows: list[SpendingRow] | None = None,
    status: int = 200,
) -> HttpResponse:
    shown = [{"row": form.row, "form": form} for form in forms] or [{"row": row, "form": None} for row in rows or []]
    context = {
        "case": case,
        "report": case.spending_report,
        "award": case.spending_report.award,
        "form": filters,
        "page": page,
        "shown": shown,
        "marking": bool(forms),
        "told": shows_marks(case, request),
        "missing": problems,
        "totals": spending.totals_of(case.spending_report),
        "rulebook": rules_of(case),
        "state_label": state_label(case),
        "filtered": bool(filters.values()),
    }
    return render(request, "subsidies/spending/rows.html", context, status=status)


@acting
@require_GET
def spending_rows_export(request: HttpRequest, number: str) -> HttpResponse:
    """The filtered vouchers as a spreadsheet; what was refused only to whom it is told."""
    case = case_or_404(request, number, CaseKind.SPENDING_REPORT)
    told = shows_marks(case, request)
    filters = RowFilter(request.GET, case.spending_report.award.lines.all())
    found = spending_lists.vouchers_of(case.spending_report, filters.values(), request.GET.get("sort", ""), told=told)
    rows = []
    for row in found[:MOST_ROWS]:
        scan = row.attachment.name if row.attachment else ""
        cells = [
            row.position,
            row.on,
            row.voucher,
            row.line.item,
            row.payee,
            row.description,
            _yuan(row.amount_fen),
            scan,
        ]
        if told:
            cells += [_yuan(row.disallowed_fen), row.disallowed_article, row.disallowed_reason]
        rows.append(cells)
    return xlsx_response(f"vouchers-{number}", VOUCHERS if told else VOUCHERS[:8], rows)


@requires_role(Role.FINANCE_OFFICER)
@require_http_methods(["GET", "POST"])
def spending_conclusion(request: HttpRequest, number: str) -> HttpResponse:
    """Write the opinion and hand the examination to the head."""
    case = case_or_404(request, number, CaseKind.SPENDING_REPORT)
    report = case.spending_report
    if request.method == "GET" and not may(case, "propose_conclusion", request.actor):
        messages.warning(request, f"本件现为“{state_label(case)}”，您现在不能办理这一步。")
        return redirect("cases:detail", number=number)
    form = OpinionForm(request.POST if request.method == "POST" else None, initial={"opinion": report.opinion})
    problems = Problems([one for one in check_problems(report) if one.where != "opinion"])
    status = 200
    if request.method == "POST" and form.is_valid():
        opinion = form.cleaned_data["opinion"]
        act, problems = run_step(request, lambda: spending.propose_conclusion(case, request.actor, opinion))
        if act is not None:
            messages.success(request, "核对结论已报请批准。")
            return redirect("cases:detail", number=number)
        status = problems.status
    elif request.method == "POST":
        status = 422
    context = {
        "case": case,
        "report": report,
        "award": report.award,
        "form": form,
        "missing": problems,
        "totals": spending.totals_of(report),
        "refused": report.rows.filter(disallowed_fen__gt=0).select_related("line")[:50],
        "rulebook": rules_of(case),
        "article": funding_of(case).audit_article,
        "state_label": state_label(case),
    }
    return render(request, "subsidies/spending/conclusion.html", context, status=status)
