"""Training projects of one base, from the plan and outside it, with trainees and certificates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.services import open_base_case
from apps.cases.models import Case, Document
from apps.cases.workflow.engine import perform
from apps.plans.models import AnnualPlan, PlannedProject, TraineeRecord, TrainingProject
from apps.plans.services import archives, certificates, project_closing, project_consent, project_filing, projects
from apps.plans.services.identity import check_character
from apps.plans.services.records import RowsRefused, enter_rows
from tests.workflow.invariants import Law
from tests.workflow.law_of_plans import CONSENT, CREDIT_UNITS, EVERY_CLASS_FILED, FILING, law_of_projects
from tests.workflow.walking import Attempt, Opening, Scene

KIND = "training_project"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
VALUES: dict[str, Any] = {
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "mixed",
    "hours_tenths": 240,
    "value_tenths": 160,
    "persons": 40,
    "fee": None,
    "benefit_percent": 0,
    "favours": [],
    "mode": "on_site",
    "place": "培训楼",
}
PLANNED = {name: VALUES[name] for name in ("subject_kind", "kind", "field", "level", "hours_tenths", "mode", "place")}


class Training(Scene):
    kinds = (KIND,)
    adverse = frozenset({"sign_refusal"})

    def make_laws(self) -> dict[str, Law]:
        return {KIND: law_of_projects(self.jurisdiction)}

    def prepare(self) -> None:
        """Two planned projects: one in a plan that has gone its road, one in a plan that has not."""
        self.planned = [self._planned("filed", 1), self._planned("draft", 2)]

    def _planned(self, state: str, number: int) -> PlannedProject:
        title = f"2026 年度计划{number}"
        case = open_base_case(self.base, "annual_plan", title, self.here.editor, label="填报", year=2025)
        Case.objects.filter(pk=case.pk).update(state=state)
        filed_on = dt.date(2025, 12, 20) if state == "filed" else None
        plan = AnnualPlan.objects.create(
            case=Case.objects.get(pk=case.pk), base=self.base, year=2026, version=number, filed_on=filed_on
        )
        days = {"starts_on": dt.date(2026, 3, 16), "ends_on": dt.date(2026, 3, 18)}
        return PlannedProject.objects.create(
            plan=plan, key=f"p{number}", position=1, name=f"计划内{number}", persons=40, **PLANNED, **days
        )

    def openings(self) -> dict[str, Opening]:
        return {KIND: self._open}

    def _open(self, actor: Actor, choice: int) -> Any:
        base = Base.objects.get(pk=self.base.pk)
        planned = (self.planned[0], None, self.planned[1], None)[choice % 4]
        return projects.create_project(base, actor, self._values(choice), planned)

    def _values(self, choice: int) -> dict[str, Any]:
        starts = timezone.localdate() + dt.timedelta(days=choice % 20 - 2)
        return VALUES | {
            "name": f"应用班{choice}",
            "starts_on": starts,
            "ends_on": starts + dt.timedelta(days=choice % 3),
            "in_base_name": choice % 6 != 0,
        }

    def attempts(self, kind: str) -> dict[str, Attempt]:
        plain = lambda step: lambda case, actor, choice: perform(case, step, actor, reason="理由")  # noqa: E731
        return {
            "edit": lambda case, actor, choice: projects.edit_project(case, actor, self._values(choice)),
            "confirm": self._send,
            "submit": self._send,
            "resubmit": self._send,
            "return_for_correction": lambda case, actor, choice: project_filing.return_project(case, actor, "请修改"),
            "propose_unit_opinion": lambda case, actor, choice: project_consent.propose_opinion(
                case, actor, "refused" if choice % 4 == 0 else "agreed", "意见如下。"
            ),
            "send_back_unit_opinion": lambda case, actor, choice: project_consent.send_back_opinion(
                case, actor, "重拟"
            ),
            "sign_consent": lambda case, actor, choice: project_consent.sign_opinion(case, actor),
            "sign_refusal": lambda case, actor, choice: project_consent.sign_opinion(case, actor),
            "file": lambda case, actor, choice: project_filing.file_project(case, actor),
            "cancel": lambda case, actor, choice: projects.cancel_project(case, actor, "报名不足"),
            "close_class": self._close,
            "close_unauthorised": self._close,
            "issue_certificates": self._issue,
            "archive": self._archive,
            "discontinue": plain("discontinue"),
        }

    def _send(self, case: Case, actor: Actor, choice: int) -> Any:
        return project_filing.send(case, actor, "临时接受委托" if choice % 3 else "")

    def _close(self, case: Case, actor: Actor, choice: int) -> Any:
        self._after_class(case, choice)
        return project_closing.close_class(
            case, actor, held_persons=choice, result="已完成", effect="良好", reason="未及时报送"
        )

    def _after_class(self, case: Case, choice: int) -> None:
        """Now and then the class is over by the time somebody tries."""
        ends = TrainingProject.objects.get(pk=case.pk).ends_on
        if choice % 3 and timezone.localdate() < ends:
            self.travel(timezone.make_aware(dt.datetime.combine(ends, dt.time(17))))

    def _issue(self, case: Case, actor: Actor, choice: int) -> Any:
        self._after_class(case, choice)
        self._enter(case, choice)
        return certificates.issue_certificates(case, actor)

    def _enter(self, case: Case, choice: int) -> None:
        """The editor enters two trainees with credit where the project may register it, else with none."""
        project = self._project(case)
        value = "0" if projects.certificates_allowed(project) else f"{choice % 16}"
        rows = [
            {
                "name": f"学员{number}",
                "identity_number": _identity(100 + number),
                "employer": "某单位",
                "value": value,
                "outcome": "合格" if number % 2 else "不合格",
            }
            for number in (choice, choice + 1)
        ]
        try:
            enter_rows(case, self.here.editor, rows)
        except RowsRefused as refused:
            assert "已发证" in str(refused.errors[0])

    def _archive(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 3:
            for piece in archives.pieces(self._project(case)):
                archives.add_file(
                    case, piece.code, SimpleUploadedFile("材料.pdf", PDF, "application/pdf"), self.here.editor
                )
        return archives.archive(case, actor)

    def _project(self, case: Case) -> TrainingProject:
        return TrainingProject.objects.select_related("case", "base", "planned__plan__case").get(pk=case.pk)

    def check(self, case: Case | None) -> None:
        if case is not None:
            self._check_project(self._project(case))
        else:
            self._check_certificates()

    def _check_project(self, project: TrainingProject) -> None:
        """Nothing is credited or certified that its text did not allow, and the totals are those of the records."""
        records = list(project.records.all())
        assert project.record_count == len(records)
        assert project.passed_count == sum(one.outcome == "passed" for one in records)
        assert project.certificate_count == sum(bool(one.certificate_number) for one in records)
        credited = any(one.value_tenths or one.certificate_number for one in records)
        assert not credited or self._allowed(project), f"{project.case.number} credits what was not authorised"
        if records:
            assert timezone.localdate() >= project.starts_on
        receipts = Document.objects.filter(case=project.case, kind="project_receipt").count()
        filed = project.case.acts.filter(name="file").count()
        assert receipts == filed <= 1
        assert not Document.objects.filter(case=project.case, is_public=True).exists()
        if self.jurisdiction in EVERY_CLASS_FILED and filed:
            self._check_class_filing(project)

    def _allowed(self, project: TrainingProject) -> bool:
        """Said again from the texts: who must have agreed to a class held in the base's name."""
        if not project.in_base_name:
            return False
        steps = set(project.case.acts.values_list("name", flat=True))
        in_filed_plan = project.planned_id == self.planned[0].pk
        if self.jurisdiction in EVERY_CLASS_FILED:
            return "file" in steps
        if self.jurisdiction in CONSENT:
            return in_filed_plan or "sign_consent" in steps
        if self.jurisdiction in FILING:
            return in_filed_plan or "file" in steps
        return "confirm" in steps

    def _check_class_filing(self, project: TrainingProject) -> None:
        """Five working days before it opens (weihai 16): later ones are counted late and explained."""
        if project.starts_on.year > 2026:  # its days of rest are not announced yet
            assert (project.latest_filing, project.filed_late_days) == (None, None)
            return
        assert project.latest_filing < project.starts_on
        late = project.filed_on > project.latest_filing
        assert bool(project.late_reason) or not late
        assert bool(project.filed_late_days) == late

    def _check_certificates(self) -> None:
        """Numbered by base and year without a gap, each with a code of its own; the unit is the text's."""
        issued = (
            TraineeRecord.objects.filter(base=self.base).exclude(certificate_number="").order_by("certificate_number")
        )
        expected = [f"{self.base.number}-2026-{count:05d}" for count in range(1, issued.count() + 1)]
        assert [one.certificate_number for one in issued] == expected
        assert len({one.certificate_code for one in issued}) == len(expected)
        units = {one.batch.wording["unit"] for one in issued.select_related("batch")}
        assert units <= {CREDIT_UNITS[self.jurisdiction]}


def _identity(number: int) -> str:
    digits = f"37030319900101{number:03d}"
    return digits + check_character(digits)
