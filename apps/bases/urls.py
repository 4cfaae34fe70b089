from django.urls import path

from apps.bases import views

app_name = "bases"
urlpatterns = [
    path("", views.register_list, name="register"),
    path("export.xlsx", views.register_export, name="register_export"),
    path("records/", views.record_list, name="records"),
    path("records/new/", views.record_create, name="record_create"),
    path("records/<int:pk>/confirm/", views.record_confirm, name="record_confirm"),
    path("records/<int:pk>/withdraw/", views.record_withdraw, name="record_withdraw"),
    path("<str:number>/", views.base_detail, name="detail"),
]
