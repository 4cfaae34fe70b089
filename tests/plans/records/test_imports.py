"""A list as a file: read whole or not at all, every error told, the same one twice without effect."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from apps.cases.workbooks import NotReadable
from apps.cases.workflow import Blocked, NotPermitted
from apps.plans import tasks
from apps.plans.models import RecordImport, TraineeRecord
from apps.plans.services import imports, record_sheets, totals
from apps.plans.services.record_rows import record_table
from tests.factories import Supervision
from tests.plans.records.trainees import HEAD, cells, make_project, resident, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return Supervision("zibo")


@pytest.fixture
def project(people):
    return make_project(people)


def test_small_list_is_imported_at_once_and_its_file_forgotten(people, project):
    found, new = imports.upload(project.case, people.editor, upload_of([cells(1), cells(2, outcome="不合格")]))
    assert (new, found.state, found.added, found.name, found.file.name) == (True, "done", 2, "名单.xlsx", "")
    assert TraineeRecord.objects.count() == 2


def test_same_file_again_says_so_and_changes_nothing(people, project):
    raw = upload_of([cells(1), cells(2)]).read()
    imports.upload(project.case, people.editor, SimpleUploadedFile("a.xlsx", raw))
    again, new = imports.upload(project.case, people.editor, SimpleUploadedFile("b.xlsx", raw))
    assert (new, again.state, again.name) == (False, "done", "a.xlsx")
    assert "没有改动任何记录" in imports.already_told(again).message
    assert (TraineeRecord.objects.count(), RecordImport.objects.count()) == (2, 1)


def test_changed_content_of_known_people_updates_them(people, project):
    imports.upload(project.case, people.editor, upload_of([cells(1), cells(2)]))
    found, _ = imports.upload(project.case, people.editor, upload_of([cells(1, employer="新单位"), cells(2), cells(3)]))
    assert (found.added, found.changed, found.unchanged) == (1, 1, 1)


def test_every_error_is_told_by_the_row_of_the_file_and_nothing_is_imported(people, project):
    rows = [cells(number) for number in range(300)]
    for number in range(250):
        rows[number][6] = "优"
    rows[299][2] = int(resident(299)[:17] + "0")
    rows[298][5] = "=1+1"
    found, _ = imports.upload(project.case, people.editor, upload_of(rows))
    assert (found.state, found.error_count, len(found.errors)) == ("refused", 253, 200)
    assert found.errors[0][:2] == [2, "结果"]
    listed = imports.all_errors(found)
    assert [error.row for error in listed[:250]] == list(range(2, 252))
    assert "公式" in " ".join(error.message for error in listed if error.row == 300)
    assert "末几位已丢失" in next(error.message for error in listed if error.row == 301)
    assert not TraineeRecord.objects.exists()
    assert found.file.name == ""
    stored = str(found.errors) + str(listed)
    assert not any(resident(number) in stored for number in range(300))


def test_refused_file_may_be_uploaded_again(people, project):
    raw = upload_of([cells(1, outcome="")]).read()
    results = [imports.upload(project.case, people.editor, SimpleUploadedFile("a.xlsx", raw))[0] for _ in range(2)]
    assert [one.state for one in results] == ["refused", "refused"]


def test_columns_in_another_order_and_without_the_optional_ones(people, project):
    head = ["结果", "证件号码", "姓名", "学时", "工作单位"]
    file = upload_of([["合格", resident(1), "甲", 16, "厂"]], head=head)
    found, _ = imports.upload(project.case, people.editor, file)
    assert (found.state, found.errors) == ("done", [])
    assert TraineeRecord.objects.get().value_tenths == 160


@pytest.mark.parametrize(
    ("head", "says"), [([*HEAD[:6], "成绩"], "成绩"), (HEAD[:6], "缺少列“结果”"), ([*HEAD, "备注"], "备注")]
)
def test_unknown_or_missing_column_is_named(people, project, head, says):
    found, _ = imports.upload(project.case, people.editor, upload_of([cells(1)], head=head))
    assert found.state == "refused"
    assert says in found.errors[0][2]


def test_list_without_anybody_is_refused(people, project):
    found, _ = imports.upload(project.case, people.editor, upload_of([]))
    assert (found.state, found.errors[0][2]) == ("refused", "文件中没有学员。")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"name,number\n", b"\x00" * 100])
def test_what_is_no_spreadsheet_is_told_so(people, project, content):
    with pytest.raises(NotReadable):
        imports.upload(project.case, people.editor, SimpleUploadedFile("a.xlsx", content))
    assert not RecordImport.objects.exists()


def test_others_and_closed_projects_upload_nothing(people, project):
    for actor in (people.office["officer"], people.unit_officer):
        with pytest.raises(NotPermitted):
            imports.upload(project.case, actor, upload_of([cells(1)]))
    closed = make_project(people, "archived", name="已归档")
    with pytest.raises(Blocked):
        imports.upload(closed.case, people.editor, upload_of([cells(1)]))


def test_long_list_waits_sealed_and_a_task_imports_it_once(
    people, project, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(imports, "READ_AT_ONCE", 10)
    file = upload_of([cells(1), cells(2)])
    with django_capture_on_commit_callbacks(execute=False) as callbacks:
        found, _ = imports.upload(project.case, people.editor, file)
    assert found.state == "waiting"
    with found.file.open("rb") as stored:
        kept = stored.read()
    assert b"PK" not in kept[:20] and "370303" not in kept.decode()
    for callback in callbacks:
        callback()
    found.refresh_from_db()
    assert (found.state, found.added, found.file.name) == ("done", 2, "")
    tasks.run_import(found.pk)
    assert RecordImport.objects.get().added == 2
    assert totals.differences() == []


def test_list_nobody_took_up_is_taken_up_by_the_sweep(people, project, monkeypatch):
    monkeypatch.setattr(imports, "READ_AT_ONCE", 10)
    found, _ = imports.upload(project.case, people.editor, upload_of([cells(1)]))
    tasks.take_up_what_was_left(timezone.now())
    found.refresh_from_db()
    assert found.state == "waiting"
    tasks.take_up_what_was_left(timezone.now() + imports.STALLED_AFTER)
    found.refresh_from_db()
    assert found.state == "done"


def test_fault_leaves_nothing_and_is_told(people, project, monkeypatch):
    def broken(*args):
        raise RuntimeError("out of order")

    monkeypatch.setattr(imports, "enter", broken)
    found, _ = imports.upload(project.case, people.editor, upload_of([cells(1)]))
    assert found.state == "refused"
    assert "没有导入任何记录" in found.errors[0][2]


def test_template_has_the_columns_and_is_read_again(people, project):
    table = record_table(project)
    sheet = record_sheets.read(table, record_sheets.template(table))
    assert (sheet.rows, sheet.errors) == ([], [])
