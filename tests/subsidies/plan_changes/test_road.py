"""The whole road of a plan through the real services: application, decision, audit, change; the ledger ties out."""

import pytest
from django.urls import reverse

from apps.subsidies.models import AwardLine, Tranche, UsePlan
from apps.subsidies.services import award_applications, plan_changes, plan_drafting, plan_reviews
from apps.subsidies.services.verification import verify_cycle
from tests.subsidies.building import Funding, move
from tests.subsidies.content.typed import fill, typed
from tests.subsidies.decisions.story import fresh, granted

pytestmark = pytest.mark.django_db


def case_of(plan):
    return UsePlan.objects.select_related("case").get(pk=plan.pk).case


def agreed(funding, plan):
    plan_drafting.submit_plan(case_of(plan), funding.head)
    plan_reviews.propose_opinion(case_of(plan), funding.office["officer"], "agreed", "用途合规")
    plan_reviews.sign_approval(case_of(plan), funding.office["head"])


def test_application_becomes_an_award_in_force_and_its_plan_changes(client):
    funding = Funding()
    award = award_applications.start_application(funding.base, funding.cycle, funding.editor)
    fill(award, funding.editor, **typed())
    award_applications.submit(award.case, funding.head)
    award = fresh(award)
    award.panel_passed = True
    award.save()
    move(award.case, "reviewed")
    award = granted(funding, award, {"a1": 15_000_003, "a2": 15_000_001})
    plan = award.use_plans.get()
    assert [(row["unit_price_fen"], row["quantity"]) for row in plan.data["lines"]] == [
        ("50000.01", "3"),
        ("150000.01", "1"),
    ]
    agreed(funding, plan)
    award = fresh(award)
    assert (award.case.state, award.granted_fen) == ("active", 30_000_004)
    client.force_login(funding.editor.user)
    page = client.get(reverse("subsidies:award", args=[award.case.number])).content.decode()
    assert reverse("subsidies:plan_change", args=[award.case.number]) in page

    change = plan_changes.open_change(award, funding.editor)
    rows = [dict(row) for row in change.data["lines"]]
    rows[0]["unit_price_fen"], rows[1]["unit_price_fen"] = "40000.01", "180000.01"
    fill(change, funding.editor, lines=rows, change_reason="设备降价，增加研修")
    agreed(funding, change)
    minor = plan_changes.open_change(award, funding.editor)
    rows[0]["unit_price_fen"], rows[1]["unit_price_fen"] = "41000.01", "177000.01"
    fill(minor, funding.editor, lines=rows, change_reason="微调")
    plan_changes.file_minor_change(case_of(minor), funding.head)

    lines = AwardLine.objects.filter(award=award)
    assert list(lines.values_list("key", "amount_fen")) == [("a1", 12_300_003), ("a2", 17_700_001)]
    live = Tranche.objects.filter(line__award=award, is_cancelled=False)
    assert list(live.values_list("line__key", "when", "amount_fen")) == [
        ("a1", "advance", 6_150_001),
        ("a1", "after_acceptance", 6_150_002),
        ("a2", "after_acceptance", 17_700_001),
    ]
    assert plan_changes.plan_in_force(award).version == 3
    funding.cycle.refresh_from_db()
    assert [finding.message for finding in verify_cycle(funding.cycle)] == []
