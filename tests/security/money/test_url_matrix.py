"""Every address of money × every role × own, foreign and missing objects."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.urls import reverse

from apps.accounts.models import User
from apps.subsidies.urls import urlpatterns
from tests.security.money.table import URLS, Row
from tests.security.money.world import MoneyWorld, Side
from tests.security.played.browsing import ask, comparable, denies, signed_in

pytestmark = pytest.mark.django_db
MISSING: dict[str, Any] = {"number": "ZZ-SHANGHAI-2026-98765", "pk": 98765432}


@pytest.fixture(autouse=True)
def refusals_are_not_logged() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


class Clients:
    """One signed-in client a person."""

    def __init__(self) -> None:
        self.clients: dict[int | None, Any] = {}

    def of(self, user: User | None) -> Any:
        key = user.pk if user else None
        if key not in self.clients:
            self.clients[key] = signed_in(user)
        return self.clients[key]


def methods_of(row: Row) -> list[str]:
    return row.methods.split()


def test_every_address_of_money_is_in_the_table_and_no_other():
    found = {entry.name for entry in urlpatterns}
    assert sorted(found - set(URLS)) == []
    assert sorted(set(URLS) - found) == []


def opening(side: Side, row: Row, name: str, clients: Clients) -> tuple[list[str], list[str]]:
    """Who gets in though the table says not, or the other way round; and what fails."""
    url, method = reverse(f"subsidies:{name}", kwargs=row.args(side)), methods_of(row)[0]
    wrong, failed = [], []
    for role, actor in side.people.items():
        response = ask(clients.of(actor.user), method, url)
        if response.status_code >= 500:
            failed.append(f"{name} {role}: {response.status_code}")
        elif denies(response) == (role in row.opens):
            wrong.append(f"{name} {role}: {response.status_code}")
    if not denies(ask(clients.of(None), method, url)):
        wrong.append(f"{name} visitor")
    return wrong, failed


def test_own_money_opens_to_the_roles_in_the_table_and_to_nobody_else():
    world, clients = MoneyWorld(), Clients()
    found = [opening(world.own, row, name, clients) for name, row in URLS.items()]
    assert [one for wrong, failed in found for one in (*wrong, *failed)] == []


def test_a_foreign_object_and_one_that_does_not_exist_answer_alike_and_nothing_changes():
    world, clients = MoneyWorld(), Clients()
    people, before, wrong = world.strangers(), everything(), []
    for number, (name, row) in enumerate(URLS.items()):
        args = row.args(world.own)
        if not args:
            continue
        missing = {key: MISSING.get(key, value) for key, value in args.items()}
        url, elsewhere = reverse(f"subsidies:{name}", kwargs=args), reverse(f"subsidies:{name}", kwargs=missing)
        for place, (who, role, actor) in enumerate(people):
            if role not in row.opens and (place + number) % 3:
                continue
            for method in methods_of(row):
                response = ask(clients.of(actor.user), method, url)
                if comparable(response, url) != comparable(ask(clients.of(actor.user), method, elsewhere), elsewhere):
                    wrong.append(f"{method} {name} {who}: {response.status_code}, unlike a missing one")
                elif not denies(response):
                    wrong.append(f"{method} {name} {who}: {response.status_code}")
    assert wrong == []
    assert everything() == before


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the project's own tables, sign-in times apart."""
    models = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return {model._meta.label: list(rows(model)) for model in models}


def rows(model: Any) -> Any:
    fields = [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]
    return model._base_manager.order_by("pk").values_list(*fields)
