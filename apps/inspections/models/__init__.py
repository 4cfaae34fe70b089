from apps.inspections.models.inspections import Campaign, Inspection, InspectionItem, VisitEntry
from apps.inspections.models.rectifications import Rectification, RectificationItem
from apps.inspections.models.revocations import Restoration, Revocation, SettledCase

__all__ = [
    "Campaign",
    "Inspection",
    "InspectionItem",
    "Rectification",
    "RectificationItem",
    "Restoration",
    "Revocation",
    "SettledCase",
    "VisitEntry",
]
