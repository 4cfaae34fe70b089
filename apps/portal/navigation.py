"""What stands in the page's head: public pages for everyone, work pages by role."""

from dataclasses import dataclass
from functools import cache

from django.urls import NoReverseMatch, reverse


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


@cache
def public_navigation() -> tuple[NavigationItem, ...]:
    """The public pages whose addresses the site has."""
    items = []
    for label, name in _PUBLIC:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        items.append(NavigationItem(label, url, exact=url == "/"))
    return tuple(items)


def current_url(items: tuple[NavigationItem, ...], path: str) -> str:
    """Return the address of the item that `path` belongs to, or an empty string; the longest match wins."""
    matches = [item.url for item in items if path == item.url or (not item.exact and path.startswith(item.url))]
    return max(matches, key=len, default="")
