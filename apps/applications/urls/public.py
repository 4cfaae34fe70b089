from django.urls import path

from apps.applications.views import public

urlpatterns = [
    path("public/rounds/", public.public_rounds, name="public_rounds"),
    path("public/rounds/<str:number>/", public.public_round, name="public_round"),
]
