"""Factories of people, organisations and cases with valid codes."""

from __future__ import annotations

import datetime as dt
from typing import Any

import factory
from django.db import transaction
from django.utils import timezone

from apps.accounts.actors import Actor, actor_for
from apps.accounts.codes import check_character
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation, User
from apps.applications.models import Application, Round
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Case
from apps.cases.numbering import case_number
from apps.cases.workflow.engine import add_party, open_case


def credit_code(number: int, division: str = "370300") -> str:
    """A valid unified social credit code (GB 32100) with running number ``number``."""
    first = f"52{division}{number:09d}"
    return first + check_character(first)


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    name = factory.Sequence(lambda n: f"人员{n}")
    password = factory.django.Password("demo-password-1")


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    kind = OrganisationKind.INSTITUTION
    name = factory.Sequence(lambda n: f"测试机构{n}")
    credit_code = factory.Sequence(credit_code)
    division = "370300"


class InstitutionFactory(OrganisationFactory):
    name = factory.Sequence(lambda n: f"测试学院{n}")


class DepartmentFactory(OrganisationFactory):
    kind = OrganisationKind.DEPARTMENT
    jurisdiction_id = "zibo"
    name = factory.Sequence(lambda n: f"测试主管部门{n}")
    recommender_types = ["competent_department", "district_hr", "municipal_department", "hr_department"]
    rank = "deputy_provincial"


class AuthorityFactory(OrganisationFactory):
    kind = OrganisationKind.AUTHORITY
    jurisdiction_id = "zibo"
    name = factory.Sequence(lambda n: f"测试人社局{n}")
    levels = ["municipal"]
    document_mark = factory.LazyAttribute(lambda o: o.name + "文件")
    document_code = factory.Sequence(lambda n: f"测人社基{n}")


def member(organisation: Organisation, *roles: str, **user: Any) -> Actor:
    """A new person holding ``roles`` in ``organisation``, as the actor for it."""
    person = UserFactory(**user)
    for role in roles:
        Membership.objects.create(user=person, organisation=organisation, role=role)
    return actor_for(person, organisation)


def make_case(kind: str, authority: Organisation, **values: Any) -> Case:
    """An unsaved case of ``kind`` in the authority's jurisdiction with a number of its own."""
    now = timezone.now()
    with transaction.atomic():
        number = case_number(authority.jurisdiction_id, kind, now.year)
    return Case(
        jurisdiction_id=values.pop("jurisdiction_id", authority.jurisdiction_id),
        kind=kind,
        number=number,
        title=values.pop("title", "测试办件"),
        authority=authority,
        **values,
    )


RUBRIC = [
    {"code": "faculty", "title": "师资队伍", "max_points": 40, "description": ""},
    {"code": "management", "title": "管理制度", "max_points": 30, "description": ""},
    {"code": "facilities", "title": "设施条件", "max_points": 30, "description": ""},
]


def make_round(authority: Organisation, *, state: str = "published", **values: Any) -> Round:
    """A round of ``authority`` in ``state``, its window from yesterday to ten days ahead, opened by an officer."""
    today = timezone.localdate()
    officer = values.pop("officer", None) or member(authority, Role.AUTHORITY_OFFICER)
    case = make_case(CaseKind.ROUND, authority, is_sandbox=values.pop("is_sandbox", False), title="测试批次")
    open_case(case, officer)
    add_party(case, authority.pk, PartyRole.AUTHORITY, active=True)
    if state != "draft":
        Case.objects.filter(pk=case.pk).update(state=state)
        case.refresh_from_db()
    return Round.objects.create(
        case=case,
        title=values.pop("title", "测试批次"),
        level=values.pop("level", authority.levels[0]),
        opens_on=values.pop("opens_on", today - dt.timedelta(days=1)),
        closes_on=values.pop("closes_on", today + dt.timedelta(days=10)),
        rubric=values.pop("rubric", RUBRIC),
        **values,
    )


def make_application(rnd: Round, institution: Organisation, editor: Actor | None = None, **values: Any) -> Application:
    """A draft application of ``institution`` in ``rnd``, with both parties."""
    authority = rnd.case.authority
    case = make_case(
        CaseKind.APPLICATION,
        authority,
        institution=institution,
        title=f"{institution.name}申报",
        is_sandbox=rnd.case.is_sandbox,
    )
    open_case(case, editor)
    application = Application.objects.create(case=case, round=rnd, level=rnd.level, **values)
    add_party(case, institution.pk, PartyRole.INSTITUTION, active=True)
    add_party(case, authority.pk, PartyRole.AUTHORITY)
    return application
