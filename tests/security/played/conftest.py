"""One world for the tests of this folder; each of them undoes what it did."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django_scopes import scope

from apps.jurisdictions.rulebooks import registry
from tests.security.played.world import World, played


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
