"""The pages of records, certificates and statistics: what is typed stays, nothing private shows, foreign is 404."""

import pytest
from django.urls import reverse

from apps.plans.models import IdentityView, RecordImport, TraineeRecord, TraineeSearch
from apps.plans.services import records
from tests.factories import Supervision
from tests.plans.records.trainees import cells, fresh, make_project, resident, row, upload_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return Supervision("zibo")


@pytest.fixture
def project(people):
    project = make_project(people)
    for party in project.case.parties.all():
        type(party).objects.filter(pk=party.pk).update(active=True)
    records.enter_rows(project.case, people.editor, [row(1), row(2, outcome="不合格")])
    return fresh(project)


def address(name, project, **kwargs):
    return reverse(f"plans:{name}", kwargs={"number": project.case.number, **kwargs})


def test_list_shows_masked_numbers_to_every_party(client, people, project):
    for actor in (people.editor, people.head, people.unit_officer, people.office["officer"]):
        client.force_login(actor.user)
        page = client.get(address("records", project))
        assert page.status_code == 200
        text = page.content.decode()
        assert "学员1" in text and resident(1) not in text and resident(1)[6:14] not in text


def test_list_is_filtered_sorted_exported_and_cheap(client, people, project, django_assert_max_num_queries):
    records.enter_rows(project.case, people.editor, [row(number) for number in range(10, 40)])
    client.force_login(people.office["officer"].user)
    with django_assert_max_num_queries(12):
        page = client.get(address("records", project), {"sort": "name"})
    assert page.status_code == 200
    shown = client.get(address("records", project), {"certified": "no", "q": "学员2"}).context["page"].rows
    assert {record.name for record in shown} == {f"学员{number}" for number in range(20, 30)}
    export = client.get(address("records", project), {"format": "xlsx"})
    assert export["Content-Disposition"].endswith('.xlsx"')
    assert client.get(address("records", project), {"q": "%", "outcome": "x", "page": "9" * 9}).status_code == 200


def test_foreign_institution_and_authority_find_nothing(client, people, project):
    other = Supervision("zibo")
    for actor in (other.editor, other.head, Supervision("shanghai").office["officer"]):
        client.force_login(actor.user)
        for name in ("records", "certificates", "certificates_issue", "record_new", "record_import", "record_template"):
            assert client.get(address(name, project)).status_code in (403, 404)
        pk = TraineeRecord.objects.first().pk
        for name in ("record_edit", "record_remove", "record_identity"):
            assert client.get(address(name, project, pk=pk)).status_code in (403, 404)


def test_record_of_another_project_is_not_reached_through_ones_own(client, people, project):
    other = make_project(Supervision("zibo"))
    foreign = records_of(other)
    client.force_login(people.editor.user)
    assert client.get(address("record_edit", project, pk=foreign.pk)).status_code == 404
    assert client.post(address("record_remove", project, pk=foreign.pk)).status_code == 404
    assert TraineeRecord.objects.filter(pk=foreign.pk).exists()


def records_of(project):
    from apps.accounts.enums import Role
    from tests.factories import member

    editor = member(project.case.institution, Role.INSTITUTION_EDITOR)
    records.enter_rows(project.case, editor, [row(77)])
    return TraineeRecord.objects.get(project=project)


def test_form_keeps_what_was_typed_and_tells_each_field(client, people, project):
    client.force_login(people.editor.user)
    typed = row(5, name="新学员", value="99", identity_number=resident(5)[:17])
    page = client.post(address("record_new", project), typed)
    text = page.content.decode()
    assert page.status_code == 422
    assert "新学员" in text and 'value="99"' in text and "应为 18 位" in text and "超出范围" in text
    assert client.post(address("record_new", project), row(5, name="新学员")).status_code == 302
    assert TraineeRecord.objects.filter(name="新学员").count() == 1
    assert client.post(address("record_new", project), row(5)).status_code == 422
    assert client.post(address("record_new", project), {}).status_code == 422
    assert client.post(address("record_new", project), row(6, name="\x00")).status_code == 422


