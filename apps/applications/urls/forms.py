from django.urls import path

from apps.applications.views import form_files, forms, submissions

urlpatterns = [
    path("form/start/<str:number>/", forms.start, name="start"),
    path("form/teachers-template.xlsx", form_files.teachers_template, name="teachers_template"),
    path("form/<str:number>/", forms.overview, name="form"),
    path("form/<str:number>/view/", forms.readonly, name="form_readonly"),
    path("form/<str:number>/preview.pdf", forms.preview, name="form_preview"),
    path("form/<str:number>/submit/", submissions.submit, name="submit"),
    path("form/<str:number>/teachers/import/", form_files.teachers_import, name="teachers_import"),
    path("form/<str:number>/teachers/export.xlsx", form_files.teachers_export, name="teachers_export"),
    path("form/<str:number>/evidence/<slug:condition>/upload/", form_files.evidence_upload, name="evidence_upload"),
    path("form/<str:number>/evidence/<int:pk>/remove/", form_files.evidence_remove, name="evidence_remove"),
    path("form/<str:number>/<slug:code>/", forms.section, name="form_section"),
    path("form/<str:number>/<slug:code>/autosave/", forms.autosave, name="form_autosave"),
]
