"""The sections of the application form, in order. What is asked of whom follows from the rulebook."""

from __future__ import annotations

from apps.applications.sections.base import Filled, FormContext, Gap, Section
from apps.applications.sections.evidence import Evidence
from apps.applications.sections.facilities import Facilities, Funds, RemoteEducation
from apps.applications.sections.faculty import Faculty
from apps.applications.sections.management import Management
from apps.applications.sections.particulars import LegalPerson, Particulars
from apps.applications.sections.plan import Plan, Pledge
from apps.applications.sections.training import Training
from apps.applications.sections.units import Units

SECTIONS: tuple[Section, ...] = (
    Particulars(),
    LegalPerson(),
    Management(),
    Faculty(),
    Facilities(),
    RemoteEducation(),
    Funds(),
    Training(),
    Plan(),
    Evidence(),
    Units(),
    Pledge(),
)
TITLES: dict[str, str] = {section.code: section.title for section in SECTIONS}


def sections_for(context: FormContext) -> tuple[Section, ...]:
    """The sections the text asks for, in order."""
    return tuple(section for section in SECTIONS if section.applies(context))


__all__ = ["SECTIONS", "TITLES", "Filled", "FormContext", "Gap", "Section", "sections_for"]
