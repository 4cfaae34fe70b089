"""The rulebooks: the questions of the rules command, for anyone, with the same keys in the answers."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import problems
from apps.api.base import PublicView
from apps.api.parameters import DateParameter, WholeParameter
from apps.api.schema import BUDGET_BODY, FACTS_BODY, MOST_APPLICATIONS
from apps.api.serializers import rulebooks as shapes
from apps.jurisdictions.models import RulebookExtension
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.cli import entry
from apps.jurisdictions.rulebooks.errors import CalendarDataMissing, InputError
from apps.jurisdictions.rulebooks.facts import SCHEMA
from apps.jurisdictions.rulebooks.rulebook import Rulebook
from apps.jurisdictions.standing import Standing, standing_of

_WHOLE_YEARS = {"min_value": "应为年份，写作YYYY", "max_value": "应为年份，写作YYYY"}


class OnQuery(serializers.Serializer[Any]):
    on = DateParameter(required=False, help_text="规则适用的日期，写作YYYY-MM-DD；默认为今天")


class YearQuery(serializers.Serializer[Any]):
    year = WholeParameter(min_value=1, max_value=9999, error_messages=_WHOLE_YEARS, help_text="报送计划的年份")


class StartQuery(serializers.Serializer[Any]):
    start = DateParameter(help_text="开班之日，写作YYYY-MM-DD")


class PublicityQuery(serializers.Serializer[Any]):
    start = DateParameter(help_text="公示之日，写作YYYY-MM-DD")
    days = WholeParameter(required=False, help_text="公示天数；文本规定了最少天数的，默认取最少天数")


@contextmanager
def refused_in(place: str, calendar_field: str = "") -> Iterator[None]:
    """Turn an error of the rules layer into a refusal that names the field and where it was given."""
    try:
        yield
    except CalendarDataMissing as cause:
        field = calendar_field or cause.field
        raise problems.invalid([problems.error(field, cause.expected, place)]) from None
    except InputError as cause:
        raise problems.from_rules(cause, place) from None


def governing(jurisdiction: str, on: dt.date) -> Rulebook:
    """The rulebook of that jurisdiction on a day. Raises the refusal 404 where there is none of that name."""
    with refused_in("path"):
        return registry.rulebook(jurisdiction, on)


class FactList(PublicView):
    @extend_schema(
        responses=shapes.FactSerializer(many=True), summary="事实的词汇：键、类型、可取的值", tags=["rulebooks"]
    )
    def get(self, request: Request) -> Response:
        self.parameters()
        return Response([field.as_dict() for field in SCHEMA])


class RulebookList(PublicView):
    query = OnQuery

    @extend_schema(
        parameters=[OnQuery],
        responses=shapes.RulebookSerializer(many=True),
        summary="各部管理办法及其效力",
        tags=["rulebooks"],
    )
    def get(self, request: Request) -> Response:
        on = self.parameters().get("on") or timezone.localdate()
        found = [registry.rulebook(jurisdiction, on) for jurisdiction in registry.jurisdictions()]
        return Response([_standing(entry(rulebook, on), standing_of(rulebook, on)) for rulebook in found])


class RulebookDetail(PublicView):
    query = OnQuery

    @extend_schema(
        parameters=[OnQuery],
        responses=shapes.RulebookDetailSerializer,
        summary="一部管理办法的全部规则，逐条",
        tags=["rulebooks"],
    )
    def get(self, request: Request, jurisdiction: str) -> Response:
        on = self.parameters().get("on") or timezone.localdate()
        rulebook = governing(jurisdiction, on)
        return Response(_standing(rulebook.as_dict(on), standing_of(rulebook, on)))


def _standing(described: dict[str, Any], standing: Standing) -> dict[str, Any]:
    """The description with the status as the portal holds it, and the record it rests on."""
    return {**described, "status": standing.status, "extension": _extension(standing.extension)}


def _extension(record: RulebookExtension | None) -> dict[str, Any] | None:
    return None if record is None else dict(shapes.ExtensionSerializer(record).data)


class Evaluate(PublicView):
    query = OnQuery

    @extend_schema(
        parameters=[OnQuery],
        request={"application/json": FACTS_BODY},
        responses=PolymorphicProxySerializer(
            component_name="EvaluationOrBatch",
            serializers=[shapes.EvaluationSerializer, shapes.EvaluationSerializer(many=True)],
            resource_type_field_name=None,
            many=False,
        ),
        summary="按条件评估一份或一批申报",
        description=f"请求体为一份事实，或至多{MOST_APPLICATIONS}份的列表；列表按原顺序作答，出错时指明位置。",
        tags=["rulebooks"],
    )
    def post(self, request: Request, jurisdiction: str) -> Response:
        on = self.parameters().get("on") or timezone.localdate()
        rulebook = governing(jurisdiction, on)
        facts = self.body()
        standing = standing_of(rulebook, on)
        several = isinstance(facts, list)
        if several and len(facts) > MOST_APPLICATIONS:
            raise problems.Refused(
                "too-large", f"一次最多评估{MOST_APPLICATIONS}份，本次为{len(facts)}份，请分批提交。"
            )
        with refused_in("body"):
            if several:
                found = list(registry.evaluate_many(rulebook, facts, on, assume_in_force=standing.in_force))
            else:
                found = [rulebook.evaluate(facts, on, assume_in_force=standing.in_force)]
        data = [{**evaluation.as_dict(), "status": standing.status} for evaluation in found]
        return Response(data if several else data[0])


class Deadlines(PublicView):
    query = YearQuery

    @extend_schema(
        parameters=[YearQuery], responses=shapes.DeadlinesSerializer, summary="年度计划的期限", tags=["rulebooks"]
    )
    def get(self, request: Request, jurisdiction: str) -> Response:
        year = self.parameters()["year"]
        rulebook = governing(jurisdiction, dt.date(year, 12, 31))
        with refused_in("query", "year"):
            deadlines = rulebook.deadlines(year)
        return Response({"jurisdiction": rulebook.jurisdiction, "year": year, "deadlines": deadlines})


class ClassDeadline(PublicView):
    query = StartQuery

    @extend_schema(
        parameters=[StartQuery],
        responses=shapes.ClassDeadlineSerializer,
        summary="开班前备案的期限",
        tags=["rulebooks"],
    )
    def get(self, request: Request, jurisdiction: str) -> Response:
        start = self.parameters()["start"]
        rulebook = governing(jurisdiction, start)
        with refused_in("query", "start"):
            return Response(rulebook.class_deadline(start))


class Publicity(PublicView):
    query = PublicityQuery

    @extend_schema(
        parameters=[PublicityQuery], responses=shapes.PublicitySerializer, summary="公示的期限", tags=["rulebooks"]
    )
    def get(self, request: Request, jurisdiction: str) -> Response:
        given = self.parameters()
        rulebook = governing(jurisdiction, given["start"])
        with refused_in("query", "start"):
            return Response(rulebook.publicity(given["start"], given.get("days")))


class Tranches(PublicView):
    @extend_schema(
        request={"application/json": BUDGET_BODY},
        responses=shapes.TranchesSerializer,
        summary="经费的分期拨付",
        description="金额一律为整数分。",
        tags=["rulebooks"],
    )
    def post(self, request: Request, jurisdiction: str) -> Response:
        self.parameters()
        rulebook = governing(jurisdiction, timezone.localdate())
        budget = self.body()
        with refused_in("body"):
            return Response(rulebook.tranches(budget))
