"""Spending reports brought to a stage by their services, and recoveries that follow."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.cases.models import Case
from apps.subsidies.models import Award, AwardLine, SpendingReport
from apps.subsidies.services import spending
from apps.subsidies.services.spending_scans import add_scans
from tests.subsidies.building import Funding, active_award, make_payment

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PAID = 7_500_001
"""What the builder's award advances of its first line, in fen."""


def pdf(name: str, extra: bytes = b"") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF + name.encode() + extra, content_type="application/pdf")


def paid_award(funding: Funding) -> Award:
    """An award whose advance of the first line, PAID fen, is paid; the cycle began on the first of January."""
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    return award


def row(number: int = 1, amount: str = "100.00", *, line: str = "l1", on: dt.date | None = None, **values: str) -> dict:
    return {
        "on": (on or timezone.localdate()).isoformat(),
        "voucher": f"记-{number:04d}",
        "line": line,
        "payee": "上海测试设备有限公司",
        "description": "实训台",
        "amount_fen": amount,
    } | values


def draft(funding: Funding, award: Award, rows: list[dict], **values: Any) -> SpendingReport:
    """A report of ``rows`` from the cycle's first day to today, each with a scan in one bound volume."""
    report = spending.open_report(award, funding.editor)
    add_scans(report, funding.editor, [pdf("凭证全册.pdf")])
    scan = report.case.attachments.get()
    content = {
        "from_on": values.pop("from_on", report.data["from_on"]),
        "until_on": timezone.localdate().isoformat(),
        "summary": "用于购置实训设备。",
        "is_final": False,
        "rows": rows,
        "scans": {str(scan.pk): "全部"},
    } | values
    return spending.save_draft(report, content, 0, funding.editor)


def submitted(funding: Funding, award: Award, rows: list[dict], **values: Any) -> Case:
    report = draft(funding, award, rows, **values)
    spending.submit(report.case, funding.head)
    return fresh(report.case)


def accepted(
    funding: Funding, award: Award, rows: list[dict], refused: dict[int, int] | None = None, **values: Any
) -> Case:
    """A report that is concluded; ``refused``: fen not recognised by place of the row."""
    case = submitted(funding, award, rows, **values)
    found = list(case.spending_report.rows.all())
    marks = {found[at].pk: spending.Mark(fen, "35(3)", "属公务接待") for at, fen in (refused or {}).items()}
    if marks:
        spending.check_rows(case, funding.finance, marks)
    spending.propose_conclusion(fresh(case), funding.finance, "凭证核对完毕。")
    spending.sign_conclusion(fresh(case), funding.office["head"])
    return fresh(case)


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def first_line(award: Award) -> AwardLine:
    return award.lines.get(key="l1")
