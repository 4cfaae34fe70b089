"""Entering, changing and removing records: all or nothing, and the totals with them."""

import datetime as dt

import pytest
import time_machine
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.bases.models import Base
from apps.cases.workflow import Blocked, NotPermitted
from apps.plans.models import IdentityView, RecordImport, TraineeRecord, TraineeYear, TrainingTotal
from apps.plans.services import identity, records, totals
from apps.plans.services.records import RowsRefused
from tests.factories import Supervision
from tests.plans.records.trainees import fresh, make_project, resident, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return Supervision("zibo")


@pytest.fixture
def project(people):
    return make_project(people)


def figures(base):
    values = TrainingTotal.objects.filter(base=base, year=2026).values_list(*totals.SUMS).first()
    return dict(zip(totals.SUMS, values, strict=True)) if values else None


def errors_of(refused):
    return [(error.row, error.column, error.message) for error in refused.value.errors]


def test_rows_are_entered_with_totals_and_nothing_in_the_clear(people, project):
    other = row(
        2, subject_kind="公需科目", outcome="不合格", value="0", identity_kind="护照", identity_number="E12345678"
    )
    log = records.enter_rows(project.case, people.editor, [row(1, value="15.5"), other])
    assert (log.added, log.changed, log.unchanged, log.state) == (2, 0, 0, "done")
    first, second = TraineeRecord.objects.order_by("pk")
    assert (first.name, first.identity_kind, first.subject_kind, first.value_tenths, first.outcome) == (
        "学员1",
        "resident",
        "professional",
        155,
        "passed",
    )
    assert (second.identity_kind, second.subject_kind, second.outcome) == ("passport", "public", "failed")
    assert (first.jurisdiction_id, first.base_id, first.year) == ("zibo", people.base.pk, 2026)
    number = resident(1)
    assert number not in str(vars(first)) and number[6:14] not in str(vars(first))
    assert identity.unseal(first.identity_sealed) == number
    assert figures(people.base) == {
        "attendances": 2,
        "persons": 2,
        "public_attendances": 1,
        "professional_attendances": 1,
        "passed": 1,
        "value_tenths": 155,
        "certificates": 0,
    }
    project = fresh(project)
    assert (project.record_count, project.passed_count, project.certificate_count) == (2, 1, 0)
    assert totals.differences() == []


def test_person_of_two_projects_is_one_person_and_two_attendances(people, project):
    second = make_project(people, name="第二期")
    for one in (project, second):
        records.enter_rows(one.case, people.editor, [row(1)])
    assert (figures(people.base)["attendances"], figures(people.base)["persons"]) == (2, 1)
    records.remove_record(TraineeRecord.objects.get(project=second), people.editor)
    assert (figures(people.base)["attendances"], figures(people.base)["persons"]) == (1, 1)
    assert totals.differences() == []


def test_all_errors_are_told_by_row_and_nothing_is_entered(people, project):
    given = [
        row(1),
        row(2, name=""),
        row(3, identity_number=resident(3)[:17] + ("1" if resident(3)[17] != "1" else "2")),
        row(4, value="24.1"),
        row(5, outcome="优秀", value="十六"),
        row(1, name="又一人"),
        row(6, name="\u0001甲"),
    ]
    with pytest.raises(RowsRefused) as refused:
        records.enter_rows(project.case, people.editor, given)
    assert [(error.row, error.column) for error in refused.value.errors] == [
        (2, "姓名"),
        (3, "证件号码"),
        (4, "学时"),
        (5, "学时"),
        (5, "结果"),
        (6, "证件号码"),
        (7, "姓名"),
    ]
    assert "与第 1 行的证件号码相同" in refused.value.errors[5].message
    assert not TraineeRecord.objects.exists() and not RecordImport.objects.exists()
    assert figures(people.base) is None


def test_number_in_a_wrong_column_is_not_repeated_by_the_error(people, project):
    number = resident(1)
    with pytest.raises(RowsRefused) as refused:
        records.enter_rows(
            project.case, people.editor, [row(1, value=number, outcome=number, identity_number=number + "9")]
        )
    told = str(errors_of(refused))
    assert number not in told and number[6:14] not in told
    assert len(refused.value.errors) == 3


