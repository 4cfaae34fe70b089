"""A third party's person sees the awards assigned to them, what both sides have of their business, and nothing else."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from apps.accounts.actors import Actor, actor_for
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.cases.attachments import attach
from apps.cases.models import Attachment
from apps.cases.selectors import readable_attachments, readable_cases, readable_documents, visible_cases
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.models import Award, SupervisorAssignment
from apps.subsidies.services import acceptances, award_endings, supervision
from tests.factories import OrganisationFactory, member
from tests.security.played.browsing import signed_in
from tests.subsidies.acceptances.building import in_review, make_acceptance, opined, proposed, submitted
from tests.subsidies.building import Funding, active_award, make_payment, move, people

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF"


@pytest.fixture
def funding() -> Funding:
    return Funding()


@pytest.fixture
def award(funding) -> Award:
    return active_award(funding)


def membership(actor: Actor) -> Membership:
    return Membership.objects.get(user=actor.user, organisation=actor.organisation)


def assign(funding: Funding, award: Award, actor: Actor | None = None) -> SupervisorAssignment:
    supervision.assign(award.case, funding.office["officer"], membership(actor or funding.supervisor), "核查设备")
    return SupervisorAssignment.objects.latest("pk")


def seen(actor: Actor) -> set[int]:
    return set(readable_cases(actor).values_list("pk", flat=True))


def pages(number: str) -> list[str]:
    return [
        reverse("subsidies:supervised_award", args=[number]),
        reverse("subsidies:supervision_report", args=[number]),
        reverse("cases:detail", args=[number]),
    ]


def test_nothing_is_seen_without_an_assignment(funding, award):
    make_payment(funding, award, state="paid")
    assert seen(funding.supervisor) == set()
    browser = signed_in(funding.supervisor.user)
    assert [browser.get(url).status_code for url in pages(award.case.number)] == [404, 404, 404]


def test_the_assigned_award_alone_is_seen(funding, award):
    other = active_award(funding)
    foreign = active_award(Funding())
    assign(funding, award)
    browser = signed_in(funding.supervisor.user)
    assert [browser.get(url).status_code for url in pages(award.case.number)] == [200, 200, 200]
    for number in (other.case.number, foreign.case.number):
        assert [browser.get(url).status_code for url in pages(number)] == [404, 404, 404]
    listed = browser.get(reverse("subsidies:supervision")).content.decode()
    assert award.case.number in listed
    assert other.case.number not in listed
    assert foreign.case.number not in listed
    board = browser.get(reverse("portal:dashboard")).content.decode()
    assert award.case.number in board
    assert other.case.number not in board


def test_two_supervisors_see_each_their_own(funding, award):
    second = member(funding.supervisor.organisation, Role.FUND_SUPERVISOR)
    other = active_award(funding)
    assign(funding, award)
    assign(funding, other, second)
    assert award.pk in seen(funding.supervisor)
    assert other.pk not in seen(funding.supervisor)
    assert other.pk in seen(second)
    assert award.pk not in seen(second)


def test_business_is_seen_from_when_it_is_sent_and_no_draft_of_it(funding, award):
    assign(funding, award)
    draft = make_acceptance(funding, award)
    payment = make_payment(funding, award)
    attach(draft.case, SimpleUploadedFile("草稿机密.pdf", PDF), "report:all", funding.editor.user)
    assert not {draft.pk, payment.pk} & seen(funding.supervisor)
    assert not readable_attachments(funding.supervisor).filter(case=draft.pk).exists()
    page = signed_in(funding.supervisor.user).get(reverse("subsidies:supervised_award", args=[award.case.number]))
    assert draft.case.number not in page.content.decode()
    acceptances.submit(draft.case, funding.head)
    assert draft.pk in seen(funding.supervisor)
    assert set(visible_cases(funding.supervisor).values_list("pk", flat=True)) == seen(funding.supervisor)
    assert readable_attachments(funding.supervisor).filter(case=draft.pk).count() == 1
    assert payment.pk not in seen(funding.supervisor)


def test_what_is_typed_after_a_return_is_not_seen(funding, award):
    assign(funding, award)
    acceptance = submitted(funding, award)
    acceptances.return_for_correction(acceptance.case, funding.office["officer"], "补材料")
    acceptance = acceptances.load(acceptance.pk)
    data = acceptance.data | {"summary": "尚未提交的秘密"}
    acceptances.save_draft(acceptance, data, acceptance.data_version, funding.editor)
    page = signed_in(funding.supervisor.user).get(reverse("cases:detail", args=[acceptance.case.number]))
    assert page.status_code == 200
    assert "设备到位，课程上线" in page.content.decode()
    assert "尚未提交的秘密" not in page.content.decode()


def test_business_of_another_award_is_not_seen(funding, award):
    other = active_award(funding)
    assign(funding, award)
    foreign = make_payment(funding, other, state="paid")
    own = make_payment(funding, award, state="paid")
    assert own.pk in seen(funding.supervisor)
    assert foreign.pk not in seen(funding.supervisor)


def test_everything_closes_when_the_assignment_ends(funding, award):
    assignment = assign(funding, award)
    payment = make_payment(funding, award, state="paid")
    browser = signed_in(funding.supervisor.user)
    supervision.end(award.case, funding.office["officer"], assignment, "委托期满")
    assert seen(funding.supervisor) == set()
    assert [browser.get(url).status_code for url in pages(award.case.number)] == [404, 404, 404]
    assert browser.get(reverse("cases:detail", args=[payment.case.number])).status_code == 404
    with pytest.raises(NotPermitted):
        supervision.record(award.case, funding.supervisor, text="还想报告", has_concerns=False)
    with pytest.raises(Blocked):
        supervision.end(award.case, funding.office["officer"], assignment, "再次")


def test_everything_closes_when_the_award_is_closed(funding, award):
    assign(funding, award)
    perform(award.case, "propose_termination", funding.office["officer"], reason="基地放弃项目")
    award_endings.terminate(award.case, funding.office["head"], "基地放弃项目")
    assert seen(funding.supervisor) == set()
    assert SupervisorAssignment.objects.get().ended_at is not None


def test_the_role_of_another_third_party_opens_nothing(funding, award):
    elsewhere = OrganisationFactory(kind="supervisor", jurisdiction_id="shanghai", superior=funding.authority)
    Membership.objects.create(user=funding.supervisor.user, organisation=elsewhere, role=Role.FUND_SUPERVISOR)
    assign(funding, award)
    payment = make_payment(funding, award, state="paid")
    assert payment.pk in seen(funding.supervisor)
    assert payment.pk not in seen(actor_for(funding.supervisor.user, elsewhere))


@pytest.mark.parametrize("who", ["editor", "institution head", "unit officer", "head", "finance", "supervisor"])
def test_only_an_officer_commissions(funding, award, who):
    with pytest.raises(NotPermitted):
        supervision.assign(award.case, people(funding)[who], membership(funding.supervisor), "核查")


@pytest.mark.parametrize("tie", ["is the institution", "post at the institution", "post at the unit"])
def test_a_third_party_tied_to_a_side_is_refused(funding, award, tie):
    person = membership(funding.supervisor)
    if tie == "is the institution":
        funding.supervisor.organisation.credit_code = funding.institution.credit_code
        funding.supervisor.organisation.save()
    else:
        place, role = (
            (funding.institution, Role.INSTITUTION_EDITOR)
            if tie.endswith("institution")
            else (funding.unit, Role.DEPARTMENT_OFFICER)
        )
        Membership.objects.create(user=person.user, organisation=place, role=role)
    with pytest.raises(Blocked) as error:
        supervision.assign(award.case, funding.office["officer"], person, "核查")
    assert [one.code for one in error.value.problems] == ["must_abstain"]
    assert not SupervisorAssignment.objects.exists()


def test_a_third_party_of_another_jurisdiction_is_refused(funding, award):
    agency = OrganisationFactory(kind="supervisor", jurisdiction_id="zibo")
    stranger = member(agency, Role.FUND_SUPERVISOR)
    with pytest.raises(Blocked) as error:
        supervision.assign(award.case, funding.office["officer"], membership(stranger), "核查")
    assert [one.code for one in error.value.problems] == ["not_available"]


def test_a_report_and_its_file_are_read_by_the_authority_and_its_author_alone(funding, award):
    second = member(funding.supervisor.organisation, Role.FUND_SUPERVISOR)
    assign(funding, award)
    assign(funding, award, second)
    supervision.record(
        award.case,
        funding.supervisor,
        text="设备账实不符",
        has_concerns=True,
        upload=SimpleUploadedFile("核查.pdf", PDF),
    )
    file = Attachment.objects.get(case=award.pk, purpose__startswith="supervision:")
    readers = {
        "office": funding.office["officer"],
        "author": funding.supervisor,
        "second": second,
        "institution": funding.head,
    }
    readable = {name: readable_attachments(who).filter(pk=file.pk).exists() for name, who in readers.items()}
    assert readable == {"office": True, "author": True, "second": False, "institution": False}
    office = signed_in(funding.office["officer"].user).get(reverse("subsidies:supervisors", args=[award.case.number]))
    assert "设备账实不符" in office.content.decode()
    for who, name in ((second, "subsidies:supervised_award"), (funding.head, "cases:detail")):
        page = signed_in(who.user).get(reverse(name, args=[award.case.number]))
        assert page.status_code == 200
        assert "设备账实不符" not in page.content.decode()


def test_a_supervisor_does_not_judge_an_acceptance_without_being_asked(funding, award):
    from apps.subsidies.services import acceptance_reviews as reviews

    assign(funding, award)
    acceptance = in_review(funding, award)
    with pytest.raises(NotPermitted):
        reviews.submit_opinion(acceptance.case, funding.supervisor, conclusion="accept", text="同意")
    url = reverse("subsidies:acceptance_opinion", args=[acceptance.case.number])
    assert signed_in(funding.supervisor.user).get(url).status_code == 404


def test_a_reviewer_of_a_third_party_sees_the_acceptance_alone_and_only_while_it_runs(funding, award):
    payment = make_payment(funding, award, state="confirmed")
    acceptance = in_review(funding, award, by=(funding.supervisor,))
    assert seen(funding.supervisor) == {acceptance.pk}
    assert payment.pk not in seen(funding.supervisor)
    acceptance = proposed(funding, opined(acceptance))
    acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    assert seen(funding.supervisor) == set()
    url = reverse("subsidies:acceptance_opinion", args=[acceptance.case.number])
    assert signed_in(funding.supervisor.user).get(url).status_code == 404


def test_a_supervisor_reads_the_acceptance_report_of_an_assigned_award_and_of_no_other(funding, award):
    other = active_award(funding)
    assign(funding, award)
    for one in (award, other):
        acceptance = proposed(funding, opined(in_review(funding, one)))
        acceptances.sign_acceptance(acceptance.case, funding.office["head"])
    found = readable_documents(funding.supervisor)
    assert [document.case.acceptance.award_id for document in found] == [award.pk]


def test_an_award_before_it_is_granted_has_no_supervisor(funding, award):
    move(award.case, "reviewed")
    with pytest.raises(WrongState):
        supervision.assign(award.case, funding.office["officer"], membership(funding.supervisor), "核查")
