"""The audit of a use plan by the funder and by the managing unit."""

import datetime as dt

import pytest
from django.urls import reverse

from apps.bases.services import open_base_case
from apps.cases.models import Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.jurisdictions.rulebooks import registry
from apps.subsidies.models import UsePlan
from apps.subsidies.services import plan_reviews
from tests.factories import Supervision
from tests.subsidies.building import LINES, TARGETS, Funding, freeze, make_award, move

pytestmark = pytest.mark.django_db
ASKED = 46_000_003


@pytest.fixture(autouse=True)
def applied(monkeypatch):
    """The plans that were put in force; what that does to an award is the applying side's business."""
    found: list = []
    monkeypatch.setattr(
        "apps.subsidies.services.plan_changes.apply_plan", lambda plan, act: found.append((plan.pk, act.name))
    )
    return found


@pytest.fixture(autouse=True)
def nothing_missing(monkeypatch):
    """What a plan must contain is tested with its content."""
    monkeypatch.setattr("apps.subsidies.services.plan_checks.plan_problems", lambda plan: [])


def plan_of(sup: Supervision, state: str, lines=LINES, **values) -> UsePlan:
    rulebook = registry.versions(sup.authority.jurisdiction_id)[-1]
    case = open_base_case(
        sup.base, "use_plan", "使用方案", sup.editor, label="编制", year=2026, rulebook_key=rulebook.key
    )
    plan = UsePlan.objects.create(case=case, base=sup.base, year=2026, granted_fen=ASKED, **values)
    freeze(case, lines, TARGETS)
    auditor = sup.unit if state.startswith("unit") else sup.authority
    case.parties.filter(organisation=auditor).update(active=True)
    move(case, state)
    return UsePlan.objects.select_related("case").get(pk=plan.pk)


def of_award() -> tuple[Funding, UsePlan]:
    funding = Funding()
    award = make_award(funding, state="reviewed")
    move(award.case, "granted")
    return funding, plan_of(funding, "funder_review", award=award)


def of_special_funds() -> tuple[Supervision, UsePlan]:
    sup = Supervision("national")
    uses = registry.versions("national")[-1].funding.use_codes
    lines = tuple(
        {"category": use, "item": f"支出{at}", "unit": "项", "unit_price_fen": 9_200_001, "quantity": 1}
        for at, use in enumerate(uses)
    )
    values = {"grant_document": "人社厅函〔2026〕12号", "granted_on": dt.date(2026, 3, 2), "method": "专款专用"}
    return sup, plan_of(sup, "unit_review", lines=lines, **values)


def test_the_funder_agrees_and_the_plan_is_put_in_force(applied):
    funding, plan = of_award()
    plan_reviews.propose_opinion(plan.case, funding.finance, "agreed", "方案可行")
    assert plan.case.state == "funder_proposed"
    with pytest.raises(NotPermitted):
        plan_reviews.sign_approval(plan.case, funding.finance)
    plan_reviews.sign_approval(plan.case, funding.office["head"])
    plan.refresh_from_db()
    assert (plan.case.state, plan.approved_on is not None) == ("approved", True)
    assert applied == [(plan.pk, "sign_approval")]
    document = Document.objects.get(case=plan.case)
    assert (document.kind, document.issuer, document.addressee) == (
        "plan_audit_opinion",
        funding.authority,
        funding.institution,
    )
    assert (document.legal_basis, document.remedies) == (["36"], "")
    told = str(document.content)
    for part in ("使用方案、绩效计划", "第三十六条", "460,000.03元", "线上课程", "不低于 600 人次", "方案可行"):
        assert part in told


