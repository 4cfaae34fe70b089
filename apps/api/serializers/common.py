"""Shapes that several answers share."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers
from rest_framework.request import Request

from apps.cases.models import Document
from apps.documents.rendering import KINDS

_PLURAL = {
    "count": lambda: serializers.IntegerField(allow_null=True, help_text="总数，数到上限为止"),
    "count_capped": lambda: serializers.BooleanField(help_text="是否另有更多、未再计数"),
    "page": serializers.IntegerField,
    "page_size": serializers.IntegerField,
    "next": lambda: serializers.URLField(allow_null=True),
    "previous": lambda: serializers.URLField(allow_null=True),
}


class OrganisationSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    kind = serializers.CharField(help_text="authority、department、institution、association或supervisor")


class JurisdictionSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class DocumentSerializer(serializers.Serializer[Document]):
    """An official document: how it is numbered, verified and opened. Its text is in the PDF alone."""

    number = serializers.CharField()
    kind = serializers.CharField()
    kind_label = serializers.SerializerMethodField()
    title = serializers.CharField()
    issuer = serializers.CharField(source="issuer.name")
    issued_on = serializers.DateField()
    articles = serializers.ListField(child=serializers.CharField(), source="legal_basis", help_text="依据条款")
    is_public = serializers.BooleanField()
    verification_code = serializers.CharField()
    sha256 = serializers.CharField(help_text="PDF的SHA-256；尚未生成时为空")
    pages = serializers.IntegerField()
    pdf = serializers.SerializerMethodField()

    def get_kind_label(self, document: Document) -> str:
        return KINDS[document.kind].name if document.kind in KINDS else "文书"

    @extend_schema_field(OpenApiTypes.URI)
    def get_pdf(self, document: Document) -> str:
        return self.address("documents:download", code=document.verification_code)

    def address(self, name: str, **kwargs: str) -> str:
        return address(self, name, **kwargs)


def address(serializer: serializers.BaseSerializer[Any], name: str, **kwargs: str) -> str:
    """The full address of a page or answer, as the reader reached the portal."""
    request: Request = serializer.context["request"]
    return request.build_absolute_uri(reverse(name, kwargs=kwargs))


@cache
def page_of(name: str, row: Callable[..., serializers.BaseSerializer[Any]]) -> serializers.BaseSerializer[Any]:
    """The shape of one page of a list of ``row``, for the schema."""
    fields = {field: make() for field, make in _PLURAL.items()}
    return inline_serializer(name, {**fields, "results": row(many=True)})
