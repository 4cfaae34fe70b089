"""Changes of particulars and withdrawals of one base, while a rectification may be running."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.bases.models import Base, BaseStatus
from apps.bases.services import changes, open_base_case, opening, withdrawals
from apps.cases.models import Act, Case, Document
from apps.cases.workflow.engine import perform
from tests.factories import AuthorityFactory, member
from tests.workflow.invariants import Law
from tests.workflow.law_of_bases import NEVER_ANNOUNCES, law_of_changes, law_of_withdrawals
from tests.workflow.walking import WHOLE_OFFICE, Attempt, Opening, Scene

PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
CHANGE, WITHDRAWAL = "particulars_change", "base_withdrawal"


class Changes(Scene):
    """``filed_above``: the authority that agrees has a superior with which the change is filed."""

    kinds = (CHANGE, WITHDRAWAL)
    adverse = frozenset({"sign_refusal", "sign_decline"})
    filed_above = False

    def prepare(self) -> None:
        self.first_name = self.base.institution_name
        self.first_phone = self.base.contact_phone
        case = open_base_case(
            self.base, "rectification", "整改", self.here.office["officer"], label="拟定整改", year=2026
        )
        self.rectification = case

    def make_laws(self) -> dict[str, Law]:
        if self.filed_above:
            self.superior = AuthorityFactory(jurisdiction_id=self.jurisdiction, levels=["provincial"])
            Organisation.objects.filter(pk=self.authority.pk).update(superior=self.superior)
            self.authority.refresh_from_db()
            self.people.append(member(self.superior, *WHOLE_OFFICE))
        return {
            CHANGE: law_of_changes(self.jurisdiction, superior=self.filed_above),
            WITHDRAWAL: law_of_withdrawals(),
        }

    def openings(self) -> dict[str, Opening]:
        return {
            CHANGE: lambda actor, choice: opening.start_change(self._base(), actor),
            WITHDRAWAL: lambda actor, choice: opening.start_withdrawal(self._base(), actor),
        }

    def _base(self) -> Base:
        return Base.objects.get(pk=self.base.pk)

    def attempts(self, kind: str) -> dict[str, Attempt]:
        plain = lambda step: lambda case, actor, choice: perform(case, step, actor, reason="理由")  # noqa: E731
        if kind == CHANGE:
            return {
                "edit": self._edit_change,
                "submit": self._submit_change,
                "drop": plain("drop"),
                "file_at_unit": lambda case, actor, choice: changes.file_at_unit(case, actor),
                "take_over": plain("take_over"),
                "propose_consent": lambda case, actor, choice: changes.propose_consent(
                    case, actor, agrees=choice % 3 > 0, opinion="经审核，意见如下。"
                ),
                "send_back_consent": plain("send_back_consent"),
                "sign_consent": lambda case, actor, choice: changes.sign_consent(case, actor),
                "sign_refusal": lambda case, actor, choice: changes.sign_refusal(case, actor),
                "return_for_correction": lambda case, actor, choice: changes.return_for_correction(case, actor, "补正"),
                "file": lambda case, actor, choice: changes.file(case, actor),
                "discontinue": plain("discontinue"),
            }
        return {
            "edit": self._edit_withdrawal,
            "submit": self._submit_withdrawal,
            "drop": plain("drop"),
            "propose": plain("propose"),
            "propose_decline": plain("propose_decline"),
            "send_back": plain("send_back"),
            "sign_withdrawal": self._sign_withdrawal,
            "sign_decline": lambda case, actor, choice: withdrawals.sign_decline(case, actor),
            "record_plaque": lambda case, actor, choice: withdrawals.record_plaque(case, actor, timezone.localdate()),
            "discontinue": plain("discontinue"),
        }

    def _edit_change(self, case: Case, actor: Actor, choice: int) -> Any:
        codes = [("name", "contact"), ("contact",), ("affiliation",), ("other",)][choice % 4]
        given = {
            "name": changes.Item("name", f"测试更名学院{choice}"),
            "contact": changes.Item("contact", f"0533-{2000000 + choice}"),
            "affiliation": changes.Item("affiliation", f"隶属部门{choice}"),
            "other": changes.Item("other", f"新网址{choice}", before="旧网址", label="网址"),
        }
        on = timezone.localdate() - dt.timedelta(days=choice)
        act = changes.save_change(case, actor, happened_on=on, reason="更名", items=[given[code] for code in codes])
        upload = SimpleUploadedFile("证明.pdf", PDF, "application/pdf")
        changes.add_evidence(case, actor, upload)
        return act

    def _submit_change(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 2 and not case.particulars_change.items.exists():
            self._edit_change(case, self.here.editor, choice)
        return changes.submit(case, actor)

    def _edit_withdrawal(self, case: Case, actor: Actor, choice: int) -> Any:
        on = timezone.localdate() + dt.timedelta(days=choice % 5)
        return withdrawals.save_withdrawal(case, actor, reason="调整办学方向", arrangements="学员分流", ends_on=on)

    def _submit_withdrawal(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 2:
            self._edit_withdrawal(case, self.here.editor, choice)
        if choice % 5 == 0:
            self._end_rectification()
        return withdrawals.submit(case, actor)

    def _sign_withdrawal(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 2:
            self._end_rectification()
        return withdrawals.sign_withdrawal(case, actor)

    def _end_rectification(self) -> None:
        found = Case.objects.get(pk=self.rectification.pk)
        if found.closed_at is None:
            perform(found, "drop", self.here.office["head"], reason="不再责令")

    def check(self, case: Case | None) -> None:
        base = Base.objects.get(pk=self.base.pk)
        if case is None:
            self._check_base(base)
        elif case.kind == CHANGE:
            self._check_change(case)

    def _check_base(self, base: Base) -> None:
        signed = Act.objects.filter(case__base=base, name="sign_withdrawal").exists()
        assert (base.status == BaseStatus.WITHDRAWN) == signed == (base.ended_on is not None)
        if signed:
            running = Case.objects.filter(base=base, kind__in=("rectification", "revocation"))
            at = Act.objects.get(case__base=base, name="sign_withdrawal").at
            assert not running.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=at), opened_at__lte=at).exists()
        filed = Act.objects.filter(case__base=base, case__kind=CHANGE, name="file").exists()
        assert filed or (base.institution_name, base.contact_phone) == (self.first_name, self.first_phone)
        for kind in self.kinds:
            assert Case.objects.filter(base=base, kind=kind, closed_at__isnull=True).count() <= 1

    def _check_change(self, case: Case) -> None:
        names = set(case.acts.values_list("name", flat=True))
        announced = Document.objects.filter(case=case, kind="change_announcement")
        assert announced.count() <= 1
        if self.jurisdiction in NEVER_ANNOUNCES:
            assert not announced.exists()
        elif self.jurisdiction == "sichuan":
            assert announced.exists() == ("sign_consent" in names)
        else:
            assert announced.exists() == ("file" in names)
        assert Document.objects.filter(case=case, kind="change_receipt").exists() == ("file" in names)
        assert Document.objects.filter(case=case, kind="change_refusal").exists() == ("sign_refusal" in names)
        assert not Document.objects.filter(case=case, is_public=True).exclude(kind="change_announcement").exists()


class ChangesFiledAbove(Changes):
    filed_above = True
