"""What a person may see: every page, export and API answer starts here."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases.models import Act, Attachment, Case, CaseParty, CaseUserObjectPermission, Clock, Document
from apps.cases.workflow import all_workflows


def visible_cases(actor: Actor | None) -> QuerySet[Case]:
    """The cases ``actor`` may open: those its organisation has an active part in; for an expert, those assigned."""
    cases = Case.objects.all()
    if actor is None:
        return cases.none()
    if actor.is_case_staff:
        return cases.filter(_party_of(actor))
    if Role.EXPERT in actor.roles:
        return cases.filter(_assigned_to(actor))
    return cases.none()


def readable_cases(actor: Actor | None) -> QuerySet[Case]:
    """As :func:`visible_cases`, for one object: a member of staff who is also an expert sees both."""
    if actor is None:
        return Case.objects.none()
    condition = Q(pk__in=[])
    if actor.is_case_staff:
        condition |= _party_of(actor)
    if Role.EXPERT in actor.roles:
        condition |= _assigned_to(actor)
    return Case.objects.filter(condition)


def todo_cases(actor: Actor | None) -> QuerySet[Case]:
    """Cases whose turn is the actor's organisation's and in which the actor's roles have a step, soonest due first."""
    if actor is None or not actor.is_case_staff:
        return Case.objects.none()
    wanted = Q(pk__in=[])
    for workflow in all_workflows():
        states = workflow.states_for(actor.roles)
        if states:
            wanted |= Q(kind=workflow.kind, state__in=sorted(states))
    return Case.objects.filter(wanted, turn_organisation=actor.organisation)


def waiting_cases(actor: Actor | None) -> QuerySet[Case]:
    """Open cases the actor's organisation takes part in that wait for somebody else."""
    return (
        visible_cases(actor)
        .filter(closed_at__isnull=True)
        .exclude(turn_organisation=actor.organisation if actor else None)
    )


def timeline(case: Case, actor: Actor | None) -> QuerySet[Act]:
    """The acts of a case, oldest first, with who acted for whom; internal ones for the authority's side only."""
    acts = Act.objects.filter(case=case).select_related("actor", "organisation").order_by("seq")
    if actor is not None and actor.is_case_staff and actor.organisation.pk == case.authority_id:
        return acts
    return acts.filter(is_internal=False)


def clocks_of(case: Case) -> QuerySet[Clock]:
    return Clock.objects.filter(case=case)


def documents_of(case: Case, actor: Actor | None) -> QuerySet[Document]:
    """Documents of the case the actor may open: published ones, those addressed to it, and all for the authority's side."""
    documents = Document.objects.filter(case=case)
    if actor is None:
        return documents.filter(is_public=True)
    if actor.organisation.pk in {case.authority_id}:
        return documents
    return documents.filter(
        Q(is_public=True)
        | Q(addressee=actor.organisation)
        | Q(issuer=actor.organisation)
        | Q(deliveries__organisation=actor.organisation)
    ).distinct()


def readable_attachments(actor: Actor | None) -> QuerySet[Attachment]:
    """Files of the cases the actor may read."""
    return Attachment.objects.filter(case__in=readable_cases(actor))


def _party_of(actor: Actor) -> Q:
    return Q(Exists(CaseParty.objects.filter(case=OuterRef("pk"), organisation=actor.organisation, active=True)))


def _assigned_to(actor: Actor) -> Q:
    return Q(
        Exists(
            CaseUserObjectPermission.objects.filter(
                content_object=OuterRef("pk"), user=actor.user, permission__codename="review_case"
            )
        )
    )
