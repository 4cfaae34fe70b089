from apps.bases.models.changes import BaseWithdrawal, ParticularsChange, ParticularsChangeItem
from apps.bases.models.register import (
    LEVEL_LABELS,
    PUBLIC_STATUSES,
    REGISTERED,
    STATUS_TONES,
    Base,
    BaseEvent,
    BaseStatus,
    RegisterRecord,
    revocation_word,
)
from apps.bases.models.units import ManagingUnitAssignment

__all__ = [
    "LEVEL_LABELS",
    "PUBLIC_STATUSES",
    "REGISTERED",
    "STATUS_TONES",
    "Base",
    "BaseEvent",
    "BaseStatus",
    "BaseWithdrawal",
    "ManagingUnitAssignment",
    "ParticularsChange",
    "ParticularsChangeItem",
    "RegisterRecord",
    "revocation_word",
]
