"""What anyone may read: the register of bases, rounds, notices and announcements."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import problems
from apps.api.base import PublicView
from apps.api.parameters import Choice, PagedQuery, TruthParameter, jurisdiction_choice
from apps.api.serializers import register as shapes
from apps.api.serializers.common import DocumentSerializer, page_of
from apps.applications import selectors
from apps.applications.models import Round
from apps.bases import register
from apps.bases.filters import BaseFilter
from apps.bases.models import LEVEL_LABELS, PUBLIC_STATUSES
from apps.bases.views import SORTS
from apps.cases.models import Document
from apps.cases.paging import capped_page
from apps.jurisdictions.rulebooks import registry

NEWEST_FIRST = "-recognised_on"


class BasesQuery(PagedQuery):
    q = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="名称、编号或统一社会信用代码")
    jurisdiction = jurisdiction_choice()
    level = Choice(choices=tuple(LEVEL_LABELS), required=False, help_text="级别")
    field = serializers.CharField(required=False, allow_blank=True, max_length=60, help_text="领域，包含即可")
    division = serializers.RegexField(
        "^[1-9][0-9]([0-9]{2}){0,2}$",
        required=False,
        error_messages={"invalid": "应为行政区划代码的前2位、4位或全部6位数字"},
        help_text="行政区划代码的前2、4位或6位",
    )
    status = Choice(choices=tuple(PUBLIC_STATUSES), required=False, help_text="状态")
    sort = Choice(choices=tuple(SORTS), required=False, help_text=f"排序，默认为{NEWEST_FIRST}")


class RoundsQuery(PagedQuery):
    jurisdiction = jurisdiction_choice()
    open = TruthParameter(required=False, help_text="申报时间是否包含今天")


class NoticesQuery(PagedQuery):
    jurisdiction = jurisdiction_choice()
    running = TruthParameter(required=False, help_text="公示期是否尚未届满")


class AnnouncementsQuery(PagedQuery):
    jurisdiction = jurisdiction_choice()


class BaseList(PublicView):
    query = BasesQuery

    @extend_schema(
        operation_id="bases_list",
        parameters=[BasesQuery],
        responses=page_of("BasePage", shapes.BaseSerializer),
        summary="基地名录",
        tags=["register"],
    )
    def get(self, request: Request) -> Response:
        given = self.parameters()
        jurisdictions = [(code, code) for code in registry.jurisdictions()]
        found = BaseFilter(given, queryset=register.public_bases(), jurisdictions=jurisdictions)
        if not found.is_valid():
            messages = found.form.errors.get_json_data()
            raise problems.invalid(problems.error(name, each[0]["message"], "query") for name, each in messages.items())
        bases = found.qs.order_by(*SORTS[given.get("sort", NEWEST_FIRST)])
        return self.paged(capped_page(bases, str(given.get("page", 1))), shapes.BaseSerializer)


class BaseDetail(PublicView):
    @extend_schema(responses=shapes.BaseDetailSerializer, summary="一个基地及其沿革", tags=["register"])
    def get(self, request: Request, number: str) -> Response:
        self.parameters()
        base = get_object_or_404(register.public_base(number))
        return Response(shapes.BaseDetailSerializer(base, context={"request": request}).data)


class RoundList(PublicView):
    query = RoundsQuery

    @extend_schema(
        operation_id="rounds_list",
        parameters=[RoundsQuery],
        responses=page_of("RoundPage", shapes.RoundSerializer),
        summary="已发布的申报批次",
        tags=["register"],
    )
    def get(self, request: Request) -> Response:
        given = self.parameters()
        rounds = _of_jurisdiction(selectors.public_rounds(), given, "case__jurisdiction")
        if "open" in given:
            rounds = _narrowed_to_open(rounds, given["open"])
        return self.paged(capped_page(rounds, str(given.get("page", 1))), shapes.RoundSerializer)


def _narrowed_to_open(rounds: QuerySet[Round], wanted: bool) -> QuerySet[Round]:
    today = timezone.localdate()
    window: dict[str, Any] = {"case__state": "published", "opens_on__lte": today, "closes_on__gte": today}
    return rounds.filter(**window) if wanted else rounds.exclude(**window)


class RoundDetail(PublicView):
    @extend_schema(responses=shapes.RoundSerializer, summary="一个申报批次", tags=["register"])
    def get(self, request: Request, number: str) -> Response:
        self.parameters()
        found = get_object_or_404(selectors.public_rounds(), case__number=number)
        return Response(shapes.RoundSerializer(found, context={"request": request}).data)


class NoticeList(PublicView):
    query = NoticesQuery

    @extend_schema(
        operation_id="notices_list",
        parameters=[NoticesQuery],
        responses=page_of("NoticePage", shapes.NoticeSerializer),
        summary="公示",
        tags=["register"],
    )
    def get(self, request: Request) -> Response:
        given = self.parameters()
        notices = _of_jurisdiction(selectors.public_notices(), given, "case__jurisdiction")
        if "running" in given:
            running = {"case__state": "published", "last_day__gte": timezone.localdate()}
            notices = notices.filter(**running) if given["running"] else notices.exclude(**running)
        notices = notices.defer("entries_frozen", "text")
        return self.paged(capped_page(notices, str(given.get("page", 1))), shapes.NoticeSerializer)


class NoticeDetail(PublicView):
    @extend_schema(responses=shapes.NoticeDetailSerializer, summary="一次公示及其名单", tags=["register"])
    def get(self, request: Request, number: str) -> Response:
        self.parameters()
        notice = get_object_or_404(selectors.public_notices(), case__number=number)
        documents = Document.objects.filter(case_id=notice.pk, kind="public_notice", is_public=True)
        context = {"request": request, "documents": documents.select_related("issuer").defer("content")}
        return Response(shapes.NoticeDetailSerializer(notice, context=context).data)


class AnnouncementList(PublicView):
    query = AnnouncementsQuery

    @extend_schema(
        operation_id="announcements_list",
        parameters=[AnnouncementsQuery],
        responses=page_of("AnnouncementPage", DocumentSerializer),
        summary="认定公布",
        tags=["register"],
    )
    def get(self, request: Request) -> Response:
        given = self.parameters()
        documents = _of_jurisdiction(selectors.public_announcements(), given, "jurisdiction").defer("content")
        return self.paged(capped_page(documents, str(given.get("page", 1))), DocumentSerializer)


def _of_jurisdiction(found: QuerySet[Any], given: dict[str, Any], path: str) -> QuerySet[Any]:
    return found.filter(**{path: given["jurisdiction"]}) if "jurisdiction" in given else found