def test_known_person_is_changed_and_the_same_again_changes_nothing(people, project):
    records.enter_rows(project.case, people.editor, [row(1), row(2)])
    log = records.enter_rows(project.case, people.editor, [row(1, employer="市第二工厂", outcome="不合格"), row(2)])
    assert (log.added, log.changed, log.unchanged) == (0, 1, 1)
    assert figures(people.base)["passed"] == 1 and figures(people.base)["value_tenths"] == 160
    assert TraineeRecord.objects.get(name="学员1").employer == "市第二工厂"
    again = records.enter_rows(project.case, people.editor, [row(1, employer="市第二工厂", outcome="不合格"), row(2)])
    assert (again.added, again.changed, again.unchanged) == (0, 0, 2)
    assert totals.differences() == []


def test_certified_person_is_neither_changed_nor_removed(people, project):
    records.enter_rows(project.case, people.editor, [row(1), row(2)])
    TraineeRecord.objects.filter(name="学员1").update(certificate_number="Z-1", certificate_code="A" * 16)
    record = TraineeRecord.objects.get(name="学员1")
    with pytest.raises(RowsRefused) as refused:
        records.enter_rows(project.case, people.editor, [row(2, employer="新单位"), row(1, employer="新单位")])
    assert [error.row for error in refused.value.errors] == [2]
    assert TraineeRecord.objects.get(name="学员2").employer == "市第一工厂"
    with pytest.raises(Blocked, match="已发证"):
        records.remove_record(record, people.editor)
    with pytest.raises(Blocked, match="已发证"):
        records.change_record(record, people.editor, row(1, name="别人"))
    assert records.enter_rows(project.case, people.editor, [row(1)]).unchanged == 1


def test_form_refuses_a_person_who_is_there_already(people, project):
    records.add_record(project.case, people.editor, row(1))
    with pytest.raises(RowsRefused):
        records.add_record(project.case, people.editor, row(1, name="别名"))
    assert TraineeRecord.objects.get().name == "学员1"


def test_change_without_a_number_keeps_the_person_and_with_another_is_another(people, project):
    records.add_record(project.case, people.editor, row(1))
    record = TraineeRecord.objects.get()
    records.change_record(record, people.editor, row(1, name="更名", identity_number=""))
    record.refresh_from_db()
    assert (record.name, record.identity_key) == ("更名", identity.digest("resident", resident(1)))
    records.change_record(record, people.editor, row(9, name="更名"))
    assert TraineeRecord.objects.get().identity_key == identity.digest("resident", resident(9))
    assert TraineeYear.objects.get().identity_key == identity.digest("resident", resident(9))
    assert figures(people.base)["persons"] == 1
    assert totals.differences() == []


@pytest.mark.parametrize("state", ["draft", "filing", "returned", "archived", "cancelled", "discontinued"])
def test_project_in_another_state_takes_no_records(people, state):
    project = make_project(people, state)
    with pytest.raises(Blocked):
        records.enter_rows(project.case, people.editor, [row(1)])


def test_project_takes_records_from_the_day_it_opens(people):
    project = make_project(people, "ready")
    with time_machine.travel(dt.datetime(2026, 3, 15, 12, tzinfo=dt.UTC)), pytest.raises(Blocked, match="2026-03-16"):
        records.enter_rows(project.case, people.editor, [row(1)])
    with time_machine.travel(dt.datetime(2026, 3, 15, 16, tzinfo=dt.UTC)):  # midnight in Shanghai
        assert records.enter_rows(project.case, people.editor, [row(1)]).added == 1


def test_unauthorised_project_keeps_who_came_and_registers_no_credit(people):
    project = make_project(people, authorised_by=None)
    with pytest.raises(RowsRefused) as refused:
        records.enter_rows(project.case, people.editor, [row(1)])
    assert [error.column for error in refused.value.errors] == ["学时"]
    assert records.enter_rows(project.case, people.editor, [row(1, value="0")]).added == 1


def test_own_training_is_nobody_elses_business(people):
    project = make_project(people, in_base_name=False)
    with pytest.raises(Blocked, match="自办培训"):
        records.enter_rows(project.case, people.editor, [row(1, value="0")])


