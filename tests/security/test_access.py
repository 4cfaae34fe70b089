"""Access follows from memberships in force and from assignments, from nothing else, and ends at once with them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from guardian.shortcuts import assign_perm

from apps.accounts.enums import Role
from apps.accounts.middleware import SESSION_KEY
from apps.accounts.models import Membership, User
from apps.cases import selectors
from apps.cases.models import Case
from tests.applications.form.building import Applicant
from tests.factories import InstitutionFactory, UserFactory, make_round, member
from tests.security.played.browsing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def applicant() -> Applicant:
    return Applicant("zibo")


def page_of(applicant: Applicant) -> str:
    return reverse("cases:detail", args=[applicant.case.number])


def everything_permitted() -> list[Permission]:
    return list(Permission.objects.all())


@pytest.mark.parametrize("flags", [{}, {"is_staff": True}, {"is_superuser": True, "is_staff": True}])
def test_global_permissions_and_flags_open_nothing(applicant, flags):
    person = UserFactory(**flags)
    person.user_permissions.set(everything_permitted())
    group = Group.objects.create(name="所有权限")
    group.permissions.set(everything_permitted())
    person.groups.add(group)
    Membership.objects.create(user=person, organisation=InstitutionFactory(), role=Role.INSTITUTION_EDITOR)
    assert signed_in(person).get(page_of(applicant)).status_code == 404


def test_a_global_review_permission_is_no_assignment(applicant):
    expert = member(applicant.authority, Role.EXPERT)
    assign_perm("cases.review_case", expert.user)
    expert.user.user_permissions.set(everything_permitted())
    assert list(selectors.readable_cases(expert)) == []
    assert signed_in(expert.user).get(page_of(applicant)).status_code == 404


def test_an_assignment_to_one_case_opens_that_case_alone(applicant):
    expert, other = member(applicant.authority, Role.EXPERT), Applicant("zibo", authority={"superior": None})
    assign_perm("review_case", expert.user, applicant.case)
    assert [case.pk for case in selectors.readable_cases(expert)] == [applicant.case.pk]
    assert signed_in(expert.user).get(page_of(other)).status_code == 404


def test_an_assignment_ends_with_the_role_of_expert(applicant):
    expert = member(applicant.authority, Role.EXPERT)
    assign_perm("review_case", expert.user, applicant.case)
    client = signed_in(expert.user)
    assert client.get(page_of(applicant)).status_code == 200
    Membership.objects.filter(user=expert.user).update(is_active=False)
    Membership.objects.create(user=expert.user, organisation=InstitutionFactory(), role=Role.INSTITUTION_EDITOR)
    assert client.get(page_of(applicant)).status_code == 404


@pytest.mark.parametrize("ended", ["membership ended", "membership deleted", "organisation closed"])
def test_access_ends_with_the_membership_in_the_middle_of_a_session(applicant, ended):
    client = signed_in(applicant.editor.user)
    assert client.get(page_of(applicant)).status_code == 200
    rows = Membership.objects.filter(user=applicant.editor.user)
    if ended == "membership ended":
        rows.update(is_active=False)
    elif ended == "membership deleted":
        rows.delete()
    else:
        type(applicant.institution).objects.filter(pk=applicant.institution.pk).update(is_active=False)
    assert client.get(page_of(applicant)).status_code == 403
    assert client.get(reverse("api:case", args=[applicant.case.number])).status_code in (403, 404)


def test_a_deactivated_person_is_signed_out_at_once(applicant):
    client = signed_in(applicant.editor.user)
    User.objects.filter(pk=applicant.editor.user.pk).update(is_active=False)
    answer = client.get(page_of(applicant))
    assert answer.status_code == 302
    assert answer.url.startswith(reverse("account_login"))
    assert client.get(reverse("api:cases")).status_code in (401, 403)


def test_a_changed_password_ends_every_other_session(applicant):
    client = signed_in(applicant.editor.user)
    applicant.editor.user.set_password("another-password-2")
    applicant.editor.user.save()
    assert client.get(page_of(applicant)).status_code == 302


def test_acting_for_an_organisation_of_others_by_a_written_session_opens_nothing(applicant):
    stranger = member(InstitutionFactory(), Role.INSTITUTION_HEAD)
    client = signed_in(stranger.user)
    session = client.session
    session[SESSION_KEY] = applicant.institution.pk
    session.save()
    assert client.get(page_of(applicant)).status_code == 404
    assert client.get(reverse("portal:dashboard")).wsgi_request.actor.organisation == stranger.organisation


def test_acting_for_an_organisation_where_the_role_has_ended_is_refused(applicant):
    person = member(InstitutionFactory(), Role.INSTITUTION_HEAD)
    row = Membership.objects.create(
        user=person.user, organisation=applicant.institution, role=Role.INSTITUTION_EDITOR, is_active=False
    )
    client = signed_in(person.user)
    client.post(reverse("accounts:act_for"), {"membership": row.pk})
    assert client.get(page_of(applicant)).status_code == 404


def test_signing_in_gives_a_new_session_key():
    person, client = UserFactory(username="fixed.person"), Client()
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by somebody else"
    session.save()
    before = session.session_key
    client.cookies["sessionid"] = before
    answer = client.post(reverse("account_login"), {"login": person.username, "password": "demo-password-1"})
    assert answer.status_code == 302
    assert client.session.session_key != before
    assert client.session["_auth_user_id"] == str(person.pk)


@pytest.mark.parametrize("target", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_nobody_is_sent_elsewhere_after_choosing_an_organisation(target):
    person = member(InstitutionFactory(), Role.INSTITUTION_HEAD)
    data = {"membership": person.user.memberships.get().pk, "next": target}
    answer = signed_in(person.user).post(reverse("accounts:act_for"), data)
    assert (answer.status_code, answer.url) == (302, reverse("portal:dashboard"))


def test_a_person_in_two_jurisdictions_sees_each_only_while_acting_there(applicant):
    elsewhere = Applicant("weihai", is_sandbox=True)
    person = member(applicant.institution, Role.INSTITUTION_EDITOR).user
    here = person.memberships.get()
    there = Membership.objects.create(user=person, organisation=elsewhere.authority, role=Role.AUTHORITY_OFFICER)
    client = signed_in(person)
    round_page = reverse("cases:detail", args=[make_round(elsewhere.authority).case.number])
    client.post(reverse("accounts:act_for"), {"membership": here.pk})
    assert (client.get(page_of(applicant)).status_code, client.get(round_page).status_code) == (200, 404)
    client.post(reverse("accounts:act_for"), {"membership": there.pk})
    assert (client.get(page_of(applicant)).status_code, client.get(round_page).status_code) == (404, 200)


def test_a_step_by_somebody_whose_role_ended_meanwhile_is_refused(applicant):
    client = signed_in(applicant.head.user)
    url = reverse("cases:step", args=[applicant.case.number, "withdraw"])
    assert client.get(url).status_code == 200
    Membership.objects.filter(user=applicant.head.user).update(role=Role.INSTITUTION_EDITOR)
    assert client.post(url, {"reason": "撤回"}).status_code == 403
    assert Case.objects.get(pk=applicant.case.pk).state == "draft"


def test_a_post_without_the_token_is_refused(applicant):
    client = Client(enforce_csrf_checks=True)
    client.force_login(applicant.head.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    url = reverse("cases:step", args=[applicant.case.number, "withdraw"])
    assert client.post(url, {"reason": "撤回"}).status_code == 403
    assert Case.objects.get(pk=applicant.case.pk).state == "draft"
