"""Third parties that supervise money: opened and looked after by the security administrator, apart from all sides."""

from __future__ import annotations

import pytest
from django.urls import reverse

from apps.accounts import selectors, services
from apps.accounts.actors import Actor
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation
from tests.factories import AuthorityFactory, InstitutionFactory, OrganisationFactory, credit_code, member

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin() -> Actor:
    return member(AuthorityFactory(), Role.SECURITY_ADMIN)


@pytest.fixture
def agency(admin) -> Organisation:
    return OrganisationFactory(kind=OrganisationKind.SUPERVISOR, jurisdiction_id="zibo")


def test_the_security_administrator_opens_a_third_party_with_its_first_person(client, admin):
    client.force_login(admin.user)
    answer = client.post(
        reverse("accounts:organisation_create"),
        {
            "kind": "supervisor",
            "name": "示例会计师事务所",
            "credit_code": credit_code(880_001),
            "division": "370300",
            "person-username": "agency.first",
            "person-name": "监管甲",
        },
    )
    assert answer.status_code == 200
    made = Organisation.objects.get(name="示例会计师事务所")
    assert (made.kind, made.jurisdiction_id) == ("supervisor", "zibo")
    assert list(Membership.objects.filter(organisation=made).values_list("role", flat=True)) == [Role.FUND_SUPERVISOR]
    assert made in selectors.managed_organisations(admin)


def test_its_people_are_managed_by_its_own_jurisdiction_alone(admin, agency):
    services.add_member(admin, agency, username="agency.two", name="监管乙", role=Role.FUND_SUPERVISOR)
    stranger = member(AuthorityFactory(jurisdiction_id="weihai"), Role.SECURITY_ADMIN)
    assert agency not in selectors.managed_organisations(stranger)
    with pytest.raises(services.Refused):
        services.add_member(stranger, agency, username="agency.three", name="监管丙", role=Role.FUND_SUPERVISOR)


def test_a_third_party_has_no_other_role(admin, agency):
    with pytest.raises(services.Refused, match="没有这个身份"):
        services.add_member(admin, agency, username="agency.two", name="监管乙", role=Role.AUTHORITY_OFFICER)


@pytest.mark.parametrize("kind", ["institution", "authority"])
def test_who_spends_or_gives_money_does_not_supervise_it(admin, agency, kind):
    place = InstitutionFactory() if kind == "institution" else admin.organisation
    role = Role.INSTITUTION_EDITOR if kind == "institution" else Role.FINANCE_OFFICER
    person = member(place, role, username="both.sides", name="两边")
    with pytest.raises(services.Refused, match="第三方监管"):
        services.add_member(admin, agency, username="both.sides", name="两边", role=Role.FUND_SUPERVISOR)
    assert not Membership.objects.filter(user=person.user, organisation=agency).exists()


def test_who_supervises_does_not_come_to_give_money(admin, agency):
    member(agency, Role.FUND_SUPERVISOR, username="agency.one", name="监管甲")
    with pytest.raises(services.Refused, match="第三方监管"):
        services.add_member(admin, admin.organisation, username="agency.one", name="监管甲", role=Role.FINANCE_OFFICER)
