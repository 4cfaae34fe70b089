"""Addresses of the portal."""

from allauth.account.urls import urlpatterns as account_pages
from django.urls import URLPattern, include, path

from apps.accounts.views import closed

# An address or a lost password is a matter for the organisation's manager, who knows the person.
CLOSED = (
    "account_email",
    "account_email_verification_sent",
    "account_confirm_email",
    "account_set_password",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "account_confirm_login_code",
)

urlpatterns = [
    path("", include("apps.portal.urls")),
    path(
        "accounts/",
        include([URLPattern(p.pattern, closed, name=p.name) if p.name in CLOSED else p for p in account_pages]),
    ),
    path("accounts/mfa/", include("allauth.mfa.urls")),
    path("people/", include("apps.accounts.urls")),
    path("rulebooks/", include("apps.jurisdictions.urls")),
    path("cases/", include("apps.cases.urls")),
    path("documents/", include("apps.documents.urls")),
    path("bases/", include("apps.bases.urls")),
    path("applications/", include("apps.applications.urls")),
    path("panels/", include("apps.panels.urls")),
    path("plans/", include("apps.plans.urls")),
    path("inspections/", include("apps.inspections.urls")),
    path("subsidies/", include("apps.subsidies.urls")),
    path("api/v1/", include("apps.api.urls")),
]
