from django.urls import URLPattern, path

from apps.applications.views import recommendations as views

urlpatterns: list[URLPattern] = [
    path("recommendations/", views.recommendation_queue, name="recommendation_queue"),
    path("recommendations/<str:number>/", views.examine, name="examine"),
    path("recommendations/<str:number>/checks/<slug:item>/", views.check_item, name="check_item"),
    path("recommendations/<str:number>/opinion/", views.save_opinion, name="save_opinion"),
    path("recommendations/<str:number>/photos/", views.recheck_photo, name="recheck_photo"),
    path("recommendations/<str:number>/return/", views.return_to_applicant, name="return_to_applicant"),
    path("recommendations/<str:number>/sign/", views.sign_opinion, name="sign_opinion"),
]
