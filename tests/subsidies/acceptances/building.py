"""An acceptance brought to each of its stages by its own services."""

from __future__ import annotations

from typing import Any

from apps.accounts.actors import Actor
from apps.accounts.enums import Role
from apps.accounts.models import Membership
from apps.panels.models import ExpertProfile
from apps.subsidies.models import Acceptance, AcceptanceLine, Award
from apps.subsidies.services import acceptance_reviews as reviews
from apps.subsidies.services import acceptances
from tests.factories import member
from tests.subsidies.building import Funding, active_award

SPENT = {"l1": "150,000.03", "l2": "160000", "l3": "140000.5"}
ACHIEVED = {"t1": ("612", ""), "t2": ("4.5", "一门课程延期上线")}


def typed(*keys: str, spent: dict[str, str] | None = None, achieved: dict[str, tuple[str, str]] | None = None) -> Any:
    """A report as typed, with ``keys`` of the lines chosen."""
    return {
        "summary": "设备到位，课程上线",
        "lines": {
            key: {"chosen": key in keys, "result": f"{key}已完成", "spent": (spent or SPENT)[key]} for key in SPENT
        },
        "results": {
            key: {"achieved": value, "explanation": why} for key, (value, why) in (achieved or ACHIEVED).items()
        },
    }


def expert(funding: Funding, *, name: str = "", employer: str = "外地大学", **values: Any) -> Actor:
    """An expert in the authority's pool."""
    person = member(funding.authority, Role.EXPERT, **({"name": name} if name else {}))
    ExpertProfile.objects.create(
        user=person.user,
        authority=funding.authority,
        jurisdiction_id=funding.authority.jurisdiction_id,
        employer_name=employer,
        **values,
    )
    return person


def make_acceptance(funding: Funding, award: Award | None = None, *keys: str, **values: Any) -> Acceptance:
    """A draft with ``keys`` of the lines chosen (all where none is named)."""
    award = award or active_award(funding)
    acceptance = acceptances.open_acceptance(award, funding.editor)
    report = typed(*(keys or tuple(SPENT)), **values)
    return acceptances.save_draft(acceptance, report, acceptance.data_version, funding.editor)


def submitted(funding: Funding, award: Award | None = None, *keys: str, **values: Any) -> Acceptance:
    acceptance = make_acceptance(funding, award, *keys, **values)
    acceptances.submit(acceptance.case, funding.head)
    return acceptances.load(acceptance.pk)


def in_review(
    funding: Funding, award: Award | None = None, *keys: str, by: tuple[Actor, ...] = (), **values: Any
) -> Acceptance:
    """Under review by ``by``: one expert of the pool where nobody is named."""
    acceptance = submitted(funding, award, *keys, **values)
    for person in by or (expert(funding),):
        reviews.name_reviewer(acceptance.case, funding.office["officer"], person.user.pk, person.organisation.pk)
    acceptances.start_review(acceptance.case, funding.office["officer"])
    return acceptances.load(acceptance.pk)


def opined(acceptance: Acceptance, conclusion: str = "accept") -> Acceptance:
    """Everybody named has given the same opinion."""
    for one in acceptance.reviewers.filter(is_active=True).select_related("user", "organisation"):
        roles = Membership.objects.filter(user=one.user, organisation=one.organisation).values_list("role", flat=True)
        actor = Actor(one.user, one.organisation, frozenset(roles))
        reviews.submit_opinion(acceptance.case, actor, conclusion=conclusion, text=f"{one.user.name}的理由")
    return acceptances.load(acceptance.pk)


def proposal(
    acceptance: Acceptance, conclusion: str = "accept", sums: dict[str, int] | None = None
) -> acceptances.Proposal:
    """A proposal; ``sums`` recognises lines by key (in full as far as possible where not named)."""
    from apps.subsidies.services.acceptance_checks import recognisable

    rows = AcceptanceLine.objects.filter(acceptance=acceptance).select_related("line")
    accepted = {row.pk: (sums or {}).get(row.line.key, recognisable(row)) for row in rows}
    remarks = {row.pk: "部分票据不符" if row.line.key in (sums or {}) else "" for row in rows}
    return acceptances.Proposal(conclusion, "经查验情况属实", "请补充培训签到表", accepted, remarks)


def proposed(
    funding: Funding, acceptance: Acceptance, conclusion: str = "accept", sums: dict[str, int] | None = None
) -> Acceptance:
    acceptances.propose_conclusion(acceptance.case, funding.office["officer"], proposal(acceptance, conclusion, sums))
    return acceptances.load(acceptance.pk)
