"""Addresses of inspections and sanctions."""

from apps.inspections.urls.inspections import urlpatterns as inspections
from apps.inspections.urls.sanctions import urlpatterns as sanctions

app_name = "inspections"
urlpatterns = [*inspections, *sanctions]
