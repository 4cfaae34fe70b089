"""The schema, the page to try it on, the types of problem, and the answer to an address that is none."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response

from apps.api import problems
from apps.api.base import PublicView
from apps.api.bodies import LARGEST_BODY
from apps.api.schema import MOST_APPLICATIONS


class Schema(SpectacularAPIView):
    """OpenAPI 3 as YAML or JSON by the Accept header."""

    metadata_class = None


class Documentation(SpectacularSwaggerSplitView):
    """Swagger UI from the portal's own files; no script or style is inline."""

    metadata_class = None
    url_name = "api:schema"
    template_name = "api/documentation.html"


@require_safe
def problem_types(request: HttpRequest) -> HttpResponse:
    """Every type of problem with its status and meaning, to which ``type`` points."""
    context = {
        "heading": "接口的错误类型",
        "types": problems.TYPES.values(),
        "most_applications": MOST_APPLICATIONS,
        "largest_body": LARGEST_BODY,
    }
    return render(request, "api/problems.html", context)


class NotFound(PublicView):
    """An address below the API that names nothing."""

    @extend_schema(exclude=True)
    def get(self, request: Request, **kwargs: Any) -> Response:
        raise problems.Refused("not-found", "接口没有这个地址，全部地址见接口说明。")

    post = put = patch = delete = get
