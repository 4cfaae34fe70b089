"""Pages of a request for tranches: the lists, drafting and changing it."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from apps.accounts.decorators import acting, requires_role
from apps.accounts.enums import OrganisationKind
from apps.bases.selectors import visible_bases
from apps.cases.enums import CaseKind
from apps.cases.exports import MOST_ROWS, xlsx_response
from apps.cases.models import Case
from apps.cases.paging import keyed_page
from apps.cases.web import Problems, case_or_404, rulebook_of, run_step, state_label
from apps.cases.workflow import WorkflowError
from apps.cases.workflow.engine import may, rules_of
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import When
from apps.subsidies.forms.payments import PaymentFilter, RequestForm
from apps.subsidies.models import Award, FundPayment, Tranche
from apps.subsidies.services import payment_checks, payment_lists, payments
from apps.subsidies.workflow.people import scheme_of

EXPORTED = (
    "办件编号", "建设单位", "基地编号", "资助办件", "项目名称", "资助周期", "金额（元）", "状态", "银行流水号", "支付日期", "当前办理",
)  # fmt: skip


@acting
@require_GET
def payment_list(request: HttpRequest) -> HttpResponse:
    """The payments the person's organisation takes part in, by filters; for an authority, what waits at each desk."""
    form = PaymentFilter(request.GET, cycles=payment_lists.cycles_of(request.actor))
    found = payment_lists.payments_of(request.actor, form.values(), request.GET.get("sort", ""))
    listed = keyed_page(found, request.GET.get("page"))
    office = request.actor.organisation.kind == OrganisationKind.AUTHORITY
    context = {
        "form": form,
        "page": listed,
        "rows": [payment_lists.row(one, request.actor) for one in listed.rows],
        "filtered": bool(form.values()),
        "office": office,
        "tiles": _tiles(request) if office else [],
    }
    return render(request, "subsidies/payments/list.html", context)


def _tiles(request: HttpRequest) -> list[dict[str, Any]]:
    return [
        {
            "label": one["label"],
            "value": one["many"],
            "unit": "笔",
            "url": f"{request.path}?state={one['state']}",
            "hint": f"共 {yuan(one['fen'])}",
            "tone": "warning" if one["many"] else "info",
        }
        for one in payment_lists.queues(request.actor)
    ]


@acting
@require_GET
def payment_export(request: HttpRequest) -> HttpResponse:
    """The filtered list as a spreadsheet of at most MOST_ROWS rows."""
    values = PaymentFilter(request.GET, cycles=payment_lists.cycles_of(request.actor)).values()
    found = payment_lists.payments_of(request.actor, values, request.GET.get("sort", ""))
    rows = [_cells(payment_lists.row(one, request.actor)) for one in found[:MOST_ROWS]]
    return xlsx_response("payments", EXPORTED, rows)


def _cells(row: dict[str, Any]) -> list[object]:
    first = [row[name] for name in ("number", "institution", "base", "award", "title", "cycle")]
    day = row["paid_on"].isoformat() if row["paid_on"] else ""
    return [*first, yuan(row["fen"]).removesuffix("元"), row["state"], row["reference"], day, row["turn"]]


@requires_role(*payments.OWN_ROLES)
@require_GET
def payment_awards(request: HttpRequest, number: str) -> HttpResponse:
    """From a base to its award: straight on where there is one, else a choice."""
    bases = visible_bases(request.actor).filter(institution=request.actor.organisation)
    base = get_object_or_404(bases, number=number)
    awards = payment_lists.active_awards(base.pk, request.actor)
    if len(awards) == 1:
        return redirect("subsidies:payment_new", number=awards[0].case.number)
    return render(request, "subsidies/payments/awards.html", {"base": base, "awards": awards})


@requires_role(*payments.OWN_ROLES)
@require_http_methods(["GET", "POST"])
def payment_new(request: HttpRequest, number: str) -> HttpResponse:
    """Draft a request for tranches of an award. The form brings its key: sent twice, it leads to the same request."""
    award = _own_award_or_404(request, number)
    tranches = payments.offered_tranches(award)
    remembered = payments.remembered_payee(award)
    initial = {
        "request_key": uuid.uuid4(),
        "payee_name": remembered.name,
        "payee_account": remembered.account,
        "payee_bank": remembered.bank,
    }
    form = RequestForm(request.POST or None, choices=_choices(tranches), initial=initial)
    problems = Problems()
    made = _already_made(request, form)
    if made is not None:
        messages.info(request, "这份申请此前已经提交保存，没有重复建立。")
        return redirect("cases:detail", number=made.case.number)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["request_key"] or uuid.uuid4()
        try:
            payment, is_new = payments.open_request(
                award, request.actor, key, form.cleaned_data["tranches"], _payee(form)
            )
        except WorkflowError as error:
            problems = Problems(error.problems, error.status)
        else:
            said = (
                "拨款申请已保存为草稿，请核对后由单位负责人提交。" if is_new else "这份申请此前已保存，没有重复建立。"
            )
            messages.success(request, said)
            return redirect("cases:detail", number=payment.case.number)
    return _request_page(request, award, form, tranches, problems)


