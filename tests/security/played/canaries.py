"""A unique word in every text of one jurisdiction, and a reader that follows every link and gathers the words it meets."""

from __future__ import annotations

import html
import io
import re
import zipfile
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.apps import apps
from django.core.cache import cache
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve
from django_scopes import scope
from pypdf import PdfReader

from apps.accounts.models import Membership, Organisation, User
from apps.cases import triggers
from apps.cases.models import Case
from tests.security.played.browsing import read

CANARY = re.compile(r"Zq\d{6}")
PROSE = re.compile(r"[\u4e00-\u9fff]|@|^\d{3,4}-\d{6,}")
CONTROL = {
    "Act.name", "Act.from_state", "Act.to_state", "Act.hash", "Act.prev_hash", "Act.articles",
    "AdmissionRefusal.articles", "Application.level", "Application.form_sha256", "ApplicationSection.code",
    "Attachment.purpose", "Attachment.content_type", "Attachment.sha256",
    "Base.number", "Base.credit_code", "Base.division", "Base.level", "BaseEvent.kind",
    "Case.number", "Case.state", "Case.rulebook_key", "Case.tail_hash", "CaseParty.roles",
    "Clock.code", "Clock.articles", "Clock.counting", "ConditionComment.condition", "Decision.articles",
    "Document.kind", "Document.legal_basis", "Document.verification_code", "Document.sha256",
    "Draw.algorithm", "Draw.seed", "Draw.pool", "Draw.pool_sha256", "Draw.result", "ExpertProfile.employer_code",
    "ItemCheck.item", "Objection.query_code", "Organisation.credit_code", "Organisation.division",
    "Organisation.levels", "Organisation.rank", "Organisation.recommender_types", "PublicNotice.list_sha256",
    "RegisterRecord.level", "RegisterRecord.division", "ReturnItem.section", "ReviewStep.duty", "Round.level",
    "RulebookExtension.rulebook_key", "RulebookExtension.file_sha256", "Score.code", "ScoreSheet.sha256",
    "User.username", "User.password",
    "Campaign.chosen", "Campaign.draw_seed", "Campaign.units", "FeeItem.unit", "InspectionItem.article",
    "InspectionItem.code", "PlanReturnItem.place", "PlannedProject.favours", "PlannedProject.key",
    "RecordImport.sha256", "Rectification.article", "Rectification.grounds", "RectificationItem.article",
    "Revocation.article", "Revocation.grounds", "Revocation.status_before", "Revocation.word",
    "TraineeRecord.certificate_code", "TraineeRecord.certificate_number", "TraineeRecord.identity_key", "TraineeRecord.identity_sealed",
    "TraineeSearch.identity_key", "TraineeYear.identity_key", "TrainingProject.favours",
    "TrainingProject.filing_counted",
}  # fmt: skip
"""Codes, keys and hashes that the portal computes with: not text that anybody wrote."""
NO_TENANT = {"Jurisdiction", "OutboxEntry", "NumberSequence", "Membership", "CaseUserObjectPermission"}


@dataclass(frozen=True)
class Place:
    """Where a canary sits: ``field`` as ``Model.field``, and the row's key."""

    field: str
    pk: Any

    def __str__(self) -> str:
        return f"{self.field}#{self.pk}"


