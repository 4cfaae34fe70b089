"""取消（撤销）资格: what each text allows, the base heard first, and what the decision brings about."""

import pytest
from django.utils import timezone

from apps.accounts.enums import Role
from apps.bases.models import RegisterRecord
from apps.bases.selectors import register_facts
from apps.cases import selectors
from apps.cases.models import Case
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.cases.workflow.engine import perform, road_of, rules_of
from apps.inspections.services import rectifications, revocations, terms
from apps.inspections.services.sanction_grounds import ways_to_revoke
from apps.jurisdictions.rulebooks import registry
from apps.jurisdictions.rulebooks.supervision import GROUND_LABELS
from tests.factories import Supervision, member
from tests.inspections.sanctions import story
from tests.inspections.sanctions.story import AFTER_RECTIFICATION, DIRECT, DISORDER, JURISDICTIONS, fresh, travel

pytestmark = pytest.mark.django_db


def revocations_of(jurisdiction: str):
    rulebook = registry.versions(jurisdiction)[-1]
    return [one for one in rulebook.sanctions if one.code == "revocation"]


MATRIX = [
    (jurisdiction, sanction.article, ground)
    for jurisdiction in JURISDICTIONS
    for sanction in revocations_of(jurisdiction)
    for ground in GROUND_LABELS
]


@pytest.mark.parametrize(("jurisdiction", "article", "ground"), MATRIX)
def test_without_a_failed_rectification_only_the_texts_direct_grounds_lead_to_revocation(jurisdiction, article, ground):
    direct = {
        ("weihai", "20"): {DISORDER},
        ("zibo", "24"): {
            DISORDER
        },  # the breach of the rules on plans alone is no ground: disorder has to follow from it
    }.get((jurisdiction, article), set())
    sup = story.supervision(jurisdiction)
    allowed = ground in direct
    try:
        case = story.opened(sup, article, ground)
        perform(case, "propose_notice", sup.office["officer"])
    except Blocked:
        assert not allowed
        assert not Case.objects.filter(kind="revocation").exclude(state="draft").exists()
    else:
        assert allowed


@pytest.mark.parametrize("jurisdiction", ["national", "shanghai", "sichuan"])
@pytest.mark.parametrize("article", ["20", "24", "28", "27-2", "23-2", "", "1"])
def test_a_text_without_direct_revocation_never_revokes_without_rectification(jurisdiction, article):
    sup = story.supervision(jurisdiction)
    with pytest.raises(Blocked):
        story.opened(sup, article, DISORDER)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_after_a_failed_rectification_every_text_revokes_in_its_own_word(jurisdiction):
    sup = story.supervision(jurisdiction)
    case = story.revoked_after_failure(sup)
    word = "撤销" if jurisdiction == "weihai" else "取消"
    article = AFTER_RECTIFICATION[jurisdiction]
    assert (case.state, sup.base.status, case.revocation.word) == ("revoked", "revoked", word)
    assert sup.base.ended_on == case.revocation.decided_on
    letter = case.documents.get(kind="revocation_decision")
    assert letter.title.startswith(f"关于{word}")
    assert letter.legal_basis == [article]
    assert "行政复议法" in letter.remedies and "行政诉讼法" in letter.remedies
    content = str(letter.content)
    assert "收费已全部退还" in content and "退费属实" in content
    plaque, bar = road_of(case).plaque, road_of(case).reapplication_bar
    assert (f"请将{plaque.word}" in content) if plaque else ("匾牌" not in content and "牌匾" not in content)
    assert ("此后的认定申请" in content) == (bar is not None)
    assert "失信信息" not in content
    assert not RegisterRecord.objects.exists()
    announcement = case.documents.get(kind="revocation_announcement")
    assert announcement.is_public
    assert "收费已全部退还" not in str(announcement.content)
    assert sup.base.events.last().label == f"{word}基地资格"


