"""What a person may see: every page, export and API answer starts here."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TypeVar

from django.db.models import Exists, F, Model, OuterRef, Q, QuerySet
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Organisation
from apps.cases import assignments, withheld
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import (
    Act,
    Attachment,
    Case,
    CaseParty,
    CaseUserObjectPermission,
    Clock,
    Delivery,
    Document,
)
from apps.cases.todo import todo_keys, todo_states
from apps.cases.workflow import all_workflows

_NUMBER = re.compile(r"[A-Z]{2}-[A-Z]+-\d{4}-\d{5,}")
_NUMBER_BEGUN = re.compile(r"[A-Z]{2}-[A-Z]*(-\d*){0,2}")
MOST_LOOKED_UP = 100
Detail = TypeVar("Detail", bound=Model)
_CLOSED_BY: dict[str, Callable[[Actor], dict[str, Organisation]]] = {
    OrganisationKind.AUTHORITY: lambda actor: {},
    OrganisationKind.INSTITUTION: lambda actor: {"institution": actor.organisation},
}


def visible_cases(actor: Actor | None) -> QuerySet[Case]:
    """The cases ``actor`` may open: those its organisation has a part in; for experts and supervisors, those assigned."""
    cases = Case.objects.all()
    if actor is None:
        return cases.none()
    if actor.is_case_staff:
        return cases.filter(_party_of(actor))
    if assignments.has_assignments(actor):
        return cases.filter(assignments.assigned_to(actor))
    return cases.none()


def details_open_to(model: type[Detail], actor: Actor | None) -> QuerySet[Detail]:
    """The rows of ``model``, cases or their details keyed by them, of the cases that ``actor`` may open.

    For an organisation its part is asked of the row's own key: a part is of one tenant as its case is, and the join
    that the scope would add keeps a database from walking the rows in the order of the list.
    """
    if actor is None or not actor.is_case_staff:
        return model._default_manager.filter(pk__in=visible_cases(actor))
    with scopes_disabled():
        return model._default_manager.filter(_party_of(actor))


def readable_cases(actor: Actor | None) -> QuerySet[Case]:
    """As :func:`visible_cases`, for one object: a member of staff who is also an expert sees both."""
    if actor is None:
        return Case.objects.none()
    condition = Q(pk__in=[])
    if actor.is_case_staff:
        condition |= _party_of(actor)
    if assignments.has_assignments(actor):
        condition |= assignments.assigned_to(actor)
    return Case.objects.filter(condition)


def listed_cases(actor: Actor | None) -> QuerySet[Case]:
    """As :func:`visible_cases`, with ``age`` to sort a list by: newest last.

    For an organisation the list is joined from its parties, and ``age`` is the party's own column, so that the newest
    are read off the end of the index ``party_list`` however many cases there are.
    """
    if actor is not None and actor.is_case_staff:
        mine = Case.objects.filter(parties__organisation=actor.organisation, parties__active=True)
        return mine.annotate(age=F("parties__case_id"))
    return visible_cases(actor).annotate(age=F("pk"))


def cases_of_kind(actor: Actor | None, kind: str, state: str = "") -> QuerySet[Case]:
    """As :func:`listed_cases`, of one kind and perhaps one state.

    An authority, party to nearly all its jurisdiction's cases, finds them by the index ``case_state``.
    """
    narrowed = {"kind": kind} | ({"state": state} if state else {})
    if actor is not None and actor.is_case_staff and actor.organisation.kind == OrganisationKind.AUTHORITY:
        return visible_cases(actor).filter(**narrowed).annotate(age=F("pk"))
    return listed_cases(actor).filter(**narrowed)


def assigned_cases(actor: Actor) -> QuerySet[Case]:
    """The cases assigned to this very person (experts)."""
    return Case.objects.filter(assignments.named_to(actor))


def assisted_cases(actor: Actor) -> QuerySet[Case]:
    """Cases of others in which the actor's organisation may help and has not yet, by the steps open to an assistant."""
    helping = [
        (flow.kind, transition)
        for flow in all_workflows()
        for transition in flow.transitions
        if transition.by.party == PartyRole.ASSISTANT and transition.by.roles & actor.roles
    ]
    wanted = Q(pk__in=[])
    for kind, transition in helping:
        done = Act.objects.filter(case=OuterRef("pk"), name=transition.name, organisation=actor.organisation)
        wanted |= Q(kind=kind, state__in=transition.sources) & ~Exists(done)
    return visible_cases(actor).filter(wanted)


def todo_cases(actor: Actor | None) -> QuerySet[Case]:
    """Cases whose turn is the actor's organisation's and in which the actor's roles have a step, unsorted."""
    states: dict[str, list[str]] = {}
    for kind, state in todo_states(actor):
        states.setdefault(kind, []).append(state)
    wanted = Q(pk__in=[])
    for kind in states:
        wanted |= Q(kind=kind, state__in=states[kind])
    cases = Case.objects.annotate(age=F("pk"))
    return cases.filter(wanted, turn_organisation=actor.organisation) if actor else cases.none()


def todo_page(actor: Actor | None, offset: int, size: int) -> list[Case]:
    """``size`` to-dos from ``offset`` on, soonest due first, with what a list shows of them. Two queries."""
    return in_order(todo_keys(actor, offset, size))


def in_order(pks: list[int]) -> list[Case]:
    """The cases with these keys in this order, with what a list shows of them. One query."""
    found = {case.pk: case for case in with_names(Case.objects.filter(pk__in=pks))} if pks else {}
    return [found[pk] for pk in pks if pk in found]


