"""Results are published where the text has it so, and from the official day."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.bases.models import BaseEvent
from apps.cases.models import Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.inspections.models import Inspection
from apps.inspections.services import inspection_terms, publication
from tests.factories import Supervision, member
from tests.inspections.checks.building import finished, launched, state_of

pytestmark = pytest.mark.django_db

PUBLISHED = [
    ("national", "regular", False),
    ("national", "evaluation", True),
    ("national", "spot_check", True),
    ("shanghai", "evaluation", True),
    ("sichuan", "regular", True),
    ("sichuan", "evaluation", True),
    ("weihai", "regular", False),
    ("weihai", "evaluation", False),
    ("zibo", "regular", False),
    ("zibo", "spot_check", False),
]
SANDBOX = {"sichuan", "weihai"}


def proposed(world: Supervision, kind: str = "evaluation", days: int = 3, grade: str = "good") -> Inspection:
    inspection = finished(world, kind, grade)
    publication.propose_publication(
        inspection.campaign.case,
        world.office["officer"],
        bulletin="总体良好。",
        publish_on=timezone.localdate() + dt.timedelta(days=days),
    )
    return inspection


@pytest.mark.parametrize(("jurisdiction", "kind", "expected"), PUBLISHED)
def test_what_is_published_follows_the_text(jurisdiction: str, kind: str, expected: bool):
    world = Supervision(jurisdiction, is_sandbox=jurisdiction in SANDBOX)
    inspection = finished(world, kind, "good")
    campaign = inspection.campaign
    officer = member(
        campaign.organiser, *(["department_officer"] if campaign.organiser == world.unit else ["authority_officer"])
    )

    def propose():
        publication.propose_publication(campaign.case, officer, bulletin="通报", publish_on=timezone.localdate())

    if expected:
        with pytest.raises(WrongState):
            perform(campaign.case, "conclude", officer)
        propose()
        assert state_of(campaign.case) == "publication_proposed"
    else:
        with pytest.raises(WrongState):
            propose()
        perform(campaign.case, "conclude", officer)
        assert state_of(campaign.case) == "concluded"
        assert not publication.public_results().exists()
        assert not Document.objects.filter(is_public=True).exists()


def test_the_evaluation_is_published_under_its_own_provision():
    world = Supervision("sichuan", is_sandbox=True)
    inspection = proposed(world)
    assert inspection.campaign.case.acts.get(name="propose_publication").articles == ["23-1"]


def test_nothing_is_public_before_the_day_and_everything_on_it(client, time_machine):
    world = Supervision("national")
    inspection = proposed(world, days=3, grade="excellent")
    case = inspection.campaign.case
    publication.sign_publication(case, world.office["head"])
    day = timezone.localdate() + dt.timedelta(days=3)
    midnight = timezone.make_aware(dt.datetime.combine(day, dt.time()))
    page = reverse("inspections:public_results")

    time_machine.move_to(midnight - dt.timedelta(seconds=1), tick=False)
    inspection_terms.publish_results(timezone.now())
    assert state_of(case) == "awaiting_publication"
    assert not Document.objects.filter(kind="inspection_bulletin").exists()
    assert world.institution.name not in client.get(page).content.decode()
    assert not BaseEvent.objects.filter(kind="inspection_result").exists()
    with pytest.raises(Blocked):
        publication.publish(case)

    time_machine.move_to(midnight, tick=False)
    inspection_terms.publish_results(timezone.now())
    inspection_terms.publish_results(timezone.now())
    assert state_of(case) == "published"
    bulletin = Document.objects.get(kind="inspection_bulletin")
    assert (bulletin.is_public, bulletin.issued_on) == (True, day)
    assert world.institution.name in client.get(page).content.decode()
    download = client.get(reverse("documents:download", args=[bulletin.verification_code]))
    assert download.status_code == 200
    assert b"".join(download.streaming_content).startswith(b"%PDF")
    event = BaseEvent.objects.get(kind="inspection_result")
    assert (event.on, event.label) == (day, f"{inspection.campaign.year}年度检查评估：优秀")


def test_the_letter_of_result_stays_private_when_results_are_public(client, time_machine):
    world = Supervision("national")
    inspection = proposed(world, days=0)
    publication.sign_publication(inspection.campaign.case, world.office["head"])
    assert state_of(inspection.campaign.case) == "published"
    letter = Document.objects.get(kind="inspection_result")
    assert client.get(reverse("documents:download", args=[letter.verification_code])).status_code == 404


def test_a_rehearsal_is_never_public(client):
    world = Supervision("sichuan", is_sandbox=True)
    inspection = proposed(world, "regular", days=0)
    publication.sign_publication(inspection.campaign.case, world.office["head"])
    bulletin = Document.objects.get(kind="inspection_bulletin")
    assert not bulletin.is_public
    assert bulletin.content["watermark"] == "征求意见稿"
    assert not publication.public_results().exists()
    assert client.get(reverse("documents:download", args=[bulletin.verification_code])).status_code == 404


def test_who_proposed_the_bulletin_does_not_approve_it():
    world = Supervision("national")
    both = member(world.authority, "authority_officer", "authority_head")
    inspection = finished(world, "evaluation", "good")
    case = inspection.campaign.case
    publication.propose_publication(case, both, bulletin="通报", publish_on=timezone.localdate())
    with pytest.raises(NotPermitted, match="须由另一人办理"):
        publication.sign_publication(case, both)


@pytest.mark.parametrize("day", [dt.date(1, 1, 1), dt.date(9999, 12, 31)])
def test_an_absurd_day_of_publication_is_refused(day: dt.date):
    world = Supervision("national")
    inspection = finished(world, "evaluation", "good")
    with pytest.raises(Blocked):
        publication.propose_publication(
            inspection.campaign.case, world.office["officer"], bulletin="通报", publish_on=day
        )


def test_a_day_that_passed_before_the_head_signed_has_to_be_set_anew(time_machine):
    world = Supervision("national")
    inspection = proposed(world, days=1)
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))
    with pytest.raises(Blocked, match="公布日期已过"):
        publication.sign_publication(inspection.campaign.case, world.office["head"])


def test_an_approved_bulletin_can_be_recalled_before_its_day(time_machine):
    world = Supervision("national")
    inspection = proposed(world, days=2)
    case = inspection.campaign.case
    publication.sign_publication(case, world.office["head"])
    perform(case, "recall_publication", world.office["head"], reason="名单有误")
    time_machine.move_to(timezone.now() + dt.timedelta(days=3))
    inspection_terms.publish_results(timezone.now())
    assert state_of(case) == "running"
    assert not publication.public_results().exists()


def test_nothing_is_published_while_an_inspection_runs():
    world = Supervision("national")
    campaign = launched(world, "evaluation", self_due_on=None)
    with pytest.raises(Blocked, match="没有结果"):
        publication.propose_publication(
            campaign.case, world.office["officer"], bulletin="通报", publish_on=timezone.localdate()
        )