@pytest.mark.parametrize("jurisdiction", DIRECT)
def test_disorder_is_revoked_directly_and_recorded_only_where_the_text_records_it(jurisdiction):
    sup = story.supervision(jurisdiction)
    case = story.revoked(sup, DIRECT[jurisdiction], DISORDER)
    assert sup.base.status == "revoked"
    records = list(RegisterRecord.objects.filter(institution=sup.institution))
    letter = case.documents.get(kind="revocation_decision")
    if jurisdiction == "zibo":
        assert records == []
        assert "失信信息" not in str(letter.content)
        return
    (record,) = records
    assert (record.kind, record.is_proposed, record.document_number) == ("credit_violation", False, letter.number)
    assert (record.recorded_by, record.confirmed_by) == (sup.office["officer"].user, sup.office["head"].user)
    assert record.case == case
    assert "失信信息" in str(letter.content)
    assert "失信信息" in str(case.documents.get(kind="revocation_notice").content)
    assert register_facts(sup.institution.pk)["credit_violations"] == 1


def test_a_revocation_counts_once_in_the_facts():
    sup = story.supervision("national")
    case = story.revoked_after_failure(sup)
    assert register_facts(sup.institution.pk)["prior_revocations"] == [
        {"jurisdiction": "national", "level": sup.base.level, "date": case.revocation.decided_on.isoformat()}
    ]


def test_a_rehearsal_leaves_no_trace_in_the_facts():
    sup = Supervision("weihai", is_sandbox=True)
    case = story.revoked(sup, "20", DISORDER)
    assert case.state == "revoked"
    facts = register_facts(sup.institution.pk)
    assert (facts["prior_revocations"], facts["credit_violations"]) == ([], 0)
    assert not case.documents.filter(is_public=True).exists()


@pytest.mark.parametrize(("jurisdiction", "article"), [("weihai", "20")])
def test_no_notice_is_signed_under_a_lapsed_text(jurisdiction, article):
    sup = Supervision(jurisdiction)
    case = story.opened(sup, article, DISORDER)
    perform(case, "propose_notice", sup.office["officer"])
    with pytest.raises(Blocked) as refused:
        revocations.sign_notice(case, sup.office["head"])
    assert [problem.code for problem in refused.value.problems] == ["not_in_force"]


def test_the_decision_is_not_signed_when_the_text_has_lapsed_meanwhile():
    sup = Supervision("weihai")
    extension = story.extend(sup)
    case = story.reviewed(sup, story.prepared(sup, story.heard(sup, story.noticed(sup, "20"))))
    extension.delete()
    with pytest.raises(Blocked) as refused:
        revocations.sign_revocation(case, sup.office["head"])
    assert [problem.code for problem in refused.value.problems] == ["not_in_force"]
    sup.base.refresh_from_db()
    assert sup.base.status == "active"


def test_an_unanswered_statement_and_a_hearing_not_held_block_the_decision():
    sup = story.supervision()
    case = story.heard(sup, story.noticed(sup), wants_hearing=True)
    with pytest.raises(Blocked) as refused:
        story.prepared(sup, case, answer="")
    assert {problem.code for problem in refused.value.problems} == {"answer_missing", "hearing_missing"}
    assert fresh(case).revocation.conclusion == ""
    revocations.record_hearing(case, sup.office["officer"], "11月25日听取意见，负责人到场。")
    assert story.prepared(sup, case).state == "legal_review"


def test_a_running_term_to_be_heard_blocks_everything_else():
    sup = story.supervision()
    case = story.noticed(sup)
    for step in (
        lambda: story.prepared(sup, case),
        lambda: revocations.record_hearing(case, sup.office["officer"], "x"),
    ):
        with pytest.raises(WrongState):
            step()
    terms.expire_sanction_terms(timezone.now())
    assert fresh(case).state == "hearing"
    with pytest.raises(Blocked):
        terms.expire_hearing(case)


def test_a_draft_that_was_not_sent_does_not_count_when_the_term_is_over():
    sup = story.supervision()
    case = story.noticed(sup)
    revocations.save_statement(case, sup.editor, "草稿", wants_hearing=False)
    with travel(10):
        terms.expire_sanction_terms(timezone.now())
        case = story.prepared(sup, fresh(case), answer="")
        assert case.state == "legal_review"
        case = story.reviewed(sup, case)
        revocations.sign_revocation(case, sup.office["head"])
    content = str(fresh(case).documents.get(kind="revocation_decision").content)
    assert "没有提交陈述、申辩意见" in content
    assert "草稿" not in content


