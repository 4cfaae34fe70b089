"""Models of the expert review. A panel shares the primary key of its case."""

from apps.panels.models.experts import ExpertProfile
from apps.panels.models.panels import ConflictFinding, Declaration, Draw, Panel, PanelItem, PanelMember
from apps.panels.models.reviews import ConditionComment, Resolution, Score, ScoreSheet, SiteVisit

__all__ = [
    "ConditionComment",
    "ConflictFinding",
    "Declaration",
    "Draw",
    "ExpertProfile",
    "Panel",
    "PanelItem",
    "PanelMember",
    "Resolution",
    "Score",
    "ScoreSheet",
    "SiteVisit",
]
