"""`manage.py ledger`: verify the ledgers of the cycles, or print the trial balance of one."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django_scopes import scope

from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.models import FundingCycle
from apps.subsidies.services.trial_balance import trial_balance
from apps.subsidies.services.verification import findings_of


class Command(BaseCommand):
    help = "核验资金账簿（verify，有问题时退出码为 1），或打印一个周期的试算平衡表（balance）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["verify", "balance"])
        parser.add_argument("--cycle", default="", metavar="NUMBER", help="周期的办件编号；verify 不写则核验全部周期")
        parser.add_argument("--json", action="store_true", help="每行一个 JSON 对象")

    def handle(self, *args: object, **options: Any) -> None:
        with scope(jurisdiction=registry.jurisdictions()):
            cycles = FundingCycle.objects.select_related("case").order_by("pk")
            if options["cycle"]:
                cycles = cycles.filter(case__number=options["cycle"].upper())
                if not cycles:
                    raise CommandError(f"没有编号为 {options['cycle']} 的资助周期。")
            elif options["action"] == "balance":
                raise CommandError("请用 --cycle 写明周期的办件编号。")
            if options["action"] == "balance":
                self._balance(cycles[0], as_json=options["json"])
            elif self._verify(list(cycles), as_json=options["json"]):
                raise SystemExit(1)

    def _verify(self, cycles: list[FundingCycle], *, as_json: bool) -> int:
        """Tell every finding as it is found; how many there were."""
        number = 0
        for cycle in cycles:
            for found in findings_of(cycle):
                number += 1
                told = {"cycle": cycle.case.number, "code": found.code, "award": found.award, "message": found.message}
                line = json.dumps(told, ensure_ascii=False) if as_json else f"{cycle.case.number}：{found.message}"
                (self.stdout if as_json else self.stderr).write(line)
        if not number and not as_json:
            self.stdout.write(f"{len(cycles)} 个周期的账簿完整，各项金额一致。")
        return number

    def _balance(self, cycle: FundingCycle, *, as_json: bool) -> None:
        found = trial_balance(cycle)
        for line in found.lines:
            told = {"account": line.account, "debit_fen": line.debit_fen, "credit_fen": line.credit_fen}
            text = f"{line.label}\t借 {yuan(line.debit_fen)}\t贷 {yuan(line.credit_fen)}"
            self.stdout.write(json.dumps(told) if as_json else text)
        if not as_json:
            self.stdout.write(f"合计\t借 {yuan(found.debit_fen)}\t贷 {yuan(found.credit_fen)}")
