"""The level of base that a panel's case is about."""

from __future__ import annotations

from apps.cases.enums import CaseKind
from apps.cases.workflow.registry import register_level

register_level(CaseKind.PANEL, lambda case: case.panel.round.level)
