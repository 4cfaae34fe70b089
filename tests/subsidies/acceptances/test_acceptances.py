"""Asking for acceptance, judging it and what it does to the lines, to the fen."""

from __future__ import annotations

import pytest

from apps.cases.models import Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.subsidies.models import (
    AcceptanceLine,
    AcceptanceOpinion,
    AcceptanceResult,
    Award,
    FundingCycle,
    LedgerEntry,
    Tranche,
)
from apps.subsidies.services import acceptance_reviews as reviews
from apps.subsidies.services import acceptances
from apps.subsidies.services.acceptances import DraftConflict
from tests.subsidies.building import Funding, active_award, make_payment, move, people

from .building import expert, in_review, make_acceptance, opined, proposed, submitted, typed

pytestmark = pytest.mark.django_db

TOTAL = 15_000_003 + 16_000_000 + 15_000_000


@pytest.fixture
def funding() -> Funding:
    return Funding()


def line(award: Award, key: str):
    return award.lines.get(key=key)


def codes(error: pytest.ExceptionInfo) -> list[str]:
    return [one.code for one in error.value.problems]


def test_a_second_window_gets_the_draft_that_is_there(funding):
    award = active_award(funding)
    first = acceptances.open_acceptance(award, funding.editor)
    assert acceptances.open_acceptance(award, funding.head).pk == first.pk


@pytest.mark.parametrize("who", ["unit officer", "officer", "finance", "supervisor"])
def test_only_the_institution_opens_an_acceptance(funding, who):
    award = active_award(funding)
    with pytest.raises(NotPermitted):
        acceptances.open_acceptance(award, people(funding)[who])


def test_no_acceptance_of_an_award_that_is_not_active(funding):
    award = active_award(funding)
    move(award.case, "granted")
    with pytest.raises(Blocked) as error:
        acceptances.open_acceptance(award, funding.editor)
    assert codes(error) == ["award_not_active"]


def test_a_save_on_a_stale_version_overwrites_nothing(funding):
    acceptance = make_acceptance(funding)
    with pytest.raises(DraftConflict) as error:
        acceptances.save_draft(acceptance, {"summary": "旧窗口"}, 0, funding.head)
    assert error.value.current.data["summary"] == "设备到位，课程上线"


def test_the_report_sent_is_frozen_to_the_fen(funding):
    acceptance = submitted(funding, None, "l1", "l3")
    rows = {row.line.key: row.spent_fen for row in AcceptanceLine.objects.filter(acceptance=acceptance)}
    assert rows == {"l1": 15_000_003, "l3": 14_000_050}
    results = {
        row.target.key: row.achieved_hundredths for row in AcceptanceResult.objects.filter(acceptance=acceptance)
    }
    assert results == {"t1": 61_200, "t2": 450}
    assert acceptance.case.state == "submitted"
    assert acceptance.case.turn_organisation == funding.authority


@pytest.mark.parametrize(
    ("change", "where"),
    [
        ({"lines": {}}, "part:lines#lines"),
        ({"summary": ""}, "part:lines#summary"),
        ({"spent": "一万"}, "part:lines#line-l1-spent"),
        ({"spent": "1.005"}, "part:lines#line-l1-spent"),
        ({"spent": "-5"}, "part:lines#line-l1-spent"),
        ({"spent": "1e9"}, "part:lines#line-l1-spent"),
        ({"spent": ""}, "part:lines#line-l1-spent"),
        ({"achieved": ""}, "part:targets#target-t1-achieved"),
        ({"achieved": "很多"}, "part:targets#target-t1-achieved"),
        ({"achieved": "599.99"}, "part:targets#target-t1-explanation"),
    ],
)
def test_an_incomplete_report_is_not_sent_and_says_where(funding, change, where):
    report = typed("l1")
    if "spent" in change:
        report["lines"]["l1"]["spent"] = change["spent"]
    elif "achieved" in change:
        report["results"]["t1"] = {"achieved": change["achieved"], "explanation": ""}
    else:
        report |= change
    acceptance = make_acceptance(funding)
    acceptances.save_draft(acceptance, report, 1, funding.editor)
    with pytest.raises(Blocked) as error:
        acceptances.submit(acceptance.case, funding.head)
    assert [one.where for one in error.value.problems] == [where]
    assert error.value.problems[0].articles == ("37",)


def test_a_line_under_another_acceptance_is_not_sent_twice(funding):
    award = active_award(funding)
    first = submitted(funding, award, "l1")
    second = make_acceptance(funding, award, "l1", "l2")
    acceptances.submit(second.case, funding.head)
    assert [row.line.key for row in AcceptanceLine.objects.filter(acceptance=second)] == ["l2"]
    assert [row.line.key for row in AcceptanceLine.objects.filter(acceptance=first)] == ["l1"]


