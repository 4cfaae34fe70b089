from apps.plans.models.annual_plans import AnnualPlan, PlanExecution, PlannedProject, PlanReturnItem
from apps.plans.models.fees import FeeItem
from apps.plans.models.projects import TrainingProject
from apps.plans.models.records import (
    CertificateBatch,
    IdentityView,
    RecordImport,
    TraineeRecord,
    TraineeSearch,
    TraineeYear,
    TrainingTotal,
)

__all__ = [
    "AnnualPlan",
    "CertificateBatch",
    "FeeItem",
    "IdentityView",
    "PlanExecution",
    "PlanReturnItem",
    "PlannedProject",
    "RecordImport",
    "TraineeRecord",
    "TraineeSearch",
    "TraineeYear",
    "TrainingProject",
    "TrainingTotal",
]
