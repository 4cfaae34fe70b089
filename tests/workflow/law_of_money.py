"""Who asks for, audits, pays, accepts and takes back public money; read from the texts, not from the tables.

Shanghai: the bureau decides with its finance side (32, 33), audits plan and spending (36), pays in tranches and accepts
by experts or a third party (37). National: the managing unit audits method and plan of special funds (33). Asking for
money and approving it, proposing and signing are different people's everywhere.
"""

from __future__ import annotations

from apps.accounts.enums import Role
from tests.workflow.invariants import Law, Who
from tests.workflow.law_of_bases import EDITORS, ENDING, HEAD, HEAD_OF_INSTITUTION, OFFICER, UNIT_HEAD, UNIT_OFFICER

FINANCE = (Who(frozenset({Role.FINANCE_OFFICER}), "authority"),)
CLERK = (Who(frozenset({Role.AUTHORITY_OFFICER, Role.FINANCE_OFFICER}), "authority"),)
REVIEWER = (Who(frozenset({Role.EXPERT}), "authority"), Who(frozenset({Role.FUND_SUPERVISOR}), "third_party"))
SUPERVISOR = (Who(frozenset({Role.FUND_SUPERVISOR}), "third_party"),)


def pairs(earlier: str, later: str) -> tuple[tuple[str, str], ...]:
    """Every step of ``earlier`` with every step of ``later`` (names with blanks between)."""
    return tuple((one, other) for one in earlier.split() for other in later.split())


def steps(who: tuple[Who, ...], names: str) -> dict[str, tuple[Who, ...]]:
    return dict.fromkeys(names.split(), who)


def law_of_cycles() -> Law:
    return Law(
        steps(OFFICER, "open edit propose drop")
        | steps(HEAD, "send_back launch send_back_settlement settle")
        | steps(CLERK, "propose_settlement"),
        two_people=pairs("open edit propose", "launch") + pairs("propose_settlement", "settle"),
        clock=frozenset({"close_window"}),
        after={
            "launch": frozenset({"propose"}),
            "close_window": frozenset({"launch"}),
            "settle": frozenset({"propose_settlement"}),
        },
        waiting=frozenset({"open"}),
    )


def law_of_awards() -> Law:
    return Law(
        steps(EDITORS, "open edit")
        | steps(HEAD_OF_INSTITUTION, "submit resubmit withdraw")
        | steps(OFFICER, "return_for_correction assign_panel release_panel conclude_review")
        | steps(OFFICER, "record_exception propose_decision assign_supervisor end_supervision")
        | steps(OFFICER, "propose_settlement propose_termination")
        | steps(FINANCE, "return_from_finance sign_exception agree_finance")
        | steps(HEAD, "close_unanswered send_back_decision countersign_exception sign_award sign_decline")
        | steps(HEAD, "send_back_settlement settle terminate")
        | steps(SUPERVISOR, "record_supervision")
        | {"discontinue": ENDING},
        two_people=(
            *pairs("record_exception propose_decision", "sign_exception agree_finance"),
            *pairs("record_exception propose_decision sign_exception", "countersign_exception"),
            *pairs("record_exception propose_decision agree_finance", "sign_award"),
            *pairs("propose_decision agree_finance", "sign_decline"),
            *pairs("propose_settlement", "settle"),
            *pairs("propose_termination", "terminate"),
        ),
        clock=frozenset({"lapse", "start"}),
        after={
            "sign_award": frozenset({"agree_finance"}),
            "sign_decline": frozenset({"agree_finance"}),
            "agree_finance": frozenset({"propose_decision"}),
            "start": frozenset({"sign_award"}),
            "settle": frozenset({"propose_settlement"}),
            "terminate": frozenset({"propose_termination"}),
        },
        waiting=frozenset({"granted", "active"}),
    )


