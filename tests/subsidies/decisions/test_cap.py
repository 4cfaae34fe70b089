"""The cap of a base in a cycle and the exception that two people sign."""

import datetime as dt

import pytest
from django.utils import timezone

from apps.cases.attachments import AttachmentRefused
from apps.cases.models import Attachment, Document
from apps.cases.selectors import readable_attachments
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform
from apps.subsidies.models import Award, CapException
from apps.subsidies.services import award_decisions as decisions
from apps.subsidies.services import cap_exceptions
from tests.subsidies.building import Funding
from tests.subsidies.decisions.story import CAP, big, exception, fresh, granted, in_full, pdf, proposed, ready, reviewed

pytestmark = pytest.mark.django_db


def codes(refused) -> set[str]:
    return {problem.code for problem in refused.value.problems}


def above(funding: Funding, fen: int = CAP + 1) -> Award:
    return reviewed(funding, lines=big(fen))


def recorded(funding: Funding, award: Award, **values) -> None:
    cap_exceptions.record(award.case, funding.office["officer"], exception(**values), [pdf()])


def test_exactly_the_cap_needs_no_exception():
    funding = Funding()
    assert granted(funding, above(funding, CAP)).granted_fen == CAP


def test_a_fen_above_the_cap_is_refused_with_the_figures_and_the_article():
    funding = Funding()
    award = above(funding)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award)
    assert codes(refused) == {"cap_exceeded"}
    problem = refused.value.problems[0]
    assert problem.articles == ("32",)
    assert "5,000,000.01元" in problem.message
    assert "5,000,000.00元" in problem.message


def test_everything_granted_in_the_cycle_counts_net_of_what_was_given_back():
    funding = Funding()
    first = granted(funding, above(funding, 300_000_000))
    second = above(funding, 200_000_001)
    with pytest.raises(Blocked) as refused:
        proposed(funding, second)
    assert codes(refused) == {"cap_exceeded"}
    Award.objects.filter(pk=first.pk).update(released_fen=1)
    assert granted(funding, second).granted_fen == 200_000_001


def test_another_base_and_another_cycle_do_not_count():
    funding = Funding()
    granted(funding, above(funding, CAP))
    other = Funding(authority=funding.authority)
    other.cycle = funding.cycle
    assert granted(other, above(other, 100)).granted_fen == 100
    from tests.subsidies.building import make_cycle

    funding.cycle = make_cycle(funding)
    assert granted(funding, above(funding, CAP)).granted_fen == CAP


def test_above_the_cap_two_people_sign_the_exception_and_the_decision_says_so():
    funding = Funding()
    award = above(funding)
    recorded(funding, award)
    case = proposed(funding, award)
    with pytest.raises(Blocked) as refused:
        decisions.agree_finance(case, funding.finance, "同意")
    assert codes(refused) == {"exception_unsigned"}
    cap_exceptions.sign(case, funding.finance)
    decisions.agree_finance(case, funding.finance, "同意")
    with pytest.raises(Blocked) as refused:
        decisions.sign_award(case, funding.office["head"])
    assert codes(refused) == {"cap_exceeded"}
    cap_exceptions.countersign(case, funding.office["head"])
    decisions.sign_award(case, funding.office["head"])
    award = fresh(award)
    assert award.granted_fen == CAP + 1
    found = award.cap_exception
    assert (found.first_signature.actor, found.second_signature.actor) == (
        funding.finance.user,
        funding.office["head"].user,
    )
    assert found.first_signature.data["total_fen"] == 600_000_000
    told = str(Document.objects.get(case=case).content)
    for part in ("沪人社办〔2026〕8号", "5,000,000.01元", "6,000,000.00元", "承担国家级项目"):
        assert part in told


def test_within_the_cap_the_decision_says_nothing_of_an_exception_on_file():
    funding = Funding()
    award = above(funding, CAP + 1)
    recorded(funding, award)
    award = granted(funding, award, {"l1": CAP})
    assert "沪人社办" not in str(Document.objects.get(case=award.case).content)


