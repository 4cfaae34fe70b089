from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Browser

from apps.portal.demo.clock import StoryClock, story_time
from apps.portal.demo.people import PASSWORD
from tests.browser.roads.people import Office
from tests.browser.roads.scene import START, Scene, new_cast

_SEEN: set[tuple[str, ...]] = set()


@pytest.fixture
def story() -> Iterator[StoryClock]:
    with story_time(START) as clock:
        yield clock


@pytest.fixture
def office(live_server: Any, chromium: Browser, story: StoryClock) -> Iterator[Office]:
    """The browsers; when the test ends, no page may have given cause for complaint."""
    office = Office(chromium, live_server.url, _SEEN)
    yield office
    office.leave()
    assert office.complaints == []


@pytest.fixture
def scene(office: Office, story: StoryClock) -> Callable[[str], Scene]:
    """A jurisdiction with its people: ``scene("code")``."""
    positions: list[str] = []

    def build(code: str) -> Scene:
        positions.append(code)
        return Scene(office, new_cast(code, len(positions), make_password(PASSWORD)), story)

    return build
