"""Submitted applications and the people of the departments that examine and recommend them."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.enums import Verdict
from apps.applications.models import Application
from apps.applications.services import checks, recommendation, submission
from apps.cases.models import Case
from tests.applications.form.building import Applicant
from tests.factories import member

RECHECK = {"date": "2026-03-10", "persons": "测试复查员", "findings": "教室六间，设备齐全。"}


def submitted(jurisdiction: str = "zibo", **values: Any) -> Applicant:
    """An applicant whose complete form has been submitted."""
    applicant = Applicant(jurisdiction, **values).complete()
    submission.submit(applicant.case, applicant.head)
    applicant.reload()
    return applicant


def officer_of(unit: Organisation) -> Actor:
    return member(unit, Role.DEPARTMENT_OFFICER)


def head_of(unit: Organisation) -> Actor:
    return member(unit, Role.DEPARTMENT_HEAD)


def check_all(case: Case, officer: Actor, **doubts: str) -> None:
    """Agree to every condition, except those named, which are doubted with a note."""
    for finding in Application.objects.get(pk=case.pk).evaluation["findings"]:
        note = doubts.get(finding["code"], "")
        checks.record_check(case, officer, finding["code"], Verdict.DOUBT if note else Verdict.AGREE, note)


def item_of(application: Application, stage: str, code: str) -> checks.Item:
    return next(item for item in checks.items_of(application, stage) if item.code == code)


def opinion_values(conclusion: str = "positive", text: str = "条件具备，同意。", **recheck: str) -> dict[str, Any]:
    return {"conclusion": conclusion, "text": text, "recheck": recheck}


def proposed(case: Case, officer: Actor, conclusion: str = "positive", **doubts: str) -> Case:
    """The opinion lies before the head."""
    check_all(case, officer, **doubts)
    recommendation.propose_opinion(case, officer, opinion_values(conclusion, **RECHECK))
    return case


def at_recommender(jurisdiction: str = "zibo", **values: Any) -> Applicant:
    """An applicant whose application waits for the recommender, examined before where the road has an examination."""
    applicant = submitted(jurisdiction, **values)
    if applicant.case.state == "examining":
        proposed(applicant.case, officer_of(applicant.examiner))
        recommendation.sign_agreement(applicant.case, head_of(applicant.examiner))
        applicant.reload()
    return applicant


def at_intake(jurisdiction: str = "zibo", **values: Any) -> Applicant:
    """An applicant whose application has reached the authority, recommended where the road asks for it."""
    applicant = at_recommender(jurisdiction, **values)
    if applicant.case.state == "recommending":
        proposed(applicant.case, officer_of(applicant.recommender))
        recommendation.sign_agreement(applicant.case, head_of(applicant.recommender))
        applicant.reload()
    return applicant
