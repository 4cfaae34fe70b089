"""Addresses."""

from django.urls import URLPattern, path

from apps.subsidies.views import ledger, reports

urlpatterns: list[URLPattern] = [
    path("reports/", reports.reports, name="reports"),
    path("reports/cycles/<str:number>/", reports.cycle_report, name="report_cycle"),
    path("reports/cycles/<str:number>/balance/", ledger.balance, name="report_balance"),
    path("reports/cycles/<str:number>/ledger/", ledger.ledger, name="report_ledger"),
    path("reports/bases/<str:number>/", reports.base_report, name="report_base"),
]
