"""Addresses of acceptance and of third-party supervision."""

from django.urls import URLPattern, path

from apps.subsidies.views import acceptance_reviews as reviews
from apps.subsidies.views import acceptances, supervision

urlpatterns: list[URLPattern] = [
    path("acceptances/", acceptances.acceptance_list, name="acceptances"),
    path("acceptances/export.xlsx", acceptances.acceptance_export, name="acceptance_export"),
    path("acceptances/mine/", reviews.acceptance_reviews, name="acceptance_reviews"),
    path("acceptances/start/<str:number>/", acceptances.acceptance_start, name="acceptance_start"),
    path("acceptances/new/<str:number>/", acceptances.acceptance_new, name="acceptance_new"),
    path("acceptances/<str:number>/form/", acceptances.acceptance_form, name="acceptance_form"),
    path("acceptances/<str:number>/autosave/", acceptances.acceptance_autosave, name="acceptance_autosave"),
    path("acceptances/<str:number>/files/", acceptances.acceptance_files, name="acceptance_files"),
    path(
        "acceptances/<str:number>/files/<int:pk>/remove/",
        acceptances.acceptance_file_remove,
        name="acceptance_file_remove",
    ),
    path("acceptances/<str:number>/submit/", acceptances.acceptance_submit, name="acceptance_submit"),
    path("acceptances/<str:number>/reviewers/", reviews.acceptance_reviewers, name="acceptance_reviewers"),
    path("acceptances/<str:number>/opinion/", reviews.acceptance_opinion, name="acceptance_opinion"),
    path("acceptances/<str:number>/conclusion/", reviews.acceptance_conclusion, name="acceptance_conclusion"),
    path("supervision/", supervision.supervised_awards, name="supervision"),
    path("supervision/<str:number>/", supervision.supervised_award, name="supervised_award"),
    path("supervision/<str:number>/report/", supervision.supervision_report, name="supervision_report"),
    path("supervision/<str:number>/supervisors/", supervision.supervisors, name="supervisors"),
]
