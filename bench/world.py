"""The organisations and people of the benchmark: all invented, none can sign in with a password."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils import timezone

from apps.accounts.codes import check_character
from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation, User
from apps.applications.enums import RoundState
from apps.applications.models import Round
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.roads import Road
from apps.jurisdictions.rulebooks.rulebook import Rulebook

OFFICES = {
    OrganisationKind.AUTHORITY: (
        Role.AUTHORITY_OFFICER,
        Role.AUTHORITY_REVIEWER,
        Role.FINANCE_OFFICER,
        Role.AUTHORITY_HEAD,
    ),
    OrganisationKind.DEPARTMENT: (Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD),
    OrganisationKind.INSTITUTION: (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD),
}
DEPARTMENTS = 6
MANAGING_UNITS = 8
BY_UNIT = ("managing_unit_approval", "managing_unit_consent")
SHARES = (8, 4, 3, 2, 2, 1)
"""How the cases spread over the authorities, in the rulebooks' order, the last repeated."""

_PLACES = (
    "青云",
    "明德",
    "致远",
    "弘毅",
    "博雅",
    "启新",
    "海棠",
    "松柏",
    "云岭",
    "江畔",
    "东篱",
    "南屏",
    "北辰",
    "西溪",
)
_TRADES = ("工程技术", "卫生健康", "信息技术", "现代农业", "先进制造", "生态环境", "交通运输", "文化旅游", "知识产权")
_SUFFIXES = ("职业学院", "大学", "研究院", "培训中心", "行业协会", "集团有限公司", "进修学院", "技师学院")


@dataclass(frozen=True)
class Office:
    """An organisation with its people by role."""

    organisation: Organisation
    people: dict[str, int]

    @property
    def pk(self) -> int:
        return self.organisation.pk

    def holder(self, roles: Any) -> int | None:
        """The person who holds one of ``roles`` here, the highest office first."""
        return next((self.people[role] for role in reversed(list(self.people)) if role in roles), None)


@dataclass(frozen=True)
class Seat:
    """An authority at work: what it recognises, under which road, and with which departments."""

    office: Office
    jurisdiction: str
    level: str
    road: Road
    departments: list[Office]
    superior: Office | None


def build(cases: int) -> tuple[list[Seat], list[Office]]:
    """Make the organisations for that many cases: seats of authorities, and a tenth as many institutions."""
    seats = []
    today = timezone.localdate()
    for position, jurisdiction in enumerate(registry.jurisdictions()):
        road = registry.rulebook(jurisdiction, today).road
        kind = OrganisationKind.AUTHORITY
        (main,) = _offices(kind, [f"基准{position}人社局"], position * 1000, jurisdiction, levels=list(road.levels[:1]))
        names = [f"基准{position}主管部门{number}" for number in range(DEPARTMENTS)]
        departments = _offices(OrganisationKind.DEPARTMENT, names, position * 1000 + 100, jurisdiction)
        seats.append(Seat(main, jurisdiction, road.levels[0], road, departments, None))
        for number, lower in enumerate(road.lower_bases):
            name = f"基准{position}下级人社局{number}"
            first = position * 1000 + 10 + number
            (office,) = _offices(kind, [name], first, jurisdiction, levels=[lower.level], superior=main.organisation)
            seats.append(Seat(office, jurisdiction, lower.level, road, departments, main))
    names = [_institution_name(number) for number in range(max(60, cases // 10))]
    return seats, _offices(OrganisationKind.INSTITUTION, names, 100_000, None)


def build_supervised(bases: int) -> tuple[Seat, list[Office]]:
    """Make one authority under a text in force whose plans a managing unit reviews, and an institution for each base."""
    today = timezone.localdate()
    texts = [registry.rulebook(jurisdiction, today) for jurisdiction in registry.jurisdictions()]
    text = next(
        one for one in texts if one.status(today) == "in_force" and one.annual_plan.deadlines[-1].requires in BY_UNIT
    )
    return _seat_under(text, bases)


def build_funded(bases: int) -> tuple[Seat, list[Office]]:
    """Make one authority whose text sets how awards are paid, and an institution for each base."""
    today = timezone.localdate()
    texts = [registry.rulebook(jurisdiction, today) for jurisdiction in registry.jurisdictions()]
    return _seat_under(next(one for one in texts if one.funding and one.funding.scheme), bases)


def _seat_under(text: Rulebook, bases: int) -> tuple[Seat, list[Office]]:
    level = text.road.levels[0]
    (office,) = _offices(OrganisationKind.AUTHORITY, ["基准人社局"], 0, text.jurisdiction, levels=[level])
    names = [f"基准管理单位{number}" for number in range(MANAGING_UNITS)]
    units = _offices(OrganisationKind.DEPARTMENT, names, 100, text.jurisdiction)
    names = [_institution_name(number) for number in range(bases)]
    return Seat(office, text.jurisdiction, level, text.road, units, None), _offices(
        OrganisationKind.INSTITUTION, names, 100_000, None
    )


def _institution_name(number: int) -> str:
    parts = [options[number // size % len(options)] for options, size in ((_PLACES, 1), (_TRADES, 14), (_SUFFIXES, 5))]
    return "".join(parts) + f"第{number + 1}分部"


def trade(number: int) -> str:
    """One of the fields that applications name."""
    return _TRADES[number % len(_TRADES)]


def _offices(kind: str, names: list[str], first: int, jurisdiction: str | None, **values: Any) -> list[Office]:
    category = "12" if kind == OrganisationKind.INSTITUTION else "11"
    codes = [f"{category}370300{first + number:09d}" for number in range(len(names))]
    organisations = Organisation.objects.bulk_create(
        [
            Organisation(
                kind=kind,
                name=name,
                jurisdiction_id=jurisdiction,
                credit_code=code + check_character(code),
                division="370300",
                document_code=f"基准{first + number}",
                **values,
            )
            for number, (name, code) in enumerate(zip(names, codes, strict=True))
        ],
        batch_size=1000,
    )
    return _staffed(kind, organisations)


def _staffed(kind: str, organisations: list[Organisation]) -> list[Office]:
    roles, password = OFFICES[kind], make_password(None)
    posts = [(organisation, role) for organisation in organisations for role in roles]
    users = [
        User(username=f"bench-{organisation.pk}-{role}", name=f"基准人员{organisation.pk}", password=password)
        for organisation, role in posts
    ]
    users = User.objects.bulk_create(users, batch_size=1000)
    members = [
        Membership(user=user, organisation=organisation, role=role)
        for user, (organisation, role) in zip(users, posts, strict=True)
    ]
    Membership.objects.bulk_create(members, batch_size=1000)
    people: dict[int, dict[str, int]] = {}
    for user, (organisation, role) in zip(users, posts, strict=True):
        people.setdefault(organisation.pk, {})[str(role)] = user.pk
    return [Office(organisation, people[organisation.pk]) for organisation in organisations]


def round_values(seat: Seat, number: int, opened: dt.date) -> dict[str, Any]:
    """The particulars of a seat's round ``number`` that opens on ``opened``."""
    return {
        "title": f"{seat.office.organisation.name}第{number + 1}批次",
        "level": seat.level,
        "opens_on": opened,
        "closes_on": opened + dt.timedelta(days=60),
        "rubric": [{"code": "faculty", "title": "师资队伍", "max_points": 100, "description": ""}],
    }


__all__ = [
    "OFFICES",
    "SHARES",
    "Office",
    "Round",
    "RoundState",
    "Seat",
    "build",
    "build_supervised",
    "round_values",
    "trade",
]
