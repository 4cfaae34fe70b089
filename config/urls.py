"""Addresses of the portal."""

from django.urls import include, path, re_path

from apps.accounts.views import closed

urlpatterns = [
    path("", include("apps.portal.urls")),
    # An address or a lost password is a matter for the organisation's manager, who knows the person.
    re_path(r"^accounts/(email|confirm-email|password/reset|password/set|login/code)/", closed),
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
