"""Addresses of spending reports."""

from django.urls import URLPattern, path

from apps.subsidies.views import spending, spending_forms

urlpatterns: list[URLPattern] = [
    path("spending/", spending.spending_list, name="spending_list"),
    path("spending/export.xlsx", spending.spending_export, name="spending_export"),
    path("spending/bases/<str:number>/", spending.spending_of_base, name="spending_of_base"),
    path("spending/awards/<str:number>/new/", spending.spending_new, name="spending_new"),
    path("spending/<str:number>/edit/", spending_forms.spending_edit, name="spending_edit"),
    path("spending/<str:number>/autosave/", spending_forms.spending_autosave, name="spending_autosave"),
    path("spending/<str:number>/vouchers/<int:place>/", spending_forms.spending_voucher, name="spending_voucher"),
    path("spending/<str:number>/import/", spending_forms.spending_import, name="spending_import"),
    path("spending/<str:number>/template.xlsx", spending_forms.spending_template, name="spending_template"),
    path("spending/<str:number>/draft.xlsx", spending_forms.spending_draft_file, name="spending_draft_file"),
    path("spending/<str:number>/scans/", spending_forms.spending_scans_add, name="spending_scans_add"),
    path("spending/<str:number>/scans/<int:pk>/", spending_forms.spending_scan, name="spending_scan"),
    path("spending/<str:number>/rows/", spending.spending_rows, name="spending_rows"),
    path("spending/<str:number>/rows.xlsx", spending.spending_rows_export, name="spending_rows_export"),
    path("spending/<str:number>/conclusion/", spending.spending_conclusion, name="spending_conclusion"),
]
