from django.urls import path

from apps.portal.views import dashboard, home, rules

app_name = "portal"
urlpatterns = [
    path("", home.home, name="home"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("rules/", rules.rule_list, name="rules"),
    path("rules/<str:key>/", rules.rulebook_page, name="rulebook"),
]
