"""The level of base that a panel's case is about."""

from __future__ import annotations

from apps.cases.enums import CaseKind
from apps.cases.workflow.registry import level_of, register_level

register_level(CaseKind.PANEL, lambda case: level_of(case.panel.occasion) or "")
