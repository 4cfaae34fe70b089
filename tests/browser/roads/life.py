"""What the roads of a recognised base share: the base with its people, the text's extension, letters opened."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Locator

from apps.accounts.actors import Actor
from apps.bases.models import Base
from apps.cases.models import Document
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.services import confirm_extension, record_extension
from apps.portal.demo.answers import evidence_file
from tests.browser.roads.people import Person
from tests.browser.roads.scene import Scene
from tests.factories import make_base


@dataclass
class Supervised:
    """A base with the people of its institution; ``unit`` officer and head of its managing unit, where it has one."""

    here: Scene
    pk: int
    institution: tuple[Actor, Actor]
    unit: tuple[Actor, Actor] | None

    @property
    def base(self) -> Base:
        """The base as it stands now."""
        return Base.objects.select_related("institution", "authority", "managing_unit", "jurisdiction").get(pk=self.pk)

    @property
    def editor(self) -> Person:
        return self.here.at(self.institution[0])

    @property
    def head(self) -> Person:
        return self.here.at(self.institution[1])

    @property
    def unit_officer(self) -> Person:
        assert self.unit is not None
        return self.here.at(self.unit[0])

    @property
    def unit_head(self) -> Person:
        assert self.unit is not None
        return self.here.at(self.unit[1])


def supervised(here: Scene, number: int = 1, office: dict[str, Actor] | None = None, **values: Any) -> Supervised:
    """A recognised base of the institution ``number``, managed by the first department, where there is one."""
    editor, head, _ = here.cast.institution(number)
    unit = here.cast.departments[0] if here.cast.departments else None
    authority = office["officer"].organisation if office else here.cast.authority
    managing = unit[0].organisation if unit else None
    base = make_base(authority, editor.organisation, managing, is_sandbox=here.cast.fixture["rehearsal"], **values)
    return Supervised(here, base.pk, (editor, head), unit)


def extend_lapsed_text(here: Scene) -> None:
    """Where the text has lapsed: the document that extends it, recorded and confirmed as another road clicks it."""
    told = here.cast.fixture["extension"]
    if told is None:
        return
    record = {
        "kind": "extension",
        "document_number": told["number"],
        "document_date": dt.date.fromisoformat(told["date"]),
        "effective_from": dt.date.fromisoformat(told["from"]),
        "effective_to": None,
        "file": evidence_file("延期文件.pdf"),
    }
    extension = record_extension(here.cast.office["legal"], registry.versions(here.cast.code)[-1], record)
    confirm_extension(here.cast.office["head"], extension)


def open_letter(person: Person, kind: str) -> Document:
    """From the case's page, open its latest letter of ``kind`` as the reader would; it is a PDF."""
    number = urlsplit(person.page.url).path.rstrip("/").rpartition("/")[2]
    document = Document.objects.filter(kind=kind, case__number=number).latest("pk")
    link = person.page.locator(f'#documents a[href*="{document.verification_code}"]')
    answer = person.context.request.get(str(link.get_attribute("href")))
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")
    return document


def button(person: Person, words: str) -> Locator:
    """The button whose words begin with ``words``; the rest is told to those who cannot see the page."""
    return person.page.get_by_role("button", name=re.compile(f"^{re.escape(words)}")).first


def open_base(person: Person, world: Supervised, action: str) -> None:
    """From the dashboard to the base's own page, and on to what may be begun there."""
    own = "institution" in person.roles
    person.entry("我的基地" if own else "基地")
    person.follow(world.base.institution_name)
    person.follow(person.page.locator("#start").get_by_role("link", name=action, exact=True))
