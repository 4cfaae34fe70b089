"""Addresses."""

from django.urls import URLPattern, path

from apps.subsidies.views import content_forms, plan_forms, plan_reviews

PLAN = {"kind": "use_plan"}

urlpatterns: list[URLPattern] = [
    path("plans/start/<str:number>/", plan_forms.start, name="plan_start"),
    path("plans/change/<str:number>/", plan_forms.change, name="plan_change"),
    path("plans/<str:number>/form/", plan_forms.form, name="plan_form"),
    path("plans/<str:number>/form/submit/", plan_forms.submit, name="plan_submit"),
    path("plans/<str:number>/form/<slug:part>/", content_forms.part, PLAN, name="plan_part"),
    path("plans/<str:number>/form/<slug:part>/autosave/", content_forms.autosave, PLAN, name="plan_autosave"),
    path("plans/<str:number>/form/<slug:part>/upload/", content_forms.upload, PLAN, name="plan_upload"),
    path("plans/<str:number>/form/<slug:part>/template.xlsx", content_forms.template, PLAN, name="plan_template"),
    path("plans/<str:number>/form/<slug:part>/rows.xlsx", content_forms.export, PLAN, name="plan_export"),
    path("plans/<str:number>/files/<slug:code>/upload/", content_forms.file_upload, PLAN, name="plan_file_upload"),
    path("plans/<str:number>/files/<int:pk>/remove/", content_forms.file_remove, PLAN, name="plan_file_remove"),
    path("plans/", plan_reviews.plan_list, name="plans"),
    path("plans/export.xlsx", plan_reviews.plan_list_export, name="plans_export"),
    path("plans/<str:number>/return/", plan_reviews.plan_return, name="plan_return"),
    path("plans/<str:number>/audit/", plan_reviews.plan_audit, name="plan_audit"),
]
