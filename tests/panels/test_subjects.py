"""Kinds of business that panels review: each keeps its promises to the panels, and none is registered twice."""

import pytest

from apps.applications.services.for_panels import ApplicationReview
from apps.cases.actions import page_for, service_for
from apps.cases.enums import CaseKind
from apps.cases.models import Case
from apps.cases.workflow import workflow_for
from apps.panels.services.subjects import (
    all_kinds,
    awaiting_review,
    kind_for_occasion,
    kind_of_subject,
    occasion_of,
    occasions_waiting,
    register_kind,
)
from tests.factories import AuthorityFactory
from tests.panels.factories import Stage, admitted

KINDS = {"application": "round", "award": "funding_cycle"}


def test_applications_and_awards_are_reviewed_on_their_occasions():
    assert {str(kind.subject): str(kind.occasion) for kind in all_kinds()} == KINDS


def test_kind_is_registered_once():
    with pytest.raises(ValueError, match="registered already"):
        register_kind(ApplicationReview())
    assert len(all_kinds()) == len(KINDS)


@pytest.mark.parametrize("subject", KINDS)
def test_workflow_has_the_lines_that_panels_take(subject):
    kind = kind_of_subject(Case(kind=subject))
    workflow = workflow_for(subject)
    lines = {(line.name, state, line.target) for line in workflow.transitions for state in line.sources}
    assert ("assign_panel", kind.waiting, kind.reviewing) in lines
    assert ("release_panel", kind.reviewing, kind.waiting) in lines
    assert {state for name, state, _ in lines if name == "conclude_review"} >= {kind.reviewing}
    assert set(kind.gone) <= workflow.final
    assert {page_for(subject, "assign_panel"), bool(service_for(subject, "release_panel"))} == {
        "panels:for_subject",
        True,
    }


@pytest.mark.parametrize("kind", sorted(set(CaseKind.values) - set(KINDS)))
def test_other_cases_go_before_no_panel(kind):
    with pytest.raises(LookupError, match=kind):
        kind_of_subject(Case(kind=kind))


@pytest.mark.parametrize("kind", sorted(set(CaseKind.values) - set(KINDS.values())))
def test_other_cases_are_no_occasion(kind):
    with pytest.raises(LookupError, match=kind):
        kind_for_occasion(Case(kind=kind))


@pytest.mark.django_db
def test_occasion_waits_while_one_of_its_subjects_has_no_panel():
    stage = Stage(AuthorityFactory())
    assert list(occasions_waiting()) == []
    waiting = admitted(stage.round)
    assert list(occasions_waiting()) == [stage.round.case]
    assert list(awaiting_review(stage.round.case)) == [waiting.case]
    assert occasion_of(waiting.case) == stage.round.case