def _already_made(request: HttpRequest, form: RequestForm) -> FundPayment | None:
    """The request that this very form made, whose tranches are its own by now and so no choice any more."""
    if request.method != "POST":
        return None
    form.is_valid()
    key = form.cleaned_data.get("request_key")
    return payments.request_with_key(key, request.actor) if key else None


def _own_award_or_404(request: HttpRequest, number: str) -> Award:
    case = case_or_404(request, number, CaseKind.AWARD)
    awards = Award.objects.filter(base__institution=request.actor.organisation)
    return get_object_or_404(awards.select_related("case", "base", "cycle"), pk=case.pk)


@requires_role(*payments.OWN_ROLES)
@require_http_methods(["GET", "POST"])
def payment_edit(request: HttpRequest, number: str) -> HttpResponse:
    """Change a draft, or a request that was returned."""
    case = case_or_404(request, number, CaseKind.FUND_PAYMENT)
    payment = case.fund_payment
    if request.method != "POST" and not may(case, "edit", request.actor):
        messages.warning(request, f"本件现为“{state_label(case)}”，您现在不能修改。")
        return redirect("cases:detail", number=number)
    tranches = payments.offered_tranches(payment.award)
    initial = {name: getattr(payment, name) for name in ("payee_name", "payee_account", "payee_bank", "purpose")}
    initial |= {"tranches": list(payment.items.values_list("tranche", flat=True)), "version": case.version}
    form = RequestForm(request.POST or None, choices=_choices(tranches, payment), initial=initial)
    problems = Problems()
    if request.method == "POST" and form.is_valid():
        chosen, version = form.cleaned_data["tranches"], form.cleaned_data["version"]
        act, problems = run_step(
            request, lambda: payments.edit_request(case, request.actor, chosen, _payee(form), version=version)
        )
        if act is not None:
            messages.success(request, "已保存，请核对后由单位负责人提交。")
            return redirect("cases:detail", number=number)
    return _request_page(request, payment.award, form, tranches, problems, payment=payment, case=case)


def _choices(tranches: list[Tranche], payment: FundPayment | None = None) -> list[tuple[int, str]]:
    """The tranches that may be chosen: due, and nobody else's."""
    own = payment.pk if payment is not None else None
    return [
        (one.pk, payment_checks.name_of(one))
        for one in tranches
        if one.payment_id in (None, own) and not payment_checks.waits_for(one)
    ]


def _payee(form: RequestForm) -> payments.Payee:
    data = form.cleaned_data
    return payments.Payee(data["payee_name"], data["payee_account"], data["payee_bank"], data["purpose"])


def _request_page(
    request: HttpRequest,
    award: Award,
    form: RequestForm,
    tranches: list[Tranche],
    problems: Problems,
    *,
    payment: FundPayment | None = None,
    case: Case | None = None,
) -> HttpResponse:
    status = problems.status if problems else (422 if form.is_bound and form.errors else 200)
    subject = case or award.case
    context = {
        "award": award,
        "base": award.base,
        "case": case,
        "payment": payment,
        "form": form,
        "rows": _rows(tranches, form, payment),
        "missing": problems,
        "rulebook": rulebook_of(subject) or rules_of(subject),
        "article": scheme_of(subject).paid_under,
        "sandbox": subject.is_sandbox,
        "state_label": state_label(case) if case else "",
    }
    return render(request, "subsidies/payments/request.html", context, status=status)


def _rows(tranches: list[Tranche], form: RequestForm, payment: FundPayment | None) -> list[dict[str, Any]]:
    """Every tranche: offered, or greyed with what it waits for."""
    offered = {pk for pk, _ in form.fields["tranches"].choices}  # type: ignore[attr-defined]
    chosen = form.chosen()
    own = payment.pk if payment is not None else None
    rows = []
    for one in tranches:
        waits = payment_checks.waits_for(one)
        holder = one.payment if one.payment_id not in (None, own) else None
        rows.append(
            {
                "tranche": one,
                "when": one.label or When(one.when).label,
                "offered": one.pk in offered,
                "chosen": one.pk in chosen and one.pk in offered,
                "waits": waits if not holder else "",
                "holder": holder.case if holder else None,
            }
        )
    return rows