def with_names(cases: QuerySet[Case]) -> QuerySet[Case]:
    """The organisations a list names, in the same query."""
    return cases.select_related("institution", "authority", "turn_organisation")


def waiting_cases(actor: Actor | None) -> QuerySet[Case]:
    """Open cases the actor's organisation takes part in that wait for somebody else."""
    organisation = actor.organisation if actor else None
    elsewhere = Q(turn_organisation__isnull=True) | ~Q(turn_organisation=organisation)
    return listed_cases(actor).filter(elsewhere, closed_at__isnull=True)


def closed_cases(actor: Actor | None) -> QuerySet[Case]:
    """Closed cases of the actor's organisation: an authority's and an institution's by their indexes of closings."""
    if actor is not None and actor.is_case_staff and actor.organisation.kind in _CLOSED_BY:
        of_its_kind = _CLOSED_BY[actor.organisation.kind](actor)
        return visible_cases(actor).filter(closed_at__isnull=False, **of_its_kind).annotate(age=F("pk"))
    return listed_cases(actor).filter(closed_at__isnull=False)


def search(cases: QuerySet[Case], text: str) -> QuerySet[Case]:
    """``cases`` whose number begins with ``text``, or whose institution's name or, where there is none, title holds it.

    An application's title names its institution. One query looks the institutions up: where they are few, their cases
    are found by the index ``case_institution``; where they are many, the list is soon full.
    """
    text = text.strip()
    if not text:
        return cases
    if _NUMBER.fullmatch(text.upper()):
        return cases.filter(number=text.upper())
    if _NUMBER_BEGUN.fullmatch(text.upper()):
        return cases.filter(number__startswith=text.upper())
    holds = "contains" if text.upper() == text.lower() else "icontains"
    named = Organisation.objects.filter(kind=OrganisationKind.INSTITUTION, **{f"name__{holds}": text}).values("pk")
    few = [found["pk"] for found in named[: MOST_LOOKED_UP + 1]]
    institutions = Q(institution__in=few if len(few) <= MOST_LOOKED_UP else named)
    return cases.filter(institutions | Q(institution__isnull=True, **{f"title__{holds}": text}))


def timeline(case: Case, actor: Actor | None) -> QuerySet[Act]:
    """The acts of a case, oldest first, with who acted for whom; internal ones for the authority and who took them."""
    acts = Act.objects.filter(case=case).select_related("actor", "organisation").order_by("seq")
    if actor is not None and actor.is_case_staff and actor.organisation.pk == case.authority_id:
        return acts
    own = Q(organisation=actor.organisation) if actor is not None and actor.is_case_staff else Q(pk__in=[])
    return acts.filter(Q(is_internal=False) | own)


def clocks_of(case: Case) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case)


EXPERT_DOCUMENTS = ("application_form", "recommendation_opinion")
"""The kinds of document of an assigned case that an expert may read before judging it."""

SUPERVISOR_DOCUMENTS = (
    "award_decision",
    "plan_audit_opinion",
    "payment_notice",
    "acceptance_report",
    "recovery_demand",
)
"""The kinds of document of an assigned award and its business that a supervisor may read."""


def readable_documents(actor: Actor | None) -> QuerySet[Document]:
    """Documents the actor may open: published ones; those its organisation issued, was sent or is the authority of.

    An expert reads EXPERT_DOCUMENTS of the cases assigned to them, a supervisor SUPERVISOR_DOCUMENTS.
    """
    condition = Q(is_public=True)
    if actor is not None and actor.is_case_staff:
        delivered = Delivery.objects.filter(document=OuterRef("pk"), organisation=actor.organisation)
        condition |= Q(issuer=actor.organisation) | Q(addressee=actor.organisation) | Q(Exists(delivered))
        condition |= Q(case__authority=actor.organisation)
    if actor is not None and Role.EXPERT in actor.roles:
        assigned = CaseUserObjectPermission.objects.filter(
            content_object=OuterRef("case"), user=actor.user, permission__codename="review_case"
        )
        condition |= Q(Exists(assigned), kind__in=EXPERT_DOCUMENTS)
    if actor is not None and Role.FUND_SUPERVISOR in actor.roles:
        supervised = Case.objects.filter(assignments.assigned_to(actor)).values("pk")
        condition |= Q(case__in=supervised, kind__in=SUPERVISOR_DOCUMENTS)
    return Document.objects.filter(condition)


def documents_of(case: Case, actor: Actor | None) -> QuerySet[Document]:
    """The documents of one case that the actor may open, latest first."""
    return readable_documents(actor).filter(case=case).defer("content")


def readable_attachments(actor: Actor | None) -> QuerySet[Attachment]:
    """Files of the cases the actor may read, drafts of the other side left out; experts get a panel's files from its pages, application by application."""
    files = withheld.open_to(Attachment.objects.filter(case__in=readable_cases(actor)), actor)
    if actor is not None and actor.organisation.kind == OrganisationKind.INSTITUTION:
        files = files.filter(is_internal=False)
    elif actor is not None and Role.FUND_SUPERVISOR in actor.roles:
        files = files.filter(Q(is_internal=False) | Q(uploaded_by=actor.user))
    return files if actor is None or actor.is_case_staff else files.exclude(case__kind=CaseKind.PANEL)


def _party_of(actor: Actor) -> Q:
    with scopes_disabled():  # the case around it is scoped; a second join to the case would only cost time
        parties = CaseParty.objects.filter(case=OuterRef("pk"), organisation=actor.organisation, active=True)
    return Q(Exists(parties))
