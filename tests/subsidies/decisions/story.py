"""Awards brought to their decision step by step, each by who may take it; the first use plan stays another's business."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from apps.cases.models import Case
from apps.subsidies.models import Award
from apps.subsidies.services import award_decisions as decisions
from apps.subsidies.services import cap_exceptions
from tests.subsidies.building import LINES, Funding, make_award

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
ASKED = 46_000_003
CAP = 500_000_000


def pdf(name: str = "批准文件.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, content_type="application/pdf")


def fresh(award: Award) -> Award:
    return Award.objects.select_related("case", "cycle__case", "base").get(pk=award.pk)


def reviewed(funding: Funding, *, passed: bool | None = True, lines: Any = LINES, **values: Any) -> Award:
    """An application that the experts have reviewed."""
    values = {"panel_passed": passed, "panel_points_hundredths": 8_150, "panel_opinion": "方案可行"} | values
    return fresh(make_award(funding, state="reviewed", lines=lines, **values))


def in_full(award: Award) -> dict[str, int]:
    return {line.key: line.amount_fen for line in award.case.use_plan_lines.all()}


def grant(sums: dict[str, int], reasons: str = "符合支持方向") -> decisions.Proposal:
    return decisions.Proposal("grant", reasons, sums)


def proposed(funding: Funding, award: Award, sums: dict[str, int] | None = None) -> Case:
    """The decision proposed by the officer, in full unless sums are given."""
    case = award.case
    decisions.propose(case, funding.office["officer"], grant(in_full(award) if sums is None else sums))
    return case


def ready(funding: Funding, award: Award, sums: dict[str, int] | None = None) -> Case:
    """The decision agreed by the finance side, ready for signature."""
    case = proposed(funding, award, sums)
    decisions.agree_finance(case, funding.finance, "资金已落实")
    return case


def granted(funding: Funding, award: Award, sums: dict[str, int] | None = None) -> Award:
    case = ready(funding, award, sums)
    decisions.sign_award(case, funding.office["head"])
    return fresh(award)


def exception(total_fen: int = 600_000_000, **values: Any) -> cap_exceptions.Grounds:
    values = {"reason": "承担国家级项目", "document_number": "沪人社办〔2026〕8号"} | values
    values.setdefault("document_date", dt.date(2026, 1, 5))
    return cap_exceptions.Grounds(total_fen, **values)


def big(fen: int) -> tuple[dict[str, Any], ...]:
    """One line of ``fen``, for sums near the cap."""
    return (
        {"category": "training_projects", "item": "高级研修班", "unit": "期", "unit_price_fen": fen, "quantity": 1},
    )
