"""The addresses of money: what names their object and to which of its own people they open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from apps.accounts.enums import Role
from tests.security.money.world import Side
from tests.security.played.rows import (
    ACTING,
    DEPARTMENT,
    EXPERT,
    HEAD,
    INSTITUTION,
    INSTITUTION_HEAD,
    LEGAL,
    OFFICER,
)

FINANCE = frozenset({Role.FINANCE_OFFICER})
REVIEWER = frozenset({Role.AUTHORITY_REVIEWER})
SUPERVISOR = frozenset({Role.FUND_SUPERVISOR})
CLERK = OFFICER | FINANCE
OFFICE = OFFICER | HEAD | FINANCE | LEGAL | REVIEWER
SEEN = INSTITUTION | DEPARTMENT | OFFICE
BOTH = INSTITUTION | OFFICE
Find = Callable[[Side], dict[str, Any]]


@dataclass(frozen=True)
class Row:
    """One address: ``opens`` to those of the own people; ``object_args`` is whether its arguments name an object."""

    opens: frozenset[str]
    args: Find = lambda side: {}
    methods: str = "GET POST"


def of(kind: str, state: str, opens: frozenset[str], methods: str = "GET POST", **more: Any) -> Row:
    """A page of the own case of ``kind`` in ``state``, by its number."""

    def args(side: Side) -> dict[str, Any]:
        found = {name: value(side) if callable(value) else value for name, value in more.items()}
        return {"number": side.case(state, kind).number, **found}

    return Row(opens, args, methods)


def of_base(opens: frozenset[str], methods: str = "GET POST") -> Row:
    return Row(opens, lambda side: {"number": side.funding.base.number}, methods)


def line(state: str) -> Find:
    return lambda side: {"pk": side.bank_lines[state].pk}


def file(kind: str) -> Callable[[Side], int]:
    """A file of the own draft of ``kind``."""
    return lambda side: side.case("draft", kind).attachments.earliest("pk").pk


CYCLE, AWARD, PLAN, PAYMENT = "funding_cycle", "award", "use_plan", "fund_payment"
ACCEPTANCE, SPENDING, RECOVERY = "acceptance", "spending_report", "fund_recovery"
G = "GET"
P = "POST"

CYCLES: dict[str, Row] = {
    "index": Row(ACTING, methods=G),
    "cycles": Row(OFFICE, methods=G),
    "cycles_export": Row(OFFICE, methods=G),
    "cycle_new": Row(OFFICER),
    "cycle": of(CYCLE, "open", OFFICE, G),
    "cycle_edit": of(CYCLE, "draft", OFFICER),
}
CONTENT = {
    f"{kind}_{page}": of(case, "draft", INSTITUTION, methods, **more)
    for kind, case in (("award", AWARD), ("plan", PLAN))
    for page, methods, more in (
        ("form", G, {}),
        ("submit", "GET POST", {}),
        ("part", "GET POST", {"part": "lines"}),
        ("autosave", P, {"part": "lines"}),
        ("upload", "GET POST", {"part": "lines"}),
        ("template", G, {"part": "lines"}),
        ("export", G, {"part": "lines"}),
        ("file_upload", P, {"code": "other"}),
        ("file_remove", P, {"pk": file(case)}),
    )
}
AWARDS: dict[str, Row] = {
    "award_start": of_base(INSTITUTION),
    "awards": Row(ACTING, methods=G),
    "awards_export": Row(ACTING, methods=G),
    "award": of(AWARD, "active", SEEN | SUPERVISOR, G),
    "award_return": of(AWARD, "submitted", OFFICER),
    "award_decision": of(AWARD, "reviewed", OFFICER),
    "award_exception": of(AWARD, "reviewed", OFFICER),
    "award_finance": of(AWARD, "finance_review", FINANCE),
}
PLANS: dict[str, Row] = {
    "plan_start": of_base(INSTITUTION),
    "plan_change": of(AWARD, "active", INSTITUTION),
    "plans": Row(ACTING, methods=G),
    "plans_export": Row(ACTING, methods=G),
    "plan_return": of(PLAN, "funder_review", CLERK),
    "plan_audit": of(PLAN, "funder_review", CLERK),
}
PAYMENTS: dict[str, Row] = {
    "payments": Row(ACTING, methods=G),
    "payments_export": Row(ACTING, methods=G),
    "payment_awards": of_base(INSTITUTION, G),
    "payment_new": of(AWARD, "active", INSTITUTION),
    "payment_edit": of(PAYMENT, "draft", INSTITUTION),
    "payment_submit": of(PAYMENT, "draft", INSTITUTION_HEAD),
    "payment_withdraw": of(PAYMENT, "draft", INSTITUTION_HEAD),
    "payment_return_for_correction": of(PAYMENT, "submitted", FINANCE),
    "payment_check": of(PAYMENT, "submitted", FINANCE),
    "payment_send_back": of(PAYMENT, "checked", HEAD),
    "payment_approve": of(PAYMENT, "checked", HEAD),
    "payment_refuse": of(PAYMENT, "checked", HEAD),
    "payment_record_payment": of(PAYMENT, "approved", FINANCE),
    "payment_confirm": of(PAYMENT, "paid", CLERK),
    "payment_propose_reversal": of(PAYMENT, "paid", FINANCE),
    "payment_send_back_reversal": of(PAYMENT, "reversal_proposed", HEAD),
    "payment_sign_reversal": of(PAYMENT, "reversal_proposed", HEAD),
    "reconciliation": Row(CLERK | HEAD, methods=G),
    "reconciliation_confirm": Row(CLERK, methods=P),
    "bank_statements": Row(CLERK | HEAD, methods=G),
    "bank_statement_new": Row(CLERK),
    "bank_statement_take_in": Row(CLERK, methods=P),
    "bank_lines": Row(CLERK | HEAD, methods=G),
    "bank_lines_export": Row(CLERK | HEAD, methods=G),
    "bank_line_ignore": Row(CLERK, line("unmatched")),
    "bank_line_reopen": Row(CLERK, line("ignored"), P),
}
ACCEPTANCES: dict[str, Row] = {
    "acceptances": Row(ACTING, methods=G),
    "acceptance_export": Row(ACTING, methods=G),
    "acceptance_reviews": Row(EXPERT | SUPERVISOR, methods=G),
    "acceptance_start": of_base(INSTITUTION, G),
    "acceptance_new": of(AWARD, "active", INSTITUTION, P),
    "acceptance_form": of(ACCEPTANCE, "draft", INSTITUTION),
    "acceptance_autosave": of(ACCEPTANCE, "draft", INSTITUTION, P),
    # an upload names its place; without one there is no such page
    "acceptance_files": of(ACCEPTANCE, "draft", frozenset(), P),
    "acceptance_file_remove": of(ACCEPTANCE, "draft", INSTITUTION, P, pk=file(ACCEPTANCE)),
    "acceptance_submit": of(ACCEPTANCE, "draft", INSTITUTION),
    "acceptance_reviewers": of(ACCEPTANCE, "submitted", OFFICER),
    "acceptance_opinion": of(ACCEPTANCE, "reviewing", EXPERT | SUPERVISOR),
    "acceptance_conclusion": of(ACCEPTANCE, "reviewing", OFFICER),
    "supervision": Row(SUPERVISOR, methods=G),
    "supervised_award": of(AWARD, "active", SUPERVISOR, G),
    "supervision_report": of(AWARD, "active", SUPERVISOR),
    "supervisors": of(AWARD, "active", CLERK | HEAD),
}
ACCOUNTS: dict[str, Row] = {
    "spending_list": Row(ACTING, methods=G),
    "spending_export": Row(ACTING, methods=G),
    "spending_of_base": of_base(BOTH | DEPARTMENT, G),
    "spending_new": of(AWARD, "active", INSTITUTION),
    "spending_edit": of(SPENDING, "draft", INSTITUTION),
    "spending_autosave": of(SPENDING, "draft", INSTITUTION, P),
    "spending_voucher": of(SPENDING, "draft", INSTITUTION, place=1),
    "spending_import": of(SPENDING, "draft", INSTITUTION),
    "spending_template": of(SPENDING, "draft", INSTITUTION, G),
    "spending_draft_file": of(SPENDING, "draft", INSTITUTION, G),
    "spending_scans_add": of(SPENDING, "draft", INSTITUTION, P),
    "spending_scan": of(SPENDING, "draft", INSTITUTION, P, pk=file(SPENDING)),
    "spending_rows": of(SPENDING, "submitted", BOTH | SUPERVISOR),
    "spending_rows_export": of(SPENDING, "submitted", BOTH | SUPERVISOR, G),
    "spending_conclusion": of(SPENDING, "submitted", FINANCE),
    "recovery_list": Row(ACTING, methods=G),
    "recovery_export": Row(ACTING, methods=G),
    "recovery_of_base": of_base(BOTH | DEPARTMENT, G),
    "recovery_new": of(AWARD, "active", CLERK),
    "recovery_edit": of(RECOVERY, "draft", CLERK),
    "recovery_return": of(RECOVERY, "demanded", FINANCE),
    "recovery_proof": of(RECOVERY, "demanded", INSTITUTION),
}
REPORTS: dict[str, Row] = {
    "reports": Row(SEEN | SUPERVISOR | {Role.SERVICE_ASSISTANT}, methods=G),
    "report_cycle": of(CYCLE, "open", (SEEN - REVIEWER) | SUPERVISOR, G),
    "report_balance": of(CYCLE, "open", OFFICE - REVIEWER, G),
    "report_ledger": of(CYCLE, "open", OFFICE - REVIEWER, G),
    "report_base": of_base((SEEN - REVIEWER) | SUPERVISOR, G),
}
URLS: dict[str, Row] = {**CYCLES, **CONTENT, **AWARDS, **PLANS, **PAYMENTS, **ACCEPTANCES, **ACCOUNTS, **REPORTS}
