"""Tenancy is closed by default: every model with a jurisdiction refuses a query without a scope."""

from __future__ import annotations

import contextvars

import pytest
from django.apps import apps
from django_scopes import ScopeError, scope

from apps.accounts.enums import Role
from apps.cases.models import Case
from tests.factories import AuthorityFactory, make_round, member

OPEN = {
    "accounts.User": "people are found through memberships",
    "accounts.Organisation": "institutions have business in several jurisdictions; lists go through selectors",
    "accounts.Membership": "read before the scope is known: it decides the scope",
    "jurisdictions.Jurisdiction": "the tenants themselves",
    "jurisdictions.RulebookExtension": "the standing of a text is public",
    "cases.CaseUserObjectPermission": "looked up by person and case, never listed",
    "cases.OutboxEntry": "work of the system, no business data beyond keys",
    "cases.NumberSequence": "counters",
}
"""Models without a scope, each with the reason."""


def own_models():
    return [
        model for model in apps.get_models() if model.__module__.startswith("apps.") and not model._meta.auto_created
    ]


def refuses(model: type) -> bool:
    try:
        model.objects.all().exists()
    except ScopeError:
        return True
    return False


@pytest.mark.django_db
def test_an_unscoped_query_raises_for_every_model_but_the_listed_ones():
    outside = contextvars.Context()  # no scope has been opened in it
    assert {model._meta.label for model in own_models() if not outside.run(refuses, model)} == set(OPEN)


def test_an_actor_of_one_jurisdiction_finds_nothing_of_another(db):
    home, abroad = AuthorityFactory(jurisdiction_id="zibo"), AuthorityFactory(jurisdiction_id="weihai")
    rounds = [make_round(home), make_round(abroad)]
    officer = member(home, Role.AUTHORITY_OFFICER)
    with scope(jurisdiction=officer.scope):
        assert [case.pk for case in Case.objects.filter(pk__in=[one.pk for one in rounds])] == [rounds[0].pk]
