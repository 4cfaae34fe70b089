"""Submitting: what is pinned and frozen, whose turn it is then, and everything that may stand in the way."""

from __future__ import annotations

import pytest

from apps.applications.enums import ApplicationState as A
from apps.applications.services import submission
from apps.applications.services.completeness import missing_items
from tests.applications.form.building import Applicant

pytestmark = pytest.mark.django_db


def test_complete_form_goes_to_the_examiner_where_the_road_has_one():
    applicant = Applicant("zibo").complete()
    assert missing_items(applicant.reload()) == []
    act = submission.submit(applicant.case, applicant.head)
    application = applicant.reload()
    assert application.case.state == A.EXAMINING
    assert application.case.turn_organisation_id == applicant.examiner.pk
    assert application.case.rulebook_key == "zibo_2025"
    assert act.data["form_sha256"] == application.form_sha256
