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
from apps.bases.models import Base, BaseStatus
from apps.cases.enums import CaseKind, PartyRole
from apps.cases.models import Case
from apps.cases.numbering import case_number
from apps.cases.workflow.engine import add_party, open_case
from apps.jurisdictions.rulebooks import registry


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


def make_base(
    authority: Organisation,
    institution: Organisation | None = None,
    managing_unit: Organisation | None = None,
    **values: Any,
) -> Base:
    """A live base of ``institution`` that ``authority`` recognised, as the register would hold it."""
    institution = institution or InstitutionFactory()
    rulebook = registry.versions(authority.jurisdiction_id)[-1]
    level = values.pop("level", authority.levels[0])
    road = rulebook.road.at_level(level)
    count = Base.objects.count() + 1
    return Base.objects.create(
        jurisdiction_id=authority.jurisdiction_id,
        number=values.pop("number", f"JD-{authority.jurisdiction_id.upper()}-D2025{count:04d}"),
        name=values.pop("name", f"{road.base_name}（{institution.name}）"),
        institution=institution,
        institution_name=institution.name,
        credit_code=institution.credit_code,
        division=institution.division,
        field=values.pop("field", "新材料"),
        level=level,
        authority=authority,
        managing_unit=managing_unit,
        managing_unit_title=(road.recommender_title or "") if managing_unit else "",
        contact_phone=values.pop("contact_phone", "0533-0000000"),
        plaque_text=road.plaque.text if road.plaque else "",
        status=values.pop("status", BaseStatus.ACTIVE),
        recognised_on=values.pop("recognised_on", dt.date(2025, 6, 1)),
        **values,
    )


class Supervision:
    """One base of a jurisdiction with everybody who has to do with it, each a person of their own.

    ``office``: the authority's people by role name; ``editor`` and ``head`` of the institution; ``unit_officer`` and
    ``unit_head`` of the managing unit (None where ``managed`` is False). A text that is not in force is rehearsed:
    pass ``is_sandbox=True``.
    """

    def __init__(self, jurisdiction: str = "zibo", *, managed: bool = True, **values: Any) -> None:
        level = registry.versions(jurisdiction)[-1].road.levels[0]
        self.authority = values.pop("authority", None) or AuthorityFactory(jurisdiction_id=jurisdiction, levels=[level])
        self.office = {
            "officer": member(self.authority, Role.AUTHORITY_OFFICER),
            "officer2": member(self.authority, Role.AUTHORITY_OFFICER),
            "head": member(self.authority, Role.AUTHORITY_HEAD),
            "legal": member(self.authority, Role.LEGAL_OFFICER),
        }
        self.institution = InstitutionFactory()
        self.editor = member(self.institution, Role.INSTITUTION_EDITOR)
        self.head = member(self.institution, Role.INSTITUTION_HEAD)
        self.unit = DepartmentFactory(jurisdiction_id=jurisdiction) if managed else None
        self.unit_officer = member(self.unit, Role.DEPARTMENT_OFFICER) if self.unit else None
        self.unit_head = member(self.unit, Role.DEPARTMENT_HEAD) if self.unit else None
        self.base = make_base(self.authority, self.institution, self.unit, **values)
