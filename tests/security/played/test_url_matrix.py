"""Every address × every role × own, foreign and missing objects."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from apps.accounts.enums import Role
from apps.accounts.models import User
from apps.cases.models import Case
from tests.security.played.browsing import ask, comparable, denies, read, signed_in
from tests.security.played.rows import EVERYBODY, Row
from tests.security.played.url_table import URLS
from tests.security.played.world import World

MISSING: dict[str, Any] = {
    "number": "SB-WEIHAI-2026-98765",
    "application": "SB-WEIHAI-2026-98764",
    "pk": 98765432,
    "membership_pk": 98765431,
    "user_pk": 98765430,
    "code": "ZZZZZZZZZZZZZZZZ",
    "query_code": "ZZZZZZZZZZZZZZZZ",
    "key": "nowhere_1900",
}
"""What an object that does not exist is asked for by. The rest of an address stays as it is."""
OF_THE_WHOLE_JURISDICTION = ("jurisdictions:", "bases:record_")
"""The standing of the text and the register's records: lower authorities read them; changing them is refused there."""
ELSEWHERE = "subsidies:"
"""Addresses of money have a world and a table of their own: tests/security/money."""
LOWER_AUTHORITY = {f"neighbouring {role}" for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD, Role.LEGAL_OFFICER)}


def names(resolver: URLResolver, namespace: str = "") -> Iterator[str]:
    for entry in resolver.url_patterns:
        if isinstance(entry, URLPattern):
            yield namespace + (entry.name or f"unnamed {entry.pattern}")
        else:
            yield from names(entry, f"{namespace}{entry.namespace}:" if entry.namespace else namespace)


def test_every_address_is_in_the_table_and_no_other():
    found = {name for name in names(get_resolver()) if not name.startswith(ELSEWHERE)}
    assert sorted(found - set(URLS)) == []
    assert sorted(set(URLS) - found) == []


def person(world: World, who: str, case: Case | None) -> User | None:
    if who == "visitor":
        return None
    return world.owner.outsider if who == "without membership" else world.owner.person(who, case)


class Clients:
    """One signed-in client a person."""

    def __init__(self) -> None:
        self.clients: dict[int | None, Client] = {}

    def of(self, user: User | None) -> Client:
        key = user.pk if user else None
        if key not in self.clients:
            self.clients[key] = signed_in(user)
        return self.clients[key]


def test_own_objects_open_to_the_roles_in_the_table_and_to_nobody_else(world: World):
    clients, wrong = Clients(), []
    for name, row in URLS.items():
        url, case = reverse(name, kwargs=row.args(world.owner)), row.case(world.owner)
        for who in sorted(EVERYBODY):
            method = "GET" if "GET" in row.methods else "POST"
            response = ask(clients.of(person(world, who, case)), method, url)
            if denies(response) == (who in row.opens) or response.status_code >= 500:
                wrong.append(f"{name} {who}: {response.status_code}")
    assert not wrong, "\n".join(wrong)


def object_rows(world: World) -> Iterator[tuple[str, Row, dict[str, Any], dict[str, Any]]]:
    for name, row in URLS.items():
        if row.names_object(world.owner):
            args = row.args(world.owner)
            keep = {"code"} if "number" in args else set()
            missing = {key: MISSING.get(key, value) if key not in keep else value for key, value in args.items()}
            if missing != args:
                yield name, row, args, missing


Stranger = tuple[str, str, User | None]


def strangers(world: World) -> list[Stranger]:
    """Everybody of the other jurisdiction, and those of this one who have no part in the objects, with their role."""
    foreign = [(f"foreign {role}", role, world.foreign.person(role)) for role in Role.values]
    near = [
        (f"another {role}", role, world.owner.stranger(role))
        for role in (Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD, Role.EXPERT)
    ]
    near += [(f"neighbouring {role}", role, user) for role, user in world.owner.neighbours.items()]
    return [*foreign, *near, ("without membership", "", world.owner.outsider), ("visitor", "", None)]


def who_asks(people: list[Stranger], name: str, row: Row, number: int) -> Iterator[tuple[str, User | None]]:
    """Every stranger with a role the row opens to; of the others a third, another one for each row."""
    for place, (who, role, user) in enumerate(people):
        reads_all = name.startswith(OF_THE_WHOLE_JURISDICTION) and who in LOWER_AUTHORITY
        if not reads_all and (role in row.opens or (place + number) % 3 == 0):
            yield who, user


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_foreign_object_and_one_that_does_not_exist_answer_alike_and_nothing_changes(world: World, method: str):
    clients, people, wrong, before = Clients(), strangers(world), [], everything()
    for number, (name, row, args, missing) in enumerate(object_rows(world)):
        if method not in row.methods:
            continue
        url, elsewhere = reverse(name, kwargs=args), reverse(name, kwargs=missing)
        for who, user in who_asks(people, name, row, number):
            client = clients.of(user)
            response = ask(client, method, url)
            if comparable(response, url) != comparable(ask(client, method, elsewhere), elsewhere):
                wrong.append(f"{name} {who}: {response.status_code}, unlike a missing one")
            elif not denies(response):
                wrong.append(f"{name} {who}: {response.status_code}")
    assert not wrong, "\n".join(wrong)
    assert everything() == before


def test_a_lower_authority_changes_nothing_of_the_whole_jurisdictions(world: World):
    clients, before = Clients(), everything()
    for name, row, args, _ in object_rows(world):
        if name.startswith(OF_THE_WHOLE_JURISDICTION) and "POST" in row.methods:
            for who, _, user in strangers(world):
                if who in LOWER_AUTHORITY:
                    read(clients.of(user), "post", reverse(name, kwargs=args))
    assert everything() == before


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of the project's own tables, sign-in times apart."""
    models = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return {model._meta.label: list(rows(model)) for model in models}


def rows(model: Any) -> Any:
    fields = [field.attname for field in model._meta.concrete_fields if field.name != "last_login"]
    return model._base_manager.order_by("pk").values_list(*fields)