def law_of_use_plans(jurisdiction: str) -> Law:
    """The funder audits its award's plan (Shanghai 36); the managing unit that of special funds (national 33)."""
    by_unit = jurisdiction == "national"
    drafting, signing = (UNIT_OFFICER, UNIT_HEAD) if by_unit else (CLERK, HEAD)
    who = (
        steps(EDITORS, "open edit")
        | steps(HEAD_OF_INSTITUTION, "submit drop")
        | steps(drafting, "return_for_correction propose_opinion")
        | steps(signing, "send_back_opinion sign_approval sign_refusal")
        | {"discontinue": ENDING}
    )
    return Law(
        who if by_unit else who | {"file_minor_change": HEAD_OF_INSTITUTION},
        two_people=pairs("propose_opinion", "sign_approval sign_refusal"),
        clock=frozenset({"open", "end_with_award"}),
        after=dict.fromkeys(("sign_approval", "sign_refusal"), frozenset({"propose_opinion"})),
    )


def law_of_payments() -> Law:
    return Law(
        steps(EDITORS, "open edit")
        | steps(HEAD_OF_INSTITUTION, "submit withdraw")
        | steps(FINANCE, "return_for_correction check record_payment propose_reversal")
        | steps(HEAD, "send_back approve refuse send_back_reversal sign_reversal")
        | {"confirm": CLERK, "discontinue": ENDING},
        two_people=(
            *pairs("check", "approve refuse"),
            *pairs("approve", "record_payment"),
            *pairs("record_payment", "confirm sign_reversal"),
            *pairs("propose_reversal", "sign_reversal"),
        ),
        clock=frozenset({"close", "end_with_award"}),
        after={
            "check": frozenset({"submit"}),
            "approve": frozenset({"check"}),
            "record_payment": frozenset({"approve"}),
            "confirm": frozenset({"record_payment"}),
            "sign_reversal": frozenset({"propose_reversal"}),
        },
        waiting=frozenset({"confirmed"}),
    )


def law_of_acceptances() -> Law:
    return Law(
        steps(EDITORS, "open edit")
        | steps(HEAD_OF_INSTITUTION, "submit drop")
        | steps(OFFICER, "return_for_correction assign_reviewer release_reviewer start_review propose_conclusion")
        | steps(HEAD, "send_back_conclusion sign_acceptance sign_rejection sign_supplement")
        | {"submit_opinion": REVIEWER, "discontinue": ENDING},
        two_people=pairs(
            "assign_reviewer propose_conclusion submit_opinion", "sign_acceptance sign_rejection sign_supplement"
        ),
        clock=frozenset({"end_with_award"}),
        after={
            "start_review": frozenset({"assign_reviewer"}),
            "propose_conclusion": frozenset({"submit_opinion"}),
            **dict.fromkeys(
                ("sign_acceptance", "sign_rejection", "sign_supplement"), frozenset({"propose_conclusion"})
            ),
        },
    )


def law_of_spending_reports() -> Law:
    return Law(
        steps(EDITORS, "open edit")
        | steps(HEAD_OF_INSTITUTION, "submit drop")
        | steps(FINANCE, "return_for_correction check_rows propose_conclusion")
        | steps(HEAD, "send_back_conclusion sign_conclusion")
        | {"discontinue": ENDING},
        two_people=pairs("check_rows propose_conclusion", "sign_conclusion"),
        after={
            "propose_conclusion": frozenset({"submit"}),
            "sign_conclusion": frozenset({"propose_conclusion"}),
        },
    )


def law_of_recoveries() -> Law:
    return Law(
        steps(CLERK, "open edit drop propose_demand")
        | steps(HEAD, "send_back sign_demand send_back_lift sign_lift")
        | steps(FINANCE, "record_return close propose_lift")
        | steps(EDITORS, "record_proof"),
        two_people=(
            *pairs("open edit propose_demand", "sign_demand"),
            *pairs("sign_demand", "record_return"),
            *pairs("propose_lift", "sign_lift"),
        ),
        after={
            "sign_demand": frozenset({"propose_demand"}),
            "record_return": frozenset({"sign_demand"}),
            "close": frozenset({"record_return"}),
            "sign_lift": frozenset({"propose_lift"}),
        },
    )