def test_who_recorded_the_exception_signs_it_neither_way():
    from apps.accounts.enums import Role
    from tests.factories import member

    funding = Funding()
    award = above(funding)
    one = member(funding.authority, Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD)
    cap_exceptions.record(award.case, one, exception(), [pdf()])
    case = proposed(funding, award)
    with pytest.raises(NotPermitted):
        cap_exceptions.sign(case, one)
    both = member(funding.authority, Role.FINANCE_OFFICER, Role.AUTHORITY_HEAD)
    cap_exceptions.sign(case, both)
    decisions.agree_finance(case, funding.finance, "同意")
    for actor in (one, both, funding.finance, funding.office["officer"], funding.head):
        with pytest.raises(NotPermitted):
            cap_exceptions.countersign(case, actor)
    cap_exceptions.countersign(case, funding.office["head"])
    assert fresh(award).cap_exception.is_signed


def test_a_changed_exception_is_signed_anew():
    funding = Funding()
    award = above(funding)
    recorded(funding, award)
    case = proposed(funding, award)
    cap_exceptions.sign(case, funding.finance)
    decisions.return_from_finance(case, funding.finance, "文号有误")
    cap_exceptions.record(case, funding.office["officer"], exception(document_number="沪人社办〔2026〕9号"))
    found = CapException.objects.get(award=award)
    assert (found.first_signature, found.second_signature) == (None, None)
    assert case.attachments.filter(removed_at__isnull=True).count() == 1


def test_a_decision_proposed_anew_is_signed_anew():
    funding = Funding()
    award = above(funding)
    recorded(funding, award)
    case = proposed(funding, award)
    cap_exceptions.sign(case, funding.finance)
    decisions.agree_finance(case, funding.finance, "同意")
    cap_exceptions.countersign(case, funding.office["head"])
    perform(case, "send_back_decision", funding.office["head"], reason="重拟")
    assert CapException.objects.get(award=award).is_signed
    proposed(funding, award)
    assert not CapException.objects.get(award=award).is_signed
    with pytest.raises(Blocked):
        decisions.agree_finance(case, funding.finance, "同意")


def test_an_exception_that_allows_less_is_not_enough():
    funding = Funding()
    award = above(funding, CAP + 100)
    recorded(funding, award, total_fen=CAP + 99)
    with pytest.raises(Blocked) as refused:
        proposed(funding, award)
    assert codes(refused) == {"cap_exceeded"}
    assert "5,000,000.99元" in refused.value.problems[0].message


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"total_fen": CAP}, "exception_sum"),
        ({"document_number": " "}, "exception_number"),
        ({"document_date": timezone.localdate() + dt.timedelta(days=1)}, "exception_date"),
        ({"reason": ""}, "reason_missing"),
    ],
)
def test_an_exception_needs_a_sum_a_document_and_a_reason(values, code):
    funding = Funding()
    award = above(funding)
    with pytest.raises(Blocked) as refused:
        recorded(funding, award, **values)
    assert codes(refused) == {code}
    assert not CapException.objects.exists()
    assert not Attachment.objects.exists()


def test_an_exception_needs_its_file_and_takes_no_script_for_one():
    from django.core.files.uploadedfile import SimpleUploadedFile

    funding = Funding()
    award = above(funding)
    with pytest.raises(Blocked) as refused:
        cap_exceptions.record(award.case, funding.office["officer"], exception())
    assert codes(refused) == {"exception_file"}
    with pytest.raises(AttachmentRefused):
        bad = SimpleUploadedFile("x.pdf", b"<script>alert(1)</script>")
        cap_exceptions.record(award.case, funding.office["officer"], exception(), [bad])
    assert not CapException.objects.exists()


def test_the_institution_does_not_read_the_document_of_the_exception():
    funding = Funding()
    award = above(funding)
    recorded(funding, award)
    assert readable_attachments(funding.office["head"]).count() == 1
    assert not readable_attachments(funding.head).exists()


def test_nothing_is_signed_where_no_exception_is_on_file():
    funding = Funding()
    case = ready(funding, above(funding, 100))
    with pytest.raises(WrongState):
        cap_exceptions.countersign(case, funding.office["head"])
    decisions.sign_award(case, funding.office["head"])


def test_two_decisions_of_one_base_ready_together_do_not_exceed_the_cap():
    funding = Funding()
    first, second = above(funding, 300_000_000), above(funding, 300_000_000)
    one, two = ready(funding, first), ready(funding, second)
    decisions.sign_award(one, funding.office["head"])
    with pytest.raises(Blocked) as refused:
        decisions.sign_award(two, funding.office["head"])
    assert codes(refused) == {"cap_exceeded"}
    assert (fresh(first).granted_fen, fresh(second).granted_fen) == (300_000_000, 0)
    assert in_full(second) == {"l1": 300_000_000}
