"""Who may open an acceptance to judge it: the permission on its case, given with the review and taken after it."""

from __future__ import annotations

from django.contrib.auth.models import Permission

from apps.cases.models import Case, CaseUserObjectPermission
from apps.subsidies.enums import AcceptanceState
from apps.subsidies.models import Acceptance, AcceptanceReviewer

OPEN_TO_REVIEWERS = (AcceptanceState.REVIEWING, AcceptanceState.PROPOSED)
"""Between rounds, while the institution corrects its report, nobody judges it."""


def refresh(acceptance: Acceptance) -> None:
    """Bring the permissions on the acceptance's case in line with its reviewers and its state as they stand now."""
    state = Case.objects.values_list("state", flat=True).get(pk=acceptance.pk)
    reviewers = AcceptanceReviewer.objects.filter(acceptance=acceptance)
    wanted = set()
    if state in OPEN_TO_REVIEWERS:
        wanted = set(reviewers.filter(is_active=True).values_list("user_id", flat=True))
    for user in reviewers.values_list("user_id", flat=True):
        if user in wanted:
            grant(acceptance.pk, user)
        else:
            revoke(acceptance.pk, user)


def grant(case: int, user: int) -> None:
    """Assign the case to the person."""
    CaseUserObjectPermission.objects.get_or_create(
        user_id=user, content_object_id=case, permission_id=_review_permission()
    )


def revoke(case: int, user: int) -> None:
    """Take the assignment of the case from the person."""
    CaseUserObjectPermission.objects.filter(
        user_id=user, content_object_id=case, permission_id=_review_permission()
    ).delete()


def _review_permission() -> int:
    return Permission.objects.values_list("pk", flat=True).get(codename="review_case", content_type__app_label="cases")
