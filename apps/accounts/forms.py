"""Forms for people and organisations."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from apps.accounts.enums import ROLES_BY_KIND, OrganisationKind, Role
from apps.accounts.models import Organisation
from apps.accounts.services import Refused

_USERNAME = RegexValidator(r"^[A-Za-z0-9._-]{3,64}\Z", "用户名为 3 至 64 位字母、数字、点、横线或下划线。")


class PersonForm(forms.Form):
    """A person's account: user name, name and telephone."""

    username = forms.CharField(
        label="用户名", max_length=64, validators=[_USERNAME], help_text="登录用；已在其他单位任职的，填其现有用户名。"
    )
    name = forms.CharField(label="姓名", max_length=64)
    phone = forms.CharField(label="手机", max_length=20, required=False)

    def refuse(self, error: Refused) -> None:
        """Show why the service refused, at the field it names."""
        self.add_error(error.field if error.field in self.fields else None, str(error))


class MemberForm(PersonForm):
    """A person and the role they are given."""

    role = forms.ChoiceField(label="身份")

    def __init__(self, *args: Any, organisation: Organisation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        allowed = ROLES_BY_KIND[organisation.kind]
        self.fields["role"].choices = [
            ("", "请选择"),
            *((role, label) for role, label in Role.choices if role in allowed),
        ]


class OrganisationForm(forms.ModelForm):
    """An organisation to be entered by the authority."""

    class Meta:
        model = Organisation
        fields = [
            "kind", "name", "short_name", "credit_code", "division", "phone", "address", "document_mark", "document_code"
        ]  # fmt: skip

    levels = forms.MultipleChoiceField(
        label="认定的基地级别", required=False, widget=forms.CheckboxSelectMultiple, help_text="下级机关填写。"
    )

    def __init__(self, *args: Any, levels: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["levels"].choices = levels
        self.fields["document_mark"].help_text = "下级机关填写，印在红头文件上方，如“某县人力资源和社会保障局文件”。"
        self.fields["document_code"].help_text = "下级机关填写，用于文号，如“某人社”。"
        self.fields["kind"].choices = [("", "请选择"), *OrganisationKind.choices]
        self.fields["division"].help_text = "GB/T 2260 六位代码，如 370300。"
        self.fields["division"].required = True

    def clean_credit_code(self) -> str:
        return self.cleaned_data["credit_code"].strip().upper()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("kind") == OrganisationKind.AUTHORITY:
            for name in ("levels", "document_mark", "document_code"):
                if not cleaned.get(name):
                    self.add_error(name, "人社主管机关须填写这一项。")
        self.instance.levels = cleaned.get("levels") or []
        return cleaned
