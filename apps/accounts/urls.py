from django.urls import path

from apps.accounts import views

app_name = "accounts"
urlpatterns = [
    path("act-for/", views.act_for, name="act_for"),
]
