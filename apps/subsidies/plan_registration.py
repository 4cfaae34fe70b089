"""Where the steps of use plans are taken, and what their case page shows."""

from __future__ import annotations

from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.subsidies.services import award_pages, plan_reviews

register_page(CaseKind.USE_PLAN, "return_for_correction", "subsidies:plan_return")
register_page(CaseKind.USE_PLAN, "propose_opinion", "subsidies:plan_audit")
register_plain(CaseKind.USE_PLAN, "send_back_opinion", "discontinue")
register_service(CaseKind.USE_PLAN, "sign_approval")(plan_reviews.sign_approval)
register_service(CaseKind.USE_PLAN, "sign_refusal")(plan_reviews.sign_refusal)
register_summary(CaseKind.USE_PLAN, "subsidies/plans/_case.html", award_pages.plan_summary)
