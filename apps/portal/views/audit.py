"""Pages of the audit administrator and the system administrator."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from apps.accounts.decorators import requires_role
from apps.accounts.enums import Role
from apps.cases import audit as chain
from apps.cases import outbox as queue
from apps.portal.failed_work import failed_entries

MOST_CASES = 500
MOST_DIGESTS = 60


@requires_role(Role.AUDIT_ADMIN)
@require_http_methods(["GET", "POST"])
def audit(request: HttpRequest) -> HttpResponse:
    """Check acts of the own jurisdiction on request, and list the sealed days."""
    number = request.POST.get("number", "").replace("\x00", "").strip().upper()[:40]
    context = {"heading": "办理记录核验", "number": number, "most": MOST_CASES}
    if request.method == "POST":
        context["checked"], context["findings"] = chain.verify_recent(MOST_CASES, number)
        context["asked"] = True
    context["digests"] = chain.digest_files(MOST_DIGESTS)
    return render(request, "portal/audit.html", context)


@requires_role(Role.SYSTEM_ADMIN)
@require_GET
def outbox(request: HttpRequest) -> HttpResponse:
    """Background work of the own jurisdiction that failed for good."""
    return render(request, "portal/outbox.html", {"heading": "发送失败", "entries": failed_entries()})


@requires_role(Role.SYSTEM_ADMIN)
@require_POST
def outbox_retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one failed piece of work back into the queue."""
    found = next((row for row in failed_entries() if row.entry.pk == pk), None)
    if found is None:
        raise Http404
    queue.retry(found.entry)
    messages.success(request, "已重新排入后台，稍后在本页查看结果。")
    return redirect("portal:outbox")
