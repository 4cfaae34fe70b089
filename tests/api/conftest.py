"""The API's tests: the framework's own client, no throttle left over from another test."""

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from apps.jurisdictions.models import Jurisdiction
from tests.applications.road import Office


@pytest.fixture(autouse=True)
def nobody_is_throttled_yet():
    cache.clear()


@pytest.fixture
def api() -> APIClient:
    return APIClient()


@pytest.fixture
def office(db) -> Office:
    return Office("zibo")


@pytest.fixture
def jurisdiction_names(db) -> dict[str, str]:
    return dict(Jurisdiction.objects.values_list("code", "name"))
