"""Filing of each class: the last day, lateness, receipts, many at once."""

import datetime as dt

import pytest
import time_machine

from apps.cases.models import Clock, Document
from apps.cases.workflow import Blocked
from apps.jurisdictions.rulebooks import registry
from apps.plans.services import class_filing, project_filing, projects
from tests.plans.projects.scene import Scene, fresh

pytestmark = pytest.mark.django_db
SHANGHAI = dt.timezone(dt.timedelta(hours=8))
START = dt.date(2026, 5, 11)
LATEST = dt.date(2026, 4, 30)


def at(month: int, day: int, hour: int = 9, minute: int = 0) -> time_machine.travel:
    return time_machine.travel(dt.datetime(2026, month, day, hour, minute, tzinfo=SHANGHAI), tick=False)


@pytest.fixture
def scene():
    with at(4, 1):
        yield Scene("weihai", is_sandbox=True)


def may_class(scene, planned=None, **values):
    return scene.project(planned, **{"starts_on": START, "ends_on": dt.date(2026, 5, 13)} | values)


def test_days_are_counted_back_over_the_holiday_and_its_make_up_workday(scene):
    counted = class_filing.deadline_of(fresh(may_class(scene))).counted
    assert [day.isoformat() for day in counted] == [
        "2026-05-09",
        "2026-05-08",
        "2026-05-07",
        "2026-05-06",
        "2026-04-30",
    ]


def test_clock_follows_the_opening_day_while_the_project_is_filled_in(scene):
    project = may_class(scene)
    clock = Clock.objects.get(case=project.case, state="running")
    assert (clock.code, clock.basis, clock.articles) == ("class_filing", "law", ["16"])
    assert clock.due_at == dt.datetime(2026, 5, 1, tzinfo=SHANGHAI)
    projects.edit_project(
        project.case, scene.editor, scene.values(starts_on=dt.date(2026, 5, 12), ends_on=dt.date(2026, 5, 13))
    )
    assert Clock.objects.get(case=project.case, state="running").due_at == dt.datetime(2026, 5, 7, tzinfo=SHANGHAI)
    projects.edit_project(project.case, scene.editor, scene.values(in_base_name=False))
    assert not Clock.objects.filter(case=project.case, state="running").exists()


def test_filing_at_the_last_minute_of_the_last_day_is_in_time(scene):
    project = may_class(scene)
    with at(4, 30, 23, 59):
        project = scene.sent(project)
    assert (project.case.state, project.filed_on, project.latest_filing) == ("filing", LATEST, LATEST)
    assert (project.filed_late_days, project.late_reason) == (0, "")
    assert Clock.objects.get(case=project.case, code="class_filing").state == "met"
    assert project.case.rulebook_key == "weihai_2019"


def test_late_filing_without_a_reason_is_held_with_the_article(scene):
    project = may_class(scene)
    with at(5, 1, 0, 0), pytest.raises(Blocked) as blocked:
        project_filing.send(project.case, scene.head)
    problem = blocked.value.problems[0]
    assert (problem.code, problem.articles, problem.where) == ("late_reason_missing", ("16",), "late_reason")
    assert fresh(project).case.state == "draft"


@pytest.mark.parametrize(
    ("day", "late"), [((5, 1), 1), ((5, 6), 1), ((5, 8), 3), ((5, 9), 4), ((5, 10), 5), ((5, 11), 5)]
)
def test_lateness_is_counted_in_working_days(scene, day, late):
    project = may_class(scene)
    with at(*day):
        project = scene.sent(project, "师资临时调整。")
    assert (project.filed_late_days, project.late_reason) == (late, "师资临时调整。")
    assert Clock.objects.get(case=project.case, code="class_filing").state == "missed"


def test_receipt_says_how_late_and_what_the_filing_is_for(scene):
    project = may_class(scene)
    with at(5, 8):
        project = scene.sent(project, "师资临时调整。")
        project_filing.file_project(project.case, scene.office["officer"])
    project = fresh(project)
    assert (project.case.state, project.authorised_by_id, project.authorised_on) == (
        "ready",
        project.pk,
        dt.date(2026, 5, 8),
    )
    receipt = Document.objects.get(case=project.case)
    assert (receipt.kind, receipt.issuer, receipt.addressee) == ("project_receipt", scene.authority, scene.institution)
    assert list(receipt.deliveries.values_list("organisation", flat=True)) == [scene.institution.pk, scene.unit.pk]
    text = str(receipt.content)
    for said in ("逾期3个工作日", "师资临时调整。", "登记学分", "一事一报", "第十六条、第十七条"):
        assert said in text
    assert projects.certificates_allowed(project) == []


def test_reason_given_for_a_filing_in_time_is_not_kept(scene):
    with at(4, 29):
        assert scene.sent(may_class(scene), "怕晚。").late_reason == ""


