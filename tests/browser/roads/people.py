"""People at their browsers: they sign in, open a case from 我的待办, and take the step by its button.

Every page they come to is held to the same demands whenever it has a new kind of element in it: axe finds nothing, the console
is silent (so the content security policy blocked nothing), and at 390 pixels nothing has to be scrolled sideways.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Response, expect

from apps.accounts.actors import Actor
from apps.portal.demo.people import PASSWORD

TODO_LISTS = "[aria-labelledby=todo-title], [aria-labelledby=assisting-title]"
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
PICTURES = os.environ.get("BROWSER_PICTURES", "")
# A digest of the kinds of element a page is made of: a page with another kind in it is looked at again.
ELEMENTS = """() => {
  const kinds = [...document.querySelectorAll("body *")].map((e) => `${e.tagName}.${e.className}`);
  return [...new Set(kinds)].sort().join().split("").reduce((hash, c) => (hash * 31 + c.charCodeAt(0)) | 0, 7);
}"""
AXE_OPTIONS = {"resultTypes": ["violations"]}


@dataclass
class Office:
    """Where everybody's browser stands: the portal's address, and which pages have been looked at."""

    browser: Browser
    address: str
    seen: set[tuple[str, ...]] = field(default_factory=set)
    people: dict[str, Person] = field(default_factory=dict)
    complaints: list[str] = field(default_factory=list)

    def of(self, actor: Actor) -> Person:
        """The person at a browser of their own, signed in."""
        name = actor.user.username
        if name not in self.people:
            self.people[name] = Person(self, name, "/".join(sorted(actor.roles)))
            self.people[name].sign_in()
        return self.people[name]

    def visitor(self) -> Person:
        """Somebody who has not signed in."""
        return self.people.setdefault("", Person(self, "", "visitor"))

    def leave(self) -> None:
        for person in self.people.values():
            person.context.close()


class Person:
    """One person's browser."""

    def __init__(self, office: Office, username: str, roles: str) -> None:
        self.office, self.username, self.roles = office, username, roles
        self.context: BrowserContext = office.browser.new_context(
            locale="zh-CN", timezone_id="Asia/Shanghai", viewport=WIDE, base_url=office.address
        )
        self.context.set_default_timeout(15_000)
        self.context.set_default_navigation_timeout(30_000)
        self.page: Page = self.context.new_page()
        self.page.on("console", self._heard)
        self.page.on("response", self._answered)
        self.page.on("pageerror", lambda error: office.complaints.append(f"{self.page.url} {error}"))

    def _heard(self, message: Any) -> None:
        if message.type in ("error", "warning") and "Failed to load resource" not in message.text:
            self.office.complaints.append(f"{self.page.url} {message.text}")

    def _answered(self, response: Response) -> None:
        """What the page asks by itself (saving while one types) is never refused."""
        if response.request.resource_type in ("fetch", "xhr") and response.status >= 400:
            self.office.complaints.append(f"{self.page.url} {response.url}: {response.status}")

    def sign_in(self) -> None:
        self.go("/accounts/login/")
        self.type("用户名", self.username)
        self.type("密码", PASSWORD)
        self.press("登录")
        expect(self.page).to_have_url(re.compile("/dashboard/$"))

    def go(self, path: str, *, status: int = 200) -> Response:
        """Open ``path``; sign in again when the session has run out meanwhile."""
        response = self.page.goto(path)
        if "/accounts/login/" in self.page.url and "/accounts/login/" not in path:
            self.sign_in()
            response = self.page.goto(path)
        assert response is not None
        assert response.status == status, f"{path}: {response.status}"
        self.look()
        return response

    def dashboard(self) -> None:
        self.go("/dashboard/")

    def open_todo(self, what: str) -> None:
        """From the dashboard, open the to-do whose line contains ``what`` (a number, a title)."""
        self.dashboard()
        line = self.page.locator(f"section:is({TODO_LISTS}) li").filter(has_text=what).first
        self.follow(line.get_by_role("link").first)

    def take_step(self, number: str, label: str) -> None:
        """Open the case from 我的待办 and follow the step's button under 下一步."""
        self.open_todo(number)
        self.follow(self.page.locator("#next").get_by_role("link", name=label, exact=True))

    def confirm_step(self, number: str, label: str, reason: str = "") -> None:
        """A step that asks for nothing but a reason, through its confirmation page."""
        self.take_step(number, label)
        if reason:
            self.page.locator("[name=reason]").fill(reason)
        self.press(f"确认{label}")

    def entry(self, label: str) -> None:
        """From the dashboard, an entry under 常用入口."""
        self.dashboard()
        self.follow(
            self.page.locator("section[aria-labelledby=entries-title]").get_by_role("link", name=label, exact=True)
        )

    def follow(self, link: Locator | str) -> None:
        found = self.page.get_by_role("link", name=link).first if isinstance(link, str) else link
        with self.page.expect_navigation():
            found.click()
        self.look()

    def press(self, button: Locator | str) -> None:
        """Press a button that submits, and look at the page that answers."""
        found = self.page.get_by_role("button", name=button, exact=True).first if isinstance(button, str) else button
        with self.page.expect_navigation():
            found.click()
        self.look()

    def type(self, label: str, text: str) -> None:
        self.page.get_by_label(label).first.fill(text)

    def put(self, name: str, value: Any) -> None:
        """Answer the question ``name``: text, choice, tick or several choices, by clicking and typing."""
        controls = self.page.locator(f'[name="{name}"]')
        kind = controls.first.evaluate("e => e.type || e.tagName.toLowerCase()")
        if kind == "radio":
            self.page.locator(f'[name="{name}"][value="{value}"]').check()
        elif kind == "checkbox":
            for one in value if isinstance(value, list) else [value]:
                box = controls.first if isinstance(one, bool) else self.page.locator(f'[name="{name}"][value="{one}"]')
                box.set_checked(one is not False)
        elif kind.startswith("select"):
            controls.first.select_option(str(value))
        else:
            controls.first.fill(str(value))

    def attach(self, name: str, file: str = "材料.pdf") -> None:
        """Choose a file, as the file dialog would."""
        self.page.locator(f'input[type=file][name="{name}"]').first.set_input_files(
            {"name": file, "mimeType": "application/pdf", "buffer": PDF}
        )

    def reads(self, *texts: str) -> None:
        for text in texts:
            expect(self.page.locator("body")).to_contain_text(text)

    def look(self) -> None:
        """Hold the page to the demands, once for each make of the page."""
        self.page.wait_for_load_state()
        key = self._kind_of_page()
        if key in self.office.seen:
            return
        self.office.seen.add(key)
        self._axe()
        self._picture(key, "1440")
        self.page.set_viewport_size(NARROW)
        overflow = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        if overflow > 0:
            self.office.complaints.append(f"{self.page.url} ({self.roles}): {overflow} px too wide at 390 px")
        self._picture(key, "390")
        self.page.set_viewport_size(WIDE)

    def _kind_of_page(self) -> tuple[str, ...]:
        path = urlsplit(self.page.url).path
        try:
            view = resolve(path).view_name
        except Resolver404:
            view = path
        return view, str(self.page.evaluate(ELEMENTS))

    def _axe(self) -> None:
        result = Axe().run(self.page, options=AXE_OPTIONS)
        for violation in result.response["violations"]:
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            self.office.complaints.append(f"{self.page.url} ({self.roles}): axe {violation['id']} {nodes}")

    def _picture(self, key: tuple[str, ...], width: str) -> None:
        if PICTURES:
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            name = "-".join(part for part in (*key, width) if part).replace("/", "+").replace(":", ".")
            self.page.screenshot(path=folder / f"{name}.png", full_page=True)


def blank_pdf() -> bytes:
    from apps.portal.demo.answers import evidence_file

    return evidence_file("材料.pdf").read()


PDF = blank_pdf()
