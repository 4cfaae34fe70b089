"""More power than was given: roles elsewhere, both sides of one case, other people's accounts and names."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts import services
from apps.accounts.actors import actor_for
from apps.accounts.enums import Role
from apps.accounts.middleware import SESSION_KEY
from apps.accounts.models import Membership, User
from apps.cases.models import Act, Case
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import perform
from apps.panels.services import experts
from apps.panels.services.experts import ExpertDetails
from tests.factories import (
    AuthorityFactory,
    DepartmentFactory,
    InstitutionFactory,
    make_application,
    make_round,
    member,
)

pytestmark = pytest.mark.django_db


def give(actor, organisation, person, role):
    return services.add_member(actor, organisation, username=person.user.username, name=person.user.name, role=role)


@pytest.mark.parametrize("other", [AuthorityFactory, DepartmentFactory])
def test_applicant_does_not_make_an_officer_its_own_editor(other):
    institution = InstitutionFactory()
    head = member(institution, Role.INSTITUTION_HEAD)
    role = Role.AUTHORITY_OFFICER if other is AuthorityFactory else Role.DEPARTMENT_OFFICER
    officer = member(other(), role)
    with pytest.raises(services.Refused, match="另一类单位"):
        give(head, institution, officer, Role.INSTITUTION_EDITOR)
    assert Membership.objects.filter(user=officer.user).count() == 1


def test_security_administrator_does_not_make_an_applicants_editor_an_officer():
    authority = AuthorityFactory()
    admin = member(authority, Role.SECURITY_ADMIN)
    editor = member(InstitutionFactory(), Role.INSTITUTION_EDITOR)
    with pytest.raises(services.Refused, match="另一类单位"):
        give(admin, authority, editor, Role.AUTHORITY_OFFICER)


def test_editor_of_two_institutions_is_nobodys_conflict():
    institution = InstitutionFactory()
    editor = member(InstitutionFactory(), Role.INSTITUTION_EDITOR)
    give(member(institution, Role.INSTITUTION_HEAD), institution, editor, Role.INSTITUTION_EDITOR)
    assert Membership.objects.filter(user=editor.user, is_active=True).count() == 2


def test_person_who_acted_for_the_applicant_does_not_decide_after_changing_sides():
    authority = AuthorityFactory()
    institution = InstitutionFactory()
    editor = member(institution, Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD)
    case = make_application(make_round(authority), institution, editor).case
    Membership.objects.filter(user=editor.user).update(is_active=False)
    Membership.objects.create(user=editor.user, organisation=authority, role=Role.AUTHORITY_OFFICER)
    Case.objects.filter(pk=case.pk).update(state="intake", turn_organisation=authority, rulebook_key="zibo_2025")
    case.refresh_from_db()
    turned = actor_for(editor.user, authority)
    with pytest.raises(NotPermitted) as refused:
        perform(case, "admit", turned)
    assert refused.value.problems[0].code == "separation_of_duties"
    assert institution.name in refused.value.problems[0].message
    assert Act.objects.filter(case=case).count() == 1
    perform(case, "admit", member(authority, Role.AUTHORITY_OFFICER))
    assert case.state == "admitted"


def test_acting_organisation_planted_in_the_session_is_ignored(client):
    own, foreign = AuthorityFactory(), AuthorityFactory(jurisdiction_id="weihai")
    secret = make_round(foreign, title="外地批次")
    officer = member(own, Role.AUTHORITY_OFFICER)
    client.force_login(officer.user)
    session = client.session
    session[SESSION_KEY] = foreign.pk
    session.save()
    assert client.get(reverse("cases:detail", args=[secret.case.number])).status_code == 404
    row = Membership.objects.create(
        user=member(foreign, Role.AUTHORITY_OFFICER).user, organisation=foreign, role=Role.AUTHORITY_HEAD
    )
    client.post(reverse("accounts:act_for"), {"membership": row.pk})
    assert client.get(reverse("cases:detail", args=[secret.case.number])).status_code == 404


def test_role_that_ended_ends_with_the_open_session(client):
    authority = AuthorityFactory()
    case = make_round(authority).case
    officer = member(authority, Role.AUTHORITY_OFFICER)
    client.force_login(officer.user)
    assert client.get(reverse("cases:detail", args=[case.number])).status_code == 200
    Membership.objects.filter(user=officer.user).update(is_active=False)
    assert client.get(reverse("cases:detail", args=[case.number])).status_code == 403


def test_security_administrator_of_the_next_city_manages_nobody_here(client):
    here = AuthorityFactory()
    officer = member(here, Role.AUTHORITY_OFFICER)
    department = DepartmentFactory()
    thief = member(AuthorityFactory(jurisdiction_id="weihai"), Role.SECURITY_ADMIN)
    client.force_login(thief.user)
    new = {"username": "thief.two", "name": "甲", "role": Role.AUTHORITY_HEAD}
    addresses = [
        reverse("accounts:member_add", args=[here.pk]),
        reverse("accounts:member_add", args=[department.pk]),
        reverse("accounts:member_reset", args=[here.pk, officer.user.pk]),
        reverse("accounts:member_reset", args=[thief.organisation.pk, officer.user.pk]),
        reverse("accounts:member_deactivate", args=[here.pk, officer.user.pk]),
        reverse("accounts:membership_end", args=[here.pk, officer.user.memberships.get().pk]),
        reverse("accounts:membership_end", args=[thief.organisation.pk, officer.user.memberships.get().pk]),
    ]
    assert [client.post(address, new).status_code for address in addresses] == [404] * len(addresses)
    assert not User.objects.filter(username="thief.two").exists()
    assert officer.user.memberships.get().is_active


def test_password_of_a_person_who_serves_elsewhere_is_not_reset_by_taking_him_in(client):
    victim = member(AuthorityFactory(), Role.AUTHORITY_HEAD)
    thieves = AuthorityFactory(jurisdiction_id="weihai")
    admin = member(thieves, Role.SECURITY_ADMIN)
    give(admin, thieves, victim, Role.AUTHORITY_OFFICER)
    with pytest.raises(services.Refused, match="其他单位任职"):
        services.reset_password(admin, thieves, victim.user)
    assert User.objects.get(pk=victim.user.pk).check_password("demo-password-1")


def test_extra_fields_give_no_flags(client):
    institution = InstitutionFactory()
    client.force_login(member(institution, Role.INSTITUTION_HEAD).user)
    data = {"username": "new.one", "name": "甲", "role": Role.INSTITUTION_EDITOR, "is_superuser": "on", "is_staff": "1"}
    client.post(reverse("accounts:member_add", args=[institution.pk]), data)
    user = User.objects.get(username="new.one")
    assert (user.is_superuser, user.is_staff) == (False, False)
    client.post(reverse("accounts:member_add", args=[institution.pk]), {**data, "role": Role.AUTHORITY_HEAD})
    assert list(user.memberships.values_list("role", flat=True)) == [Role.INSTITUTION_EDITOR]


class TestPool:
    def details(self, person, **more) -> ExpertDetails:
        return ExpertDetails(
            **{"username": person.user.username, "name": person.user.name, "employer_name": "某单位", **more}
        )

    def test_name_in_other_letters_makes_no_second_account(self):
        officer = member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_OFFICER)
        somebody = member(InstitutionFactory(), Role.INSTITUTION_EDITOR, username="zhang.san", name="张三")
        with pytest.raises(Blocked):
            experts.add_expert(officer, self.details(somebody, username="Zhang.San", name="李四"))
        assert User.objects.filter(username__iexact="zhang.san").count() == 1

    def test_administrator_is_no_expert(self):
        authority = AuthorityFactory()
        admin = member(authority, Role.SECURITY_ADMIN)
        with pytest.raises(Blocked) as blocked:
            experts.add_expert(member(authority, Role.AUTHORITY_OFFICER), self.details(admin))
        assert blocked.value.problems[0].code == "expert_is_staff"

    def test_telephone_of_a_person_who_serves_elsewhere_stays(self):
        officer = member(AuthorityFactory(jurisdiction_id="weihai"), Role.AUTHORITY_OFFICER)
        head = member(InstitutionFactory(), Role.INSTITUTION_HEAD, phone="13900000000")
        profile = experts.add_expert(officer, self.details(head))
        experts.change_expert(officer, profile, self.details(head, phone="13111111111"))
        assert User.objects.get(pk=head.user.pk).phone == "13900000000"
