"""Addresses of demands for return."""

from django.urls import URLPattern, path

from apps.subsidies.views import recoveries

urlpatterns: list[URLPattern] = [
    path("recoveries/", recoveries.recovery_list, name="recovery_list"),
    path("recoveries/export.xlsx", recoveries.recovery_export, name="recovery_export"),
    path("recoveries/bases/<str:number>/", recoveries.recovery_of_base, name="recovery_of_base"),
    path("recoveries/awards/<str:number>/new/", recoveries.recovery_new, name="recovery_new"),
    path("recoveries/<str:number>/edit/", recoveries.recovery_edit, name="recovery_edit"),
    path("recoveries/<str:number>/return/", recoveries.recovery_return, name="recovery_return"),
    path("recoveries/<str:number>/proof/", recoveries.recovery_proof, name="recovery_proof"),
]
