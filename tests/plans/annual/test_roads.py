"""The road of an annual plan in every jurisdiction, with one return, and who may take which step."""

import pytest

from apps.cases.models import Case, CaseParty, Document
from apps.cases.workflow import Blocked, NotPermitted, WrongState
from apps.plans.models import AnnualPlan, PlanReturnItem
from apps.plans.services import plan_decisions, plan_submission
from apps.plans.services.plan_forms import save_part
from apps.plans.services.plan_returns import Item, return_for_correction
from tests.plans.annual.helpers import NOON, agree, at, drafted, filed, row, send, supervision

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("november")]


def answered(case: Case, people, text: str = "已说明") -> None:
    plan = AnnualPlan.objects.select_related("case").get(pk=case.pk)
    items = PlanReturnItem.objects.filter(plan=plan, resolved_by__isnull=True)
    save_part(plan, {"answers": {str(item.pk): text for item in items}}, plan.data_version, people.editor)


@pytest.mark.parametrize("jurisdiction", ["national", "weihai", "zibo"])
def test_plan_reviewed_by_the_managing_unit_with_a_return_from_each_side(jurisdiction):
    people = supervision(jurisdiction)
    case = send(drafted(people), people)
    assert case.state == "unit_review"
    assert case.rulebook_key.startswith(jurisdiction)

    return_for_correction(case, people.unit_officer, [Item("summary", "请补充效果评估")])
    assert case.state == "returned_by_unit"
    with pytest.raises(Blocked) as refused:
        plan_submission.resubmit(case, people.head)
    assert [problem.where for problem in refused.value.problems] == [
        f"part:summary#answer-{PlanReturnItem.objects.get().pk}"
    ]
    answered(case, people)
    plan_submission.resubmit(case, people.head)
    assert case.state == "unit_review"
    item = PlanReturnItem.objects.get()
    assert (item.answer, item.changed, item.resolved_by.name) == ("已说明", False, "resubmit")

    agree(case, people)
    assert case.state == "filing"
    opinion = Document.objects.get(kind="plan_opinion")
    assert (opinion.issuer, opinion.addressee) == (people.unit, people.institution)

    return_for_correction(case, people.office["officer"], [Item("projects", "请核对收费")])
    answered(case, people)
    plan_submission.resubmit(case, people.head)
    assert (case.state, AnnualPlan.objects.get().unit_conclusion) == ("unit_review", "")
    agree(case, people)
    assert case.state == "filing"
    plan_decisions.file_plan(case, people.office["officer"])
    assert case.state == "filed"
    receipt = Document.objects.get(kind="plan_receipt")
    assert receipt.issuer == people.authority
    assert set(receipt.deliveries.values_list("organisation", flat=True)) == {people.institution.pk, people.unit.pk}


def test_plan_told_to_managing_unit_and_authority_at_once():
    people = supervision("shanghai")
    case = send(drafted(people), people)
    assert case.state == "filing"
    assert CaseParty.objects.get(case=case, organisation=people.unit).active
    from apps.cases.actions import service_for

    acknowledge = service_for("annual_plan", "acknowledge")
    acknowledge(case, people.unit_officer, "")
    with pytest.raises(Blocked):
        acknowledge(case, people.unit_head, "")
    return_for_correction(case, people.office["officer"], [Item("attachments", "请补充课程表")])
    assert case.state == "returned_by_authority"
    answered(case, people)
    plan_submission.resubmit(case, people.head)
    plan_decisions.file_plan(case, people.office["officer"])
    assert case.state == "filed"


def test_plan_told_at_once_without_a_managing_unit_goes_to_the_authority_alone():
    people = supervision("shanghai", managed=False)
    case = send(drafted(people), people)
    plan_decisions.file_plan(case, people.office["officer"])
    assert case.state == "filed"


def test_plan_reviewed_by_the_institution_is_reviewed_again_after_a_return():
    people = supervision("sichuan")
    plan = drafted(people)
    case = Case.objects.get(pk=plan.pk)
    with pytest.raises(WrongState):
        plan_submission.submit(case, people.head)
    plan_submission.record_own_review(case, people.head, "同意报送。")
    with pytest.raises(WrongState):
        save_part(plan, {"outline": "改"}, 1, people.editor)
    plan_submission.submit(case, people.head)
    assert case.state == "filing"
    assert not CaseParty.objects.get(case=case, organisation=people.unit).active

    return_for_correction(case, people.office["officer"], [Item("summary", "过于简略")])
    answered(case, people)
    with pytest.raises(WrongState):
        plan_submission.resubmit(case, people.head)
    plan_submission.record_own_review(case, people.head, "修改后同意报送。")
    plan_submission.submit(case, people.head)
    assert case.state == "filing"
    assert PlanReturnItem.objects.get().resolved_by.name == "submit"
    plan_decisions.file_plan(case, people.office["officer"])
    assert (case.state, AnnualPlan.objects.get().review_opinion) == ("filed", "修改后同意报送。")


def test_own_review_without_opinion_or_with_a_day_to_come_is_refused():
    people = supervision("sichuan")
    case = Case.objects.get(pk=drafted(people).pk)
    tomorrow = NOON.date().replace(day=21)
    with pytest.raises(Blocked) as refused:
        plan_submission.record_own_review(case, people.head, " ", tomorrow)
    assert [problem.code for problem in refused.value.problems] == ["opinion_missing", "review_in_future"]


