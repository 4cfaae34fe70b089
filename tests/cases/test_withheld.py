"""What one side has filed in a draft: the other reads it once it was sent, and never what was taken back before."""

import uuid

import pytest
from django.urls import reverse
from django.utils import timezone

from apps.bases.services import changes
from apps.cases.models import Attachment, Case
from apps.inspections.services import inspections, revocations, sanction_files, sheets, terms, visits
from apps.plans.services import plan_files, plan_returns, plan_submission
from apps.plans.services.plan_forms import load_form, load_sent
from tests.bases import changing
from tests.factories import Supervision
from tests.inspections.checks import building
from tests.inspections.sanctions import story
from tests.plans.annual import helpers as plans

pytestmark = pytest.mark.django_db


def opens(client, actor, file: Attachment) -> bool:
    client.force_login(actor.user)
    answer = client.get(reverse("cases:attachment", args=[file.case.number, file.pk]))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer.status_code == 200


def stated(sup: Supervision) -> tuple[Case, Attachment]:
    """A revocation whose base has drafted a statement with one piece of evidence."""
    case = story.noticed(sup)
    revocations.save_statement(case, sup.editor, "收费已全部退还。", wants_hearing=False)
    sanction_files.add_files(case, sup.editor, "statement", [changing.proof("内部底稿.pdf")])
    return story.fresh(case), Attachment.objects.get(purpose="statement")


def test_evidence_of_a_statement_is_the_bases_own_until_its_head_submits_it(client):
    sup = story.supervision()
    case, file = stated(sup)
    assert opens(client, sup.editor, file)
    assert not opens(client, sup.office["officer"], file)
    assert not opens(client, sup.office["head"], file)
    assert not opens(client, sup.unit_officer, file)
    revocations.submit_statement(case, sup.head)
    assert opens(client, sup.office["officer"], file)
    assert opens(client, sup.unit_officer, file)


@pytest.mark.parametrize("how", ["waived", "expired"])
def test_evidence_that_was_never_submitted_stays_with_the_base(client, how):
    sup = story.supervision()
    case, file = stated(sup)
    if how == "waived":
        revocations.waive_statement(case, sup.head)
        page = reverse("inspections:revocation_decision", args=[case.number])
        client.force_login(sup.office["officer"].user)
        assert "内部底稿" not in client.get(page).content.decode()
        assert not opens(client, sup.office["officer"], file)
        return
    with story.travel(30):
        terms.expire_sanction_terms(timezone.now())
        assert story.fresh(case).state == "heard"
        assert not opens(client, sup.office["officer"], file)
        assert opens(client, sup.editor, file)


@plans.at("2026-11-20T12:00")
def test_a_file_added_while_a_plan_is_corrected_is_read_by_others_once_it_is_sent_again(client):
    sup = plans.supervision("national")
    case = plans.send(plans.drafted(sup), sup)
    sent = case.attachments.get()
    with plans.at("2026-11-21T09:00"):
        plan_returns.return_for_correction(case, sup.unit_officer, [plan_returns.Item("attachments", "请补充")])
    with plans.at("2026-11-21T10:00"):
        plan = load_form(case.annual_plan).plan
        added = plan_files.add_file(plan, "assessment_proposal", changing.proof("补充.pdf"), sup.editor)
        assert opens(client, sup.unit_officer, sent)
        assert not opens(client, sup.unit_officer, added)
        assert opens(client, sup.editor, added)
        assert [file.pk for file in load_sent(plan).files] == [sent.pk]
        client.force_login(sup.unit_officer.user)
        assert "补充.pdf" not in client.get(reverse("plans:plan_view", args=[case.number])).content.decode()
    with plans.at("2026-11-21T11:00"):
        plan_submission.resubmit(Case.objects.get(pk=case.pk), sup.head)
        assert opens(client, sup.unit_officer, added)


def test_a_proof_added_to_a_returned_change_is_read_by_the_authority_once_it_is_reported_again(client):
    sup = Supervision("zibo", managed=False)
    case = changing.reported(sup)
    changes.return_for_correction(case, sup.office["officer"], "请补充证明")
    added = changes.add_evidence(Case.objects.get(pk=case.pk), sup.editor, changing.proof("补充.pdf"))
    assert not opens(client, sup.office["officer"], added)
    page = client.get(reverse("cases:detail", args=[case.number])).content.decode()
    assert "批复.pdf" in page and "补充.pdf" not in page
    changes.submit(Case.objects.get(pk=case.pk), sup.head)
    assert opens(client, sup.office["officer"], added)


def test_self_assessment_evidence_is_read_by_the_inspector_once_it_is_submitted(client):
    sup = Supervision("zibo")
    inspection = building.inspection_of(building.launched(sup))
    item = inspection.items.first()
    file = sheets.add_file(inspection.case, sheets.SELF, item.code, changing.proof(), sup.editor)
    assert opens(client, sup.editor, file)
    assert not opens(client, sup.unit_officer, file)


def test_photos_of_a_visit_are_read_by_the_base_once_the_visit_is_put_to_it(client):
    sup = Supervision("zibo")
    inspection = building.inspection_of(building.launched(sup, self_due_on=None))
    case = inspection.case
    inspections.start_visit(case, sup.unit_officer, visit_on=timezone.localdate(), visitors="两人")
    for item in inspection.items.all():
        visits.record_entry(
            case, sup.unit_officer, visits.Note(uuid.uuid4(), item.code, "meets", "现场查看"), building.photo()
        )
    file = Attachment.objects.filter(case=case).first()
    assert opens(client, sup.unit_officer, file)
    assert not opens(client, sup.head, file)
    inspections.close_visit(Case.objects.get(pk=case.pk), sup.unit_officer)
    assert opens(client, sup.head, file)
