"""Numbers without gaps: a series is advanced inside the transaction that uses the number."""

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.cases.models import NumberSequence

CASE_PREFIXES = {
    "round": "PC",
    "application": "SB",
    "panel": "PS",
    "public_notice": "GS",
    "objection": "YY",
    "annual_plan": "JH",
    "training_project": "XM",
    "campaign": "KH",
    "inspection": "JC",
    "rectification": "ZG",
    "revocation": "QX",
    "restoration": "HF",
    "particulars_change": "BG",
    "base_withdrawal": "TC",
    "funding_cycle": "ZQ",
    "award": "ZZ",
    "use_plan": "FA",
    "fund_payment": "BK",
    "acceptance": "YS",
    "spending_report": "JF",
    "fund_recovery": "ZH",
}


def next_number(series: str) -> int:
    """The next number of ``series``, starting at 1.

    The row stays locked to the end of the surrounding transaction: a rollback gives the number back, and nobody else
    can take the one after it before. Raises RuntimeError outside a transaction, where gaps could arise.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("a number may be taken only inside a transaction")
    if not _advance(series):
        try:
            with transaction.atomic():
                NumberSequence.objects.create(series=series, last=0)
        except IntegrityError:
            pass
        _advance(series)
    return NumberSequence.objects.values_list("last", flat=True).get(pk=series)


def next_numbers(series: str, count: int) -> range:
    """The next ``count`` numbers of ``series``, taken in one step under the same conditions as :func:`next_number`."""
    if count < 1:
        return range(0)
    first = next_number(series)
    if count > 1:
        _advance(series, count - 1)
    return range(first, first + count)


def _advance(series: str, by: int = 1) -> bool:
    return bool(NumberSequence.objects.filter(pk=series).update(last=F("last") + by))


def case_number(jurisdiction: str, kind: str, year: int) -> str:
    """A case number such as ``SB-ZIBO-2026-00042``: business, jurisdiction, year, running number."""
    number = next_number(f"case:{jurisdiction}:{kind}:{year}")
    return f"{CASE_PREFIXES[kind]}-{jurisdiction.upper()}-{year}-{number:05d}"
