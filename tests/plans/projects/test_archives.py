"""The archive of a class: what each text asks for, and what counts as there."""

import datetime as dt

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.cases.attachments import AttachmentRefused
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.plans.services import archives, project_closing
from tests.plans.projects.scene import Scene, fresh

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n" + b"0" * 300


def upload(name="材料.pdf", content=PDF):
    return SimpleUploadedFile(name, content, "application/pdf")


@pytest.fixture
def held(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path

    def make(jurisdiction, **values):
        scene = Scene(jurisdiction, is_sandbox=True)
        project = scene.project(scene.planned("filed"), **values)
        project.case.__class__.objects.filter(pk=project.pk).update(state="held")
        return scene, fresh(project)

    with time_machine.travel(dt.datetime(2026, 3, 20, 2, 0, tzinfo=dt.UTC), tick=False):
        yield make


@pytest.mark.parametrize(
    ("jurisdiction", "article", "missing"),
    [
        ("national", "23", ["attendance", "evaluation"]),
        ("shanghai", "21", ["attendance", "evaluation"]),
        ("sichuan", "21", ["attendance", "course_evaluation", "evaluation"]),
        ("weihai", "17", ["notice", "curriculum", "attendance", "certificates", "evaluation"]),
        ("zibo", "20", ["attendance", "evaluation"]),
    ],
)
def test_archive_needs_what_the_text_asks_for(held, jurisdiction, article, missing):
    scene, project = held(jurisdiction)
    with pytest.raises(Blocked) as blocked:
        archives.archive(project.case, scene.head)
    told = [(one.where, one.articles) for one in blocked.value.problems]
    assert told == [(f"archive:{code}", (article,)) for code in missing]
    for code in missing:
        archives.add_file(project.case, code, upload(), scene.editor)
    archives.archive(project.case, scene.head)
    assert fresh(project).case.state == "archived"


def test_customary_pieces_are_recommended(held):
    _, project = held("zibo")
    found = {piece.code: piece.required for piece in archives.pieces(project)}
    assert found == {
        "notice": False,
        "curriculum": False,
        "attendance": True,
        "certificates": False,
        "evaluation": True,
    }


def test_records_and_certificates_count_as_pieces(held):
    _, project = held("weihai")
    project.record_count, project.certificate_count = 38, 36
    done = archives.completeness(archives.pieces(project))
    assert (done.there, done.required, done.required_there) == (2, 5, 2)
    assert done.missing == ("培训通知", "课程设置", "培训效果评估")


def test_own_training_need_not_be_archived_by_the_text(held):
    scene, project = held("weihai", in_base_name=False)
    archives.archive(project.case, scene.head)
    assert fresh(project).case.state == "archived"


def test_removed_file_is_missing_again(held):
    scene, project = held("zibo")
    filed = archives.add_file(project.case, "evaluation", upload(), scene.editor)
    archives.remove_file(project.case, filed.pk, scene.editor)
    assert "培训效果评估" in archives.completeness(archives.pieces(project)).missing


def test_archive_takes_no_other_file_piece_person_or_time(held):
    scene, project = held("zibo")
    with pytest.raises(AttachmentRefused):
        archives.add_file(project.case, "notice", upload(content=b"MZ" + b"0" * 300), scene.editor)
    with pytest.raises(AttachmentRefused):
        archives.add_file(project.case, "other", upload(), scene.editor)
    with pytest.raises(NotPermitted):
        archives.add_file(project.case, "notice", upload(), scene.unit_officer)
    project.case.__class__.objects.filter(pk=project.pk).update(state="archived")
    with pytest.raises(WrongState):
        archives.add_file(project.case, "notice", upload(), scene.editor)


def test_file_of_another_project_is_not_removed(held):
    scene, project = held("zibo")
    _, foreign = held("zibo")
    filed = foreign.case.attachments.create(purpose="archive:notice", name="他", size=1, file="x")
    assert archives.remove_file(project.case, filed.pk, scene.editor) is None
    filed.refresh_from_db()
    assert filed.removed_at is None


def test_class_is_closed_with_figures_and_only_when_it_is_over(held):
    scene, project = held("zibo")
    project.case.__class__.objects.filter(pk=project.pk).update(state="ready")
    project.case.refresh_from_db()
    with pytest.raises(Blocked) as blocked:
        project_closing.close_class(project.case, scene.editor, held_persons=0, result=" ", effect="")
    assert [one.code for one in blocked.value.problems] == ["held_missing", "result_missing"]
    with time_machine.travel(dt.datetime(2026, 3, 17, 2, 0, tzinfo=dt.UTC)), pytest.raises(Blocked) as blocked:
        project_closing.close_class(project.case, scene.editor, held_persons=3, result="完成", effect="")
    assert blocked.value.problems[0].code == "class_running"
    project_closing.close_class(project.case, scene.editor, held_persons=38, result="完成", effect="好")
    project = fresh(project)
    assert (project.case.state, project.held_persons, project.result, project.effect) == ("held", 38, "完成", "好")
