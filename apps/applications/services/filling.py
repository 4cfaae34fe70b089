"""Filling in the application form: opening it, loading it with what it depends on, saving a section."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.applications.enums import ApplicationState, RoundState
from apps.applications.models import Application, ApplicationSection, ReturnItem, Round
from apps.applications.sections import Filled, FormContext, Section, sections_for
from apps.applications.sections.evidence import PURPOSE
from apps.applications.sections.units import chosen_units
from apps.applications.services.recommenders import eligible_units
from apps.bases.selectors import register_facts
from apps.cases import clocks
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Case
from apps.cases.numbering import case_number
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.cases.workflow.engine import add_party, lock_case, open_case
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.rulebook import Rulebook

EDITORS = (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
RETURNED = (
    ApplicationState.RETURNED_BY_EXAMINER,
    ApplicationState.RETURNED_BY_RECOMMENDER,
    ApplicationState.CORRECTING,
)
OVER = (ApplicationState.WITHDRAWN, ApplicationState.DECLINED, ApplicationState.REFUSED)
"""After these the institution may apply anew while the round is open; whether it is barred the intake decides."""


WINDOW_CLOCK = "window"


class SectionConflict(Exception):
    """Somebody saved the section after the writer read it; ``current`` is what is stored now."""

    def __init__(self, current: ApplicationSection) -> None:
        self.current = current
        super().__init__(f"{current.code} is at version {current.version}")


@dataclass
class FilledForm:
    """The whole form as it stands: loaded once, asked many times. Three queries, and more only when asked for."""

    application: Application
    context: FormContext
    stored: Mapping[str, ApplicationSection]

    @cached_property
    def sections(self) -> tuple[Filled, ...]:
        return tuple(section.fill(self.data(section.code), self.context) for section in sections_for(self.context))

    def data(self, code: str) -> dict[str, Any]:
        return self.stored[code].data if code in self.stored else {}

    def version(self, code: str) -> int:
        return self.stored[code].version if code in self.stored else 0

    def section(self, code: str) -> Filled:
        """Raises KeyError for a section the text does not ask for."""
        return {filled.code: filled for filled in self.sections}[code]

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the form declares in the rulebook's vocabulary."""
        facts: dict[str, Any] = {}
        for filled in self.sections:
            facts |= filled.facts
        if "base_level" in self.context.facts_read:
            facts["base_level"] = self.context.level
        return facts


def application_rulebook(application: Application) -> Rulebook:
    """The rulebook the application is pinned to; before submission, the one that governs today."""
    case = application.case
    if case.rulebook_key:
        return registry.by_key(case.rulebook_key)
    return registry.rulebook(case.jurisdiction_id, timezone.localdate())


def load_form(application: Application) -> FilledForm:
    """The form of ``application`` with its context."""
    rulebook = application_rulebook(application)
    stored = {row.code: row for row in application.sections.select_related("saved_by")}
    return FilledForm(application, _context(application, rulebook), stored)


def sections_of(application: Application) -> tuple[Section, ...]:
    """The sections that the application's text asks for, in order."""
    return sections_for(_context(application, application_rulebook(application)))


def _context(application: Application, rulebook: Rulebook) -> FormContext:
    case = application.case
    direct = rulebook.road.direct_application
    register = cache(lambda: register_facts(case.institution_id))
    return FormContext(
        rulebook=rulebook,
        level=application.level,
        last_year=application.round.opens_on.year - 1,
        fields_wanted=tuple(application.round.fields_wanted),
        institution=case.institution,
        facts_read=registry.facts_read_by(rulebook),
        units=cache(lambda stage: list(eligible_units(case.jurisdiction_id, stage, rulebook.road))),
        register=register,
        direct_open=lambda: direct is not None and direct.open_to(register()),
        evidence=cache(lambda: _evidence_codes(case)),
    )


def _evidence_codes(case: Case) -> frozenset[str]:
    purposes = case.attachments.filter(purpose__startswith=PURPOSE, removed_at__isnull=True).values_list(
        "purpose", flat=True
    )
    return frozenset(purpose.removeprefix(PURPOSE) for purpose in purposes)


def may_fill_in(application: Application, actor: Actor | None) -> bool:
    """Whether ``actor`` fills in for the applicant: its editors and its head."""
    return actor is not None and actor.organisation.pk == application.case.institution_id and actor.has(*EDITORS)


def reopened_sections(application: Application) -> dict[str, list[ReturnItem]]:
    """Section code → what was sent back about it and not yet resubmitted."""
    reopened: dict[str, list[ReturnItem]] = {}
    for item in application.return_items.filter(resolved_by__isnull=True).select_related("act"):
        reopened.setdefault(item.section, []).append(item)
    return reopened


def editable_sections(application: Application, actor: Actor | None) -> frozenset[str]:
    """The sections ``actor`` may change now: all of a draft, the returned ones of a returned form, else none."""
    if not may_fill_in(application, actor):
        return frozenset()
    if application.case.state == ApplicationState.DRAFT:
        return frozenset(section.code for section in sections_of(application))
    if application.case.state in RETURNED:
        return frozenset(reopened_sections(application))
    return frozenset()


