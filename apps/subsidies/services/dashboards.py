"""Money in figures: what a reader may see of a cycle and of a base, award by award and in all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from django.core.cache import cache
from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet, Sum
from django_scopes import scopes_disabled

from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.cases.models import Act
from apps.subsidies.enums import AwardState as S
from apps.subsidies.models import Award, AwardLine, FundingCycle, SupervisorAssignment

READERS = (Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)
NOT_SENT = (S.DRAFT, S.WITHDRAWN)
KEPT_SECONDS = 60
MOST_BASES = 10
SORTS = {
    "number": ("pk",),
    "-number": ("-pk",),
    "base": ("base__institution_name", "pk"),
    "-base": ("-base__institution_name", "-pk"),
    "requested": ("requested_fen", "pk"),
    "-requested": ("-requested_fen", "-pk"),
    "awarded": ("granted_fen", "pk"),
    "-awarded": ("-granted_fen", "-pk"),
}
LINE_FIGURES = ("advanced", "accepted", "paid", "returned")
MEANINGS = {
    "requested": ("申请", "基地报送的申请金额之和；未报送的和已撤回的不计。"),
    "awarded": ("资助", "已签发资助决定的金额，减去已核减收回的。"),
    "advanced": ("验收前拨付", "已支付金额中，在验收之前先行拨付或者按商定拨付的部分。"),
    "accepted": ("验收核定", "通过验收的支出项目经核定的金额。"),
    "paid": ("已拨付", "已支付给基地的金额，已冲回的不计，缴回的不扣减。"),
    "returned": ("已缴回", "追回通知发出后，缴回到账的金额。"),
    "left": ("未拨付", "资助金额减去已拨付金额。"),
}
"""Each figure's name and, in words, what it counts."""


@dataclass(frozen=True)
class Figures:
    """Sums of some awards in fen, as MEANINGS defines them; ``count`` is how many awards they are of."""

    requested: int = 0
    awarded: int = 0
    advanced: int = 0
    accepted: int = 0
    paid: int = 0
    returned: int = 0
    count: int = 0

    @property
    def left(self) -> int:
        return self.awarded - self.paid

    def __add__(self, other: Figures) -> Figures:
        return Figures(**{one.name: getattr(self, one.name) + getattr(other, one.name) for one in fields(self)})


def reads_books(actor: Actor, cycle: FundingCycle) -> bool:
    """Whether ``actor`` reads the cycle's ledger and all its awards: staff of the authority whose money it is."""
    return actor.organisation.pk == cycle.case.authority_id and actor.has(*READERS)


def open_awards(actor: Actor) -> QuerySet[Award]:
    """The awards ``actor`` may see in figures: all of its own cycles for an authority's staff; an institution's own,
    drafts included; what was granted to the bases a managing unit looks after, for it is told of an award by the
    decision; for a supervisor the assigned ones.
    """
    awards, organisation = Award.objects.all(), actor.organisation
    if organisation.kind == OrganisationKind.AUTHORITY and actor.has(*READERS):
        never_sent = Q(case__state=S.DRAFT) | Q(case__state__in=(S.WITHDRAWN, S.DISCONTINUED), requested_fen=0)
        return awards.filter(case__authority=organisation).exclude(never_sent)
    if organisation.kind == OrganisationKind.INSTITUTION and actor.is_case_staff:
        return awards.filter(base__institution=organisation)
    if organisation.kind == OrganisationKind.DEPARTMENT and actor.is_case_staff:
        return awards.filter(base__managing_unit=organisation, granted_on__isnull=False)
    if actor.has(Role.FUND_SUPERVISOR):
        running = SupervisorAssignment.objects.filter(
            award=OuterRef("pk"), user=actor.user, organisation=organisation, ended_at__isnull=True
        )
        return awards.filter(Exists(running))
    return awards.none()


def open_cycles(actor: Actor) -> QuerySet[FundingCycle]:
    """The cycles in which ``actor`` has anything to see, latest first."""
    cycles = FundingCycle.objects.select_related("case").order_by("-starts_on", "-pk")
    if actor.organisation.kind == OrganisationKind.AUTHORITY:
        return cycles.filter(case__authority=actor.organisation) if actor.has(*READERS) else cycles.none()
    return cycles.filter(pk__in=open_awards(actor).order_by().values("cycle_id"))


def figures_of(awards: QuerySet[Award]) -> Figures:
    """The sums of ``awards``. Two queries."""
    plain = awards.order_by().select_related(None)
    sent = plain.exclude(case__state__in=NOT_SENT).aggregate(fen=Sum("requested_fen"))["fen"] or 0
    own = plain.aggregate(awarded=Sum(F("granted_fen") - F("released_fen")))["awarded"] or 0
    lines = AwardLine.objects.filter(award__in=plain.values("pk")).order_by().aggregate(**_line_sums())
    return Figures(sent, own, **{name: lines[name] or 0 for name in LINE_FIGURES}, count=plain.count())


@scopes_disabled()
def figures_by_award(pks: Iterable[int]) -> dict[int, Figures]:
    """The figures of single awards that the reader is known to see. Two queries, whatever their number."""
    chosen = list(pks)
    lines = AwardLine.objects.filter(award_id__in=chosen).order_by().values("award_id").annotate(**_line_sums())
    by_award = {row["award_id"]: row for row in lines}
    found = {}
    for award in Award.objects.filter(pk__in=chosen).select_related("case").defer("data", "case__title"):
        of_lines = by_award.get(award.pk, {})
        found[award.pk] = Figures(
            0 if award.case.state in NOT_SENT else award.requested_fen,
            award.granted_fen - award.released_fen,
            **{name: of_lines.get(name) or 0 for name in LINE_FIGURES},
            count=1,
        )
    return found


