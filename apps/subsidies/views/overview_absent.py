"""The entrance to public money: what one's text says of it, what one can do, and plainly where it gives none."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from apps.accounts.actors import Actor
from apps.accounts.decorators import acting
from apps.accounts.enums import OrganisationKind, Role
from apps.bases.actions import actions_for
from apps.bases.selectors import visible_bases
from apps.jurisdictions.rulebooks.money import CATEGORIES
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.standing import standing
from apps.subsidies.services.cycles import gives_awards
from apps.subsidies.views.office_pages import OFFICE

STAFF = (*OFFICE, Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD, Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD)
MONEY = (*OFFICE, Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
FIGURES = tuple(role for role in (*STAFF, Role.FUND_SUPERVISOR) if role != Role.AUTHORITY_REVIEWER)
MOST_BASES = 20
LINKS = (
    ("资助周期", "拟定、开放、结清资助周期", "subsidies:cycles", OFFICE, True),
    ("资助申请和资助", "申请、评审、决定，各项目的拨付和结清", "subsidies:awards", STAFF, True),
    ("使用方案和绩效计划", "编制、审核、调整", "subsidies:plans", STAFF, False),
    ("拨款", "申请、核对、批准、支付、冲回", "subsidies:payments", MONEY, True),
    ("对账", "导入银行流水，核对支付", "subsidies:reconciliation", OFFICE, True),
    ("验收", "申请、组织验收、结论", "subsidies:acceptances", MONEY, True),
    ("经费使用报告", "凭证、核对、结论", "subsidies:spending_list", MONEY, True),
    ("追回", "追回通知、缴回、逾期", "subsidies:recovery_list", MONEY, True),
    ("资金统计", "资助、拨付、验收、缴回和结余，每个数字可以打开明细", "subsidies:reports", FIGURES, True),
    ("我监管的资助", "受委托监管的资助和监管报告", "subsidies:supervision", (Role.FUND_SUPERVISOR,), True),
)
"""Label, what is there, page, for whom, and whether only where the text gives awards."""


@acting
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What the texts that concern the person say of money, and the pages on which they deal with it."""
    texts = _texts(request.actor)
    context = {
        "heading": "专项经费",
        "texts": [_told(rulebook) for rulebook in texts],
        "links": _links(request.actor, texts),
        "bases": _bases(request.actor),
    }
    return render(request, "subsidies/index.html", context)


def _texts(actor: Actor) -> list[Rulebook]:
    """The texts that govern the person's organisation today: an institution's by its bases."""
    if actor.organisation.kind == OrganisationKind.INSTITUTION:
        found = visible_bases(actor).order_by().values_list("jurisdiction_id", flat=True).distinct()
        keys = sorted(found)
    else:
        keys = [actor.organisation.jurisdiction_id] if actor.organisation.jurisdiction_id else []
    today = timezone.localdate()
    return [standing(key, today).rulebook for key in keys]


def _told(rulebook: Rulebook) -> dict[str, Any]:
    """What a text says of money, for the template."""
    funding = rulebook.funding
    scheme = funding.scheme if funding is not None else None
    bans: dict[str, list[str]] = {}
    for use in scheme.forbidden if scheme is not None else ():
        bans.setdefault(use.article, []).append(CATEGORIES[use.category])
    return {
        "rulebook": rulebook,
        "funding": funding,
        "scheme": scheme,
        "note": rulebook.funding_note,
        "uses": funding.choices() if funding is not None else (),
        "bans": [(article, "、".join(labels)) for article, labels in bans.items()],
        "awards": gives_awards(rulebook),
    }


def _links(actor: Actor, texts: list[Rulebook]) -> list[dict[str, str]]:
    awards = any(gives_awards(rulebook) for rulebook in texts) or actor.has(Role.FUND_SUPERVISOR)
    funded = awards or any(rulebook.funding is not None for rulebook in texts)
    offered = []
    for label, text, name, roles, only_awards in LINKS:
        if not actor.has(*roles) or not (awards if only_awards else funded):
            continue
        try:
            offered.append({"label": label, "text": text, "url": reverse(name)})
        except NoReverseMatch:
            continue
    return offered


def _bases(actor: Actor) -> list[dict[str, Any]]:
    """An institution's bases, each with what may be begun about its money."""
    if actor.organisation.kind != OrganisationKind.INSTITUTION:
        return []
    start = reverse("subsidies:index")
    return [
        {"base": base, "actions": [one for one in actions_for(base, actor) if one["url"].startswith(start)]}
        for base in visible_bases(actor)[:MOST_BASES]
    ]
