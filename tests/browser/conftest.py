"""One Chromium for all browser tests, a database in a file, and a picture of every page open when a test fails."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connections
from playwright.sync_api import Browser, sync_playwright

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-quic", "--disable-background-networking", "--disable-gpu"]


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The served portal reads and writes from several threads; SQLite shares a file between them, not its memory."""
    database = connections["default"].settings_dict
    if database["ENGINE"].endswith("sqlite3"):
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        database["TEST"]["NAME"] = str(settings.DATA_DIR / f"browser-{worker}.sqlite3")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser. Its Python side keeps an event loop in this thread, which Django would take for an async view."""
    before = os.environ.get("DJANGO_ALLOW_ASYNC_UNSAFE")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()
    if before is None:
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: Any) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    browser = getattr(item, "funcargs", {}).get("chromium")
    if report.when == "call" and report.failed and browser is not None:
        report.sections.append(("pictures of the open pages", "\n".join(_pictures(item.name, browser))))


def _pictures(name: str, browser: Browser) -> Iterator[str]:
    folder = Path(os.environ.get("BROWSER_PICTURES", settings.DATA_DIR / "pictures"))
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        path = folder / f"{name}-{number}.png".replace("/", "_")
        page.screenshot(path=path, full_page=True)
        yield f"{page.url} {path}"
