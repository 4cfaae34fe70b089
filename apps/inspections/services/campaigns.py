"""Campaigns: drawn up by an officer of who may arrange them, approved by the head."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind
from apps.accounts.models import Organisation
from apps.bases.models import Base
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Act, Case
from apps.cases.numbering import case_number
from apps.cases.workflow import NotPermitted, Problem
from apps.cases.workflow.engine import add_party, open_case, perform, remove_party, rules_of
from apps.inspections.enums import Selection
from apps.inspections.models import Campaign
from apps.inspections.services import draws, organising
from apps.jurisdictions.rulebooks import registry as rulebooks
from apps.jurisdictions.rulebooks.rulebook import Rulebook

FIELDS = (
    "title",
    "year",
    "selection",
    "units",
    "draw_size",
    "self_due_on",
    "finish_by",
    "answer_days",
    "instructions",
)
MOST_DAYS_AHEAD = 730


def open_campaign(
    actor: Actor,
    kind: str,
    values: dict[str, Any],
    *,
    commissioned: Organisation | None = None,
    named: Iterable[str] = (),
    guidance: dict[str, str] | None = None,
    sandbox: bool = False,
) -> Campaign:
    """Open the case of a campaign with ``values`` (keys FIELDS), still a draft.

    The checklist holds the text's own items; ``guidance`` adds to each by code. ``named``: base numbers for a named
    selection. Raises NotPermitted where the text gives this kind of inspection to somebody else.
    """
    organiser = actor.organisation
    if not organising.may_organise(actor):
        raise NotPermitted(Problem("not_permitted", "检查工作由管理单位或综合管理部门的经办人拟定。"))
    rulebook = rulebooks.rulebook(organiser.jurisdiction_id or "", timezone.localdate())
    offer = organising.offer(rulebook, organiser, kind)
    if not offer.allowed:
        raise NotPermitted(Problem("kind_refused", offer.refusal, offer.articles, "kind"))
    with transaction.atomic():
        case = _open(actor, organiser, rulebook, values["title"], sandbox)
        campaign = Campaign(case=case, kind=kind, organiser=organiser, commissioned=commissioned)
        _write(campaign, values, rulebook, guidance or {}, named)
        campaign.save(force_insert=True)
        _commission(case, commissioned)
    return campaign


def edit(
    case: Case,
    actor: Actor,
    values: dict[str, Any],
    *,
    commissioned: Organisation | None = None,
    named: Iterable[str] = (),
    guidance: dict[str, str] | None = None,
) -> Act:
    """Change a campaign that is still a draft; a draw among other bases or of another size has to be made anew.

    Raises as perform() does.
    """
    campaign = case.campaign
    changed = [name for name in FIELDS if name in values and getattr(campaign, name) != values[name]]

    def change(locked: Case, act: Act) -> None:
        fresh = Campaign.objects.get(pk=locked.pk)
        fresh.commissioned = commissioned
        _write(fresh, values, rules_of(locked), guidance or {}, named)
        fresh.save()
        Case.objects.filter(pk=locked.pk).update(title=fresh.title)
        _commission(locked, commissioned)

    return perform(case, "edit", actor, data={"changed": changed}, change=change)


def propose(case: Case, actor: Actor, reason: str = "") -> Act:
    """Put the campaign to the head, with the bases that the chosen way of selection gives today."""
    with transaction.atomic():
        campaign = Campaign.objects.get(pk=case.pk)
        if campaign.selection in (Selection.ALL, Selection.BY_UNIT):
            campaign.chosen = list(organising.reach(campaign).values_list("number", flat=True))
            campaign.save(update_fields=["chosen"])
        case.campaign = campaign
        return perform(case, "propose", actor, reason=reason, data={"chosen": len(campaign.chosen)})


def campaign_problems(campaign: Campaign) -> list[Problem]:
    """What a campaign lacks before it can be put forward or started, with the article."""
    rulebook = rules_of(campaign.case)
    provision = organising.provision_of(rulebook, campaign.kind)
    articles = (provision.article,) if provision else ()
    offer = organising.offer(rulebook, campaign.organiser, campaign.kind)
    problems = [] if offer.allowed else [Problem("kind_refused", offer.refusal, offer.articles, "kind")]
    if organising.commissions(rulebook, campaign.kind) and campaign.commissioned is None:
        problems.append(Problem("commissioned_missing", "请选择受委托进行检查的部门。", articles, "commissioned"))
    return [*problems, *_selection_problems(campaign), *_date_problems(campaign)]


def unit_choices(organiser: Organisation, rulebook: Rulebook, kind: str, *, sandbox: bool) -> list[tuple[int, str]]:
    """The managing units of the bases that may be chosen, as choices of a form. One query."""
    if organiser.kind != OrganisationKind.AUTHORITY:
        return []
    bases = organising.candidates(organiser, rulebook, kind, sandbox=sandbox).filter(managing_unit__isnull=False)
    pairs = bases.order_by("managing_unit__name").values_list("managing_unit_id", "managing_unit__name").distinct()
    return list(pairs)


def _open(actor: Actor, organiser: Organisation, rulebook: Rulebook, title: str, sandbox: bool) -> Case:
    authority = _authority_over(organiser)
    case = Case(
        jurisdiction_id=organiser.jurisdiction_id,
        kind=CaseKind.CAMPAIGN,
        number=case_number(organiser.jurisdiction_id or "", CaseKind.CAMPAIGN, timezone.localdate().year),
        title=title,
        authority=authority,
        rulebook_key=rulebook.key,
        is_sandbox=sandbox,
    )
    open_case(case, actor, label="拟定检查方案")
    add_party(case, organiser.pk, PartyRole.ORGANISER, active=True)
    add_party(case, authority.pk, PartyRole.AUTHORITY)
    return case


def _authority_over(organiser: Organisation) -> Organisation:
    """The authority a campaign belongs to: the organiser itself, or the one that recognised its bases."""
    if organiser.kind == OrganisationKind.AUTHORITY:
        return organiser
    base = Base.objects.filter(managing_unit=organiser).select_related("authority").order_by("pk").first()
    if base is None:
        raise NotPermitted(Problem("no_bases", "本单位目前没有管理的基地。"))
    return base.authority


def _write(
    campaign: Campaign, values: dict[str, Any], rulebook: Rulebook, guidance: dict[str, str], named: Iterable[str]
) -> None:
    drawn_from = (campaign.selection, campaign.draw_size, list(campaign.units))
    for name in FIELDS:
        if name in values:
            setattr(campaign, name, values[name])
    before = {item["code"]: item["guidance"] for item in campaign.checklist}
    campaign.checklist = [
        {
            "code": item.code,
            "label": item.label,
            "article": rulebook.inspection.article,
            "guidance": guidance.get(item.code, before.get(item.code, "")).strip(),
        }
        for item in rulebook.inspection.items
    ]
    if campaign.selection == Selection.NAMED:
        campaign.chosen = sorted(set(named))
    elif campaign.selection == Selection.DRAW:
        if drawn_from != (campaign.selection, campaign.draw_size, list(campaign.units)):
            campaign.chosen, campaign.draw_seed = [], ""
    else:
        campaign.chosen = []


def _commission(case: Case, commissioned: Organisation | None) -> None:
    """The commissioned department takes part once the campaign has started."""
    remove_party(case, PartyRole.INSPECTOR)
    if commissioned is not None:
        add_party(case, commissioned.pk, PartyRole.INSPECTOR)


def _selection_problems(campaign: Campaign) -> list[Problem]:
    if campaign.selection == Selection.DRAW and not campaign.draw_seed:
        return [Problem("not_drawn", "请先随机抽取基地。", where="draw")]
    if campaign.selection == Selection.BY_UNIT and not campaign.units:
        return [Problem("units_missing", "请选择管理（指导）单位。", where="units")]
    pool = set(organising.reach(campaign).values_list("number", flat=True))
    chosen = campaign.chosen
    if campaign.selection in (Selection.ALL, Selection.BY_UNIT) and not chosen:
        chosen = sorted(pool)
    if not chosen:
        return [Problem("no_bases", "没有选定任何基地。", where="named")]
    if campaign.selection == Selection.DRAW and not draws.repeats(campaign):
        return [Problem("draw_differs", "按记录的种子复算，结果与选定的基地不符，请重新抽取。", where="draw")]
    gone = sorted(set(chosen) - pool)
    if not gone:
        return []
    told = "、".join(gone[:5]) + ("等" if len(gone) > 5 else "")
    return [Problem("bases_gone", f"{told}不在可检查的范围内（已终止或不归本单位检查），请重新选定。", where="named")]


def _date_problems(campaign: Campaign) -> list[Problem]:
    today = timezone.localdate()
    problems = []
    if campaign.finish_by < today:
        problems.append(Problem("finish_by_past", "检查完成期限不能早于今天。", where="finish_by"))
    if campaign.finish_by > today + dt.timedelta(days=MOST_DAYS_AHEAD):
        problems.append(Problem("finish_by_far", "检查完成期限超过两年，请核对年份。", where="finish_by"))
    if campaign.self_due_on is not None:
        if campaign.self_due_on < today:
            problems.append(Problem("self_due_past", "自评截止日期不能早于今天。", where="self_due_on"))
        if campaign.self_due_on > campaign.finish_by:
            problems.append(Problem("self_due_late", "自评截止日期不能晚于检查完成期限。", where="self_due_on"))
    return problems