def test_edit_and_removal_take_effect_and_are_logged(client, people, project):
    client.force_login(people.editor.user)
    record = TraineeRecord.objects.get(name="学员1")
    page = client.get(address("record_edit", project, pk=record.pk))
    assert resident(1) not in page.content.decode() and record.identity_masked in page.content.decode()
    changed = row(1, name="更正姓名", identity_number="", outcome="passed", identity_kind="resident")
    assert client.post(address("record_edit", project, pk=record.pk), changed).status_code == 302
    assert client.get(address("record_remove", project, pk=record.pk)).status_code == 200
    assert client.post(address("record_remove", project, pk=record.pk)).status_code == 302
    assert client.post(address("record_remove", project, pk=record.pk)).status_code == 404
    assert list(RecordImport.objects.order_by("pk").values_list("changed", "removed"))[-2:] == [(1, 0), (0, 1)]


def test_file_is_imported_and_its_result_shown(client, people, project):
    client.force_login(people.editor.user)
    assert client.get(address("record_template", project)).status_code == 200
    answer = client.post(address("record_import", project), {"file": upload_of([cells(8), cells(9, outcome="")])})
    assert answer.status_code == 302
    text = client.get(answer.url).content.decode()
    assert "没有导入任何记录" in text and "第" not in text.split("<tbody>")[1].split("</th>")[0]
    errors = client.get(answer.url + "errors/").content.decode("utf-8-sig")
    assert errors.splitlines()[1].startswith("3,结果,")
    good = client.post(address("record_import", project), {"file": upload_of([cells(8)])})
    assert "新增 1 人" in client.get(good.url).content.decode()
    assert client.post(address("record_import", project), {}).status_code == 422
    client.force_login(people.unit_officer.user)
    assert client.get(answer.url).status_code == 403


def test_number_is_shown_after_a_reason_and_never_before(client, people, project):
    record = TraineeRecord.objects.get(name="学员1")
    where = address("record_identity", project, pk=record.pk)
    client.force_login(people.unit_officer.user)
    assert client.post(where, {"reason": "看看"}).status_code == 403
    client.force_login(people.office["officer"].user)
    assert resident(1) not in client.get(where).content.decode()
    assert client.post(where, {"reason": ""}).status_code == 422
    shown = client.post(where, {"reason": "核对举报"})
    assert resident(1) in shown.content.decode()
    assert "no-store" in shown["Cache-Control"]
    assert IdentityView.objects.get().reason == "核对举报"


def search(client, number, **changed):
    given = {"kind": "resident", "number": number, "reason": "办理登记", **changed}
    return client.post(reverse("plans:trainees"), given)


def test_trainee_is_found_across_bases_by_the_authority_alone(client, people, project):
    second = Supervision("zibo", authority=people.authority)
    mine = make_project(second, name="另一基地的班")
    records.enter_rows(mine.case, second.editor, [row(1, name="学员甲")])
    abroad = Supervision("shanghai")
    away = make_project(abroad, name="外地的班")
    records.enter_rows(away.case, abroad.editor, [row(1, name="学员乙")])
    client.force_login(people.office["officer"].user)
    text = search(client, resident(1)).content.decode()
    assert "新材料应用班" in text and "另一基地的班" in text and "外地的班" not in text
    assert resident(1) not in text.split("查到")[1]
    client.force_login(people.editor.user)
    text = search(client, resident(1)).content.decode()
    assert "新材料应用班" in text and "另一基地的班" not in text and "外地的班" not in text
    logged = TraineeSearch.objects.order_by("pk").values_list("user", "found", "jurisdiction", "reason")
    assert list(logged) == [
        (people.office["officer"].user.pk, 2, "zibo", "办理登记"),
        (people.editor.user.pk, 1, "zibo", "办理登记"),
    ]
    assert resident(1) not in str(TraineeSearch.objects.values())


