"""Two people at once: one rate, one project, one receipt. Real connections, so PostgreSQL only."""

import datetime as dt

import pytest
from django.db import connection
from django.utils import timezone

from apps.cases.models import Document
from apps.cases.workflow import WorkflowError
from apps.plans.models import FeeItem, TrainingProject
from apps.plans.services import fees, project_filing, projects
from tests.cases.test_concurrency import at_once
from tests.plans.projects.scene import Scene

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="needs real parallel connections"),
]


def refused(outcomes):
    assert all(isinstance(one, WorkflowError) or not isinstance(one, Exception) for one in outcomes), outcomes
    return sum(isinstance(one, WorkflowError) for one in outcomes)


def test_same_rate_published_eight_times_at_once_is_one_rate():
    scene = Scene("zibo")
    tomorrow = timezone.localdate() + dt.timedelta(days=1)

    def publish(index):
        return fees.publish_rate(
            scene.base,
            scene.head,
            name="培训费",
            unit="人",
            amount_fen=10_000 + index,
            authority_name="测试发展改革委",
            authority_document="测价费〔2020〕5号",
            effective_from=tomorrow,
        )

    assert refused(at_once(8, publish)) == 7
    assert FeeItem.objects.count() == 1


def test_same_form_sent_eight_times_at_once_is_one_project():
    scene = Scene("zibo")
    assert refused(at_once(8, lambda index: projects.create_project(scene.base, scene.editor, scene.values()))) == 7
    assert TrainingProject.objects.count() == 1


def test_batch_filed_by_eight_officers_at_once_issues_each_receipt_once():
    scene = Scene("weihai", is_sandbox=True)
    start = timezone.localdate() + dt.timedelta(days=20)
    cases = [
        scene.sent(scene.project(name=name, starts_on=start, ends_on=start), "说明").case for name in ("一", "二", "三")
    ]
    chosen = [(case.number, case.version) for case in cases]
    officer = scene.office["officer"]
    assert (
        refused(at_once(8, lambda index: project_filing.file_batch(officer, chosen[index % 3 :] + chosen[: index % 3])))
        == 7
    )
    assert Document.objects.filter(kind="project_receipt").count() == 3
