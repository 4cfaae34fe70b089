"""A word of its own in every text of a base's money, and a reader that gathers the words on the pages open to it."""

from __future__ import annotations

import html
import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.db import connection, models
from django.test import Client
from django.urls import Resolver404, resolve, reverse

from apps.cases import triggers
from apps.cases.models import Case
from apps.subsidies.models import Award, UsePlanLine
from tests.security.money.table import URLS
from tests.security.money.world import Side
from tests.security.played.browsing import read
from tests.security.played.canaries import CANARY, LINK, Page, Place, readable

TEXTS = {
    "Act": ("reason", "data"),
    "Attachment": ("name",),
    "Case": ("title",),
    "Document": ("title",),
    "UsePlan": ("data", "change_reason", "method", "opinion", "return_text"),
    "UsePlanLine": ("item", "purpose"),
    "PerformanceTarget": ("goal", "indicator", "measured_by"),
    "OwnFund": ("source", "purpose"),
    "Acceptance": ("data", "summary", "return_text", "reasons"),
    "AcceptanceLine": ("result", "remark"),
    "AcceptanceResult": ("explanation",),
    "AcceptanceOpinion": ("text",),
    "Award": ("data", "title", "return_text", "panel_opinion", "reasons", "finance_opinion"),
    "CapException": ("reason", "document_number"),
    "AwardLine": ("item", "purpose"),
    "SupervisorAssignment": ("task",),
    "SupervisionReport": ("text",),
    "BankStatement": ("name",),
    "BankLine": ("counterparty", "counterparty_account", "memo", "note"),
    "FundingCycle": ("notes",),
    "LedgerEntry": ("memo",),
    "FundPayment": (
        "payee_account",
        "payee_bank",
        "purpose",
        "return_text",
        "check_note",
        "reversal_reason",
    ),
    "FundRecovery": ("facts", "account", "lift_reason"),
    "SpendingReport": ("data", "summary", "return_text", "opinion"),
    "SpendingRow": ("voucher", "payee", "description", "disallowed_reason"),
}
"""Model → its fields that somebody wrote and that pages of money may show."""
CASE_OF = {
    "Act": "case_id",
    "Attachment": "case_id",
    "Case": "pk",
    "Document": "case_id",
    "UsePlan": "pk",
    "UsePlanLine": "case_id",
    "PerformanceTarget": "case_id",
    "OwnFund": "plan_id",
    "Acceptance": "pk",
    "AcceptanceLine": "acceptance_id",
    "AcceptanceResult": "acceptance_id",
    "AcceptanceOpinion": "reviewer__acceptance_id",
    "Award": "pk",
    "CapException": "award_id",
    "AwardLine": "award_id",
    "SupervisorAssignment": "award_id",
    "SupervisionReport": "award_id",
    "FundingCycle": "pk",
    "LedgerEntry": "act__case_id",
    "FundPayment": "pk",
    "FundRecovery": "pk",
    "SpendingReport": "pk",
    "SpendingRow": "report_id",
}
"""Model → the way from its row to the case it belongs to; what is missing here belongs to the authority's bank."""
HAN = re.compile(r"[\u4e00-\u9fff]")
PROPOSED_FEN = 1_234_567
PROPOSED = "12,345.67"


