"""Who reports and settles changes and withdrawals under each text; read from the texts, not from the tables.

A change is filed with the authority (national 39, shanghai 38), agreed to by the approving department and filed above
(sichuan 34), merely told (weihai 27), filed with managing unit and bureau (zibo 31). No text speaks of withdrawing.
"""

from __future__ import annotations

from apps.accounts.enums import Role
from tests.workflow.invariants import Law, Who

EDITORS = (Who(frozenset({Role.INSTITUTION_EDITOR, Role.INSTITUTION_HEAD}), "institution"),)
HEAD_OF_INSTITUTION = (Who(frozenset({Role.INSTITUTION_HEAD}), "institution"),)
UNIT_OFFICER = (Who(frozenset({Role.DEPARTMENT_OFFICER}), "unit"),)
UNIT_HEAD = (Who(frozenset({Role.DEPARTMENT_HEAD}), "unit"),)
UNIT = (Who(frozenset({Role.DEPARTMENT_OFFICER, Role.DEPARTMENT_HEAD}), "unit"),)
OFFICER = (Who(frozenset({Role.AUTHORITY_OFFICER}), "authority"),)
HEAD = (Who(frozenset({Role.AUTHORITY_HEAD}), "authority"),)
LEGAL = (Who(frozenset({Role.LEGAL_OFFICER}), "authority"),)
ENDING = (Who(frozenset({Role.AUTHORITY_OFFICER, Role.AUTHORITY_HEAD}), "authority"),)

CONSENTS, TELLS_UNIT = ("sichuan",), ("zibo",)
NEVER_ANNOUNCES = ("weihai",)
PARTICULARS = {
    "national": {"name", "contact", "other"},
    "shanghai": {"name", "contact", "other"},
    "sichuan": {"name", "contact", "other"},
    "weihai": {"name", "affiliation", "contact", "other"},
    "zibo": {"name", "contact", "other"},
}


def law_of_changes(jurisdiction: str, *, superior: bool) -> Law:
    who = {
        "open": EDITORS,
        "edit": EDITORS,
        "drop": HEAD_OF_INSTITUTION,
        "submit": HEAD_OF_INSTITUTION,
        "return_for_correction": OFFICER,
        "file": OFFICER,
        "discontinue": ENDING,
    }
    after = {"file": frozenset({"submit"}), "return_for_correction": frozenset({"submit"})}
    two_people: tuple[tuple[str, str], ...] = ()
    if jurisdiction in CONSENTS:
        who |= {"propose_consent": OFFICER, "send_back_consent": HEAD, "sign_consent": HEAD, "sign_refusal": HEAD}
        two_people = (("propose_consent", "sign_consent"), ("propose_consent", "sign_refusal"))
        after |= {"file": frozenset({"sign_consent"}), "sign_consent": frozenset({"propose_consent"})}
        if superior:
            who["file"] = (Who(frozenset({Role.AUTHORITY_OFFICER}), "superior"),)
    if jurisdiction in TELLS_UNIT:
        who |= {"file_at_unit": UNIT, "take_over": OFFICER}
        after["file"] = frozenset({"file_at_unit", "take_over"})
    return Law(who, two_people, after=after, anew=frozenset({"return_for_correction"}))


def law_of_withdrawals() -> Law:
    return Law(
        {
            "open": EDITORS,
            "edit": EDITORS,
            "drop": HEAD_OF_INSTITUTION,
            "submit": HEAD_OF_INSTITUTION,
            "propose": OFFICER,
            "propose_decline": OFFICER,
            "send_back": HEAD,
            "sign_decline": HEAD,
            "sign_withdrawal": HEAD,
            "record_plaque": OFFICER,
            "discontinue": ENDING,
        },
        two_people=(("propose", "sign_withdrawal"), ("propose_decline", "sign_decline")),
        after={
            "propose": frozenset({"submit"}),
            "sign_withdrawal": frozenset({"propose"}),
            "sign_decline": frozenset({"propose_decline"}),
            "record_plaque": frozenset({"sign_withdrawal"}),
        },
    )
