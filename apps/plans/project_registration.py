"""Where the steps of training projects are taken, and what their case page shows."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base, BaseStatus
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.plans.services import archives, project_consent, project_filing, project_marks, projects
from apps.plans.services.project_pages import particulars, with_relations

KIND = CaseKind.TRAINING_PROJECT
EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


def project_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """What the text asks of the project, its last day for filing, its particulars and how complete its archive is."""
    project = with_relations(case)
    return {
        "project": project,
        "case": case,
        "open_to_records": case.state in projects.AUTHORISED_STATES,
        "over": case.state in project_marks.OVER,
        "done": archives.completeness(archives.pieces(project)),
        "blocked": projects.certificates_allowed(project),
        **particulars(project),
    }


def _live(base: Base, actor: Actor) -> bool:
    return base.status in (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)


register_page(KIND, "edit", "plans:project_edit")
for _step in ("confirm", "submit", "resubmit"):
    register_page(KIND, _step, "plans:project_submit")
register_page(KIND, "propose_unit_opinion", "plans:project_opinion")
for _step in ("sign_consent", "sign_refusal"):
    register_page(KIND, _step, "plans:project_sign")
for _step in ("close_class", "close_unauthorised"):
    register_page(KIND, _step, "plans:project_close")
register_service(KIND, "return_for_correction")(project_filing.return_project)
register_service(KIND, "send_back_unit_opinion")(project_consent.send_back_opinion)
register_service(KIND, "file")(project_filing.file_project)
register_service(KIND, "archive")(archives.archive)
register_service(KIND, "amend")(projects.amend_project)
register_service(KIND, "cancel")(projects.cancel_project)
register_plain(KIND, "discontinue")
register_summary(KIND, "plans/projects/_summary.html", project_summary)

register_base_action(
    "培训项目：从年度计划建立", "plans:project_planned", EDITORS, [OrganisationKind.INSTITUTION], _live
)
register_base_action("培训项目：建立计划外项目", "plans:project_new", EDITORS, [OrganisationKind.INSTITUTION], _live)
register_base_action("收费标准", "plans:fees_manage", EDITORS, [OrganisationKind.INSTITUTION])
