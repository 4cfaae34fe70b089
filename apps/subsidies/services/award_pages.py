"""What the pages of an award and of a use plan show: lines with what has become of them, and what each part waits for."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.cases import selectors
from apps.cases.models import Case
from apps.cases.web import state_label, state_tone
from apps.jurisdictions.rulebooks.citations import cite
from apps.jurisdictions.rulebooks.money import CATEGORIES, WHEN_LABELS
from apps.subsidies.enums import AwardState
from apps.subsidies.models import Award, AwardLine, PerformanceTarget, Tranche, UsePlan, UsePlanLine
from apps.subsidies.services import award_endings, cap_exceptions
from apps.subsidies.services.award_documents import panel_words
from apps.subsidies.services.plan_documents import target_words
from apps.subsidies.services.tranches import is_due
from apps.subsidies.workflow.awards import BEFORE_DECISION
from apps.subsidies.workflow.people import funding_of

SUMS = ("amount_fen", "approved_fen", "paid_fen", "accepted_fen", "demanded_fen", "returned_fen", "released_fen")
EXCEPTION_FROM = (AwardState.REVIEWED, AwardState.FINANCE_REVIEW, AwardState.DECISION_READY)


def is_office(case: Case, actor: Actor | None) -> bool:
    """Whether the reader acts for the authority of the case."""
    return actor is not None and actor.is_case_staff and actor.organisation.pk == case.authority_id


def award_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """An application or an award as its case page shows it; what is only proposed, to the authority alone."""
    award = Award.objects.select_related("case__authority", "base", "cycle__case").get(pk=case.pk)
    office = is_office(case, actor)
    decided = case.state not in BEFORE_DECISION and bool(award.granted_on)
    lines = shown_lines(award)
    return {
        "award": award,
        "office": office,
        "decided": decided,
        "shows_sums": office or decided,
        "shows_proposal": office and case.state in BEFORE_DECISION and bool(award.conclusion),
        "asked": [] if lines else asked_lines(case),
        "asked_given": sum(row.granted_fen or 0 for row in case.use_plan_lines.all()),
        "targets": shown_targets(case),
        "lines": lines,
        "totals": totals_of(lines),
        "net_fen": award.granted_fen - award.released_fen,
        "panel": panel_words(award) if office and award.panel_passed is not None else "",
        "exception": _exception(award) if office else None,
        "room": cap_exceptions.room_of(award) if office and case.state in EXCEPTION_FROM else None,
        "may_see_return": award.return_text and case.state == AwardState.RETURNED,
    }


def plan_summary(case: Case, actor: Actor | None) -> dict[str, Any]:
    """A use plan as its case page shows it: what was sent; an opinion that is not signed, to who drafts it alone."""
    plan = UsePlan.objects.select_related("case", "base", "award__case", "award__cycle", "amends__case").get(pk=case.pk)
    drafting = actor is not None and actor.is_case_staff and actor.organisation.pk == case.turn_organisation_id
    own = actor is not None and actor.organisation.pk == case.institution_id
    signed = case.acts.filter(name__in=("sign_approval", "sign_refusal")).exists()
    return {
        "plan": plan,
        "funding": funding_of(case),
        "asked": asked_lines(case),
        "targets": shown_targets(case),
        "own_funds": list(plan.own_funds.all()),
        "total_fen": sum(row.amount_fen for row in case.use_plan_lines.all()),
        "shows_opinion": bool(plan.conclusion) and (signed or (drafting and not own)),
        "signed": signed,
    }


def asked_lines(case: Case) -> list[dict[str, Any]]:
    """The lines as sent, each with the name of its use and its article."""
    known = {code: (label, article) for code, label, article in funding_of(case).choices()}
    rows = []
    for line in UsePlanLine.objects.filter(case=case):
        label, article = known.get(line.category, (CATEGORIES.get(line.category, line.category), ""))
        rows.append({"row": line, "category": label, "article": article})
    return rows


def shown_targets(case: Case) -> list[dict[str, Any]]:
    """The targets as sent, each in words."""
    return [{"row": one, "wanted": target_words(one)} for one in PerformanceTarget.objects.filter(case=case)]


def shown_lines(award: Award) -> list[dict[str, Any]]:
    """The lines of the plan in force with their parts. Two queries; none of a plan that is not in force."""
    known = {code: label for code, label, _ in funding_of(award.case).choices()}
    parts: dict[int, list[Tranche]] = {}
    found = Tranche.objects.filter(line__award=award, is_cancelled=False).select_related("line", "payment__case")
    for tranche in found.order_by("line__position", "seq"):
        parts.setdefault(tranche.line_id, []).append(tranche)
    return [
        {
            "line": line,
            "category": known.get(line.category, line.category),
            "left_fen": line.amount_fen - line.released_fen - line.paid_fen,
            "tranches": [_part(one) for one in parts.get(line.pk, [])],
        }
        for line in AwardLine.objects.filter(award=award)
    ]


def _part(tranche: Tranche) -> dict[str, Any]:
    """A part of a line: how much, when, and what it waits for."""
    payment = tranche.payment
    if payment is not None:
        wait, tone = state_label(payment.case), "neutral" if payment.case.closed_at else "progress"
    elif is_due(tranche):
        wait, tone = "可以申请拨付", "success"
    else:
        under = f"（{cite(tranche.article)}）" if tranche.article else ""
        wait, tone = f"待本项通过验收{under}", "warning"
    return {
        "tranche": tranche,
        "when": tranche.label or WHEN_LABELS.get(tranche.when, tranche.when),
        "wait": wait,
        "tone": tone,
        "payment": payment.case.number if payment is not None else "",
    }


def totals_of(lines: list[dict[str, Any]]) -> dict[str, int]:
    """The sums of all lines by column, and what is left."""
    totals = {name: sum(getattr(one["line"], name) or 0 for one in lines) for name in SUMS}
    return totals | {"left_fen": sum(one["left_fen"] for one in lines)}


def business_rows(award: Award, actor: Actor) -> list[dict[str, Any]]:
    """The cases of the award's business that the reader may open, the latest first."""
    found = award_endings.cases_of(award)
    open_to_reader = set(
        selectors.visible_cases(actor).filter(pk__in=[case.pk for case in found]).values_list("pk", flat=True)
    )
    return [
        {
            "number": case.number,
            "title": case.title,
            "kind": case.get_kind_display(),
            "state": state_label(case),
            "tone": state_tone(case, actor),
            "opened": case.opened_at,
            "turn": case.turn_organisation.name if case.turn_organisation else "",
        }
        for case in reversed(found)
        if case.pk in open_to_reader
    ]


def _exception(award: Award) -> dict[str, Any] | None:
    found = cap_exceptions.exception_of(award)
    if found is None:
        return None
    return {"row": found, "files": cap_exceptions.files_of(award.case), "signed": found.is_signed}
