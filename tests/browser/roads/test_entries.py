"""Every way in: each link of the navigation and of the dashboard opens for the role that it is offered to."""

from urllib.parse import urlsplit

import pytest

from apps.accounts.enums import Role
from apps.portal.demo import review
from tests.browser.roads import walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]

LINKS = "nav#site-nav a, section[aria-labelledby=entries-title] a, section[aria-labelledby=todo-title] a"


def open_every_link(person, opened):
    """Open each link once; pages that everybody gets are opened by the first alone."""
    person.dashboard()
    links = person.page.eval_on_selector_all(LINKS, "all => all.map(a => a.getAttribute('href'))")
    assert len(links) > 5
    for link in dict.fromkeys(links):
        if (link, "" if urlsplit(link).path in opened["public"] else person.roles) not in opened["seen"]:
            opened["seen"].add((link, "" if urlsplit(link).path in opened["public"] else person.roles))
            person.go(link)


def test_links_of_every_role_open(scene):
    here = scene("shanghai")
    walk.publish_round(here, level="provincial")
    applicant = walk.start_and_fill(here, 1)
    review.fill_pool(here.cast, here.cast.office["officer"])
    visitor = here.visitor
    visitor.go("/")
    public = visitor.page.eval_on_selector_all("nav#site-nav a", "all => all.map(a => a.getAttribute('href'))")
    opened = {"public": set(public), "seen": set()}
    for link in public:
        visitor.go(link)
        opened["seen"].add((link, ""))
    officer, head = here.cast.departments[0]
    staff = [*here.cast.office.values(), officer, head, here.cast.assistant, applicant.editor, applicant.head]
    staff += here.cast.supervisors
    for actor in staff:
        open_every_link(here.at(actor), opened)
    assert {role for actor in staff for role in actor.roles} >= set(Role.values) - {Role.EXPERT}
