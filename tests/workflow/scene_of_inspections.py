"""Campaigns of every kind at one base: arranged, launched, inspected, answered, graded and, where so, published."""

from __future__ import annotations

import datetime as dt
import uuid
from typing import Any

from django.db.models import Q
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base, BaseEvent
from apps.cases.models import Case, Document
from apps.cases.workflow.engine import perform
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services import (
    campaigns,
    draws,
    inspection_terms,
    inspections,
    launches,
    publication,
    results,
    sheets,
    visits,
)
from tests.workflow.invariants import Law, names
from tests.workflow.law_of_inspections import (
    BY_UNIT,
    COMMISSIONED,
    ITEMS,
    KINDS,
    PUBLISHED,
    law_of_campaigns,
    law_of_inspections,
)
from tests.workflow.walking import Attempt, Opening, Scene

CAMPAIGN, INSPECTION = "campaign", "inspection"
ADVERSE = {"improve", "fails"}
WORSE = {"meets": 0, "improve": 1, "fails": 2}
STAGES = ("nothing", "running", "graded", "concluded", "running", "concluded")


class Inspections(Scene):
    kinds = (CAMPAIGN, INSPECTION)
    adverse = frozenset({"launch", "sign_publication"})
    walks = 6
    attempts_a_walk = 80

    def cases(self) -> list[Case]:
        ours = Q(kind=CAMPAIGN, jurisdiction=self.jurisdiction) | Q(kind=INSPECTION, base=self.base)
        return list(Case.objects.filter(ours).order_by("pk"))

    def make_laws(self) -> dict[str, Law]:
        return {CAMPAIGN: law_of_campaigns(self.jurisdiction), INSPECTION: law_of_inspections()}

    def sweeps(self) -> list[Any]:
        names_of = ("expire_self_assessments", "expire_answers", "publish_results", "open_what_waits")
        return [getattr(inspection_terms, name) for name in names_of]

    def begin(self, number: int) -> None:
        """From nothing, from a campaign of the authority that runs, and from an inspection far on its way."""
        stage = STAGES[number % len(STAGES)]
        if self.lapsed or stage == "nothing":
            return
        office = self.here.office
        kinds = sorted(PUBLISHED[self.jurisdiction] or KINDS[self.jurisdiction] - {"regular"})
        kind = kinds[number // 2 % len(kinds)]
        unit = self.here.unit if kind == "regular" and self.jurisdiction in COMMISSIONED else None
        values = self._values(0 if stage != "running" else 5) | {"selection": "all"}
        campaign = campaigns.open_campaign(office["officer"], kind, values, commissioned=unit, sandbox=self.sandbox)
        campaigns.propose(campaign.case, office["officer2"])
        launches.launch(campaign.case, office["head"])
        if stage != "running":
            self._far(campaign.inspections.get().case, stage)

    def _far(self, case: Case, stage: str) -> None:
        """On papers to a finding that was told and answered; graded, and signed where ``stage`` says so."""
        office = self.here.office
        by_unit = case.inspection.inspector == self.here.unit
        officer = self.here.unit_officer if by_unit else office["officer"]
        self._on_papers(case, officer, 1)
        self._find(case, officer, 1)
        results.send_findings(case, officer)
        self._answer(case, self.here.editor, 1)
        results.answer_findings(case, self.here.head)
        if stage == "answered":
            return
        self._judge(case, officer, 1)
        results.propose_grade(case, officer)
        if stage == "concluded":
            results.sign_result(case, self.here.unit_head if by_unit else office["head"])

    @property
    def sandbox(self) -> bool:
        return self.base.is_sandbox

    def _values(self, choice: int) -> dict[str, Any]:
        today = timezone.localdate()
        return {
            "title": f"检查{choice}",
            "year": 2026,
            "selection": ("all", "draw", "all", "named", "by_unit")[choice % 5],
            "units": [self.here.unit.pk] if choice % 5 == 4 else [],
            "draw_size": 1,
            "self_due_on": today + dt.timedelta(days=8) if choice % 2 else None,
            "finish_by": today + dt.timedelta(days=90),
            "answer_days": 5,
            "instructions": "",
        }

    def openings(self) -> dict[str, Opening]:
        return {CAMPAIGN: self._open}

    def _open(self, actor: Actor, choice: int) -> Any:
        kind = ("regular", "evaluation", "spot_check")[choice % 3]
        unit = self.here.unit if kind == "regular" and self.jurisdiction in COMMISSIONED and choice % 4 else None
        return campaigns.open_campaign(
            actor, kind, self._values(choice), commissioned=unit, named=[self.base.number], sandbox=self.sandbox
        )

    def attempts(self, kind: str) -> dict[str, Attempt]:
        return self._on_campaign() if kind == CAMPAIGN else self._on_inspection()

    def _on_campaign(self) -> dict[str, Attempt]:
        plain = ("send_back", "drop", "send_back_publication", "recall_publication", "conclude")
        return {step: _plain(step) for step in plain} | {
            "edit": self._edit,
            "draw": lambda case, actor, choice: draws.draw(case, actor, "重新抽取"),
            "propose": lambda case, actor, choice: campaigns.propose(case, actor),
            "launch": lambda case, actor, choice: launches.launch(case, actor),
            "propose_publication": lambda case, actor, choice: publication.propose_publication(
                case, actor, bulletin="通报", publish_on=timezone.localdate() + dt.timedelta(days=choice % 4)
            ),
            "sign_publication": lambda case, actor, choice: publication.sign_publication(case, actor),
        }

    def _edit(self, case: Case, actor: Actor, choice: int) -> Any:
        unit = self.here.unit if self.jurisdiction in COMMISSIONED and choice % 3 else None
        return campaigns.edit(case, actor, self._values(choice), commissioned=unit, named=[self.base.number])

    def _on_inspection(self) -> dict[str, Attempt]:
        services = {
            "submit_self_assessment": inspections.submit_self_assessment,
            "close_visit": inspections.close_visit,
            "send_findings": results.send_findings,
            "answer_findings": results.answer_findings,
            "propose_grade": results.propose_grade,
            "sign_result": results.sign_result,
        }
        before: dict[str, Any] = {
            "submit_self_assessment": self._assess,
            "close_visit": self._visit,
            "send_findings": self._find,
            "answer_findings": self._answer,
            "propose_grade": self._judge,
        }
        return (
            {step: self._prepared(service, before.get(step)) for step, service in services.items()}
            | {step: _plain(step) for step in ("reopen_findings", "send_back_grade", "discontinue")}
            | {
                "record_desk_review": self._desk,
                "conclude_on_papers": self._on_papers,
                "start_visit": lambda case, actor, choice: inspections.start_visit(
                    case, actor, visit_on=timezone.localdate(), visitors="三人"
                ),
                "record_visit": self._note,
                "confirm_visit": lambda case, actor, choice: inspections.confirm_visit(case, actor, "属实"),
                "proceed_unconfirmed": lambda case, actor, choice: inspections.proceed_unconfirmed(case, actor, "未回"),
                "record_findings": self._find,
                "accept_findings": self._accept,
                "record_verdicts": self._judge,
            }
        )

    def _prepared(self, service: Any, before: Any) -> Attempt:
        def attempt(case: Case, actor: Actor, choice: int) -> Any:
            if before is not None and choice % 6:
                before(case, actor, choice)
            return service(case, actor, "理由")

        return attempt

    def _each(self, case: Case, **values: str) -> dict[str, dict[str, str]]:
        return {item.code: dict(values) for item in case.inspection.items.all()}

    def _assess(self, case: Case, actor: Actor, choice: int) -> None:
        written = sheets.Values(self._each(case, self_verdict="meets", self_text="齐全"), {"self_summary": "自评"})
        sheets.save_draft(case, sheets.SELF, self.here.editor, written, None)

    def _desk(self, case: Case, actor: Actor, choice: int) -> Any:
        return sheets.record(case, sheets.DESK, actor, sheets.Values(self._each(case, desk_verdict="meets"), {}))

    def _on_papers(self, case: Case, actor: Actor, choice: int) -> Any:
        if choice % 3:
            self._desk(case, actor, choice)
        return inspections.conclude_on_papers(case, actor, "材料充分")

    def _note(self, case: Case, actor: Actor, choice: int) -> Any:
        code = case.inspection.items.all()[choice % case.inspection.items.count()].code
        return visits.record_entry(case, actor, visits.Note(uuid.UUID(int=case.pk * 100 + choice), code, "meets", "见"))

    def _visit(self, case: Case, actor: Actor, choice: int) -> None:
        for item in case.inspection.items.all():
            visits.record_entry(case, actor, visits.Note(uuid.uuid4(), item.code, "meets", "现场一致"))

    def _find(self, case: Case, actor: Actor, choice: int) -> Any:
        values = self._each(case, finding="meets", finding_text="")
        if choice % 3:
            values[next(iter(values))] = {"finding": ("improve", "fails")[choice % 2], "finding_text": "签到缺页"}
        return sheets.record(case, sheets.FINDINGS, actor, sheets.Values(values, {}))

    def _accept(self, case: Case, actor: Actor, choice: int) -> Any:
        sheets.record(case, sheets.FINDINGS, actor, sheets.Values(self._each(case, finding="meets"), {}))
        return perform(case, "accept_findings", actor)

    def _answer(self, case: Case, actor: Actor, choice: int) -> None:
        sheets.save_draft(case, sheets.ANSWER, self.here.editor, sheets.Values({}, {"answer": "已补齐"}), None)

    def _judge(self, case: Case, actor: Actor, choice: int) -> Any:
        """Verdicts as found, one of them now and then worse than what the base was told."""
        values = {
            item.code: {"verdict": item.finding or "meets", "verdict_text": "见记录"}
            for item in case.inspection.items.all()
        }
        if choice % 5 == 0:
            values[next(iter(values))] = {"verdict": "fails", "verdict_text": "加重"}
        grade = ("excellent", "good", "failed")[choice % 3]
        whole = {"grade": grade, "grade_reasons": "见各项", "commended": choice % 7 == 0}
        return sheets.record(case, sheets.VERDICTS, actor, sheets.Values(values, whole))

    def check(self, case: Case | None) -> None:
        if case is None:
            self._check_public()
        elif case.kind == CAMPAIGN:
            self._check_campaign(Campaign.objects.select_related("case", "organiser").get(pk=case.pk))
        else:
            self._check_inspection(Inspection.objects.select_related("case", "campaign").get(pk=case.pk))

    def _check_campaign(self, campaign: Campaign) -> None:
        """Only kinds the text knows, by whom it gives them to, on the text's own items; drawn again alike."""
        assert campaign.kind in KINDS[self.jurisdiction]
        by_unit = campaign.organiser.kind == "department"
        assert not by_unit or (campaign.kind == "regular" and self.jurisdiction in BY_UNIT)
        assert len(campaign.checklist) == ITEMS[self.jurisdiction]
        steps = names(campaign.case.acts.order_by("seq"))
        assert Document.objects.filter(case=campaign.case, kind="inspection_notice").count() == steps.count("launch")
        inspected = campaign.inspections.count()
        assert inspected <= len(campaign.chosen) if "launch" in steps else not inspected
        if campaign.selection == "draw" and "launch" in steps:
            assert draws.first(campaign.draw_seed, campaign.draw_log[-1]["pool"], 1) == campaign.chosen
        bulletin = Document.objects.filter(case=campaign.case, kind="inspection_bulletin")
        assert bulletin.count() == steps.count("publish")
        if "sign_publication" in steps:
            assert campaign.kind in PUBLISHED[self.jurisdiction]
        if "publish" in steps:
            at = campaign.case.acts.get(name="publish").at
            assert timezone.localdate(at) >= campaign.publish_on

    def _check_inspection(self, inspection: Inspection) -> None:
        """The inspector is the text's; nothing adverse stands that the base was not told and could answer."""
        campaign, base = inspection.campaign, Base.objects.get(pk=self.base.pk)
        wanted = {True: base.managing_unit_id}.get(self.jurisdiction in BY_UNIT, base.authority_id)
        if self.jurisdiction in COMMISSIONED:
            wanted = campaign.commissioned_id
        assert inspection.inspector_id == (wanted if campaign.kind == "regular" else campaign.organiser_id)
        steps = names(inspection.case.acts.order_by("seq"))
        letters = Document.objects.filter(case=inspection.case, kind="inspection_findings").count()
        assert letters == steps.count("send_findings")
        assert not Document.objects.filter(case=inspection.case, is_public=True).exists()
        if "sign_result" in steps:
            items = list(inspection.items.all())
            assert Document.objects.filter(case=inspection.case, kind="inspection_result").count() == 1
            assert all(WORSE[item.verdict] <= WORSE[item.finding] for item in items)
            if any(item.verdict in ADVERSE for item in items):
                assert "send_findings" in steps
                assert {"answer_findings", "answer_expired"} & set(steps)
            assert inspection.grade != "excellent" or not any(item.verdict == "fails" for item in items)
            assert not inspection.commended or inspection.grade == "excellent"

    def _check_public(self) -> None:
        """What is public is what was published on its day; a rehearsal never is, and two texts publish nothing."""
        shown = set(publication.public_results().values_list("pk", flat=True))
        published = Inspection.objects.filter(
            campaign__case__acts__name="publish", case__state="concluded", case__is_sandbox=False
        )
        assert shown == set(published.values_list("pk", flat=True))
        if not PUBLISHED[self.jurisdiction]:
            assert not shown
            assert not BaseEvent.objects.filter(base=self.base, kind="inspection_result").exists()


def _plain(step: str) -> Attempt:
    return lambda case, actor, choice: perform(case, step, actor, reason="理由")
