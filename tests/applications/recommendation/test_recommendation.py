"""Opinions: drafted, put before the head, signed or sent back; returns item by item; documents and quota."""

from __future__ import annotations

import pytest

from apps.accounts.models import Organisation
from apps.applications.models import Opinion, RecommendationQuota, ReturnItem
from apps.applications.services import recommendation, returns, submission
from apps.cases.models import Case, Clock, Delivery, Document
from apps.cases.selectors import documents_of
from apps.cases.workflow import Blocked, NotPermitted
from tests.applications.recommendation.department import (
    RECHECK,
    at_recommender,
    check_all,
    head_of,
    item_of,
    officer_of,
    opinion_values,
    proposed,
    submitted,
)

pytestmark = pytest.mark.django_db


def codes(error) -> list[str]:
    return [problem.code for problem in error.value.problems]


def text_of(document: Document) -> str:
    return str(document.content)


def test_opinion_waits_for_every_condition_to_be_checked():
    applicant = submitted("zibo")
    officer = officer_of(applicant.examiner)
    with pytest.raises(Blocked) as blocked:
        recommendation.propose_opinion(applicant.case, officer, opinion_values())
    assert codes(blocked) == ["item_unchecked"] * 11
    assert blocked.value.problems[0].articles == ("7",)
    assert applicant.reload().case.state == "examining"
    draft = Opinion.objects.get(application=applicant.application)
    assert (draft.conclusion, draft.text) == ("positive", "条件具备，同意。")


def test_opinion_needs_a_conclusion_and_a_text():
    applicant = submitted("zibo")
    officer = officer_of(applicant.examiner)
    check_all(applicant.case, officer)
    with pytest.raises(Blocked) as blocked:
        recommendation.propose_opinion(applicant.case, officer, opinion_values("", " "))
    assert codes(blocked) == ["conclusion_missing", "opinion_text_missing"]


def test_examination_signed_goes_on_to_the_recommender_with_its_document():
    applicant = submitted("zibo")
    proposed(applicant.case, officer_of(applicant.examiner), faculty="兼职教师证明缺页")
    act = recommendation.sign_agreement(applicant.case, head_of(applicant.examiner))
    case = applicant.reload().case
    assert (case.state, case.turn_organisation_id) == ("recommending", applicant.recommender.pk)
    assert act.articles == ["9(1)"]
    document = Document.objects.get(act=act)
    assert (document.kind, document.issuer, document.addressee) == (
        "examination_opinion",
        applicant.examiner,
        applicant.recommender,
    )
    assert document.title == f"关于{applicant.institution.name}申报淄博市专业技术人员继续教育基地的审查意见"
    assert document.content["legal_basis"] == [
        "《淄博市专业技术人员继续教育基地管理办法》（淄人社发〔2025〕5号）第九条第（一）项"
    ]
    assert "兼职教师证明缺页" in text_of(document)
    opinion = Opinion.objects.get(application=applicant.application, stage="examination")
    assert opinion.signed_by == act.actor
    assert opinion.signed_at == act.at


def test_recommendation_needs_the_recheck_where_the_text_asks_for_it():
    applicant = at_recommender("zibo")
    officer = officer_of(applicant.recommender)
    check_all(applicant.case, officer)
    with pytest.raises(Blocked) as blocked:
        recommendation.propose_opinion(applicant.case, officer, opinion_values())
    assert codes(blocked) == ["recheck_missing"]
    assert blocked.value.problems[0].articles == ("9(2)",)
    recommendation.propose_opinion(applicant.case, officer, opinion_values(**RECHECK))
    assert applicant.reload().case.state == "recommendation_proposed"


def test_recommendation_without_recheck_where_the_text_has_none():
    applicant = at_recommender("weihai", is_sandbox=True)
    officer = officer_of(applicant.recommender)
    check_all(applicant.case, officer)
    recommendation.propose_opinion(applicant.case, officer, opinion_values())
    assert applicant.reload().case.state == "recommendation_proposed"


def test_signed_recommendation_reaches_the_authority_with_opinion_and_clock(time_machine):
    time_machine.move_to("2026-03-16T10:00:00+08:00", tick=False)
    applicant = at_recommender("zibo")
    proposed(applicant.case, officer_of(applicant.recommender))
    act = recommendation.sign_agreement(applicant.case, head_of(applicant.recommender))
    case = applicant.reload().case
    assert (case.state, case.turn_organisation_id) == ("intake", applicant.authority.pk)
    document = Document.objects.get(act=act)
    assert (document.kind, document.addressee) == ("recommendation_opinion", applicant.authority)
    assert "教室六间，设备齐全。" in text_of(document)
    assert [delivery.organisation for delivery in Delivery.objects.filter(document=document)] == [applicant.authority]
    assert document not in documents_of(case, applicant.head)
    clock = Clock.objects.get(case=case, code="intake")
    assert clock.basis == "promise"
    assert clock.counting == ["2026-03-17", "2026-03-18", "2026-03-19", "2026-03-20", "2026-03-23"]


def test_who_drafted_does_not_sign():
    applicant = submitted("zibo")
    officer = officer_of(applicant.examiner)
    head = head_of(applicant.examiner)
    from apps.accounts.actors import actor_for
    from apps.accounts.models import Membership

    Membership.objects.create(user=officer.user, organisation=applicant.examiner, role="department_head")
    proposed(applicant.case, officer)
    with pytest.raises(NotPermitted) as refused:
        recommendation.sign_agreement(applicant.case, actor_for(officer.user, applicant.examiner))
    assert codes(refused) == ["separation_of_duties"]
    recommendation.sign_agreement(applicant.case, head)
    assert applicant.reload().case.state == "recommending"


