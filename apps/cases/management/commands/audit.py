from argparse import ArgumentParser

from django.core.management.base import BaseCommand
from django.utils import timezone
from django_scopes import scope

from apps.cases import audit
from apps.jurisdictions.rulebooks import registry


class Command(BaseCommand):
    help = "核验办理记录（verify），或把此前各日的记录封存为摘要文件（seal）。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["verify", "seal"])

    def handle(self, *args: object, **options: object) -> None:
        with scope(jurisdiction=registry.jurisdictions()):
            if options["action"] == "seal":
                for path in audit.seal_until(timezone.localdate()):
                    self.stdout.write(f"已封存 {path.name}")
                return
            findings = list(audit.verify())
        for finding in findings:
            self.stderr.write(f"{finding.case_number}：{finding.message}")
        if findings:
            raise SystemExit(1)
        self.stdout.write("办理记录完整，与封存一致。")
