from django.conf import settings
from django.urls import path

from apps.applications.views.self_check import self_check
from apps.portal.views import audit, dashboard, home, rules

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("self-check/", self_check, name="self_check"),
    path("audit/", audit.audit, name="audit"),
    path("audit/outbox/", audit.outbox, name="outbox"),
    path("audit/outbox/<int:pk>/retry/", audit.outbox_retry, name="outbox_retry"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<str:key>/", rules.rulebook_page, name="rulebook"),
]

if settings.DEBUG:
    from apps.portal.styleguide import styleguide

    urlpatterns.append(path("styleguide/", styleguide, name="styleguide"))