def test_the_editor_does_not_send(funding):
    acceptance = make_acceptance(funding)
    with pytest.raises(NotPermitted):
        acceptances.submit(acceptance.case, funding.editor)


def test_a_report_that_was_sent_is_locked(funding):
    acceptance = submitted(funding)
    with pytest.raises(WrongState):
        acceptances.save_draft(acceptance, {}, acceptance.data_version, funding.editor)


def test_review_needs_somebody_who_reviews(funding):
    acceptance = submitted(funding)
    with pytest.raises(Blocked) as error:
        acceptances.start_review(acceptance.case, funding.office["officer"])
    assert codes(error) == ["no_reviewer"]


@pytest.mark.parametrize("tie", ["employer name", "employer code", "post at the institution", "post at the unit"])
def test_an_expert_tied_to_a_side_must_abstain(funding, tie):
    from apps.accounts.models import Membership

    values = {"employer": funding.institution.name} if tie == "employer name" else {}
    if tie == "employer code":
        values = {"employer_code": funding.institution.credit_code}
    person = expert(funding, **values)
    if tie.startswith("post"):
        place = funding.institution if tie.endswith("institution") else funding.unit
        role = "institution_editor" if tie.endswith("institution") else "department_officer"
        Membership.objects.create(user=person.user, organisation=place, role=role)
    acceptance = submitted(funding)
    with pytest.raises(Blocked) as error:
        reviews.name_reviewer(acceptance.case, funding.office["officer"], person.user.pk, funding.authority.pk)
    assert codes(error) == ["must_abstain"]
    assert not acceptance.reviewers.exists()


def test_an_expert_of_another_pool_is_not_named(funding):
    stranger = expert(Funding())
    acceptance = submitted(funding)
    with pytest.raises(Blocked) as error:
        reviews.name_reviewer(acceptance.case, funding.office["officer"], stranger.user.pk, stranger.organisation.pk)
    assert codes(error) == ["not_available"]


def test_an_opinion_stands_once_given(funding):
    person = expert(funding)
    acceptance = in_review(funding, by=(person,))
    reviews.submit_opinion(acceptance.case, person, conclusion="accept", text="同意")
    with pytest.raises(Blocked) as error:
        reviews.submit_opinion(acceptance.case, person, conclusion="reject", text="改主意")
    assert codes(error) == ["opinion_given"]
    reviewer = acceptance.reviewers.get()
    with pytest.raises(Blocked) as error:
        reviews.release_reviewer(acceptance.case, funding.office["officer"], reviewer, "换人")
    assert codes(error) == ["opinion_given"]
    assert AcceptanceOpinion.objects.get().conclusion == "accept"


def test_only_who_is_named_gives_an_opinion(funding):
    acceptance = in_review(funding)
    for actor in (expert(funding), funding.supervisor, funding.office["officer"], funding.editor):
        with pytest.raises(NotPermitted):
            reviews.submit_opinion(acceptance.case, actor, conclusion="accept", text="同意")


def test_no_conclusion_before_every_opinion(funding):
    first, second = expert(funding), expert(funding, name="迟到专家")
    acceptance = in_review(funding, by=(first, second))
    reviews.submit_opinion(acceptance.case, first, conclusion="accept", text="同意")
    with pytest.raises(Blocked) as error:
        proposed(funding, acceptance)
    assert codes(error) == ["opinion_missing"]
    assert "迟到专家" in error.value.problems[0].message


@pytest.mark.parametrize(
    ("sums", "code"),
    [({"l1": 15_000_004}, "sum_too_large"), ({"l3": 14_000_051}, "sum_too_large"), ({"l1": None}, "sum_missing")],
)
def test_not_more_is_recognised_than_the_plan_gives_and_was_spent(funding, sums, code):
    acceptance = opined(in_review(funding))
    with pytest.raises(Blocked) as error:
        proposed(funding, acceptance, sums=sums)
    assert codes(error) == [code]


