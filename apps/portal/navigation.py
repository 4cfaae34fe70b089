"""What stands in the page's head: public pages for everyone, work pages by role, those of one kind under one word."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby

from django.conf import settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from apps.accounts.enums import ASSIGNED_ROLES, CASE_STAFF_ROLES, Role
from apps.jurisdictions.rulebooks import registry


@dataclass(frozen=True)
class NavigationItem:
    """One link in the head; `url` is a path, and the link is current on that path and below it.

    `group` is the word it stands under together with its neighbours of the same group, empty for a link of its own.
    `area` is the path whose pages belong to the link where that is not its own.
    """

    label: str
    url: str
    exact: bool = False
    group: str = ""
    area: str = ""

    def holds(self, path: str) -> bool:
        """Whether the page at `path` belongs to this link."""
        return path == self.url or (not self.exact and path.startswith(self.area or self.url))


@dataclass(frozen=True)
class NavigationGroup:
    """Links under one word, or one link alone: then `label` is empty."""

    label: str
    items: tuple[NavigationItem, ...]


_PUBLIC = (
    ("首页", "portal:home"),
    ("基地名录", "bases:register"),
    ("申报批次", "applications:public_rounds"),
    ("公示公告", "applications:public_notices"),
    ("检查结果", "inspections:public_results"),
    ("资格自测", "portal:self_check"),
    ("规则库", "portal:rules"),
    ("文书核验", "documents:verify"),
    ("证书核验", "plans:certificate_verify"),
)
_PUBLIC_GROUP = "公开信息"

_EVERYONE = frozenset(Role.values)
_INSTITUTION = frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD})
_DEPARTMENT = frozenset({Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD})
_AUTHORITY = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_REVIEWER, Role.AUTHORITY_HEAD})
_SUPERVISION = _INSTITUTION | _DEPARTMENT | _AUTHORITY
_STEERING = frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD})
_FINANCE = frozenset({Role.FINANCE_OFFICER})
_OFFICE = _AUTHORITY | _FINANCE | {Role.LEGAL_OFFICER}
_RECOGNITION, _TRAINING, _CONTROL, _MONEY = "申报认定", "培训", "检查处理", "专项经费"
_WORK = (
    ("工作台", "portal:dashboard", _EVERYONE, ""),
    ("办件", "cases:list", CASE_STAFF_ROLES, ""),
    ("推荐", "applications:recommendation_queue", _DEPARTMENT, _RECOGNITION),
    ("受理", "applications:intake_queue", _STEERING, _RECOGNITION),
    ("专家评审", "panels:list", _STEERING, _RECOGNITION),
    ("批次管理", "applications:rounds", _STEERING, _RECOGNITION),
    ("我的评审", "panels:assignments", frozenset({Role.EXPERT}), _RECOGNITION),
    ("基地", "bases:mine", _SUPERVISION, ""),
    ("年度计划", "plans:annual_plans", _SUPERVISION, ""),
    ("培训项目", "plans:projects", _SUPERVISION, _TRAINING),
    ("培训档案", "plans:archives", _SUPERVISION, _TRAINING),
    ("培训统计", "plans:statistics", _SUPERVISION, _TRAINING),
    ("学员查询", "plans:trainees", _INSTITUTION | _AUTHORITY, _TRAINING),
    ("检查工作", "inspections:campaigns", _DEPARTMENT | _AUTHORITY, _CONTROL),
    ("各基地的检查", "inspections:checks", _SUPERVISION, _CONTROL),
    ("优秀基地", "inspections:excellent", _AUTHORITY, _CONTROL),
    ("限期整改", "inspections:rectification_list", _SUPERVISION, _CONTROL),
    ("经费规定和办理", "subsidies:index", _INSTITUTION | _DEPARTMENT | _OFFICE, _MONEY),
    ("资助周期", "subsidies:cycles", _OFFICE, _MONEY),
    ("资助", "subsidies:awards", _OFFICE | _DEPARTMENT, _MONEY),
    ("使用方案", "subsidies:plans", _OFFICE | _DEPARTMENT, _MONEY),
    ("拨款", "subsidies:payments", _OFFICE, _MONEY),
    ("对账", "subsidies:reconciliation", _STEERING | _FINANCE, _MONEY),
    ("验收", "subsidies:acceptances", _OFFICE | _DEPARTMENT, _MONEY),
    ("使用报告", "subsidies:spending_list", _OFFICE, _MONEY),
    ("追回", "subsidies:recovery_list", _OFFICE, _MONEY),
    ("受托监管", "subsidies:supervision", frozenset({Role.FUND_SUPERVISOR}), _MONEY),
    ("我的验收", "subsidies:acceptance_reviews", ASSIGNED_ROLES, _MONEY),
    (
        "资金统计",
        "subsidies:reports",
        _STEERING | _FINANCE | _DEPARTMENT | {Role.LEGAL_OFFICER, Role.FUND_SUPERVISOR},
        _MONEY,
    ),
    ("文书", "documents:list", CASE_STAFF_ROLES, ""),
)
_AREAS = {"bases:mine": "bases:register"}
_FUNDS, _AWARDS = "funds", "awards"
_NEEDS = {
    "subsidies:cycles": _AWARDS,
    "subsidies:cycle_new": _AWARDS,
    "subsidies:awards": _AWARDS,
    "subsidies:plans": _FUNDS,
    "subsidies:payments": _AWARDS,
    "subsidies:reconciliation": _AWARDS,
    "subsidies:acceptances": _AWARDS,
    "subsidies:spending_list": _AWARDS,
    "subsidies:recovery_list": _AWARDS,
    "subsidies:acceptance_reviews": _AWARDS,
    "subsidies:supervision": _AWARDS,
    "subsidies:reports": _AWARDS,
}
"""What a text must say of money for a page to be there: that there are funds, or that they are awarded by cycle."""


@cache
def _item(label: str, name: str, group: str, root_urlconf: str) -> NavigationItem | None:
    try:
        url = reverse(name, root_urlconf)
        area = reverse(_AREAS[name], root_urlconf) if name in _AREAS else ""
    except NoReverseMatch:
        return None
    return NavigationItem(label, url, exact=url == "/", group=group, area=area)


def public_navigation(group: str = "") -> tuple[NavigationItem, ...]:
    """The public pages whose addresses the site has."""
    items = (_item(label, name, group, settings.ROOT_URLCONF) for label, name in _PUBLIC)
    return tuple(item for item in items if item)


def is_offered(name: str, jurisdiction: str | None) -> bool:
    """Whether the page `name` has its business under the text that governs `jurisdiction` today. Runs no query.

    An institution's bases may live under several texts: its organisation has no jurisdiction, and the page
    `subsidies:index` leads it on.
    """
    need = _NEEDS.get(name)
    if need is None:
        return True
    funding = registry.rulebook(jurisdiction, timezone.localdate()).funding if jurisdiction else None
    return funding is not None and (need == _FUNDS or funding.scheme is not None)


def work_navigation(roles: frozenset[str], jurisdiction: str | None) -> tuple[NavigationItem, ...]:
    """The work pages of a person who holds `roles` in the organisation acted for, which is of `jurisdiction`."""
    items = (
        _item(label, name, group, settings.ROOT_URLCONF)
        for label, name, allowed, group in _WORK
        if allowed & roles and is_offered(name, jurisdiction)
    )
    return tuple(item for item in items if item)


def head_of(roles: frozenset[str] | None, jurisdiction: str | None = None) -> tuple[NavigationGroup, ...]:
    """What the head shows to a visitor (None) or to a person with `roles`: a group of one link is that link."""
    if roles is None:
        return grouped(public_navigation())
    return grouped((*work_navigation(roles, jurisdiction), *public_navigation(_PUBLIC_GROUP)))


def grouped(items: Iterable[NavigationItem]) -> tuple[NavigationGroup, ...]:
    """Neighbours of one group under their word; a link that would stand there alone stands without it."""
    groups = []
    for label, members in groupby(items, key=lambda item: item.group or item.url):
        found = tuple(members)
        groups.append(NavigationGroup(label if found[0].group and len(found) > 1 else "", found))
    return tuple(groups)


def current_url(items: tuple[NavigationItem, ...], path: str) -> str:
    """The address of the item that `path` belongs to, or an empty string.

    Its own page comes first, then the longest match, then the item that stands first.
    """
    held = [item for item in items if item.holds(path)]
    found = max(held, key=lambda item: (path == item.url, len(item.area or item.url)), default=None)
    return found.url if found else ""
