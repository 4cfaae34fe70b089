"""Where the steps of rounds, notices, objections and decisions are taken and what their case pages show."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.applications.services import announcements, decisions, notices, objections, rounds
from apps.applications.services.for_panels import ApplicationReview
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.panels.services.joining import register_review


def _round_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    return {"round": case.round}


register_page(CaseKind.ROUND, "edit", "applications:round_edit")
register_plain(CaseKind.ROUND, "propose", "send_back", "finish")
register_service(CaseKind.ROUND, "publish")(rounds.publish)
register_summary(CaseKind.ROUND, "applications/rounds/_case.html", _round_summary)
register_page(CaseKind.ROUND, "announce", "applications:round_decisions")


def _notice_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    notice = case.public_notice
    entries = notice.entries_frozen or [
        {"number": entry.application.case.number, "institution": entry.application.case.institution.name}
        for entry in notice.entries.select_related("application__case__institution")
    ]
    waiting = notice.objections.select_related("case").order_by("pk")
    return {"notice": notice, "entries": entries, "objections": waiting}


def _objection_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    return {"objection": case.objection, "files": case.attachments.filter(removed_at__isnull=True)}


register_page(CaseKind.PUBLIC_NOTICE, "edit", "applications:notice_edit")
register_service(CaseKind.PUBLIC_NOTICE, "publish")(notices.publish)
register_service(CaseKind.PUBLIC_NOTICE, "close")(notices.close)
register_summary(CaseKind.PUBLIC_NOTICE, "applications/notices/_case.html", _notice_summary)

register_page(CaseKind.OBJECTION, "investigate", "applications:objection_investigate")
register_page(CaseKind.OBJECTION, "propose_answer", "applications:objection_answer")
register_plain(CaseKind.OBJECTION, "send_back_answer")
register_service(CaseKind.OBJECTION, "sign_answer")(objections.sign_answer)
register_summary(CaseKind.OBJECTION, "applications/notices/_objection_case.html", _objection_summary)

register_review(ApplicationReview(), has_duties=True)
register_page(CaseKind.APPLICATION, "prepare_decision", "applications:decision_prepare")
register_service(CaseKind.APPLICATION, "review_decision")(decisions.review)
register_plain(CaseKind.APPLICATION, "return_decision")
register_service(CaseKind.APPLICATION, "sign_recognition")(decisions.sign)
register_service(CaseKind.APPLICATION, "sign_non_recognition")(decisions.sign)
register_page(CaseKind.APPLICATION, "announce", "applications:announcement")
register_service(CaseKind.APPLICATION, "file")(announcements.file_with_superior)