def test_accepting_recognises_trims_and_releases_to_the_fen(funding):
    award = active_award(funding)
    payment = make_payment(funding, award, state="confirmed")  # the advance: half of 150,000.03 yuan
    acceptance = proposed(funding, opined(in_review(funding, award)), sums={"l1": 10_000_000, "l2": 0})
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    assert payment.amount_fen == 7_500_001
    l1, l2, l3 = line(award, "l1"), line(award, "l2"), line(award, "l3")
    assert (l1.accepted_fen, l1.released_fen) == (10_000_000, 5_000_003)
    assert (l2.accepted_fen, l2.released_fen) == (0, 16_000_000)
    assert (l3.accepted_fen, l3.released_fen) == (14_000_050, 999_950)
    live = Tranche.objects.filter(line__award=award, is_cancelled=False, payment=None)
    assert {one.line.key: one.amount_fen for one in live} == {"l1": 2_499_999, "l3": 14_000_050}
    award.refresh_from_db()
    assert award.released_fen == 5_000_003 + 16_000_000 + 999_950
    cycle = FundingCycle.objects.get(pk=award.cycle_id)
    assert cycle.granted_fen == TOTAL - award.released_fen
    entry = LedgerEntry.objects.get(award=award, kind="release")
    assert sum(one.amount_fen for one in entry.postings.all()) == award.released_fen
    acceptance = acceptances.load(acceptance.pk)
    assert acceptance.case.state == "accepted"
    assert acceptance.concluded_on is not None


def test_what_was_advanced_above_the_recognised_sum_is_to_be_demanded(funding):
    award = active_award(funding)
    make_payment(funding, award, state="confirmed")
    acceptance = proposed(funding, opined(in_review(funding, award, "l1")), sums={"l1": 5_000_000})
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    l1 = line(award, "l1")
    assert acceptances.to_be_demanded(l1) == 2_500_001
    assert l1.released_fen == 15_000_003 - 7_500_001
    report = Document.objects.get(case=acceptance.case, kind="acceptance_report")
    assert "超过核定金额25,000.01元" in str(report.content)


def test_a_line_is_not_cut_below_a_payment_on_its_way(funding):
    award = active_award(funding)
    payment = make_payment(funding, award, state="checked")
    acceptance = opined(in_review(funding, award, "l1"))
    with pytest.raises(Blocked) as error:
        proposed(funding, acceptance, sums={"l1": 5_000_000})
    assert codes(error) == ["payment_under_way"]
    assert payment.case.number in error.value.problems[0].message
    proposed(funding, acceptance, sums={"l1": 7_500_001})


def test_who_prepared_does_not_sign(funding):
    from apps.accounts.actors import actor_for
    from apps.accounts.enums import Role
    from apps.accounts.models import Membership

    both = funding.office["officer"]
    Membership.objects.create(user=both.user, organisation=funding.authority, role=Role.AUTHORITY_HEAD)
    acceptance = proposed(funding, opined(in_review(funding)))
    with pytest.raises(NotPermitted):
        acceptances.sign_acceptance(acceptance.case, actor_for(both.user, funding.authority))


def test_rejecting_leaves_the_lines_open_for_another_acceptance(funding):
    award = active_award(funding)
    acceptance = proposed(funding, opined(in_review(funding, award), "reject"), "reject")
    acceptances.sign_rejection(acceptance.case, funding.office["head"])
    assert [one.accepted_fen for one in award.lines.all()] == [None, None, None]
    report = Document.objects.get(case=acceptance.case, kind="acceptance_report")
    assert "行政复议" in report.remedies
    assert report.addressee == funding.institution
    assert report.legal_basis == ["37"]
    again = in_review(funding, award)
    assert again.pk != acceptance.pk


def test_asking_for_more_asks_the_reviewers_again(funding):
    person = expert(funding)
    acceptance = proposed(funding, opined(in_review(funding, by=(person,)), "supplement"), "supplement")
    acceptances.sign_supplement(acceptance.case, funding.office["head"])
    acceptance = acceptances.load(acceptance.pk)
    assert (acceptance.case.state, acceptance.return_text) == ("returned", "请补充培训签到表")
    assert not AcceptanceOpinion.objects.filter(is_current=True).exists()
    acceptances.submit(acceptance.case, funding.head)
    acceptances.start_review(acceptance.case, funding.office["officer"])
    reviews.submit_opinion(acceptance.case, person, conclusion="accept", text="已补充")
    assert list(AcceptanceOpinion.objects.values_list("conclusion", "is_current")) == [
        ("supplement", False),
        ("accept", True),
    ]
    acceptance = proposed(funding, acceptances.load(acceptance.pk))
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    assert acceptances.load(acceptance.pk).case.state == "accepted"


def test_an_acceptance_in_full_bears_no_remedies_and_releases_nothing(funding):
    award = active_award(funding)
    spent = {"l1": "150000.03", "l2": "160000", "l3": "200000"}
    acceptance = proposed(funding, opined(in_review(funding, award, spent=spent)))
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    assert Document.objects.get(case=acceptance.case, kind="acceptance_report").remedies == ""
    assert not LedgerEntry.objects.filter(award=award, kind="release").exists()
    award.refresh_from_db()
    assert award.released_fen == 0
