from django.urls import path

from apps.inspections.views import campaigns, inspections, results, visits

urlpatterns = [
    path("campaigns/", campaigns.campaign_list, name="campaigns"),
    path("campaigns/new/<str:kind>/", campaigns.campaign_create, name="campaign_create"),
    path("campaigns/<str:number>/", campaigns.campaign_detail, name="campaign"),
    path("campaigns/<str:number>/edit/", campaigns.campaign_edit, name="campaign_edit"),
    path("campaigns/<str:number>/export/", campaigns.campaign_export, name="campaign_export"),
    path("campaigns/<str:number>/draw/", campaigns.draw, name="draw"),
    path("campaigns/<str:number>/draws/", campaigns.draw_proof, name="draw_proof"),
    path("campaigns/<str:number>/publication/", results.publication_page, name="publication"),
    path("checks/", inspections.inspection_list, name="checks"),
    path("checks/<str:number>/self-assessment/", inspections.self_assessment, name="self_assessment"),
    path("checks/<str:number>/answer/", inspections.answer, name="answer"),
    path("checks/<str:number>/desk/", inspections.desk, name="desk"),
    path("checks/<str:number>/findings/", inspections.findings, name="findings"),
    path("checks/<str:number>/verdicts/", inspections.verdicts, name="verdicts"),
    path("checks/<str:number>/sheet/<str:stage>/save/", inspections.autosave, name="sheet_autosave"),
    path("checks/<str:number>/sheet/<str:stage>/files/<str:code>/", inspections.file_add, name="sheet_file_add"),
    path("checks/<str:number>/sheet/<str:stage>/remove/<int:pk>/", inspections.file_remove, name="sheet_file_remove"),
    path("checks/<str:number>/visit-plan/", visits.visit_plan, name="visit_plan"),
    path("checks/<str:number>/visit/", visits.visit, name="visit"),
    path("checks/<str:number>/visit/entries/", visits.visit_entry, name="visit_entry"),
    path("checks/<str:number>/confirm-visit/", visits.confirm_visit, name="confirm_visit"),
    path("excellent/", results.excellent_list, name="excellent"),
    path("excellent/export/", results.excellent_export, name="excellent_export"),
    path("public/results/", results.public_results, name="public_results"),
]
