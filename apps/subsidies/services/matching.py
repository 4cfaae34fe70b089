"""When a line of a bank's statement is a payment: by reference, sum and payee, however the bank writes them."""

from __future__ import annotations

import re
import unicodedata

from django.db.models import QuerySet

from apps.jurisdictions.rulebooks.money import yuan
from apps.subsidies.enums import BankDirection, BankLineState
from apps.subsidies.models import BankLine, FundPayment

Lines = QuerySet[BankLine]
_SPACE = re.compile(r"\s+")
_NO_DIGIT = re.compile(r"[^0-9]")


def plain(text: str) -> str:
    """``text`` without spaces, full-width letters and brackets made narrow: banks write names either way."""
    return _SPACE.sub("", unicodedata.normalize("NFKC", text))


def digits(text: str) -> str:
    """The digits of an account number, written with spaces or dashes or without; other signs stay and are wrong."""
    return plain(text).replace("-", "")


def lines_for(payment: FundPayment) -> Lines:
    """Unmatched outgoing lines of the authority with the payment's reference, oldest first."""
    found = BankLine.objects.filter(
        authority=payment.authority_id,
        reference=payment.bank_reference,
        direction=BankDirection.OUT,
        state=BankLineState.UNMATCHED,
    )
    return found.order_by("on", "pk")


def differences(payment: FundPayment, line: BankLine) -> list[str]:
    """What of sum and payee does not agree, in words; empty where the line proves the payment.

    The bank names the payee by name, by account or by both; at least one must be there, and what is there must agree.
    """
    told = []
    if line.amount_fen != payment.amount_fen:
        told.append(f"对账单金额{yuan(line.amount_fen)}，登记金额{yuan(payment.amount_fen)}")
    if line.counterparty and plain(line.counterparty) != plain(payment.payee_name):
        told.append(f"对账单收款方“{line.counterparty}”，登记收款单位“{payment.payee_name}”")
    if line.counterparty_account and _numbers(line.counterparty_account) != _numbers(payment.payee_account):
        told.append(f"对账单收款账号{line.counterparty_account}，登记账号{payment.payee_account}")
    if not line.counterparty and not line.counterparty_account:
        told.append("对账单没有写明收款方")
    return told


def _numbers(account: str) -> str:
    return _NO_DIGIT.sub("", plain(account))
