"""A person who has no mouse: Tab, Enter, Space, the arrow keys, and what is typed."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from tests.browser.roads.people import PDF

ACTIVE = """() => {
  const e = document.activeElement;
  const text = (e.getAttribute("aria-label") || e.innerText || "").trim();
  return {tag: e.tagName, type: e.type || "", name: e.name || "", value: e.value || "", checked: !!e.checked,
          text, href: e.href || "", outlined: e.matches(":focus-visible")};
}"""
MOST_STOPS = 400


class Keyboard:
    """The keyboard of a page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.on("filechooser", lambda chooser: None)  # from now on the dialog is the test's, however soon it opens

    @property
    def active(self) -> dict[str, Any]:
        return dict(self.page.evaluate(ACTIVE))

    def tab(self) -> dict[str, Any]:
        """Go to the next stop; the stop is visible as such."""
        self.page.keyboard.press("Tab")
        stop = self.active
        assert stop["outlined"] or stop["tag"] == "BODY", stop
        return stop

    def reach(self, *, text: str = "", name: str = "", href: str = "") -> None:
        """Tab on until the stop with this text, name or address is reached."""
        for _ in range(MOST_STOPS):
            stop = self.tab()
            by_text = bool(text) and stop["text"] == text
            if by_text or (name and stop["name"] == name) or (href and stop["href"].endswith(href)):
                return
        raise AssertionError(f"no stop {text or name or href} on {self.page.url}")

    def enter(self) -> None:
        """Enter on a link or a button that leads to another page."""
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")

    def fill(self, told: dict[str, Any]) -> None:
        """Go through a section once from its top, answering what ``told`` knows; rows of tables are added as needed."""
        open_answers = {name: value for name, value in told.items() if not _is_table(value)}
        for table, rows in told.items():
            if _is_table(rows):
                open_answers |= {
                    f"{table}-{i}-{column}": value for i, row in enumerate(rows) for column, value in row.items()
                }
        asked = {name for name in open_answers if open_answers[name] not in ("", None)}
        stop = self.tab()
        for _ in range(MOST_STOPS):
            name = stop["name"]
            if name in asked:
                self._answer(stop, open_answers[name])
                if not isinstance(open_answers[name], list) or self._all_ticked(name, open_answers[name]):
                    asked.discard(name)
            waiting_rows = any("-" in one for one in asked)
            if stop["text"] == "添加一行" and waiting_rows:
                self.page.keyboard.press("Enter")
                stop = self.active
                continue
            if stop["name"] == "save":
                break
            stop = self.tab()
        asked = {name for name in asked if self.page.locator(f'[name="{name}"]').count()}
        assert asked == set(), f"not reached by keyboard: {asked}"

    def _answer(self, stop: dict[str, Any], value: Any) -> None:
        press = self.page.keyboard.press
        if stop["type"] == "radio":
            if not stop["checked"]:
                press("Space")
            for _ in range(20):
                if self.active["value"] == str(value):
                    return
                press("ArrowDown")
            raise AssertionError(stop)
        if stop["type"] == "checkbox":
            wanted = stop["value"] in value if isinstance(value, list) else bool(value)
            if wanted != stop["checked"]:
                press("Space")
        elif stop["tag"] == "SELECT":
            press("Home")
            for _ in range(40):
                if self.active["value"] == str(value):
                    return
                press("ArrowDown")
            raise AssertionError(stop)
        else:
            press("Control+A")
            self.page.keyboard.insert_text(str(value))

    def _all_ticked(self, name: str, values: list[str]) -> bool:
        ticked = self.page.eval_on_selector_all(f'[name="{name}"]:checked', "all => all.map(e => e.value)")
        return set(values) <= set(ticked)

    def choose_file(self, name: str) -> None:
        """Open the file dialog from the focused control and take a file."""
        with self.page.expect_file_chooser() as opened:
            self.page.keyboard.press("Space")
        opened.value.set_files({"name": name, "mimeType": "application/pdf", "buffer": PDF})


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)
