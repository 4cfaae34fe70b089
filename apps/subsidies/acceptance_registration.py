"""Where the steps of acceptance and supervision are taken, and what the acceptance's case page shows."""

from __future__ import annotations

from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.models import Base, BaseStatus
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.assignments import register_derived
from apps.cases.enums import CaseKind
from apps.cases.withheld import register_sending
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.services import acceptance_lists, acceptances, supervision

KIND = CaseKind.ACCEPTANCE
LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)

register_sending(KIND, "", "submit")
register_page(KIND, "edit", "subsidies:acceptance_form")
register_page(KIND, "submit", "subsidies:acceptance_submit")
register_plain(KIND, "drop", "send_back_conclusion")
register_service(KIND, "return_for_correction")(acceptances.return_for_correction)
register_page(KIND, "assign_reviewer", "subsidies:acceptance_reviewers")
register_page(KIND, "release_reviewer", "subsidies:acceptance_reviewers")
register_service(KIND, "start_review")(acceptances.start_review)
register_page(KIND, "submit_opinion", "subsidies:acceptance_opinion")
register_page(KIND, "propose_conclusion", "subsidies:acceptance_conclusion")
register_service(KIND, "sign_acceptance")(acceptances.sign_acceptance)
register_service(KIND, "sign_rejection")(acceptances.sign_rejection)
register_service(KIND, "sign_supplement")(acceptances.sign_supplement)
register_service(KIND, "discontinue")(acceptances.discontinue)
register_summary(KIND, "subsidies/acceptances/_case.html", acceptance_lists.case_summary)

register_page(CaseKind.AWARD, "assign_supervisor", "subsidies:supervisors")
register_page(CaseKind.AWARD, "end_supervision", "subsidies:supervisors")
register_page(CaseKind.AWARD, "record_supervision", "subsidies:supervision_report")
register_derived(Role.FUND_SUPERVISOR, supervision.supervised_business)


def _accepts(base: Base, actor: Actor) -> bool:
    funding = registry.rulebook(base.jurisdiction_id, timezone.localdate()).funding
    paid = funding is not None and funding.scheme is not None
    return paid and base.institution_id == actor.organisation.pk and base.status in LIVE


register_base_action(
    "申请项目验收",
    "subsidies:acceptance_start",
    (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
    (OrganisationKind.INSTITUTION,),
    _accepts,
)
