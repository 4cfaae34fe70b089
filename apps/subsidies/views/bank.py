"""Pages of bank statements: import with a preview, what agrees with the payments, and the lines left over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.paging import capped_page
from apps.cases.workbooks import NotReadable
from apps.cases.workflow import WorkflowError
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import BankLineState
from apps.subsidies.forms.bank import IgnoreForm, LineFilter, StatementForm
from apps.subsidies.models import BankLine, BankStatement
from apps.subsidies.services import bank_statements as statements
from apps.subsidies.services import reconciliation as matches
from apps.subsidies.services.bank_statements import CLERKS, READERS

EXPORTED = (
    "交易日期",
    "收支",
    "金额（元）",
    "流水号",
    "对方户名",
    "对方账号",
    "摘要",
    "状态",
    "说明",
    "对账单",
    "行号",
)
SORTS = {
    "on": ("on", "pk"),
    "-on": ("-on", "-pk"),
    "amount": ("amount_fen", "pk"),
    "-amount": ("-amount_fen", "-pk"),
}
SHOWN_LINES = 200
SHOWN_ERRORS = 100


@requires_role(*READERS)
@require_GET
def reconciliation(request: HttpRequest) -> HttpResponse:
    """Payments that wait for the bank's word: those that agree, those that differ, those with no line; and lines left."""
    found = matches.outlook(request.actor)
    left = _own_lines(request).filter(state=BankLineState.UNMATCHED)
    context = {
        "outlook": found,
        "confirmable": sum(not one.own for one in found.exact),
        "out_left": left.filter(direction="out").count(),
        "in_left": left.filter(direction="in").count(),
        "clerk": statements.may_import(request.actor),
    }
    return render(request, "subsidies/bank/reconciliation.html", context)


@requires_role(*CLERKS)
@require_POST
def confirm_all(request: HttpRequest) -> HttpResponse:
    """Confirm every payment that agrees exactly, or those ticked; says of each other one why it was not."""
    numbers = request.POST.getlist("number") or None
    done = matches.confirm_all(request.actor, numbers)
    if done.confirmed:
        messages.success(request, f"已核对一致 {len(done.confirmed)} 笔：{'、'.join(done.confirmed[:10])}。")
    for number, why in done.refused[:10]:
        messages.warning(request, f"{number}：{why}")
    if not done.confirmed and not done.refused:
        messages.info(request, "没有可以核对一致的拨款。")
    return redirect("subsidies:reconciliation")


@requires_role(*READERS)
@require_GET
def statement_list(request: HttpRequest) -> HttpResponse:
    """The statement files taken in, latest first."""
    found = BankStatement.objects.filter(authority=request.actor.organisation).select_related("imported_by")
    page = capped_page(found.order_by("-pk"), request.GET.get("page"))
    context = {"page": page, "rows": page.rows, "clerk": statements.may_import(request.actor)}
    return render(request, "subsidies/bank/statements.html", context)


