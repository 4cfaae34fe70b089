"""What the case page shows, as plain values for its templates. One query per kind of row."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.cases import actions, selectors, web
from apps.cases.clocks import last_day
from apps.cases.enums import CaseKind, ClockBasis, ClockState, PartyRole
from apps.cases.models import Act, Case, CaseParty, Clock, Document
from apps.cases.workflow import workflow_for
from apps.cases.workflow.engine import road_of

_BASIS_TONES = {ClockBasis.LAW: "info", ClockBasis.OFFICER: "warning", ClockBasis.PROMISE: "neutral"}
MOST_ACTS = 300


def case_page(case: Case, actor: Actor | None) -> dict[str, Any]:
    """The whole context of the case page for ``actor``."""
    documents = list(selectors.documents_of(case, actor).select_related("issuer", "addressee"))
    summary = actions.summary_for(case.kind)
    summary_context = summary.context(case, actor) if summary else {}
    steps = web.step_links(case, actor)  # after the summary, whose rows the steps' guards read again
    return {
        "case": case,
        "heading": case.title,
        "kind_label": str(CaseKind(case.kind).label),
        "state_label": web.state_label(case),
        "state_tone": web.state_tone(case, actor),
        "rulebook": web.rulebook_of(case),
        "sandbox": case.is_sandbox,
        "steps": steps,
        "turn": turn_of(case, actor, steps),
        "summary": summary,
        "summary_context": summary_context,
        "documents": documents,
        "clocks": clock_rows(case),
        "parties": party_rows(case),
        "timeline": timeline_rows(case, actor, documents),
    }


def turn_of(case: Case, actor: Actor | None, steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Whose turn it is, said to the reader, and by when; ``steps`` are those on offer to the reader."""
    mine = actor is not None and case.turn_organisation_id == actor.organisation.pk
    if case.closed_at is not None:
        text = "本件已办结。"
    elif mine:
        text = "现由本单位办理。" if steps else f"现由本单位办理：轮到{_roles_in_turn(case)}，您现在没有要办的步骤。"
    elif case.turn_organisation is not None:
        text = f"现由{case.turn_organisation.name}办理，请等待。"
    else:
        text = "到期后由系统按期限办理，目前无须操作。"
    return {"mine": mine, "text": text, "due": None if case.closed_at else last_day(case.next_due_at)}


def _roles_in_turn(case: Case) -> str:
    """The roles that have a step in turn, in the order of the workflow's table."""
    steps = workflow_for(case.kind).steps_from(case.state, case, road_of(case))
    roles = dict.fromkeys(role for step in steps if step.by.party == "turn" for role in sorted(step.by.roles))
    return "、".join(str(Role(role).label) for role in roles) or "本单位其他人员"


def clock_rows(case: Case) -> list[dict[str, Any]]:
    """Every time limit of the case with its counting and pauses, running ones first."""
    rows = [_clock_row(clock) for clock in selectors.clocks_of(case) if clock.state != ClockState.CANCELLED]
    return sorted(rows, key=lambda row: not row["open"])


def _clock_row(clock: Clock) -> dict[str, Any]:
    return {
        "label": clock.label,
        "due": last_day(clock.due_at),
        "started": clock.started_at,
        "open": clock.state in (ClockState.RUNNING, ClockState.PAUSED),
        "paused": clock.state == ClockState.PAUSED,
        "state_label": clock.get_state_display(),
        "missed": clock.state == ClockState.MISSED,
        "basis_label": clock.get_basis_display(),
        "basis_tone": _BASIS_TONES.get(ClockBasis(clock.basis), "neutral"),
        "articles": clock.articles,
        "note": clock.note,
        "counted": clock.counting,
        "pauses": clock.pauses,
        "ended": clock.ended_at,
    }


def party_rows(case: Case) -> list[dict[str, Any]]:
    """The organisations that take part, with the parts they hold."""
    parties = CaseParty.objects.filter(case=case).select_related("organisation").order_by("pk")
    return [
        {
            "organisation": party.organisation.name,
            "roles": "、".join(str(PartyRole(role).label) for role in party.roles if role in PartyRole.values),
            "active": party.active,
            "turn": party.organisation_id == case.turn_organisation_id,
        }
        for party in parties
    ]


def timeline_rows(case: Case, actor: Actor | None, documents: list[Document]) -> list[dict[str, Any]]:
    """The acts the reader may see, latest first, each with the documents it produced."""
    produced: dict[int, list[Document]] = {}
    for document in documents:
        produced.setdefault(document.act_id, []).append(document)
    acts = selectors.timeline(case, actor).order_by("-seq")[:MOST_ACTS]
    states = workflow_for(case.kind).states
    return [_act_row(act, states, produced.get(act.pk, [])) for act in acts]


def _act_row(act: Act, states: Any, documents: list[Document]) -> dict[str, Any]:
    moved = act.from_state != act.to_state
    return {
        "label": act.label,
        "at": act.at,
        "organisation": act.organisation.name if act.organisation else "系统",
        "actor": act.actor.name if act.actor else "按期限自动办理",
        "from_label": states.get(act.from_state, "") if moved else "",
        "to_label": states.get(act.to_state, "") if moved else "",
        "articles": act.articles,
        "reason": act.reason,
        "internal": act.is_internal,
        "documents": documents,
    }
