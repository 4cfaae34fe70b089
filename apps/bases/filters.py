"""Filters of the public register, kept in the address."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet

from apps.accounts.actors import Actor
from apps.accounts.codes import is_division
from apps.accounts.enums import OrganisationKind
from apps.bases import register
from apps.bases.models import LEVEL_LABELS, PUBLIC_STATUSES, Base, BaseStatus


def validate_division_prefix(value: str) -> None:
    """A division may be given by its first two, four or six digits."""
    if not is_division(value.ljust(6, "0")) or len(value) not in (2, 4, 6):
        raise forms.ValidationError("行政区划代码请填 2、4 或 6 位数字。")


class BaseFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(label="名称、曾用名、编号或统一社会信用代码", method="search")
    jurisdiction = django_filters.ChoiceFilter(label="管辖", empty_label="全部")
    level = django_filters.ChoiceFilter(label="级别", choices=list(LEVEL_LABELS.items()), empty_label="全部")
    field = django_filters.CharFilter(label="领域", lookup_expr="icontains")
    division = django_filters.CharFilter(
        label="行政区划代码", method="in_division", validators=[validate_division_prefix]
    )
    status = django_filters.ChoiceFilter(
        label="状态",
        choices=[(code.value, code.label) for code in PUBLIC_STATUSES],
        method="of_status",
        empty_label="全部",
    )

    class Meta:
        model = Base
        fields: list[str] = []

    def __init__(self, *args: Any, jurisdictions: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.filters["jurisdiction"].extra["choices"] = jurisdictions

    def search(self, bases: QuerySet[Base], name: str, value: str) -> QuerySet[Base]:
        return register.search(bases, value)

    def in_division(self, bases: QuerySet[Base], name: str, value: str) -> QuerySet[Base]:
        return bases.filter(division__gte=value.ljust(6, "0"), division__lte=value.ljust(6, "9"))

    def of_status(self, bases: QuerySet[Base], name: str, value: str) -> QuerySet[Base]:
        return bases.filter(status__in=PUBLIC_STATUSES[BaseStatus(value)])


class OwnBaseFilter(django_filters.FilterSet):
    """Filters of the bases one works with; by managing unit for an authority alone."""

    q = django_filters.CharFilter(label="名称、曾用名、编号或统一社会信用代码", method="search")
    status = django_filters.ChoiceFilter(label="状态", choices=BaseStatus.choices, empty_label="全部")
    level = django_filters.ChoiceFilter(label="级别", choices=list(LEVEL_LABELS.items()), empty_label="全部")
    unit = django_filters.CharFilter(
        label="管理（指导）单位", field_name="managing_unit__name", lookup_expr="icontains"
    )
    rehearsal = django_filters.ChoiceFilter(
        label="演练", choices=[("no", "不含演练"), ("yes", "只看演练")], method="rehearsed", empty_label="全部"
    )

    class Meta:
        model = Base
        fields: list[str] = []

    def __init__(self, *args: Any, actor: Actor, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if actor.organisation.kind != OrganisationKind.AUTHORITY:
            for name in ("unit", "rehearsal"):
                del self.filters[name]

    def search(self, bases: QuerySet[Base], name: str, value: str) -> QuerySet[Base]:
        return register.search(bases, value)

    def rehearsed(self, bases: QuerySet[Base], name: str, value: str) -> QuerySet[Base]:
        return bases.filter(is_sandbox=value == "yes")
