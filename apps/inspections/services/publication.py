"""Publishing a campaign's results where the text has them published, and not before the official day."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.bases.services import record_event
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, Problem
from apps.cases.workflow.engine import lock_case, perform
from apps.documents.services import issue
from apps.inspections.enums import CampaignKind, Grade, InspectionState
from apps.inspections.models import Campaign, Inspection
from apps.inspections.services.inspection_documents import bulletin_content

MOST_DAYS_AHEAD = 366
BATCH = 1000


def propose_publication(case: Case, actor: Actor, *, bulletin: str, publish_on: dt.date) -> Act:
    """Put the bulletin and the day it becomes public to the head.

    Raises Blocked for a day that is over or a year away, WrongState where the text publishes no such results.
    """
    today = timezone.localdate()
    if publish_on < today:
        raise Blocked(Problem("publish_on_past", "公布日期不能早于今天。", where="publish_on"))
    if publish_on > today + dt.timedelta(days=MOST_DAYS_AHEAD):
        raise Blocked(Problem("publish_on_far", "公布日期超过一年，请核对年份。", where="publish_on"))
    with transaction.atomic():
        lock_case(case.pk)
        _update(case, bulletin=bulletin.strip(), publish_on=publish_on)
        case.campaign = Campaign.objects.get(pk=case.pk)
        return perform(case, "propose_publication", actor, data={"publish_on": publish_on.isoformat()})


def sign_publication(case: Case, actor: Actor, reason: str = "") -> Act:
    """Approve the bulletin. On its day, or at once where that is today, the results are published."""
    with transaction.atomic():
        act = perform(case, "sign_publication", actor, reason=reason)
        day = Campaign.objects.get(pk=case.pk).publish_on
        if day is not None and day <= timezone.localdate(act.at):
            publish(case)
    return act


def publish(case: Case) -> Act:
    """Publish on the day: the bulletin is issued, the results become public, each base's history says so.

    The clock takes this step; before the day it raises Blocked.
    """

    def change(locked: Case, act: Act) -> None:
        campaign = Campaign.objects.select_related("case", "organiser").get(pk=locked.pk)
        inspections = list(concluded(campaign))
        document = issue(
            locked,
            act,
            "inspection_bulletin",
            bulletin_content(campaign, act, inspections),
            issuer=campaign.organiser,
            public=True,
        )
        on = campaign.publish_on or timezone.localdate(act.at)
        keys = [one.pk for one in inspections]
        # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
        with scopes_disabled():
            for start in range(0, len(keys), BATCH):
                Inspection.objects.filter(pk__in=keys[start : start + BATCH]).update(result_public_on=on)
        for one in inspections:
            label = f"{campaign.year}年度{CampaignKind(campaign.kind).label}：{Grade(one.grade).label}"
            record_event(one.base, act, "inspection_result", label, on, document.number)

    return perform(case, "publish", None, change=change)


def concluded(campaign: Campaign) -> QuerySet[Inspection]:
    """The inspections of a campaign that ended with a result, by number of the base."""
    return (
        Inspection.objects.filter(campaign=campaign, case__state=InspectionState.CONCLUDED)
        .select_related("base", "case")
        .order_by("base__number")
    )


def public_results() -> QuerySet[Inspection]:
    """Published results whose day has come, latest first; rehearsals are never among them."""
    return (
        Inspection.objects.filter(
            result_public_on__isnull=False,
            result_public_on__lte=timezone.localdate(),
            case__is_sandbox=False,
            campaign__case__state="published",
        )
        .select_related("case", "campaign__case__jurisdiction", "campaign__organiser", "base", "inspector")
        .order_by("-result_public_on", "-commended", "base__number")
    )


def _update(case: Case, **values: object) -> None:
    with scopes_disabled():
        Campaign.objects.filter(pk=case.pk).update(**values)
