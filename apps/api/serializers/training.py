"""Trainees as they are reported through the API, and what reporting them did."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from apps.plans.services.for_api import IDENTITY_KINDS, OUTCOMES, SUBJECT_KINDS

MOST_ROWS = 5000


@extend_schema_serializer(component_name="Trainee")
class TraineeSerializer(serializers.Serializer[Any]):
    """One trainee. Read by hand, so that every error names row and field; this describes it."""

    name = serializers.CharField(max_length=64, help_text="姓名")
    identity_kind = serializers.ChoiceField(choices=IDENTITY_KINDS, required=False, help_text="默认为居民身份证")
    identity_number = serializers.CharField(max_length=32, help_text="完整证件号码；加密保存，任何应答中都不出现")
    employer = serializers.CharField(max_length=128, help_text="工作单位")
    subject_kind = serializers.ChoiceField(choices=SUBJECT_KINDS, required=False, help_text="默认为项目的科目")
    value = serializers.CharField(max_length=16, help_text="登记的学时或学分，按项目所在范围的规定计，最多一位小数")
    outcome = serializers.ChoiceField(choices=OUTCOMES, help_text="结果")


@extend_schema_serializer(component_name="TraineeReport")
class TraineesSerializer(serializers.Serializer[Any]):
    records = TraineeSerializer(many=True, help_text=f"至多 {MOST_ROWS} 人")


@extend_schema_serializer(component_name="TraineeReportResult")
class ReportedSerializer(serializers.Serializer[Any]):
    added = serializers.IntegerField(help_text="新增人数")
    changed = serializers.IntegerField(help_text="变更人数")
    unchanged = serializers.IntegerField(help_text="没有变化的人数")
