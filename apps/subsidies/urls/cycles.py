"""Addresses of the entrance and of funding cycles."""

from django.urls import URLPattern, path

from apps.subsidies.views import cycles, overview_absent

urlpatterns: list[URLPattern] = [
    path("", overview_absent.index, name="index"),
    path("cycles/", cycles.cycle_list, name="cycles"),
    path("cycles/export.xlsx", cycles.cycle_list_export, name="cycles_export"),
    path("cycles/new/", cycles.cycle_new, name="cycle_new"),
    path("cycles/<str:number>/", cycles.cycle_page, name="cycle"),
    path("cycles/<str:number>/edit/", cycles.cycle_edit, name="cycle_edit"),
]
