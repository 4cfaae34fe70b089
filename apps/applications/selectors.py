"""What the pages of the road list. Public ones return only what is published."""

from __future__ import annotations

import datetime as dt

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.applications.enums import ApplicationState, NoticeState, RoundState
from apps.applications.models import Application, PublicNotice, Round
from apps.cases.models import Document

PUBLIC_ROUND_STATES = (RoundState.PUBLISHED, RoundState.CLOSED, RoundState.FINISHED)


def public_rounds(actor: Actor | None = None) -> QuerySet[Round]:
    """Published rounds of every jurisdiction, newest window first; rehearsals are shown to signed-in people only."""
    rounds = Round.objects.filter(case__state__in=PUBLIC_ROUND_STATES)
    if actor is None:
        rounds = rounds.filter(case__is_sandbox=False)
    return rounds.select_related("case__authority", "case__jurisdiction").order_by("-closes_on", "-pk")


def open_rounds(on: dt.date | None = None, *, actor: Actor | None = None) -> QuerySet[Round]:
    """Rounds whose window is open on ``on`` (today), soonest to close first; signed-in people see rehearsals too."""
    day = on or timezone.localdate()
    rounds = Round.objects.filter(case__state=RoundState.PUBLISHED, opens_on__lte=day, closes_on__gte=day)
    if actor is None:
        rounds = rounds.filter(case__is_sandbox=False)
    return rounds.select_related("case__authority", "case__jurisdiction").order_by("closes_on", "pk")


def authority_rounds(actor: Actor) -> QuerySet[Round]:
    """The authority's own rounds with how many applications each has and how many wait for admission."""
    submitted = ~Q(applications__case__state__in=[ApplicationState.DRAFT, ApplicationState.LAPSED])
    return (
        Round.objects.filter(case__authority=actor.organisation)
        .select_related("case")
        .annotate(
            submitted_count=Count("applications", filter=submitted & Q(applications__isnull=False)),
            intake_count=Count("applications", filter=Q(applications__case__state=ApplicationState.INTAKE)),
        )
        .order_by("-pk")
    )


def round_applications(rnd: Round) -> QuerySet[Application]:
    """The applications of a round that have reached the authority, by number."""
    return (
        Application.objects.filter(
            round=rnd, case__parties__organisation=rnd.case.authority, case__parties__active=True
        )
        .select_related("case__institution", "recommender")
        .order_by("case__number")
    )


def public_notices() -> QuerySet[PublicNotice]:
    """Notices that were published, newest first; rehearsals and drafts are not public."""
    return (
        PublicNotice.objects.filter(case__state__in=[NoticeState.PUBLISHED, NoticeState.CLOSED], case__is_sandbox=False)
        .select_related("case__authority", "case__jurisdiction")
        .order_by("-starts_on", "-pk")
    )


def public_announcements() -> QuerySet[Document]:
    """Announcements of recognition, newest first."""
    return (
        Document.objects.filter(kind="recognition_announcement", is_public=True)
        .select_related("issuer", "jurisdiction")
        .order_by("-issued_at")
    )
