"""Forms of payments: the request, the steps, the list's filters."""

from __future__ import annotations

from typing import Any

from django import forms

from apps.subsidies.enums import PaymentState

LONG = 4000


class RequestForm(forms.Form):
    """Tranches and the account. Which tranches may be chosen is the page's; a draft may lack anything but them."""

    request_key = forms.UUIDField(required=False, widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    tranches = forms.TypedMultipleChoiceField(
        label="拨款期次", coerce=int, error_messages={"required": "请至少选择一期拨款。"}
    )
    payee_name = forms.CharField(
        label="收款单位", max_length=100, help_text="须为基地建设单位本单位，不能拨付给其他单位或个人。"
    )
    payee_bank = forms.CharField(label="开户银行", max_length=100, help_text="写到支行，例如某某银行某某支行。")
    payee_account = forms.CharField(
        label="收款账号", max_length=40, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    purpose = forms.CharField(label="用途", max_length=200, required=False, help_text="将写入拨款通知，可不填。")

    def __init__(self, *args: Any, choices: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tranches"].choices = choices  # type: ignore[attr-defined]

    def chosen(self) -> set[int]:
        """The tranches ticked, whether or not the form is valid, so that the page shows them again."""
        value = self["tranches"].value() or []
        return {int(one) for one in value if str(one).isascii() and str(one).isdigit()}


class ReasonForm(forms.Form):
    """What a step asks for in words; required where the workflow's table says so."""

    reason = forms.CharField(
        label="说明（可不填）", required=False, max_length=LONG, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, label: str = "", required: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reason"]
        field.label = label or field.label
        field.required = required
        field.error_messages["required"] = "请写明理由，理由将记入办理记录。"


class RecordForm(forms.Form):
    """The bank's word that it paid."""

    reference = forms.CharField(
        label="银行流水号",
        max_length=64,
        help_text="照银行回单填写；一个流水号只能登记一次。",
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    paid_on = forms.DateField(label="支付日期", widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class ReversalForm(ReasonForm):
    """Why a payment is to be undone and, where the bank confirmed it, the line that shows the money returned."""

    refund = forms.TypedChoiceField(
        label="退回款项", coerce=int, empty_value=None, required=False, widget=forms.RadioSelect,
        help_text="选择对账单中证明款项已退回的收入明细。",
    )  # fmt: skip

    def __init__(self, *args: Any, refunds: list[tuple[int, str]] | None, **kwargs: Any) -> None:
        super().__init__(*args, label="冲回原因", required=True, **kwargs)
        if refunds is None:
            del self.fields["refund"]
        else:
            self.fields["refund"].choices = refunds  # type: ignore[attr-defined]


class PaymentFilter(forms.Form):
    """Filters of the list of payments; what is odd is ignored."""

    q = forms.CharField(
        label="单位、编号或银行流水号", required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    state = forms.ChoiceField(label="状态", required=False, choices=[("", "全部"), *PaymentState.choices])
    cycle = forms.ChoiceField(label="资助周期", required=False)
    award = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)

    def __init__(self, *args: Any, cycles: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["cycle"].choices = [("", "全部"), *cycles]  # type: ignore[attr-defined]

    def values(self) -> dict[str, str]:
        """The filters that are understood."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
