"""Where the steps of changes and withdrawals are taken, what their case pages show, and what a base's page offers."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import register_base_action
from apps.bases.competence import competence_article
from apps.bases.models import Base
from apps.bases.services import changes, managing_units, opening, withdrawals
from apps.cases.actions import register_page, register_plain, register_service, register_summary
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.web import rulebook_of
from apps.cases.withheld import register_sending
from apps.cases.workflow.engine import rules_of


def _change_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    change = changes.change_of(case)
    case.particulars_change = change  # the guards of the steps on offer read it again
    inside = actor is not None and actor.organisation.pk == case.authority_id
    items = list(change.items.all())
    return {
        "change": change,
        "rows": [{"label": item.name, "before": item.before or "（未登记）", "after": item.after} for item in items],
        "rules": rules_of(case).particulars_change,
        "rulebook": rulebook_of(case) or rules_of(case),
        "files": changes.evidence_of(case, sent=not opening.is_own(change.base, actor)),
        "days": changes.days_until_reported(change),
        "opinion": change.opinion if inside else "",
        "agrees": change.agrees if inside else None,
        "may_edit": changes.is_open_to_edit(case) and opening.is_own(change.base, actor),
    }


def _withdrawal_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    withdrawal = withdrawals.withdrawal_of(case)
    case.base_withdrawal = withdrawal
    return {
        "withdrawal": withdrawal,
        "running": withdrawals.running_cases(withdrawal.base, case, actor),
        "rulebook": rulebook_of(case) or rules_of(case),
        "competence": competence_article(rules_of(case), withdrawal.base),
        "may_edit": case.state == "draft" and opening.is_own(withdrawal.base, actor),
    }


CHANGE, WITHDRAWAL = CaseKind.PARTICULARS_CHANGE, CaseKind.BASE_WITHDRAWAL
register_sending(CHANGE, changes.EVIDENCE, "submit")
register_page(CHANGE, "edit", "bases:change_edit")
register_page(CHANGE, "propose_consent", "bases:change_opinion")
register_service(CHANGE, "submit")(changes.submit)
register_service(CHANGE, "file_at_unit")(changes.file_at_unit)
register_service(CHANGE, "sign_consent")(changes.sign_consent)
register_service(CHANGE, "sign_refusal")(changes.sign_refusal)
register_service(CHANGE, "return_for_correction")(changes.return_for_correction)
register_service(CHANGE, "file")(changes.file)
register_plain(CHANGE, "drop", "take_over", "send_back_consent", "discontinue")
register_summary(CHANGE, "bases/_change_case.html", _change_summary)

register_page(WITHDRAWAL, "edit", "bases:withdrawal_edit")
register_page(WITHDRAWAL, "record_plaque", "bases:withdrawal_plaque")
register_service(WITHDRAWAL, "submit")(withdrawals.submit)
register_service(WITHDRAWAL, "sign_withdrawal")(withdrawals.sign_withdrawal)
register_service(WITHDRAWAL, "sign_decline")(withdrawals.sign_decline)
register_plain(WITHDRAWAL, "drop", "propose", "propose_decline", "send_back", "discontinue")
register_summary(WITHDRAWAL, "bases/_withdrawal_case.html", _withdrawal_summary)


def _live(base: Base, actor: Actor) -> bool:
    return base.status in opening.LIVE


def _takes_a_unit(base: Base, actor: Actor) -> bool:
    return _live(base, actor) and base.authority_id == actor.organisation.pk and bool(managing_units.unit_title(base))


OWN = {OrganisationKind.INSTITUTION}
register_base_action("信息变更", "bases:change_start", opening.OWN_ROLES, OWN, when=_live)
register_base_action("申请退出", "bases:withdrawal_start", opening.OWN_ROLES, OWN, when=_live)
register_base_action(
    "确定管理（指导）单位",
    "bases:unit_propose",
    {Role.AUTHORITY_OFFICER},
    {OrganisationKind.AUTHORITY},
    when=_takes_a_unit,
)