def test_only_the_institution_enters(people, project):
    for actor in (people.office["officer"], people.unit_officer, Supervision("zibo").editor):
        with pytest.raises(NotPermitted):
            records.enter_rows(project.case, actor, [row(1)])


def test_credits_are_called_so_where_the_text_counts_credits():
    people = Supervision("weihai", is_sandbox=True)
    project = make_project(people)
    with pytest.raises(RowsRefused) as refused:
        records.enter_rows(project.case, people.editor, [row(1, value="")])
    assert [error.column for error in refused.value.errors] == ["学分"]


def test_full_number_is_shown_to_the_entitled_and_recorded(people, project):
    records.enter_rows(project.case, people.editor, [row(1)])
    record = TraineeRecord.objects.select_related("project__case").get()
    for actor in (people.editor, people.office["officer"]):
        assert records.reveal_number(record, actor, "核对身份") == resident(1)
    with pytest.raises(Blocked):
        records.reveal_number(record, people.editor, "  ")
    for actor in (people.unit_officer, Supervision("zibo").head, Supervision("shanghai").office["officer"]):
        with pytest.raises(NotPermitted):
            records.reveal_number(record, actor, "好奇")
    views = IdentityView.objects.order_by("pk").values_list("user", "reason", "identity_masked", "name")
    masked = identity.masked(resident(1))
    assert list(views) == [
        (people.editor.user.pk, "核对身份", masked, "学员1"),
        (people.office["officer"].user.pk, "核对身份", masked, "学员1"),
    ]
    records.remove_record(record, people.editor)
    assert IdentityView.objects.filter(record__isnull=True, project=project).count() == 2


def test_recount_finds_and_repairs_every_kind_of_difference(people, project, capsys):
    records.enter_rows(project.case, people.editor, [row(1), row(2)])
    call_command("training", "recount")
    TrainingTotal.objects.update(passed=7)
    TraineeYear.objects.filter(identity_key=identity.digest("resident", resident(1))).delete()
    type(project).objects.filter(pk=project.pk).update(record_count=9)
    with pytest.raises(SystemExit) as ended:
        call_command("training", "recount")
    assert ended.value.code == 1
    assert "passed=7" in capsys.readouterr().err
    assert len(totals.differences()) == 3
    call_command("training", "recount", "--repair")
    assert totals.differences() == []
    assert figures(people.base)["passed"] == 2


def test_numbers_are_sealed_anew_with_the_first_key(people, project, settings):
    settings.FIELD_ENCRYPTION_KEY = "old"
    records.enter_rows(project.case, people.editor, [row(1), row(2)])
    settings.FIELD_ENCRYPTION_KEY = "new,old"
    call_command("training", "reseal")
    settings.FIELD_ENCRYPTION_KEY = "new"
    found = {identity.unseal(record.identity_sealed) for record in TraineeRecord.objects.all()}
    assert found == {resident(1), resident(2)}


STEP = st.tuples(
    st.sampled_from(["add", "import", "change", "remove", "certify"]),
    st.integers(0, 2),
    st.integers(1, 6),
    st.sampled_from(["合格", "不合格"]),
    st.sampled_from(["公需科目", "专业科目"]),
    st.integers(0, 24),
)


@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_totals_equal_a_recount_after_any_history(people, steps):
    Base.objects.filter(pk=people.base.pk).exists()
    mine = [make_project(people, name=f"班{number}") for number in range(3)]
    for action, which, person, outcome, subject, value in steps:
        project = fresh(mine[which])
        given_row = row(person, outcome=outcome, subject_kind=subject, value=str(value))
        found = TraineeRecord.objects.filter(
            project=project, identity_key=identity.digest("resident", resident(person))
        )
        try:
            if action == "add":
                records.add_record(project.case, people.editor, given_row)
            elif action == "import":
                records.enter_rows(project.case, people.editor, [given_row, row(person + 1, value="8")])
            elif action == "certify":
                from apps.plans.services.certificates import issue_certificates

                issue_certificates(project.case, people.head, None)
            elif found.exists():
                record = found.select_related("project__case", "project__base").get()
                if action == "change":
                    records.change_record(record, people.editor, given_row)
                else:
                    records.remove_record(record, people.editor)
        except (RowsRefused, Blocked):
            pass
        assert totals.differences() == []
