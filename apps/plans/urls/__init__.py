"""Addresses of annual plans, training projects, records and fees."""

from apps.plans.urls.annual_plans import urlpatterns as annual_plans
from apps.plans.urls.fees import urlpatterns as fees
from apps.plans.urls.projects import urlpatterns as projects
from apps.plans.urls.records import urlpatterns as records

app_name = "plans"
urlpatterns = [*annual_plans, *projects, *records, *fees]
