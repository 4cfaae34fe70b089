"""The portal's addresses, and those of the bare pages it is measured against."""

from django.urls import include, path

from bench import floor

urlpatterns = [
    path("bench/cases/", floor.cases_in_base),
    path("bench/cases/barest/", floor.cases_barest),
    path("bench/bases/", floor.bases_in_base),
    path("bench/bases/barest/", floor.bases_barest),
    path("", include("config.urls")),
]
