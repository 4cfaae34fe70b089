"""The second of two writers is told so, even where he was already waiting for the first one's row. PostgreSQL only."""

from __future__ import annotations

import threading
import time

import pytest
from django.db import connection, connections, transaction
from django_scopes import scope, scopes_disabled

from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.applications.models import ApplicationSection
from apps.applications.services import filling
from apps.cases.models import Case
from apps.jurisdictions.apps import sync_jurisdictions
from apps.panels.models import ScoreSheet
from apps.panels.services import scoring
from tests.factories import AuthorityFactory, InstitutionFactory, make_application, make_round, member
from tests.panels.factories import DRAFT, Stage

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections (PostgreSQL)"),
]


@pytest.fixture(autouse=True)
def jurisdictions():
    sync_jurisdictions("default")


def while_waiting(first, second) -> object:
    """Run ``first`` in an open transaction, start ``second``, commit once it waits for a lock; what came of it."""
    outcome: list[object] = []

    def run() -> None:
        try:
            with scope(jurisdiction=("zibo",)):
                outcome.append(second())
        except Exception as error:
            outcome.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        first()
        thread = threading.Thread(target=run)
        thread.start()
        _until_somebody_waits()
    thread.join()
    return outcome[0]


def _until_somebody_waits() -> None:
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone()[0]:
                return
        time.sleep(0.05)
    raise AssertionError("the second writer never waited")


def test_scores_saved_in_two_windows_are_not_overwritten():
    stage = Stage(AuthorityFactory(), experts=3)
    stage.scoring()
    actor = stage.actor(0)
    sheet = scoring.save_draft(stage.case, actor, stage.subject, DRAFT, 0)
    earlier, later = {**DRAFT, "overall": "先保存的意见"}, {**DRAFT, "overall": "后保存的意见"}
    outcome = while_waiting(
        lambda: scoring.save_draft(stage.case, actor, stage.subject, earlier, sheet.version),
        lambda: scoring.save_draft(Case.objects.get(pk=stage.case.pk), actor, stage.subject, later, sheet.version),
    )
    assert isinstance(outcome, scoring.StaleSheet)
    assert ScoreSheet.objects.get(pk=sheet.pk).draft["overall"] == "先保存的意见"


def test_sheet_being_handed_in_takes_no_later_words():
    stage = Stage(AuthorityFactory(), experts=3)
    stage.scoring()
    actor = stage.actor(0)
    sheet = scoring.save_draft(stage.case, actor, stage.subject, DRAFT, 0)
    outcome = while_waiting(
        lambda: scoring.submit_scores(stage.case, actor, stage.subject),
        lambda: scoring.save_draft(
            Case.objects.get(pk=stage.case.pk), actor, stage.subject, {"overall": "改"}, sheet.version
        ),
    )
    assert type(outcome).__name__ == "Blocked"
    assert ScoreSheet.objects.get(pk=sheet.pk).draft == DRAFT


def test_section_saved_by_two_editors_is_not_overwritten():
    institution = InstitutionFactory()
    editor = member(institution, Role.INSTITUTION_EDITOR)
    colleague = member(institution, Role.INSTITUTION_EDITOR)
    application = make_application(make_round(AuthorityFactory()), institution, editor)

    def save(actor, text):
        with scopes_disabled():
            found = type(application).objects.select_related("case__institution", "round").get(pk=application.pk)
        return filling.save_section(found, "funds", {"note": text}, 0, actor)

    outcome = while_waiting(lambda: save(editor, "甲"), lambda: save(colleague, "乙"))
    assert isinstance(outcome, filling.SectionConflict)
    assert ApplicationSection.objects.get(application=application, code="funds").data == {"note": "甲"}


def test_two_managers_do_not_end_each_other():
    from apps.accounts import services

    authority = AuthorityFactory()
    one, other = member(authority, Role.SECURITY_ADMIN), member(authority, Role.SECURITY_ADMIN)

    def end(actor, victim):
        services.end_role(actor, Membership.objects.get(user=victim.user, organisation=authority))

    outcome = while_waiting(lambda: end(one, other), lambda: end(other, one))
    assert isinstance(outcome, services.Refused)
    assert Membership.objects.get(user=one.user).is_active
