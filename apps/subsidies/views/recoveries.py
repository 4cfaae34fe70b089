"""Demands for return: lists, the draft, money that came back, the institution's proof."""

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
from apps.subsidies.enums import RecoveryGround
from apps.subsidies.forms.recoveries import DemandForm, ProofForm, RecoveryFilter, ReturnForm
from apps.subsidies.models import Award, FundRecovery, SpendingReport
from apps.subsidies.services import recoveries, recovery_checks, recovery_returns, spending_lists

LISTED = (
    "办件编号",
    "单位",
    "基地编号",
    "事由",
    "追回金额（元）",
    "已缴回（元）",
    "未缴回（元）",
    "缴回期限",
    "逾期天数",
    "状态",
    "当前办理",
)
clerks = requires_role(Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER)


@acting
@require_GET
def recovery_list(request: HttpRequest) -> HttpResponse:
    """Demands with what is still owed and their terms, those under way unless another state is asked for."""
    form = RecoveryFilter(request.GET)
    values = form.values()
    found = spending_lists.recoveries_of(request.actor, values, request.GET.get("sort", ""))
    listed = keyed_page(found, request.GET.get("page"))
    rows = [spending_lists.recovery_row(one) for one in listed.rows]
    context = {"form": form, "page": listed, "rows": rows, "filtered": bool(values)}
    return render(request, "subsidies/recoveries/list.html", context)


@acting
@require_GET
def recovery_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    values = RecoveryFilter(request.GET).values()
    found = spending_lists.recoveries_of(request.actor, values, request.GET.get("sort", ""))
    cells = []
    for one in found[:MOST_ROWS]:
        row = spending_lists.recovery_row(one)
        sums = [
            "" if row[name] is None else yuan(row[name]).removesuffix("元") for name in ("amount", "returned", "left")
        ]
        names = ("number", "institution", "base", "ground")
        told = [row[name] for name in names]
        cells.append([*told, *sums, row["due"], row["overdue"] or "", row["state"], row["turn"]])
    return xlsx_response("recoveries", LISTED, cells)


@acting
@require_GET
def recovery_of_base(request: HttpRequest, number: str) -> HttpResponse:
    """The demands on one base, and the awards on which one may be drafted."""
    base = get_object_or_404(visible_bases(request.actor), number=number)
    found = spending_lists.recoveries_of(request.actor, {"state": "all"}, request.GET.get("sort", ""))
    rows = [spending_lists.recovery_row(one) for one in found.filter(award__base=base)]
    awards = [
        {"award": award, "due": recovery_checks.due_back(award)}
        for award in spending_lists.awards_of_base(base, request.actor)
        if recovery_checks.may_demand(award, request.actor)
    ]
    offers = [
        {
            "award": one["award"],
            "due": [
                {"ground": ground, "label": RecoveryGround(ground).label, "fen": sum(by_line.values())}
                for ground, by_line in one["due"].items()
                if by_line
            ],
        }
        for one in awards
    ]
    return render(request, "subsidies/recoveries/base.html", {"base": base, "rows": rows, "offers": offers})


@clerks
@require_http_methods(["GET", "POST"])
def recovery_new(request: HttpRequest, number: str) -> HttpResponse:
    """Draft a demand on the award ``number``; a ground and a report in the address prefill it."""
    cases = selectors.readable_cases(request.actor).filter(kind=CaseKind.AWARD, authority=request.actor.organisation)
    related = ("case", "base", "cycle")
    award = get_object_or_404(Award.objects.select_related(*related), case__in=cases, case__number=number)
    ground = request.GET.get("ground", "")
    ground = ground if ground in RecoveryGround.values else RecoveryGround.MISSPENT
    asked = request.GET.get("report", "").replace("\x00", "")
    reports = SpendingReport.objects.filter(award=award, case__state="accepted").select_related("case")
    report = reports.filter(case__number=asked).first() if asked else None
    form = _demand_form(request, award, _prefilled(award, ground, report))
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        try:
            made = recoveries.open_demand(award, request.actor, form.demand(), report=report)
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            messages.success(request, "追回通知已保存为草稿，请核对后报请签发。")
            return redirect("cases:detail", number=made.case.number)
    return _demand_page(request, award, form, problems, report=report)


def _prefilled(award: Award, ground: str, report: SpendingReport | None) -> dict[str, Any]:
    rules = rules_of(award.case)
    sums = recovery_checks.suggested(award, ground)
    return {
        "ground": ground,
        "facts": recovery_checks.suggested_facts(award, ground, report),
        "articles": recovery_checks.suggested_articles(award, ground, report, rules),
        **{f"line-{pk}": fen for pk, fen in sums.items()},
    }


