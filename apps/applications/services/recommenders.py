"""Who may examine and recommend: the list the authority keeps, held against what the road asks."""

from __future__ import annotations

from apps.accounts.enums import OrganisationKind, at_least_rank
from apps.accounts.models import Organisation
from apps.applications.models import Application
from apps.cases.workflow.problems import Problem
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.roads import RecommendationStage, Road

UNIT_FIELDS = {"examination": "examiner", "recommendation": "recommender"}


def eligible_units(jurisdiction: str, stage: RecommendationStage, road: Road) -> list[Organisation]:
    """Departments of ``jurisdiction`` on the authority's list that may take ``stage`` of ``road``, by name."""
    departments = Organisation.objects.filter(
        kind=OrganisationKind.DEPARTMENT, jurisdiction_id=jurisdiction, is_active=True
    ).order_by("name")
    return [department for department in departments if not _shortcomings(department, stage, road)]


def unit_problems(application: Application, road: Road) -> list[Problem]:
    """What is missing in the departments the applicant named; nothing for a direct application or a road without."""
    if application.direct:
        return []
    return [
        problem
        for stage in road.recommendation
        for problem in _stage_problems(getattr(application, UNIT_FIELDS[stage.code]), stage, road)
    ]


def recommender_problems(application: Application, road: Road) -> list[Problem]:
    """As :func:`unit_problems`, for the stage whose opinion is about to be signed."""
    return [
        problem
        for stage in road.recommendation
        if stage.code == "recommendation"
        for problem in _stage_problems(application.recommender, stage, road)
    ]


def _stage_problems(unit: Organisation | None, stage: RecommendationStage, road: Road) -> list[Problem]:
    where = f"section:units#{UNIT_FIELDS[stage.code]}"
    if unit is None:
        message = f"尚未选择“{stage.label}”的办理部门（{cite(stage.article)}）。"
        return [Problem("unit_missing", message, (stage.article,), where)]
    return [
        Problem("unit_not_eligible", f"{unit.name}{shortcoming}", (article,), where)
        for shortcoming, article in _shortcomings(unit, stage, road)
    ]


def _shortcomings(unit: Organisation, stage: RecommendationStage, road: Road) -> list[tuple[str, str]]:
    found = []
    if not unit.is_active:
        found.append(("已停用，请另选部门。", stage.article))
    if not set(unit.recommender_types) & set(stage.by):
        kinds = "、".join(road.unit_label(unit_type) for unit_type in stage.by)
        found.append((f"不属于{cite(stage.article)}所列的{kinds}，不能办理“{stage.label}”。", stage.article))
    rank = road.recommender_rank
    if rank is not None and stage.code == "recommendation" and not at_least_rank(unit.rank, rank.code):
        found.append((f"的级别低于{cite(rank.article)}要求的{rank.label}，不能推荐。", rank.article))
    return found
