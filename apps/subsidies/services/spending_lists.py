"""Lists of spending reports and of demands for return, for the institution and the authority alike."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.utils import timezone

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases import selectors
from apps.subsidies.enums import RecoveryState, SpendingState
from apps.subsidies.models import Award, FundRecovery, SpendingReport, SpendingRow
from apps.subsidies.services.recovery_checks import RUNNING, overdue_days

REPORT_SORTS = {
    "-opened": ("-case_id",),
    "opened": ("case_id",),
    "until": (F("until_on").asc(nulls_last=True), "case_id"),
    "-until": (F("until_on").desc(nulls_last=True), "-case_id"),
    "name": ("award__base__institution_name", "case_id"),
    "-name": ("-award__base__institution_name", "-case_id"),
}
RECOVERY_SORTS = {
    "due": (F("due_on").asc(nulls_last=True), "case_id"),
    "-due": (F("due_on").desc(nulls_last=True), "-case_id"),
    "amount": ("amount_fen", "case_id"),
    "-amount": ("-amount_fen", "-case_id"),
    "name": ("award__base__institution_name", "case_id"),
    "-name": ("-award__base__institution_name", "-case_id"),
}
ROW_SORTS = {
    "": ("position",),
    "on": ("on", "position"),
    "-on": ("-on", "position"),
    "amount": ("amount_fen", "position"),
    "-amount": ("-amount_fen", "position"),
}


def reports_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[SpendingReport]:
    """The reports the actor may open, by filters; running ones unless a state is asked for."""
    found = selectors.details_open_to(SpendingReport, actor).select_related("case__turn_organisation", "award__base")
    found = found.annotate(reported_fen=Sum("rows__amount_fen"), refused_fen=Sum("rows__disallowed_fen"))
    found = _by_state(_named(found, values), values)
    if "final" in values:
        found = found.filter(is_final=values["final"] == "yes")
    return found.order_by(*REPORT_SORTS.get(sort, REPORT_SORTS["-opened"]))


def recoveries_of(actor: Actor, values: dict[str, str], sort: str = "") -> QuerySet[FundRecovery]:
    """The demands the actor may open, by filters; running ones unless a state is asked for, soonest due first."""
    found = selectors.details_open_to(FundRecovery, actor).select_related("case__turn_organisation", "award__base")
    found = _by_state(_named(found, values), values)
    if "ground" in values:
        found = found.filter(ground=values["ground"])
    today = timezone.localdate()
    running = Q(case__state__in=RUNNING)
    if values.get("due") == "overdue":
        found = found.filter(running, due_on__lt=today)
    if values.get("due") == "week":
        found = found.filter(running, due_on__gte=today, due_on__lte=today + dt.timedelta(days=7))
    return found.order_by(*RECOVERY_SORTS.get(sort, RECOVERY_SORTS["due"]))


def _named(found: QuerySet[Any], values: dict[str, str]) -> QuerySet[Any]:
    text = values.get("q", "").strip()
    if not text:
        return found
    base = "award__base__"
    return found.filter(
        Q(**{f"{base}institution_name__icontains": text})
        | Q(case__number__iexact=text)
        | Q(award__case__number__iexact=text)
        | Q(**{f"{base}number__iexact": text})
    )


def _by_state(found: QuerySet[Any], values: dict[str, str]) -> QuerySet[Any]:
    state = values.get("state", "")
    if not state:
        return found.filter(case__closed_at__isnull=True)
    return found if state == "all" else found.filter(case__state=state)


def report_row(report: SpendingReport, actor: Actor) -> dict[str, Any]:
    """What the list shows of a report; what was refused only to the office until it is concluded. Sums in fen."""
    case = report.case
    told = case.authority_id == actor.organisation.pk or case.state == SpendingState.ACCEPTED
    return {
        "number": case.number,
        "institution": report.award.base.institution_name,
        "base": report.award.base.number,
        "title": report.award.title,
        "from_on": report.from_on,
        "until_on": report.until_on,
        "final": report.is_final,
        "reported": report.reported_fen or 0,  # type: ignore[attr-defined]
        "refused": (report.refused_fen or 0) if told else None,  # type: ignore[attr-defined]
        "state": str(SpendingState(case.state).label),
        "closed": case.closed_at is not None,
        "turn": case.turn_organisation.name if case.turn_organisation else "",
        "sandbox": case.is_sandbox,
    }


def recovery_row(recovery: FundRecovery) -> dict[str, Any]:
    """What the list shows of a demand; sums in fen. ``left`` is None where nothing is owed: unsigned or let off."""
    case = recovery.case
    owing = case.state in (*RUNNING, RecoveryState.RETURNED)
    return {
        "number": case.number,
        "institution": recovery.award.base.institution_name,
        "base": recovery.award.base.number,
        "ground": recovery.get_ground_display(),
        "amount": recovery.amount_fen,
        "returned": recovery.returned_fen,
        "left": recovery.amount_fen - recovery.returned_fen if owing else None,
        "due": recovery.due_on,
        "overdue": overdue_days(recovery),
        "state": str(RecoveryState(case.state).label),
        "closed": case.closed_at is not None,
        "turn": case.turn_organisation.name if case.turn_organisation else "",
        "sandbox": case.is_sandbox,
    }


def vouchers_of(report: SpendingReport, values: dict[str, str], sort: str = "", *, told: bool) -> QuerySet[SpendingRow]:
    """The vouchers sent with the report, by filters; ``told``: whether the reader may ask what was refused."""
    found = report.rows.select_related("line", "attachment")
    if "line" in values:
        found = found.filter(line__key=values["line"])
    if told and values.get("mark") == "refused":
        found = found.filter(disallowed_fen__gt=0)
    if told and values.get("mark") == "kept":
        found = found.filter(disallowed_fen=0)
    text = values.get("q", "").strip()
    if text:
        found = found.filter(Q(voucher__icontains=text) | Q(payee__icontains=text) | Q(description__icontains=text))
    return found.order_by(*ROW_SORTS.get(sort, ROW_SORTS[""]))


def awards_of_base(base: Base, actor: Actor) -> QuerySet[Award]:
    """The awards of ``base`` the actor may open under which something was paid, latest first."""
    found = selectors.details_open_to(Award, actor).filter(base=base)
    found = found.annotate(paid_fen=Sum("lines__paid_fen"), spent_fen=Sum("lines__spent_fen"))
    return found.filter(paid_fen__gt=0).select_related("case", "cycle", "base").order_by("-case_id")
