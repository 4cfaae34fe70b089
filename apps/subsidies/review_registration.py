"""Applications for money go before panels: what differs from recognition is in the award's review."""

from __future__ import annotations

from apps.panels.services.joining import register_review
from apps.subsidies.services.award_review import AwardReview

register_review(AwardReview())
