"""Cases with their acts, clocks and documents, as the case page shows them."""

from __future__ import annotations

import datetime as dt
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from apps.api.serializers.common import DocumentSerializer, OrganisationSerializer, address
from apps.cases import web
from apps.cases.clocks import last_day
from apps.cases.models import Act, Case, Clock, Document
from apps.cases.workflow import workflow_for


class CaseSerializer(serializers.Serializer[Case]):
    number = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.CharField(source="get_kind_display")
    title = serializers.CharField()
    state = serializers.CharField()
    state_label = serializers.SerializerMethodField()
    jurisdiction = serializers.CharField(source="jurisdiction_id")
    institution = OrganisationSerializer(allow_null=True)
    authority = OrganisationSerializer()
    turn = OrganisationSerializer(allow_null=True, source="turn_organisation", help_text="现由谁办理")
    is_my_turn = serializers.SerializerMethodField()
    due_on = serializers.SerializerMethodField()
    is_sandbox = serializers.BooleanField()
    opened_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)
    updated_at = serializers.DateTimeField(allow_null=True)
    url = serializers.SerializerMethodField()

    def get_state_label(self, case: Case) -> str:
        return web.state_label(case)

    def get_is_my_turn(self, case: Case) -> bool:
        return bool(case.turn_organisation_id == self.context["request"].actor.organisation.pk)

    @extend_schema_field({"type": "string", "format": "date", "nullable": True, "description": "当日24时前"})
    def get_due_on(self, case: Case) -> dt.date | None:
        return None if case.closed_at else last_day(case.next_due_at)

    @extend_schema_field(OpenApiTypes.URI)
    def get_url(self, case: Case) -> str:
        return address(self, "api:case", number=case.number)


class ActSerializer(serializers.Serializer[Act]):
    """A step taken. ``actor`` and ``organisation`` are null for a step the clock took."""

    seq = serializers.IntegerField()
    name = serializers.CharField()
    label = serializers.CharField()
    at = serializers.DateTimeField()
    organisation = OrganisationSerializer(allow_null=True)
    actor = serializers.CharField(source="actor.name", default=None, allow_null=True)
    from_state = serializers.CharField()
    from_label = serializers.SerializerMethodField()
    to_state = serializers.CharField()
    to_label = serializers.SerializerMethodField()
    reason = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    is_internal = serializers.BooleanField()

    def get_from_label(self, act: Act) -> str:
        return self._label(act.from_state)

    def get_to_label(self, act: Act) -> str:
        return self._label(act.to_state)

    def _label(self, state: str) -> str:
        return str(self.context["states"].get(state, ""))


class PauseSerializer(serializers.Serializer[Any]):
    to = serializers.DateTimeField(required=False)
    reason = serializers.CharField()

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {"from": serializers.DateTimeField(), **super().get_fields()}


class ClockSerializer(serializers.Serializer[Clock]):
    code = serializers.CharField()
    label = serializers.CharField()
    basis = serializers.CharField()
    basis_label = serializers.CharField(source="get_basis_display", help_text="法定期限、指定期限或服务承诺")
    articles = serializers.ListField(child=serializers.CharField())
    note = serializers.CharField()
    started_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    due_on = serializers.SerializerMethodField()
    counted = serializers.ListField(child=serializers.DateField(), source="counting")
    pauses = PauseSerializer(many=True)
    state = serializers.CharField()
    state_label = serializers.CharField(source="get_state_display")
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field({"type": "string", "format": "date", "description": "当日24时前"})
    def get_due_on(self, clock: Clock) -> dt.date | None:
        return last_day(clock.due_at)


class CaseDocumentSerializer(DocumentSerializer):
    addressee = serializers.SerializerMethodField()
    remedies = serializers.CharField()
    act = serializers.SerializerMethodField()

    def get_addressee(self, document: Document) -> str:
        return document.addressee_name or (document.addressee.name if document.addressee else "")

    @extend_schema_field({"type": "integer", "nullable": True, "description": "由哪一步办理产生（序号）"})
    def get_act(self, document: Document) -> int | None:
        return self.context["seq_by_act"].get(document.act_id)


class CaseDetailSerializer(CaseSerializer):
    rulebook = serializers.CharField(source="rulebook_key", help_text="规则版本，提交时确定")
    base_number = serializers.CharField(source="base.number", default=None, allow_null=True)
    acts = serializers.SerializerMethodField()
    acts_truncated = serializers.SerializerMethodField()
    clocks = serializers.SerializerMethodField()
    documents = serializers.SerializerMethodField()
    page = serializers.SerializerMethodField()

    @extend_schema_field(ActSerializer(many=True))
    def get_acts(self, case: Case) -> list[dict[str, Any]]:
        context = {**self.context, "states": workflow_for(case.kind).states}
        return ActSerializer(self.context["acts"], many=True, context=context).data

    def get_acts_truncated(self, case: Case) -> bool:
        return bool(self.context["acts_truncated"])

    @extend_schema_field(ClockSerializer(many=True))
    def get_clocks(self, case: Case) -> list[dict[str, Any]]:
        return ClockSerializer(self.context["clocks"], many=True).data

    @extend_schema_field(CaseDocumentSerializer(many=True))
    def get_documents(self, case: Case) -> list[dict[str, Any]]:
        seqs = {act.pk: act.seq for act in self.context["acts"]}
        context = {**self.context, "seq_by_act": seqs}
        return CaseDocumentSerializer(self.context["documents"], many=True, context=context).data

    @extend_schema_field(OpenApiTypes.URI)
    def get_page(self, case: Case) -> str:
        return address(self, "cases:detail", number=case.number)
