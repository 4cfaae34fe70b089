"""Training in figures, read from the totals kept with the records: never from the records themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.bases.selectors import visible_bases
from apps.jurisdictions.rulebooks import registry
from apps.plans.models import TrainingTotal
from apps.plans.services.totals import SUMS, tenths_text

SORTS = {"attendances", "persons", "value_tenths", "certificates", "year"}


@dataclass(frozen=True)
class Line:
    """Figures of one group in one unit. ``persons`` are distinct at each base in each year, summed over bases.

    ``value_tenths``: tenths of ``unit``, hours or credits as the jurisdiction counts them; never converted.
    """

    label: str
    unit: str
    bases: int
    figures: dict[str, int]

    @property
    def value(self) -> str:
        """The hours or credits with their unit."""
        return f"{tenths_text(self.figures['value_tenths'])} {self.unit}"


def totals_for(actor: Actor | None, values: Mapping[str, Any]) -> QuerySet[TrainingTotal]:
    """The yearly totals of the bases ``actor`` works with, by ``values``: year, q (base), unit (managing unit's key),
    rehearsal. Years in which nothing was recorded are left out.
    """
    bases = visible_bases(actor).order_by().select_related(None).filter(is_sandbox=bool(values.get("rehearsal")))
    if values.get("q"):
        text = values["q"].strip()
        bases = bases.filter(Q(name__icontains=text) | Q(number__iexact=text) | Q(institution_name__icontains=text))
    if values.get("unit"):
        bases = bases.filter(managing_unit_id=values["unit"])
    found = TrainingTotal.objects.filter(base__in=bases.values("pk"), attendances__gt=0)
    return found.filter(year=values["year"]) if values.get("year") else found


def by_year(found: QuerySet[TrainingTotal]) -> list[Line]:
    """One line for each year and unit, newest first. One query."""
    return _lines(found, "year", lambda row: f"{row['year']} 年度")


def by_managing_unit(found: QuerySet[TrainingTotal]) -> list[Line]:
    """One line for each managing unit and what is counted, by name. One query."""
    named = found.annotate(unit_name=F("base__managing_unit__name"))
    return sorted(
        _lines(named, "unit_name", lambda row: row["unit_name"] or "未登记管理单位"), key=lambda line: line.label
    )


def by_base(found: QuerySet[TrainingTotal], sort: str = "") -> QuerySet[TrainingTotal]:
    """The single totals, base by base and year by year, the largest or newest first."""
    plain = sort.removeprefix("-")
    order = (sort, "base__number", "-year") if plain in SORTS else ("-year", "-attendances", "base__number")
    return found.select_related("base__managing_unit").order_by(*order)


def years_of(actor: Actor | None) -> list[int]:
    """The years for which there is anything, newest first."""
    bases = visible_bases(actor).order_by().select_related(None)
    years = TrainingTotal.objects.filter(base__in=bases.values("pk")).values_list("year", flat=True)
    return sorted(set(years.distinct().order_by()), reverse=True)


def managing_units(actor: Actor | None) -> list[tuple[int, str]]:
    """The managing units of the bases ``actor`` works with."""
    bases: QuerySet[Base] = visible_bases(actor).order_by().select_related(None)
    named = bases.filter(managing_unit__isnull=False).values_list("managing_unit_id", "managing_unit__name")
    return sorted({(pk, name) for pk, name in named.distinct()}, key=lambda unit: unit[1])


def unit_of(jurisdiction: str) -> str:
    """What the jurisdiction counts, as its text calls it."""
    return str(registry.versions(jurisdiction)[-1].credit.label)


def _lines(found: QuerySet[TrainingTotal], group: str, label: Any) -> list[Line]:
    sums = {f"sum_{name}": Sum(name) for name in SUMS}
    rows = found.order_by().values(group, "jurisdiction_id").annotate(bases=Count("base", distinct=True), **sums)
    merged: dict[tuple[str, str], Line] = {}
    for row in rows:
        figures = {name: row[f"sum_{name}"] or 0 for name in SUMS}
        line = Line(label(row), unit_of(row["jurisdiction_id"]), row["bases"], figures)
        before = merged.get((line.label, line.unit))
        merged[line.label, line.unit] = _together((before, line)) if before else line
    return sorted(merged.values(), key=lambda line: line.label, reverse=True)


def _together(lines: Iterable[Line]) -> Line:
    first, *others = lines
    figures = {name: sum(line.figures[name] for line in (first, *others)) for name in SUMS}
    return Line(first.label, first.unit, first.bases + sum(line.bases for line in others), figures)
