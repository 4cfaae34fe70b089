"""Submitting, submitting again after a return, and withdrawing."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind
from apps.accounts.models import Organisation
from apps.applications.enums import ApplicationState
from apps.applications.models import Application
from apps.applications.sections.units import STAGE_FIELDS
from apps.applications.services import terms
from apps.applications.services.filling import WINDOW_CLOCK, application_rulebook, load_form
from apps.applications.services.printing import form_content, form_sha256
from apps.applications.services.self_check import application_facts, evaluate_application
from apps.cases import clocks
from apps.cases.enums import ClockBasis, PartyRole
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import add_party, lock_case, perform, remove_party, road_of
from apps.documents.services import issue
from apps.jurisdictions.rulebooks.roads import Road
from apps.panels.services.access import close_subject

INTAKE_CLOCK = "intake"
INTAKE_WORKDAYS = 5
PARTY_OF_STAGE = {"examination": PartyRole.EXAMINER, "recommendation": PartyRole.RECOMMENDER}


def submit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Submit the application: the rulebook of the day is pinned, parties take their part, the form is frozen.

    Raises WrongState, NotPermitted or Blocked with everything that is missing; then nothing has changed.
    """
    with transaction.atomic():
        lock_case(case.pk)
        application = _application(case)
        rulebook = application_rulebook(application)
        Case.objects.filter(pk=case.pk).update(rulebook_key=rulebook.key, submitted_at=timezone.now())
        assign_parties(application, rulebook.road)
        return _send(case, "submit", application, actor)


def resubmit(case: Case, actor: Actor, reason: str = "") -> Act:
    """Send the form back after a return or a request for corrections; the items sent back are resolved by it.

    Raises as :func:`submit` does.
    """
    with transaction.atomic():
        locked = lock_case(case.pk)
        return _send(case, "resubmit", _application(case), actor, was=locked.state)


def withdraw(case: Case, actor: Actor, reason: str) -> Act:
    """Withdraw the application, with a reason; experts who had its file lose it. Raises as perform() does."""
    return perform(case, "withdraw", actor, reason=reason, change=lambda locked, act: close_subject(locked.pk))


def _application(case: Case) -> Application:
    return Application.objects.select_related(
        "case__institution", "case__authority__superior", "round__case", "examiner", "recommender"
    ).get(pk=case.pk)


def _send(case: Case, step: str, application: Application, actor: Actor, was: str = "") -> Act:
    sha256 = form_sha256(application)

    def change(locked: Case, act: Act) -> None:
        clocks.end_clock(locked, WINDOW_CLOCK)
        _freeze(application, sha256)
        application.return_items.filter(resolved_by__isnull=True).update(resolved_by=act)
        issue(
            locked,
            act,
            "application_form",
            form_content(application, sha256=sha256),
            issuer=application.case.institution,
            deliver_to=[organisation for organisation in (locked.turn_organisation,) if organisation],
        )
        if was == ApplicationState.CORRECTING:
            _corrected(locked)
        elif locked.state == ApplicationState.INTAKE:
            start_intake_clock(locked)

    return perform(case, step, actor, data={"form_sha256": sha256}, change=change)


def _freeze(application: Application, sha256: str) -> None:
    form = load_form(application)
    application.facts = _plain(application_facts(application, form))
    application.evaluation = evaluate_application(application, form).as_dict()
    application.form_sha256 = sha256
    application.save(update_fields=["facts", "evaluation", "form_sha256"])


def _plain(facts: dict[str, Any]) -> dict[str, Any]:
    return {key: list(value) if isinstance(value, tuple) else value for key, value in facts.items()}


def _corrected(case: Case) -> None:
    from apps.applications.services.intake import on_resubmitted

    on_resubmitted(case)


def assign_parties(application: Application, road: Road) -> None:
    """Give the departments the road needs, the superior authority and the association their part in the case."""
    case = application.case
    for stage in road.recommendation:
        role = PARTY_OF_STAGE[stage.code]
        unit_id = None if application.direct else getattr(application, f"{STAGE_FIELDS[stage.code]}_id")
        remove_party(case, role)
        if unit_id is not None:
            add_party(case, unit_id, role)
    if any(lower.level == application.level for lower in road.lower_bases):
        _assign_filing_authority(case)
    if road.delegated_service is not None:
        association = _association(case)
        if association is not None:
            add_party(case, association.pk, PartyRole.ASSISTANT)


def _assign_filing_authority(case: Case) -> None:
    if case.authority.superior_id is None:
        raise Blocked(
            Problem("no_filing_authority", "认定机关尚未登记其上级备案机关，请联系认定机关。", where="authority")
        )
    add_party(case, case.authority.superior_id, PartyRole.FILING_AUTHORITY)


def _association(case: Case) -> Organisation | None:
    """The association the authority lets assist: its own where several serve the jurisdiction."""
    found = Organisation.objects.filter(
        kind=OrganisationKind.ASSOCIATION, jurisdiction_id=case.jurisdiction_id, may_assist=True, is_active=True
    ).order_by("pk")
    own = [one for one in found if one.superior_id == case.authority_id]
    return own[0] if own else next((one for one in found if one.superior_id is None), None)


def start_intake_clock(case: Case) -> None:
    """The file has reached the authority: its promise of five working days runs, and the association may assist.

    The term is a service promise, not one of the texts'.
    """
    if road_of(case).delegated_service is not None:
        for party in CaseParty.objects.filter(case=case, active=False):
            if PartyRole.ASSISTANT in party.roles:
                party.active = True
                party.save(update_fields=["active"])
    counted, provisional = terms.promised_workdays(timezone.localdate(), INTAKE_WORKDAYS)
    note = "收到材料之日起 5 个工作日内作出受理与否的决定；参照行政许可的受理期限，属服务承诺"
    clocks.start_clock(
        case,
        INTAKE_CLOCK,
        "受理审查",
        counted[-1],
        basis=ClockBasis.PROMISE,
        counted=counted,
        note="；".join(part for part in (note, provisional) if part),
    )
