"""One's own cases: as the pages have them, for nobody else, with nothing internal."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse
from django.utils import timezone

from apps.accounts.enums import Role
from apps.cases import clocks
from apps.cases.enums import ClockBasis, ClockState
from apps.cases.models import Act, Case, CaseUserObjectPermission, Delivery
from apps.cases.workflow import all_workflows
from apps.cases.workflow.engine import add_party
from tests.api.factories import CANARY, make_document
from tests.api.test_rulebooks import problem
from tests.factories import (
    AuthorityFactory,
    InstitutionFactory,
    UserFactory,
    make_application,
    make_round,
    member,
)

pytestmark = pytest.mark.django_db


def url(number: str = "", **query) -> str:
    return reverse("api:case" if number else "api:cases", kwargs={"number": number} if number else None, query=query)


def numbers(response) -> list[str]:
    assert response.status_code == 200
    return [row["number"] for row in response.json()["results"]]


@pytest.fixture
def editor():
    return member(InstitutionFactory(), Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)


@pytest.fixture
def application(office, editor):
    return make_application(make_round(office.authority), editor.organisation, editor)


def record(case: Case, seq: int, **values) -> Act:
    return Act.objects.create(
        case=case,
        seq=seq,
        name=values.pop("name", "note"),
        label=values.pop("label", "办理"),
        from_state=case.state,
        to_state=case.state,
        at=timezone.now(),
        hash=f"{seq:064d}",
        data={"secret": CANARY},
        **values,
    )


def test_visitor_is_asked_to_sign_in(api, application):
    for address in (url(), url(application.case.number)):
        response = api.get(address)
        problem(response, 401, "not-signed-in")
        assert response["WWW-Authenticate"].startswith("Session")


def test_person_without_membership_is_told_why(api, application):
    api.force_login(UserFactory())
    assert "没有在任何单位任职" in problem(api.get(url()), 403, "not-permitted")["detail"]


def test_person_with_a_temporary_password_is_told_why(api, editor, application):
    editor.user.must_change_password = True
    editor.user.save()
    api.force_login(editor.user)
    assert "初始密码" in problem(api.get(url(application.case.number)), 403, "not-permitted")["detail"]


def test_own_case_is_shown_with_acts_clocks_and_documents(api, office, editor, application):
    case = application.case
    today = timezone.localdate()
    counted = [today + dt.timedelta(days=1)]
    clocks.start_clock(
        case, "intake", "受理期限", counted[0], basis=ClockBasis.PROMISE, articles=["9(1)"], counted=counted
    )
    clocks.pause_clock(case, "intake", "等待补正")
    clocks.start_clock(case, "old", CANARY, today, basis=ClockBasis.OFFICER)
    clocks.end_clock(case, "old", ClockState.CANCELLED)
    record(case, 2, label="说明", actor=editor.user, organisation=editor.organisation, reason="补充说明")
    document = make_document(
        case, is_public=False, kind="admission", addressee=editor.organisation, legal_basis=["9(1)"]
    )
    api.force_login(editor.user)
    response = api.get(url(case.number))
    body = response.json()
    assert response.status_code == 200
    assert (body["number"], body["kind"], body["state_label"]) == (case.number, "application", "填报中")
    assert body["institution"] == {"name": editor.organisation.name, "kind": "institution"}
    assert body["is_my_turn"] is True
    assert [(act["seq"], act["label"], act["actor"]) for act in body["acts"]] == [
        (1, "建立办件", editor.user.name),
        (2, "说明", editor.user.name),
    ]
    assert body["acts"][1]["reason"] == "补充说明"
    assert body["acts_truncated"] is False
    (clock,) = body["clocks"]
    assert (clock["code"], clock["basis_label"], clock["state_label"]) == ("intake", "服务承诺", "已暂停")
    assert (clock["counted"], clock["due_on"]) == ([counted[0].isoformat()], counted[0].isoformat())
    assert clock["pauses"][0]["reason"] == "等待补正"
    (shown,) = body["documents"]
    assert (shown["number"], shown["addressee"], shown["act"]) == (document.number, editor.organisation.name, 2)
    assert shown["articles"] == ["9(1)"]
    assert CANARY not in response.content.decode()
    assert response["Cache-Control"] == "private, no-store"


def test_internal_acts_are_for_the_authority_alone(api, office, editor, application):
    record(application.case, 2, label="内部审核", reason=CANARY, is_internal=True)
    add_party(application.case, office.authority.pk, "authority", active=True)
    api.force_login(editor.user)
    response = api.get(url(application.case.number))
    assert [act["seq"] for act in response.json()["acts"]] == [1]
    assert CANARY not in response.content.decode()
    api.force_login(office.officer.user)
    assert [act["seq"] for act in api.get(url(application.case.number)).json()["acts"]] == [1, 2]


def test_documents_of_others_are_left_out(api, office, editor, application):
    make_document(application.case, is_public=False, title=f"{CANARY}内部文书")
    delivered = make_document(application.case, is_public=False)
    Delivery.objects.create(
        document=delivered, organisation=editor.organisation, channel="portal", delivered_at=timezone.now()
    )
    api.force_login(editor.user)
    response = api.get(url(application.case.number))
    assert [row["number"] for row in response.json()["documents"]] == [delivered.number]
    assert CANARY not in response.content.decode()


@pytest.mark.parametrize("jurisdiction", ["zibo", "weihai"])
def test_foreign_case_answers_as_one_that_is_none(api, application, jurisdiction):
    Case.objects.filter(pk=application.pk).update(title=f"{CANARY}申报")
    api.force_login(member(AuthorityFactory(jurisdiction_id=jurisdiction), Role.AUTHORITY_OFFICER).user)
    foreign = problem(api.get(url(application.case.number)), 404, "not-found")
    missing = problem(api.get(url("none")), 404, "not-found")
    assert {**foreign, "instance": ""} == {**missing, "instance": ""}
    assert numbers(api.get(url())) == []
    assert numbers(api.get(url(q=CANARY))) == []


def test_another_institution_sees_none_of_it(api, application):
    api.force_login(member(InstitutionFactory(), Role.INSTITUTION_HEAD).user)
    assert api.get(url(application.case.number)).status_code == 404
    assert numbers(api.get(url())) == []


def test_party_whose_turn_has_not_come_does_not_see_the_case(api, office, application):
    api.force_login(office.officer.user)
    assert api.get(url(application.case.number)).status_code == 404


@pytest.mark.parametrize("role", [Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN])
def test_administrators_have_no_cases(api, office, role):
    api.force_login(member(office.authority, role).user)
    assert numbers(api.get(url())) == []
    assert api.get(url(office.round.case.number)).status_code == 404


def test_expert_sees_assigned_cases_alone(api, office, application):
    expert = member(office.authority, Role.EXPERT)
    api.force_login(expert.user)
    assert numbers(api.get(url())) == []
    CaseUserObjectPermission.objects.create(
        user=expert.user, permission=Permission.objects.get(codename="review_case"), content_object=application.case
    )
    assert numbers(api.get(url())) == [application.case.number]
    assert api.get(url(application.case.number)).status_code == 200


def test_list_is_filtered_as_the_page_is(api, office, editor):
    mine = make_application(make_round(office.authority), editor.organisation, editor)
    other = make_application(make_round(office.authority), editor.organisation, editor)
    Case.objects.filter(pk=other.pk).update(
        state="intake", turn_organisation=office.authority, title="数字技术申报", next_due_at=timezone.now()
    )
    closed = make_application(make_round(office.authority), editor.organisation, editor)
    Case.objects.filter(pk=closed.pk).update(state="refused", turn_organisation=None, closed_at=timezone.now())
    api.force_login(editor.user)
    names = {mine.case.number: "mine", other.case.number: "other", closed.case.number: "closed"}
    for query, expected in [
        ({}, ["closed", "other", "mine"]),
        ({"sort": "opened"}, ["mine", "other", "closed"]),
        ({"view": "todo"}, ["mine"]),
        ({"view": "waiting"}, ["other"]),
        ({"view": "closed"}, ["closed"]),
        ({"state": "intake"}, ["other"]),
        ({"due": "overdue"}, ["other"]),
        ({"q": editor.organisation.name}, ["closed", "other", "mine"]),
        ({"q": "没有这个单位"}, []),
        ({"q": mine.case.number}, ["mine"]),
        ({"kind": "round"}, []),
    ]:
        assert [names[number] for number in numbers(api.get(url(**query)))] == expected, query


@pytest.mark.parametrize(
    "query, field",
    [
        ({"view": "x"}, "view"),
        ({"kind": "x"}, "kind"),
        ({"state": "x"}, "state"),
        ({"kind": "round", "state": "intake"}, "state"),
        ({"due": "x"}, "due"),
        ({"sort": "title"}, "sort"),
        ({"q": "\x00"}, "q"),
        ({"q": "x" * 101}, "q"),
        ({"round": "1"}, "round"),
    ],
)
def test_bad_filter_is_named(api, editor, query, field):
    api.force_login(editor.user)
    body = problem(api.get(url(**query)), 400, "invalid-input")
    assert [error["field"] for error in body["errors"]] == [field]


@pytest.mark.parametrize("view", ["", "todo"])
def test_list_needs_as_many_queries_for_three_rows_as_for_one(api, office, editor, view, django_assert_num_queries):
    api.force_login(editor.user)
    for rows in (1, 3):
        while Case.objects.filter(kind="application").count() < rows:
            make_application(make_round(office.authority), editor.organisation, editor)
        with django_assert_num_queries(5 if view else 4):
            assert len(numbers(api.get(url(**({"view": view} if view else {}))))) == rows


def test_case_needs_as_many_queries_for_three_rows_as_for_one(
    api, office, application, editor, django_assert_num_queries
):
    api.force_login(editor.user)
    for rows in (1, 3):
        while Act.objects.filter(case=application.case).count() < rows + 1:
            seq = Act.objects.filter(case=application.case).count() + 1
            record(application.case, seq, actor=editor.user, organisation=office.authority)
            make_document(application.case, is_public=False, addressee=editor.organisation)
            clocks.start_clock(application.case, f"clock{seq}", "期限", timezone.localdate(), basis=ClockBasis.OFFICER)
        with django_assert_num_queries(7):
            body = api.get(url(application.case.number)).json()
        assert (len(body["acts"]), len(body["clocks"]), len(body["documents"])) == (rows + 1, rows, rows)


def test_long_history_is_cut_to_the_latest_and_says_so(api, application, editor):
    Act.objects.bulk_create(
        Act(
            case=application.case,
            seq=seq,
            name="note",
            label="办理",
            to_state="draft",
            at=timezone.now(),
            hash=f"{seq:064d}",
        )
        for seq in range(2, 302)
    )
    api.force_login(editor.user)
    body = api.get(url(application.case.number)).json()
    assert (len(body["acts"]), body["acts"][0]["seq"], body["acts"][-1]["seq"]) == (300, 2, 301)
    assert body["acts_truncated"] is True


def test_nothing_is_written_through_the_api(api, application, editor):
    api.force_login(editor.user)
    for method in (api.post, api.put, api.patch, api.delete):
        for address in (url(), url(application.case.number)):
            assert method(address, {}, format="json").status_code == 405


def test_every_state_of_every_workflow_is_a_filter(api, editor):
    api.force_login(editor.user)
    for workflow in all_workflows():
        for state in workflow.states:
            assert api.get(url(kind=workflow.kind, state=state)).status_code == 200
