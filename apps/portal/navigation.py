"""What stands in the page's head: public pages for everyone, work pages by role."""

from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.urls import NoReverseMatch, reverse

from apps.accounts.enums import CASE_STAFF_ROLES, Role


@dataclass(frozen=True)
class NavigationItem:
    """One link in the head; `url` is a path, and the link is current on that path and below it."""

    label: str
    url: str
    exact: bool = False


_PUBLIC = (
    ("首页", "portal:home"),
    ("基地名录", "bases:register"),
    ("申报批次", "applications:public_rounds"),
    ("公示公告", "applications:public_notices"),
    ("资格自测", "portal:self_check"),
    ("规则库", "portal:rules"),
    ("文书核验", "documents:verify"),
)


_EVERYONE = frozenset(Role.values)
_WORK = (
    ("工作台", "portal:dashboard", _EVERYONE),
    ("办件", "cases:list", CASE_STAFF_ROLES),
    ("推荐", "applications:recommendation_queue", frozenset({Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD})),
    ("受理", "applications:intake_queue", frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD})),
    ("专家评审", "panels:list", frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD})),
    ("批次管理", "applications:rounds", frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD})),
    ("我的评审", "panels:assignments", frozenset({Role.EXPERT})),
    ("文书", "documents:list", CASE_STAFF_ROLES),
)


@cache
def _item(label: str, name: str, root_urlconf: str) -> NavigationItem | None:
    try:
        url = reverse(name, root_urlconf)
    except NoReverseMatch:
        return None
    return NavigationItem(label, url, exact=url == "/")


def public_navigation() -> tuple[NavigationItem, ...]:
    """The public pages whose addresses the site has."""
    items = (_item(label, name, settings.ROOT_URLCONF) for label, name in _PUBLIC)
    return tuple(item for item in items if item)


def work_navigation(roles: frozenset[str]) -> tuple[NavigationItem, ...]:
    """The work pages of a person who holds `roles` in the organisation acted for."""
    items = (_item(label, name, settings.ROOT_URLCONF) for label, name, allowed in _WORK if allowed & roles)
    return tuple(item for item in items if item)


def current_url(items: tuple[NavigationItem, ...], path: str) -> str:
    """Return the address of the item that `path` belongs to, or an empty string; the longest match wins."""
    matches = [item.url for item in items if path == item.url or (not item.exact and path.startswith(item.url))]
    return max(matches, key=len, default="")
