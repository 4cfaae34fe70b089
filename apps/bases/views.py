"""Public pages of the register."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from apps.bases import register
from apps.bases.filters import BaseFilter
from apps.cases.paging import capped_page
from apps.jurisdictions.models import Jurisdiction

SORTS = {
    "-recognised_on": ("-recognised_on", "-id"),
    "recognised_on": ("recognised_on", "id"),
    "name": ("name", "id"),
    "-name": ("-name", "-id"),
}


def register_list(request: HttpRequest) -> HttpResponse:
    """The register with search, filters in the address, sorting and paging."""
    jurisdictions = list(Jurisdiction.objects.values_list("code", "name"))
    found = BaseFilter(request.GET, queryset=register.public_bases(), jurisdictions=jurisdictions)
    sort = request.GET.get("sort", "-recognised_on")
    bases = (found.qs if found.is_valid() else register.public_bases().none()).order_by(
        *SORTS.get(sort, SORTS["-recognised_on"])
    )
    context = {"filter": found, "page": capped_page(bases, request.GET.get("page")), "sort": sort}
    return render(request, "bases/register.html", context)


def base_detail(request: HttpRequest, number: str) -> HttpResponse:
    """One base's public particulars and history."""
    return render(request, "bases/detail.html", {"base": get_object_or_404(register.public_base(number))})
