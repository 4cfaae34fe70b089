"""People of an organisation: who may add, change and let go of them, and what must stay."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.actors import actor_for
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation, User
from apps.cases.models import Case
from tests.factories import (
    AuthorityFactory,
    DepartmentFactory,
    InstitutionFactory,
    UserFactory,
    credit_code,
    make_application,
    make_round,
    member,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def institution():
    return InstitutionFactory()


@pytest.fixture
def head(institution):
    return member(institution, Role.INSTITUTION_HEAD)


def roles(user: User, organisation: Organisation) -> set[str]:
    return set(actor_for(user, organisation).roles)


def test_new_person_gets_a_temporary_password_shown_once(client, head, institution):
    client.force_login(head.user)
    response = client.post(
        reverse("accounts:member_add", args=[institution.pk]),
        {"username": "zhou.editor", "name": "周填报", "role": Role.INSTITUTION_EDITOR},
    )
    text = response.content.decode()
    password = re.search(r'<dd class="mono">\s*(\w{14})\s*</dd>', text)[1]
    assert "no-store" in response["Cache-Control"]
    user = User.objects.get(username="zhou.editor")
    assert user.must_change_password
    assert roles(user, institution) == {Role.INSTITUTION_EDITOR}
    assert Membership.objects.get(user=user).granted_by == head.user
    assert password not in client.get(reverse("accounts:members")).content.decode()

    client.logout()
    signed_in = client.post(reverse("account_login"), {"login": "zhou.editor", "password": password})
    assert signed_in.status_code == 302
    assert client.get(reverse("portal:dashboard")).url == reverse("account_change_password")
    changed = client.post(
        reverse("account_change_password"),
        {"oldpassword": password, "password1": "own-long-phrase-7", "password2": "own-long-phrase-7"},
    )
    assert (changed.status_code, changed.url) == (302, reverse("portal:dashboard"))
    assert client.get(reverse("portal:dashboard")).status_code == 200
    user.refresh_from_db()
    assert not user.must_change_password


@pytest.mark.parametrize(
    "role, username, name, message",
    [
        (Role.AUTHORITY_HEAD, "a.new", "新人", "选择一个有效的选项"),
        (Role.INSTITUTION_EDITOR, "taken", "别人", "姓名须与其账号一致"),
        (Role.INSTITUTION_EDITOR, "a b", "新人", "用户名为 3 至 64 位"),
    ],
)
def test_refused_person_keeps_what_was_typed(client, head, institution, role, username, name, message):
    UserFactory(username="taken", name="原主")
    client.force_login(head.user)
    response = client.post(
        reverse("accounts:member_add", args=[institution.pk]),
        {"username": username, "name": name, "role": role, "phone": "0533-0001"},
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert message in text
    assert 'value="0533-0001"' in text
    assert Membership.objects.filter(organisation=institution).count() == 1


def test_colleague_who_leaves_is_deactivated_and_the_work_stays(client, head, institution):
    editor = member(institution, Role.INSTITUTION_EDITOR)
    application = make_application(make_round(AuthorityFactory()), institution, editor)
    client.force_login(editor.user)
    assert client.get(reverse("cases:detail", args=[application.case.number])).status_code == 200
    services.deactivate(head, institution, editor.user)
    assert client.get(reverse("cases:detail", args=[application.case.number])).status_code == 302
    client.force_login(head.user)
    assert client.get(reverse("cases:detail", args=[application.case.number])).status_code == 200
    assert Case.objects.get(pk=application.case_id).turn_organisation == institution
    assert not User.objects.get(pk=editor.user.pk).is_active
    row = Membership.objects.get(user=editor.user)
    assert (row.is_active, row.ended_by) == (False, head.user)


def test_deactivation_in_one_organisation_leaves_the_others(head, institution):
    editor = member(institution, Role.INSTITUTION_EDITOR)
    other = InstitutionFactory()
    Membership.objects.create(user=editor.user, organisation=other, role=Role.INSTITUTION_EDITOR)
    services.deactivate(head, institution, editor.user)
    assert User.objects.get(pk=editor.user.pk).is_active
    assert roles(editor.user, other) == {Role.INSTITUTION_EDITOR}
    assert roles(editor.user, institution) == set()


def test_person_comes_back_on_the_same_membership(head, institution):
    editor = member(institution, Role.INSTITUTION_EDITOR, username="back", name="归来")
    services.deactivate(head, institution, editor.user)
    opened = services.add_member(head, institution, username="back", name="归来", role=Role.INSTITUTION_EDITOR)
    assert opened.password is None
    assert Membership.objects.filter(user=editor.user).count() == 1
    assert User.objects.get(pk=editor.user.pk).is_active


def test_last_head_and_oneself_cannot_be_let_go(institution, head):
    with pytest.raises(services.Refused, match="不能停用自己"):
        services.deactivate(head, institution, head.user)
    second = member(institution, Role.INSTITUTION_HEAD)
    services.deactivate(second, institution, head.user)
    third = member(institution, Role.INSTITUTION_HEAD)
    Membership.objects.filter(user=second.user).update(is_active=False)
    fourth = actor_for(second.user, institution)
    with pytest.raises(services.Refused, match="您不管理"):
        services.deactivate(fourth, institution, third.user)


def test_administrators_are_separate_people():
    authority = AuthorityFactory()
    security = member(authority, Role.SECURITY_ADMIN)
    member(authority, Role.AUTHORITY_OFFICER, username="officer", name="经办")
    with pytest.raises(services.Refused, match="须由不同的人担任"):
        services.add_member(security, authority, username="officer", name="经办", role=Role.AUDIT_ADMIN)
    member(authority, Role.AUDIT_ADMIN, username="auditor", name="审计")
    with pytest.raises(services.Refused, match="不能再办理业务"):
        services.add_member(security, authority, username="auditor", name="审计", role=Role.AUTHORITY_HEAD)


def test_nobody_gives_themselves_a_role():
    authority = AuthorityFactory()
    head = member(authority, Role.AUTHORITY_HEAD, username="chief", name="首长")
    with pytest.raises(services.Refused, match="不能给自己增加身份"):
        services.add_member(head, authority, username="chief", name="首长", role=Role.AUTHORITY_OFFICER)


def test_password_of_a_person_who_serves_elsewhere_is_not_reset(head, institution):
    editor = member(institution, Role.INSTITUTION_EDITOR)
    assert len(services.reset_password(head, institution, editor.user)) == 14
    Membership.objects.create(user=editor.user, organisation=InstitutionFactory(), role=Role.INSTITUTION_EDITOR)
    with pytest.raises(services.Refused, match="还在其他单位任职"):
        services.reset_password(head, institution, editor.user)


@pytest.mark.parametrize("name", ["members_of", "member_add"])
def test_foreign_organisation_answers_404(client, head, name):
    client.force_login(head.user)
    foreign = InstitutionFactory()
    assert client.get(reverse(f"accounts:{name}", args=[foreign.pk])).status_code == 404


def test_foreign_person_answers_404(client, head, institution):
    stranger = member(InstitutionFactory(), Role.INSTITUTION_EDITOR)
    client.force_login(head.user)
    for name in ("member_deactivate", "member_reset"):
        answer = client.post(reverse(f"accounts:{name}", args=[institution.pk, stranger.user.pk]))
        assert answer.status_code == 404
    membership = Membership.objects.get(user=stranger.user)
    assert client.post(reverse("accounts:membership_end", args=[institution.pk, membership.pk])).status_code == 404
    assert Membership.objects.get(pk=membership.pk).is_active


def test_editor_does_not_manage_people(client, institution):
    client.force_login(member(institution, Role.INSTITUTION_EDITOR).user)
    response = client.get(reverse("accounts:members"))
    assert response.status_code == 403
    assert "本页由" in response.content.decode()


def test_security_administrator_enters_an_institution_with_its_head(client):
    authority = AuthorityFactory()
    client.force_login(member(authority, Role.SECURITY_ADMIN).user)
    code = credit_code(777777)
    data = {
        "kind": OrganisationKind.INSTITUTION,
        "name": "示例培训学院",
        "credit_code": code.lower(),
        "division": "370303",
        "person-username": "demo.head",
        "person-name": "郝负责",
    }
    response = client.post(reverse("accounts:organisation_create"), data)
    assert response.status_code == 200
    institution = Organisation.objects.get(credit_code=code)
    assert institution.jurisdiction_id is None
    assert roles(User.objects.get(username="demo.head"), institution) == {Role.INSTITUTION_HEAD}

    again = client.post(reverse("accounts:organisation_create"), data | {"person-username": "demo.other"})
    assert again.status_code == 422
    assert "已经开户" in again.content.decode()
    assert not User.objects.filter(username="demo.other").exists()

    wrong = client.post(reverse("accounts:organisation_create"), data | {"credit_code": code[:-1] + "I"})
    assert "校验位" in wrong.content.decode()


def test_institution_that_is_led_gets_no_second_first_person(client, head, institution):
    client.force_login(member(AuthorityFactory(), Role.SECURITY_ADMIN).user)
    address = reverse("accounts:organisation_appoint", args=[institution.pk])
    refused = client.post(address, {"username": "usurper", "name": "某人"})
    assert refused.status_code == 422
    assert not User.objects.filter(username="usurper").exists()
    Membership.objects.filter(organisation=institution).update(is_active=False)
    assert client.post(address, {"username": "usurper", "name": "某人"}).status_code == 200


def test_security_administrator_manages_own_departments_only(client):
    authority = AuthorityFactory()
    own, foreign = DepartmentFactory(), DepartmentFactory(jurisdiction_id="weihai")
    client.force_login(member(authority, Role.SECURITY_ADMIN).user)
    assert client.get(reverse("accounts:members_of", args=[own.pk])).status_code == 200
    assert client.get(reverse("accounts:members_of", args=[foreign.pk])).status_code == 404
    listed = client.get(reverse("accounts:organisations")).content.decode()
    assert own.name in listed
    assert foreign.name not in listed
