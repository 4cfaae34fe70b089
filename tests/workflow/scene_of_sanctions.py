"""Rectification, revocation and restoration of one base that has other business running."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.services import opening as changes
from apps.cases.models import Act, Case
from apps.cases.workflow.engine import perform
from apps.inspections.services import (
    aftermath,
    rectifications,
    restorations,
    revocations,
    sanction_rechecks,
    terms,
)
from apps.jurisdictions.rulebooks import registry
from apps.plans.services import opening as plans
from apps.plans.services import projects
from tests.workflow.checks_of_sanctions import check_base, check_rectification, check_revocation
from tests.workflow.invariants import Law
from tests.workflow.law_of_bases import law_of_changes
from tests.workflow.law_of_plans import law_of_plans, law_of_projects
from tests.workflow.law_of_sanctions import (
    AFTER_RECTIFICATION,
    DIRECT,
    DISORDER,
    law_of_rectifications,
    law_of_restorations,
    law_of_revocations,
)
from tests.workflow.scene_of_training import VALUES
from tests.workflow.walking import Attempt, Opening, Scene

RECTIFICATION, REVOCATION, RESTORATION = "rectification", "revocation", "restoration"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n"
STAGES = (
    "nothing",
    "to revoke",
    "ordered",
    "to lift",
    "revoked",
    "to keep",
    "to restore",
    "failed",
    "to revoke",
    "to restore",
    "to lift",
    "to keep",
)


class Sanctions(Scene):
    kinds = (RECTIFICATION, REVOCATION, RESTORATION)
    adverse = frozenset({"sign_order", "sign_extension", "sign_failure", "sign_notice", "sign_revocation"})
    walks = 12
    attempts_a_walk = 45

    def prepare(self) -> None:
        """A plan, a class and a change are being prepared when the sanctions begin."""
        here = self.here
        plans.open_plan(self.base, 2027, here.editor)
        days = {"starts_on": dt.date(2026, 12, 14), "ends_on": dt.date(2026, 12, 15)}
        projects.create_project(self.base, here.editor, VALUES | days | {"name": "班", "in_base_name": True})
        changes.start_change(self.base, here.editor)

    def begin(self, number: int) -> None:
        """From nothing, an order that runs, one that failed, a decision that waits for its head, a base revoked."""
        stage = STAGES[number % len(STAGES)]
        if self.lapsed or stage == "nothing":
            return
        office = self.here.office
        case = rectifications.open_order(self._base(), office["officer"], self._order(1)).case
        perform(case, "propose_order", office["officer"])
        rectifications.sign_order(case, office["head"])
        if stage == "to lift":
            self._propose_lifting(case)
        if stage in ("ordered", "to lift"):
            return
        self._fail(case)
        if stage != "failed":
            self._revoke("keep" if stage == "to keep" else "revoke", sign=stage in ("revoked", "to restore"))
        if stage == "to restore":
            perform(self._open_restoration(office["officer"], 1).case, "propose", office["officer"])

    def _propose_lifting(self, case: Case) -> None:
        officer = self.here.office["officer"]
        self._progress(case, self.here.editor, 1)
        rectifications.submit_report(case, self.here.head)
        self._recheck(case, officer, 1)
        sanction_rechecks.propose_conclusion(case, officer, conclusion="lift", text="已经改正")

    def _fail(self, case: Case) -> None:
        office = self.here.office
        self.travel(timezone.now() + dt.timedelta(days=30))
        terms.expire_sanction_terms(timezone.now())
        case.refresh_from_db()
        self._recheck(case, office["officer"], 0)
        sanction_rechecks.propose_conclusion(case, office["officer"], conclusion="fail", text="仍缺制度")
        sanction_rechecks.sign_failure(case, office["head"])

    def _revoke(self, conclusion: str, *, sign: bool) -> None:
        """Under the text's direct ground where it has one."""
        office, direct = self.here.office, DIRECT.get(self.jurisdiction)
        ground = DISORDER if direct else "rectification_failed"
        notice = revocations.Notice("事实清楚。", [ground], 5)
        article = direct or AFTER_RECTIFICATION[self.jurisdiction]
        case = revocations.open_revocation(self._base(), office["officer"], article, notice).case
        perform(case, "propose_notice", office["officer"])
        revocations.sign_notice(case, office["head"])
        revocations.waive_statement(case, self.here.head)
        revocations.propose_decision(case, office["officer"], conclusion=conclusion, reasons="见事实")
        revocations.pass_legal_review(case, office["legal"], "合法")
        if sign:
            revocations.sign_revocation(case, office["head"])

    def make_laws(self) -> dict[str, Law]:
        return {
            RECTIFICATION: law_of_rectifications(),
            REVOCATION: law_of_revocations(),
            RESTORATION: law_of_restorations(),
            "annual_plan": law_of_plans(self.jurisdiction),
            "training_project": law_of_projects(self.jurisdiction),
            "particulars_change": law_of_changes(self.jurisdiction, superior=False),
        }

    def watched(self) -> list[Case]:
        return list(Case.objects.filter(base=self.base).order_by("pk"))

    def sweeps(self) -> list[Any]:
        return [terms.expire_sanction_terms]

    def openings(self) -> dict[str, Opening]:
        return {RECTIFICATION: self._open_order, REVOCATION: self._open_revocation, RESTORATION: self._open_restoration}

    def _base(self) -> Base:
        return Base.objects.get(pk=self.base.pk)

    def _order(self, choice: int) -> rectifications.Order:
        rulebook = registry.rulebook(self.jurisdiction, timezone.localdate())
        grounds = next(one.grounds for one in rulebook.sanctions if one.code == "rectification")
        items = [rectifications.Item("补齐制度"), rectifications.Item("核对收费")][: 1 + choice % 2]
        facts = "" if choice % 9 == 0 else "检查发现制度不全。"
        return rectifications.Order([grounds[choice % len(grounds)]], facts, 5 + choice % 20, items)

    def _open_order(self, actor: Actor, choice: int) -> Any:
        return rectifications.open_order(self._base(), actor, self._order(choice))

    def _open_revocation(self, actor: Actor, choice: int) -> Any:
        articles = [AFTER_RECTIFICATION[self.jurisdiction], DIRECT.get(self.jurisdiction, "28"), "24"]
        return revocations.open_revocation(self._base(), actor, articles[choice % 3], self._notice(choice))

    def _notice(self, choice: int) -> revocations.Notice:
        ground = DISORDER if choice % 3 else "rectification_failed"
        if self.jurisdiction not in DIRECT:
            ground = "rectification_failed"
        return revocations.Notice("期满仍不达标。", [ground], 3 + choice % 5)

    def _open_restoration(self, actor: Actor, choice: int) -> Any:
        files = [SimpleUploadedFile("决定书.pdf", PDF, "application/pdf")] if choice % 4 else []
        return restorations.open_restoration(self._base(), actor, self._instrument(choice), files)

    def _instrument(self, choice: int) -> restorations.Instrument:
        return restorations.Instrument(
            ("reconsideration", "court", "own_motion")[choice % 3],
            "某复议机关",
            f"复〔2026〕{choice}号",
            timezone.localdate(),
            "原决定程序违法",
            ("active", "rectifying")[choice % 2],
        )

    def attempts(self, kind: str) -> dict[str, Attempt]:
        return {
            RECTIFICATION: self._on_rectification,
            REVOCATION: self._on_revocation,
            RESTORATION: self._on_restoration,
        }[kind]()

    def _on_rectification(self) -> dict[str, Attempt]:
        signed = {"sign_order": rectifications.sign_order, "submit_report": rectifications.submit_report}
        signed |= {step: getattr(sanction_rechecks, step) for step in ("sign_lift", "sign_extension", "sign_failure")}
        signed |= {step: getattr(sanction_rechecks, step) for step in ("return_report", "discontinue")}
        plain = ("propose_order", "send_back_order", "drop", "send_back_conclusion")
        return (
            {step: _reasoned(service) for step, service in signed.items()}
            | {step: _plain(step) for step in plain}
            | {
                "edit": lambda case, actor, choice: rectifications.edit_order(case, actor, self._order(choice)),
                "record_progress": self._progress,
                "record_recheck": self._recheck,
                "propose_conclusion": self._conclude,
            }
        )

    def _progress(self, case: Case, actor: Actor, choice: int) -> Any:
        done = {item.pk: rectifications.Progress("已补齐", True) for item in case.rectification.items.all()}
        return rectifications.record_progress(case, actor, done, "整改报告" if choice % 5 else "")

    def _recheck(self, case: Case, actor: Actor, choice: int) -> Any:
        verdict = ("meets", "") if choice % 2 else ("fails", "仍缺制度")
        return sanction_rechecks.record_recheck(
            case,
            actor,
            rechecked_on=timezone.localdate(),
            recheck="现场复查",
            verdicts={item.pk: verdict for item in case.rectification.items.all()},
        )

    def _conclude(self, case: Case, actor: Actor, choice: int) -> Any:
        conclusion = ("lift", "fail", "fail", "extend")[choice % 4]
        until = timezone.localdate() + dt.timedelta(days=20) if conclusion == "extend" else None
        return sanction_rechecks.propose_conclusion(
            case, actor, conclusion=conclusion, text="见复查", extended_to=until
        )

    def _on_revocation(self) -> dict[str, Attempt]:
        steps = ("sign_notice", "submit_statement", "waive_statement", "sign_revocation", "sign_keeping")
        plain = ("propose_notice", "send_back_notice", "drop", "send_back_decision", "close")
        return (
            {step: _reasoned(getattr(revocations, step)) for step in steps}
            | {step: _plain(step) for step in plain}
            | {
                "edit": lambda case, actor, choice: revocations.edit_notice(case, actor, self._notice(choice)),
                "save_statement": lambda case, actor, choice: revocations.save_statement(
                    case, actor, "已经整改", wants_hearing=choice % 2 == 0
                ),
                "record_hearing": lambda case, actor, choice: revocations.record_hearing(case, actor, "已当面听取"),
                "propose_decision": self._decide,
                "pass_legal_review": lambda case, actor, choice: revocations.pass_legal_review(case, actor, "合法"),
                "return_from_legal_review": lambda case, actor, choice: revocations.return_from_legal_review(
                    case, actor, "事实不清"
                ),
                "record_plaque": lambda case, actor, choice: aftermath.record_plaque(
                    case, actor, returned_on=timezone.localdate()
                ),
                "settle_case": self._settle,
            }
        )

    def _decide(self, case: Case, actor: Actor, choice: int) -> Any:
        conclusion = "keep" if choice % 4 == 0 else "revoke"
        answer = "未予采纳，理由如下。" if choice % 3 else ""
        return revocations.propose_decision(case, actor, conclusion=conclusion, reasons="见事实", answer=answer)

    def _settle(self, case: Case, actor: Actor, choice: int) -> Any:
        others = list(self.watched())
        decision = "continue" if choice % 4 == 0 else "discontinue"
        other = others[choice % len(others)]
        return aftermath.settle_case(case, actor, other.number, decision=decision, reason="基地已终止")

    def _on_restoration(self) -> dict[str, Attempt]:
        return {step: _plain(step) for step in ("propose", "send_back", "drop")} | {
            "edit": lambda case, actor, choice: restorations.edit_restoration(case, actor, self._instrument(choice)),
            "sign_restoration": _reasoned(restorations.sign_restoration),
        }

    def check(self, case: Case | None) -> None:
        if case is None:
            check_base(self.base.pk, self.jurisdiction)
        elif case.kind == RECTIFICATION:
            check_rectification(case)
        elif case.kind == REVOCATION:
            check_revocation(case, self.jurisdiction)


def _plain(step: str) -> Attempt:
    return lambda case, actor, choice: perform(case, step, actor, reason="理由")


def _reasoned(service: Any) -> Attempt:
    def attempt(case: Case, actor: Actor, choice: int) -> Act:
        return service(case, actor, "理由")

    return attempt
