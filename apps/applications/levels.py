"""The level of base that each kind of case on the road is about."""

from __future__ import annotations

from apps.cases.enums import CaseKind
from apps.cases.workflow.registry import register_level

register_level(CaseKind.ROUND, lambda case: case.round.level)
register_level(CaseKind.APPLICATION, lambda case: case.application.level)
register_level(CaseKind.PUBLIC_NOTICE, lambda case: case.public_notice.round.level)
register_level(CaseKind.OBJECTION, lambda case: case.objection.application.level)
