"""Addresses of rectification, revocation, aftermath and restoration."""

from django.urls import URLPattern, path

from apps.inspections.views import aftermath, rectifications, restorations, revocations

urlpatterns: list[URLPattern] = [
    path("bases/<str:number>/sanctions/", revocations.base_sanctions, name="base_sanctions"),
    path("bases/<str:number>/rectifications/new/", rectifications.rectification_new, name="rectification_new"),
    path("bases/<str:number>/revocations/new/", revocations.revocation_new, name="revocation_new"),
    path("bases/<str:number>/restorations/new/", restorations.restoration_new, name="restoration_new"),
    path("rectifications/", rectifications.rectification_list, name="rectification_list"),
    path("rectifications/export.xlsx", rectifications.rectification_export, name="rectification_export"),
    path("rectifications/<str:number>/order/", rectifications.rectification_order, name="rectification_order"),
    path("rectifications/<str:number>/progress/", rectifications.rectification_progress, name="rectification_progress"),
    path("rectifications/<str:number>/recheck/", rectifications.rectification_recheck, name="rectification_recheck"),
    path(
        "rectifications/<str:number>/conclusion/",
        rectifications.rectification_conclusion,
        name="rectification_conclusion",
    ),
    path("revocations/<str:number>/notice/", revocations.revocation_notice, name="revocation_notice"),
    path("revocations/<str:number>/statement/", revocations.revocation_statement, name="revocation_statement"),
    path("revocations/<str:number>/hearing/", revocations.revocation_hearing, name="revocation_hearing"),
    path("revocations/<str:number>/decision/", revocations.revocation_decision, name="revocation_decision"),
    path("revocations/<str:number>/legal-review/", revocations.revocation_legal_review, name="revocation_legal_review"),
    path("revocations/<str:number>/aftermath/", aftermath.revocation_aftermath, name="revocation_aftermath"),
    path("restorations/<str:number>/edit/", restorations.restoration_edit, name="restoration_edit"),
]
