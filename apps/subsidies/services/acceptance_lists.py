"""Lists of acceptances, and what a page shows of one: the report as sent, the opinions, the sums."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet, Sum
from django.urls import reverse

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base
from apps.cases import withheld
from apps.cases.models import Attachment, Case
from apps.cases.selectors import details_open_to
from apps.subsidies.enums import AcceptanceConclusion, AcceptanceState, AwardState
from apps.subsidies.models import (
    Acceptance,
    AcceptanceLine,
    AcceptanceOpinion,
    AcceptanceResult,
    Award,
    AwardLine,
)
from apps.subsidies.services.acceptance_content import categories, falls_short, number, wanted
from apps.subsidies.services.acceptance_reviews import own_review
from apps.subsidies.services.acceptances import FILES, may_fill_in, to_be_demanded

SORTS = {
    "number": ("case_id",),
    "-number": ("-case_id",),
    "name": ("case__institution__name", "-case_id"),
    "-name": ("-case__institution__name", "-case_id"),
}
TONES = {
    AcceptanceState.ACCEPTED: "success",
    AcceptanceState.REJECTED: "danger",
    AcceptanceState.RETURNED: "warning",
    AcceptanceState.DROPPED: "neutral",
    AcceptanceState.DISCONTINUED: "neutral",
}
OPINION_TONES = {
    AcceptanceConclusion.ACCEPT: "success",
    AcceptanceConclusion.REJECT: "danger",
    AcceptanceConclusion.SUPPLEMENT: "warning",
}


def acceptances_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[Acceptance]:
    """The acceptances the actor may open, by filters, newest first unless sorted otherwise."""
    found = details_open_to(Acceptance, actor).select_related("case__institution", "case__turn_organisation", "award")
    state = values.get("state", "")
    if state == "open":
        found = found.filter(case__closed_at__isnull=True)
    elif state:
        found = found.filter(case__state=state)
    text = values.get("q", "").strip()
    if text:
        named = Q(case__institution__name__icontains=text) | Q(award__title__icontains=text)
        found = found.filter(named | Q(case__number__iexact=text) | Q(award__case__number__iexact=text))
    return found.order_by(*SORTS.get(sort, SORTS["-number"]))


def with_sums(rows: list[Acceptance]) -> list[dict[str, Any]]:
    """What the list shows of each acceptance. One query for the sums of all of them."""
    told = (
        AcceptanceLine.objects.filter(acceptance__in=rows)
        .values("acceptance")
        .annotate(count=Count("pk"), spent=Sum("spent_fen"), accepted=Sum("accepted_fen"))
    )
    sums = {one["acceptance"]: one for one in told.order_by()}
    return [_row(one, sums.get(one.pk, {})) for one in rows]


def _row(acceptance: Acceptance, sums: dict[str, Any]) -> dict[str, Any]:
    case = acceptance.case
    return {
        "number": case.number,
        "institution": case.institution.name if case.institution else "",
        "award": acceptance.award.title,
        "state": str(AcceptanceState(case.state).label),
        "tone": TONES.get(AcceptanceState(case.state), "progress"),
        "lines": sums.get("count", 0),
        "spent_fen": sums.get("spent") or 0,
        "accepted_fen": sums.get("accepted") if case.state == AcceptanceState.ACCEPTED else None,
        "turn": case.turn_organisation.name if case.turn_organisation else "",
        "concluded_on": acceptance.concluded_on,
        "sandbox": case.is_sandbox,
    }


def sent_report(acceptance: Acceptance, actor: Actor | None) -> dict[str, Any]:
    """The report as it was last sent, with its files: what everybody who may open the case reads."""
    labels = categories(acceptance.award)
    rows = list(AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line"))
    files = list(withheld.sent_of(acceptance.case).filter(removed_at__isnull=True, purpose__startswith=FILES))
    shows_sums = acceptance.case.state == AcceptanceState.ACCEPTED or _is_office(acceptance.case, actor)
    return {
        "summary": acceptance.summary,
        "lines": [
            {
                "row": row,
                "line": row.line,
                "label": labels.get(row.line.category, (row.line.category, ""))[0],
                "article": labels.get(row.line.category, ("", ""))[1],
                "files": _files(acceptance.case, files, row.line.key),
                "accepted_fen": row.accepted_fen if shows_sums else None,
                "over_fen": to_be_demanded(row.line) if acceptance.case.state == AcceptanceState.ACCEPTED else 0,
            }
            for row in rows
        ],
        "amount_fen": sum(row.line.amount_fen for row in rows),
        "paid_fen": sum(row.line.paid_fen for row in rows),
        "spent_fen": sum(row.spent_fen for row in rows),
        "accepted_fen": sum(row.accepted_fen or 0 for row in rows),
        "shows_sums": shows_sums and any(row.accepted_fen is not None for row in rows),
        "results": [
            {
                "row": one,
                "wanted": wanted(one.target),
                "achieved": f"{number(one.achieved_hundredths)} {one.target.unit}",
                "short": falls_short(one.target, one.achieved_hundredths),
            }
            for one in AcceptanceResult.objects.filter(acceptance=acceptance).select_related("target")
        ],
        "files": _files(acceptance.case, files, "all"),
    }


def files_of(acceptance: Acceptance, *, removable: bool) -> list[dict[str, Any]]:
    """The files of the draft, place by place, as its institution edits them."""
    places = {"all": "整体材料"} | {line.key: line.item for line in AwardLine.objects.filter(award=acceptance.award_id)}
    files = list(acceptance.case.attachments.filter(removed_at__isnull=True).select_related("uploaded_by"))
    shown = []
    for key, title in places.items():
        found = _files(acceptance.case, files, key)
        if removable:
            for one in found:
                one["delete_url"] = reverse(
                    "subsidies:acceptance_file_remove", args=[acceptance.case.number, one["pk"]]
                )
        shown.append({"key": key, "title": title, "files": found})
    return shown


def _files(case: Case, files: list[Attachment], key: str) -> list[dict[str, Any]]:
    return [
        {
            "pk": one.pk,
            "name": one.name,
            "url": reverse("cases:attachment", args=[case.number, one.pk]),
            "size": one.size,
            "uploaded_at": one.uploaded_at,
            "sha256": one.sha256,
        }
        for one in files
        if one.purpose == f"{FILES}{key}"
    ]


def review_rows(acceptance: Acceptance) -> list[dict[str, Any]]:
    """Everybody named, with the opinion of this round and those of earlier ones: for the authority alone."""
    opinions: dict[int, list[AcceptanceOpinion]] = {}
    found = AcceptanceOpinion.objects.filter(reviewer__acceptance=acceptance).select_related("act")
    for one in found.order_by("-pk"):
        opinions.setdefault(one.reviewer_id, []).append(one)
    rows = []
    for reviewer in acceptance.reviewers.select_related("user", "organisation"):
        own = opinions.get(reviewer.pk, [])
        current = next((one for one in own if one.is_current), None)
        rows.append(
            {
                "reviewer": reviewer,
                "opinion": current,
                "tone": OPINION_TONES.get(AcceptanceConclusion(current.conclusion), "info") if current else "warning",
                "earlier": [one for one in own if not one.is_current],
            }
        )
    return rows


def case_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """What the case page shows: the report as sent; opinions and the proposal to the authority; one's own opinion."""
    acceptance = Acceptance.objects.select_related("award__case", "award__base", "award__cycle").get(pk=case.pk)
    acceptance.case = case
    office = _is_office(case, actor)
    own = own_review(acceptance, actor)
    return {
        "acceptance": acceptance,
        "report": sent_report(acceptance, actor),
        "sent": case.submitted_at is not None,
        "office": office,
        "reviews": review_rows(acceptance) if office else [],
        "own_opinion": own.opinions.filter(is_current=True).first() if own is not None else None,
        "shows_conclusion": bool(acceptance.conclusion) and (office or case.closed_at is not None),
        "fills_in": may_fill_in(case, actor),
    }


def startable(base: Base) -> QuerySet[Award]:
    """The awards of the base whose lines may be put to acceptance."""
    awards = Award.objects.filter(base=base, case__state=AwardState.ACTIVE, lines__accepted_fen__isnull=True)
    return awards.select_related("case", "cycle").distinct().order_by("-pk")


def _is_office(case: Case, actor: Actor | None) -> bool:
    return (
        actor is not None
        and actor.organisation.pk == case.authority_id
        and actor.has(
            Role.AUTHORITY_OFFICER,
            Role.AUTHORITY_HEAD,
            Role.AUTHORITY_REVIEWER,
            Role.FINANCE_OFFICER,
            Role.LEGAL_OFFICER,
        )
    )
