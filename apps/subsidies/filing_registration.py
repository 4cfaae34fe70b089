"""Where an institution fills in and sends applications for money and use plans, and from where it begins them."""

from __future__ import annotations

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind
from apps.bases.actions import register_base_action
from apps.bases.models import Base
from apps.cases.actions import register_page, register_plain, register_service
from apps.cases.enums import CaseKind
from apps.cases.withheld import register_sending
from apps.subsidies.services import award_applications, plan_changes, plan_drafting
from apps.subsidies.services.content_draft import EDITORS, PURPOSE


def _gives_awards(base: Base, actor: Actor) -> bool:
    return award_applications.gives_awards(base)


def _audits_special_funds(base: Base, actor: Actor) -> bool:
    return plan_drafting.audits_special_funds(base)


OWN = {OrganisationKind.INSTITUTION}
register_base_action("申请专项经费资助", "subsidies:award_start", EDITORS, OWN, when=_gives_awards)
register_base_action("报审专项经费使用方案", "subsidies:plan_start", EDITORS, OWN, when=_audits_special_funds)

register_sending(CaseKind.AWARD, PURPOSE, "submit", "resubmit")
register_page(CaseKind.AWARD, "edit", "subsidies:award_form")
register_page(CaseKind.AWARD, "submit", "subsidies:award_submit")
register_page(CaseKind.AWARD, "resubmit", "subsidies:award_submit")
register_service(CaseKind.AWARD, "submit")(award_applications.submit)
register_service(CaseKind.AWARD, "resubmit")(award_applications.resubmit)
register_plain(CaseKind.AWARD, "withdraw")

register_sending(CaseKind.USE_PLAN, PURPOSE, "submit", "file_minor_change")
register_page(CaseKind.USE_PLAN, "edit", "subsidies:plan_form")
register_page(CaseKind.USE_PLAN, "submit", "subsidies:plan_submit")
register_page(CaseKind.USE_PLAN, "file_minor_change", "subsidies:plan_submit")
register_service(CaseKind.USE_PLAN, "submit")(plan_drafting.submit_plan)
register_service(CaseKind.USE_PLAN, "file_minor_change")(plan_changes.file_minor_change)
register_plain(CaseKind.USE_PLAN, "drop")
