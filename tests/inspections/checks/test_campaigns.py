"""Who may arrange which inspection, how bases are chosen, and how a campaign starts."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.utils import timezone

from apps.bases.models import Base
from apps.cases import outbox
from apps.cases.enums import PartyRole
from apps.cases.models import Case, CaseParty, Delivery, Document, OutboxEntry
from apps.cases.workflow import Blocked, NotPermitted
from apps.cases.workflow.engine import perform
from apps.inspections.models import Campaign
from apps.inspections.services import campaigns, draws, inspection_terms, launches, organising
from tests.factories import AuthorityFactory, DepartmentFactory, InstitutionFactory, Supervision, make_base, member
from tests.inspections.checks.building import inspection_of, launched, state_of, values

pytestmark = pytest.mark.django_db

OFFERED = {
    # jurisdiction: (what the authority may arrange, what the managing unit may)
    "national": ({"regular", "evaluation", "spot_check"}, {"regular"}),
    "shanghai": ({"regular", "evaluation", "spot_check"}, set()),
    "sichuan": ({"regular", "evaluation", "spot_check"}, set()),
    "weihai": ({"regular", "evaluation", "spot_check"}, {"regular"}),
    "zibo": ({"regular", "spot_check"}, {"regular"}),
}
SANDBOX = {"sichuan", "weihai"}


def world_of(jurisdiction: str) -> Supervision:
    return Supervision(jurisdiction, is_sandbox=jurisdiction in SANDBOX)


def allowed(organisation) -> set[str]:
    return {offer.kind for offer in organising.offers_to(organisation) if offer.allowed}


@pytest.mark.parametrize("jurisdiction", OFFERED)
def test_who_may_arrange_what_follows_the_text(jurisdiction: str):
    world = world_of(jurisdiction)
    assert (allowed(world.authority), allowed(world.unit)) == OFFERED[jurisdiction]


def test_a_refused_kind_says_why_and_cites_the_article():
    world = Supervision("shanghai")
    with pytest.raises(NotPermitted) as refused:
        campaigns.open_campaign(world.unit_officer, "regular", values())
    problem = refused.value.problems[0]
    assert (problem.code, problem.articles) == ("kind_refused", ("23-1",))


def test_a_kind_the_text_does_not_know_is_refused():
    world = Supervision("zibo")
    with pytest.raises(NotPermitted, match="没有规定检查评估"):
        campaigns.open_campaign(world.office["officer"], "evaluation", values())


def test_an_evaluation_is_arranged_by_the_authority_nobody_is_above():
    above = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    below = AuthorityFactory(jurisdiction_id="sichuan", levels=["municipal"], superior=above)
    assert (allowed(above), allowed(below)) == (
        {"regular", "evaluation", "spot_check"},
        {"regular", "spot_check"},
    )


def test_only_officers_arrange_inspections():
    world = Supervision("zibo")
    for actor in (world.unit_head, world.office["head"], world.head, world.office["legal"]):
        with pytest.raises(NotPermitted):
            campaigns.open_campaign(actor, "regular", values())


@pytest.mark.parametrize(
    ("jurisdiction", "kind", "inspector"),
    [
        ("national", "regular", "unit"),
        ("national", "evaluation", "authority"),
        ("shanghai", "spot_check", "authority"),
        ("sichuan", "regular", "authority"),
        ("weihai", "regular", "unit"),
        ("weihai", "evaluation", "authority"),
        ("zibo", "regular", "unit"),
        ("zibo", "spot_check", "authority"),
    ],
)
def test_who_inspects_in_an_authoritys_campaign(jurisdiction: str, kind: str, inspector: str):
    world = world_of(jurisdiction)
    campaign = launched(world, kind, organiser=(world.office["officer"], world.office["head"]))
    inspection = inspection_of(campaign)
    assert inspection.inspector == getattr(world, inspector)
    parts = {party.organisation_id: set(party.roles) for party in CaseParty.objects.filter(case=inspection.case)}
    assert PartyRole.INSPECTOR in parts[inspection.inspector_id]
    assert parts[world.unit.pk] >= {PartyRole.MANAGING_UNIT}
    assert all(CaseParty.objects.filter(case=inspection.case).values_list("active", flat=True))


def test_a_commissioned_department_inspects_and_must_be_named():
    world = Supervision("shanghai")
    officer, head = world.office["officer"], world.office["head"]
    campaign = campaigns.open_campaign(officer, "regular", values())
    with pytest.raises(Blocked, match="受委托"):
        campaigns.propose(campaign.case, officer)
    other = DepartmentFactory(jurisdiction_id="shanghai")
    campaigns.edit(campaign.case, officer, values(), commissioned=other)
    campaigns.propose(campaign.case, officer)
    assert not CaseParty.objects.get(case=campaign.case, organisation=other).active
    launches.launch(campaign.case, head)
    assert inspection_of(campaign).inspector == other
    assert CaseParty.objects.get(case=campaign.case, organisation=other).active


def test_every_base_is_inspected_by_the_authority_that_recognised_it_where_the_text_says_so():
    above = AuthorityFactory(jurisdiction_id="sichuan", levels=["provincial"])
    below = AuthorityFactory(jurisdiction_id="sichuan", levels=["municipal"], superior=above)
    world = Supervision("sichuan", authority=above, managed=False, is_sandbox=True)
    lower = make_base(below, is_sandbox=True)
    campaign = launched(world, organiser=(world.office["officer"], world.office["head"]))
    inspectors = dict(campaign.inspections.values_list("base__number", "inspector__name"))
    assert inspectors == {world.base.number: above.name, lower.number: below.name}


def test_a_managing_unit_reaches_only_its_own_bases_and_an_authority_only_its_jurisdiction():
    world, foreign = Supervision("zibo"), Supervision("zibo")
    Supervision("national")
    make_base(world.authority, managing_unit=world.unit, status="revoked")
    make_base(world.authority, managing_unit=world.unit, is_sandbox=True)
    unmanaged = make_base(world.authority)
    rulebook = campaigns.rulebooks.rulebook("zibo", timezone.localdate())

    def numbers(organiser, kind):
        return set(organising.candidates(organiser, rulebook, kind, sandbox=False).values_list("number", flat=True))

    assert numbers(world.unit, "regular") == {world.base.number}
    assert numbers(world.authority, "regular") == {world.base.number, foreign.base.number}
    assert numbers(world.authority, "spot_check") == {world.base.number, foreign.base.number, unmanaged.number}
    assert organising.without_inspector(world.authority, rulebook, "regular", sandbox=False) == 1


def test_the_checklist_is_the_texts_own_and_takes_guidance_only():
    world = Supervision("zibo")
    campaign = campaigns.open_campaign(
        world.unit_officer, "regular", values(), guidance={"funds": "看账", "invented": "不在文中"}
    )
    assert [item["code"] for item in campaign.checklist] == [
        "faculty",
        "funds",
        "facilities",
        "systems",
        "tasks",
        "effect_and_follow_up",
    ]
    assert {item["article"] for item in campaign.checklist} == {"21"}
    assert [item["guidance"] for item in campaign.checklist] == ["", "看账", "", "", "", ""]


def test_the_draw_is_repeatable_and_every_draw_stays_on_record():
    world = Supervision("zibo")
    for _ in range(5):
        make_base(world.authority, managing_unit=world.unit)
    officer = world.unit_officer
    campaign = campaigns.open_campaign(officer, "regular", values(selection="draw", draw_size=2))
    with pytest.raises(Blocked, match="请先随机抽取"):
        campaigns.propose(campaign.case, officer)
    draws.draw(campaign.case, officer)
    with pytest.raises(Blocked, match="须写明理由"):
        draws.draw(campaign.case, officer)
    draws.draw(campaign.case, officer, "漏列一家基地")
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert [entry["reason"] for entry in campaign.draw_log] == ["", "漏列一家基地"]
    latest = campaign.draw_log[-1]
    by_hand = sorted(latest["pool"], key=lambda one: hashlib.sha256(f"{latest['seed']}:{one}".encode()).hexdigest())
    assert campaign.chosen == sorted(by_hand[:2])
    assert len(latest["pool"]) == 6
    assert all(draws.checked(entry) for entry in campaign.draw_log)
    act = campaign.case.acts.filter(name="draw").last()
    assert (act.data["seed"], act.data["pool_sha256"]) == (latest["seed"], latest["pool_sha256"])


def test_a_draw_that_was_tampered_with_is_not_put_forward():
    world = Supervision("zibo")
    make_base(world.authority, managing_unit=world.unit)
    campaign = campaigns.open_campaign(world.unit_officer, "regular", values(selection="draw", draw_size=1))
    draws.draw(campaign.case, world.unit_officer)
    campaign = Campaign.objects.get(pk=campaign.pk)
    other = next(number for number in campaign.draw_log[0]["pool"] if number not in campaign.chosen)
    Campaign.objects.filter(pk=campaign.pk).update(chosen=[other])
    with pytest.raises(Blocked, match="复算"):
        campaigns.propose(campaign.case, world.unit_officer)


def test_another_size_makes_a_draw_void():
    world = Supervision("zibo")
    make_base(world.authority, managing_unit=world.unit)
    campaign = campaigns.open_campaign(world.unit_officer, "regular", values(selection="draw", draw_size=1))
    draws.draw(campaign.case, world.unit_officer)
    campaigns.edit(campaign.case, world.unit_officer, values(selection="draw", draw_size=2))
    campaign = Campaign.objects.get(pk=campaign.pk)
    assert (campaign.chosen, campaign.draw_seed, len(campaign.draw_log)) == ([], "", 1)


def test_more_bases_than_there_are_cannot_be_drawn():
    world = Supervision("zibo")
    campaign = campaigns.open_campaign(world.unit_officer, "regular", values(selection="draw", draw_size=9))
    with pytest.raises(Blocked, match="只有 1 家"):
        draws.draw(campaign.case, world.unit_officer)


def test_a_base_of_somebody_else_cannot_be_named():
    world, foreign = Supervision("zibo"), Supervision("zibo")
    campaign = campaigns.open_campaign(
        world.unit_officer, "regular", values(selection="named"), named=[foreign.base.number]
    )
    with pytest.raises(Blocked, match="不在可检查的范围内"):
        campaigns.propose(campaign.case, world.unit_officer)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"self_due_on": dt.date(1, 1, 1)}, "self_due_past"),
        ({"finish_by": dt.date(1, 1, 1), "self_due_on": None}, "finish_by_past"),
        ({"finish_by": dt.date(9999, 12, 31)}, "finish_by_far"),
        ({"selection": "by_unit"}, "units_missing"),
        ({"selection": "named"}, "no_bases"),
    ],
)
def test_what_a_campaign_lacks(changed: dict, code: str):
    world = Supervision("zibo")
    campaign = campaigns.open_campaign(world.office["officer"], "spot_check", values(**changed))
    with pytest.raises(Blocked) as blocked:
        campaigns.propose(campaign.case, world.office["officer"])
    assert code in {problem.code for problem in blocked.value.problems}


def test_who_drew_the_campaign_up_does_not_approve_it():
    world = Supervision("zibo")
    both = member(world.unit, "department_officer", "department_head")
    campaign = campaigns.open_campaign(both, "regular", values())
    campaigns.propose(campaign.case, both)
    with pytest.raises(NotPermitted, match="须由另一人办理"):
        launches.launch(campaign.case, both)
    launches.launch(campaign.case, world.unit_head)
    assert state_of(campaign.case) == "running"


def test_no_campaign_starts_under_a_text_that_has_lapsed_but_in_rehearsal():
    world = Supervision("weihai")
    campaign = campaigns.open_campaign(world.unit_officer, "regular", values())
    campaigns.propose(campaign.case, world.unit_officer)
    with pytest.raises(Blocked, match="已失效"):
        launches.launch(campaign.case, world.unit_head)
    rehearsal = Supervision("weihai", is_sandbox=True)
    assert launched(rehearsal).inspections.count() == 1


def test_one_notice_reaches_every_chosen_institution_and_every_inspector():
    world = Supervision("zibo")
    other = Supervision("zibo", authority=world.authority)
    uninvolved = InstitutionFactory()
    campaign = launched(world, organiser=(world.office["officer"], world.office["head"]))
    document = Document.objects.get(case=campaign.case, kind="inspection_notice")
    reached = set(Delivery.objects.filter(document=document).values_list("organisation_id", flat=True))
    assert reached == {world.institution.pk, other.institution.pk, world.unit.pk, other.unit.pk}
    assert uninvolved.pk not in reached
    assert Document.objects.filter(kind="inspection_notice").count() == 1


def test_many_inspections_are_opened_in_batches_and_taken_up_again(monkeypatch):
    monkeypatch.setattr(launches, "AT_ONCE", 2)
    monkeypatch.setattr(launches, "BATCH", 2)
    monkeypatch.setattr(launches.open_batch, "__defaults__", (2,))
    world = Supervision("zibo")
    for _ in range(4):
        make_base(world.authority, managing_unit=world.unit)
    campaign = launched(world)
    assert campaign.inspections.count() == 0
    assert launches.waiting_numbers(campaign) == campaign.chosen
    with pytest.raises(Blocked, match="正在建立"):
        perform(campaign.case, "conclude", world.unit_officer)
    broken = launches.open_inspection
    failing = campaign.chosen[1]

    def once(campaign, base):
        if base.number == failing:
            raise RuntimeError("interrupted")
        return broken(campaign, base)

    monkeypatch.setattr(launches, "open_inspection", once)
    outbox.dispatch()
    assert campaign.inspections.count() == 1
    monkeypatch.setattr(launches, "open_inspection", broken)
    while outbox.dispatch():
        pass
    assert campaign.inspections.count() == 5
    assert not launches.waiting_numbers(campaign)
    assert OutboxEntry.objects.filter(topic=launches.TOPIC).exclude(state="done").count() == 0
    assert len(set(campaign.inspections.values_list("case__number", flat=True))) == 5


def test_the_clock_takes_up_a_launch_whose_batches_failed(monkeypatch):
    monkeypatch.setattr(launches, "AT_ONCE", 0)
    world = Supervision("zibo")
    campaign = launched(world)
    OutboxEntry.objects.filter(topic=launches.TOPIC).update(state="failed")
    inspection_terms.open_what_waits(timezone.now())
    assert campaign.inspections.count() == 1


def test_a_base_that_ended_before_its_inspection_was_opened_gets_none(monkeypatch):
    monkeypatch.setattr(launches, "AT_ONCE", 0)
    world = Supervision("zibo")
    campaign = launched(world)
    Base.objects.filter(pk=world.base.pk).update(status="revoked")
    assert launches.waiting_numbers(campaign) == []
    assert launches.open_batch(campaign) == 0


def test_a_rehearsal_reaches_only_bases_of_rehearsal():
    real = Supervision("zibo")
    rehearsal = make_base(real.authority, managing_unit=real.unit, is_sandbox=True)
    campaign = campaigns.open_campaign(real.unit_officer, "regular", values(), sandbox=True)
    campaigns.propose(campaign.case, real.unit_officer)
    assert Campaign.objects.get(pk=campaign.pk).chosen == [rehearsal.number]
    assert Case.objects.get(pk=campaign.pk).is_sandbox