def text_fields(model: type[models.Model]) -> list[models.Field]:
    """The model's fields that hold what somebody wrote."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if isinstance(field, models.CharField | models.TextField | models.JSONField)
        and not field.choices
        and f"{model.__name__}.{field.name}" not in CONTROL
    ]


def tenant_models() -> Iterator[type[models.Model]]:
    for model in apps.get_models():
        if model.__module__.startswith("apps.") and model.__name__ not in NO_TENANT and not model._meta.auto_created:
            yield model


def rows_of(model: type[models.Model], code: str) -> models.QuerySet:
    """The rows that belong to the jurisdiction ``code``, with the institutions that apply there and their people."""
    organisations = Organisation.objects.filter(
        models.Q(jurisdiction=code) | models.Q(pk__in=Case.objects.filter(jurisdiction=code).values("institution"))
    )
    if model is Organisation:
        return organisations
    if model is User:
        return User.objects.filter(pk__in=Membership.objects.filter(organisation__in=organisations).values("user"))
    if model.__name__ == "RulebookExtension":
        return model.objects.filter(jurisdiction=code)
    with scope(jurisdiction=code):
        return model.objects.filter(pk__in=list(model.objects.values_list("pk", flat=True)))


class Canaries:
    """Every canary and its place. ``silent`` are the fields no row had."""

    def __init__(self, code: str) -> None:
        self.places: dict[str, Place] = {}
        planted = set()
        triggers.remove(connection)
        for model in tenant_models():
            for row in list(rows_of(model, code)):
                planted |= self._plant(row)
        triggers.install(connection)
        cache.clear()
        every = {f"{model.__name__}.{field.name}" for model in tenant_models() for field in text_fields(model)}
        self.silent = every - planted

    def _plant(self, row: models.Model) -> set[str]:
        changes = {}
        for field in text_fields(type(row)):
            place = Place(f"{type(row).__name__}.{field.name}", row.pk)
            old = getattr(row, field.name)
            new = self._in_json(old, place) if isinstance(field, models.JSONField) else self._in_text(old, field, place)
            if new != old:
                changes[field.name] = new
        if changes:
            type(row)._base_manager.filter(pk=row.pk).update(**changes)
        return {f"{type(row).__name__}.{name}" for name in changes}

    def _canary(self, place: Place) -> str:
        word = f"Zq{len(self.places):06d}"
        self.places[word] = place
        return word

    def _in_text(self, old: str | None, field: models.Field, place: Place) -> str:
        word = self._canary(place)
        room = (field.max_length or 100_000) - len(word)
        return f"{(old or '')[:room]}{word}"

    def _in_json(self, value: Any, place: Place) -> Any:
        if isinstance(value, str) and PROSE.search(value):
            return f"{value}{self._canary(place)}"
        if isinstance(value, list):
            return [self._in_json(one, place) for one in value]
        if isinstance(value, dict):
            return {key: self._in_json(one, place) for key, one in value.items()}
        return value

    def found_in(self, text: str) -> set[Place]:
        return {self.places[word] for word in CANARY.findall(text) if word in self.places}


LINK = re.compile(r"""(?:href|action|hx-get|data-url|src)=["']([^"'#]+)|"(?:https?://[^/"]+)?(/api/v1/[^"]*)\"""")
STARTS = (
    "/", "/dashboard/", "/self-check/", "/rules/", "/bases/", "/applications/public/rounds/",
    "/applications/public/notices/", "/documents/", "/cases/", "/cases/export/csv/", "/cases/export/xlsx/",
    "/applications/rounds/", "/applications/recommenders/", "/applications/recommendations/", "/applications/intake/",
    "/panels/", "/panels/experts/", "/panels/mine/", "/people/members/", "/people/organisations/", "/rulebooks/",
    "/bases/records/", "/audit/", "/audit/outbox/", "/accounts/mfa/", "/api/v1/cases/", "/api/v1/bases/",
    "/api/v1/rounds/", "/api/v1/notices/", "/api/v1/announcements/",
)  # fmt: skip
OFTEN = {
    "documents:download": 2,
    "applications:form_preview": 1,
    "cases:attachment": 1,
    "panels:photo": 1,
    "plans:certificate_batch": 1,
    "plans:certificate_pdf": 1,
}


@dataclass(frozen=True)
class Page:
    address: str
    name: str
    text: str


def read_everything(client: Client, extra: tuple[str, ...] = (), each: int = 4) -> list[Page]:
    """Every page that links lead to from STARTS and ``extra``: at most ``each`` of one kind; lists searched as well."""
    waiting, seen, counted, pages = deque([*extra, *STARTS]), set(), Counter(), []
    while waiting:
        address = waiting.popleft()
        path = urlsplit(address).path
        try:
            name = resolve(path).view_name
        except Resolver404:
            continue
        counts_as = f"{name} as a file" if address.endswith("?format=xlsx") else name
        if address in seen or name == "account_logout" or counted[counts_as] >= OFTEN.get(name, each):
            continue
        seen.add(address)
        response = read(client, "get", address)
        if response.status_code == 302:
            waiting.append(urlsplit(response.headers["Location"])._replace(scheme="", netloc="").geturl())
        if response.status_code != 200:
            continue
        counted[counts_as] += 1
        text = readable(response)
        pages.append(Page(address, name, text))
        waiting.extend(html.unescape(a or b) for a, b in LINK.findall(text) if (a or b).startswith("/"))
        if 'name="q"' in text and "?" not in address:
            waiting.appendleft(f"{address}?q=Zq0")
        if "format=xlsx" in text and "?" not in address:
            waiting.appendleft(f"{address}?format=xlsx")
    return pages


def readable(response: HttpResponse) -> str:
    """The text of a page, a PDF, a spreadsheet or a text file."""
    body: bytes = response.body
    if body.startswith(b"%PDF"):
        reader = PdfReader(io.BytesIO(body))
        return "\n".join([*(page.extract_text() for page in reader.pages), str(reader.metadata)])
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            return "\n".join(archive.read(one).decode("utf-8", "replace") for one in archive.namelist())
    return body.decode("utf-8", "replace")