def test_a_waived_statement_goes_on_at_once_and_an_empty_one_is_refused():
    sup = story.supervision()
    case = story.noticed(sup)
    with pytest.raises(Blocked) as refused:
        revocations.submit_statement(case, sup.head)
    assert [problem.code for problem in refused.value.problems] == ["statement_missing"]
    with pytest.raises(NotPermitted):
        revocations.waive_statement(case, sup.editor)
    revocations.waive_statement(case, sup.head)
    assert fresh(case).state == "heard"


def test_proposer_legal_officer_and_signatory_are_different_people():
    sup = story.supervision()
    everything = member(sup.authority, Role.AUTHORITY_OFFICER, Role.LEGAL_OFFICER, Role.AUTHORITY_HEAD)
    case = revocations.open_revocation(sup.base, everything, "24", story.a_notice(DISORDER)).case
    perform(case, "propose_notice", sup.office["officer"])
    with pytest.raises(NotPermitted):
        revocations.sign_notice(case, everything)
    revocations.sign_notice(case, sup.office["head"])
    case = story.prepared(sup, story.heard(sup, fresh(case)))
    with pytest.raises(NotPermitted):
        revocations.pass_legal_review(case, everything, "同意")
    reviewing_head = member(sup.authority, Role.LEGAL_OFFICER, Role.AUTHORITY_HEAD)
    revocations.pass_legal_review(case, reviewing_head, "同意")
    for actor in (everything, reviewing_head):
        with pytest.raises(NotPermitted):
            revocations.sign_revocation(fresh(case), actor)
    revocations.sign_revocation(fresh(case), sup.office["head"])
    with pytest.raises(WrongState):
        revocations.sign_revocation(fresh(case), sup.office["head"])


def test_the_officer_who_prepared_does_not_review_and_the_reviewer_may_send_back():
    sup = story.supervision()
    both = member(sup.authority, Role.AUTHORITY_OFFICER, Role.LEGAL_OFFICER)
    case = story.heard(sup, story.noticed(sup))
    revocations.propose_decision(case, both, conclusion="revoke", reasons="理由", answer="答复")
    with pytest.raises(NotPermitted):
        revocations.pass_legal_review(case, both, "同意")
    with pytest.raises(Blocked):
        revocations.pass_legal_review(case, sup.office["legal"], "  ")
    revocations.return_from_legal_review(case, sup.office["legal"], "证据目录不完整")
    case = fresh(case)
    assert (case.state, case.revocation.legal_opinion) == ("heard", "证据目录不完整")


def test_not_revoking_leaves_the_base_as_it_is_and_says_why():
    sup = story.supervision()
    case = story.reviewed(sup, story.prepared(sup, story.heard(sup, story.noticed(sup)), "keep"))
    with pytest.raises(WrongState):
        revocations.sign_revocation(case, sup.office["head"])
    revocations.sign_keeping(case, sup.office["head"])
    case = fresh(case)
    sup.base.refresh_from_db()
    assert (case.state, sup.base.status, sup.base.ended_on) == ("not_revoked", "active", None)
    assert "不予取消" in case.documents.get(kind="revocation_not_imposed").title
    assert not case.documents.filter(is_public=True).exists()
    assert register_facts(sup.institution.pk)["prior_revocations"] == []


def test_the_same_failed_rectification_does_not_serve_twice():
    sup = story.supervision()
    story.failed(sup)
    with travel(41):
        case = story.heard(sup, story.noticed(sup, "23", "rectification_failed"))
        revocations.sign_keeping(story.reviewed(sup, story.prepared(sup, case, "keep")), sup.office["head"])
        with pytest.raises(Blocked) as refused:
            story.opened(sup, "23", "rectification_failed")
    assert "同一事由" in str(refused.value)


def test_a_failed_rectification_is_no_ground_once_a_later_one_was_lifted():
    sup = story.supervision()
    story.failed(sup)
    with travel(41):
        case = story.opened(sup, "23", "rectification_failed")
        again = story.concluded(sup, story.rechecked(sup, story.reported(sup, story.ordered(sup))), "lift")
        assert again.state == "lifted"
        with pytest.raises(Blocked):
            perform(case, "propose_notice", sup.office["officer"])
        assert [way.problem == "" for way in ways_to_revoke(sup.base, rules_of(case))] == [False, True]


