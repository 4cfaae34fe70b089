"""The answers of the rulebooks, with the same keys as the rules command, described for the schema."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

_STATUS = "in_force、lapsed、draft或not_yet_in_force；机关记录的延期或正式印发计算在内"


class ExtensionSerializer(serializers.Serializer[Any]):
    """机关记录并经他人确认的延期或正式印发。"""

    kind = serializers.CharField()
    document_number = serializers.CharField()
    document_date = serializers.DateField()
    effective_from = serializers.DateField()
    effective_to = serializers.DateField(allow_null=True)


class PeriodSerializer(serializers.Serializer[Any]):
    start = serializers.DateField(allow_null=True)
    end = serializers.DateField(allow_null=True)
    article = serializers.CharField()
    note = serializers.CharField()
    not_before = serializers.DateField(allow_null=True)
    draft = serializers.BooleanField()


class RulebookSerializer(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    name = serializers.CharField()
    level = serializers.CharField()
    key = serializers.CharField(help_text="规则版本")
    title = serializers.CharField()
    document = serializers.CharField(allow_null=True, help_text="文号")
    authority = serializers.CharField()
    status = serializers.CharField(help_text=_STATUS)
    on = serializers.DateField()
    in_force = PeriodSerializer()
    term_note = serializers.CharField(help_text="文本未载明期限时的说明")
    extension = ExtensionSerializer(allow_null=True)


class ArticleSerializer(serializers.Serializer[Any]):
    article = serializers.CharField()
    summary = serializers.CharField()
    not_modelled = serializers.CharField(help_text="不建模的理由；已建模的为空")
    implemented_by = serializers.ListField(child=serializers.CharField())


class ConditionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    title = serializers.CharField()
    summary = serializers.CharField()
    section = serializers.CharField()
    facts = serializers.ListField(child=serializers.CharField())
    for_experts = serializers.BooleanField()


class RulebookDetailSerializer(RulebookSerializer):
    division = serializers.CharField(allow_null=True)
    issued_by = serializers.ListField(child=serializers.CharField())
    authority_article = serializers.CharField()
    conditions = ConditionSerializer(many=True)
    preferences = serializers.ListField(child=serializers.DictField())
    road = serializers.DictField(help_text="从申报到认定的程序")
    annual_plan = serializers.DictField()
    class_filing = serializers.DictField(allow_null=True)
    inspection = serializers.DictField()
    sanctions = serializers.ListField(child=serializers.DictField())
    name_use = serializers.DictField(allow_null=True)
    particulars_change = serializers.DictField()
    funding = serializers.DictField(allow_null=True)
    public_benefit = serializers.DictField(allow_null=True, help_text="公益培训向谁倾斜；文本没有规定的为空")
    fees = serializers.DictField(help_text="收费的限制")
    credit = serializers.DictField(help_text="unit为hours（学时）或credits（学分），互不换算")
    archive = serializers.ListField(
        child=serializers.DictField(), help_text="每个培训项目的归档材料；basis_article为空的是惯例"
    )
    articles = ArticleSerializer(many=True)


class FindingSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    articles = serializers.ListField(child=serializers.CharField())
    result = serializers.CharField(help_text="met、not_met、unknown或for_experts")
    actual = serializers.JSONField(allow_null=True)
    required = serializers.JSONField(allow_null=True)
    message = serializers.CharField()


class PreferenceSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    article = serializers.CharField()
    met = serializers.BooleanField(allow_null=True)


class EvaluationSerializer(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    document = serializers.CharField(allow_null=True)
    status = serializers.CharField(help_text=_STATUS)
    on = serializers.DateField()
    outcome = serializers.CharField(help_text="not_in_force、ineligible、incomplete或eligible")
    findings = FindingSerializer(many=True)
    preferences = PreferenceSerializer(many=True)
    direct_application = serializers.BooleanField()


class DeadlineSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    due = serializers.DateField(help_text="当日24时前")
    articles = serializers.ListField(child=serializers.CharField())
    addressees = serializers.ListField(child=serializers.CharField())
    requires = serializers.CharField(allow_null=True)
    rest_day = serializers.BooleanField(required=False, help_text="当日为休息日，期限不顺延")


class DeadlinesSerializer(serializers.Serializer[Any]):
    jurisdiction = serializers.CharField()
    year = serializers.IntegerField()
    deadlines = DeadlineSerializer(many=True)


class ClassDeadlineSerializer(serializers.Serializer[Any]):
    start = serializers.DateField(required=False)
    latest_filing = serializers.DateField(allow_null=True)
    article = serializers.CharField(required=False)
    counted = serializers.ListField(child=serializers.DateField(), required=False)


class PublicitySerializer(serializers.Serializer[Any]):
    start = serializers.DateField()
    days = serializers.IntegerField(help_text="自然日，公示之日不计入")
    last_day = serializers.DateField()
    decide_from = serializers.DateField()
    article = serializers.CharField(allow_null=True)


class TrancheSerializer(serializers.Serializer[Any]):
    when = serializers.CharField(help_text="advance、after_acceptance或by_agreement")
    amount_fen = serializers.IntegerField()
    agreed = serializers.CharField(required=False, help_text="商定的时间")
    article = serializers.CharField()


class PaidLineSerializer(serializers.Serializer[Any]):
    item = serializers.CharField()
    category = serializers.CharField()
    article = serializers.CharField()
    amount_fen = serializers.IntegerField()
    tranches = TrancheSerializer(many=True)


class RejectedLineSerializer(serializers.Serializer[Any]):
    item = serializers.CharField()
    category = serializers.CharField()
    article = serializers.CharField()
    message = serializers.CharField()


class TranchesSerializer(serializers.Serializer[Any]):
    scheme = serializers.CharField(allow_null=True)
    total_fen = serializers.IntegerField()
    cap_fen = serializers.IntegerField(allow_null=True)
    granted_before_fen = serializers.IntegerField()
    within_cap = serializers.BooleanField(allow_null=True)
    lines = PaidLineSerializer(many=True)
    rejected = RejectedLineSerializer(many=True)


class CodeSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    label = serializers.CharField()


class FactKeySerializer(serializers.Serializer[Any]):
    key = serializers.CharField()
    kind = serializers.CharField()
    label = serializers.CharField()
    section = serializers.CharField()
    unit = serializers.CharField()
    help = serializers.CharField()
    choices = CodeSerializer(many=True)
    declared = serializers.BooleanField(help_text="是否由申报单位填报；否则取自名录和决定记录")


class FactSerializer(FactKeySerializer):
    fields_ = FactKeySerializer(many=True)
    applies_to = serializers.ListField(child=serializers.CharField(), help_text="哪些管理范围的规则用到它")

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        fields = super().get_fields()
        fields["fields"] = fields.pop("fields_")
        return fields
