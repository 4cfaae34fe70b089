"""Starting a campaign: one notice to all chosen bases, and an inspection for each, in batches where they are many."""

from __future__ import annotations

import logging
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.models import Organisation
from apps.bases.models import Base
from apps.bases.selectors import LIVE
from apps.bases.services import open_base_case
from apps.cases import clocks, outbox
from apps.cases.enums import CaseKind, ClockBasis, PartyRole
from apps.cases.models import Act, Case, CaseParty
from apps.cases.workflow.engine import add_party, lock_case, perform, rules_of
from apps.documents.services import issue
from apps.inspections.enums import CampaignState
from apps.inspections.models import Campaign, Inspection, InspectionItem
from apps.inspections.services import organising
from apps.inspections.services.inspection_documents import notice_content
from apps.inspections.workflow import inspection_articles
from apps.jurisdictions.rulebooks.rulebook import Rulebook

logger = logging.getLogger(__name__)
TOPIC = "open_inspections"
AT_ONCE = 40
"""Up to so many inspections are opened with the launch itself; more are opened behind it."""
BATCH = 50
SELF_CLOCK = "self_assessment"
FINISH_CLOCK = "finish"


def launch(case: Case, actor: Actor, reason: str = "") -> Act:
    """Approve the campaign and start it: the notice goes out, and each chosen base gets its inspection.

    A few inspections are opened in the same transaction, many in batches behind it; a batch that fails is taken up
    again. Raises as perform() does.
    """

    def change(locked: Case, act: Act) -> None:
        campaign = _campaign(locked.pk)
        Case.objects.filter(pk=locked.pk).update(submitted_at=act.at)
        CaseParty.objects.filter(case=locked, active=False).update(active=True)
        bases = list(_chosen(campaign))
        institutions = {base.institution_id: base.institution for base in bases}
        involved = {one.pk: one for one in (_inspector(campaign, base) for base in bases)}
        involved |= {base.managing_unit.pk: base.managing_unit for base in bases if base.managing_unit is not None}
        involved.pop(campaign.organiser_id, None)
        issue(
            locked,
            act,
            "inspection_notice",
            notice_content(campaign, act),
            issuer=campaign.organiser,
            deliver_to=[*institutions.values(), *involved.values()],
        )
        clocks.start_clock(
            locked, FINISH_CLOCK, "检查完成期限", campaign.finish_by, basis=ClockBasis.OFFICER, articles=act.articles
        )
        if len(bases) <= AT_ONCE:
            for base in bases:
                open_inspection(campaign, base)
        else:
            promise_batch(campaign)

    return perform(case, "launch", actor, reason=reason, data={"bases": len(case.campaign.chosen)}, change=change)


def waiting_numbers(campaign: Campaign) -> list[str]:
    """Numbers of chosen bases that have no inspection yet; a base that has ended since gets none. One query."""
    with scopes_disabled():  # the bases around it are scoped; a second join to the case would only cost time
        opened = Inspection.objects.filter(campaign=campaign, base=OuterRef("pk"))
    jurisdiction = campaign.case.jurisdiction_id
    bases = Base.objects.filter(~Exists(opened), jurisdiction_id=jurisdiction, status__in=LIVE)
    live = set(bases.values_list("number", flat=True))
    return [number for number in campaign.chosen if number in live]


def open_batch(campaign: Campaign, size: int = BATCH) -> int:
    """Open up to ``size`` of the inspections that wait, each in a transaction of its own, and return how many.

    One that fails is logged and does not keep the others from being opened; it waits for the next run.
    """
    opened = 0
    bases = Base.objects.filter(number__in=waiting_numbers(campaign)[:size]).select_related(
        "institution", "managing_unit", "authority"
    )
    for base in bases.order_by("number"):
        try:
            with transaction.atomic():
                lock_case(campaign.pk)
                if not campaign.inspections.filter(base=base).exists():
                    open_inspection(campaign, base)
                    opened += 1
        except Exception:
            logger.exception("the inspection of base %s could not be opened", base.number)
    return opened


def promise_batch(campaign: Campaign) -> None:
    """Promise the next batch; a second promise of the same batch is no promise."""
    done = campaign.inspections.count()
    outbox.promise(TOPIC, {"campaign": campaign.pk}, key=f"{TOPIC}:{campaign.pk}:{done}")


@outbox.on(TOPIC)
def _open_next(payload: dict[str, Any]) -> None:
    campaign = _campaign(payload["campaign"])
    if campaign.case.state != CampaignState.RUNNING:
        return
    opened = open_batch(campaign)
    if opened and waiting_numbers(campaign):
        promise_batch(campaign)


def open_inspection(campaign: Campaign, base: Base) -> Inspection:
    """Open the inspection of ``base`` with its checklist and everybody who has a part in it, and let it begin.

    With a day for the self-assessment the base is asked for it, else the inspector starts at once.
    """
    rulebook = rules_of(campaign.case)
    case = open_base_case(
        base,
        CaseKind.INSPECTION,
        f"{campaign.title}：{base.institution_name}",
        None,
        label="列入检查",
        year=timezone.localdate().year,
        rulebook_key=campaign.case.rulebook_key,
        seen_by=(PartyRole.INSTITUTION, PartyRole.MANAGING_UNIT, PartyRole.AUTHORITY),
    )
    inspector = organising.inspector_of(campaign, base, rulebook)
    inspection = Inspection.objects.create(case=case, campaign=campaign, base=base, inspector=inspector)
    InspectionItem.objects.bulk_create(_items(inspection, campaign))
    add_party(case, inspector.pk, PartyRole.INSPECTOR, active=True)
    _begin(case, campaign, rulebook)
    return inspection


def _items(inspection: Inspection, campaign: Campaign) -> list[InspectionItem]:
    return [
        InspectionItem(inspection=inspection, position=index, **item)
        for index, item in enumerate(campaign.checklist, 1)
    ]


def _begin(case: Case, campaign: Campaign, rulebook: Rulebook) -> None:
    if campaign.self_due_on is None:
        perform(case, "begin", None)
        return

    def change(locked: Case, act: Act) -> None:
        clocks.start_clock(
            locked,
            SELF_CLOCK,
            "自评截止",
            campaign.self_due_on,
            basis=ClockBasis.OFFICER,
            articles=inspection_articles(locked, campaign.kind),
            note="期限由检查组织单位确定，至当日 24 时止",
        )

    perform(case, "call_for_self_assessment", None, change=change)


def _chosen(campaign: Campaign) -> Any:
    return (
        Base.objects.filter(number__in=campaign.chosen, status__in=LIVE)
        .select_related("institution", "managing_unit", "authority")
        .order_by("number")
    )


def _inspector(campaign: Campaign, base: Base) -> Organisation:
    return organising.inspector_of(campaign, base, rules_of(campaign.case))


def _campaign(pk: int) -> Campaign:
    return Campaign.objects.select_related("case", "organiser", "commissioned").get(pk=pk)
