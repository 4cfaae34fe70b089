"""Applications placed on the road, for tests of the steps after it."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from apps.accounts.enums import Role
from apps.accounts.models import Organisation
from apps.applications.models import Application, Round
from apps.cases.models import Case
from apps.jurisdictions.rulebooks import registry
from tests.factories import AuthorityFactory, InstitutionFactory, make_application, make_round, member


class Office:
    """An authority with one person for each of its roles, and a closed round."""

    def __init__(self, jurisdiction: str = "zibo", **round_values: Any) -> None:
        rulebook = registry.rulebook(jurisdiction, timezone.localdate())
        self.authority: Organisation = AuthorityFactory(
            jurisdiction_id=jurisdiction, levels=list(rulebook.road.levels), division="370300"
        )
        self.officer = member(self.authority, Role.AUTHORITY_OFFICER)
        self.reviewer = member(self.authority, Role.AUTHORITY_REVIEWER)
        self.head = member(self.authority, Role.AUTHORITY_HEAD)
        self.round: Round = make_round(self.authority, state="closed", **round_values)
        Case.objects.filter(pk=self.round.pk).update(rulebook_key=rulebook.key)
        self.round.case.refresh_from_db()
        self.rulebook = rulebook

    def application(self, state: str, *, passed: bool | None = True, **values: Any) -> Application:
        """An application of a new institution that stands in ``state``, the turn with the authority."""
        institution = values.pop("institution", None) or InstitutionFactory()
        application = make_application(
            self.round,
            institution,
            review_passed=passed,
            field="数字技术",
            evaluation={"outcome": "eligible", "findings": []},
            **values,
        )
        Case.objects.filter(pk=application.pk).update(
            state=state, turn_organisation=self.authority, rulebook_key=self.rulebook.key
        )
        application.case.refresh_from_db()
        return application
