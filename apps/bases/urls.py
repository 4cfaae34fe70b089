from django.urls import path

from apps.bases import views

app_name = "bases"
urlpatterns = [
    path("", views.register_list, name="register"),
    path("<str:number>/", views.base_detail, name="detail"),
]
