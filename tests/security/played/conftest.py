"""One world for the tests of this folder; each of them undoes what it did."""

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction
from django_scopes import scope

from apps.cases.models import Document
from apps.documents.services import ensure_rendered
from apps.jurisdictions.rulebooks import registry
from tests.security.played.canaries import Canaries
from tests.security.played.world import World, played


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What a page tells does not depend on the database: where PostgreSQL is tested, SQLite reads the pages after it."""
    if connection.vendor == "postgresql":
        once = pytest.mark.skip(reason="read on SQLite")
        for item in items:
            if "test_canaries" in item.nodeid:
                item.add_marker(once)


@pytest.fixture(scope="package")
def played_world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    with django_db_blocker.unblock(), scope(jurisdiction=registry.jurisdictions()), transaction.atomic():
        with played("weihai", "zibo") as world:
            yield world
        transaction.set_rollback(True)


@pytest.fixture
def db(played_world: World, django_db_blocker: Any) -> Iterator[None]:
    """In place of the usual one: what a test does is undone, the played world stays until the folder is through."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def world(db: None, played_world: World) -> World:
    return played_world


@pytest.fixture(scope="module")
def planted(played_world: World, django_db_blocker: Any) -> Iterator[Canaries]:
    """Planted once for a module and gone after it."""
    with (
        django_db_blocker.unblock(),
        scope(jurisdiction=registry.jurisdictions()),
        transaction.atomic(),
    ):
        planted = Canaries(played_world.owner.code)
        for document in Document.objects.filter(is_public=True):
            ensure_rendered(document)
        yield planted
        transaction.set_rollback(True)


@pytest.fixture
def canaries(planted: Canaries, db: None) -> Canaries:
    """The planted words; they come before what a test itself undoes."""
    return planted


@pytest.fixture(autouse=True)
def refusals_are_not_logged() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
