"""Addresses of version 1 of the API."""

from django.urls import path, re_path

from apps.api.views import cases, documentation, register, rulebooks, training

app_name = "api"
urlpatterns = [
    path("", documentation.Documentation.as_view(), name="documentation"),
    path("schema/", documentation.Schema.as_view(), name="schema"),
    path("problems/", documentation.problem_types, name="problems"),
    path("facts/", rulebooks.FactList.as_view(), name="facts"),
    path("rulebooks/", rulebooks.RulebookList.as_view(), name="rulebooks"),
    path("rulebooks/<str:jurisdiction>/", rulebooks.RulebookDetail.as_view(), name="rulebook"),
    path("rulebooks/<str:jurisdiction>/evaluate/", rulebooks.Evaluate.as_view(), name="evaluate"),
    path("rulebooks/<str:jurisdiction>/deadlines/", rulebooks.Deadlines.as_view(), name="deadlines"),
    path("rulebooks/<str:jurisdiction>/class-deadline/", rulebooks.ClassDeadline.as_view(), name="class_deadline"),
    path("rulebooks/<str:jurisdiction>/publicity/", rulebooks.Publicity.as_view(), name="publicity"),
    path("rulebooks/<str:jurisdiction>/tranches/", rulebooks.Tranches.as_view(), name="tranches"),
    path("bases/", register.BaseList.as_view(), name="bases"),
    path("bases/<str:number>/", register.BaseDetail.as_view(), name="base"),
    path("rounds/", register.RoundList.as_view(), name="rounds"),
    path("rounds/<str:number>/", register.RoundDetail.as_view(), name="round"),
    path("notices/", register.NoticeList.as_view(), name="notices"),
    path("notices/<str:number>/", register.NoticeDetail.as_view(), name="notice"),
    path("announcements/", register.AnnouncementList.as_view(), name="announcements"),
    path("cases/", cases.CaseList.as_view(), name="cases"),
    path("cases/<str:number>/", cases.CaseDetail.as_view(), name="case"),
    path("training/projects/<str:number>/records/", training.ProjectRecords.as_view(), name="training_records"),
    re_path(r"^(?P<rest>.+)/$", documentation.NotFound.as_view(), name="not_found"),
]
