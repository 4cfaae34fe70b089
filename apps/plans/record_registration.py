"""Where certificates are issued, and the tasks that read lists and draw certificates."""

from apps.cases.actions import register_page
from apps.cases.enums import CaseKind
from apps.plans import tasks  # noqa: F401

register_page(CaseKind.TRAINING_PROJECT, "issue_certificates", "plans:certificates_issue")
