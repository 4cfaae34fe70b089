"""What holds of sanctions and of the register after any step: said again from the acts alone."""

from __future__ import annotations

from django.utils import timezone

from apps.bases.models import Base, RegisterRecord
from apps.bases.selectors import register_facts
from apps.cases.models import Act, Case, Document
from apps.inspections.models import Rectification, Revocation
from tests.workflow.invariants import names
from tests.workflow.law_of_sanctions import AFTER_RECTIFICATION, CREDIT_RECORD, DIRECT, HEARD, PLAQUE, WORDS

LIVE = ("active", "rectifying")


def check_base(pk: int, jurisdiction: str) -> None:
    """The register follows from the signed acts in their order, and from nothing else."""
    base = Base.objects.get(pk=pk)
    acts = Act.objects.filter(case__base=base).select_related("case").order_by("at", "pk")
    status = before = "active"
    for act in acts:
        if act.name == "sign_order":
            assert status in LIVE, "ordered after the base has ended"
            status = "rectifying"
        elif act.name == "sign_lift":
            status = "active"
        elif act.name == "sign_revocation":
            assert status in LIVE
            before, status = status, "revoked"
        elif act.name == "sign_restoration":
            assert status == "revoked"
            status = act.case.restoration.status_after
            assert status in ("active", before), "restored to an order it was never under"
    assert base.status == status
    assert (base.ended_on is not None) == (status == "revoked")
    for kind in ("rectification", "revocation", "restoration"):
        assert Case.objects.filter(base=base, kind=kind, closed_at__isnull=True).count() <= 1
    _check_facts(base, jurisdiction)


def _check_facts(base: Base, jurisdiction: str) -> None:
    """A revocation bars only while it stands; a rehearsal never; a record of discredit only where the text has one."""
    facts = register_facts(base.institution_id)
    counts = base.status == "revoked" and not base.is_sandbox
    assert len(facts["prior_revocations"]) == int(counts)
    found = RegisterRecord.objects.filter(case__base=base, kind="credit_violation")
    signed = Revocation.objects.filter(base=base, decided_on__isnull=False, conclusion="revoke")
    recorded = [one for one in signed if one.article == CREDIT_RECORD.get(jurisdiction) and _revoked(one.case)]
    assert found.count() == len(recorded)
    assert facts["credit_violations"] == (1 if counts and _latest(signed) in recorded else 0)
    assert all(record.recorded_by_id != record.confirmed_by_id for record in found)


def _revoked(case: Case) -> bool:
    return case.acts.filter(name="sign_revocation").exists()


def _latest(signed: object) -> Revocation | None:
    """The revocation that stands: the last one signed."""
    found = [(one.case.acts.get(name="sign_revocation").at, one.pk, one) for one in signed if _revoked(one.case)]
    return max(found)[2] if found else None


def check_rectification(case: Case) -> None:
    """Nothing fails before its term is over; the letters are those of the signed steps."""
    acts = list(case.acts.order_by("seq"))
    steps = names(acts)
    letters = {
        "rectification_order": steps.count("sign_order"),
        "rectification_extension": steps.count("sign_extension"),
        "rectification_lifted": steps.count("sign_lift"),
        "rectification_failed": steps.count("sign_failure"),
    }
    for kind, count in letters.items():
        assert Document.objects.filter(case=case, kind=kind).count() == count
    assert not Document.objects.filter(case=case, is_public=True).exists()
    rectification = Rectification.objects.get(pk=case.pk)
    assert (rectification.due_on is not None) == ("sign_order" in steps)
    assert len(rectification.extensions) == letters["rectification_extension"]
    for act in acts:
        if act.name == "sign_failure":
            assert timezone.localdate(act.at) > rectification.due_on, "failed before the term was over"
        if act.name == "expire":
            assert "sign_order" in steps
    institution = case.parties.get(organisation=case.institution)
    assert institution.active == ("sign_order" in steps), "the base sees a draft, or not its own order"


def check_revocation(case: Case, jurisdiction: str) -> None:
    """Never without what the text asks first, never unheard, never without legal review of that very decision."""
    revocation = Revocation.objects.select_related("rectification__case").get(pk=case.pk)
    steps = names(case.acts.order_by("seq"))
    assert revocation.word == WORDS[jurisdiction]
    if revocation.article != DIRECT.get(jurisdiction):
        assert revocation.article == AFTER_RECTIFICATION[jurisdiction]
        assert revocation.rectification.case.state == "failed"
        assert revocation.rectification.base_id == case.base_id
    if "sign_revocation" in steps or "sign_keeping" in steps:
        _check_hearing(revocation, steps)
    kinds = {
        "revocation_notice": steps.count("sign_notice"),
        "revocation_decision": steps.count("sign_revocation"),
        "revocation_announcement": steps.count("sign_revocation"),
        "revocation_not_imposed": steps.count("sign_keeping"),
    }
    for kind, count in kinds.items():
        documents = Document.objects.filter(case=case, kind=kind)
        assert documents.count() == count
        public = kind == "revocation_announcement" and not case.is_sandbox
        assert all(one.is_public == public for one in documents)
    if "sign_revocation" in steps:
        _check_decision(case, revocation)
    if "close" in steps:
        _check_closing(case, revocation, jurisdiction)
    institution = case.parties.get(organisation=case.institution)
    assert institution.active == ("sign_notice" in steps)


def _check_hearing(revocation: Revocation, steps: list[str]) -> None:
    assert set(HEARD) & set(steps[steps.index("sign_notice") :])
    last = max(place for place, step in enumerate(steps) if step == "propose_decision")
    assert "pass_legal_review" in steps[last:]
    if "submit_statement" in steps:
        assert revocation.answer_to_statement.strip()
    if revocation.wants_hearing and "submit_statement" in steps:
        assert "record_hearing" in steps


def _check_decision(case: Case, revocation: Revocation) -> None:
    decision = Document.objects.get(case=case, kind="revocation_decision")
    assert decision.remedies.strip()
    assert decision.legal_basis
    assert decision.addressee_id == case.institution_id
    assert revocation.word in decision.title


def _check_closing(case: Case, revocation: Revocation, jurisdiction: str) -> None:
    """The plaque is accounted for and every other case ended or decided about, unless the base was restored before."""
    closed = case.acts.get(name="close").at
    if Act.objects.filter(case__base=case.base, name="sign_restoration", at__lte=closed).exists():
        return
    if jurisdiction in PLAQUE:
        assert revocation.plaque_returned_on or revocation.plaque_note
    settled = set(revocation.settled.values_list("case_id", flat=True))
    others = Case.objects.filter(base=case.base, opened_at__lt=closed).exclude(kind__in=("revocation", "restoration"))
    for other in others:
        assert other.pk in settled or (other.closed_at is not None and other.closed_at <= closed)