def may_start(actor: Actor) -> bool:
    return actor.organisation.kind == OrganisationKind.INSTITUTION and actor.has(*EDITORS)


def start_application(rnd: Round, actor: Actor) -> Application:
    """Open an application of the actor's institution in ``rnd``; the one it has already is returned instead.

    Raises NotPermitted unless the actor fills in for an institution, Blocked when the round takes no applications.
    """
    if not may_start(actor):
        raise NotPermitted(Problem("not_permitted", "只有施教机构的填报人或负责人可以填写申报表。"))
    with transaction.atomic():
        round_case = lock_case(rnd.case_id)
        existing = _live_application(rnd, actor)
        if existing is not None:
            return existing
        _check_takes_applications(rnd, round_case)
        return _open(rnd, round_case, actor)


def _live_application(rnd: Round, actor: Actor) -> Application | None:
    return (
        Application.objects.filter(round=rnd, case__institution=actor.organisation)
        .exclude(case__state__in=OVER)
        .select_related("case")
        .first()
    )


def _check_takes_applications(rnd: Round, round_case: Case) -> None:
    if round_case.state != RoundState.PUBLISHED:
        raise Blocked(Problem("round_not_published", "该申报批次未发布或已截止，不能填写申报表。"))
    if timezone.now() >= rnd.closes_at:
        raise Blocked(Problem("window_closed", f"本批次申报已于 {rnd.closes_on:%Y-%m-%d} 24 时截止。"))


def _open(rnd: Round, round_case: Case, actor: Actor) -> Application:
    institution = actor.organisation
    now = timezone.now()
    case = Case(
        jurisdiction_id=round_case.jurisdiction_id,
        kind=CaseKind.APPLICATION,
        number=case_number(round_case.jurisdiction_id, CaseKind.APPLICATION, timezone.localdate(now).year),
        title=f"{institution.name}申报（{rnd.title}）"[:200],
        institution=institution,
        authority_id=round_case.authority_id,
        is_sandbox=round_case.is_sandbox,
    )
    open_case(case, actor, label="开始填报", data={"round": round_case.number})
    application = Application.objects.create(case=case, round=rnd, level=rnd.level)
    add_party(case, institution.pk, PartyRole.INSTITUTION, active=True)
    add_party(case, round_case.authority_id, PartyRole.AUTHORITY)
    clocks.start_clock(case, WINDOW_CLOCK, "申报截止", rnd.closes_on, basis=ClockBasis.OFFICER, note="至当日 24 时止")
    ApplicationSection.objects.create(
        application=application,
        code="particulars",
        data={
            "credit_code": institution.credit_code,
            "registered_division": institution.division,
            "address": institution.address,
            "contact_phone": institution.phone,
        },
        version=1,
        saved_at=now,
    )
    return application


def save_section(
    application: Application, code: str, data: Mapping[str, Any], version: int, actor: Actor
) -> ApplicationSection:
    """Keep ``data`` as typed, valid or not, if nobody saved after ``version``.

    Raises SectionConflict with what is stored when somebody did, WrongState when the section is not open for
    changes, NotPermitted when the actor does not fill in for the applicant. Nothing is ever overwritten unseen.
    """
    with transaction.atomic():
        lock_case(application.case_id)
        application.case.refresh_from_db(fields=["state"])
        check_editable(application, code, actor)
        row, _created = ApplicationSection.objects.get_or_create(application=application, code=code)
        swapped = ApplicationSection.objects.filter(pk=row.pk, version=version).update(
            data=dict(data), version=version + 1, saved_by=actor.user, saved_at=timezone.now()
        )
        if not swapped:
            raise SectionConflict(ApplicationSection.objects.select_related("saved_by").get(pk=row.pk))
        row.refresh_from_db()
        _mirror(application, code)
        return row


def check_editable(application: Application, code: str, actor: Actor) -> None:
    """Raise unless ``actor`` may change section ``code`` now."""
    if not may_fill_in(application, actor):
        raise NotPermitted(Problem("not_permitted", "只有申报单位的填报人或负责人可以修改申报表。"))
    if code not in editable_sections(application, actor):
        state = ApplicationState(application.case.state).label
        raise WrongState(
            Problem("section_locked", f"本件现为“{state}”，本部分已锁定，不能修改。", where=f"section:{code}")
        )


def _mirror(application: Application, code: str) -> None:
    """Repeat on the application what lists and the road read: its field and the departments chosen."""
    if code not in ("particulars", "units"):
        return
    filled = load_form(application).section(code)
    values = chosen_units(filled) if code == "units" else {"field": filled.cleaned.get("field") or ""}
    Application.objects.filter(pk=application.pk).update(**values)
    for name, value in values.items():
        setattr(application, name, value)


def parse_section(form: FilledForm, section: Section, post: QueryDict) -> dict[str, Any]:
    """The data of ``section`` after a submitted page."""
    return section.parse(post, form.data(section.code), form.context)


def saved_time(row: ApplicationSection | None) -> dt.datetime | None:
    return row.saved_at if row else None
