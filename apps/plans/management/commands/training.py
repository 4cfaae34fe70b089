from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django_scopes import scope

from apps.jurisdictions.rulebooks import registry
from apps.plans.services import record_keys, totals


class Command(BaseCommand):
    help = "核对培训统计与逐条重新计数是否一致（recount，加 --repair 即更正），或用新的密钥重新加密证件号码（reseal）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["recount", "reseal"])
        parser.add_argument("--repair", action="store_true", help="以重新计数的结果为准")

    def handle(self, *args: object, **options: object) -> None:
        with scope(jurisdiction=registry.jurisdictions()):
            if options["action"] == "reseal":
                self.stdout.write(f"已重新加密 {record_keys.reseal()} 条记录的证件号码。")
                return
            self._recount(repair=bool(options["repair"]))

    def _recount(self, *, repair: bool) -> None:
        found = totals.differences()
        if not found:
            self.stdout.write("培训统计与逐条重新计数一致。")
            return
        for difference in found:
            self.stderr.write(f"{difference.what}\t现存 {difference.kept}\t应为 {difference.counted}")
        if not repair:
            self.stderr.write(f"共 {len(found)} 处不一致；加 --repair 以重新计数的结果为准。")
            raise SystemExit(1)
        totals.repair()
        self.stdout.write(f"已更正 {len(found)} 处。")
