from django.urls import path

from apps.jurisdictions import views

app_name = "jurisdictions"
urlpatterns = [
    path("", views.standing_list, name="standing"),
    path("<str:key>/extensions/new/", views.record, name="record"),
    path("extensions/<int:pk>/confirm/", views.confirm, name="confirm"),
    path("extensions/<int:pk>/file/", views.file, name="file"),
]
