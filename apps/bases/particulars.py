"""The particulars of a base that the register holds, and how a change of one reads."""

from __future__ import annotations

from apps.bases.enums import Particular
from apps.bases.models import Base

REGISTER_FIELDS = {
    Particular.NAME: "institution_name",
    Particular.AFFILIATION: "affiliation",
    Particular.CONTACT: "contact_phone",
}
"""Where the register keeps a particular; what has no place there is only recorded."""


def registered_value(base: Base, code: str, otherwise: str = "") -> str:
    """What the register says of the particular now; ``otherwise`` for one that it does not hold."""
    field = REGISTER_FIELDS.get(Particular(code))
    return str(getattr(base, field)) if field else otherwise
