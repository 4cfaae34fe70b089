"""The day on which plans are filled in."""

from collections.abc import Iterator

import pytest
import time_machine

from tests.plans.annual.helpers import NOON


@pytest.fixture
def november() -> Iterator[None]:
    """20 November 2026, when plans for 2027 are being filled in."""
    with time_machine.travel(NOON, tick=False):
        yield
