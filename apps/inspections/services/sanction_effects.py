"""What rectification, revocation and restoration share: who may begin them, the base's state, who is let in."""

from __future__ import annotations

import datetime as dt

from django.utils import timezone
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.bases.models import Base, BaseStatus
from apps.bases.services import lock_base, record_event
from apps.cases.models import Act, Case, CaseParty, Document
from apps.cases.workflow import Blocked, NotPermitted, Problem, WrongState
from apps.jurisdictions.rulebooks import calendar, registry
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing
from apps.jurisdictions.rulebooks.rulebook import Rulebook

LIVE = (BaseStatus.ACTIVE, BaseStatus.RECTIFYING)
MOST_TERM_DAYS = 1095
LEAST_HEARING_DAYS = 5
"""By analogy with the days in which a hearing may be asked for (行政处罚法 64); the texts are silent."""
_DAY = dt.timedelta(days=1)
_SATURDAY = 5


def require_officer(actor: Actor, base: Base) -> None:
    """Raise NotPermitted unless ``actor`` is an officer of the authority that recognised ``base``."""
    if actor.organisation.pk != base.authority_id or not actor.has(Role.AUTHORITY_OFFICER):
        raise NotPermitted(Problem("not_permitted", "须由认定该基地的机关的经办人办理。"))


def live_base(pk: int) -> Base:
    """The locked base. Raises Blocked when it has ended meanwhile."""
    base = lock_base(pk)
    if base.status not in LIVE:
        raise Blocked(Problem("base_ended", f"该基地{base.status_label}，不能再办理。"))
    return base


def set_status(base: Base, status: str, *, ended_on: dt.date | None = None) -> None:
    """Write the base's state in the register; only inside perform()'s change, on a locked base."""
    base.status = status
    base.ended_on = ended_on
    base.save(update_fields=["status", "ended_on"])


def tell_history(base: Base, act: Act, kind: str, label: str, decided: Document, announced: Document) -> None:
    """Add the decision to the base's public history, with the announcement that everybody may open."""
    event = record_event(base, act, kind, label, timezone.localdate(act.at), decided.number)
    event.document = announced
    event.save(update_fields=["document"])


def let_in(case: Case, *parts: str) -> None:
    """Open the case to the organisations that hold one of ``parts``, from now on."""
    # Scoped by a join, the update would compare in a subquery that does not see what others have just committed.
    with scopes_disabled():
        for party in CaseParty.objects.filter(case=case, active=False):
            if set(parts) & set(party.roles):
                CaseParty.objects.filter(pk=party.pk).update(active=True)


def unchanged_since(case: Case, version: int | None) -> None:
    """Raise WrongState when somebody changed the case after the page with ``version`` was opened; call it in a change."""
    if version is not None and case.version - 1 != version:
        raise WrongState(
            Problem(
                "conflict", "您填写期间，本件已由他人修改，没有保存。您填写的内容保留在下面，请核对最新内容后再提交。"
            )
        )


def rules_today(base: Base) -> Rulebook:
    """The text that governs the base's jurisdiction today."""
    return registry.rulebook(base.jurisdiction_id, timezone.localdate())


def term(start: dt.date, days: int) -> tuple[dt.date, list[dt.date]]:
    """The last day of a term of ``days`` natural days and every counted day; ``start`` itself is not counted.

    A last day that is a day of rest moves to the next working day; where next year's holidays are not announced yet
    only weekends are known.
    """
    last = _moved(start + _DAY * days)
    return last, days_between(start, last)


def days_between(start: dt.date, last: dt.date) -> list[dt.date]:
    """The natural days after ``start`` to ``last``."""
    return [start + _DAY * number for number in range(1, (last - start).days + 1)]


def _moved(day: dt.date) -> dt.date:
    try:
        return calendar.next_workday(day)
    except CalendarDataMissing:
        while day.weekday() >= _SATURDAY:
            day += _DAY
        return day
