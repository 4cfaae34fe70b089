"""Who orders, hears, reviews and decides, and on what grounds; read from the texts, not from the tables.

Rectification first everywhere (national 27-2, shanghai 23-2, sichuan 23-2, weihai 19-2, zibo 23); for disorderly
classes, fees and certificates directly in two texts (weihai 20, zibo 24), one of which has it recorded as discredit.
"""

from __future__ import annotations

from tests.workflow.invariants import Law
from tests.workflow.law_of_bases import EDITORS, ENDING, HEAD, HEAD_OF_INSTITUTION, LEGAL, OFFICER

DIRECT = {"weihai": "20", "zibo": "24"}
AFTER_RECTIFICATION = {"national": "27-2", "shanghai": "23-2", "sichuan": "23-2", "weihai": "19-2", "zibo": "23"}
WORDS = {"national": "取消", "shanghai": "取消", "sichuan": "取消", "weihai": "撤销", "zibo": "取消"}
CREDIT_RECORD = {"weihai": "20"}
PLAQUE = ("national", "weihai", "zibo")
DISORDER = "disorderly_classes_fees_certificates"
HEARD = ("submit_statement", "waive_statement", "hearing_expired")
PREPARING = ("open", "edit", "propose_notice", "propose_decision")


def law_of_rectifications() -> Law:
    signed = ("sign_lift", "sign_extension", "sign_failure")
    return Law(
        {
            "open": OFFICER,
            "edit": OFFICER,
            "propose_order": OFFICER,
            "send_back_order": HEAD,
            "drop": HEAD,
            "sign_order": HEAD,
            "record_progress": EDITORS,
            "submit_report": HEAD_OF_INSTITUTION,
            "return_report": OFFICER,
            "record_recheck": OFFICER,
            "propose_conclusion": OFFICER,
            "send_back_conclusion": HEAD,
            **dict.fromkeys(signed, HEAD),
            "discontinue": ENDING,
        },
        two_people=(
            *(("propose_conclusion", step) for step in signed),
            *((step, "sign_order") for step in ("open", "edit", "propose_order")),
        ),
        clock=frozenset({"expire"}),
        after={
            "sign_order": frozenset({"propose_order"}),
            "submit_report": frozenset({"sign_order"}),
            **dict.fromkeys(signed, frozenset({"record_recheck"})),
        },
    )


def law_of_revocations() -> Law:
    decided = ("sign_revocation", "sign_keeping")
    return Law(
        {
            "open": OFFICER,
            "edit": OFFICER,
            "propose_notice": OFFICER,
            "send_back_notice": HEAD,
            "drop": HEAD,
            "sign_notice": HEAD,
            "save_statement": EDITORS,
            "submit_statement": HEAD_OF_INSTITUTION,
            "waive_statement": HEAD_OF_INSTITUTION,
            "record_hearing": OFFICER,
            "propose_decision": OFFICER,
            "return_from_legal_review": LEGAL,
            "pass_legal_review": LEGAL,
            "send_back_decision": HEAD,
            **dict.fromkeys(decided, HEAD),
            "record_plaque": OFFICER,
            "settle_case": OFFICER,
            "close": OFFICER,
        },
        two_people=(
            *((step, "sign_notice") for step in PREPARING[:3]),
            *((step, "pass_legal_review") for step in PREPARING),
            *((step, last) for step in (*PREPARING, "pass_legal_review") for last in decided),
        ),
        clock=frozenset({"hearing_expired"}),
        after={
            "sign_notice": frozenset({"propose_notice"}),
            "propose_decision": frozenset(HEARD),
            **dict.fromkeys(decided, frozenset({"pass_legal_review"})),
            "close": frozenset({"sign_revocation"}),
        },
    )


def law_of_restorations() -> Law:
    return Law(
        {
            "open": OFFICER,
            "edit": OFFICER,
            "propose": OFFICER,
            "send_back": HEAD,
            "drop": HEAD,
            "sign_restoration": HEAD,
        },
        two_people=tuple((step, "sign_restoration") for step in ("open", "edit", "propose")),
        after={"sign_restoration": frozenset({"propose"})},
    )
