"""Guards of plans and projects: each returns what is missing, in Chinese with the article, and never a bare no."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from apps.bases.guards import base_ended, base_has_ended, base_is_live
from apps.cases.guards import text_in_force
from apps.cases.workflow.engine import rules_of
from apps.cases.workflow.problems import Problem
from apps.plans.enums import UnitConclusion
from apps.plans.roads import name_articles

if TYPE_CHECKING:
    from apps.accounts.actors import Actor
    from apps.cases.models import Case

__all__ = ["base_ended", "base_has_ended", "base_is_live", "text_in_force"]


def plan_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Both parts of the plan are whole: nothing required is missing and nothing typed is wrong."""
    from apps.plans.services.plan_forms import plan_problems

    return plan_problems(case.annual_plan)


def assessment_attached(case: Case, actor: Actor | None) -> list[Problem]:
    """Where the text has the experts' group propose the plan, its proposal is attached."""
    group = rules_of(case).annual_plan.assessment_group
    if group is None or case.attachments.filter(purpose="assessment_proposal", removed_at__isnull=True).exists():
        return []
    return [Problem("assessment_missing", "请上传评估小组的建议材料。", (group.article,), "attachments")]


def managing_unit_known(case: Case, actor: Actor | None) -> list[Problem]:
    """The plan goes to the managing unit, so the register must know it."""
    if case.base.managing_unit_id is not None:
        return []
    return [Problem("managing_unit_missing", "名录中尚未登记本基地的管理单位，请联系认定机关登记后再报送。")]


def is_amendment(case: Case, actor: Actor | None) -> list[Problem]:
    """Only an amendment may be given up; the year's own plan is due."""
    if case.annual_plan.amends_id is not None:
        return []
    return [Problem("plan_due", "年度计划应按规定报送，不能放弃。", (rules_of(case).annual_plan.article,))]


def not_acknowledged(case: Case, actor: Actor | None) -> list[Problem]:
    if not case.acts.filter(name="acknowledge").exists():
        return []
    return [Problem("acknowledged", "本单位已办理过。")]


def unit_agrees(case: Case, actor: Actor | None) -> list[Problem]:
    return _concluded(case.annual_plan.unit_conclusion, UnitConclusion.AGREED)


def unit_refuses(case: Case, actor: Actor | None) -> list[Problem]:
    return _concluded(case.annual_plan.unit_conclusion, UnitConclusion.REFUSED)


def unit_agrees_to_project(case: Case, actor: Actor | None) -> list[Problem]:
    return _concluded(case.training_project.unit_conclusion, UnitConclusion.AGREED)


def unit_refuses_project(case: Case, actor: Actor | None) -> list[Problem]:
    return _concluded(case.training_project.unit_conclusion, UnitConclusion.REFUSED)


def _concluded(conclusion: str, wanted: str) -> list[Problem]:
    if conclusion == wanted:
        return []
    told = UnitConclusion(conclusion).label if conclusion else "未拟定"
    return [Problem("conclusion_differs", f"经办人拟定的意见是“{told}”，与本步骤不符。")]


def project_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """The project's own particulars are whole and its fee is on the published schedule."""
    from apps.plans.services.projects import project_problems

    return project_problems(case.training_project)


def late_filing_explained(case: Case, actor: Actor | None) -> list[Problem]:
    """A filing later than the text allows needs a reason; it is recorded, shown and not refused."""
    from apps.plans.services.class_filing import late_filing_problems

    return late_filing_problems(case.training_project)


def asked_before_opening(case: Case, actor: Actor | None) -> list[Problem]:
    """Consent and approval come before the class; a filing that the text lets come late is told, not refused."""
    project, rules = case.training_project, rules_of(case)
    if rules.class_filing is not None or timezone.localdate() <= project.starts_on:
        return []
    text = f"项目已于 {project.starts_on:%Y-%m-%d} 开班，同意或备案须在开班前取得。"
    return [Problem("opened_already", text, name_articles(rules), "starts_on")]


def class_is_over(case: Case, actor: Actor | None) -> list[Problem]:
    project = case.training_project
    if timezone.localdate() >= project.ends_on:
        return []
    return [Problem("class_running", f"培训于 {project.ends_on:%Y-%m-%d} 结束，结束后再登记办班结果。")]


def class_not_over(case: Case, actor: Actor | None) -> list[Problem]:
    project = case.training_project
    if timezone.localdate() <= project.ends_on:
        return []
    return [Problem("class_over", f"培训已于 {project.ends_on:%Y-%m-%d} 结束，不能再变更；请登记办班结果。")]


def no_records_yet(case: Case, actor: Actor | None) -> list[Problem]:
    if not case.training_project.record_count:
        return []
    return [Problem("records_exist", "已登记学员培训记录，不能取消项目。")]


def archive_complete(case: Case, actor: Actor | None) -> list[Problem]:
    """Every part of the archive that the text asks for is filed."""
    from apps.plans.services.archives import archive_problems

    return archive_problems(case.training_project)


PLAN_SUBMISSION = (base_is_live, plan_complete, assessment_attached)
PROJECT_COMPLETE = (base_is_live, project_complete)


def certificates_allowed(case: Case, actor: Actor | None) -> list[Problem]:
    """The project holds what its text asks for, so that certificates may be issued and credit registered."""
    from apps.plans.services.projects import certificates_allowed as problems_of

    return problems_of(case.training_project)


def certificates_due(case: Case, actor: Actor | None) -> list[Problem]:
    """There is somebody who has passed and has no certificate yet."""
    project = case.training_project
    if project.passed_count > project.certificate_count:
        return []
    return [Problem("nobody_to_certify", "没有合格而尚未发证的学员。")]