class Planted:
    """Every word and its place in the money of ``side``; ``case_of`` and the case's kind and state are by place."""

    def __init__(self, side: Side) -> None:
        self.places: dict[str, Place] = {}
        self.case_of: dict[Place, int] = {}
        own = Case.objects.filter(authority=side.funding.authority)
        self.cases = {case.pk: case for case in own}
        triggers.remove(connection)
        for name, fields in TEXTS.items():
            for row in self._rows(name):
                self._plant(row, fields)
        triggers.install(connection)
        proposed = side.case("finance_review", "award")
        UsePlanLine.objects.filter(case=proposed).update(granted_fen=PROPOSED_FEN)
        Award.objects.filter(pk=proposed.pk).update(proposed_fen=PROPOSED_FEN)

    def _rows(self, name: str) -> Iterator[models.Model]:
        model = next(one for one in apps.get_models() if one.__name__ == name and one.__module__.startswith("apps."))
        rows = model._base_manager.order_by("pk")
        if name not in CASE_OF:
            yield from rows
            return
        for row, case in zip(rows, rows.values_list(CASE_OF[name], flat=True), strict=True):
            if case in self.cases:
                self.case_of.update({Place(f"{name}.{field}", row.pk): case for field in TEXTS[name]})
                yield row

    def _plant(self, row: models.Model, fields: Iterable[str]) -> None:
        changes = {}
        for name in fields:
            field, old = type(row)._meta.get_field(name), getattr(row, name)
            place = Place(f"{type(row).__name__}.{name}", row.pk)
            changes[name] = self._in_json(old, place) if isinstance(old, dict) else self._in_text(old, field, place)
        type(row)._base_manager.filter(pk=row.pk).update(**changes)

    def _in_text(self, old: str | None, field: Any, place: Place) -> str:
        word = self._word(place)
        return f"{(old or '')[: (field.max_length or 100_000) - len(word)]}{word}"

    def _in_json(self, value: Any, place: Place) -> Any:
        if isinstance(value, str):
            return f"{value}{self._word(place)}" if HAN.search(value) else value
        if isinstance(value, list):
            return [self._in_json(one, place) for one in value]
        if isinstance(value, dict):
            return {key: self._in_json(one, place) for key, one in value.items()}
        return value

    def _word(self, place: Place) -> str:
        word = f"Zq{len(self.places):06d}"
        self.places[word] = place
        return word

    def met(self, pages: Iterable[Page]) -> dict[Place, str]:
        """Every planted place whose word is on one of ``pages``, with an address where it is."""
        return {
            self.places[word]: page.address
            for page in pages
            for word in CANARY.findall(page.text)
            if word in self.places
        }

    def belongs(self, place: Place) -> Case | None:
        """The case the place belongs to; None for what is the authority's bank's."""
        return self.cases.get(self.case_of.get(place, 0))


def starts(side: Side) -> list[str]:
    """Every address of money for the own objects, the lists of all cases, and a case of every kind and state."""
    rows = [reverse(f"subsidies:{name}", kwargs=row.args(side)) for name, row in URLS.items() if "GET" in row.methods]
    cases = [reverse("cases:detail", args=[case.number]) for case in side.cases.values()]
    awards = [
        reverse("subsidies:award", args=[case.number]) for (kind, _), case in side.cases.items() if kind == "award"
    ]
    lists = [reverse("cases:list"), reverse("cases:export", args=["csv"]), reverse("cases:export", args=["xlsx"])]
    return [*lists, *rows, *cases, *awards]


NAMESPACES = {"subsidies", "cases"}
OFTEN = {"cases:attachment": 0, "cases:detail": 60, "subsidies:award": 12}


def pages_of(client: Client, addresses: Iterable[str], each: int = 5) -> list[Page]:
    """``addresses`` and what their links lead to in money and cases; spreadsheets are read cell by cell."""
    waiting, seen, counted, pages = deque(addresses), set(), Counter(), []
    while waiting:
        address = waiting.popleft()
        try:
            match = resolve(urlsplit(address).path)
        except Resolver404:
            continue
        name = match.view_name
        if address in seen or not NAMESPACES & set(match.namespaces) or counted[name] >= OFTEN.get(name, each):
            continue
        seen.add(address)
        response = read(client, "get", address)
        if response.status_code != 200:
            continue
        counted[name] += 1
        text = readable(response)
        pages.append(Page(address, name, text))
        waiting.extend(html.unescape(found) for found, _ in LINK.findall(text) if found.startswith("/"))
        if "format=xlsx" in text and "?" not in address:
            waiting.appendleft(f"{address}?format=xlsx")
    return pages
