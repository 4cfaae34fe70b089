"""Two people at once: imports of one base, the same file twice, two issues. Real connections, so PostgreSQL only."""

import contextlib

import pytest
from django.db import connection

from apps.cases.workflow import WorkflowError
from apps.plans.models import CertificateBatch, RecordImport, TraineeRecord, TrainingTotal
from apps.plans.services import imports, records, totals
from apps.plans.services.certificates import issue_certificates
from tests.cases.test_concurrency import at_once
from tests.factories import Supervision
from tests.plans.records.trainees import cells, fresh, make_project, row, upload_of

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="needs real parallel connections"),
]


def test_parallel_imports_of_two_projects_keep_the_totals_of_their_base():
    people = Supervision("zibo")
    projects = [make_project(people, name=f"班{number}") for number in range(4)]

    def job(index):
        one = fresh(projects[index])
        for start in range(0, 60, 20):
            records.enter_rows(one.case, people.editor, [row(number) for number in range(start, start + 40)])

    assert at_once(4, job) == [None] * 4
    total = TrainingTotal.objects.get()
    assert (total.attendances, total.persons) == (4 * 80, 80)
    assert totals.differences() == []


def test_parallel_imports_of_one_project_overlap_without_doubles():
    people = Supervision("zibo")
    project = make_project(people)

    def job(index):
        return records.enter_rows(
            fresh(project).case, people.editor, [row(number) for number in range(index * 10, index * 10 + 30)]
        ).added

    outcomes = at_once(4, job)
    assert sum(outcomes) == 60 == TraineeRecord.objects.count()
    assert totals.differences() == []


def test_same_file_at_the_same_moment_is_imported_once():
    people = Supervision("zibo")
    project = make_project(people)
    raw = upload_of([cells(number) for number in range(20)]).read()

    def job(index):
        from django.core.files.uploadedfile import SimpleUploadedFile

        return imports.upload(fresh(project).case, people.editor, SimpleUploadedFile("a.xlsx", raw))[1]

    assert sorted(at_once(4, job)) == [False, False, False, True]
    assert RecordImport.objects.get().added == 20
    assert totals.differences() == []


def test_two_issues_at_once_certify_everybody_once_and_leave_no_gap():
    people = Supervision("zibo")
    projects = [make_project(people, name=f"班{number}") for number in range(2)]
    for one in projects:
        records.enter_rows(one.case, people.editor, [row(number) for number in range(30)])

    def job(index):
        try:
            return issue_certificates(fresh(projects[index % 2]).case, people.head).count
        except WorkflowError:
            return 0

    assert sorted(at_once(4, job)) == [0, 0, 30, 30]
    numbers = TraineeRecord.objects.values_list("certificate_number", flat=True)
    assert sorted(int(number[-5:]) for number in numbers) == list(range(1, 61))
    assert CertificateBatch.objects.count() == 2
    assert totals.differences() == []


def test_removals_and_imports_at_once_agree_with_a_recount():
    people = Supervision("zibo")
    project, other = make_project(people), make_project(people, name="第二期")
    records.enter_rows(project.case, people.editor, [row(number) for number in range(20)])

    def job(index):
        if index % 2:
            records.enter_rows(fresh(other).case, people.editor, [row(number) for number in range(index, index + 10)])
            return
        for record in TraineeRecord.objects.filter(project=project).select_related("project__case")[index : index + 5]:
            with contextlib.suppress(WorkflowError):
                records.remove_record(record, people.editor)

    assert at_once(6, job) == [None] * 6
    assert connection.vendor == "postgresql"
    assert totals.differences() == []
