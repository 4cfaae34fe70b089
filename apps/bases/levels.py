"""The level of base that each kind of case about a base is about."""

from __future__ import annotations

from apps.cases.enums import CaseKind
from apps.cases.workflow.registry import register_level

for _kind in (
    CaseKind.ANNUAL_PLAN,
    CaseKind.TRAINING_PROJECT,
    CaseKind.INSPECTION,
    CaseKind.RECTIFICATION,
    CaseKind.REVOCATION,
    CaseKind.RESTORATION,
    CaseKind.PARTICULARS_CHANGE,
    CaseKind.BASE_WITHDRAWAL,
):
    register_level(_kind, lambda case: case.base.level)