@requires_role(*CLERKS)
@require_http_methods(["GET", "POST"])
def statement_new(request: HttpRequest) -> HttpResponse:
    """Choose a file and see what it would bring; nothing is stored yet."""
    form = StatementForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        try:
            found = statements.preview(request.actor, form.cleaned_data["file"])
        except NotReadable as error:
            form.add_error("file", str(error))
        except WorkflowError as error:
            form.add_error(None, str(error))
        else:
            return _preview_page(request, found)
    return render(
        request, "subsidies/bank/statement_new.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def _preview_page(request: HttpRequest, found: statements.Preview) -> HttpResponse:
    context = {
        "preview": found,
        "lines": [{"line": one, "known": one.row in found.known} for one in found.lines[:SHOWN_LINES]],
        "more_lines": max(len(found.lines) - SHOWN_LINES, 0),
        "errors": found.errors[:SHOWN_ERRORS],
        "more_errors": max(len(found.errors) - SHOWN_ERRORS, 0),
    }
    return render(request, "subsidies/bank/preview.html", context, status=422 if found.errors else 200)


@requires_role(*CLERKS)
@require_POST
def statement_take_in(request: HttpRequest) -> HttpResponse:
    """Take in the file that was previewed."""
    try:
        statement, is_new = statements.take_in(request.actor, request.POST.get("token", ""))
    except NotReadable as error:
        messages.error(request, str(error))
        return redirect("subsidies:bank_statement_new")
    except WorkflowError as error:
        messages.error(request, str(error))
        return redirect("subsidies:bank_statements")
    if is_new:
        known = f"，另有 {statement.known_count} 行此前已导入，未重复导入" if statement.known_count else ""
        messages.success(request, f"已导入“{statement.name}”{statement.line_count} 行{known}。")
    else:
        messages.info(request, f"这份文件此前已导入（“{statement.name}”），没有重复导入。")
    return redirect("subsidies:reconciliation")


@requires_role(*READERS)
@require_GET
def line_list(request: HttpRequest) -> HttpResponse:
    """The lines of all statements, by filters."""
    form = LineFilter(request.GET)
    page = capped_page(_found_lines(request, form.values()), request.GET.get("page"))
    context = {
        "form": form,
        "page": page,
        "rows": page.rows,
        "filtered": bool(form.values()),
        "clerk": statements.may_import(request.actor),
    }
    return render(request, "subsidies/bank/lines.html", context)


@requires_role(*READERS)
@require_GET
def line_export(request: HttpRequest) -> HttpResponse:
    """The filtered lines as a spreadsheet of at most MOST_ROWS rows."""
    found = _found_lines(request, LineFilter(request.GET).values())
    return xlsx_response("bank-lines", EXPORTED, [_cells(one) for one in found[:MOST_ROWS]])


def _cells(line: BankLine) -> list[object]:
    return [
        line.on.isoformat(),
        line.get_direction_display(),
        yuan(line.amount_fen).removesuffix("元"),
        line.reference,
        line.counterparty,
        line.counterparty_account,
        line.memo,
        line.get_state_display(),
        line.note,
        line.statement.name,
        line.row,
    ]


@requires_role(*CLERKS)
@require_http_methods(["GET", "POST"])
def line_ignore(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a line as none of this business, saying why."""
    line = get_object_or_404(_own_lines(request), pk=pk)
    form = IgnoreForm(request.POST or None)
    problems: list[Any] = []
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            statements.ignore(line, request.actor, form.cleaned_data["note"])
        except WorkflowError as error:
            problems, status = list(error.problems), error.status
        else:
            messages.success(request, "已标为与本业务无关。")
            return redirect("subsidies:bank_lines")
    context = {"line": line, "form": form, "missing": problems}
    return render(request, "subsidies/bank/ignore.html", context, status=status)


@requires_role(*CLERKS)
@require_POST
def line_reopen(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a line marked as unrelated back among those to be accounted for."""
    line = get_object_or_404(_own_lines(request), pk=pk)
    return _told(request, lambda: statements.reopen(line, request.actor), "已恢复为待核对。")


def _told(request: HttpRequest, step: Callable[[], None], done: str) -> HttpResponse:
    try:
        step()
    except WorkflowError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, done)
    return redirect("subsidies:bank_lines")


def _own_lines(request: HttpRequest) -> QuerySet[BankLine]:
    return BankLine.objects.filter(authority=request.actor.organisation).select_related("statement")


def _found_lines(request: HttpRequest, values: dict[str, str]) -> QuerySet[BankLine]:
    found = _own_lines(request).select_related("statement", "payment__case", "fund_return__recovery__case")
    for name in ("state", "direction", "statement"):
        if values.get(name):
            found = found.filter(**{name: values[name]})
    text = values.get("q", "").strip()
    if text:
        found = found.filter(Q(reference__icontains=text) | Q(counterparty__icontains=text) | Q(memo__icontains=text))
    return found.order_by(*SORTS.get(request.GET.get("sort", ""), SORTS["-on"]))
