"""The life of a base walked at random in every jurisdiction: whatever anybody attempts, the texts hold.

A text that is not in force is rehearsed; walked for real, nothing adverse happens under it.
"""

from __future__ import annotations

import pytest

from tests.workflow.scene_of_changes import Changes, ChangesFiledAbove
from tests.workflow.scene_of_inspections import Inspections
from tests.workflow.scene_of_money import Money, SpecialFunds
from tests.workflow.scene_of_plans import Plans
from tests.workflow.scene_of_sanctions import Sanctions
from tests.workflow.scene_of_training import Training
from tests.workflow.walking import Scene, walks

pytestmark = pytest.mark.django_db

AUTUMN, SPRING = "2026-10-12T10:00:00+08:00", "2026-03-02T10:00:00+08:00"
STARTS = {Training: SPRING}
USUAL = {"sichuan": "rehearsal", "weihai": "rehearsal"}
SCENES: dict[str, tuple[type[Scene], str, str, set[str]]] = {}
"""By name: the scene, the jurisdiction, the standing of its text, what is reached."""


def add(name: str, scene: type[Scene], jurisdictions: str, kind: str, states: str, standing: str = "") -> None:
    """Walk ``scene`` in each of ``jurisdictions`` and expect every one of ``states`` of ``kind`` on the way."""
    for code in jurisdictions.split():
        goals = {f"{kind}:{state}" for state in states.split()}
        found = SCENES.setdefault("-".join(filter(None, (name, code, standing))), (scene, code, standing, set()))
        found[3].update(goals)


add("changes", Changes, "national shanghai sichuan weihai zibo", "particulars_change", "filed returned")
add("changes", Changes, "national shanghai sichuan weihai zibo", "base_withdrawal", "withdrawn")
add("changes", Changes, "sichuan", "particulars_change", "refused")
add("changes_filed_above", ChangesFiledAbove, "sichuan", "particulars_change", "to_superior filed")
add("changes", Changes, "sichuan weihai", "base_withdrawal", "submitted", "lapsed")
add("plans", Plans, "national weihai zibo", "annual_plan", "filed returned_by_unit")
add("plans", Plans, "shanghai sichuan", "annual_plan", "filed returned_by_authority")
add("plans", Plans, "weihai", "annual_plan", "filed", "lapsed")
add("training", Training, "national shanghai sichuan weihai zibo", "training_project", "archived cancelled held")
add("training", Training, "national zibo", "training_project", "refused")
add("training", Training, "weihai", "training_project", "ready", "lapsed")
SANCTIONED = "lifted failed"
add("sanctions", Sanctions, "national shanghai sichuan weihai zibo", "rectification", SANCTIONED)
add("sanctions", Sanctions, "national shanghai sichuan weihai zibo", "revocation", "revoked not_revoked")
add("sanctions", Sanctions, "national shanghai sichuan weihai zibo", "restoration", "restored")
add("sanctions", Sanctions, "weihai", "revocation", "revoked", "extended")
add("sanctions", Sanctions, "weihai sichuan", "rectification", "proposed", "lapsed")
add(
    "inspections",
    Inspections,
    "national shanghai sichuan weihai zibo",
    "inspection",
    "concluded visiting",
)
add("inspections", Inspections, "national shanghai sichuan", "campaign", "published")
add("inspections", Inspections, "weihai zibo", "campaign", "concluded")
add("inspections", Inspections, "weihai", "campaign", "proposed", "lapsed")
add("money", Money, "shanghai", "award", "active finance_review")
add("money", Money, "shanghai", "use_plan", "approved funder_proposed")
add("money", Money, "shanghai", "fund_payment", "paid reversed")
add("money", Money, "shanghai", "acceptance", "accepted")
add("money", Money, "shanghai", "spending_report", "submitted")
add("money", Money, "shanghai", "fund_recovery", "demanded returned")
add("special_funds", SpecialFunds, "national", "use_plan", "approved returned")


@pytest.mark.parametrize("name", SCENES)
def test_random_steps_never_leave_the_texts(name: str, time_machine):
    scene_class, jurisdiction, standing, goals = SCENES[name]
    start = STARTS.get(scene_class, AUTUMN)
    time_machine.move_to(start, tick=False)
    scene = scene_class(
        jurisdiction,
        lambda instant: time_machine.move_to(instant, tick=False),
        standing or USUAL.get(jurisdiction, ""),
    )
    reached = walks(scene, start, count=2 if scene.lapsed else scene.walks, attempts=scene.attempts_a_walk)
    assert goals <= reached, sorted(reached)