def test_correction_keeps_the_day_of_the_first_filing(scene):
    with at(4, 29):
        project = scene.sent(may_class(scene))
    with at(5, 8):
        project_filing.return_project(project.case, scene.office["officer"], "请写明地点。")
        projects.edit_project(project.case, scene.editor, scene.values(starts_on=START, ends_on=START, place="三楼"))
        project = scene.sent(fresh(project))
    assert (project.case.state, project.filed_on, project.filed_late_days) == ("filing", dt.date(2026, 4, 29), 0)


def test_correction_that_moves_the_opening_is_a_new_filing(scene):
    with at(4, 29):
        project = scene.sent(may_class(scene))
    with at(5, 8):
        project_filing.return_project(project.case, scene.office["officer"], "请核对日期。")
        moved = scene.values(starts_on=dt.date(2026, 5, 12), ends_on=dt.date(2026, 5, 13))
        projects.edit_project(project.case, scene.editor, moved)
        project = scene.sent(fresh(project), "改期。")
    assert (project.filed_on, project.latest_filing) == (dt.date(2026, 5, 8), dt.date(2026, 5, 6))
    assert project.filed_late_days == 2


def test_class_in_a_year_without_announced_holidays_is_filed_without_a_count(scene):
    project = may_class(scene, starts_on=dt.date(2027, 3, 1), ends_on=dt.date(2027, 3, 2))
    deadline = class_filing.deadline_of(fresh(project))
    assert (deadline.latest, deadline.unknown) == (None, "备案期限不能计算：2027 年放假安排尚未公布")
    assert not Clock.objects.filter(case=project.case).exists()
    project = scene.sent(project)
    assert (project.case.state, project.latest_filing, project.filed_late_days) == ("filing", None, None)


def test_planned_class_is_linked_to_its_plan_on_the_receipt(scene):
    planned = scene.planned("filed")
    project = scene.sent(may_class(scene, planned=planned))
    project_filing.file_project(project.case, scene.office["officer"])
    assert planned.plan.case.number in str(Document.objects.get(case=project.case).content)


def test_several_filings_are_filed_at_once(scene):
    chosen = [scene.sent(may_class(scene, name=name)).case for name in ("一期", "二期")]
    acts = project_filing.file_batch(scene.office["officer"], [(case.number, case.version) for case in chosen])
    assert [act.name for act in acts] == ["file", "file"]
    assert Document.objects.filter(kind="project_receipt").count() == 2


def test_one_that_changed_since_it_was_read_stops_the_whole_batch(scene):
    first, second = (scene.sent(may_class(scene, name=name)).case for name in ("一期", "二期"))
    with pytest.raises(Blocked) as blocked:
        project_filing.file_batch(
            scene.office["officer"], [(first.number, first.version), (second.number, second.version - 1)]
        )
    assert [one.message for one in blocked.value.problems] == [f"{second.number}：刚刚有变动，请重新核对后再备案。"]
    assert fresh(first.training_project).case.state == "filing"
    assert not Document.objects.exists()


def test_batch_takes_no_filing_of_another_authority(scene):
    other = Scene("weihai", is_sandbox=True)
    foreign = other.sent(may_class(other)).case
    with pytest.raises(Blocked) as blocked:
        project_filing.file_batch(scene.office["officer"], [(foreign.number, foreign.version)])
    assert blocked.value.problems[0].code == "unknown"
    assert project_filing.waiting_filings(scene.office["officer"]) == []


def test_only_one_text_asks_for_filing_of_each_class():
    asking = [one for one in registry.jurisdictions() if registry.versions(one)[-1].class_filing]
    assert len(asking) == 1


def test_change_of_the_day_after_the_filing_is_filed_anew(scene):
    with at(4, 29):
        project = scene.sent(may_class(scene))
        project_filing.file_project(project.case, scene.office["officer"])
    with at(5, 8):
        projects.amend_project(project.case, scene.head, "改期。")
        moved = scene.values(starts_on=dt.date(2026, 5, 18), ends_on=dt.date(2026, 5, 19))
        projects.edit_project(project.case, scene.editor, moved)
        project = scene.sent(fresh(project))
        project_filing.file_project(project.case, scene.office["officer"])
    project = fresh(project)
    assert (project.case.state, project.filed_on, project.filed_late_days) == ("ready", dt.date(2026, 5, 8), 0)
    assert Document.objects.filter(case=project.case, kind="project_receipt").count() == 2


def test_class_filed_after_it_was_over_earns_no_certificates(scene):
    project = may_class(scene)
    with at(project.ends_on.month, project.ends_on.day):
        project = scene.sent(project, "疏忽未报。")
        project_filing.file_project(project.case, scene.office["officer"])
        assert projects.certificates_allowed(fresh(project)) == []
    later = project.ends_on + dt.timedelta(days=1)
    other = may_class(scene, name="第二期")
    with at(later.month, later.day):
        other = scene.sent(other, "疏忽未报。")
        project_filing.file_project(other.case, scene.office["officer"])
    problem = projects.certificates_allowed(fresh(other))[0]
    assert (problem.code, problem.articles) == ("authorised_afterwards", ("16", "17"))
