from django.urls import path

from apps.applications.views import decisions

urlpatterns = [
    path("<str:number>/decision/", decisions.decision_prepare, name="decision_prepare"),
    path("rounds/<str:number>/decisions/", decisions.round_decisions, name="round_decisions"),
    path("<str:number>/announcement/", decisions.round_of_application, name="announcement"),
]
