from __future__ import annotations

import datetime as dt
from argparse import ArgumentParser
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management.base import BaseCommand
from django.db import transaction
from django.db.models import Count
from django.utils import timezone
from django_scopes import scope

from apps.accounts.models import Membership, Organisation, User
from apps.applications.models import Application
from apps.cases import outbox
from apps.cases.clocks import SHANGHAI
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.services import confirm_extension, record_extension
from apps.portal.demo.agenda import Agenda
from apps.portal.demo.answers import evidence_file
from apps.portal.demo.clock import StoryClock, story_time
from apps.portal.demo.life import life_days
from apps.portal.demo.people import PASSWORD, Cast, read_fixture, shared_password
from apps.portal.demo.story import EARLIER_DAY, LOWER_NUMBERS, PER_LOWER, Story

SHOWN = (
    ("base1_editor", "基地填报人"),
    ("base1_head", "基地负责人"),
    ("dept1_officer", "推荐部门经办人"),
    ("dept1_head", "推荐部门负责人"),
    ("dept3_officer", "第二推荐部门经办人"),
    ("dept3_head", "第二推荐部门负责人"),
    ("assistant", "受托服务协会"),
    ("officer", "机关经办人"),
    ("reviewer", "机关审核人"),
    ("head", "机关负责人"),
    ("legal", "法制审核人"),
    ("finance", "财务人员"),
    ("expert1", "评审专家"),
    ("supervisor1", "第三方监管人员"),
    ("supervisor2", "另一名第三方监管人员"),
    ("lower1_officer", "下级机关经办人"),
    ("lower1_head", "下级机关负责人"),
    ("sysadmin", "系统管理员"),
    ("secadmin", "安全管理员"),
    ("audit", "审计管理员"),
)


class Command(BaseCommand):
    help = "演示数据：虚构的组织、人员和办件，全部经由正式办理步骤产生。已有数据时不重复生成。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--print-accounts", action="store_true", help="只列出演示账号")
        parser.add_argument("--only", choices=registry.jurisdictions(), help="只生成一个管辖的演示数据")

    def handle(self, *args: Any, **options: Any) -> None:
        with scope(jurisdiction=registry.jurisdictions()):
            if options["print_accounts"]:
                self._print_accounts()
                return
            for position, code in enumerate(registry.jurisdictions()):
                if options["only"] in (None, code):
                    self._build(code, position)

    def _build(self, code: str, position: int) -> None:
        if User.objects.filter(username=f"{code}_officer").exists():
            self.stdout.write(f"{code}：已有演示数据，跳过。")
            return
        today = timezone.localdate()
        start = dt.datetime.combine(EARLIER_DAY - dt.timedelta(days=7), dt.time(9), tzinfo=SHANGHAI)
        with transaction.atomic(), outbox.left_to_the_beat(), story_time(start) as clock:
            cast = Cast(code, position, read_fixture(code), shared_password())
            self._play(cast, clock, today, life=True)
        self.stdout.write(f"{code}：演示数据已生成。")

    def _play(self, cast: Cast, clock: StoryClock, today: dt.date, *, life: bool = False) -> None:
        """Play the rounds of one jurisdiction; with ``life`` also an earlier round and what became of its bases."""
        office = cast.office
        _ = (cast.departments, cast.assistant)
        self._extend(cast)
        agenda = Agenda(clock)
        if life:
            agenda.add(life_days(cast, agenda, today))
        agenda.add(Story(cast, office, clock, today).days())
        for number, lower in enumerate(cast.lower_offices):
            first = LOWER_NUMBERS + PER_LOWER * number
            agenda.add(Story(cast, lower, clock, today, first=first).lower_days())
        agenda.run()

    def _extend(self, cast: Cast) -> None:
        told = cast.fixture["extension"]
        if told is None:
            return
        document = evidence_file("延期文件.pdf")
        details = {
            "kind": "extension",
            "document_number": told["number"],
            "document_date": dt.date.fromisoformat(told["date"]),
            "effective_from": dt.date.fromisoformat(told["from"]),
            "effective_to": None,
            "file": SimpleUploadedFile("extension.pdf", document.read(), content_type="application/pdf"),
        }
        rulebook = registry.rulebook(cast.code, timezone.localdate())
        confirm_extension(cast.office["head"], record_extension(cast.office["legal"], rulebook, details))

    def _print_accounts(self) -> None:
        self.stdout.write(f"演示账号（口令均为 {PASSWORD}）：")
        for authority in Organisation.objects.filter(kind="authority", superior=None).order_by(
            "jurisdiction__position"
        ):
            code = authority.jurisdiction_id
            names = set(User.objects.filter(username__startswith=f"{code}_").values_list("username", flat=True))
            shown = [(f"{code}_{name}", role) for name, role in SHOWN if f"{code}_{name}" in names]
            if not shown:
                continue
            self.stdout.write(f"  {authority.name}")
            for username, role in [*self._applicants(code), *shown]:
                self.stdout.write(f"    {username:<28}{role}")

    def _applicants(self, code: str) -> list[tuple[str, str]]:
        """Accounts of the institution whose draft in the open round is filled in furthest."""
        draft = (
            Application.objects.filter(case__jurisdiction=code, case__state="draft", round__case__state="published")
            .annotate(filled=Count("sections"))
            .order_by("-filled", "pk")
            .first()
        )
        if draft is None:
            return []
        members = Membership.objects.filter(organisation=draft.case.institution).select_related("user").order_by("pk")
        return [(row.user.username, f"申报单位{row.get_role_display().removeprefix('单位')}") for row in members]