def test_another_bases_failed_rectification_is_no_ground():
    sup, other = story.supervision(), story.supervision()
    story.failed(other)
    with pytest.raises(Blocked):
        story.opened(sup, "23", "rectification_failed")


def test_grounds_of_another_article_are_refused():
    sup = story.supervision()
    case = story.opened(sup, "24", "rectification_failed")
    with pytest.raises(Blocked) as refused:
        perform(case, "propose_notice", sup.office["officer"])
    assert [problem.code for problem in refused.value.problems] == ["grounds_foreign"]


def test_a_rectification_under_way_is_not_lifted_after_the_base_was_revoked():
    sup = story.supervision()
    rectification = story.rechecked(sup, story.reported(sup, story.ordered(sup)))
    from apps.inspections.services import sanction_rechecks

    sanction_rechecks.propose_conclusion(rectification, sup.office["officer"], conclusion="lift", text="合格")
    story.revoked(sup)
    with pytest.raises(Blocked):
        sanction_rechecks.sign_lift(fresh(rectification), sup.office["head"])
    with pytest.raises(Blocked):
        rectifications.open_order(sup.base, sup.office["officer"], story.an_order())
    sup.base.refresh_from_db()
    assert sup.base.status == "revoked"


def test_nobody_else_sees_the_procedure_or_its_letters():
    sup, other = story.supervision(), story.supervision()
    case = story.opened(sup, "24", DISORDER)
    for actor in (sup.editor, sup.head, sup.unit_head):
        assert not selectors.readable_cases(actor).filter(pk=case.pk).exists()
    perform(case, "propose_notice", sup.office["officer"])
    revocations.sign_notice(case, sup.office["head"])
    case = story.reviewed(sup, story.prepared(sup, story.heard(sup, fresh(case))))
    revocations.sign_revocation(case, sup.office["head"])
    letter = case.documents.get(kind="revocation_decision")
    for actor in (other.editor, other.head, other.unit_officer, other.unit_head, *other.office.values()):
        assert not selectors.readable_cases(actor).filter(pk=case.pk).exists()
        assert not selectors.readable_documents(actor).filter(pk=letter.pk).exists()
    assert selectors.readable_documents(sup.editor).filter(pk=letter.pk).exists()
    assert not selectors.timeline(case, sup.editor).filter(name__in=["propose_decision", "pass_legal_review"]).exists()


def test_a_breach_of_the_rules_on_plans_counts_beside_disorder_where_the_text_names_both():
    case = story.noticed(story.supervision("zibo"), "24", "plan_filing_violated", DISORDER)
    assert "违反年度计划备案规定" in str(case.documents.get(kind="revocation_notice").content)


@pytest.mark.parametrize("jurisdiction", JURISDICTIONS)
def test_a_base_that_was_ordered_anew_is_not_revoked_for_the_order_it_failed_before(jurisdiction):
    sup = story.supervision(jurisdiction)
    story.failed(sup)
    article = AFTER_RECTIFICATION[jurisdiction]
    with travel(41):
        story.drafted(sup)  # a draft the base does not know of keeps nothing waiting
        before = story.opened(sup, article, "rectification_failed")
        order = Case.objects.get(kind="rectification", state="draft")
        perform(order, "propose_order", sup.office["officer"])
        rectifications.sign_order(fresh(order), sup.office["head"])
        with pytest.raises(Blocked, match="正在限期整改"):
            perform(before, "propose_notice", sup.office["officer"])
        way = next(one for one in ways_to_revoke(sup.base, rules_of(before)) if one.code == article)
        assert order.number in way.problem


@pytest.mark.parametrize(("after", "open_again"), [("active", False), ("rectifying", True)])
def test_what_was_overturned_is_not_decided_again_on_the_same_failure(after, open_again):
    sup = story.supervision("national")
    story.revoked_after_failure(sup)
    with travel(60):
        story.restored(sup, status_after=after)
        (way,) = ways_to_revoke(sup.base, registry.versions("national")[-1])
        assert (way.problem == "") == open_again
