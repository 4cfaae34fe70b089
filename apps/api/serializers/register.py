"""Public answers: the register, rounds, notices. No person and no contact of one is in any of them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.common import DocumentSerializer, JurisdictionSerializer, OrganisationSerializer, address
from apps.applications.enums import NoticeState
from apps.applications.models import PublicNotice, Round
from apps.bases.models import Base, BaseEvent


class BaseSerializer(serializers.Serializer[Base]):
    number = serializers.CharField()
    name = serializers.CharField()
    institution_name = serializers.CharField()
    credit_code = serializers.CharField()
    division = serializers.CharField()
    field = serializers.CharField()
    level = serializers.CharField()
    level_label = serializers.CharField()
    jurisdiction = JurisdictionSerializer()
    authority = OrganisationSerializer()
    status = serializers.CharField(source="public_status")
    status_label = serializers.CharField(source="public_status_label")
    recognised_on = serializers.DateField()
    ended_on = serializers.DateField(allow_null=True)
    url = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, base: Base) -> str:
        return address(self, "api:base", number=base.number)


class BaseEventSerializer(serializers.Serializer[BaseEvent]):
    kind = serializers.CharField()
    label = serializers.CharField()
    on = serializers.DateField()
    note = serializers.SerializerMethodField()
    document_number = serializers.SerializerMethodField()
    document_pdf = serializers.SerializerMethodField()

    def get_note(self, event: BaseEvent) -> str:
        return "" if _is_published(event) else event.note

    def get_document_number(self, event: BaseEvent) -> str | None:
        return event.document.number if _is_published(event) else None

    @extend_schema_field({"type": "string", "format": "uri", "nullable": True})
    def get_document_pdf(self, event: BaseEvent) -> str | None:
        if not _is_published(event):
            return None
        return address(self, "documents:download", code=event.document.verification_code)


def _is_published(event: BaseEvent) -> bool:
    return event.document is not None and event.document.is_public


class BaseDetailSerializer(BaseSerializer):
    managing_unit = OrganisationSerializer(allow_null=True)
    managing_unit_title = serializers.CharField(help_text="文本对管理单位的称谓")
    plaque_text = serializers.CharField()
    history = BaseEventSerializer(many=True, source="events.all")


class RoundSerializer(serializers.Serializer[Round]):
    number = serializers.CharField(source="case.number")
    title = serializers.CharField()
    jurisdiction = JurisdictionSerializer(source="case.jurisdiction")
    authority = OrganisationSerializer(source="case.authority")
    rulebook = serializers.CharField(source="case.rulebook_key", help_text="规则版本")
    level = serializers.CharField()
    level_label = serializers.CharField()
    state = serializers.CharField(source="case.state")
    state_label = serializers.CharField()
    opens_on = serializers.DateField()
    closes_on = serializers.DateField(help_text="当日24时截止")
    is_open = serializers.SerializerMethodField()
    fields_wanted = serializers.ListField(child=serializers.CharField())
    guidance = serializers.CharField()
    quota = serializers.IntegerField(allow_null=True, help_text="每个推荐单位名额；不限为null")
    url = serializers.SerializerMethodField()

    def get_is_open(self, rnd: Round) -> bool:
        return rnd.case.state == "published" and rnd.opens_at <= timezone.now() < rnd.closes_at

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, rnd: Round) -> str:
        return address(self, "api:round", number=rnd.case.number)


class NoticeSerializer(serializers.Serializer[PublicNotice]):
    number = serializers.CharField(source="case.number")
    title = serializers.CharField()
    jurisdiction = JurisdictionSerializer(source="case.jurisdiction")
    authority = OrganisationSerializer(source="case.authority")
    state = serializers.CharField(source="case.state")
    state_label = serializers.SerializerMethodField()
    days = serializers.IntegerField(help_text="自然日，公示之日不计入")
    starts_on = serializers.DateField()
    last_day = serializers.DateField()
    decide_from = serializers.DateField()
    list_sha256 = serializers.CharField(help_text="冻结名单的SHA-256，可由entries重新算出")
    url = serializers.SerializerMethodField()

    def get_state_label(self, notice: PublicNotice) -> str:
        return str(NoticeState(notice.case.state).label)

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, notice: PublicNotice) -> str:
        return address(self, "api:notice", number=notice.case.number)


class NoticeEntrySerializer(serializers.Serializer[Any]):
    number = serializers.CharField()
    institution = serializers.CharField()
    field = serializers.CharField()
    recommender = serializers.CharField()


class NoticeDetailSerializer(NoticeSerializer):
    text = serializers.CharField()
    entries = NoticeEntrySerializer(many=True, source="entries_frozen")
    objections_page = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.URI)
    def get_objections_page(self, notice: PublicNotice) -> str:
        return address(self, "applications:public_notice", number=notice.case.number)

    @extend_schema_field(DocumentSerializer(many=True))
    def get_documents(self, notice: PublicNotice) -> list[dict[str, Any]]:
        documents = self.context["documents"]
        return DocumentSerializer(documents, many=True, context=self.context).data
