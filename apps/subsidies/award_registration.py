"""Where the steps of applications and awards are taken, and what their case page shows."""

from __future__ import annotations

from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.subsidies.services import award_decisions, award_endings, award_pages, cap_exceptions

register_page(CaseKind.AWARD, "return_for_correction", "subsidies:award_return")
register_page(CaseKind.AWARD, "record_exception", "subsidies:award_exception")
register_page(CaseKind.AWARD, "propose_decision", "subsidies:award_decision")
register_page(CaseKind.AWARD, "agree_finance", "subsidies:award_finance")
register_page(CaseKind.AWARD, "return_from_finance", "subsidies:award_finance")
register_service(CaseKind.AWARD, "sign_exception")(cap_exceptions.sign)
register_service(CaseKind.AWARD, "countersign_exception")(cap_exceptions.countersign)
register_service(CaseKind.AWARD, "sign_award")(award_decisions.sign_award)
register_service(CaseKind.AWARD, "sign_decline")(award_decisions.sign_decline)
register_plain(CaseKind.AWARD, "close_unanswered", "send_back_decision", "propose_settlement", "send_back_settlement")
register_plain(CaseKind.AWARD, "propose_termination")
register_service(CaseKind.AWARD, "settle")(award_endings.settle)
register_service(CaseKind.AWARD, "terminate")(award_endings.terminate)
register_summary(CaseKind.AWARD, "subsidies/awards/_case.html", award_pages.award_summary)