@dataclass(frozen=True)
class Summary:
    """A cycle as one reader sees it: totals, (state, label, figures) by state, (base, name, figures) of the largest."""

    total: Figures
    states: tuple[tuple[str, str, Figures], ...]
    bases: tuple[tuple[str, str, Figures], ...]


def summary_of(actor: Actor, cycle: FundingCycle) -> Summary:
    """The summary, counted anew after any act anywhere, and at least once a minute. One query, else four more."""
    last = Act.objects.aggregate(last=Max("pk"))["last"]
    who = (
        f"{actor.organisation.pk}:{actor.user.pk if actor.has(Role.FUND_SUPERVISOR) else 0}:{reads_books(actor, cycle)}"
    )
    found: Summary = cache.get_or_set(
        f"funding-summary:{cycle.pk}:{who}:{last}",
        lambda: _summary(open_awards(actor).filter(cycle=cycle)),
        KEPT_SECONDS,
    )
    return found


def _summary(awards: QuerySet[Award]) -> Summary:
    plain = awards.order_by()
    states = _grouped(plain, "case__state")
    known = [(state.value, str(state.label), states[state]) for state in S if state in states]
    largest = plain.values("base__number").annotate(net=Sum(F("granted_fen") - F("released_fen")))
    numbers = [row["base__number"] for row in largest.filter(net__gt=0).order_by("-net", "base__number")[:MOST_BASES]]
    chosen = plain.filter(base__number__in=numbers)
    names = dict(chosen.values_list("base__number", "base__institution_name"))
    bases = _grouped(chosen, "base__number")
    return Summary(
        sum((figures for _, _, figures in known), Figures()),
        tuple(known),
        tuple((number, names[number], bases[number]) for number in numbers),
    )


def _grouped(awards: QuerySet[Award], column: str) -> dict[Any, Figures]:
    """Figures by ``column`` of the awards. Two queries."""
    sent = ~Q(case__state__in=NOT_SENT)
    own = awards.values(column).annotate(
        requested=Sum("requested_fen", filter=sent),
        awarded=Sum(F("granted_fen") - F("released_fen")),
        count=Count("pk"),
    )
    lines = awards.values(column).annotate(**_line_sums("lines__"))
    by_group = {row[column]: row for row in lines}
    return {
        row[column]: Figures(
            row["requested"] or 0,
            row["awarded"] or 0,
            **{name: by_group[row[column]][name] or 0 for name in LINE_FIGURES},
            count=row["count"],
        )
        for row in own
    }


def narrowed(awards: QuerySet[Award], values: Mapping[str, str]) -> QuerySet[Award]:
    """``awards`` that pass the filters: q (institution, base number, award number), state, has (a figure of MEANINGS)."""
    text = values.get("q", "").strip()
    if text:
        found = Q(base__institution_name__icontains=text) | Q(base__number__iexact=text)
        awards = awards.filter(found | Q(case__number__iexact=text))
    if values.get("state"):
        awards = awards.filter(case__state=values["state"])
    has = values.get("has", "")
    if has == "requested":
        return awards.filter(requested_fen__gt=0).exclude(case__state__in=NOT_SENT)
    if has == "awarded":
        return awards.filter(granted_fen__gt=F("released_fen"))
    if has in LINE_FIGURES:
        return awards.filter(Exists(AwardLine.objects.filter(award=OuterRef("pk"), **{f"{has}_fen__gt": 0})))
    if has == "left":
        unpaid = AwardLine.objects.filter(award=OuterRef("pk"), amount_fen__gt=F("released_fen") + F("paid_fen"))
        unlaid = ~Exists(AwardLine.objects.filter(award=OuterRef("pk")))
        return awards.filter(Q(granted_fen__gt=F("released_fen")) & (Q(Exists(unpaid)) | Q(unlaid)))
    return awards


def sorted_by(awards: QuerySet[Award], sort: str) -> QuerySet[Award]:
    return awards.order_by(*SORTS.get(sort, SORTS["-number"]))


def kept_by_cycle(actor: Actor) -> dict[int, Figures]:
    """The figures of all that ``actor`` may see, by cycle (pk), kept as :func:`summary_of`. One query, else two more."""
    last = Act.objects.aggregate(last=Max("pk"))["last"]
    roles = ",".join(sorted(actor.roles))
    found: dict[int, Figures] = cache.get_or_set(
        f"funding-cycles:{actor.organisation.pk}:{actor.user.pk}:{roles}:{last}",
        lambda: _grouped(open_awards(actor).order_by(), "cycle_id"),
        KEPT_SECONDS,
    )
    return found


def by_cycle(actor: Actor, awards: QuerySet[Award]) -> list[tuple[FundingCycle, Figures]]:
    """The figures of ``awards`` cycle by cycle, latest first. Three queries."""
    grouped = _grouped(awards.order_by(), "cycle_id")
    return [(cycle, grouped.get(cycle.pk, Figures())) for cycle in open_cycles(actor) if cycle.pk in grouped]


def _line_sums(prefix: str = "") -> dict[str, Any]:
    return {name: Sum(f"{prefix}{name}_fen") for name in LINE_FIGURES}
