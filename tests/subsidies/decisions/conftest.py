"""The first use plan is opened by the applying side; here only that it is asked for."""

import pytest


@pytest.fixture(autouse=True)
def first_plans(monkeypatch):
    """The awards for which a first use plan was asked, with the act that granted them."""
    asked: list = []
    monkeypatch.setattr(
        "apps.subsidies.services.plan_drafting.open_first_plan",
        lambda award, actor, act: asked.append((award.pk, actor, act.name)),
    )
    return asked