def test_search_needs_a_whole_number_a_reason_and_a_role(client, people, project):
    client.force_login(people.office["officer"].user)
    assert search(client, resident(1)[:10]).status_code == 422
    assert search(client, resident(1), reason="").status_code == 422
    assert "没有查到" in search(client, resident(500)).content.decode()
    assert client.get(reverse("plans:trainees"), {"number": resident(1)}).content.decode().count(resident(1)) == 0
    client.force_login(people.unit_officer.user)
    assert search(client, resident(1)).status_code == 403


def test_head_issues_on_the_page_and_the_certificate_opens(client, people, project, django_capture_on_commit_callbacks):
    client.force_login(people.head.user)
    assert client.get(address("certificates_issue", project)).status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(address("certificates_issue", project), {"scope": "all"}).status_code == 302
    record = TraineeRecord.objects.get(name="学员1")
    batch = record.batch
    page = client.get(address("certificates", project)).content.decode()
    assert "下载全部证书" in page
    pdf = client.get(address("certificate_batch", project, pk=batch.pk))
    assert b"".join(pdf.streaming_content)[:5] == b"%PDF-"
    assert client.get(address("certificate_pdf", project, code=record.certificate_code)).content[:5] == b"%PDF-"
    assert client.get(address("certificate_pdf", project, code="A" * 16)).status_code == 404
    assert client.post(address("certificates_issue", project), {"scope": "all"}).status_code == 422
    client.force_login(people.editor.user)
    assert client.post(address("certificates_issue", project), {"scope": "all"}).status_code == 403


def test_unauthorised_project_says_why_it_cannot_certify(client, people):
    project = make_project(people, authorised_by=None)
    client.force_login(people.head.user)
    assert "未按规定取得同意或备案" in client.get(address("certificates_issue", project)).content.decode()
    assert "未按规定取得同意或备案" in client.get(address("records", project)).content.decode()


def test_statistics_count_what_was_registered_for_those_who_may_see_it(
    client, people, project, django_assert_max_num_queries
):
    other = Supervision("zibo", authority=people.authority)
    second = make_project(other)
    records.enter_rows(second.case, other.editor, [row(1), row(7)])
    client.force_login(people.office["officer"].user)
    with django_assert_max_num_queries(12):
        page = client.get(reverse("plans:statistics"))
    (line,) = page.context["years"]
    assert (line.label, line.unit, line.bases) == ("2026 年度", "学时", 2)
    assert (line.figures["attendances"], line.figures["persons"], line.figures["passed"], line.value) == (
        4,
        4,
        3,
        "48 学时",
    )
    assert {unit.label for unit in page.context["units"]} == {people.unit.name, other.unit.name}
    client.force_login(people.unit_officer.user)
    (line,) = client.get(reverse("plans:statistics")).context["years"]
    assert (line.bases, line.figures["attendances"]) == (1, 2)
    client.force_login(people.editor.user)
    assert people.base.name in client.get(reverse("plans:statistics")).content.decode()
    client.force_login(Supervision("zibo").editor.user)
    assert client.get(reverse("plans:statistics")).context["years"] == []


def test_hours_and_credits_are_never_summed(client):
    people, other = Supervision("zibo"), Supervision("weihai")
    project = make_project(people)
    records.enter_rows(project.case, people.editor, [row(1)])
    type(other.base).objects.filter(pk=other.base.pk).update(institution=people.institution)
    other.base.refresh_from_db()
    second = make_project(other)
    from apps.accounts.actors import actor_for

    editor = actor_for(people.editor.user, people.institution)
    records.enter_rows(second.case, editor, [row(1)])
    client.force_login(people.editor.user)
    lines = client.get(reverse("plans:statistics")).context["years"]
    assert sorted(line.value for line in lines) == ["16 学分", "16 学时"]


def test_statistics_take_odd_filters_and_export(client, people, project):
    client.force_login(people.office["officer"].user)
    where = reverse("plans:statistics")
    for odd in ({"year": "x"}, {"unit": "9" * 30}, {"q": "%"}, {"sort": "-base__secret"}, {"rehearsal": "1"}):
        assert client.get(where, odd).status_code == 200
    assert client.get(where, {"format": "xlsx", "sort": "-persons"})["Content-Disposition"].endswith('.xlsx"')