def test_opinion_is_signed_by_another_person_than_its_drafter():
    people = supervision("zibo")
    from apps.accounts.actors import actor_for
    from apps.accounts.models import Membership

    Membership.objects.create(user=people.unit_officer.user, organisation=people.unit, role="department_head")
    both = actor_for(people.unit_officer.user, people.unit)
    case = send(drafted(people), people)
    plan_decisions.propose_unit_opinion(case, both, "agreed", "同意。")
    with pytest.raises(NotPermitted) as refused:
        plan_decisions.sign_unit_opinion(case, both)
    assert refused.value.problems[0].code == "separation_of_duties"
    plan_decisions.sign_unit_opinion(case, people.unit_head)
    assert case.state == "filing"


def test_refusal_goes_back_with_its_reasons_and_the_plan_comes_again():
    people = supervision("zibo")
    case = send(drafted(people), people)
    with pytest.raises(Blocked):
        plan_decisions.propose_unit_opinion(case, people.unit_officer, "refused", " ")
    plan_decisions.propose_unit_opinion(case, people.unit_officer, "refused", "课程与领域不符。")
    with pytest.raises(Blocked):
        plan_decisions.sign_unit_opinion(case, people.unit_head)
    plan_decisions.sign(case, people.unit_head)
    assert case.state == "returned_by_unit"
    opinion = Document.objects.get(kind="plan_opinion")
    assert opinion.addressee == people.institution
    assert not opinion.deliveries.filter(organisation=people.authority).exists()
    assert "课程与领域不符。" in str(opinion.content)
    plan_submission.resubmit(case, people.head)
    agree(case, people)
    assert case.state == "filing"


def test_editor_does_not_send_and_a_stranger_does_not_file():
    people, others = supervision("zibo"), supervision("zibo")
    case = Case.objects.get(pk=drafted(people).pk)
    with pytest.raises(NotPermitted):
        plan_submission.submit(case, people.editor)
    with pytest.raises(NotPermitted):
        plan_submission.submit(case, others.head)
    plan_submission.submit(case, people.head)
    agree(case, people)
    with pytest.raises(NotPermitted):
        plan_decisions.file_plan(case, others.office["officer"])


def test_plan_without_the_groups_proposal_is_not_sent_where_the_text_asks_for_it():
    people = supervision("national")
    plan = drafted(people)
    plan.case.attachments.all().delete()
    with pytest.raises(Blocked) as refused:
        plan_submission.submit(Case.objects.get(pk=plan.pk), people.head)
    assert [(problem.code, problem.articles) for problem in refused.value.problems] == [("assessment_missing", ("13",))]


def test_return_needs_items_at_places_the_plan_has():
    people = supervision("zibo")
    case = send(drafted(people), people)
    for items in ([], [Item("elsewhere", "改")], [Item("summary", " ")]):
        with pytest.raises(Blocked):
            return_for_correction(case, people.unit_officer, items)
    assert case.state == "unit_review"


def test_item_about_a_project_is_settled_by_changing_that_project_and_no_other():
    people = supervision("zibo")
    case = send(drafted(people, rows=[row(1), row(2)]), people)
    plan = AnnualPlan.objects.select_related("case").get(pk=case.pk)
    first, second = plan.projects.all()
    return_for_correction(case, people.unit_officer, [Item(f"projects:{first.key}", "人数过多")])
    rows = plan.data["projects"]
    changed_other = [rows[0], rows[1] | {"persons": "50"}]
    saved = save_part(plan, {"projects": changed_other}, plan.data_version, people.editor)
    with pytest.raises(Blocked):
        plan_submission.resubmit(case, people.head)
    saved = save_part(saved, {"projects": [rows[0] | {"persons": "40"}, rows[1]]}, saved.data_version, people.editor)
    plan_submission.resubmit(case, people.head)
    assert PlanReturnItem.objects.get().changed is True
    assert [(project.key, project.persons) for project in plan.projects.all()] == [(first.key, 40), (second.key, 60)]


def test_ended_base_sends_no_plan_and_the_authority_ends_the_case():
    people = supervision("zibo")
    case = Case.objects.get(pk=drafted(people).pk)
    people.base.status = "withdrawn"
    people.base.save()
    with pytest.raises(Blocked) as refused:
        plan_submission.submit(case, people.head)
    assert refused.value.problems[0].code == "base_ended"


def test_receipt_names_number_dates_articles_and_that_it_approves_nothing():
    people = supervision("zibo")
    plan = filed(people)
    receipt = Document.objects.get(kind="plan_receipt")
    assert receipt.number
    assert plan.filed_on.isoformat() == "2026-11-20"
    text = str(receipt.content)
    for part in ("第十九条", "2026年11月20日", "2026年12月31日", "按期", "不构成对计划内容的批准", "1个项目"):
        assert part in text, part


def test_late_plan_is_filed_and_its_receipt_says_how_late():
    people = supervision("zibo")
    plan = drafted(people)
    with at("2027-01-03 09:00:00"):
        case = send(plan, people)
        agree(case, people)
        plan_decisions.file_plan(case, people.office["officer"])
    assert "逾期3天" in str(Document.objects.get(kind="plan_receipt").content)
