"""Applications for money go before panels: what differs from recognition is in the award's review."""

from __future__ import annotations

from apps.cases.actions import register_service
from apps.cases.enums import CaseKind
from apps.panels.services.joining import register_review
from apps.subsidies.services.award_review import AwardReview, discontinue

register_review(AwardReview())
register_service(CaseKind.AWARD, "discontinue")(discontinue)
