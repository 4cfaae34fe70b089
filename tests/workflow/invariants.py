"""What holds of a case after any step, whoever attempted it: the record, the turn, the people, the numbers.

A ``Law`` says again, apart from the workflow tables, who takes which step and which two steps need two people.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from apps.accounts.models import Organisation
from apps.cases import audit
from apps.cases.models import Act, Case, CaseParty, Document
from apps.cases.workflow import workflow_for


@dataclass(frozen=True)
class Who:
    """Holders of one of ``roles`` in the organisation that stands on ``side`` of the case; '' is any that takes part."""

    roles: frozenset[str]
    side: str = ""

    def __or__(self, other: Who) -> tuple[Who, Who]:
        return (self, other)


@dataclass(frozen=True)
class Law:
    """One kind of case under one text.

    ``who``: every step a person may take; one that is missing does not exist there. ``clock``: what the clock takes.
    ``two_people``: (earlier, later) steps of one case never by one person. ``after``: a step comes only after one of
    these, counted from the last of ``anew``. ``waiting``: states that are nobody's turn though not over.
    """

    who: dict[str, tuple[Who, ...]]
    two_people: tuple[tuple[str, str], ...] = ()
    clock: frozenset[str] = frozenset()
    after: dict[str, frozenset[str]] = field(default_factory=dict)
    anew: frozenset[str] = frozenset()
    waiting: frozenset[str] = frozenset()


def fingerprint(case: Case) -> tuple[str, int, int]:
    found = Case.objects.get(pk=case.pk)
    return found.state, found.version, Act.objects.filter(case=case).count()


def acts_of(case: Case) -> list[Act]:
    return list(Act.objects.filter(case=case).select_related("actor", "organisation").order_by("seq"))


def check_case(case: Case, law: Law) -> None:
    """Everything that holds of one case, read afresh."""
    case.refresh_from_db()
    acts = acts_of(case)
    check_record(case, acts)
    check_turn(case, law)
    check_people(case, acts, law)
    check_order(acts, law)


def check_record(case: Case, acts: list[Act]) -> None:
    assert case.state in workflow_for(case.kind).states
    assert case.act_count == len(acts) == acts[-1].seq
    assert case.state == acts[-1].to_state
    assert all(later.from_state == earlier.to_state for earlier, later in pairwise(acts))
    assert audit.verify_recent(1, case.number) == (1, [])


def check_turn(case: Case, law: Law) -> None:
    closed = case.state in workflow_for(case.kind).final
    assert (case.closed_at is not None) == closed
    if case.turn_organisation_id is None:
        assert closed or case.state in law.waiting
    else:
        assert CaseParty.objects.get(case=case, organisation=case.turn_organisation).active


def check_people(case: Case, acts: list[Act], law: Law) -> None:
    done, sides = defaultdict(set), defaultdict(set)
    for act in acts:
        if act.actor is None:
            assert act.name in law.clock, f"{act.name} by the clock"
            continue
        held = set(act.actor.memberships.filter(organisation=act.organisation).values_list("role", flat=True))
        assert act.name in law.who, f"{case.kind} has no step {act.name} here"
        allowed = [who for who in law.who[act.name] if held & who.roles and on_side(case, who.side, act.organisation)]
        assert allowed, f"{act.name} by {held} of {act.organisation}"
        third_party = act.organisation.kind == "supervisor"  # named person by person, no party to the case
        assert third_party or CaseParty.objects.filter(case=case, organisation=act.organisation).exists()
        sides[act.actor_id].add(act.organisation_id)
        done[act.name].add(act.actor_id)
        for earlier, later in law.two_people:
            assert act.name != later or act.actor_id not in done[earlier], f"{earlier} and {later} by one person"
    assert all(len(organisations) == 1 for organisations in sides.values()), "one person on two sides"


def on_side(case: Case, side: str, organisation: Organisation) -> bool:
    if side == "third_party":
        return organisation.kind == "supervisor"
    return not side or organisation == organisation_on(case, side)


def organisation_on(case: Case, side: str) -> Organisation | None:
    """Who the case's ``side`` is, read from the register and the case's own rows, not from its parties."""
    if side == "institution":
        return case.base.institution
    if side == "unit":
        return case.base.managing_unit
    if side == "authority":
        return case.authority
    if side == "superior":
        return case.authority.superior
    return {"organiser": _organiser, "inspector": _inspector}[side](case)


def _organiser(case: Case) -> Organisation:
    return case.campaign.organiser


def _inspector(case: Case) -> Organisation:
    return case.inspection.inspector


def check_order(acts: list[Act], law: Law) -> None:
    since: list[str] = []
    for act in acts:
        wanted = law.after.get(act.name)
        assert wanted is None or wanted & set(since), f"{act.name} without any of {sorted(wanted)}"
        since = [] if act.name in law.anew else [*since, act.name]


def check_numbers() -> None:
    """Every issuer's numbers of each year run 1, 2, 3 … without a gap or a double."""
    given_out = defaultdict(list)
    for issuer, number in Document.objects.exclude(number="").values_list("issuer", "number"):
        series, running = re.fullmatch(r"(.+〔\d{4}〕)(\d+)号", number).groups()
        given_out[issuer, series].append(int(running))
    for numbers in given_out.values():
        assert sorted(numbers) == list(range(1, len(numbers) + 1))


def names(acts: Iterable[Act]) -> list[str]:
    return [act.name for act in acts]