def test_head_cannot_sign_agreement_to_a_negative_opinion():
    applicant = submitted("zibo")
    proposed(applicant.case, officer_of(applicant.examiner), "negative")
    with pytest.raises(Blocked) as blocked:
        recommendation.sign_agreement(applicant.case, head_of(applicant.examiner))
    assert codes(blocked) == ["opinion_differs"]
    assert not Document.objects.filter(kind="examination_opinion").exists()


def test_signed_disagreement_ends_the_application_with_reasons_and_the_way_to_complain():
    applicant = at_recommender("zibo")
    Organisation.objects.filter(pk=applicant.authority.pk).update(phone="0533-0000001")
    proposed(applicant.case, officer_of(applicant.recommender), "negative", faculty="名册与社保不符")
    act = recommendation.sign_disagreement(applicant.case, head_of(applicant.recommender))
    case = applicant.reload().case
    assert (case.state, case.turn_organisation) == ("declined", None)
    assert case.closed_at == act.at
    document = Document.objects.get(act=act)
    assert (document.kind, document.addressee) == ("recommendation_declined", applicant.institution)
    assert "名册与社保不符" in text_of(document)
    assert f"可以向{applicant.authority.name}（联系电话：0533-0000001）反映" in document.remedies
    assert list(documents_of(case, applicant.head).filter(kind="recommendation_declined")) == [document]
    assert not RecommendationQuota.objects.exists()


def test_no_adverse_opinion_under_a_text_out_of_force():
    applicant = at_recommender("weihai", is_sandbox=True)
    proposed(applicant.case, officer_of(applicant.recommender), "negative")
    Case.objects.filter(pk=applicant.case.pk).update(is_sandbox=False)
    with pytest.raises(Blocked) as blocked:
        recommendation.sign_disagreement(Case.objects.get(pk=applicant.case.pk), head_of(applicant.recommender))
    assert codes(blocked) == ["not_in_force"]


def test_head_sends_the_opinion_back_and_the_officer_drafts_again():
    applicant = submitted("zibo")
    proposed(applicant.case, officer_of(applicant.examiner))
    recommendation.send_back_opinion(applicant.case, head_of(applicant.examiner), "请写明疑点")
    case = applicant.reload().case
    assert case.state == "examining"
    assert recommendation.last_send_back(case).reason == "请写明疑点"


def test_return_reopens_only_the_items_named_and_resubmission_comes_back():
    applicant = submitted("zibo")
    officer = officer_of(applicant.examiner)
    check_all(applicant.case, officer)
    act = recommendation.return_to_applicant(
        applicant.case,
        officer,
        [returns.Item("faculty", "教师表缺职称"), returns.Item("funds", "经费来源不明")],
        "请尽快",
    )
    application = applicant.reload()
    assert application.case.state == "returned_by_examiner"
    assert act.data["items"][0] == {"section": "faculty", "title": "师资队伍", "reason": "教师表缺职称"}
    assert sorted(ReturnItem.objects.values_list("section", "stage")) == [
        ("faculty", "examination"),
        ("funds", "examination"),
    ]
    from apps.applications.services.filling import editable_sections

    assert editable_sections(application, applicant.editor) == {"faculty", "funds"}
    submission.resubmit(application.case, applicant.head)
    assert applicant.reload().case.state == "examining"
    assert item_of(applicant.application, "examination", "faculty").outdated


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "items_missing"),
        ([returns.Item("faculty", "  ")], "item_reason_missing"),
        ([returns.Item("units", "换推荐单位")], "section_unknown"),
        ([returns.Item("nothing", "无")], "section_unknown"),
    ],
)
def test_return_needs_items_of_the_form_each_with_its_reason(items, code):
    applicant = submitted("zibo")
    with pytest.raises(Blocked) as blocked:
        recommendation.return_to_applicant(applicant.case, officer_of(applicant.examiner), items)
    assert codes(blocked) == [code]
    assert applicant.reload().case.state == "examining"


def test_draft_saved_by_another_is_not_overwritten():
    applicant = submitted("zibo")
    first, second = officer_of(applicant.examiner), officer_of(applicant.examiner)
    mine = recommendation.save_opinion(applicant.case, first, opinion_values(text="我的"), seen=0)
    seen = recommendation.opinion_version(mine)
    recommendation.save_opinion(applicant.case, second, opinion_values(text="同事的"), seen=seen)
    with pytest.raises(recommendation.OpinionChanged) as changed:
        recommendation.save_opinion(applicant.case, first, opinion_values(text="我的再改"), seen=seen)
    assert changed.value.opinion.text == "同事的"
    assert Opinion.objects.get(application=applicant.application).text == "同事的"


def test_recommender_struck_off_the_list_cannot_sign():
    applicant = at_recommender("national")
    proposed(applicant.case, officer_of(applicant.recommender))
    Organisation.objects.filter(pk=applicant.recommender.pk).update(rank="bureau")
    with pytest.raises(Blocked) as blocked:
        recommendation.sign_agreement(Case.objects.get(pk=applicant.case.pk), head_of(applicant.recommender))
    assert codes(blocked) == ["unit_not_eligible"]
    assert blocked.value.problems[0].articles == ("9(3)",)


def test_quota_is_counted_at_signature_and_refuses_the_one_too_many():
    applicant = at_recommender("shanghai", quota=1)
    proposed(applicant.case, officer_of(applicant.recommender))
    recommendation.sign_agreement(applicant.case, head_of(applicant.recommender))
    row = RecommendationQuota.objects.get(round=applicant.round, organisation=applicant.recommender)
    assert row.used == 1
    with pytest.raises(Blocked) as blocked:
        recommendation.take_from_quota(applicant.reload())
    assert codes(blocked) == ["quota_used"]
    row.refresh_from_db()
    assert row.used == 1
