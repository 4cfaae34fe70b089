"""What every test shares: an open scope, triggers that survive a flush, and no leftover registrations."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.db import connection
from django_scopes import scope

from apps.cases import triggers
from apps.jurisdictions.rulebooks import registry


@pytest.fixture(autouse=True)
def every_jurisdiction() -> Iterator[None]:
    """Tests build data in any jurisdiction; those about tenancy open a narrower scope themselves."""
    with scope(jurisdiction=registry.jurisdictions()):
        yield


@pytest.fixture(autouse=True)
def nothing_is_cached() -> None:
    """Rows of one test are rolled back and their keys come again in the next, with other content."""
    cache.clear()


@pytest.fixture(autouse=True)
def acts_can_be_flushed(request: pytest.FixtureRequest) -> Iterator[None]:
    """A transactional test ends by emptying the tables, which the triggers would refuse."""
    if not _is_transactional(request):
        yield
        return
    request.getfixturevalue("transactional_db")
    triggers.install(connection)
    yield
    triggers.remove(connection)


def _is_transactional(request: pytest.FixtureRequest) -> bool:
    marker = request.node.get_closest_marker("django_db")
    asked = bool(marker and marker.kwargs.get("transaction"))
    return asked or "transactional_db" in request.fixturenames or "live_server" in request.fixturenames
