"""Annual plans of one base from autumn to the new year, with returns, refusals and amendments."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases import attachments
from apps.cases.actions import service_for
from apps.cases.models import Attachment, Case, Document
from apps.cases.workflow.engine import perform
from apps.plans.models import AnnualPlan, PlanReturnItem
from apps.plans.services import opening, plan_amendments, plan_decisions, plan_forms, plan_returns, plan_submission
from apps.plans.services.plan_executions import execution_rows
from tests.workflow.invariants import Law, names
from tests.workflow.law_of_plans import LAST_DAY, REVIEW_DAYS, law_of_plans
from tests.workflow.walking import Attempt, Opening, Scene

KIND = "annual_plan"
OVER = {"filed", "dropped", "discontinued"}
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
ROW = {
    "subject_kind": "professional",
    "kind": "training_class",
    "field": "新材料",
    "level": "senior",
    "hours_tenths": "24.5",
    "persons": "60",
    "mode": "on_site",
    "place": "实训中心",
    "fee_fen": "",
    "fee_basis": "",
}


class Plans(Scene):
    kinds = (KIND,)
    adverse = frozenset({"sign_unit_refusal"})

    def make_laws(self) -> dict[str, Law]:
        return {KIND: law_of_plans(self.jurisdiction)}

    def sweeps(self) -> list[Any]:
        return [opening.open_next_years_plans]

    def openings(self) -> dict[str, Opening]:
        return {KIND: self._open, f"{KIND}:amend": self._amend}

    def _open(self, actor: Actor, choice: int) -> Any:
        years = (2026, 2027, 2027, 2028)
        return opening.open_plan(self._base(), years[choice % 4], actor)

    def _amend(self, actor: Actor, choice: int) -> Any:
        plans = list(AnnualPlan.objects.filter(base=self.base).select_related("case", "base").order_by("pk"))
        if not plans:
            raise AnnualPlan.DoesNotExist
        return plan_amendments.amend(plans[choice % len(plans)], actor, "增加一个班")

    def _base(self) -> Base:
        return Base.objects.get(pk=self.base.pk)

    def attempts(self, kind: str) -> dict[str, Attempt]:
        plain = ("acknowledge", "reopen", "drop", "send_back_unit_opinion", "discontinue")
        return {step: self._registered(step) for step in plain} | {
            "record_own_review": self._own_review,
            "submit": self._submit,
            "resubmit": self._resubmit,
            "return_for_correction": lambda case, actor, choice: plan_returns.return_for_correction(
                case, actor, [plan_returns.Item(("summary", "projects", "attachments")[choice % 3], "请修改")]
            ),
            "propose_unit_opinion": lambda case, actor, choice: plan_decisions.propose_unit_opinion(
                case, actor, "refused" if choice % 4 == 0 else "agreed", "经审核，意见如下。"
            ),
            "sign_unit_opinion": lambda case, actor, choice: plan_decisions.sign_unit_opinion(case, actor),
            "sign_unit_refusal": lambda case, actor, choice: plan_decisions.sign_unit_refusal(case, actor),
            "file": lambda case, actor, choice: plan_decisions.file_plan(case, actor),
        }

    def _registered(self, step: str) -> Attempt:
        def attempt(case: Case, actor: Actor, choice: int) -> Any:
            service = service_for(KIND, step)
            return service(case, actor, "理由") if service else perform(case, step, actor, reason="理由")

        return attempt

    def _own_review(self, case: Case, actor: Actor, choice: int) -> Any:
        self._fill(case, choice)
        return plan_submission.record_own_review(case, actor, "计划可行。")

    def _submit(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 5:
            self._fill(case, choice)
        return plan_submission.submit(case, actor)

    def _resubmit(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 5:
            self._fill(case, choice)
        return plan_submission.resubmit(case, actor)

    def _fill(self, case: Case, choice: int) -> None:
        """The institution's editor completes what is being filled in, whoever sends it."""
        plan = self._plan(case)
        if not plan_forms.is_editable(plan, self.here.editor):
            return
        row = ROW | {
            "name": f"培训班{choice}",
            "starts_on": f"{plan.year}-03-{1 + choice % 20:02d}",
            "ends_on": f"{plan.year}-04-02",
        }
        open_items = PlanReturnItem.objects.filter(plan=plan, resolved_by__isnull=True)
        values = {
            "summary": f"全年工作完成{choice}。",
            "executions": {line.key: {"result": "完成", "reason": "报名变化"} for line in execution_rows(plan)},
            "outline": "围绕新材料开展培训。",
            "projects": [*plan.data.get("projects", [])[:2], row],
            "answers": {str(item.pk): "已说明" for item in open_items},
        }
        plan_forms.save_part(plan, values, plan.data_version, self.here.editor)
        if choice % 7 and not Attachment.objects.filter(case=case, purpose="assessment_proposal").exists():
            upload = SimpleUploadedFile("建议.pdf", PDF, "application/pdf")
            attachments.attach(case, upload, "assessment_proposal", self.here.editor.user)

    def _plan(self, case: Case) -> AnnualPlan:
        return AnnualPlan.objects.select_related("case", "base").get(pk=case.pk)

    def check(self, case: Case | None) -> None:
        if case is None:
            self._check_versions()
        else:
            self._check_plan(self._plan(case))

    def _check_versions(self) -> None:
        """One open version a year, numbered without gaps, each amending one that was filed before it was opened."""
        plans = list(AnnualPlan.objects.filter(base=self.base).select_related("case", "amends__case"))
        for year in {plan.year for plan in plans}:
            versions = sorted((plan for plan in plans if plan.year == year), key=lambda plan: plan.version)
            assert [plan.version for plan in versions] == list(range(1, len(versions) + 1))
            assert sum(plan.case.state not in OVER for plan in versions) <= 1
            assert [plan.amends_id is None for plan in versions] == [True, *[False] * (len(versions) - 1)]
            assert all(plan.amends.case.state == "filed" for plan in versions[1:])
            assert versions[0].case.state != "dropped"

    def _check_plan(self, plan: AnnualPlan) -> None:
        acts = list(plan.case.acts.order_by("seq"))
        steps = names(acts)
        receipts = Document.objects.filter(case=plan.case, kind="plan_receipt")
        assert receipts.count() == int("file" in steps) == int(plan.filed_on is not None)
        assert not Document.objects.filter(case=plan.case, is_public=True).exists()
        opinions = Document.objects.filter(case=plan.case, kind="plan_opinion").count()
        assert opinions == steps.count("sign_unit_opinion") + steps.count("sign_unit_refusal")
        sent = [act for act in acts if act.name == "submit"]
        assert plan.submitted_on == (timezone.localdate(sent[0].at) if sent else None)
        before_authority = next((act for act in acts if act.to_state == "filing"), None)
        assert plan.reported_on == (timezone.localdate(before_authority.at) if before_authority else None)
        self._check_lateness(plan)
        if "submit" in steps:
            assert plan.projects.exists()
            assert plan.case.rulebook_key.startswith(self.jurisdiction)
            self._check_assessment(plan)

    def _check_assessment(self, plan: AnnualPlan) -> None:
        """The experts' proposal goes with the plan where the text sends it to the managing unit (national 13)."""
        if self.jurisdiction == "national":
            assert Attachment.objects.filter(case=plan.case, purpose="assessment_proposal").exists()

    def _check_lateness(self, plan: AnnualPlan) -> None:
        counts = plan.amends_id is None and not self.lapsed
        first = REVIEW_DAYS.get(self.jurisdiction)
        days = {"submitted": (plan.submitted_on, first), "filed": (plan.reported_on, LAST_DAY)}
        for name, (on, day) in days.items():
            told = getattr(plan, f"{name}_late_days")
            if on is None or not counts or day is None:
                assert told is None
            else:
                due = dt.date.fromisoformat(f"{plan.year - 1}-{day}")
                assert told == max(0, (on - due).days)
