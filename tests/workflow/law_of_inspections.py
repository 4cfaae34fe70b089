"""Who arranges, makes and evaluates which inspection, and what is published; read from the texts, not the tables.

Regular inspection: the managing unit's (national 26, weihai 18, zibo 21), that of a commissioned department (shanghai
23), the approving department's (sichuan 22-2). Evaluation: the authority's with the managing units (national 27,
shanghai 23, sichuan 23-1, weihai 19-1); Zibo has none beside the regular one. Spot checks: the authority's.
"""

from __future__ import annotations

from apps.accounts.enums import Role
from tests.workflow.invariants import Law, Who
from tests.workflow.law_of_bases import ENDING, HEAD_OF_INSTITUTION

ORGANISER = (Who(frozenset({Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER}), "organiser"),)
ORGANISERS_HEAD = (Who(frozenset({Role.AUTHORITY_HEAD, Role.DEPARTMENT_HEAD}), "organiser"),)
INSPECTOR = (Who(frozenset({Role.AUTHORITY_OFFICER, Role.DEPARTMENT_OFFICER}), "inspector"),)
INSPECTORS_HEAD = (Who(frozenset({Role.AUTHORITY_HEAD, Role.DEPARTMENT_HEAD}), "inspector"),)

BY_UNIT, COMMISSIONED, BY_AUTHORITY = ("national", "weihai", "zibo"), ("shanghai",), ("sichuan",)
KINDS = {
    "national": {"regular", "evaluation", "spot_check"},
    "shanghai": {"regular", "evaluation", "spot_check"},
    "sichuan": {"regular", "evaluation", "spot_check"},
    "weihai": {"regular", "evaluation", "spot_check"},
    "zibo": {"regular", "spot_check"},
}
PUBLISHED = {
    "national": {"evaluation", "spot_check"},
    "shanghai": {"evaluation", "spot_check"},
    "sichuan": {"regular", "evaluation", "spot_check"},
    "weihai": set(),
    "zibo": set(),
}
ITEMS = {"national": 6, "shanghai": 6, "sichuan": 9, "weihai": 6, "zibo": 6}
"""How many things the text's inspection looks at."""


def law_of_campaigns(jurisdiction: str) -> Law:
    who = {
        "open": ORGANISER,
        "edit": ORGANISER,
        "draw": ORGANISER,
        "propose": ORGANISER,
        "send_back": ORGANISERS_HEAD,
        "launch": ORGANISERS_HEAD,
        "drop": ORGANISER,
    }
    two_people = tuple((step, "launch") for step in ("open", "edit", "draw", "propose"))
    after = {"launch": frozenset({"propose"})}
    if PUBLISHED[jurisdiction]:
        who |= {
            "propose_publication": ORGANISER,
            "send_back_publication": ORGANISERS_HEAD,
            "sign_publication": ORGANISERS_HEAD,
            "recall_publication": ORGANISERS_HEAD,
        }
        two_people += (("propose_publication", "sign_publication"),)
        after |= {"sign_publication": frozenset({"propose_publication"}), "publish": frozenset({"sign_publication"})}
    if PUBLISHED[jurisdiction] != KINDS[jurisdiction]:
        who["conclude"] = ORGANISER
    clock = frozenset({"publish"}) if PUBLISHED[jurisdiction] else frozenset()
    return Law(who, two_people, clock=clock, after=after, waiting=frozenset({"awaiting_publication"}))


def law_of_inspections() -> Law:
    by_inspector = (
        "record_desk_review",
        "conclude_on_papers",
        "start_visit",
        "record_visit",
        "close_visit",
        "proceed_unconfirmed",
        "record_findings",
        "send_findings",
        "accept_findings",
        "reopen_findings",
        "record_verdicts",
        "propose_grade",
    )
    preparing = ("record_findings", "send_findings", "record_verdicts", "propose_grade")
    return Law(
        {
            **dict.fromkeys(by_inspector, INSPECTOR),
            **dict.fromkeys(("submit_self_assessment", "confirm_visit", "answer_findings"), HEAD_OF_INSTITUTION),
            **dict.fromkeys(("send_back_grade", "sign_result"), INSPECTORS_HEAD),
            "discontinue": ENDING,
        },
        two_people=tuple((step, "sign_result") for step in preparing),
        clock=frozenset({"open", "call_for_self_assessment", "begin", "self_assessment_expired", "answer_expired"}),
        after={
            "answer_findings": frozenset({"send_findings"}),
            "answer_expired": frozenset({"send_findings"}),
            "propose_grade": frozenset({"accept_findings", "answer_findings", "answer_expired"}),
            "sign_result": frozenset({"propose_grade"}),
        },
    )
