"""Addresses of public money, one module for each piece."""

from apps.subsidies.urls import acceptances, awards, bank, cycles, payments, plans, recoveries, reports, spending

app_name = "subsidies"
urlpatterns = [
    *cycles.urlpatterns,
    *awards.urlpatterns,
    *plans.urlpatterns,
    *payments.urlpatterns,
    *bank.urlpatterns,
    *acceptances.urlpatterns,
    *spending.urlpatterns,
    *recoveries.urlpatterns,
    *reports.urlpatterns,
]
