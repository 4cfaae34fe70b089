"""Background work that failed for good, narrowed to what concerns the jurisdictions of the open scope."""

from __future__ import annotations

from dataclasses import dataclass

from apps.cases.enums import OutboxState
from apps.cases.models import Case, Document, OutboxEntry

TOPIC_LABELS = {"act": "办理后的通知", "render_document": "生成文书 PDF"}
SHOWN = 200


@dataclass(frozen=True)
class FailedWork:
    """An entry and the case it belongs to."""

    entry: OutboxEntry
    label: str
    case: Case


def failed_entries() -> list[FailedWork]:
    """The latest failed entries whose case or document is visible in the open scope. Three queries."""
    entries = list(OutboxEntry.objects.filter(state=OutboxState.FAILED).order_by("-pk")[:SHOWN])
    cases = Case.objects.in_bulk([entry.payload["case"] for entry in entries if "case" in entry.payload])
    wanted = [entry.payload["document"] for entry in entries if "document" in entry.payload]
    documents = Document.objects.select_related("case").defer("content").in_bulk(wanted)
    found = []
    for entry in entries:
        document = documents.get(entry.payload.get("document"))
        case = document.case if document else cases.get(entry.payload.get("case"))
        if case is not None:
            found.append(FailedWork(entry, TOPIC_LABELS.get(entry.topic, entry.topic), case))
    return found
