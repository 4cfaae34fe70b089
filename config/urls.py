"""Addresses of the portal."""

from django.urls import include, path

urlpatterns = [
    path("", include("apps.portal.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("people/", include("apps.accounts.urls")),
    path("rulebooks/", include("apps.jurisdictions.urls")),
    path("cases/", include("apps.cases.urls")),
    path("documents/", include("apps.documents.urls")),
    path("bases/", include("apps.bases.urls")),
    path("applications/", include("apps.applications.urls")),
    path("panels/", include("apps.panels.urls")),
    path("api/v1/", include("apps.api.urls")),
]