def test_the_managing_unit_refuses_special_funds_with_reasons(applied):
    sup, plan = of_special_funds()
    for actor in (sup.office["officer"], sup.office["head"], sup.head):
        with pytest.raises(NotPermitted):
            plan_reviews.propose_opinion(plan.case, actor, "refused", "单价无依据")
    plan_reviews.propose_opinion(plan.case, sup.unit_officer, "refused", "单价无依据")
    with pytest.raises(Blocked):
        plan_reviews.sign_approval(plan.case, sup.unit_head)
    plan_reviews.sign_refusal(plan.case, sup.unit_head)
    plan.refresh_from_db()
    assert (plan.case.state, plan.return_text, plan.approved_on) == ("returned", "单价无依据", None)
    document = Document.objects.get(case=plan.case)
    assert (document.issuer, document.legal_basis) == (sup.unit, ["33"])
    assert sup.authority.name in document.remedies
    for part in ("使用办法、使用方案", "460,000.05元", "人社厅函〔2026〕12号", "2026年3月2日", "专款专用"):
        assert part in str(document.content)
    assert applied == []


def test_the_managing_unit_agrees_without_touching_any_award(applied):
    sup, plan = of_special_funds()
    plan_reviews.propose_opinion(plan.case, sup.unit_officer, "agreed", "同意")
    plan_reviews.sign_approval(plan.case, sup.unit_head)
    plan.refresh_from_db()
    assert (plan.case.state, applied) == ("approved", [])


@pytest.mark.parametrize(("conclusion", "opinion"), [("", "x"), ("agreed", " "), ("maybe", "x")])
def test_an_opinion_says_whether_and_why(conclusion, opinion):
    funding, plan = of_award()
    with pytest.raises(Blocked):
        plan_reviews.propose_opinion(plan.case, funding.finance, conclusion, opinion)
    plan.refresh_from_db()
    assert (plan.case.state, plan.conclusion) == ("funder_review", "")


def test_a_plan_is_returned_item_by_item():
    funding, plan = of_award()
    with pytest.raises(Blocked):
        plan_reviews.return_for_correction(plan.case, funding.finance, [" "])
    plan_reviews.return_for_correction(plan.case, funding.finance, ["补充询价", "目标须可衡量"])
    plan.refresh_from_db()
    assert (plan.case.state, plan.return_text) == ("returned", "补充询价\n目标须可衡量")


def test_a_stale_page_changes_nothing():
    funding, plan = of_award()
    with pytest.raises(WrongState):
        plan_reviews.propose_opinion(plan.case, funding.finance, "agreed", "同意", version=plan.case.version + 7)
    plan.refresh_from_db()
    assert plan.conclusion == ""


def test_the_opinion_is_drafted_and_signed_on_its_pages_and_hidden_until_then(client):
    sup, plan = of_special_funds()
    number = plan.case.number
    client.force_login(sup.unit_officer.user)
    page = reverse("subsidies:plan_audit", args=[number])
    assert client.post(page, {"conclusion": "", "opinion": "单价无依据"}).status_code == 422
    assert client.post(page, {"conclusion": "refused", "opinion": "单价无依据"}).status_code == 302
    client.force_login(sup.head.user)
    case_page = reverse("cases:detail", args=[number])
    assert "单价无依据" not in client.get(case_page).content.decode()
    client.force_login(sup.unit_head.user)
    assert "单价无依据" in client.get(case_page).content.decode()
    step = reverse("cases:step", args=[number, "sign_refusal"])
    assert client.post(step, {"reason": ""}).status_code == 302
    client.force_login(sup.head.user)
    assert "单价无依据" in client.get(case_page).content.decode()


@pytest.mark.parametrize("name", ["plan_audit", "plan_return"])
def test_a_foreign_plan_answers_as_one_that_does_not_exist(client, name):
    sup, plan = of_special_funds()
    other = Supervision("national")
    client.force_login(other.unit_officer.user)
    assert client.get(reverse(f"subsidies:{name}", args=[plan.case.number])).status_code == 404
    assert plan.case.number not in client.get(reverse("subsidies:plans")).content.decode()
    client.force_login(sup.unit_officer.user)
    assert plan.case.number in client.get(reverse("subsidies:plans")).content.decode()
