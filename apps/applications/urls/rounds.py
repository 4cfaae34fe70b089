from django.urls import path

from apps.applications.views import rounds

urlpatterns = [
    path("rounds/", rounds.round_list, name="rounds"),
    path("rounds/new/", rounds.round_create, name="round_create"),
    path("rounds/<str:number>/", rounds.round_detail, name="round_detail"),
    path("rounds/<str:number>/edit/", rounds.round_edit, name="round_edit"),
    path("recommenders/", rounds.recommender_list, name="recommenders"),
    path("recommenders/new/", rounds.recommender_edit, name="recommender_create"),
    path("recommenders/<int:pk>/", rounds.recommender_edit, name="recommender_edit"),
]
