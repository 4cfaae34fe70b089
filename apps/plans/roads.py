"""What the text asks of a plan and of a training project before they may go on."""

from __future__ import annotations

import datetime as dt
import enum
from typing import TYPE_CHECKING

from django.utils import timezone

from apps.cases.workflow.engine import rules_of
from apps.plans.models import AnnualPlan

if TYPE_CHECKING:
    from apps.cases.models import Case
    from apps.jurisdictions.rulebooks.rulebook import Rulebook
    from apps.jurisdictions.rulebooks.supervision import Requirement
    from apps.plans.models import PlannedProject


class Authorisation(enum.StrEnum):
    """What a training project itself needs before it is held in the base's name."""

    NONE = "none"
    CONSENT = "consent"
    FILING = "filing"


def plan_requirement(case: Case) -> Requirement | None:
    """What must come first before the plan is filed, by the text; None where nothing must."""
    return rules_of(case).annual_plan.deadlines[-1].requires


def authorisation_of(case: Case) -> Authorisation:
    """What the project of ``case`` needs before it may be held.

    Nothing where it is not held in the base's name, the text does not limit the name, or a plan that is approved or
    filed already holds it and the text asks for no filing of each class.
    """
    project = case.training_project
    rules = rules_of(case)
    if not project.in_base_name or (rules.name_use is None and rules.class_filing is None):
        return Authorisation.NONE
    if rules.class_filing is not None:
        return Authorisation.FILING
    if plan_covers(case):
        return Authorisation.NONE
    return required_of_unplanned(rules)


def required_of_unplanned(rules: Rulebook) -> Authorisation:
    """What a project outside every plan needs in the base's name under this text."""
    if rules.class_filing is not None:
        return Authorisation.FILING
    if rules.name_use is None:
        return Authorisation.NONE
    return Authorisation.CONSENT if rules.name_use.rule == "managing_unit_consent" else Authorisation.FILING


def text_asks(rules: Rulebook) -> bool:
    """Whether the text asks for anything before training is held in a base's name."""
    return rules.name_use is not None or rules.class_filing is not None


def name_articles(rules: Rulebook) -> tuple[str, ...]:
    """The articles on which consent, approval or filing of a project rests, each once."""
    found = [part.article for part in (rules.class_filing, rules.name_use) if part is not None]
    return tuple(dict.fromkeys(found))


def plan_covers(case: Case) -> bool:
    """Whether the plan that holds the project has been agreed to or filed, as the text asks, and still holds it.

    The plan must stand by the day the class opens. A later filed version of it that has dropped the project takes the
    cover away until the class is authorised.
    """
    project = case.training_project
    planned = project.planned
    if planned is None or not plan_stands(planned):
        return False
    since = plan_since(planned.plan)
    if since is not None and since > project.starts_on:
        return False
    later = AnnualPlan.objects.filter(
        base_id=planned.plan.base_id, year=planned.plan.year, version__gt=planned.plan.version, case__state="filed"
    ).order_by("-version")
    newest = later.first()
    return newest is None or newest.projects.filter(key=planned.key).exists()


def plan_stands(planned: PlannedProject) -> bool:
    """Whether the version of the plan that holds ``planned`` is filed, or agreed to and on its way to be."""
    plan = planned.plan
    return plan.case.state == "filed" or (
        plan.unit_conclusion == "agreed" and plan.case.state in ("filing", "returned_by_authority")
    )


def plan_since(plan: AnnualPlan) -> dt.date | None:
    """The day from which the plan stands: when the managing unit agreed to it or, where none has to, when it was filed."""
    signed = plan.case.acts.filter(name="sign_unit_opinion").order_by("-seq").first()
    return timezone.localdate(signed.at) if signed else plan.filed_on
