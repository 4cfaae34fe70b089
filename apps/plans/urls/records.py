from django.urls import path

from apps.plans.views import certificates, records, statistics, trainees

urlpatterns = [
    path("projects/<str:number>/records/", records.record_list, name="records"),
    path("projects/<str:number>/records/new/", records.record_new, name="record_new"),
    path("projects/<str:number>/records/template/", records.record_template, name="record_template"),
    path("projects/<str:number>/records/import/", records.record_import, name="record_import"),
    path("projects/<str:number>/records/imports/<int:pk>/", records.import_result, name="record_import_result"),
    path("projects/<str:number>/records/imports/<int:pk>/errors/", records.import_errors, name="record_import_errors"),
    path("projects/<str:number>/records/<int:pk>/", records.record_edit, name="record_edit"),
    path("projects/<str:number>/records/<int:pk>/remove/", records.record_remove, name="record_remove"),
    path("projects/<str:number>/records/<int:pk>/identity/", trainees.identity_number, name="record_identity"),
    path("projects/<str:number>/certificates/", certificates.certificate_list, name="certificates"),
    path("projects/<str:number>/certificates/issue/", certificates.certificates_issue, name="certificates_issue"),
    path("projects/<str:number>/certificates/<int:pk>/pdf/", certificates.batch_pdf, name="certificate_batch"),
    path("projects/<str:number>/certificates/<str:code>/", certificates.certificate_pdf, name="certificate_pdf"),
    path("certificates/verify/", certificates.verify, name="certificate_verify"),
    path("trainees/", trainees.search, name="trainees"),
    path("statistics/", statistics.statistics, name="statistics"),
]
