"""Demands brought to a stage by their services."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.utils import timezone

from apps.cases.models import Case
from apps.cases.workflow.engine import perform
from apps.subsidies.models import Award, BankLine, BankStatement
from apps.subsidies.services import recoveries
from apps.subsidies.services.recovery_returns import Returned
from tests.subsidies.building import Funding

ACCOUNT = "上海市测试专户，31000000000000001，测试银行"


def a_demand(award: Award, fen: int, **values: Any) -> recoveries.Demand:
    told = {
        "ground": "misspent",
        "facts": "凭证记-0002为公务接待支出。",
        "articles": ["35(3)", "36"],
        "due_on": timezone.localdate() + dt.timedelta(days=30),
        "account": ACCOUNT,
        "amounts": {award.lines.get(key="l1").pk: fen},
    } | values
    return recoveries.Demand(**told)


def drafted(funding: Funding, award: Award, fen: int, **values: Any) -> Case:
    return recoveries.open_demand(award, funding.office["officer"], a_demand(award, fen, **values)).case


def demanded(funding: Funding, award: Award, fen: int = 1_000_001, **values: Any) -> Case:
    case = drafted(funding, award, fen, **values)
    perform(case, "propose_demand", funding.office["officer"])
    recoveries.sign_demand(fresh(case), funding.office["head"])
    return fresh(case)


def came(case: Case, fen: int, reference: str = "F0001", on: dt.date | None = None) -> Returned:
    row = case.fund_recovery.lines.get()
    return Returned(on or timezone.localdate(), reference, {row.pk: fen})


def bank_line(funding: Funding, fen: int, reference: str = "F0001", **values: Any) -> BankLine:
    statement, _ = BankStatement.objects.get_or_create(
        jurisdiction_id=funding.authority.jurisdiction_id,
        authority=funding.authority,
        name="对账单.xlsx",
        sha256="a" * 64,
        defaults={"imported_by": funding.finance.user, "imported_at": timezone.now()},
    )
    told = {"direction": "in", "on": timezone.localdate(), "row": statement.lines.count() + 1} | values
    return BankLine.objects.create(
        statement=statement, authority=funding.authority, amount_fen=fen, reference=reference, **told
    )


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)
