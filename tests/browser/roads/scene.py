"""What a road needs before the first click: the authority and its people, and the story's own clock."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from apps.accounts.actors import Actor
from apps.applications.models import Application
from apps.cases.clocks import SHANGHAI
from apps.cases.models import Case
from apps.portal.demo.clock import StoryClock
from apps.portal.demo.people import Cast, read_fixture
from apps.portal.demo.steps import Applicant, fill_in
from tests.browser.roads.people import Office, Person

START = dt.datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
CLOSES_ON = dt.date(2026, 3, 20)


@dataclass
class Scene:
    """A jurisdiction, its people, their browsers and the clock that all of them live by."""

    office: Office
    cast: Cast
    clock: StoryClock

    @property
    def officer(self) -> Person:
        return self.at(self.cast.office["officer"])

    @property
    def reviewer(self) -> Person:
        return self.at(self.cast.office["reviewer"])

    @property
    def head(self) -> Person:
        return self.at(self.cast.office["head"])

    @property
    def visitor(self) -> Person:
        return self.office.visitor()

    def at(self, actor: Actor) -> Person:
        return self.office.of(actor)

    def later(self, days: int) -> None:
        self.clock.go_to(self.clock.instant.astimezone(SHANGHAI).date() + dt.timedelta(days=days))


def new_cast(code: str, position: int, password: str) -> Cast:
    """The authority's people and the departments on its list, so that the first round can be opened."""
    cast = Cast(code, position, read_fixture(code), password)
    _ = (cast.office, cast.departments, cast.assistant)
    return cast


def applicant_of(number: str, editor: Actor, head: Actor, kind: str) -> Applicant:
    application = Application.objects.select_related("case__institution", "round__case").get(case__number=number)
    return Applicant("", editor, head, kind, application)


def fill_through_services(cast: Cast, applicant: Applicant, number: int = 1) -> None:
    """What another road types, put in place by the services."""
    fill_in(cast, applicant, number)


def state_of(number: str) -> str:
    return Case.objects.get(number=number).state
