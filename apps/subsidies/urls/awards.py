"""Addresses."""

from django.urls import URLPattern, path

from apps.subsidies.views import award_forms, awards, content_forms, decisions

AWARD = {"kind": "award"}

urlpatterns: list[URLPattern] = [
    path("awards/start/<str:number>/", award_forms.start, name="award_start"),
    path("awards/<str:number>/form/", award_forms.form, name="award_form"),
    path("awards/<str:number>/form/submit/", award_forms.submit, name="award_submit"),
    path("awards/<str:number>/form/<slug:part>/", content_forms.part, AWARD, name="award_part"),
    path("awards/<str:number>/form/<slug:part>/autosave/", content_forms.autosave, AWARD, name="award_autosave"),
    path("awards/<str:number>/form/<slug:part>/upload/", content_forms.upload, AWARD, name="award_upload"),
    path("awards/<str:number>/form/<slug:part>/template.xlsx", content_forms.template, AWARD, name="award_template"),
    path("awards/<str:number>/form/<slug:part>/rows.xlsx", content_forms.export, AWARD, name="award_export"),
    path("awards/<str:number>/files/<slug:code>/upload/", content_forms.file_upload, AWARD, name="award_file_upload"),
    path("awards/<str:number>/files/<int:pk>/remove/", content_forms.file_remove, AWARD, name="award_file_remove"),
    path("awards/", awards.award_list, name="awards"),
    path("awards/export.xlsx", awards.award_list_export, name="awards_export"),
    path("awards/<str:number>/", awards.award_page, name="award"),
    path("awards/<str:number>/return/", decisions.award_return, name="award_return"),
    path("awards/<str:number>/decision/", decisions.award_decision, name="award_decision"),
    path("awards/<str:number>/exception/", decisions.award_exception, name="award_exception"),
    path("awards/<str:number>/finance/", decisions.award_finance, name="award_finance"),
]
