"""People of third parties an authority may commission, and what ties one of them to an award (Shanghai 37)."""

from __future__ import annotations

from collections.abc import Sequence

from apps.accounts.enums import OrganisationKind, Role
from apps.accounts.models import Membership, Organisation
from apps.cases.models import Case


def people_of_third_parties(authority: Organisation) -> list[Membership]:
    """Everybody who supervises for a third party of the authority's jurisdiction, by organisation. One query."""
    people = Membership.objects.filter(
        role=Role.FUND_SUPERVISOR,
        is_active=True,
        user__is_active=True,
        organisation__is_active=True,
        organisation__kind=OrganisationKind.SUPERVISOR,
        organisation__jurisdiction=authority.jurisdiction_id,
    )
    return list(people.select_related("user", "organisation").order_by("organisation__name", "user__name", "pk"))


def ties_of(people: Sequence[Membership], case: Case) -> dict[int, list[str]]:
    """What ties each person or their third party to those who spend or give the money, by membership, in Chinese.

    An empty list where nothing does. One query.
    """
    posts: dict[int, set[int]] = {}
    held = Membership.objects.filter(user__in=[one.user_id for one in people], is_active=True)
    for user, organisation in held.values_list("user_id", "organisation_id"):
        posts.setdefault(user, set()).add(organisation)
    return {one.pk: _ties(one, case, posts.get(one.user_id, set())) for one in people}


def _ties(person: Membership, case: Case, posts: set[int]) -> list[str]:
    unit = case.base.managing_unit if case.base is not None else None
    sides = [(case.institution, "受资助单位"), (unit, "管理单位"), (case.authority, "资助机关")]
    found = []
    for side, word in sides:
        if side is None:
            continue
        if person.organisation.credit_code == side.credit_code:
            found.append(f"{person.organisation.name}就是{word}")
        elif side.pk in posts:
            found.append(f"在{word}{side.name}任职")
    return found