@clerks
@require_http_methods(["GET", "POST"])
def recovery_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change the draft of a demand."""
    case = case_or_404(request, number, CaseKind.FUND_RECOVERY)
    recovery = case.fund_recovery
    if request.method == "GET" and not may(case, "edit", request.actor):
        return _not_now(request, case)
    initial = {name: getattr(recovery, name) for name in ("ground", "facts", "articles", "due_on", "account")}
    initial |= {f"line-{row.line_id}": row.amount_fen for row in recovery.lines.all()} | {"version": case.version}
    form = _demand_form(request, recovery.award, initial)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        demand, version = form.demand(), form.cleaned_data["version"]
        act, problems = run_step(request, lambda: recoveries.edit_demand(case, request.actor, demand, version=version))
        if act is not None:
            messages.success(request, "已保存。")
            return redirect("cases:detail", number=number)
    return _demand_page(request, recovery.award, form, problems, case=case, report=recovery.report)


def _not_now(request: HttpRequest, case: Case) -> HttpResponse:
    messages.warning(request, f"本件现为“{state_label(case)}”，您现在不能办理这一步。")
    return redirect("cases:detail", number=case.number)


def _demand_form(request: HttpRequest, award: Award, initial: dict[str, Any]) -> DemandForm:
    lines = list(award.lines.filter(paid_fen__gt=0))
    articles = recovery_checks.articles_of(rules_of(award.case))
    data = request.POST if request.method == "POST" else None
    return DemandForm(data, lines=lines, articles=articles, initial=initial)


def _demand_page(
    request: HttpRequest,
    award: Award,
    form: DemandForm,
    problems: Problems,
    *,
    case: Case | None = None,
    report: SpendingReport | None = None,
) -> HttpResponse:
    status = problems.status if problems else (422 if form.is_bound and form.errors else 200)
    context = {
        "award": award,
        "base": award.base,
        "case": case,
        "report": report,
        "form": form,
        "missing": problems,
        "rulebook": rules_of(award.case),
        "state_label": state_label(case) if case else "",
    }
    return render(request, "subsidies/recoveries/demand.html", context, status=status)


@requires_role(Role.FINANCE_OFFICER)
@require_http_methods(["GET", "POST"])
def recovery_return(request: HttpRequest, number: str) -> HttpResponse:
    """Record money that came back, from a line of the bank's statement where one is there."""
    case = case_or_404(request, number, CaseKind.FUND_RECOVERY)
    recovery = case.fund_recovery
    if request.method == "GET" and not may(case, "record_return", request.actor):
        return _not_now(request, case)
    every = list(recovery.lines.select_related("line"))
    rows = [row for row in every if row.amount_fen > row.returned_fen] if request.method == "GET" else every
    lines = list(recovery_returns.incoming(recovery)[:20])
    chosen = next((one for one in lines if str(one.pk) == request.GET.get("line", "")), None)
    form = ReturnForm(
        request.POST if request.method == "POST" else None, rows=rows, initial=_from_line(recovery, chosen, rows)
    )
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        returned = form.returned()
        act, problems = run_step(request, lambda: recovery_returns.record_return(case, request.actor, returned))
        if act is not None:
            case.refresh_from_db()
            done = "已全部缴回，本件办结。" if case.closed_at else "缴回已登记。"
            messages.success(request, done)
            return redirect("cases:detail", number=number)
    status = problems.status if problems else (422 if form.is_bound and form.errors else 200)
    context = {
        "case": case,
        "recovery": recovery,
        "award": recovery.award,
        "base": recovery.award.base,
        "form": form,
        "missing": problems,
        "lines": lines,
        "chosen": chosen,
        "owed": recovery.amount_fen - recovery.returned_fen,
        "returns": recovery.returns.select_related("bank_line"),
        "state_label": state_label(case),
    }
    return render(request, "subsidies/recoveries/return.html", context, status=status)


def _from_line(recovery: FundRecovery, chosen: Any, rows: list[Any]) -> dict[str, Any]:
    """The form filled in from the statement's line, its sum laid on the lines in their order."""
    if chosen is None:
        return {}
    initial: dict[str, Any] = {"on": chosen.on, "bank_reference": chosen.reference}
    left = chosen.amount_fen
    for row in rows:
        part = min(left, row.amount_fen - row.returned_fen)
        left -= part
        if part:
            initial[f"row-{row.pk}"] = part
    return initial


@requires_role(Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
@require_http_methods(["GET", "POST"])
def recovery_proof(request: HttpRequest, number: str) -> HttpResponse:
    """The institution tells that it paid, or what it holds against the demand."""
    case = case_or_404(request, number, CaseKind.FUND_RECOVERY)
    recovery = case.fund_recovery
    if request.method == "GET" and not may(case, "record_proof", request.actor):
        return _not_now(request, case)
    form = ProofForm(request.POST if request.method == "POST" else None)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        text, files = form.cleaned_data["text"], request.FILES.getlist("files")
        act, problems = run_step(request, lambda: recoveries.record_proof(case, request.actor, text, files))
        if act is not None:
            messages.success(request, "已提交，办理机关可以看到。")
            return redirect("cases:detail", number=number)
    status = problems.status if problems else (422 if form.is_bound and form.errors else 200)
    context = {
        "case": case,
        "recovery": recovery,
        "base": recovery.award.base,
        "form": form,
        "missing": problems,
        "owed": recovery.amount_fen - recovery.returned_fen,
        "overdue": recovery_checks.overdue_days(recovery),
        "state_label": state_label(case),
    }
    return render(request, "subsidies/recoveries/proof.html", context, status=status)
