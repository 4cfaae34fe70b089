"""单位基本情况 and 法定代表人: who applies."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.accounts.validators import validate_credit_code
from apps.applications.sections.base import Section, SectionForm
from apps.applications.sections.fields import fact_field, phone_field, text_area


class ParticularsForm(SectionForm):
    credit_code = forms.CharField(
        label="统一社会信用代码",
        max_length=18,
        validators=[validate_credit_code],
        help_text="18 位，含校验位；应与本单位在平台登记的代码一致",
    )
    institution_type = fact_field("institution_type", always=True)
    enterprise_scale = fact_field("enterprise_scale", required=False)
    independent_legal_person = fact_field("independent_legal_person")
    registered_division = fact_field("registered_division", always=True)
    training_qualification = fact_field("training_qualification")
    field = forms.CharField(label="申报领域", max_length=64, help_text="拟建基地面向的专业领域，如“新材料”")
    address = forms.CharField(label="单位地址", max_length=200)
    contact_name = forms.CharField(label="联系人", max_length=64)
    contact_phone = phone_field("联系电话")
    contact_email = forms.EmailField(label="电子邮箱", required=False)
    introduction = text_area("单位简介", help_text="主要业务、在本地区或本行业的影响，800 字以内为宜")

    def adapt(self) -> None:
        wanted = self.context.fields_wanted
        if wanted:
            self.fields["field"] = forms.ChoiceField(
                label="申报领域",
                choices=[("", "请选择"), *((one, one) for one in wanted)],
                help_text="本批次征集的领域",
            )

    def clean_credit_code(self) -> str:
        code = self.cleaned_data["credit_code"]
        if code != self.context.institution.credit_code:
            raise forms.ValidationError("与本单位在平台登记的统一社会信用代码不一致，请核对。", code="other_code")
        return code

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("institution_type") == "enterprise":
            self.require("enterprise_scale", "企业须填写企业规模。")
        return cleaned


class Particulars(Section):
    code = "particulars"
    title = "单位基本情况"
    lead = "已按平台登记的单位信息预填，请核对后补全。"
    rule_section = "particulars"
    form_class = ParticularsForm


class LegalPersonForm(SectionForm):
    name = forms.CharField(label="法定代表人（负责人）姓名", max_length=64)
    position = forms.CharField(label="职务", max_length=64)
    phone = phone_field("联系电话")
    resume = text_area("简要情况", required=False, help_text="与继续教育工作有关的经历，可不填", rows=4)


class LegalPerson(Section):
    code = "legal_person"
    title = "法定代表人"
    lead = "只收集办理所需的信息，不需要填写证件号码。"
    form_class = LegalPersonForm
