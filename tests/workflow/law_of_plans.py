"""Who plans, agrees and files under each text; read from the texts, not from the tables.

Annual plan: the managing unit approves or agrees before the authority files (national 22, weihai 16, zibo 19); the
institution's own review comes first (sichuan 20); guiding unit and bureau are told at once (shanghai 20).
Training in a base's name: the managing unit's consent (national 24, zibo 18), approval and filing (sichuan 21), filing
of every class (weihai 16 and 17), nothing (shanghai).
"""

from __future__ import annotations

from tests.workflow.invariants import Law
from tests.workflow.law_of_bases import (
    EDITORS,
    ENDING,
    HEAD_OF_INSTITUTION,
    OFFICER,
    UNIT,
    UNIT_HEAD,
    UNIT_OFFICER,
)

UNIT_AGREES = ("national", "weihai", "zibo")
OWN_REVIEW = ("sichuan",)
TOLD_AT_ONCE = ("shanghai",)
FIRST_DAY, LAST_DAY = "12-10", "12-31"
REVIEW_DAYS = {"national": FIRST_DAY}
"""A day of its own for reaching the managing unit; every text has 31 December for reaching the authority."""

CONSENT, FILING = ("national", "zibo"), ("sichuan", "weihai")
EVERY_CLASS_FILED = ("weihai",)
DRAFTED_AND_SIGNED = (("propose_unit_opinion", "sign_unit_opinion"), ("propose_unit_opinion", "sign_unit_refusal"))
CREDIT_UNITS = {"national": "学时", "shanghai": "学时", "sichuan": "学时", "weihai": "学分", "zibo": "学时"}


def law_of_plans(jurisdiction: str) -> Law:
    who = {
        "open": EDITORS,
        "submit": HEAD_OF_INSTITUTION,
        "drop": HEAD_OF_INSTITUTION,
        "return_for_correction": OFFICER,
        "resubmit": HEAD_OF_INSTITUTION,
        "file": OFFICER,
        "discontinue": ENDING,
    }
    after = {"file": frozenset({"submit", "resubmit"})}
    if jurisdiction in UNIT_AGREES:
        who |= {
            "return_for_correction": OFFICER + UNIT_OFFICER,
            "propose_unit_opinion": UNIT_OFFICER,
            "send_back_unit_opinion": UNIT_HEAD,
            "sign_unit_opinion": UNIT_HEAD,
            "sign_unit_refusal": UNIT_HEAD,
        }
        after |= {"sign_unit_opinion": frozenset({"propose_unit_opinion"}), "file": frozenset({"sign_unit_opinion"})}
    if jurisdiction in OWN_REVIEW:
        who |= {"record_own_review": HEAD_OF_INSTITUTION, "reopen": HEAD_OF_INSTITUTION}
        del who["resubmit"]
        after["submit"] = frozenset({"record_own_review"})
    if jurisdiction in TOLD_AT_ONCE:
        who["acknowledge"] = UNIT
    anew = frozenset({"return_for_correction", "reopen"}) if jurisdiction in OWN_REVIEW else frozenset()
    two_people = DRAFTED_AND_SIGNED if jurisdiction in UNIT_AGREES else ()
    return Law(who, two_people, clock=frozenset({"open"}), after=after, anew=anew)


def law_of_projects(jurisdiction: str) -> Law:
    who = {
        "open": EDITORS,
        "edit": EDITORS,
        "confirm": HEAD_OF_INSTITUTION,
        "cancel": HEAD_OF_INSTITUTION,
        "close_class": EDITORS,
        "issue_certificates": HEAD_OF_INSTITUTION,
        "archive": HEAD_OF_INSTITUTION,
        "discontinue": ENDING,
    }
    after = {"archive": frozenset({"close_class", "close_unauthorised"})}
    two_people: tuple[tuple[str, str], ...] = ()
    if jurisdiction in CONSENT + FILING:
        who |= {
            "submit": HEAD_OF_INSTITUTION,
            "resubmit": HEAD_OF_INSTITUTION,
            "return_for_correction": UNIT_OFFICER if jurisdiction in CONSENT else OFFICER,
            "close_unauthorised": HEAD_OF_INSTITUTION,
        }
    if jurisdiction in CONSENT:
        who |= {
            "propose_unit_opinion": UNIT_OFFICER,
            "send_back_unit_opinion": UNIT_HEAD,
            "sign_consent": UNIT_HEAD,
            "sign_refusal": UNIT_HEAD,
        }
        two_people = (("propose_unit_opinion", "sign_consent"), ("propose_unit_opinion", "sign_refusal"))
        after["sign_consent"] = frozenset({"propose_unit_opinion"})
    if jurisdiction in FILING:
        who["file"] = OFFICER
        after["file"] = frozenset({"submit", "resubmit"})
    return Law(who, two_people, after=after)
